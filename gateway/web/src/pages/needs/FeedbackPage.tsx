import { useMutation } from '@tanstack/react-query';
import { App, Button, Card, Descriptions, type DescriptionsProps, Flex, Steps, Timeline, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { useAccess } from '../../access/access';
import { api, client } from '../../api/client';
import { useRefusalWords } from '../../api/refusals';
import { useFormats } from '../../design/formats';
import { Named, NamedTag, useNamed } from '../../design/Named';
import { Page } from '../../design/Page';
import { useProductName } from '../../design/products';
import { Loaded } from '../../design/States';
import { Deadline } from './Deadline';
import { type FeedbackAct, FeedbackDialogs } from './FeedbackDialogs';
import { EditFeedback } from './FeedbackForm';
import { KindTags } from './KindTags';
import { type Feedback, type FeedbackState, refreshFeedback, STATES, useCategoryName, useTopics } from './needs';
import './needs.css';

/** One need or complaint: the customer's words, the answer, whether the customer knows it, and what happened. */
export default function FeedbackPage() {
  const { feedbackId = '' } = useParams();
  const feedback = api.useQuery('get', '/v1/feedback/{feedbackId}', { params: { path: { feedbackId } } });
  return (
    <Loaded query={feedback} rows={10}>
      {(data) => <FeedbackView feedback={data} />}
    </Loaded>
  );
}

function FeedbackView({ feedback }: { feedback: Feedback }) {
  const { t } = useTranslation('needs');
  const named = useNamed();
  const name = feedback.customerName || t('someCustomer');
  const title = t('ofCustomer', { kind: named(feedback.kind), name });
  return (
    <Page
      tab={title}
      title={
        <Flex gap={8} align="center" wrap>
          {title}
          <KindTags feedback={feedback} />
        </Flex>
      }
      actions={<Actions feedback={feedback} />}
    >
      <Flex vertical gap={16}>
        <Progress feedback={feedback} />
        <div className="two-columns">
          <Flex vertical gap={16}>
            <Card title={t('words')}>
              <p className="said quote">{feedback.words}</p>
            </Card>
            {feedback.answer && <Answer feedback={feedback} />}
            <Facts feedback={feedback} />
          </Flex>
          <History feedback={feedback} />
        </div>
      </Flex>
    </Page>
  );
}

/** Recorded, answered, told, closed: how far it is. */
function Progress({ feedback }: { feedback: Feedback }) {
  const { t } = useTranslation('needs');
  const formats = useFormats();
  const current = STATES.indexOf(feedback.state as FeedbackState);
  const closed = feedback.state === 'FEEDBACK_STATE_CLOSED';
  return (
    <Card>
      <Steps
        size="small"
        current={closed ? 4 : current + 1}
        status={feedback.overdue ? 'error' : 'process'}
        items={[
          { title: t('step.recorded'), content: formats.date(feedback.receivedDate) },
          {
            title: t('step.answered'),
            content: feedback.answerTime ? formats.instant(feedback.answerTime) : <Deadline feedback={feedback} />,
          },
          { title: t('step.told'), content: formats.date(feedback.toldDate) },
          { title: t('step.closed'), content: formats.instant(feedback.closeTime) },
        ]}
      />
    </Card>
  );
}

function Actions({ feedback }: { feedback: Feedback }) {
  const { t } = useTranslation('needs');
  const { may } = useAccess();
  const { message } = App.useApp();
  const words = useRefusalWords();
  const [act, setAct] = useState<FeedbackAct | 'edit'>();
  const closing = useMutation({
    mutationFn: () =>
      client.POST('/v1/feedback/{feedbackId}:close', {
        params: { path: { feedbackId: feedback.feedbackId } },
        body: { etag: feedback.etag },
      }),
    onSuccess: () => refreshFeedback(),
    onError: (error) => message.error(words(error)),
  });
  const { state } = feedback;
  const open = state === 'FEEDBACK_STATE_OPEN';
  const record = may('activity.feedback.record');
  const answer = may('activity.feedback.answer');
  const close = () => setAct(undefined);
  return (
    <>
      {open && answer && (
        <>
          <Button type="primary" onClick={() => setAct('answer')}>
            {t('act.answer')}
          </Button>
          <Button onClick={() => setAct('assign')}>{t('act.assign')}</Button>
        </>
      )}
      {answer && <Button onClick={() => setAct('classify')}>{t('act.classify')}</Button>}
      {record && state === 'FEEDBACK_STATE_ANSWERED' && (
        <Button type="primary" onClick={() => setAct('tell')}>
          {t('act.tell')}
        </Button>
      )}
      {record && state === 'FEEDBACK_STATE_TOLD' && (
        <Button type="primary" loading={closing.isPending} onClick={() => closing.mutate()}>
          {t('act.close')}
        </Button>
      )}
      {record && open && feedback.kind === 'FEEDBACK_KIND_COMPLAINT' && (
        <Button onClick={() => setAct('escalate')}>{t('act.escalate')}</Button>
      )}
      {record && !open && <Button onClick={() => setAct('reopen')}>{t('act.reopen')}</Button>}
      {record && state !== 'FEEDBACK_STATE_CLOSED' && (
        <Button onClick={() => setAct('edit')}>{t('workbench:action.edit')}</Button>
      )}
      <FeedbackDialogs feedback={feedback} act={act === 'edit' ? undefined : act} onClose={close} />
      <EditFeedback feedback={feedback} open={act === 'edit'} onClose={close} />
    </>
  );
}

function Answer({ feedback }: { feedback: Feedback }) {
  const { t } = useTranslation('needs');
  const formats = useFormats();
  return (
    <Card title={t('answer')} extra={<NamedTag value={feedback.outcome} tone="success" />}>
      <p className="said">{feedback.answer}</p>
      {feedback.promisedDate && (
        <Typography.Text type="secondary">{t('promisedFor', { date: formats.date(feedback.promisedDate) })}</Typography.Text>
      )}
    </Card>
  );
}

function Facts({ feedback }: { feedback: Feedback }) {
  const { t } = useTranslation('needs');
  const formats = useFormats();
  const categoryName = useCategoryName();
  const productName = useProductName();
  const topic = useTopics().data?.find(({ feedbackTopicId }) => feedbackTopicId === feedback.feedbackTopicId);
  const items: DescriptionsProps['items'] = [
    {
      key: 'customer',
      label: t('workbench:field.customer'),
      children: feedback.customerName ? (
        <Link to={`/customers/${feedback.customerId}`}>{feedback.customerName}</Link>
      ) : (
        t('someCustomer')
      ),
    },
    { key: 'category', label: t('category'), children: categoryName(feedback.category) },
    { key: 'product', label: t('product'), children: feedback.product ? productName(feedback.product) : '—' },
    { key: 'topic', label: t('topic'), children: topic?.displayName ?? '—' },
    { key: 'due', label: t('due'), children: <Deadline feedback={feedback} /> },
    { key: 'assignee', label: t('assignee'), children: feedback.assigneeName || '—' },
    { key: 'owner', label: t('owner'), children: feedback.ownerName || '—' },
    ...(feedback.toldDate
      ? [
          {
            key: 'told',
            label: t('toldOn'),
            children: (
              <>
                {formats.date(feedback.toldDate)} · <Named value={feedback.toldChannel} />
              </>
            ),
          },
        ]
      : []),
  ];
  return (
    <Card title={t('facts')}>
      <Descriptions column={{ xs: 1, sm: 2 }} items={items} />
    </Card>
  );
}

function History({ feedback }: { feedback: Feedback }) {
  const { t } = useTranslation('needs');
  const formats = useFormats();
  const named = useNamed();
  return (
    <Card title={t('history')}>
      <Timeline
        items={feedback.steps.toReversed().map((step) => ({
          content: (
            <Flex vertical>
              <span>{named(step.kind)}</span>
              <Typography.Text type="secondary">
                {[formats.instant(step.stepTime), step.personName || t('byItself')].join(' · ')}
              </Typography.Text>
              {step.text && <p className="said">{step.text}</p>}
            </Flex>
          ),
        }))}
      />
    </Card>
  );
}
