import type { Schema } from '@rm-workbench/client';
import { Tooltip, Typography } from 'antd';
import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../access/access';
import { api } from '../api/client';
import { useFormats } from './formats';

const FRESH_MILLISECONDS = 5 * 60_000;

/** How far the bank's results are: as of when, which business date is open, which of the feeds behind them are late. */
function useFreshness() {
  const { may } = useAccess();
  return api.useQuery(
    'get',
    '/v1/freshness',
    {},
    { enabled: may('performance.freshness.read'), staleTime: FRESH_MILLISECONDS, refetchInterval: FRESH_MILLISECONDS },
  ).data;
}

interface Props {
  /** Says nothing of the day of the figures: the page says it of those that it shows. */
  withoutDate?: boolean;
}

/** How fresh figures are, behind what a page says of them; nothing where the deployment computes none. */
export function Freshness({ withoutDate = false }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  const fresh = useFreshness();
  if (!fresh?.businessDate) return null;
  const late = fresh.feeds.filter((feed) => feed.late);
  const date = withoutDate ? '' : fresh.asOfDate;
  return (
    <span className="freshness">
      {' · '}
      {date && `${t('state.asOf', { date: formats.date(date) })} · `}
      {t('state.businessDate', { date: formats.date(fresh.businessDate) })}
      {late.length > 0 && (
        // What feeds are called is loaded where one is late alone.
        <Suspense fallback={null}>
          <LateFeeds feeds={late} />
        </Suspense>
      )}
    </span>
  );
}

function LateFeeds({ feeds }: { feeds: Schema<'performance.v1.FeedFreshness'>[] }) {
  const { t } = useTranslation(['workbench', 'administration']);
  const formats = useFormats();
  const lines = feeds.map(({ feed, dataset, businessDate }) => {
    const name = t(`administration:datasetNames.${dataset}`, { defaultValue: feed });
    return <div key={feed}>{t('state.lateFeed', { feed: name, date: formats.date(businessDate) })}</div>;
  });
  return (
    <>
      {' · '}
      <Tooltip title={lines}>
        <Typography.Text type="warning" tabIndex={0}>
          {t('state.lateFeeds', { count: feeds.length })}
        </Typography.Text>
      </Tooltip>
    </>
  );
}

/** The business date that the bank has open; empty until it is known, and where the deployment has no calendar. */
export function useBusinessDate(): string {
  const { may } = useAccess();
  const { data } = api.useQuery(
    'get',
    '/v1/businessDate',
    {},
    { enabled: may('integration.calendar.read'), staleTime: FRESH_MILLISECONDS },
  );
  return data?.businessDate ?? '';
}
