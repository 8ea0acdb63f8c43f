import { useMutation } from '@tanstack/react-query';
import { App, Button, Card, Flex, Popconfirm, Tag, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../access/access';
import { client } from '../../api/client';
import { useRefusalWords } from '../../api/refusals';
import { useBilingual } from '../../design/bilingual';
import { useFormats } from '../../design/formats';
import { useNamed } from '../../design/Named';
import { EmptyState, Loaded } from '../../design/States';
import { useUnits } from '../../design/selects';
import { refreshSurveys, type Survey, useSurveys } from './surveys';

/** By which rules customers are asked. */
export function SurveyList() {
  const { t } = useTranslation('surveys');
  const surveys = useSurveys();
  return (
    <Card>
      <Loaded query={surveys} isEmpty={(list) => list.length === 0} empty={<EmptyState words={t('noSurveys')} />}>
        {(list) => (
          <ul className="rows">
            {list.map((survey) => (
              <SurveyRow key={survey.surveyId} survey={survey} />
            ))}
          </ul>
        )}
      </Loaded>
    </Card>
  );
}

function SurveyRow({ survey }: { survey: Survey }) {
  const { t } = useTranslation('surveys');
  const bilingual = useBilingual();
  const { may } = useAccess();
  const rule = useRule();
  return (
    <li>
      <Flex vertical gap={2} className="survey-words">
        <Flex gap={8} align="center" wrap>
          <strong>{bilingual(survey.displayName)}</strong>
          <Tag color={survey.ended ? 'default' : 'success'}>{t(survey.ended ? 'ended' : 'running')}</Tag>
        </Flex>
        <span>{rule(survey)}</span>
        <Typography.Text type="secondary">
          {t('surveyNotes', { cooling: survey.coolingOffDays, answer: survey.answerDays })}
        </Typography.Text>
      </Flex>
      <Flex gap={8} wrap>
        <Link to={`/work/surveys?view=invitations&survey=${survey.surveyId}`}>{t('toInvitations')}</Link>
        {may('activity.survey.define') && !survey.ended && <SurveyActions survey={survey} />}
      </Flex>
    </li>
  );
}

function SurveyActions({ survey }: { survey: Survey }) {
  const { t } = useTranslation('surveys');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const path = { surveyId: survey.surveyId };
  const onError = (error: unknown) => message.error(words(error));
  const drawing = useMutation({
    mutationFn: () => client.POST('/v1/surveys/{surveyId}:sample', { params: { path }, body: {} }),
    onSuccess: () => {
      void message.success(t('drawing'));
      return refreshSurveys();
    },
    onError,
  });
  const ending = useMutation({
    mutationFn: () => client.POST('/v1/surveys/{surveyId}:end', { params: { path }, body: { etag: survey.etag } }),
    onSuccess: () => refreshSurveys(),
    onError,
  });
  return (
    <>
      {survey.sampling !== 'SURVEY_SAMPLING_AFTER_EVENT' && (
        <Button size="small" loading={drawing.isPending} onClick={() => drawing.mutate()}>
          {t('draw')}
        </Button>
      )}
      <Popconfirm
        title={t('endAsked')}
        okText={t('end')}
        cancelText={t('workbench:action.cancel')}
        onConfirm={() => ending.mutate()}
      >
        <Button size="small" danger loading={ending.isPending}>
          {t('end')}
        </Button>
      </Popconfirm>
    </>
  );
}

/** The survey's rule in a sentence. */
function useRule(): (survey: Survey) => string {
  const { t } = useTranslation('surveys');
  const formats = useFormats();
  const named = useNamed();
  const units = useUnits().data;
  const rule = (survey: Survey) => {
    const size = formats.number(survey.sampleSize);
    if (survey.sampling === 'SURVEY_SAMPLING_RANDOM') return t('rule.random', { size });
    if (survey.sampling === 'SURVEY_SAMPLING_PERIODIC') return t('rule.periodic', { days: survey.periodDays, size });
    const share = formats.basisPoints(survey.eventBasisPoints || 10_000);
    return t('rule.event', { occasion: named(survey.occasion), share });
  };
  return (survey) => {
    const unit = units?.find(({ organisationPath }) => organisationPath === survey.organisationPath)?.displayName;
    const since = formats.date(survey.startDate);
    return [rule(survey), unit ?? t('wholeBank'), t('since', { date: since })].filter(Boolean).join(' · ');
  };
}
