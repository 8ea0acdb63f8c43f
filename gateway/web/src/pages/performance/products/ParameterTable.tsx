import { Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNamed } from '../../../design/Named';
import { capital, type Parameter, useParameterName } from './products';
import { percentOf } from './rates';

export const isRate = (kind: Parameter['kind']) =>
  kind === 'PRODUCT_PARAMETER_KIND_YEARLY_RATE' || kind === 'PRODUCT_PARAMETER_KIND_RATE';
export const isAmount = (kind: Parameter['kind']) =>
  kind === 'PRODUCT_PARAMETER_KIND_AMOUNT' || kind === 'PRODUCT_PARAMETER_KIND_YEARLY_AMOUNT';

/** A constant's value as people read it. */
export function valueWords({ kind, value }: Pick<Parameter, 'kind' | 'value'>): string {
  if (isRate(kind)) return `${percentOf(value)}%`;
  return isAmount(kind) ? `¥${value}` : value;
}

/** The product's own constants, which its formulas name. */
export function ParameterTable({ parameters }: { parameters: Parameter[] }) {
  const { t } = useTranslation('products');
  const named = useNamed();
  const nameOf = useParameterName();
  return (
    <section aria-label={t('parameters.title')}>
      <h3 className="product-subtitle">{t('parameters.title')}</h3>
      <Table<Parameter>
        size="small"
        aria-label={t('parameters.title')}
        rowKey="name"
        dataSource={parameters}
        pagination={false}
        columns={[
          { title: t('parameters.displayName'), key: 'display', render: (_, each) => capital(nameOf(each)) },
          { title: t('parameters.name'), key: 'name', render: (_, each) => <code className="product-name">{each.name}</code> },
          { title: t('parameters.kind'), key: 'kind', responsive: ['sm'], render: (_, each) => named(each.kind) },
          { title: t('parameters.value'), key: 'value', align: 'right', render: (_, each) => valueWords(each) },
        ]}
      />
    </section>
  );
}
