import { useQuery } from '@tanstack/react-query';
import { Card, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { client } from '../../api/client';
import { EmptyState, Loaded } from '../../design/States';
import { DocumentRow } from './DocumentRow';
import type { DocumentKind } from './knowledge';

const HITS_MAX = 50;

/** The documents that hold every word, the best first. */
export function SearchResults({ query, kind }: { query: string; kind: string }) {
  const { t } = useTranslation('knowledge');
  const found = useQuery({
    queryKey: ['/v1/documents:search', query, kind],
    queryFn: async ({ signal }) =>
      (
        await client.GET('/v1/documents:search', {
          params: { query: { query, pageSize: HITS_MAX, ...(kind ? { kind: kind as DocumentKind } : {}) } },
          signal,
        })
      ).data,
  });
  return (
    <Card>
      <Loaded query={found} isEmpty={(data) => data?.hits.length === 0} empty={<EmptyState words={t('notFound', { query })} />}>
        {(data) => (
          <>
            <ul className="rows document-rows" aria-label={t('results')}>
              {data?.hits.map(
                ({ document, snippet }) =>
                  document && <DocumentRow key={document.documentId} document={document} query={query} snippet={snippet} />,
              )}
            </ul>
            {data?.more && <Typography.Text type="secondary">{t('moreHits')}</Typography.Text>}
          </>
        )}
      </Loaded>
    </Card>
  );
}
