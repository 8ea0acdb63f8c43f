import { ArrowDownOutlined, ArrowUpOutlined, MinusOutlined } from '@ant-design/icons';
import type { Schema } from '@rm-workbench/client';
import { useQuery } from '@tanstack/react-query';
import { Card, Flex, Grid, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { client } from '../../../api/client';
import { Amount } from '../../../design/Amount';
import { useNamed } from '../../../design/Named';
import { EmptyState, Loaded } from '../../../design/States';
import { useRelationshipManagers, useUnitNames } from '../../../design/selects';
import { everything } from '../everything';
import { type Comparison, comparisonOf, type Figures, type Measure, type Period } from './figures';

type Ranked = Schema<'performance.v1.RankedFigure'>;

interface Props {
  organisationPath: string;
  period: Period;
  dayDate: string;
  measure: Measure;
  against: Comparison;
  figures: Figures | undefined;
}

interface Row extends Ranked {
  before: Ranked | undefined;
  unit: string;
}

/** Who ranks where by the measure, and where everybody ranked before. */
export function Ranking({ organisationPath, period, dayDate, measure, against, figures }: Props) {
  const { t } = useTranslation('unit');
  const named = useNamed();
  const wide = Grid.useBreakpoint().md ?? true;
  const earlier = comparisonOf(figures?.total, against)?.asOfDate ?? '';
  const now = useRanking({ organisationPath, period, dayDate, measure }, true);
  const before = useRanking({ organisationPath, period, dayDate: earlier, measure }, earlier !== '');
  const people = useRelationshipManagers();
  const unitName = useUnitNames();
  const rowsOf = (ranked: Ranked[]): Row[] =>
    ranked.map((each) => ({
      ...each,
      before: before.data?.find((other) => other.personId === each.personId),
      unit: unitName(people.data?.find((person) => person.personId === each.personId)?.organisationPath),
    }));
  return (
    <Loaded query={now} isEmpty={(ranked) => ranked.length === 0} empty={<EmptyState words={t('results.noRanking')} />} rows={8}>
      {(ranked) => {
        const most = Math.max(1, ...ranked.map((each) => Math.abs(Number(each.amount?.amount ?? 0))));
        return wide ? (
          <Table<Row>
            aria-label={t('results.ranking')}
            size="middle"
            rowKey="personId"
            pagination={ranked.length > 100 ? { pageSize: 100, showSizeChanger: false } : false}
            dataSource={rowsOf(ranked)}
            columns={[
              { title: t('results.rank'), dataIndex: 'rank', width: 70, align: 'right' },
              {
                title: t('results.move'),
                key: 'move',
                width: 110,
                render: (_, row) => <Move now={row.rank} before={row.before?.rank} />,
              },
              {
                title: t('person'),
                key: 'person',
                width: 170,
                render: (_, row) => <Link to={`/performance/results/${row.personId}`}>{row.personName}</Link>,
              },
              { title: t('unit'), dataIndex: 'unit', width: 190, ellipsis: true },
              {
                title: named(measure),
                key: 'amount',
                width: 140,
                align: 'right',
                render: (_, row) => <Amount money={row.amount} />,
              },
              {
                key: 'bar',
                title: <span className="unit-visually-hidden">{t('results.inProportion')}</span>,
                render: (_, row) => <Bar amount={Number(row.amount?.amount ?? 0)} most={most} />,
              },
              {
                title: t('results.before'),
                key: 'before',
                width: 150,
                align: 'right',
                render: (_, row) => <Amount money={row.before?.amount} />,
              },
            ]}
          />
        ) : (
          <ul className="cards" aria-label={t('results.ranking')}>
            {rowsOf(ranked).map((row) => (
              <li key={row.personId}>
                <Card size="small">
                  <Flex gap={12} align="center">
                    <strong>{row.rank}</strong>
                    <Link to={`/performance/results/${row.personId}`}>{row.personName}</Link>
                    <Move now={row.rank} before={row.before?.rank} />
                    <span className="unit-push">
                      <Amount money={row.amount} />
                    </span>
                  </Flex>
                  <Bar amount={Number(row.amount?.amount ?? 0)} most={most} />
                </Card>
              </li>
            ))}
          </ul>
        );
      }}
    </Loaded>
  );
}

function useRanking(query: { organisationPath: string; period: Period; dayDate: string; measure: Measure }, enabled: boolean) {
  return useQuery({
    queryKey: ['/v1/ranking', query],
    queryFn: () =>
      everything(
        (pageToken) => client.GET('/v1/ranking', { params: { query: { ...query, pageSize: 1000, pageToken } } }),
        (page) => page.rankedFigures,
      ),
    enabled,
  });
}

/** How many places somebody won or lost. */
function Move({ now, before }: { now: number; before: number | undefined }) {
  const { t } = useTranslation('unit');
  if (before === undefined) return <>—</>;
  if (before === now) {
    return (
      <span>
        <MinusOutlined aria-hidden /> {t('results.same')}
      </span>
    );
  }
  const up = before > now;
  return (
    <span className={up ? 'amount-rises' : 'amount-falls'}>
      {up ? <ArrowUpOutlined aria-hidden /> : <ArrowDownOutlined aria-hidden />}{' '}
      {t(up ? 'results.up' : 'results.down', { count: Math.abs(before - now) })}
    </span>
  );
}

function Bar({ amount, most }: { amount: number; most: number }) {
  return (
    <span
      className={amount < 0 ? 'unit-bar unit-bar-late' : 'unit-bar'}
      style={{ width: `${(Math.abs(amount) / most) * 100}%` }}
    />
  );
}
