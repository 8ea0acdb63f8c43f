import { LoadingOutlined, SyncOutlined } from '@ant-design/icons';
import type { Schema } from '@rm-workbench/client';
import { useQueries } from '@tanstack/react-query';
import { Badge, Button, Flex, List, Popover, Progress, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../access/access';
import { client, refresh } from '../api/client';
import { useFormats } from '../design/formats';
import { EmptyState } from '../design/States';

type Operation = Schema<'operations.v1.Operation'>;

const OVER = new Set(['OPERATION_STATE_SUCCEEDED', 'OPERATION_STATE_FAILED', 'OPERATION_STATE_CANCELLED']);
const BUSY_MILLISECONDS = 2_000;
const IDLE_MILLISECONDS = 60_000;
/** Work that ended longer ago is not shown. */
const SHOWN_HOURS = 24;

/** The person's long work in all services: its progress, its end, its file; found again from any page. */
export function WorkTray() {
  const { t } = useTranslation();
  const { services } = useAccess();
  const asked = useQueries({
    queries: services.map((service) => ({
      queryKey: ['/v1/operations', service],
      queryFn: async () =>
        (await client.GET('/v1/operations/{service}/operations', { params: { path: { service }, query: { pageSize: 10 } } })).data
          ?.operations ?? [],
      refetchInterval: ({ state }: { state: { data: Operation[] | undefined } }) =>
        state.data?.some((operation) => !OVER.has(operation.state)) ? BUSY_MILLISECONDS : IDLE_MILLISECONDS,
      retry: false,
    })),
  });
  const since = Date.now() - SHOWN_HOURS * 3_600_000;
  const operations = asked
    .flatMap(({ data }, place) => (data ?? []).map((operation) => ({ ...operation, service: services[place] ?? '' })))
    .filter((operation) => !operation.endTime || Date.parse(operation.endTime) > since)
    .sort((one, other) => (other.createTime ?? '').localeCompare(one.createTime ?? ''));
  const busy = operations.filter((operation) => !OVER.has(operation.state)).length;
  if (!operations.length) return null;
  return (
    <Popover trigger="click" placement="bottomRight" content={<Operations operations={operations} />}>
      <Badge count={busy} size="small" offset={[-6, 6]}>
        <Button
          type="text"
          icon={busy ? <SyncOutlined spin /> : <LoadingOutlined spin={false} />}
          aria-label={t('work.open', { count: busy })}
        />
      </Badge>
    </Popover>
  );
}

function Operations({ operations }: { operations: (Operation & { service: string })[] }) {
  const { t } = useTranslation();
  return (
    <div className="notifications">
      <Typography.Text strong>{t('work.title')}</Typography.Text>
      {operations.length === 0 && <EmptyState words={t('work.none')} />}
      <List
        size="small"
        dataSource={operations}
        rowKey="operationId"
        renderItem={(operation) => <OperationItem operation={operation} />}
      />
    </div>
  );
}

function OperationItem({ operation }: { operation: Operation & { service: string } }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const over = OVER.has(operation.state);
  const total = Number(operation.total);
  const failed = operation.state === 'OPERATION_STATE_FAILED';
  const percent = over ? 100 : total ? Math.floor((Number(operation.done) / total) * 100) : 0;
  const cancel = async () => {
    await client.POST('/v1/operations/{service}/operations/{operationId}:cancel', {
      params: { path: { service: operation.service, operationId: operation.operationId } },
      body: {},
    });
    await refresh('/v1/operations');
  };
  return (
    <List.Item>
      <Flex vertical flex={1} gap={2}>
        <Flex justify="space-between" gap={12}>
          <span>
            {t(`work.kinds.${operation.kind}`, { defaultValue: operation.kind, keySeparator: false, nsSeparator: false })}
          </span>
          <Typography.Text type="secondary">{formats.time(operation.createTime)}</Typography.Text>
        </Flex>
        <Progress
          percent={percent}
          size="small"
          status={failed ? 'exception' : over ? 'success' : 'active'}
          aria-label={operation.kind}
        />
        <Flex justify="space-between" gap={12}>
          <Typography.Text type={failed ? 'danger' : 'secondary'}>{operation.message}</Typography.Text>
          {operation.resultPath && (
            <Button size="small" type="link" href={operation.resultPath} download={operation.resultFileName}>
              {t('action.download')}
            </Button>
          )}
          {!over && !operation.cancelRequested && (
            <Button size="small" type="link" onClick={() => void cancel()}>
              {t('action.cancel')}
            </Button>
          )}
        </Flex>
      </Flex>
    </List.Item>
  );
}
