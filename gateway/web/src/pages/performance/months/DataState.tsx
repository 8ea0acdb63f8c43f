import { Card, Descriptions, Tag } from 'antd';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { api, refresh } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { Loaded } from '../../../design/States';
import { Text } from '../../../design/Text';

const BUSY_MILLISECONDS = 3_000;
const IDLE_MILLISECONDS = 30_000;

/** How current results are: up to which day, what waits to be computed, which of the feeds behind them are late. */
export function DataState() {
  const { t } = useTranslation(['months', 'administration']);
  const formats = useFormats();
  const fresh = api.useQuery(
    'get',
    '/v1/freshness',
    {},
    { refetchInterval: ({ state }) => (state.data?.staleMonthCount ? BUSY_MILLISECONDS : IDLE_MILLISECONDS) },
  );
  // Months beside it are others once something is computed, or waits to be.
  const known = fresh.data && `${fresh.data.computeTime} ${fresh.data.staleMonthCount}`;
  const before = useRef(known);
  useEffect(() => {
    if (before.current && before.current !== known) void refresh('/v1/resultMonths', '/v1/lateChanges');
    before.current = known;
  }, [known]);
  return (
    <Card size="small" title={t('data.title')}>
      <Loaded query={fresh} rows={2}>
        {(data) => {
          const late = data.feeds.filter((feed) => feed.late);
          const said = late.map(({ feed, dataset, businessDate }) => {
            const name = t(`administration:datasetNames.${dataset}`, { defaultValue: feed });
            return (
              <li key={feed}>
                <Text type="warning">{t('workbench:state.lateFeed', { feed: name, date: formats.date(businessDate) })}</Text>
              </li>
            );
          });
          return (
            <Descriptions
              size="small"
              column={{ xs: 1, sm: 2, xl: 4 }}
              items={[
                { key: 'upTo', label: t('data.upTo'), children: data.asOfDate ? formats.date(data.asOfDate) : t('data.none') },
                { key: 'made', label: t('data.made'), children: formats.instant(data.computeTime) },
                { key: 'business', label: t('data.businessDate'), children: formats.date(data.businessDate) },
                {
                  key: 'waits',
                  label: t('data.waits'),
                  children: data.staleMonthCount ? (
                    <Tag color="processing">
                      {t('data.waiting', { count: data.staleMonthCount, since: formats.instant(data.staleTime) })}
                    </Tag>
                  ) : (
                    t(data.asOfDate ? 'data.nothingWaits' : 'data.notBegun')
                  ),
                },
                {
                  key: 'feeds',
                  label: t('data.feeds'),
                  span: 'filled' as const,
                  children: late.length ? (
                    <ul className="late-feeds">{said}</ul>
                  ) : (
                    t('data.noneLate', { count: data.feeds.length })
                  ),
                },
              ]}
            />
          );
        }}
      </Loaded>
    </Card>
  );
}
