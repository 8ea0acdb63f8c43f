import { Alert, Form, Input, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { useDraft } from '../api/drafts';
import { useRefusalWords } from '../api/refusals';

interface Props {
  title: string;
  /** What follows from it. */
  hint?: string;
  /** Under which what is typed is kept until it is sent. */
  draftKey: string;
  okText?: string;
  danger?: boolean;
  busy: boolean;
  error: unknown;
  onConfirm: (reason: string) => void;
  onClose: () => void;
}

/** An act that asks why: the reason is kept with it. */
export function ReasonDialog({ title, hint, draftKey, okText, danger, busy, error, onConfirm, onClose }: Props) {
  const { t } = useTranslation();
  const words = useRefusalWords();
  const [form] = Form.useForm<{ reason: string }>();
  const draft = useDraft(draftKey, form);
  const confirm = ({ reason }: { reason: string }) => {
    draft.drop();
    onConfirm(reason.trim());
  };
  return (
    <Modal
      open
      title={title}
      okText={okText ?? t('action.confirm')}
      okButtonProps={{ danger: danger === true }}
      confirmLoading={busy}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      {error ? <Alert className="form-note" type="error" showIcon title={words(error)} /> : null}
      {hint && <p>{hint}</p>}
      <Form form={form} layout="vertical" onValuesChange={draft.keep} onFinish={confirm}>
        <Form.Item
          name="reason"
          label={t('field.reason')}
          rules={[{ required: true, whitespace: true, message: t('field.required') }]}
        >
          <Input.TextArea maxLength={200} showCount autoFocus rows={3} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
