import { useQuery } from '@tanstack/react-query';
import { Checkbox, Form, Input, Radio, Select } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../access/access';
import { client } from '../../api/client';
import { FormDialog, Required } from '../../design/FormDialog';
import { DateField } from '../../design/fields';
import { useNamedChoices } from '../../design/Named';
import { OneProductSelect } from '../../design/productSelects';
import { ReasonDialog } from '../../design/ReasonDialog';
import { type Feedback, refreshFeedback, SEVERITIES, useCategoryChoices, useTopics } from './needs';

export type FeedbackAct = 'answer' | 'classify' | 'assign' | 'tell' | 'reopen' | 'escalate';

interface DialogProps {
  feedback: Feedback;
  open: boolean;
  onClose: () => void;
}

/** What can be done with feedback and asks for something: one dialog at a time. */
export function FeedbackDialogs({
  feedback,
  act,
  onClose,
}: {
  feedback: Feedback;
  act: FeedbackAct | undefined;
  onClose: () => void;
}) {
  const dialog = (name: FeedbackAct) => ({ feedback, open: act === name, onClose });
  return (
    <>
      <AnswerDialog {...dialog('answer')} />
      <ClassifyDialog {...dialog('classify')} />
      <AssignDialog {...dialog('assign')} />
      <TellDialog {...dialog('tell')} />
      <Reasoned {...dialog('reopen')} act="reopen" />
      <Reasoned {...dialog('escalate')} act="escalate" />
    </>
  );
}

const OUTCOMES = [
  'FEEDBACK_OUTCOME_DONE',
  'FEEDBACK_OUTCOME_PLANNED',
  'FEEDBACK_OUTCOME_EXPLAINED',
  'FEEDBACK_OUTCOME_DECLINED',
] as const;
const CHANNELS = [
  'FEEDBACK_CHANNEL_CALL',
  'FEEDBACK_CHANNEL_VISIT',
  'FEEDBACK_CHANNEL_MESSAGE',
  'FEEDBACK_CHANNEL_EMAIL',
  'FEEDBACK_CHANNEL_LETTER',
] as const;

interface Answered {
  outcome: (typeof OUTCOMES)[number];
  answer: string;
  promisedDate?: string;
}

function AnswerDialog({ feedback, open, onClose }: DialogProps) {
  const { t } = useTranslation('needs');
  const choices = useNamedChoices();
  const submit = async ({ outcome, answer, promisedDate = '' }: Answered) => {
    await client.POST('/v1/feedback/{feedbackId}:answer', {
      params: { path: { feedbackId: feedback.feedbackId } },
      body: { outcome, answer, promisedDate, etag: feedback.etag },
    });
    await refreshFeedback();
  };
  return (
    <FormDialog<Answered>
      title={t('act.answer')}
      open={open}
      onClose={onClose}
      submit={submit}
      submitWords={t('act.answer')}
      doneWords={t('answeredSaid')}
      draftKey={`feedback-answer:${feedback.feedbackId}`}
    >
      <Required name="outcome" label={t('outcome')}>
        <Radio.Group optionType="button" options={choices(OUTCOMES)} />
      </Required>
      <Required name="answer" label={t('answer')}>
        <Input.TextArea rows={5} maxLength={4000} placeholder={t('answerExample')} />
      </Required>
      <Form.Item name="promisedDate" label={t('promised')}>
        <DateField min={dayjs().format('YYYY-MM-DD')} />
      </Form.Item>
    </FormDialog>
  );
}

interface Classified {
  topicId?: string;
  category?: string;
  product?: string;
  severity?: Feedback['severity'];
}

function ClassifyDialog({ feedback, open, onClose }: DialogProps) {
  const { t } = useTranslation('needs');
  const choices = useNamedChoices();
  const categories = useCategoryChoices();
  const topics = useTopics().data ?? [];
  const submit = async ({ topicId = '', category = '', product = '', severity }: Classified) => {
    await client.POST('/v1/feedback/{feedbackId}:classify', {
      params: { path: { feedbackId: feedback.feedbackId } },
      body: {
        feedbackTopicId: topicId,
        withoutTopic: topicId === '' && feedback.feedbackTopicId !== '',
        category,
        product,
        etag: feedback.etag,
        ...(severity ? { severity } : {}),
      },
    });
    await refreshFeedback();
  };
  const complaint = feedback.kind === 'FEEDBACK_KIND_COMPLAINT';
  return (
    <FormDialog<Classified>
      title={t('act.classify')}
      open={open}
      onClose={onClose}
      submit={submit}
      initialValues={{
        category: feedback.category,
        ...(feedback.feedbackTopicId ? { topicId: feedback.feedbackTopicId } : {}),
        ...(feedback.product ? { product: feedback.product } : {}),
        ...(complaint ? { severity: feedback.severity } : {}),
      }}
    >
      <Form.Item name="topicId" label={t('topic')} extra={t('topicHint')}>
        <Select
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          options={topics.map(({ feedbackTopicId, displayName }) => ({ value: feedbackTopicId, label: displayName }))}
        />
      </Form.Item>
      <Required name="category" label={t('category')}>
        <Select options={categories} showSearch={{ optionFilterProp: 'label' }} />
      </Required>
      <Form.Item name="product" label={t('product')}>
        <OneProductSelect />
      </Form.Item>
      {complaint && (
        <Required name="severity" label={t('severity')}>
          <Radio.Group optionType="button" options={choices(SEVERITIES)} />
        </Required>
      )}
    </FormDialog>
  );
}

function AssignDialog({ feedback, open, onClose }: DialogProps) {
  const { t } = useTranslation('needs');
  const { personId, me } = useAccess();
  const people = useAnswerers(open);
  const own = { value: personId, label: t('myself', { name: me.person?.displayName ?? '' }) };
  const submit = async ({ assigneePersonId }: { assigneePersonId: string }) => {
    await client.POST('/v1/feedback/{feedbackId}:assign', {
      params: { path: { feedbackId: feedback.feedbackId } },
      body: { assigneePersonId, etag: feedback.etag },
    });
    await refreshFeedback();
  };
  return (
    <FormDialog title={t('act.assign')} open={open} onClose={onClose} submit={submit} submitWords={t('act.assign')}>
      <Required name="assigneePersonId" label={t('assignee')}>
        <Select showSearch={{ optionFilterProp: 'label' }} options={[own, ...people.filter(({ value }) => value !== personId)]} />
      </Required>
    </FormDialog>
  );
}

/** Colleagues whom the caller may look up: whoever is not in a post that answers is refused by the service. */
function useAnswerers(asked: boolean) {
  const { may } = useAccess();
  const people = useQuery({
    queryKey: ['/v1/people', 'answerers'],
    queryFn: async () => (await client.GET('/v1/people', { params: { query: { pageSize: 1000 } } })).data?.people ?? [],
    enabled: asked && may('identity.people.read'),
    staleTime: 5 * 60_000,
  });
  return (people.data ?? []).map((person) => ({
    value: person.personId,
    label: `${person.displayName} ${person.staffNumber}`,
  }));
}

interface Told {
  channel: (typeof CHANNELS)[number];
  toldDate?: string;
  note?: string;
  close?: boolean;
}

function TellDialog({ feedback, open, onClose }: DialogProps) {
  const { t } = useTranslation('needs');
  const choices = useNamedChoices();
  const submit = async ({ channel, toldDate = '', note = '', close = false }: Told) => {
    await client.POST('/v1/feedback/{feedbackId}:tell', {
      params: { path: { feedbackId: feedback.feedbackId } },
      body: { channel, toldDate, note, close, etag: feedback.etag },
    });
    await refreshFeedback();
  };
  return (
    <FormDialog<Told>
      title={t('act.tell')}
      open={open}
      onClose={onClose}
      submit={submit}
      initialValues={{ channel: 'FEEDBACK_CHANNEL_CALL', close: true }}
      draftKey={`feedback-tell:${feedback.feedbackId}`}
    >
      <Required name="channel" label={t('channel')}>
        <Radio.Group optionType="button" options={choices(CHANNELS)} />
      </Required>
      <Form.Item name="toldDate" label={t('toldOn')} extra={t('todayWhereEmpty')}>
        <DateField max={dayjs().format('YYYY-MM-DD')} />
      </Form.Item>
      <Form.Item name="note" label={t('reaction')}>
        <Input.TextArea rows={3} maxLength={2000} />
      </Form.Item>
      <Form.Item name="close" valuePropName="checked">
        <Checkbox>{t('closeToo')}</Checkbox>
      </Form.Item>
    </FormDialog>
  );
}

function Reasoned({ feedback, open, onClose, act }: DialogProps & { act: 'reopen' | 'escalate' }) {
  const { t } = useTranslation('needs');
  const submit = async (reason: string) => {
    const sent = { params: { path: { feedbackId: feedback.feedbackId } }, body: { reason, etag: feedback.etag } };
    if (act === 'reopen') await client.POST('/v1/feedback/{feedbackId}:reopen', sent);
    else await client.POST('/v1/feedback/{feedbackId}:escalate', sent);
    await refreshFeedback();
  };
  if (!open) return null;
  return (
    <ReasonDialog
      title={t(`act.${act}`)}
      okText={t(`act.${act}`)}
      draftKey={`feedback:${feedback.feedbackId}:${act}`}
      lengthMax={1000}
      submit={submit}
      onClose={onClose}
    />
  );
}
