import { CheckCircleOutlined, SyncOutlined } from '@ant-design/icons';
import { useQueries } from '@tanstack/react-query';
import { Badge, Button, Popover } from 'antd';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../access/access';
import { client } from '../api/client';
import { useCalm } from '../api/useCalm';
import { LoadingState } from '../design/States';
import { isOver, type Operation } from './operation';

const Operations = lazy(() => import('./Operations'));

const BUSY_MILLISECONDS = 2_000;
const IDLE_MILLISECONDS = 60_000;
/** Work that ended longer ago is not shown. */
const SHOWN_HOURS = 24;

/** The person's long work in all services: its progress, its end, its file; found again from any page. */
export function WorkTray() {
  const { t } = useTranslation();
  const operations = useOperations();
  const busy = operations.filter((operation) => !isOver(operation)).length;
  if (!operations.length) return null;
  const list = (
    <Suspense fallback={<LoadingState />}>
      <Operations operations={operations} />
    </Suspense>
  );
  return (
    <Popover trigger="click" placement="bottomRight" content={list}>
      <Badge count={busy} size="small" offset={[-6, 6]}>
        <Button
          type="text"
          icon={busy ? <SyncOutlined spin /> : <CheckCircleOutlined />}
          aria-label={t('work.open', { count: busy })}
        />
      </Badge>
    </Popover>
  );
}

function useOperations(): Operation[] {
  const { services } = useAccess();
  const calm = useCalm();
  const asked = useQueries({
    queries: services.map((service) => ({
      queryKey: ['/v1/operations', service],
      queryFn: async () =>
        (await client.GET('/v1/operations/{service}/operations', { params: { path: { service }, query: { pageSize: 10 } } })).data
          ?.operations ?? [],
      refetchInterval: ({ state }: { state: { data: Pick<Operation, 'state'>[] | undefined } }) =>
        state.data?.some((operation) => !isOver(operation)) ? BUSY_MILLISECONDS : IDLE_MILLISECONDS,
      retry: false,
      enabled: calm,
    })),
  });
  const since = Date.now() - SHOWN_HOURS * 3_600_000;
  return asked
    .flatMap(({ data }, place) => (data ?? []).map((operation) => ({ ...operation, service: services[place] ?? '' })))
    .filter((operation) => !operation.endTime || Date.parse(operation.endTime) > since)
    .sort((one, other) => (other.createTime ?? '').localeCompare(one.createTime ?? ''));
}
