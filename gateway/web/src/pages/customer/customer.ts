import type { Schema } from '@rm-workbench/client';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../access/access';
import { useRelationshipManagerNames } from '../../design/selects';

export type Customer = Schema<'customer.v1.Customer'>;

/** A record that was merged or erased is shown and no longer worked on. */
export function isEnded(customer: Customer): boolean {
  return customer.state === 'CUSTOMER_STATE_MERGED' || customer.state === 'CUSTOMER_STATE_ERASED';
}

/** The name of somebody of the bank, as far as the caller may name people; empty for nobody. */
export function usePersonName(): (personId: string) => string {
  const { me, personId: myself } = useAccess();
  const nameOf = useRelationshipManagerNames();
  const { t } = useTranslation('customer');
  return (personId) => {
    if (!personId) return '';
    if (personId === myself) return me.person?.displayName ?? '';
    return nameOf(personId) || t('somebody');
  };
}

export function isOrganisation(customer: Customer): boolean {
  return customer.kind !== 'CUSTOMER_KIND_RETAIL';
}
