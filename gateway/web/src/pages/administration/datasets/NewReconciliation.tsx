import { useMutation } from '@tanstack/react-query';
import { Alert, App, Form, InputNumber, Modal, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';

interface Values {
  dataset: string;
  left: string[];
  right: string[];
  toleranceMinorUnits?: number;
}

interface Props {
  onClose: () => void;
  onBegun: (reconciliationId: string) => void;
}

/** Holds two systems' datasets of the same facts against one another. */
export function NewReconciliation({ onClose, onBegun }: Props) {
  const { t } = useTranslation('administration');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const [form] = Form.useForm<Values>();
  const chosen = Form.useWatch('dataset', form);
  const businessDate = new Date().toISOString().slice(0, 10);
  const current = api.useQuery('get', '/v1/datasets:current', { params: { query: { businessDate } } }, { staleTime: 60_000 });
  const known = current.data?.datasets ?? [];
  const datasets = [...new Set(known.map(({ dataset }) => dataset))].sort();
  const feeds = known.filter(({ dataset }) => dataset === chosen).map(({ feed }) => ({ value: feed, label: feed }));
  const beginning = useMutation({
    mutationFn: async ({ dataset, left, right, toleranceMinorUnits = 0 }: Values) =>
      (
        await client.POST('/v1/reconciliations:reconcileDatasets', {
          body: { dataset, left: { feeds: left }, right: { feeds: right }, toleranceMinorUnits: String(toleranceMinorUnits) },
        })
      ).data,
    onSuccess: async (begun) => {
      void message.success(t('datasets.begun'));
      onClose();
      await refresh('/v1/reconciliations', '/v1/operations');
      if (begun) onBegun(begun.reconciliationId);
    },
  });
  const rules = [{ required: true, message: t('workbench:field.required') }];
  return (
    <Modal
      open
      title={t('reconciliations.add')}
      okText={t('datasets.begin')}
      cancelText={t('workbench:action.cancel')}
      okButtonProps={{ loading: beginning.isPending }}
      onOk={form.submit}
      onCancel={onClose}
    >
      {beginning.error && <Alert className="form-note" type="error" showIcon title={words(beginning.error)} />}
      <Form form={form} layout="vertical" onFinish={beginning.mutate}>
        <Form.Item name="dataset" label={t('datasets.dataset')} rules={rules}>
          <Select
            showSearch
            loading={current.isLoading}
            options={datasets.map((dataset) => ({
              value: dataset,
              label: t(`datasetNames.${dataset}`, { defaultValue: dataset }),
            }))}
            onChange={() => form.setFieldsValue({ left: [], right: [] })}
          />
        </Form.Item>
        <Form.Item name="left" label={t('reconciliations.left')} rules={rules}>
          <Select mode="multiple" options={feeds} disabled={!chosen} />
        </Form.Item>
        <Form.Item name="right" label={t('reconciliations.right')} rules={rules}>
          <Select mode="multiple" options={feeds} disabled={!chosen} />
        </Form.Item>
        <Form.Item name="toleranceMinorUnits" label={t('reconciliations.tolerance')} extra={t('reconciliations.toleranceHint')}>
          <InputNumber min={0} precision={0} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
