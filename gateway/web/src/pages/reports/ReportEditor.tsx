import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Flex, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client } from '../../api/client';
import { useDraft } from '../../api/drafts';
import { useRefusalWords } from '../../api/refusals';
import { isStale, StaleEdit } from '../../api/StaleEdit';
import { refreshReports, type WorkReport } from './reports';

/** What its owner adds, kept while it is typed, and handing the report in. */
export function ReportEditor({ report }: { report: WorkReport }) {
  const { t } = useTranslation('reports');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const [form] = Form.useForm<{ comment: string }>();
  const draft = useDraft(`work-report:${report.workReportId}`, form);
  const [theirs, setTheirs] = useState<WorkReport>();
  const path = { workReportId: report.workReportId };
  const save = async (etag: string) => {
    const comment = form.getFieldValue('comment') ?? '';
    const { data } = await client.PATCH('/v1/workReports/{workReportId}', {
      params: { path, query: { updateMask: 'comment' }, header: { 'If-Match': etag } },
      body: { comment },
    });
    return data?.etag ?? '';
  };
  const sending = useMutation({
    mutationFn: async ({ submits, etag = report.etag }: { submits: boolean; etag?: string }) => {
      const saved = await save(etag);
      if (submits) await client.POST('/v1/workReports/{workReportId}:submit', { params: { path }, body: { etag: saved } });
    },
    onSuccess: (_, { submits }) => {
      draft.drop();
      setTheirs(undefined);
      void message.success(t(submits ? 'submitted' : 'workbench:state.saved'));
      return refreshReports();
    },
    onError: async (error) => {
      if (isStale(error)) setTheirs((await client.GET('/v1/workReports/{workReportId}', { params: { path } })).data);
    },
  });
  const handedIn = report.state === 'WORK_REPORT_STATE_SUBMITTED';
  return (
    <Form form={form} layout="vertical" initialValues={{ comment: report.comment }} onValuesChange={draft.keep}>
      {sending.error && !theirs && <Alert className="form-note" type="error" showIcon title={words(sending.error)} />}
      <Form.Item name="comment">
        <Input.TextArea aria-label={t('comment')} rows={5} maxLength={4000} placeholder={t('commentExample')} />
      </Form.Item>
      <Flex gap={8} justify="flex-end">
        <Button onClick={() => sending.mutate({ submits: false })}>{t('workbench:action.save')}</Button>
        {!handedIn && (
          <Button type="primary" loading={sending.isPending} onClick={() => sending.mutate({ submits: true })}>
            {t('submit')}
          </Button>
        )}
      </Flex>
      {theirs && (
        <StaleEdit
          fields={[{ label: t('comment'), theirs: theirs.comment, mine: form.getFieldValue('comment') }]}
          onKeepMine={() => sending.mutate({ submits: false, etag: theirs.etag })}
          onTakeTheirs={() => {
            form.setFieldsValue({ comment: theirs.comment });
            draft.drop();
            setTheirs(undefined);
            void refreshReports();
          }}
          onCancel={() => setTheirs(undefined)}
        />
      )}
    </Form>
  );
}
