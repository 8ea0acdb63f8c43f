import type { Schema } from '@rm-workbench/client';
import { Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormats } from '../../../design/formats';
import { useNamed } from '../../../design/Named';
import type { Explanation } from './explaining';
import { MADE_OF, type Measure } from './measures';

type Proof = Schema<'performance.v1.AccountProof'>;

/** How the account's amounts of the month were rounded, once, and shared among its owners. */
export function Proofs({ explanation, measure }: { explanation: Explanation; measure: Measure }) {
  const { t } = useTranslation('performance');
  const named = useNamed();
  const formats = useFormats();
  const wanted = new Set<string>(MADE_OF[measure] ?? [measure]);
  const proofs = explanation.accountProofs.filter((proof) => wanted.has(proof.measure));
  if (!proofs.length) return null;
  return (
    <Table<Proof>
      className="proofs"
      size="small"
      title={() => <strong>{t('proof.title')}</strong>}
      footer={() => t('proof.hint')}
      aria-label={t('proof.title')}
      rowKey={(proof) => `${proof.measure}-${proof.productVersionId}-${proof.personId}-${proof.organisationUnitId}`}
      dataSource={proofs}
      pagination={false}
      scroll={{ x: 'max-content' }}
      columns={[
        { title: t('proof.measure'), key: 'measure', render: (_, proof) => named(proof.measure) },
        {
          title: t('proof.account'),
          key: 'account',
          align: 'right',
          render: (_, proof) => `${formats.number(proof.accountNumerator, 0)} ÷ ${formats.number(proof.divisor, 0)}`,
        },
        { title: t('proof.rounded'), key: 'rounded', align: 'right', render: (_, proof) => formats.money(proof.accountAmount) },
        {
          title: t('proof.own'),
          key: 'own',
          align: 'right',
          render: (_, proof) => <span className="amount amount-main">{formats.money(proof.amount)}</span>,
        },
      ]}
    />
  );
}
