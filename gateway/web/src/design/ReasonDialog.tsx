import { Form, Input, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { FormDialog } from './FormDialog';

interface Props {
  title: string;
  /** What follows from it. */
  hint?: string;
  /** What is asked for, where it is not called a reason. */
  label?: string;
  /** Under which what is typed is kept until it was taken. */
  draftKey: string;
  okText?: string;
  doneWords?: string;
  danger?: boolean;
  optional?: boolean;
  lengthMax?: number;
  submit: (reason: string) => Promise<unknown>;
  onClose: () => void;
}

const REASON_LENGTH_MAX = 200;

/** An act that asks why: the reason is kept with it. What was refused stays as it was typed. */
export function ReasonDialog(props: Props) {
  const { title, hint, label, draftKey, okText, doneWords, danger = false, optional = false } = props;
  const { lengthMax = REASON_LENGTH_MAX, submit, onClose } = props;
  const { t } = useTranslation();
  return (
    <FormDialog<{ reason?: string }>
      open
      title={title}
      danger={danger}
      draftKey={draftKey}
      submitWords={okText ?? t('action.confirm')}
      {...(doneWords ? { doneWords } : {})}
      submit={({ reason = '' }) => submit(reason.trim())}
      onClose={onClose}
    >
      {hint && <Typography.Paragraph type="secondary">{hint}</Typography.Paragraph>}
      <Form.Item
        name="reason"
        label={label ?? t('field.reason')}
        rules={optional ? [] : [{ required: true, whitespace: true, message: t('field.required') }]}
      >
        <Input.TextArea maxLength={lengthMax} showCount autoFocus rows={3} />
      </Form.Item>
    </FormDialog>
  );
}
