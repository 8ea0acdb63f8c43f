import { useInfiniteQuery } from '@tanstack/react-query';
import { Button, Card } from 'antd';
import { useTranslation } from 'react-i18next';
import { client } from '../../api/client';
import { EmptyState, FailureState, LoadingState } from '../../design/States';
import { DocumentRow } from './DocumentRow';
import type { Filters } from './KnowledgePage';
import type { DocumentKind } from './knowledge';

/** The documents that one may read, those that hold since last first. */
export function DocumentList({ filters }: { filters: Filters }) {
  const { t } = useTranslation('knowledge');
  const query = {
    unreadOnly: filters.unread === 'yes',
    allStates: filters.all === 'yes',
    ...(filters.kind ? { kind: filters.kind as DocumentKind } : {}),
  };
  const list = useInfiniteQuery({
    queryKey: ['/v1/documents', 'list', query],
    queryFn: async ({ pageParam, signal }) =>
      (await client.GET('/v1/documents', { params: { query: { ...query, pageToken: pageParam } }, signal })).data,
    initialPageParam: '',
    getNextPageParam: (page) => page?.nextPageToken || undefined,
  });
  const documents = list.data?.pages.flatMap((page) => page?.documents ?? []) ?? [];
  if (list.isPending) return <LoadingState rows={6} />;
  if (list.error && documents.length === 0) {
    return <FailureState error={list.error} onRetry={() => void list.refetch()} />;
  }
  return (
    <Card>
      {documents.length === 0 ? (
        <EmptyState words={t(filters.unread ? 'nothingUnread' : 'none')} />
      ) : (
        <ul className="rows document-rows" aria-label={t('title')}>
          {documents.map((document) => (
            <DocumentRow key={document.documentId} document={document} />
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('workbench:action.more')}
        </Button>
      )}
    </Card>
  );
}
