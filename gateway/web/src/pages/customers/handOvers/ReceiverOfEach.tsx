import { Form } from 'antd';
import { useTranslation } from 'react-i18next';
import { RelationshipManagerSelect } from '../../../design/selects';

/** A customer that was chosen from a list, by name. */
export interface ChosenCustomer {
  customerId: string;
  displayName: string;
}

/** By customer: who is to lead it. */
export type Receivers = Record<string, string>;

/** For each customer its own receiver. */
export function ReceiverOfEach({ customers }: { customers: ChosenCustomer[] }) {
  const { t } = useTranslation('customers');
  return (
    <fieldset className="customers-receivers">
      <legend>{t('handOver.to')}</legend>
      {customers.map(({ customerId, displayName }) => (
        <Form.Item
          key={customerId}
          name={['receivers', customerId]}
          label={displayName}
          rules={[{ required: true, message: t('workbench:field.required') }]}
        >
          <RelationshipManagerSelect />
        </Form.Item>
      ))}
    </fieldset>
  );
}

/** As a hand-over takes it: the receiver of each customer, and all receivers, each once. */
export function assigned(customers: ChosenCustomer[], receivers: Receivers) {
  const assignments = customers.flatMap(({ customerId }) => {
    const personId = receivers[customerId];
    return personId ? [{ customerId, personId }] : [];
  });
  return { assignments, receiverPersonIds: [...new Set(assignments.map(({ personId }) => personId))] };
}
