import { useMutation } from '@tanstack/react-query';
import { Alert, Flex, Form, Input, Modal, Radio, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { isOver, OperationProgress, useOperation } from '../../../design/OperationProgress';
import { type ColumnName, exportedColumns } from './columns';

interface Asked {
  format: 'EXPORT_FORMAT_XLSX' | 'EXPORT_FORMAT_CSV';
  columns: 'shown' | 'all';
  unmasked?: boolean;
  purpose?: string;
}

interface Props {
  filter: string;
  orderBy: string;
  columns: readonly ColumnName[];
  onClose: () => void;
}

/** Exports what the list shows. The work goes on when the dialog is closed: the tray has its file. */
export function ExportDialog({ filter, orderBy, columns, onClose }: Props) {
  const { t } = useTranslation('customers');
  const { may } = useAccess();
  const words = useRefusalWords();
  const [form] = Form.useForm<Asked>();
  const unmasked = Form.useWatch('unmasked', form);
  const asking = useMutation({
    mutationFn: async ({ format, unmasked: whole = false, purpose = '', ...asked }: Asked) => {
      const names = asked.columns === 'shown' ? exportedColumns(columns) : [];
      const body = { list: { filter, orderBy }, columns: names, format, unmasked: whole, purpose };
      return (await client.POST('/v1/customers:export', { body })).data;
    },
    onSuccess: () => refresh('/v1/operations'),
  });
  const { data: operation } = useOperation('customer', asking.data?.operationId);
  const begun = Boolean(asking.data);
  return (
    <Modal
      open
      title={t('export.title')}
      okText={t(begun ? 'workbench:action.close' : 'workbench:action.export')}
      confirmLoading={asking.isPending}
      onOk={begun ? onClose : () => form.submit()}
      onCancel={onClose}
      {...(begun ? { cancelButtonProps: { hidden: true } } : {})}
    >
      {asking.error && <Alert className="form-note" type="error" showIcon title={words(asking.error)} />}
      {begun ? (
        <Flex vertical gap={12}>
          <OperationProgress
            operation={operation}
            label={
              isOver(operation ?? undefined) ? t('export.done', { count: Number(operation?.done ?? 0) }) : t('export.running')
            }
          />
          <Alert type="info" showIcon title={t('export.tray')} />
        </Flex>
      ) : (
        <Form<Asked>
          form={form}
          layout="vertical"
          initialValues={{ format: 'EXPORT_FORMAT_XLSX', columns: 'shown' }}
          onFinish={(asked) => asking.mutate(asked)}
        >
          <p>{t(filter ? 'export.filtered' : 'export.all')}</p>
          <Form.Item name="format" label={t('export.format')}>
            <Radio.Group
              options={[
                { value: 'EXPORT_FORMAT_XLSX', label: t('export.workbook') },
                { value: 'EXPORT_FORMAT_CSV', label: 'CSV' },
              ]}
            />
          </Form.Item>
          <Form.Item name="columns" label={t('export.columns')}>
            <Radio.Group
              options={[
                { value: 'shown', label: t('export.shown') },
                { value: 'all', label: t('export.usual') },
              ]}
            />
          </Form.Item>
          {may('customer.pii.read') && (
            <Form.Item name="unmasked" label={t('export.unmasked')} valuePropName="checked" extra={t('export.unmaskedHint')}>
              <Switch />
            </Form.Item>
          )}
          {unmasked && (
            <Form.Item
              name="purpose"
              label={t('export.purpose')}
              rules={[{ required: true, min: 4, message: t('export.purposeNeeded') }]}
            >
              <Input maxLength={200} />
            </Form.Item>
          )}
        </Form>
      )}
    </Modal>
  );
}
