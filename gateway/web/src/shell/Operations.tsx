import { Button, Flex, List, Progress, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { client, refresh } from '../api/client';
import { useFormats } from '../design/formats';
import { isOver, type Operation } from './operation';

/** Pieces of long work with their progress; one that runs can be stopped, one that made a file gives it. */
export default function Operations({ operations }: { operations: Operation[] }) {
  const { t } = useTranslation();
  return (
    <div className="notifications">
      <Typography.Text strong>{t('work.title')}</Typography.Text>
      <List
        size="small"
        dataSource={operations}
        rowKey="operationId"
        renderItem={(operation) => <OperationItem operation={operation} />}
      />
    </div>
  );
}

function OperationItem({ operation }: { operation: Operation }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const over = isOver(operation);
  const total = Number(operation.total);
  const failed = operation.state === 'OPERATION_STATE_FAILED';
  const percent = over ? 100 : total ? Math.floor((Number(operation.done) / total) * 100) : 0;
  const name = t(`work.kinds.${operation.kind.replaceAll('.', '_')}`, { defaultValue: operation.kind });
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
          <span>{name}</span>
          <Typography.Text type="secondary">{formats.time(operation.createTime)}</Typography.Text>
        </Flex>
        <Progress percent={percent} size="small" status={failed ? 'exception' : over ? 'success' : 'active'} aria-label={name} />
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
