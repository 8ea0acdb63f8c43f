import { Form, InputNumber, Radio } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { client, refresh } from '../../../api/client';
import { FormDialog } from '../../../design/FormDialog';
import { DateField } from '../../../design/fields';
import { useRelationshipManagerNames } from '../../../design/selects';

interface Values {
  kind: 'DEPARTURE_PLAN_KIND_HAND_OVER' | 'DEPARTURE_PLAN_KIND_SECOND_CONTACT';
  dueDate?: string;
  customerCountMax?: number | null;
}

/** Makes a plan as a draft, with a colleague for each customer; nobody is told before it is started. */
export function ProposePlan({ personId, onClose }: { personId: string; onClose: () => void }) {
  const { t } = useTranslation('unit');
  const navigate = useNavigate();
  const name = useRelationshipManagerNames()(personId);
  const propose = async ({ kind, dueDate, customerCountMax }: Values) => {
    const body = { personId, kind, dueDate: dueDate ?? '', customerCountMax: customerCountMax ?? 0 };
    const { data } = await client.POST('/v1/departurePlans', { body });
    await refresh('/v1/departurePlans');
    if (data) await navigate(`/unit/departures/${data.planId}`);
  };
  return (
    <FormDialog<Values>
      open
      title={t('departures.proposeTitle', { name })}
      onClose={onClose}
      submit={propose}
      submitWords={t('departures.propose')}
      doneWords={t('departures.proposed')}
      initialValues={{ kind: 'DEPARTURE_PLAN_KIND_SECOND_CONTACT' }}
    >
      <Form.Item name="kind" label={t('departures.kind')}>
        <Radio.Group
          vertical
          options={[
            { value: 'DEPARTURE_PLAN_KIND_SECOND_CONTACT', label: t('departures.secondContact') },
            { value: 'DEPARTURE_PLAN_KIND_HAND_OVER', label: t('departures.handOver') },
          ]}
        />
      </Form.Item>
      <Form.Item name="dueDate" label={t('departures.dueDate')} extra={t('departures.dueHint')}>
        <DateField />
      </Form.Item>
      <Form.Item name="customerCountMax" label={t('departures.most')} extra={t('departures.mostHint')}>
        <InputNumber min={1} max={500} />
      </Form.Item>
    </FormDialog>
  );
}
