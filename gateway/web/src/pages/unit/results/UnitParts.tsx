import type { Schema } from '@rm-workbench/client';
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Flex, Grid, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { client } from '../../../api/client';
import { Amount } from '../../../design/Amount';
import { useNamed } from '../../../design/Named';
import { EmptyState, Loaded } from '../../../design/States';
import { everything } from '../everything';
import { amountOf, type Comparison, comparisonOf, type Measure, type Period } from './figures';

type Part = Schema<'performance.v1.UnitFigure'>;

interface Props {
  organisationPath: string;
  period: Period;
  dayDate: string;
  measure: Measure;
  against: Comparison;
  onUnit: (path: string) => void;
}

const ALWAYS: Measure[] = ['FIGURE_MEASURE_AVERAGE_BALANCE', 'FIGURE_MEASURE_FTP_PROFIT', 'FIGURE_MEASURE_CONTRIBUTION'];

/** Of what the unit's figures are the sum: units below, people of its own, and what nobody owns. */
export function UnitParts({ organisationPath, period, dayDate, measure, against, onUnit }: Props) {
  const { t } = useTranslation('unit');
  const named = useNamed();
  const wide = Grid.useBreakpoint().md ?? true;
  const query = { organisationPath, period, dayDate, comparison: against };
  const parts = useQuery({
    queryKey: ['/v1/unitFigures', query],
    queryFn: () =>
      everything(
        (pageToken) => client.GET('/v1/unitFigures', { params: { query: { ...query, pageSize: 1000, pageToken } } }),
        (page) => page.unitFigures,
      ),
  });
  const shown = [measure, ...ALWAYS.filter((each) => each !== measure)];
  return (
    <Loaded query={parts} isEmpty={(rows) => rows.length === 0} empty={<EmptyState words={t('results.noParts')} />} rows={6}>
      {(rows) =>
        wide ? (
          <Table<Part>
            aria-label={t('results.parts')}
            size="middle"
            rowKey={(part) => `${part.kind} ${part.organisationPath} ${part.personId}`}
            pagination={false}
            dataSource={rows}
            scroll={{ x: 900 }}
            columns={[
              {
                title: t('results.part'),
                key: 'name',
                width: 220,
                render: (_, part) => <PartName part={part} onUnit={onUnit} />,
              },
              ...shown.flatMap((each) => [
                {
                  title: named(each),
                  key: each,
                  align: 'right' as const,
                  render: (_: unknown, part: Part) => <Amount money={amountOf(part.line?.amounts, each)} />,
                },
                {
                  title: named(against),
                  key: `${each} ${against}`,
                  align: 'right' as const,
                  render: (_: unknown, part: Part) => (
                    <Amount signed money={amountOf(comparisonOf(part.line, against)?.change, each)} />
                  ),
                },
              ]),
            ]}
          />
        ) : (
          <ul className="cards" aria-label={t('results.parts')}>
            {rows.map((part) => (
              <li key={`${part.kind} ${part.organisationPath} ${part.personId}`}>
                <Card size="small">
                  <PartName part={part} onUnit={onUnit} />
                  <Flex justify="space-between">
                    <span>
                      {named(measure)} <Amount money={amountOf(part.line?.amounts, measure)} />
                    </span>
                    <Amount signed money={amountOf(comparisonOf(part.line, against)?.change, measure)} />
                  </Flex>
                </Card>
              </li>
            ))}
          </ul>
        )
      }
    </Loaded>
  );
}

function PartName({ part, onUnit }: { part: Part; onUnit: (path: string) => void }) {
  const { t } = useTranslation('unit');
  if (part.kind === 'UNIT_PART_KIND_UNIT') {
    return (
      <Button type="link" className="unit-inline-action" onClick={() => onUnit(part.organisationPath)}>
        {part.displayName}
      </Button>
    );
  }
  if (part.kind === 'UNIT_PART_KIND_PERSON') return <Link to={`/performance/results/${part.personId}`}>{part.personName}</Link>;
  return <>{t('results.pool')}</>;
}
