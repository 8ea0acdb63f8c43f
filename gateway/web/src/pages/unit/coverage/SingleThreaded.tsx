import { Card, Flex } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { client } from '../../../api/client';
import { Amount } from '../../../design/Amount';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { EmptyState } from '../../../design/States';
import type { Dependence } from '../departures/departure';

/** Customers who know only one person of the bank, those with most at risk first. */
export function SingleThreaded({ unit }: { unit: string }) {
  const { t, i18n } = useTranslation('unit');
  const formats = useFormats();
  const reasonOf = (row: Dependence) => (i18n.language === 'zh' ? row.reasonZh : row.reasonEn);
  return (
    <KeysetTable<Dependence>
      queryKey={['/v1/dependences', 'single', unit]}
      load={async (pageToken, signal) => {
        const query = { organisationPath: unit, singleThreaded: true, pageSize: 100, pageToken };
        const { data } = await client.GET('/v1/dependences', { params: { query }, signal });
        return { rows: data?.dependences ?? [], nextPageToken: data?.nextPageToken ?? '' };
      }}
      rowKey={(row) => `${row.customerId} ${row.personId}`}
      label={t('coverage.single')}
      empty={<EmptyState words={t('coverage.noSingle')} />}
      columns={[
        {
          title: t('customer'),
          key: 'customer',
          width: 230,
          ellipsis: true,
          render: (_, row) => <Link to={`/customers/${row.customerId}`}>{row.customerName}</Link>,
        },
        { title: t('coverage.knows'), dataIndex: 'personName', width: 110 },
        {
          title: t('departures.atRisk'),
          key: 'atRisk',
          width: 120,
          align: 'right',
          render: (_, row) => <Amount money={row.atRisk} />,
        },
        {
          title: t('coverage.balance'),
          key: 'balance',
          width: 120,
          align: 'right',
          render: (_, row) => <Amount money={row.balance} />,
        },
        { title: t('coverage.lastSeen'), dataIndex: 'lastDate', width: 130, render: formats.date },
        { title: t('coverage.why'), key: 'why', width: 360, render: (_, row) => reasonOf(row) },
      ]}
      card={(row) => (
        <Card size="small" title={<Link to={`/customers/${row.customerId}`}>{row.customerName}</Link>} extra={row.personName}>
          <Flex wrap gap="4px 16px">
            <span>
              {t('departures.atRisk')} <Amount money={row.atRisk} />
            </span>
            <span>{reasonOf(row)}</span>
          </Flex>
        </Card>
      )}
    />
  );
}
