import { Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { client } from '../../api/client';
import { FormDialog, Required } from '../../design/FormDialog';
import { DateField } from '../../design/fields';
import { useNamed, useNamedChoices } from '../../design/Named';
import { OneProductSelect } from '../../design/productSelects';
import { refreshFeedback, type Topic, useCategoryChoices, useCategoryName } from './needs';

const STATES = [
  'FEEDBACK_TOPIC_STATE_CONSIDERED',
  'FEEDBACK_TOPIC_STATE_PLANNED',
  'FEEDBACK_TOPIC_STATE_DELIVERED',
  'FEEDBACK_TOPIC_STATE_DECLINED',
] as const;
const EDITED = 'displayName,category,product,state,plannedDate';

interface Values {
  displayName: string;
  category: string;
  product?: string;
  state: Topic['state'];
  plannedDate?: string;
}

const valuesOf = ({ displayName, category, product, state, plannedDate }: Topic): Values => ({
  displayName,
  category,
  state,
  ...(product ? { product } : {}),
  ...(plannedDate ? { plannedDate } : {}),
});

/** Defines something that customers want, or says what the bank makes of it. */
export function TopicForm({ topic, open, onClose }: { topic: Topic | undefined; open: boolean; onClose: () => void }) {
  const { t } = useTranslation('needs');
  const choices = useNamedChoices();
  const named = useNamed();
  const categories = useCategoryChoices();
  const categoryName = useCategoryName();
  const submit = async (typed: Values, etag = topic?.etag ?? '') => {
    const body = { ...typed, product: typed.product ?? '', plannedDate: typed.plannedDate ?? '' };
    if (topic) {
      const path = { feedbackTopicId: topic.feedbackTopicId };
      const params = { path, query: { updateMask: EDITED }, header: { 'If-Match': etag } };
      await client.PATCH('/v1/feedbackTopics/{feedbackTopicId}', { params, body });
    } else {
      await client.POST('/v1/feedbackTopics', { body });
    }
    await refreshFeedback();
  };
  const read = async () => {
    const { data } = await client.GET('/v1/feedbackTopics', { params: { query: { pageSize: 1000 } } });
    const now = data?.feedbackTopics.find(({ feedbackTopicId }) => feedbackTopicId === topic?.feedbackTopicId);
    return { etag: now?.etag ?? '', values: now ? valuesOf(now) : {} };
  };
  const say = (field: keyof Values, value: unknown) => {
    if (field === 'state') return named(value as string);
    return field === 'category' ? categoryName(String(value ?? '')) : String(value ?? '');
  };
  const labels = {
    displayName: t('topicName'),
    category: t('category'),
    product: t('product'),
    state: t('topicState'),
    plannedDate: t('planned'),
  };
  return (
    <FormDialog<Values>
      title={topic ? t('editTopic', { name: topic.displayName }) : t('newTopic')}
      open={open}
      onClose={onClose}
      submit={submit}
      initialValues={topic ? valuesOf(topic) : { state: 'FEEDBACK_TOPIC_STATE_CONSIDERED' }}
      draftKey={`feedback-topic:${topic?.feedbackTopicId ?? 'new'}`}
      edit={{ read, labels, say }}
    >
      <Required name="displayName" label={t('topicName')}>
        <Input maxLength={100} placeholder={t('topicExample')} />
      </Required>
      <Required name="category" label={t('category')}>
        <Select options={categories} showSearch={{ optionFilterProp: 'label' }} />
      </Required>
      <Form.Item name="product" label={t('product')}>
        <OneProductSelect />
      </Form.Item>
      <Required name="state" label={t('topicState')}>
        <Select options={choices(STATES)} />
      </Required>
      <Form.Item name="plannedDate" label={t('planned')}>
        <DateField />
      </Form.Item>
    </FormDialog>
  );
}
