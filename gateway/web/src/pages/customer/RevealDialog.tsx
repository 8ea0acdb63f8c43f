import { useMutation } from '@tanstack/react-query';
import { Alert, Descriptions, Form, Input, Modal, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { useRefusalWords } from '../../api/refusals';

export interface RevealedValue {
  label: string;
  value: string;
}

const PURPOSE_LETTERS_MIN = 4;

/** Shows what is masked, for a purpose that the audit trail keeps; it is gone once the dialog is closed. */
export function RevealDialog({
  reveal,
  onClose,
}: {
  reveal: (purpose: string) => Promise<RevealedValue[]>;
  onClose: () => void;
}) {
  const { t } = useTranslation('customer');
  const words = useRefusalWords();
  const [form] = Form.useForm<{ purpose: string }>();
  const revealing = useMutation({ mutationFn: ({ purpose }: { purpose: string }) => reveal(purpose), gcTime: 0 });
  const shown = revealing.data;
  return (
    <Modal
      open
      title={t('reveal.title')}
      onCancel={onClose}
      okText={shown ? t('workbench:action.close') : t('reveal.action')}
      cancelButtonProps={shown ? { hidden: true } : {}}
      onOk={() => (shown ? onClose() : form.submit())}
      confirmLoading={revealing.isPending}
    >
      {shown ? (
        <Revealed values={shown} />
      ) : (
        <Form form={form} layout="vertical" onFinish={(values) => revealing.mutate(values)} requiredMark={false}>
          <Typography.Paragraph type="secondary">{t('reveal.hint')}</Typography.Paragraph>
          {revealing.error && <Alert className="form-note" type="error" showIcon title={words(revealing.error)} />}
          <Form.Item
            name="purpose"
            label={t('reveal.purpose')}
            rules={[{ required: true, min: PURPOSE_LETTERS_MIN, message: t('reveal.purposeNeeded') }]}
          >
            <Input maxLength={200} autoFocus placeholder={t('reveal.example')} />
          </Form.Item>
        </Form>
      )}
    </Modal>
  );
}

function Revealed({ values }: { values: RevealedValue[] }) {
  return (
    <Descriptions
      column={1}
      size="small"
      bordered
      items={values
        .filter(({ value }) => value)
        .map(({ label, value }) => ({
          key: label + value,
          label,
          children: <Typography.Text copyable>{value}</Typography.Text>,
        }))}
    />
  );
}
