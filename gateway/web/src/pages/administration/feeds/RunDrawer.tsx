import { Alert, App, Button, Descriptions, Drawer, Flex, Table, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { api, client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { Named, NamedTag } from '../../../design/Named';
import { Loaded } from '../../../design/States';
import { useAct } from '../useAct';
import { RunDates } from './FeedRuns';
import { CheckName, FaultReason, type FeedRun, isBusy, RunStateTag } from './feedWords';

const BUSY_MILLISECONDS = 1_500;
const OUTCOME_TONES = {
  FEED_CHECK_OUTCOME_UNSPECIFIED: 'default',
  FEED_CHECK_OUTCOME_PASSED: 'success',
  FEED_CHECK_OUTCOME_WARNED: 'warning',
  FEED_CHECK_OUTCOME_FAILED: 'error',
  FEED_CHECK_OUTCOME_SKIPPED: 'default',
} as const;

interface Props {
  runId: string;
  onClose: () => void;
  onOpen: (run: FeedRun) => void;
}

/** One run: how far it is, what was checked, what became of its rows; it can be run again. */
export function RunDrawer({ runId, onClose, onOpen }: Props) {
  const { t } = useTranslation('administration');
  const run = api.useQuery(
    'get',
    '/v1/feedRuns/{runId}',
    { params: { path: { runId } } },
    { refetchInterval: ({ state }) => (isBusy(state.data) ? BUSY_MILLISECONDS : false) },
  );
  return (
    <Drawer
      open
      title={t('runs.one')}
      size={720}
      onClose={onClose}
      extra={run.data && <RunActions run={run.data} onOpen={onOpen} />}
    >
      <Loaded query={run}>{(known) => <RunView run={known} />}</Loaded>
    </Drawer>
  );
}

function RunActions({ run, onOpen }: { run: FeedRun; onOpen: (run: FeedRun) => void }) {
  const { t } = useTranslation('administration');
  const { may } = useAccess();
  const { modal } = App.useApp();
  const opened = { onSuccess: (next: FeedRun | undefined) => next && onOpen(next) };
  const rerunning = useAct(
    async () => (await client.POST('/v1/feedRuns/{runId}:rerun', { params: { path: { runId: run.runId } }, body: {} })).data,
    t('runs.rerunAsked'),
    '/v1/feed',
  );
  const checking = useAct(
    async () =>
      (
        await client.POST('/v1/feeds/{feed}:run', {
          params: { path: { feed: run.feed } },
          body: { fileId: run.fileId, businessDate: run.businessDate, check: true },
        })
      ).data,
    t('runs.checkAsked'),
    '/v1/feed',
  );
  if (!may('integration.feed.run') || !run.fileId || isBusy(run)) return null;
  const askRerun = () =>
    modal.confirm({
      title: t('runs.rerun'),
      content: t('runs.rerunHint'),
      okText: t('runs.rerun'),
      cancelText: t('workbench:action.cancel'),
      onOk: () => rerunning.mutate(undefined, opened),
    });
  return (
    <Flex gap={8}>
      <Button loading={checking.isPending} onClick={() => checking.mutate(undefined, opened)}>
        {t('runs.check')}
      </Button>
      <Button type="primary" loading={rerunning.isPending} onClick={() => void askRerun()}>
        {t('runs.rerun')}
      </Button>
    </Flex>
  );
}

function RunView({ run }: { run: FeedRun }) {
  const { t, i18n } = useTranslation('administration');
  return (
    <Flex vertical gap={16}>
      {run.reason && (
        <Alert
          type={run.state === 'FEED_RUN_STATE_UNCHANGED' ? 'info' : 'error'}
          showIcon
          title={<FaultReason reason={run.reason} />}
          description={i18n.language === 'zh' ? undefined : run.message}
        />
      )}
      <RunFacts run={run} />
      {run.faults.length > 0 && (
        <Table
          size="small"
          aria-label={t('runs.faults')}
          title={() => <Typography.Text strong>{t('runs.faults')}</Typography.Text>}
          rowKey={(fault) => `${fault.reason} ${fault.column}`}
          pagination={false}
          dataSource={run.faults}
          columns={[
            { title: t('quarantine.why'), render: (_, fault) => <FaultReason reason={fault.reason} /> },
            { title: t('quarantine.column'), render: (_, fault) => fault.column || t('quarantine.wholeRow') },
            { title: t('runs.rowCount'), dataIndex: 'rows', align: 'end' },
          ]}
        />
      )}
      <Checks run={run} />
    </Flex>
  );
}

function RunFacts({ run }: { run: FeedRun }) {
  const { t } = useTranslation('administration');
  const formats = useFormats();
  const seconds = run.timings.map(({ name, milliseconds }) => {
    const words = t(`runs.parts.${name}`, { defaultValue: name });
    return `${words} ${formats.number(Number(milliseconds) / 1000, 2)} s`;
  });
  return (
    <Descriptions
      size="small"
      column={{ xs: 1, sm: 2 }}
      items={[
        { key: 'state', label: t('workbench:field.state'), children: <RunStateTag state={run.state} /> },
        { key: 'kind', label: t('runs.kind'), children: <Named value={run.kind} /> },
        { key: 'dates', label: t('runs.businessDate'), children: <RunDates run={run} /> },
        {
          key: 'revision',
          label: t('runs.revisions'),
          children: run.published.map((each) => `${formats.date(each.businessDate)} #${each.revision}`).join('，') || '—',
        },
        { key: 'read', label: t('runs.read'), children: formats.number(run.rowsRead) },
        { key: 'published', label: t('runs.published'), children: formats.number(run.rowsPublished) },
        { key: 'quarantined', label: t('runs.quarantined'), children: formats.number(run.rowsQuarantined) },
        { key: 'speed', label: t('runs.speed'), children: formats.number(run.rowsPerSecond) },
        { key: 'start', label: t('runs.start'), children: formats.instant(run.startTime) },
        { key: 'end', label: t('runs.end'), children: formats.instant(run.endTime) },
        { key: 'parts', label: t('runs.duration'), span: 'filled', children: seconds.join(' · ') || '—' },
        {
          key: 'sha',
          label: t('runs.fingerprint'),
          span: 'filled',
          children: run.sha256 ? (
            <Typography.Text copyable className="identifier">
              {run.sha256}
            </Typography.Text>
          ) : (
            '—'
          ),
        },
      ]}
    />
  );
}

function Checks({ run }: { run: FeedRun }) {
  const { t, i18n } = useTranslation('administration');
  if (!run.checks.length) return null;
  return (
    <Table
      size="small"
      aria-label={t('runs.checks')}
      title={() => <Typography.Text strong>{t('runs.checks')}</Typography.Text>}
      rowKey={(check) => run.checks.indexOf(check)}
      pagination={false}
      dataSource={run.checks}
      columns={[
        { title: t('runs.checked'), render: (_, check) => <CheckName check={check.check} /> },
        {
          title: t('runs.outcome'),
          width: 110,
          render: (_, check) => <NamedTag value={check.outcome} tone={OUTCOME_TONES[check.outcome]} />,
        },
        // What was told is in English alone.
        ...(i18n.language === 'zh' ? [] : [{ title: t('runs.told'), dataIndex: 'told' as const }]),
      ]}
    />
  );
}
