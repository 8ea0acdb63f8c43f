import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import type { ColumnName } from './columns';

interface Props {
  order: string;
  orders: readonly ColumnName[];
  onChange: (order: string) => void;
}

/** The list's order, on a phone, where there is no heading to choose it by. */
export function OrderChoice({ order, orders, onChange }: Props) {
  const { t } = useTranslation('customers');
  const options = orders.flatMap((name) => [
    { value: name as string, label: t('list.upwards', { name: t(`column.${name}`) }) },
    { value: `${name} desc`, label: t('list.downwards', { name: t(`column.${name}`) }) },
  ]);
  return (
    <Select
      className="narrow-only"
      aria-label={t('list.order')}
      options={options}
      value={order || 'customer_number'}
      onChange={(chosen) => onChange(chosen === 'customer_number' ? '' : chosen)}
    />
  );
}
