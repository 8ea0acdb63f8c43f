import type { Schema } from '@rm-workbench/client';
import { useTranslation } from 'react-i18next';
import { client } from '../../api/client';
import { useNamed } from '../../design/Named';
import type { Customer } from './customer';
import { RevealDialog, type RevealedValue } from './RevealDialog';

/** The customer's numbers in full. */
export function RevealCustomer({ customer, onClose }: { customer: Customer; onClose: () => void }) {
  const numbers = useNumbers();
  const { customerId } = customer;
  return (
    <RevealDialog
      onClose={onClose}
      reveal={async (purpose) => {
        const { data } = await client.POST('/v1/customers/{customerId}:reveal', {
          params: { path: { customerId } },
          body: { purpose },
        });
        return data ? numbers(data) : [];
      }}
    />
  );
}

function useNumbers(): (customer: Schema<'customer.v1.Customer'>) => RevealedValue[] {
  const { t } = useTranslation('customer');
  const named = useNamed();
  return (customer) => [
    { label: named(customer.identifierKind), value: customer.identifier },
    { label: t('phone'), value: customer.phone },
    ...customer.otherIdentifiers.map((each) => ({ label: named(each.kind), value: each.number })),
    ...customer.contactPoints.map((each) => ({
      label: [named(each.kind), each.label].filter(Boolean).join(' · '),
      value: each.value,
    })),
  ];
}
