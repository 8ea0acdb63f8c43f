import { Card, Flex } from 'antd';
import { useTranslation } from 'react-i18next';
import { client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { useProductName } from '../../../design/products';
import { EmptyState } from '../../../design/States';
import { useRelationshipManagerNames, useUnits } from '../../../design/selects';
import { Text } from '../../../design/Text';
import { PersonSaid } from '../PersonSaid';
import type { Run, RunDifference } from './months';
import { useMeasureName } from './runWords';
import { AmountChange } from './Totals';

const PAGE_SIZE = 100;
const HEIGHT = 480;

/** Whose figures a comparison has otherwise than the month's results, product by product, to the cent. */
export function RunDifferences({ run }: { run: Run }) {
  const { t } = useTranslation('months');
  const measureName = useMeasureName();
  const productName = useProductName();
  const units = useUnits();
  const product = (row: RunDifference) => (row.productCode ? productName(row.productCode) : t('difference.noProduct'));
  const unit = (row: RunDifference) =>
    units.data?.find((each) => each.organisationUnitId === row.organisationUnitId)?.displayName ?? '—';
  if (!Number(run.differenceCount)) return <EmptyState words={t('difference.none')} />;
  return (
    <KeysetTable<RunDifference>
      label={t('difference.title')}
      height={HEIGHT}
      queryKey={['/v1/runs/differences', run.runId]}
      load={async (pageToken, signal) => {
        const params = { path: { runId: run.runId }, query: { pageSize: PAGE_SIZE, pageToken } };
        const { data } = await client.GET('/v1/runs/{runId}/differences', { params, signal });
        return { rows: data?.differences ?? [], nextPageToken: data?.nextPageToken ?? '' };
      }}
      rowKey={(row) => [row.personId, row.organisationUnitId, row.productCode, row.measure].join(' ')}
      empty={<EmptyState words={t('difference.noneInScope')} />}
      columns={[
        {
          title: t('difference.whose'),
          key: 'whose',
          width: 170,
          render: (_, row) => (
            <Flex vertical>
              <Owner personId={row.personId} />
              <Text type="secondary">{unit(row)}</Text>
            </Flex>
          ),
        },
        {
          title: t('difference.of'),
          key: 'of',
          width: 170,
          render: (_, row) => (
            <Flex vertical>
              {measureName(row.measure)}
              <Text type="secondary">{product(row)}</Text>
            </Flex>
          ),
        },
        {
          title: t('difference.present'),
          key: 'present',
          width: 150,
          align: 'right',
          render: (_, row) => <Side row={row} side="present" />,
        },
        {
          title: t('difference.compared'),
          key: 'compared',
          width: 150,
          align: 'right',
          render: (_, row) => <Side row={row} side="compared" />,
        },
        { title: t('difference.change'), key: 'change', width: 150, align: 'right', render: (_, row) => <Change row={row} /> },
      ]}
      card={(row) => (
        <Card size="small">
          <Flex justify="space-between" gap={8}>
            <Owner personId={row.personId} />
            <Change row={row} />
          </Flex>
          <Text type="secondary">
            {measureName(row.measure)} · {product(row)} · {unit(row)}
          </Text>
        </Card>
      )}
    />
  );
}

function Owner({ personId }: { personId: string }) {
  const { t } = useTranslation('months');
  const name = useRelationshipManagerNames()(personId);
  if (!personId) return <span>{t('difference.pool')}</span>;
  return <span>{name || <PersonSaid personId={personId} />}</span>;
}

function Side({ row, side }: { row: RunDifference; side: 'present' | 'compared' }) {
  const formats = useFormats();
  const [amount, count] = side === 'present' ? [row.presentAmount, row.presentCount] : [row.comparedAmount, row.comparedCount];
  return <span className="amount">{amount ? formats.money(amount) : formats.number(count)}</span>;
}

function Change({ row }: { row: RunDifference }) {
  const formats = useFormats();
  if (row.presentAmount && row.comparedAmount) return <AmountChange now={row.comparedAmount} before={row.presentAmount} />;
  const change = Number(row.comparedCount) - Number(row.presentCount);
  return (
    <span className="amount">
      {change > 0 ? '+' : ''}
      {formats.number(change)}
    </span>
  );
}
