import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Flex, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { refresh } from '../../../api/client';
import { useDraft } from '../../../api/drafts';
import { useRefusalWords } from '../../../api/refusals';
import { isStale } from '../../../api/StaleEdit';

interface Props {
  /** Of what is decided: what one types is kept under it. */
  resource: string;
  approveWords?: string;
  rejectWords?: string;
  /** A word is needed to say yes, too. */
  explained?: boolean;
  /** Nothing can be said with a yes. */
  silent?: boolean;
  approve: (reason: string) => Promise<unknown>;
  reject: (reason: string) => Promise<unknown>;
  onDecided: () => void;
}

/** Yes or no, with a reason; a no always needs one. */
export function Decision(props: Props) {
  const { resource, explained = false, silent = false, approve, reject, onDecided } = props;
  const { t } = useTranslation('unit');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const [form] = Form.useForm<{ reason: string }>();
  const draft = useDraft(`approval-${resource}`, form);
  const deciding = useMutation({
    mutationFn: async ({ yes, reason }: { yes: boolean; reason: string }) => {
      await (yes ? approve(reason) : reject(reason));
    },
    onSuccess: async (_, { yes }) => {
      void message.success(t(yes ? 'approvals.approved' : 'approvals.rejected'));
      draft.drop();
      onDecided();
      await refresh('/v1/');
    },
    onError: async (error) => {
      if (isStale(error)) await refresh('/v1/');
    },
  });
  const decide = (yes: boolean) => {
    const reason = form.getFieldValue('reason')?.trim() ?? '';
    if (!reason && (!yes || explained)) {
      form.setFields([{ name: 'reason', errors: [t('approvals.reasonNeeded')] }]);
      form.focusField('reason');
      return;
    }
    deciding.mutate({ yes, reason });
  };
  return (
    <Form form={form} layout="vertical" onValuesChange={draft.keep} className="unit-decision">
      {deciding.error && (
        <Alert
          className="form-note"
          type="error"
          showIcon
          title={isStale(deciding.error) ? t('changedMeanwhile') : words(deciding.error)}
        />
      )}
      <Form.Item
        name="reason"
        label={t(explained ? 'approvals.reason' : silent ? 'approvals.reasonOfNo' : 'approvals.reasonOptional')}
      >
        <Input.TextArea maxLength={200} rows={3} />
      </Form.Item>
      <Flex gap={8}>
        <Button type="primary" loading={deciding.isPending && deciding.variables.yes} onClick={() => decide(true)}>
          {props.approveWords ?? t('approvals.approve')}
        </Button>
        <Button danger loading={deciding.isPending && !deciding.variables.yes} onClick={() => decide(false)}>
          {props.rejectWords ?? t('approvals.reject')}
        </Button>
      </Flex>
    </Form>
  );
}
