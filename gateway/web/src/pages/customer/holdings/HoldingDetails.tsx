import type { Schema } from '@rm-workbench/client';
import { Descriptions, Drawer, Flex, Segmented, Typography } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client';
import { Amount } from '../../../design/Amount';
import { addDays, useFormats } from '../../../design/formats';
import { LazyChart } from '../../../design/LazyChart';
import { Named } from '../../../design/Named';
import { EmptyState, Loaded } from '../../../design/States';
import { balanceOption } from './balanceOption';
import type { Holding } from './HoldingsTab';

type Explanation = Schema<'customer.v1.HoldingExplanation'>;

const DAYS = { '90': 90, '365': 365 } as const;
type Span = keyof typeof DAYS;

/** One account: how its balance went day by day, and how its averages came about. */
export function HoldingDetails({ holding, onClose }: { holding: Holding | undefined; onClose: () => void }) {
  return (
    <Drawer open={holding !== undefined} onClose={onClose} size={640} title={holding && (holding.productName || holding.number)}>
      {holding && <Details holding={holding} />}
    </Drawer>
  );
}

function Details({ holding }: { holding: Holding }) {
  const { t } = useTranslation('customer');
  const { holdingId } = holding;
  const query = api.useQuery('get', '/v1/holdings/{holdingId}', { params: { path: { holdingId } } });
  return (
    <Flex vertical gap={20}>
      <Flex vertical>
        <Typography.Text type="secondary">
          <Named value={holding.kind} /> · <span className="customer-digits">{holding.number}</span>
        </Typography.Text>
        <span className="customer-figure">
          <Amount exact money={holding.figures?.balance} />
        </span>
      </Flex>
      {holding.figures?.yearAverage && <BalanceHistory holding={holding} />}
      <Loaded query={query}>{(explanation) => <Explained explanation={explanation} />}</Loaded>
      <Typography.Text type="secondary" className="customer-small">
        {t('holding.sourceSystem', { system: holding.sourceSystem })}
      </Typography.Text>
    </Flex>
  );
}

function BalanceHistory({ holding }: { holding: Holding }) {
  const { t } = useTranslation('customer');
  const formats = useFormats();
  const [span, setSpan] = useState<Span>('90');
  const endDate = holding.figures?.businessDate ?? '';
  const query = api.useQuery('get', '/v1/holdings/{holdingId}/balances', {
    params: { path: { holdingId: holding.holdingId }, query: { startDate: addDays(endDate, -DAYS[span]), endDate } },
  });
  const option = useMemo(() => balanceOption(query.data?.balances ?? [], formats), [query.data, formats]);
  return (
    <Flex vertical gap={8}>
      <Flex justify="space-between" align="center" gap={8}>
        <Typography.Text strong>{t('holding.history')}</Typography.Text>
        <Segmented<Span>
          size="small"
          value={span}
          onChange={setSpan}
          aria-label={t('timeline.range')}
          options={[
            { value: '90', label: t('timeline.ranges.3m') },
            { value: '365', label: t('timeline.ranges.1y') },
          ]}
        />
      </Flex>
      <Loaded
        query={query}
        isEmpty={({ balances }) => balances.length === 0}
        empty={<EmptyState words={t('holding.noHistory')} />}
      >
        {() => <LazyChart option={option} height={220} label={t('holding.history')} />}
      </Loaded>
    </Flex>
  );
}

function Explained({ explanation }: { explanation: Explanation }) {
  const { t } = useTranslation('customer');
  const formats = useFormats();
  const { holding, periodSums, balanceSinceDate } = explanation;
  const figures = holding?.figures;
  const rows = [
    { label: t('holding.principal'), shown: holding?.principal && <Amount exact money={holding.principal} /> },
    { label: t('holding.rate'), shown: holding?.interestRatePercent && `${holding.interestRatePercent}%` },
    { label: t('holding.opened'), shown: holding?.openDate && formats.date(holding.openDate) },
    { label: t('holding.maturity'), shown: holding?.maturityDate && formats.date(holding.maturityDate) },
    { label: t('holding.unchanged'), shown: balanceSinceDate && formats.date(balanceSinceDate) },
    { label: t('holding.monthAverage'), shown: figures?.monthAverage && <Amount exact money={figures.monthAverage} /> },
    { label: t('holding.quarterAverage'), shown: figures?.quarterAverage && <Amount exact money={figures.quarterAverage} /> },
    { label: t('holding.yearAverage'), shown: figures?.yearAverage && <Amount exact money={figures.yearAverage} /> },
    { label: t('holding.baseBalance'), shown: figures?.base && <Amount exact money={figures.base} /> },
    { label: t('holding.increment'), shown: figures?.increment && <Amount exact signed money={figures.increment} /> },
    ...periodSums.slice(-1).map((sum) => ({
      label: t('holding.sum'),
      shown: (
        <>
          <Amount exact money={sum.sum} /> ÷ {t('holding.days', { count: sum.days })}
        </>
      ),
    })),
  ].filter(({ shown }) => shown);
  return (
    <Descriptions
      column={1}
      size="small"
      bordered
      items={rows.map(({ label, shown }) => ({ key: label, label, children: shown }))}
    />
  );
}
