import { DownloadOutlined } from '@ant-design/icons';
import type { Schema } from '@rm-workbench/client';
import { useQuery } from '@tanstack/react-query';
import { Button, Flex, Progress, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import type { ServiceName } from '../access/access';
import { client } from '../api/client';

export type Operation = Schema<'operations.v1.Operation'>;

const OVER = new Set(['OPERATION_STATE_SUCCEEDED', 'OPERATION_STATE_FAILED', 'OPERATION_STATE_CANCELLED']);
const POLL_MILLISECONDS = 1_000;

export function isOver(operation: Operation | undefined): boolean {
  return operation !== undefined && OVER.has(operation.state);
}

/** One piece of the caller's long work, asked for until it has ended. */
export function useOperation(service: ServiceName, operationId: string | undefined) {
  return useQuery({
    queryKey: ['/v1/operations', service, operationId],
    queryFn: async () => {
      const path = { service, operationId: operationId ?? '' };
      const { data } = await client.GET('/v1/operations/{service}/operations/{operationId}', { params: { path } });
      return data ?? null;
    },
    enabled: Boolean(operationId),
    refetchInterval: ({ state }) => (state.data && isOver(state.data) ? false : POLL_MILLISECONDS),
  });
}

/** How far long work is, where the page itself waits for it; with its file once there is one. */
export function OperationProgress({ operation, label }: { operation: Operation | null | undefined; label: string }) {
  const { t } = useTranslation();
  const over = operation ? OVER.has(operation.state) : false;
  const failed = operation?.state === 'OPERATION_STATE_FAILED';
  const total = Number(operation?.total ?? 0);
  const percent = over ? 100 : total ? Math.floor((Number(operation?.done ?? 0) / total) * 100) : 0;
  return (
    <Flex vertical gap={4} aria-live="polite">
      <Flex justify="space-between" align="center" gap={12}>
        <Typography.Text>{label}</Typography.Text>
        {operation?.resultPath && (
          <Button type="primary" icon={<DownloadOutlined />} href={operation.resultPath} download={operation.resultFileName}>
            {t('action.download')}
          </Button>
        )}
      </Flex>
      <Progress percent={percent} status={failed ? 'exception' : over ? 'success' : 'active'} aria-label={label} />
      {failed && <Typography.Text type="danger">{operation?.message}</Typography.Text>}
    </Flex>
  );
}
