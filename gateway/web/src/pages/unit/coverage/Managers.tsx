import type { Schema } from '@rm-workbench/client';
import { useQuery } from '@tanstack/react-query';
import { Card, Flex, Grid, Table, Tag } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../../access/access';
import { api, client } from '../../../api/client';
import { Amount } from '../../../design/Amount';
import { useFormats } from '../../../design/formats';
import { EmptyState, Loaded, PartialState } from '../../../design/States';
import { type RelationshipManager, useRelationshipManagers, useUnitNames } from '../../../design/selects';
import { everything } from '../everything';

interface Row {
  person: RelationshipManager;
  dependence: Schema<'analytics.v1.PersonDependence'> | undefined;
  away: boolean;
}

/** Each relationship manager with the customers who know him, and how many of them know nobody else. */
export function Managers({ unit }: { unit: string }) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  const unitName = useUnitNames();
  const { may } = useAccess();
  const wide = Grid.useBreakpoint().md ?? true;
  const managers = useRelationshipManagers();
  const dependences = useQuery({
    queryKey: ['/v1/personDependences', unit],
    queryFn: () =>
      everything(
        (pageToken) =>
          client.GET('/v1/personDependences', { params: { query: { organisationPath: unit, pageSize: 1000, pageToken } } }),
        (page) => page.personDependences,
      ),
    enabled: may('analytics.departure.read'),
  });
  const onDate = dayjs().format('YYYY-MM-DD');
  const absences = api.useQuery('get', '/v1/absences', { params: { query: { onDate, pageSize: 1000 } } });
  const broken = [dependences, absences].filter((part) => part.isError);
  const rowsOf = (people: RelationshipManager[]): Row[] =>
    people
      .filter((person) => person.organisationPath.startsWith(unit))
      .map((person) => ({
        person,
        dependence: dependences.data?.find((each) => each.personId === person.personId),
        away: absences.data?.absences.some((absence) => absence.personId === person.personId) ?? false,
      }));
  const amount = (row: Row) => Number(row.dependence?.balance?.amount ?? 0);
  const customersOf = (row: Row) => (
    <Link to={`/customers?lead=${row.person.personId}`}>{row.dependence?.customerCount ?? t('coverage.look')}</Link>
  );
  return (
    <Loaded
      query={managers}
      isEmpty={(people) => rowsOf(people).length === 0}
      empty={<EmptyState words={t('day.nobody')} />}
      rows={8}
    >
      {(people) => (
        <>
          {broken.length > 0 && (
            <PartialState words={t('coverage.partial')} onRetry={() => broken.forEach((part) => void part.refetch())} />
          )}
          {wide ? (
            <Table<Row>
              aria-label={t('coverage.managers')}
              size="middle"
              rowKey={(row) => row.person.personId}
              pagination={false}
              loading={dependences.isLoading}
              dataSource={rowsOf(people)}
              columns={[
                { title: t('person'), key: 'person', render: (_, row) => <PersonName row={row} /> },
                { title: t('unit'), key: 'unit', render: (_, row) => unitName(row.person.organisationPath) },
                {
                  title: t('coverage.customers'),
                  key: 'customers',
                  align: 'right',
                  sorter: (one, other) => (one.dependence?.customerCount ?? 0) - (other.dependence?.customerCount ?? 0),
                  render: (_, row) => customersOf(row),
                },
                {
                  title: t('coverage.onlyHim'),
                  key: 'single',
                  align: 'right',
                  sorter: (one, other) =>
                    (one.dependence?.singleThreadedCount ?? 0) - (other.dependence?.singleThreadedCount ?? 0),
                  render: (_, row) => row.dependence?.singleThreadedCount ?? '—',
                },
                {
                  title: t('coverage.balance'),
                  key: 'balance',
                  align: 'right',
                  sorter: (one, other) => amount(one) - amount(other),
                  render: (_, row) => <Amount money={row.dependence?.balance} />,
                },
                {
                  title: t('coverage.loan'),
                  key: 'loan',
                  align: 'right',
                  render: (_, row) => <Amount money={row.dependence?.loan} />,
                },
                {
                  title: t('departures.share'),
                  key: 'share',
                  align: 'right',
                  render: (_, row) => (row.dependence ? formats.basisPoints(row.dependence.unitShareBasisPoints) : '—'),
                },
              ]}
            />
          ) : (
            <ul className="cards" aria-label={t('coverage.managers')}>
              {rowsOf(people).map((row) => (
                <li key={row.person.personId}>
                  <Card size="small" title={<PersonName row={row} />} extra={unitName(row.person.organisationPath)}>
                    <Flex wrap gap="4px 16px">
                      <span>
                        {t('coverage.customers')} {customersOf(row)}
                      </span>
                      <span>
                        {t('coverage.onlyHim')} {row.dependence?.singleThreadedCount ?? '—'}
                      </span>
                      <Amount money={row.dependence?.balance} />
                    </Flex>
                  </Card>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </Loaded>
  );
}

function PersonName({ row }: { row: Row }) {
  const { t } = useTranslation('unit');
  return (
    <>
      {row.person.displayName} {row.away && <Tag color="warning">{t('day.absent')}</Tag>}
    </>
  );
}
