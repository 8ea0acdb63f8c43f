import { Card, Flex, Select, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { Named, NamedTag, useNamedChoices } from '../../../design/Named';
import { EmptyState } from '../../../design/States';
import { Text } from '../../../design/Text';
import { PersonSaid } from '../PersonSaid';
import { RUN_TONES, type Run } from './months';
import { RunLink } from './RunLink';
import { useReasonWords } from './runWords';

const PAGE_SIZE = 50;
const KINDS = ['RUN_KIND_REGULAR', 'RUN_KIND_COMPARISON'] as const;
const HEIGHT = 420;

/** The runs of a month, the latest first: why each was made and how it ended. */
export function RunList({ monthDate, onOpen }: { monthDate: string; onOpen: (runId: string) => void }) {
  const { t } = useTranslation('months');
  const formats = useFormats();
  const choices = useNamedChoices();
  const [kind, setKind] = useState<(typeof KINDS)[number] | ''>('');
  const found = (run: Run) => <RunFindings run={run} />;
  return (
    <>
      <div className="performance-filters">
        <Select
          aria-label={t('runs.kind')}
          className="performance-filter"
          value={kind}
          options={[{ value: '' as const, label: t('runs.allKinds') }, ...choices(KINDS)]}
          onChange={setKind}
        />
      </div>
      <KeysetTable<Run>
        label={t('runs.title')}
        height={HEIGHT}
        queryKey={['/v1/runs', 'list', monthDate, kind]}
        load={async (pageToken, signal) => {
          const query = { monthDate, pageSize: PAGE_SIZE, pageToken, ...(kind ? { kind } : {}) };
          const { data } = await client.GET('/v1/runs', { params: { query }, signal });
          return { rows: data?.runs ?? [], nextPageToken: data?.nextPageToken ?? '' };
        }}
        rowKey={(run) => run.runId}
        empty={<EmptyState words={t('runs.none')} />}
        columns={[
          { title: t('runs.run'), key: 'run', width: 110, render: (_, run) => <RunLink run={run} onOpen={onOpen} /> },
          { title: t('runs.kind'), key: 'kind', width: 120, render: (_, run) => <Named value={run.kind} /> },
          { title: t('runs.state'), key: 'state', width: 170, render: (_, run) => <RunTags run={run} /> },
          { title: t('runs.why'), key: 'why', width: 280, render: (_, run) => <RunWhy run={run} /> },
          { title: t('runs.upTo'), key: 'upTo', width: 120, render: (_, run) => formats.date(run.asOfDate) },
          { title: t('runs.found'), key: 'found', width: 190, render: (_, run) => found(run) },
          { title: t('runs.made'), key: 'made', width: 160, render: (_, run) => formats.instant(run.createTime) },
        ]}
        card={(run) => (
          <Card size="small">
            <Flex justify="space-between" gap={8}>
              <RunLink run={run} onOpen={onOpen} />
              <RunTags run={run} />
            </Flex>
            <Flex vertical>
              <RunWhy run={run} />
              {found(run)}
              <Text type="secondary">{formats.instant(run.createTime)}</Text>
            </Flex>
          </Card>
        )}
      />
    </>
  );
}

export function RunTags({ run }: { run: Run }) {
  const { t } = useTranslation('months');
  return (
    <span>
      <NamedTag value={run.state} tone={RUN_TONES[run.state] ?? 'default'} />
      {run.current && <Tag color="blue">{t('runs.current')}</Tag>}
    </span>
  );
}

function RunWhy({ run }: { run: Run }) {
  const { t } = useTranslation('months');
  const words = useReasonWords();
  if (!run.requesterPersonId) return <>{words(run.reason)}</>;
  return (
    <>
      {t('reason.askedBy')} <PersonSaid personId={run.requesterPersonId} />
    </>
  );
}

/** How much a run could not count, or of a comparison how much differs; what ended otherwise found nothing. */
export function RunFindings({ run }: { run: Run }) {
  const { t } = useTranslation('months');
  if (run.state !== 'RUN_STATE_SUCCEEDED') return <>—</>;
  const issues = Number(run.issueCount);
  const differences = Number(run.differenceCount);
  return (
    <Flex vertical>
      <Text {...(issues ? { type: 'warning' as const } : {})}>
        {issues ? t('runs.issues', { count: issues }) : t('runs.noIssues')}
      </Text>
      {run.kind === 'RUN_KIND_COMPARISON' && (
        <Text {...(differences ? { type: 'warning' as const } : {})}>
          {differences ? t('runs.differences', { count: differences }) : t('runs.noDifferences')}
        </Text>
      )}
    </Flex>
  );
}
