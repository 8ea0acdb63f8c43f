import { useMutation } from '@tanstack/react-query';
import { App, Button, Card, Descriptions, Flex, Popconfirm, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { useAccess } from '../../access/access';
import { api, client } from '../../api/client';
import { useRefusalWords } from '../../api/refusals';
import { useFormats } from '../../design/formats';
import { Named } from '../../design/Named';
import { Page } from '../../design/Page';
import { Loaded } from '../../design/States';
import { AnswerForm } from './AnswerForm';
import { InvitationTag } from './InvitationList';
import { type Invitation, type Question, refreshSurveys, useTemplateOf } from './surveys';
import './surveys.css';

/** One customer who is asked: the questions to go through, or what was answered. */
export default function InvitationPage() {
  const { surveyInvitationId = '' } = useParams();
  const invitation = api.useQuery('get', '/v1/surveyInvitations/{surveyInvitationId}', {
    params: { path: { surveyInvitationId } },
  });
  return (
    <Loaded query={invitation} rows={8}>
      {(data) => <InvitationView invitation={data} />}
    </Loaded>
  );
}

function InvitationView({ invitation }: { invitation: Invitation }) {
  const { t, i18n } = useTranslation('surveys');
  const { may } = useAccess();
  const template = useTemplateOf(invitation);
  const open = invitation.state === 'SURVEY_INVITATION_STATE_OPEN';
  const collects = open && may('activity.survey.collect');
  const name = invitation.customerName || t('someCustomer');
  return (
    <Page
      tab={t('invitationOf', { name })}
      title={
        <Flex gap={8} align="center" wrap>
          {t('invitationOf', { name })}
          <InvitationTag state={invitation.state} />
        </Flex>
      }
      actions={collects && <InvitationActions invitation={invitation} />}
    >
      <div className="two-columns">
        <Card title={t(open ? 'questions' : 'answersTitle')}>
          <Loaded query={template} rows={6}>
            {(data) => {
              if (!data) return null;
              if (collects) return <AnswerForm invitation={invitation} template={data} />;
              return <Answers invitation={invitation} questions={data.questions} chinese={i18n.language === 'zh'} />;
            }}
          </Loaded>
        </Card>
        <Flex vertical gap={16}>
          <Facts invitation={invitation} />
          {collects && <AnswerLink invitation={invitation} />}
        </Flex>
      </div>
    </Page>
  );
}

function InvitationActions({ invitation }: { invitation: Invitation }) {
  const { t } = useTranslation('surveys');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const sent = {
    params: { path: { surveyInvitationId: invitation.surveyInvitationId } },
    body: { etag: invitation.etag },
  };
  const settled = { onSuccess: () => refreshSurveys(), onError: (error: unknown) => message.error(words(error)) };
  const declining = useMutation({
    mutationFn: () => client.POST('/v1/surveyInvitations/{surveyInvitationId}:decline', sent),
    ...settled,
  });
  const revoking = useMutation({
    mutationFn: () => client.POST('/v1/surveyInvitations/{surveyInvitationId}:revoke', sent),
    ...settled,
  });
  const cancelText = t('workbench:action.cancel');
  return (
    <>
      <Popconfirm title={t('declineAsked')} okText={t('decline')} cancelText={cancelText} onConfirm={() => declining.mutate()}>
        <Button loading={declining.isPending}>{t('decline')}</Button>
      </Popconfirm>
      <Popconfirm title={t('revokeAsked')} okText={t('revoke')} cancelText={cancelText} onConfirm={() => revoking.mutate()}>
        <Button danger loading={revoking.isPending}>
          {t('revoke')}
        </Button>
      </Popconfirm>
    </>
  );
}

function Facts({ invitation }: { invitation: Invitation }) {
  const { t } = useTranslation('surveys');
  const formats = useFormats();
  const answered = invitation.answerDate !== '';
  return (
    <Card title={t('facts')}>
      <Descriptions
        column={1}
        items={[
          {
            key: 'customer',
            label: t('workbench:field.customer'),
            children: <Link to={`/customers/${invitation.customerId}`}>{invitation.customerName || t('someCustomer')}</Link>,
          },
          { key: 'owner', label: t('owner'), children: invitation.ownerName },
          ...(answered
            ? [
                { key: 'answered', label: t('answeredOn'), children: formats.date(invitation.answerDate) },
                { key: 'channel', label: t('channel'), children: <Named value={invitation.channel} /> },
              ]
            : [{ key: 'expires', label: t('expires'), children: formats.date(invitation.expireDate) }]),
          ...(invitation.low ? [{ key: 'low', label: t('low'), children: <span className="late">{t('lowSaid')}</span> }] : []),
        ]}
      />
    </Card>
  );
}

/** The address at which the customer answers alone; it is told once. */
function AnswerLink({ invitation }: { invitation: Invitation }) {
  const { t } = useTranslation('surveys');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const formats = useFormats();
  const [link, setLink] = useState<{ path: string; expireDate: string }>();
  const making = useMutation({
    mutationFn: async () =>
      (
        await client.POST('/v1/surveyInvitations/{surveyInvitationId}:createLink', {
          params: { path: { surveyInvitationId: invitation.surveyInvitationId } },
          body: {},
        })
      ).data,
    onSuccess: setLink,
    onError: (error) => message.error(words(error)),
  });
  return (
    <Card title={t('link')}>
      <Typography.Paragraph>{t(invitation.linked ? 'linkAgain' : 'linkHint')}</Typography.Paragraph>
      {link ? (
        <>
          <Typography.Paragraph copyable code className="link-address">
            {window.location.origin + link.path}
          </Typography.Paragraph>
          <Typography.Text type="secondary">{t('until', { date: formats.date(link.expireDate) })}</Typography.Text>
        </>
      ) : (
        <Button loading={making.isPending} onClick={() => making.mutate()}>
          {t('makeLink')}
        </Button>
      )}
    </Card>
  );
}

interface AnswersProps {
  invitation: Invitation;
  questions: Question[];
  chinese: boolean;
}

function Answers({ invitation, questions, chinese }: AnswersProps) {
  const { t } = useTranslation('surveys');
  const said = (question: Question): string => {
    const answer = invitation.answers.find(({ questionId }) => questionId === question.questionId);
    if (!answer) return '—';
    if (question.kind === 'SURVEY_QUESTION_KIND_TEXT') return answer.text || '—';
    if (answer.score === undefined) return '—';
    const choice = question.choices[answer.score];
    if (question.kind === 'SURVEY_QUESTION_KIND_CHOICE') return (chinese ? choice?.textZh : choice?.textEn) ?? '—';
    return `${answer.score} / ${question.kind === 'SURVEY_QUESTION_KIND_RECOMMENDATION' ? 10 : 5}`;
  };
  if (invitation.answers.length === 0) return <Typography.Text type="secondary">{t('notAnswered')}</Typography.Text>;
  return (
    <ul className="rows">
      {questions.map((question) => (
        <li key={question.questionId}>
          <span className="survey-words">{chinese ? question.textZh : question.textEn}</span>
          <strong className="said">{said(question)}</strong>
        </li>
      ))}
    </ul>
  );
}
