import { Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { client } from '../../api/client';
import { FormDialog, Required } from '../../design/FormDialog';
import { DateField } from '../../design/fields';
import { useNamed, useNamedChoices } from '../../design/Named';
import { ProductSelect } from '../../design/productSelects';
import { AudienceFields } from './AudienceFields';
import { documentOf, EDITED, type Values, valuesOf } from './draft';
import { type Document, KINDS, refreshDocuments } from './knowledge';
import { QuizFields } from './QuizFields';

interface Props {
  /** What is to be edited; nothing to begin a document. */
  document: Document | undefined;
  open: boolean;
  onClose: () => void;
  onSaved?: (version: string) => void;
}

/** The draft of a document: what it says, for whom, from when on, and questions on it. */
export function DocumentForm({ document, open, onClose, onSaved }: Props) {
  const { t } = useTranslation('knowledge');
  const named = useNamed();
  const choices = useNamedChoices();
  const navigate = useNavigate();
  const submit = async (values: Values, etag = document?.etag ?? '') => {
    const body = documentOf(values);
    if (document) {
      const params = {
        path: { documentId: document.documentId },
        query: { updateMask: EDITED },
        header: { 'If-Match': etag },
      };
      const { data } = await client.PATCH('/v1/documents/{documentId}', { params, body });
      onSaved?.(String(data?.version ?? 0));
    } else {
      const { data } = await client.POST('/v1/documents', { body });
      if (data) navigate(`/work/knowledge/${data.documentId}`);
    }
    await refreshDocuments();
  };
  const read = async () => {
    const params = { path: { documentId: document?.documentId ?? '' }, query: { version: document?.version ?? 0 } };
    const { data } = await client.GET('/v1/documents/{documentId}', { params });
    return { etag: data?.etag ?? '', values: data ? valuesOf(data) : {} };
  };
  const labels = {
    title: t('titleField'),
    summary: t('summary'),
    body: t('body'),
    location: t('location'),
    startDate: t('startDate'),
    endDate: t('endDate'),
    readByDate: t('readByLabel'),
  };
  return (
    <FormDialog<Values>
      title={t(document ? 'editDraft' : 'new')}
      open={open}
      onClose={onClose}
      submit={submit}
      width={820}
      doneWords={t('draftSaved')}
      submitWords={t('saveDraft')}
      draftKey={`document:${document ? `${document.documentId}:${document.version}` : 'new'}`}
      initialValues={
        document ? valuesOf(document) : { kind: 'DOCUMENT_KIND_TRAINING', quiz: { passPercent: 80, attemptsMax: 0 } }
      }
      edit={{ read, labels }}
    >
      {document ? (
        <Form.Item label={t('kind')}>{named(document.kind)}</Form.Item>
      ) : (
        <>
          <Required name="kind" label={t('kind')}>
            <Select options={choices(KINDS)} />
          </Required>
          <Form.Item name="documentNumber" label={t('number')}>
            <Input maxLength={64} />
          </Form.Item>
        </>
      )}
      <TextFields />
      <DayFields />
      <AudienceFields />
      <QuizFields />
    </FormDialog>
  );
}

function TextFields() {
  const { t } = useTranslation('knowledge');
  return (
    <>
      <Required name="title" label={t('titleField')}>
        <Input maxLength={200} />
      </Required>
      <Form.Item name="summary" label={t('summary')}>
        <Input.TextArea rows={2} maxLength={500} />
      </Form.Item>
      <Form.Item name="body" label={t('body')} extra={t('bodyHint')}>
        <Input.TextArea rows={10} maxLength={100_000} />
      </Form.Item>
      <Form.Item name="location" label={t('location')}>
        <Input maxLength={500} placeholder="https://" />
      </Form.Item>
      <Form.Item name="keywords" label={t('keywords')}>
        <Select mode="tags" tokenSeparators={[',', '，']} />
      </Form.Item>
      <Form.Item name="productCodes" label={t('products')}>
        <ProductSelect />
      </Form.Item>
    </>
  );
}

function DayFields() {
  const { t } = useTranslation('knowledge');
  return (
    <div className="day-fields">
      <Form.Item name="startDate" label={t('startDate')} extra={t('startHint')}>
        <DateField />
      </Form.Item>
      <Form.Item name="endDate" label={t('endDate')} extra={t('endHint')}>
        <DateField />
      </Form.Item>
      <Form.Item name="readByDate" label={t('readByLabel')} extra={t('readByHint')}>
        <DateField />
      </Form.Item>
    </div>
  );
}
