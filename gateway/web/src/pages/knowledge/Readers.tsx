import type { Schema } from '@rm-workbench/client';
import { Card, Flex, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../access/access';
import { client } from '../../api/client';
import { useFormats } from '../../design/formats';
import { KeysetTable } from '../../design/KeysetTable';
import { EmptyState } from '../../design/States';
import type { Document } from './knowledge';

type Reader = Schema<'activity.v1.DocumentReader'>;

/** Which of one's people have read it, and who has not. */
export function Readers({ document }: { document: Document }) {
  const { t } = useTranslation('knowledge');
  const formats = useFormats();
  const { scopePath: organisationPath } = useAccess();
  const [unreadOnly, setUnreadOnly] = useState(false);
  const { documentId } = document;
  const cell = (render: (reader: Reader) => React.ReactNode) => (_: unknown, reader: Reader) => render(reader);
  const words = (reader: Reader) => (
    <span className={reader.overdue ? 'late' : ''}>
      {reader.readTime ? formats.date(reader.readTime.slice(0, 10)) : t(reader.overdue ? 'unreadLate' : 'unread')}
    </span>
  );
  return (
    <Card
      title={t('readers')}
      extra={
        <Flex gap={8} align="center">
          <Switch size="small" aria-label={t('onlyUnreadPeople')} checked={unreadOnly} onChange={setUnreadOnly} />
          {t('onlyUnreadPeople')}
        </Flex>
      }
    >
      <KeysetTable<Reader>
        label={t('readers')}
        height={280}
        queryKey={['/v1/documents', documentId, 'readers', organisationPath, unreadOnly]}
        load={async (pageToken, signal) => {
          const params = { path: { documentId }, query: { organisationPath, unreadOnly, pageToken } };
          const { data } = await client.GET('/v1/documents/{documentId}/readers', { params, signal });
          return { rows: data?.readers ?? [], nextPageToken: data?.nextPageToken ?? '' };
        }}
        rowKey={({ personId }) => personId}
        columns={[
          { title: t('person'), dataIndex: 'displayName', width: 90 },
          { title: t('readTime'), key: 'read', width: 110, render: cell(words) },
          {
            title: t('quiz'),
            key: 'quiz',
            width: 70,
            render: cell(({ attempts, bestScorePercent }) => (attempts ? `${bestScorePercent}%` : '—')),
          },
        ]}
        card={(reader) => (
          <Flex justify="space-between">
            <span>{reader.displayName}</span>
            {words(reader)}
          </Flex>
        )}
        empty={<EmptyState words={t('nobody')} />}
      />
    </Card>
  );
}
