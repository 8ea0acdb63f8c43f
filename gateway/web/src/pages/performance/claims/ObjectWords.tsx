import { useTranslation } from 'react-i18next';
import { useNamed } from '../../../design/Named';

interface Claimed {
  objectKind: string;
  objectNumber: string;
  customerName: string;
}

/** What is claimed: a customer by name; an account, contract or fee by its number, with whose it is. */
export function ObjectWords({ of }: { of: Claimed }) {
  const { t } = useTranslation('performance');
  const named = useNamed();
  const customer = of.customerName || t('claims.hiddenCustomer');
  return <>{of.objectNumber ? `${named(of.objectKind)} ${of.objectNumber} · ${customer}` : customer}</>;
}
