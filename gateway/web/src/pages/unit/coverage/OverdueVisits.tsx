import type { Schema } from '@rm-workbench/client';
import { Card, Flex, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { client } from '../../../api/client';
import { Amount } from '../../../design/Amount';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { EmptyState } from '../../../design/States';
import { useRelationshipManagerNames } from '../../../design/selects';

type Cycle = Schema<'activity.v1.VisitCycle'>;

/** Customers whom nobody has seen within their cycle, the longest overdue first. */
export function OverdueVisits({ unit }: { unit: string }) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  const nameOf = useRelationshipManagerNames();
  return (
    <KeysetTable<Cycle>
      queryKey={['/v1/visitCycles', 'overdue', unit]}
      load={async (pageToken, signal) => {
        const query = { organisationPath: unit, overdue: true, pageSize: 100, pageToken };
        const { data } = await client.GET('/v1/visitCycles', { params: { query }, signal });
        return { rows: data?.visitCycles ?? [], nextPageToken: data?.nextPageToken ?? '' };
      }}
      rowKey={(cycle) => cycle.visitCycleId}
      label={t('coverage.visits')}
      empty={<EmptyState words={t('coverage.noOverdue')} />}
      columns={[
        {
          title: t('customer'),
          key: 'customer',
          width: 230,
          ellipsis: true,
          render: (_, cycle) => <Link to={`/customers/${cycle.customerId}`}>{cycle.customerName}</Link>,
        },
        { title: '', key: 'key', width: 110, render: (_, cycle) => cycle.key && <Tag color="warning">{t('coverage.key')}</Tag> },
        {
          title: t('coverage.overdueDays'),
          dataIndex: 'overdueDays',
          width: 110,
          align: 'right',
          render: (days: number) => <span className="unit-late">{t('days', { count: days })}</span>,
        },
        {
          title: t('coverage.cycle'),
          dataIndex: 'cycleDays',
          width: 100,
          align: 'right',
          render: (days: number) => t('days', { count: days }),
        },
        { title: t('coverage.lastSeen'), dataIndex: 'lastContactDate', width: 150, render: formats.date },
        {
          title: t('coverage.balance'),
          key: 'value',
          width: 120,
          align: 'right',
          render: (_, cycle) => <Amount money={cycle.value} />,
        },
        { title: t('person'), dataIndex: 'ownerPersonId', width: 120, render: (personId: string) => nameOf(personId) },
      ]}
      card={(cycle) => (
        <Card
          size="small"
          title={<Link to={`/customers/${cycle.customerId}`}>{cycle.customerName}</Link>}
          extra={nameOf(cycle.ownerPersonId)}
        >
          <Flex wrap gap="4px 16px">
            <span className="unit-late">{t('coverage.overdueBy', { count: cycle.overdueDays })}</span>
            <span>
              {t('coverage.lastSeen')} {formats.date(cycle.lastContactDate)}
            </span>
            {cycle.key && <Tag color="warning">{t('coverage.key')}</Tag>}
          </Flex>
        </Card>
      )}
    />
  );
}
