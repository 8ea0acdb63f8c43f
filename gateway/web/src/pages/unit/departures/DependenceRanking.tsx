import { useQuery } from '@tanstack/react-query';
import { Button, Card, Checkbox, Flex, Grid, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { client } from '../../../api/client';
import { Amount } from '../../../design/Amount';
import { useFormats } from '../../../design/formats';
import { EmptyState, Loaded } from '../../../design/States';
import { useUnitNames } from '../../../design/selects';
import { everything } from '../everything';
import type { PersonDependence } from './departure';

interface Props {
  unit: string;
  chosen: string[];
  onChoose: (personIds: string[]) => void;
  onPlan: (personId: string) => void;
}

/** On whom most depends; whoever is ticked leaves in the what-if beside it. */
export function DependenceRanking({ unit, chosen, onChoose, onPlan }: Props) {
  const { t } = useTranslation('unit');
  const { may } = useAccess();
  const formats = useFormats();
  const unitName = useUnitNames();
  const wide = Grid.useBreakpoint().md ?? true;
  const people = useQuery({
    queryKey: ['/v1/personDependences', unit],
    queryFn: () =>
      everything(
        (pageToken) =>
          client.GET('/v1/personDependences', { params: { query: { organisationPath: unit, pageSize: 1000, pageToken } } }),
        (page) => page.personDependences,
      ),
  });
  return (
    <Card size="small" title={t('departures.ranking')}>
      <Loaded
        query={people}
        isEmpty={(rows) => rows.length === 0}
        empty={<EmptyState words={t('departures.nobodyDepends')} />}
        rows={8}
      >
        {(rows) => {
          const most = Math.max(1, ...rows.map((row) => row.unitShareBasisPoints));
          if (!wide) {
            const toggle = (personId: string, on: boolean) =>
              onChoose(on ? [...chosen, personId] : chosen.filter((each) => each !== personId));
            return (
              <ul className="cards" aria-label={t('departures.ranking')}>
                {rows.map((row) => (
                  <li key={row.personId}>
                    <Flex justify="space-between" gap={8}>
                      <Checkbox
                        checked={chosen.includes(row.personId)}
                        onChange={(event) => toggle(row.personId, event.target.checked)}
                      >
                        {row.personName}
                      </Checkbox>
                      <Amount money={row.atRisk} />
                    </Flex>
                    <span className="unit-bar" style={{ width: `${(row.unitShareBasisPoints / most) * 100}%` }} />
                  </li>
                ))}
              </ul>
            );
          }
          return (
            <Table<PersonDependence>
              aria-label={t('departures.ranking')}
              size="small"
              rowKey="personId"
              dataSource={rows}
              pagination={rows.length > 20 ? { pageSize: 20, showSizeChanger: false } : false}
              rowSelection={{
                // The library repeats a title's checkbox in a hidden row.
                hideSelectAll: true,
                selectedRowKeys: chosen,
                onChange: (keys) => onChoose(keys.map(String)),
                preserveSelectedRowKeys: true,
              }}
              scroll={{ x: 640 }}
              columns={[
                {
                  title: t('person'),
                  key: 'person',
                  render: (_, row) => (
                    <>
                      {row.personName}
                      <div className="unit-small">{unitName(row.organisationPath)}</div>
                    </>
                  ),
                },
                {
                  title: t('departures.customersShort'),
                  key: 'customers',
                  width: 170,
                  align: 'right',
                  render: (_, row) => (
                    <>
                      {row.customerCount}
                      <div className="unit-small">{t('departures.single', { count: row.singleThreadedCount })}</div>
                    </>
                  ),
                },
                {
                  title: t('departures.atRisk'),
                  key: 'atRisk',
                  align: 'right',
                  sorter: (one, other) => Number(one.atRisk?.amount ?? 0) - Number(other.atRisk?.amount ?? 0),
                  render: (_, row) => <Amount money={row.atRisk} />,
                },
                {
                  title: t('departures.share'),
                  key: 'share',
                  width: 150,
                  render: (_, row) => (
                    <>
                      {formats.basisPoints(row.unitShareBasisPoints)}
                      <span className="unit-bar" style={{ width: `${(row.unitShareBasisPoints / most) * 100}%` }} />
                    </>
                  ),
                },
                ...(may('analytics.departure.plan')
                  ? [
                      {
                        title: '',
                        key: 'plan',
                        render: (_: unknown, row: PersonDependence) => (
                          <Button
                            size="small"
                            aria-label={`${t('departures.plan')} ${row.personName}`}
                            onClick={() => onPlan(row.personId)}
                          >
                            {t('departures.plan')}
                          </Button>
                        ),
                      },
                    ]
                  : []),
              ]}
            />
          );
        }}
      </Loaded>
    </Card>
  );
}
