import { Alert, Form, Input, Modal } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useRefusalWords } from '../../api/refusals';

interface Props {
  title: string;
  hint: ReactNode;
  confirm: string;
  danger?: boolean;
  pending: boolean;
  error: unknown;
  onConfirm: (reason: string) => void;
  onClose: () => void;
}

/** Asks why, before something is done that the audit trail keeps with its reason. */
export function ReasonDialog({ title, hint, confirm, danger = false, pending, error, onConfirm, onClose }: Props) {
  const { t } = useTranslation();
  const words = useRefusalWords();
  const [form] = Form.useForm<{ reason: string }>();
  return (
    <Modal
      open
      title={title}
      okText={confirm}
      cancelText={t('action.cancel')}
      okButtonProps={{ danger, loading: pending }}
      onOk={form.submit}
      onCancel={onClose}
    >
      {error ? <Alert className="form-note" type="error" showIcon title={words(error)} /> : null}
      <p>{hint}</p>
      <Form form={form} layout="vertical" onFinish={({ reason }) => onConfirm(reason.trim())}>
        <Form.Item
          name="reason"
          label={t('field.reason')}
          rules={[{ required: true, whitespace: true, message: t('field.required') }]}
        >
          <Input.TextArea autoFocus maxLength={200} showCount rows={2} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
