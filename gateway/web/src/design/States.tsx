// What a page shows while it has nothing to show yet, nothing at all, or only a part.
import { WarningOutlined } from '@ant-design/icons';
import { Alert, Button, Empty, Flex, Skeleton, Spin } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useRefusalWords } from '../api/refusals';
import { Notice } from './Notice';

/** Where the content will be, in its rough shape; `whole` for the whole window. */
export function LoadingState({ whole, rows = 4 }: { whole?: boolean; rows?: number }) {
  const { t } = useTranslation();
  if (whole) {
    return (
      <Flex align="center" justify="center" className="whole" role="status" aria-label={t('state.loading')}>
        <Spin size="large" />
      </Flex>
    );
  }
  return (
    <div role="status" aria-label={t('state.loading')} className="loading">
      <Skeleton active title={false} paragraph={{ rows }} />
    </div>
  );
}

export function FailureState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const words = useRefusalWords();
  const correlationId = (error as { correlationId?: string } | null)?.correlationId;
  return (
    <Notice
      icon={<WarningOutlined className="late" />}
      title={t('state.failed')}
      words={words(error)}
      action={onRetry && <Button onClick={onRetry}>{t('action.retry')}</Button>}
    >
      {correlationId && <p className="correlation">{t('state.correlation', { correlationId })}</p>}
    </Notice>
  );
}

/** Nothing there: says why, and what one can do. */
export function EmptyState({ words, action }: { words: ReactNode; action?: ReactNode }) {
  return (
    <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words}>
      {action}
    </Empty>
  );
}

/** A part of the content is missing, such as a service that does not answer or a feed that is late. */
export function PartialState({ words, onRetry }: { words: ReactNode; onRetry?: () => void }) {
  const { t } = useTranslation();
  return (
    <Alert
      className="partial"
      type="warning"
      showIcon
      title={words}
      action={
        onRetry && (
          <Button size="small" onClick={onRetry}>
            {t('action.retry')}
          </Button>
        )
      }
    />
  );
}

interface Asked<Data> {
  data: Data | undefined;
  error: unknown;
  isPending: boolean;
  refetch: () => unknown;
}

/** The four states of one query: loading, failed, empty, there. What was shown before stays while it is asked anew. */
export function Loaded<Data>({
  query,
  empty,
  isEmpty,
  rows,
  children,
}: {
  query: Asked<Data>;
  empty?: ReactNode;
  isEmpty?: (data: Data) => boolean;
  rows?: number;
  children: (data: Data) => ReactNode;
}) {
  if (query.data !== undefined) {
    if (isEmpty?.(query.data)) return <>{empty}</>;
    return <>{children(query.data)}</>;
  }
  if (query.error) return <FailureState error={query.error} onRetry={() => void query.refetch()} />;
  return <LoadingState {...(rows === undefined ? {} : { rows })} />;
}
