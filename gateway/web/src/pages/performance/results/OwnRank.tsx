import type { Schema } from '@rm-workbench/client';
import { useQueries } from '@tanstack/react-query';
import { Card, Flex, Skeleton, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { useNamed } from '../../../design/Named';
import { useUnitNames } from '../../../design/selects';
import { periodQuery, type Subject } from './filters';
import { digitsOf, exactly, type Measure } from './measures';

/** How the contribution and the value added come about. */
const BRIDGE: { measure: Measure; sign: '+' | '-' | '=' }[] = [
  { measure: 'FIGURE_MEASURE_FTP_PROFIT', sign: '+' },
  { measure: 'FIGURE_MEASURE_FEE_INCOME', sign: '+' },
  { measure: 'FIGURE_MEASURE_EXPECTED_LOSS', sign: '-' },
  { measure: 'FIGURE_MEASURE_CONTRIBUTION', sign: '=' },
  { measure: 'FIGURE_MEASURE_CAPITAL_COST', sign: '-' },
  { measure: 'FIGURE_MEASURE_EVA', sign: '=' },
];

/** One's place among colleagues, without anybody's name; and how the figures hang together. */
export function OwnRank({ subject, line }: { subject: Subject; line: Schema<'performance.v1.FigureLine'> | undefined }) {
  const { t } = useTranslation('performance');
  const named = useNamed();
  const formats = useFormats();
  return (
    <Card title={t('results.madeOf')} className="results-rank">
      <dl className="bridge">
        {BRIDGE.map(({ measure, sign }) => (
          <div key={measure} className={sign === '=' ? 'bridge-sum' : 'bridge-part'}>
            <dt>
              <span className="bridge-sign">{sign === '-' ? '−' : sign}</span>
              {named(measure)}
            </dt>
            <dd className="amount">{exactly(line?.amounts, measure, formats)}</dd>
          </div>
        ))}
      </dl>
      {line?.deviation && (
        <Typography.Paragraph type="secondary" className="bridge-note">
          {t('results.deviation', {
            percent: formats.percent(line.deviation),
            balance: exactly(line.amounts, 'FIGURE_MEASURE_BALANCE', formats),
          })}
        </Typography.Paragraph>
      )}
      {!subject.personId && Number(digitsOf(line?.amounts, subject.measure)) !== 0 && <Places subject={subject} />}
    </Card>
  );
}

/** Own units from the nearest to the one below the bank as a whole. */
function unitsAbove(path: string): string[] {
  const names = path.split('/').filter(Boolean);
  return names.map((_, place) => `/${names.slice(0, place + 1).join('/')}/`).reverse();
}

function Places({ subject }: { subject: Subject }) {
  const { t } = useTranslation('performance');
  const { me } = useAccess();
  const named = useNamed();
  const unitName = useUnitNames();
  const paths = unitsAbove(me.person?.organisationPath ?? '').slice(0, 3);
  const places = useQueries({
    queries: paths.map((organisationPath) => ({
      queryKey: ['/v1/ownRanking', organisationPath, subject.period, subject.day, subject.measure],
      queryFn: async () => {
        const query = { ...periodQuery(subject), organisationPath, measure: subject.measure };
        return (await client.GET('/v1/ownRanking', { params: { query } })).data ?? null;
      },
      retry: false,
    })),
  });
  return (
    <Flex vertical gap={6} className="places">
      <Typography.Text strong>{t('results.place', { measure: named(subject.measure) })}</Typography.Text>
      {places.map(({ data, isPending }, order) =>
        isPending ? (
          <Skeleton.Input key={paths[order]} active size="small" block />
        ) : data ? (
          <Flex key={paths[order]} justify="space-between" gap={12}>
            <span>{unitName(paths[order])}</span>
            <span className="amount">
              <strong>{t('results.rank', { rank: data.rank })}</strong> / {data.participantCount}
            </span>
          </Flex>
        ) : null,
      )}
    </Flex>
  );
}
