import { useMutation } from '@tanstack/react-query';
import { App, Button, Card, Collapse, Flex, Tag, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../access/access';
import { client } from '../../api/client';
import { useRefusalWords } from '../../api/refusals';
import { useBilingual } from '../../design/bilingual';
import { Named } from '../../design/Named';
import { EmptyState, Loaded } from '../../design/States';
import { refreshSurveys, type Template, useTemplates } from './surveys';

/** The questionnaires: their questions, and which version is asked. */
export function TemplateList() {
  const { t } = useTranslation('surveys');
  const bilingual = useBilingual();
  const templates = useTemplates();
  return (
    <Loaded
      query={templates}
      isEmpty={(list) => list.length === 0}
      empty={
        <Card>
          <EmptyState words={t('noTemplates')} />
        </Card>
      }
    >
      {(list) => (
        <Collapse
          defaultActiveKey={list.slice(0, 1).map(({ surveyTemplateId }) => surveyTemplateId)}
          items={list.map((template) => ({
            key: template.surveyTemplateId,
            label: bilingual(template.displayName),
            extra: <TemplateTags template={template} />,
            children: <Questions template={template} />,
          }))}
        />
      )}
    </Loaded>
  );
}

function TemplateTags({ template }: { template: Template }) {
  const { t } = useTranslation('surveys');
  return (
    <Flex gap={4} component="span">
      <Tag>{template.version ? t('version', { version: template.version }) : t('unpublished')}</Tag>
      {template.changed && template.version > 0 && <Tag color="warning">{t('changed')}</Tag>}
      {template.retired && <Tag>{t('retired')}</Tag>}
    </Flex>
  );
}

function Questions({ template }: { template: Template }) {
  const { t, i18n } = useTranslation('surveys');
  const { may } = useAccess();
  const { message } = App.useApp();
  const words = useRefusalWords();
  const chinese = i18n.language === 'zh';
  const publishing = useMutation({
    mutationFn: () =>
      client.POST('/v1/surveyTemplates/{surveyTemplateId}:publish', {
        params: { path: { surveyTemplateId: template.surveyTemplateId } },
        body: { etag: template.etag },
      }),
    onSuccess: () => refreshSurveys(),
    onError: (error) => message.error(words(error)),
  });
  return (
    <Flex vertical gap={12}>
      <p className="said">{chinese ? template.greetingZh : template.greetingEn}</p>
      <ol className="questions">
        {template.questions.map((question) => (
          <li key={question.questionId}>
            {chinese ? question.textZh : question.textEn}
            {question.required && ` ${t('mustAnswer')}`}
            <Typography.Text type="secondary" className="question-kind">
              <Named value={question.kind} />
            </Typography.Text>
          </li>
        ))}
      </ol>
      {may('activity.survey.define') && template.changed && (
        <Button className="fitting" loading={publishing.isPending} onClick={() => publishing.mutate()}>
          {t('publish')}
        </Button>
      )}
    </Flex>
  );
}
