import { Alert, Button, Card, Collapse, Descriptions, Flex, Tag, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { useAccess } from '../../../access/access';
import { api } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { Page } from '../../../design/Page';
import { Loaded } from '../../../design/States';
import { useOwnLanguage } from '../names';
import { FeedRuns } from './FeedRuns';
import { DatasetName, type Feed, isBusy, TimelinessTag } from './feedWords';
import { UploadFile } from './UploadFile';
import '../administration.css';

const BUSY_MILLISECONDS = 2_000;
const FRESH_MILLISECONDS = 15_000;

/** One feed: how it stands to its calendar, its runs, its definition. */
export default function FeedPage() {
  const { feed: name = '' } = useParams();
  const feed = api.useQuery(
    'get',
    '/v1/feeds/{feed}',
    { params: { path: { feed: name } } },
    { refetchInterval: ({ state }) => (isBusy(state.data?.latestRun) ? BUSY_MILLISECONDS : FRESH_MILLISECONDS) },
  );
  return <Loaded query={feed}>{(known) => <FeedView feed={known} />}</Loaded>;
}

function FeedView({ feed }: { feed: Feed }) {
  const { t } = useTranslation('administration');
  const { may } = useAccess();
  const own = useOwnLanguage();
  const [uploading, setUploading] = useState(false);
  return (
    <Page
      title={own(feed.title)}
      note={<span className="identifier">{feed.name}</span>}
      actions={may('integration.feed.push') && <Button onClick={() => setUploading(true)}>{t('upload.open')}</Button>}
    >
      <Flex vertical gap={16}>
        {feed.lastFault && <Alert type="error" showIcon title={t('feeds.lookFailed')} description={feed.lastFault} />}
        <Standing feed={feed} />
        <FeedRuns feed={feed} />
        <Collapse
          size="small"
          items={[{ key: 'definition', label: t('feeds.definition'), children: <Definition text={feed.definition} /> }]}
        />
      </Flex>
      {uploading && <UploadFile feed={feed} onClose={() => setUploading(false)} />}
    </Page>
  );
}

function Standing({ feed }: { feed: Feed }) {
  const { t } = useTranslation('administration');
  const formats = useFormats();
  const due = feed.nextDueDate
    ? `${formats.date(feed.nextDueDate)} · ${t('feeds.until', { time: formats.instant(feed.nextDueTime) })}`
    : t('feeds.nothingDue');
  return (
    <Card size="small">
      <Descriptions
        size="small"
        column={{ xs: 1, md: 2, xl: 3 }}
        items={[
          { key: 'timeliness', label: t('feeds.timeliness'), children: <TimelinessTag timeliness={feed.timeliness} /> },
          { key: 'latest', label: t('feeds.latest'), children: formats.date(feed.latestBusinessDate) },
          { key: 'next', label: t('feeds.next'), children: due },
          { key: 'dataset', label: t('feeds.dataset'), children: <DatasetName dataset={feed.dataset} /> },
          {
            key: 'source',
            label: t('feeds.source'),
            children: `${t(`feeds.sources.${feed.source}`, { defaultValue: feed.source })} · ${feed.sourceSystem}`,
          },
          { key: 'format', label: t('feeds.format'), children: t(`feeds.formats.${feed.format}`, { defaultValue: feed.format }) },
          { key: 'rows', label: t('feeds.quarantined'), children: formats.number(feed.quarantinedRows) },
          { key: 'look', label: t('feeds.lastLook'), children: formats.instant(feed.lastLookTime) },
          {
            key: 'late',
            label: t('feeds.lateList'),
            children: feed.lateDates.length ? (
              <Flex wrap gap={4}>
                {feed.lateDates.map((date) => (
                  <Tag key={date} color="error">
                    {formats.date(date)}
                  </Tag>
                ))}
              </Flex>
            ) : (
              t('feeds.noneLate')
            ),
          },
        ]}
      />
    </Card>
  );
}

function Definition({ text }: { text: string }) {
  const { t } = useTranslation('administration');
  if (!text) return <Typography.Text type="secondary">{t('feeds.noDefinition')}</Typography.Text>;
  return <pre className="code-text">{JSON.stringify(JSON.parse(text), null, 2)}</pre>;
}
