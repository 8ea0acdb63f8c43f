import { Form, Input, Radio, Select } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { client } from '../../api/client';
import { FormDialog, Required } from '../../design/FormDialog';
import { DateField } from '../../design/fields';
import { useNamed, useNamedChoices } from '../../design/Named';
import { OneProductSelect } from '../../design/productSelects';
import { CustomerSelect } from '../../design/selects';
import {
  type Feedback,
  type FeedbackKind,
  KINDS,
  refreshFeedback,
  SEVERITIES,
  useCategoryChoices,
  useCategoryName,
} from './needs';

interface Values {
  customerId?: string;
  kind: FeedbackKind;
  severity?: Feedback['severity'];
  category?: string;
  product?: string;
  words: string;
  receivedDate?: string;
}

/** Only a complaint has a severity. */
const fitting = ({ severity, ...values }: Values) =>
  values.kind === 'FEEDBACK_KIND_COMPLAINT' && severity ? { ...values, severity } : values;

/** Records what a customer said, with the customer's own words. */
export function NewFeedback({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation('needs');
  const navigate = useNavigate();
  const submit = async (values: Values) => {
    const { data } = await client.POST('/v1/feedback', { body: { ...fitting(values), customerId: values.customerId ?? '' } });
    await refreshFeedback();
    if (data) navigate(`/work/needs/${data.feedbackId}`);
  };
  return (
    <FormDialog<Values>
      title={t('new')}
      open={open}
      onClose={onClose}
      submit={submit}
      initialValues={{ kind: 'FEEDBACK_KIND_NEED' }}
      draftKey="feedback-new"
    >
      <Required name="customerId" label={t('workbench:field.customer')}>
        <CustomerSelect />
      </Required>
      <FeedbackFields />
      <Form.Item name="receivedDate" label={t('received')} extra={t('todayWhereEmpty')}>
        <DateField max={dayjs().format('YYYY-MM-DD')} />
      </Form.Item>
    </FormDialog>
  );
}

function FeedbackFields() {
  const { t } = useTranslation('needs');
  const choices = useNamedChoices();
  const categories = useCategoryChoices();
  return (
    <>
      <Required name="kind" label={t('kind')}>
        <Radio.Group optionType="button" options={choices(KINDS)} />
      </Required>
      <Form.Item noStyle dependencies={['kind']}>
        {({ getFieldValue }) =>
          getFieldValue('kind') === 'FEEDBACK_KIND_COMPLAINT' && (
            <Form.Item name="severity" label={t('severity')}>
              <Radio.Group optionType="button" options={choices(SEVERITIES)} />
            </Form.Item>
          )
        }
      </Form.Item>
      <Required name="words" label={t('words')}>
        <Input.TextArea rows={4} maxLength={4000} placeholder={t('wordsExample')} />
      </Required>
      <Form.Item name="category" label={t('category')}>
        <Select allowClear options={categories} showSearch={{ optionFilterProp: 'label' }} />
      </Form.Item>
      <Form.Item name="product" label={t('product')}>
        <OneProductSelect />
      </Form.Item>
    </>
  );
}

const EDITED = 'kind,severity,category,product,words';
const editedOf = ({ kind, severity, category, product, words }: Feedback): Values => ({
  kind,
  category,
  words,
  ...(product ? { product } : {}),
  ...(severity === 'FEEDBACK_SEVERITY_UNSPECIFIED' ? {} : { severity }),
});

/** Corrects what was recorded; what stood there before is kept. */
export function EditFeedback({ feedback, open, onClose }: { feedback: Feedback; open: boolean; onClose: () => void }) {
  const { t } = useTranslation('needs');
  const named = useNamed();
  const categoryName = useCategoryName();
  const path = { feedbackId: feedback.feedbackId };
  const submit = async (values: Values, etag = feedback.etag) => {
    await client.PATCH('/v1/feedback/{feedbackId}', {
      params: { path, query: { updateMask: EDITED }, header: { 'If-Match': etag } },
      body: { ...fitting(values), customerId: feedback.customerId },
    });
    await refreshFeedback();
  };
  const read = async () => {
    const { data } = await client.GET('/v1/feedback/{feedbackId}', { params: { path } });
    return { etag: data?.etag ?? '', values: data ? editedOf(data) : {} };
  };
  const say = (field: keyof Values, value: unknown) => {
    if (field === 'kind' || field === 'severity') return named(value as string);
    return field === 'category' ? categoryName(String(value ?? '')) : String(value ?? '');
  };
  const labels = {
    kind: t('kind'),
    severity: t('severity'),
    words: t('words'),
    category: t('category'),
    product: t('product'),
  };
  return (
    <FormDialog<Values>
      title={t('edit')}
      open={open}
      onClose={onClose}
      submit={submit}
      initialValues={editedOf(feedback)}
      draftKey={`feedback-edit:${feedback.feedbackId}`}
      edit={{ read, labels, say }}
    >
      <FeedbackFields />
    </FormDialog>
  );
}
