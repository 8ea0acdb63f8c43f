import { PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Badge, Button, Checkbox, Flex, Segmented, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { useAccess } from '../../../access/access';
import { client } from '../../../api/client';
import { useBilingual } from '../../../design/bilingual';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { Named, NamedTag, useNamedChoices } from '../../../design/Named';
import { Page } from '../../../design/Page';
import { ScopeSelect, useScopePath } from '../../../design/ScopeSelect';
import { EmptyState, Loaded } from '../../../design/States';
import { useFilters } from '../../../design/useFilters';
import '../schedule.css';
import { NewTask } from './EditTask';
import { TaskCard } from './TaskCard';
import { DUES, dueOf, KINDS, STATE_TONES, type Task, type TaskKind } from './task';

/** The board shows so many; the list shows all. */
const BOARD_MAX = 200;
const PAGE_SIZE = 100;

const NO_FILTERS = { scope: '', view: '', state: '', kinds: '', overdue: '' };
type Filters = typeof NO_FILTERS;

/** Tasks by the day on which they are due: a board of those that are open, or a list. */
export default function TasksPage() {
  const { t } = useTranslation('schedule');
  const { may } = useAccess();
  const [filters, change] = useFilters(NO_FILTERS);
  const unit = useScopePath(filters.scope);
  const [making, setMaking] = useState(false);
  const ended = filters.state === 'ended';
  const query = {
    ...(unit ? { organisationPath: unit } : {}),
    ...(ended ? { ended } : {}),
    ...(filters.overdue && !ended ? { overdue: true } : {}),
    ...(filters.kinds ? { kinds: filters.kinds.split(',') as TaskKind[] } : {}),
  };
  const listed = ended || filters.view === 'list';
  return (
    <Page
      title={t('tasks.title')}
      actions={
        may('activity.task.update') && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>
            {t('tasks.new')}
          </Button>
        )
      }
    >
      <TaskFilters filters={filters} onChange={change} />
      {listed ? <TaskList query={query} ofUnit={Boolean(unit)} /> : <Board query={query} ofUnit={Boolean(unit)} />}
      {making && <NewTask onClose={() => setMaking(false)} />}
    </Page>
  );
}

interface Asked {
  organisationPath?: string;
  ended?: boolean;
  overdue?: boolean;
  kinds?: TaskKind[];
}

function TaskFilters({ filters, onChange }: { filters: Filters; onChange: (changed: Partial<Filters>) => void }) {
  const { t } = useTranslation('schedule');
  const choices = useNamedChoices();
  const ended = filters.state === 'ended';
  return (
    <Flex wrap gap={8} align="center" className="schedule-list-filters">
      <ScopeSelect value={filters.scope} onChange={(scope) => onChange({ scope })} />
      <Segmented
        aria-label={t('tasks.state')}
        value={filters.state}
        onChange={(state) => onChange({ state })}
        options={[
          { value: '', label: t('tasks.open') },
          { value: 'ended', label: t('tasks.ended') },
        ]}
      />
      <Select
        mode="multiple"
        allowClear
        aria-label={t('tasks.kind')}
        className="schedule-filter-wide"
        placeholder={t('tasks.anyKind')}
        maxTagCount="responsive"
        value={filters.kinds ? filters.kinds.split(',') : []}
        onChange={(kinds: string[]) => onChange({ kinds: kinds.join(',') })}
        options={choices(KINDS)}
      />
      {!ended && (
        <>
          <Checkbox
            checked={Boolean(filters.overdue)}
            onChange={({ target }) => onChange({ overdue: target.checked ? 'yes' : '' })}
          >
            {t('tasks.overdueOnly')}
          </Checkbox>
          <Segmented
            className="schedule-at-end"
            aria-label={t('calendar.view')}
            value={filters.view}
            onChange={(view) => onChange({ view })}
            options={[
              { value: '', label: t('tasks.board') },
              { value: 'list', label: t('tasks.list') },
            ]}
          />
        </>
      )}
    </Flex>
  );
}

function Board({ query, ofUnit }: { query: Asked; ofUnit: boolean }) {
  const { t } = useTranslation('schedule');
  const { personId, may } = useAccess();
  const asked = useQuery({
    queryKey: ['/v1/tasks', 'board', query],
    queryFn: async ({ signal }) =>
      (await client.GET('/v1/tasks', { params: { query: { ...query, pageSize: BOARD_MAX } }, signal })).data ?? {
        tasks: [],
        nextPageToken: '',
      },
  });
  return (
    <Loaded query={asked} rows={8} isEmpty={({ tasks }) => !tasks.length} empty={<EmptyState words={t('tasks.none')} />}>
      {({ tasks, nextPageToken }) => (
        <>
          <div className="schedule-board">
            {DUES.map((due) => {
              const here = tasks.filter((task) => dueOf(task) === due);
              return (
                <section key={due} className={`schedule-board-column schedule-board-${due}`} aria-label={t(`due.${due}`)}>
                  <h2 className="schedule-board-head">
                    {t(`due.${due}`)}{' '}
                    <Badge
                      count={here.length}
                      showZero
                      color={due === 'overdue' && here.length ? 'red' : 'gray'}
                      overflowCount={BOARD_MAX}
                    />
                  </h2>
                  {here.map((task) => (
                    <TaskCard
                      key={task.taskId}
                      task={task}
                      owner={ofUnit}
                      acts={may('activity.task.update') && task.ownerPersonId === personId}
                    />
                  ))}
                </section>
              );
            })}
          </div>
          {nextPageToken && <p className="schedule-board-more">{t('tasks.boardMore', { count: BOARD_MAX })}</p>}
        </>
      )}
    </Loaded>
  );
}

function TaskList({ query, ofUnit }: { query: Asked; ofUnit: boolean }) {
  const { t } = useTranslation('schedule');
  const navigate = useNavigate();
  return (
    <KeysetTable<Task>
      label={t('tasks.title')}
      queryKey={['/v1/tasks', query]}
      load={async (pageToken, signal) => {
        const { data } = await client.GET('/v1/tasks', {
          params: { query: { ...query, pageSize: PAGE_SIZE, pageToken } },
          signal,
        });
        return { rows: data?.tasks ?? [], nextPageToken: data?.nextPageToken ?? '' };
      }}
      rowKey={(task) => task.taskId}
      columns={useColumns(ofUnit)}
      card={(task) => <TaskCard task={task} acts={false} owner={ofUnit} />}
      onOpen={(task) => navigate(`/work/tasks/${task.taskId}`)}
      empty={<EmptyState words={t('tasks.none')} />}
    />
  );
}

function useColumns(ofUnit: boolean) {
  const { t } = useTranslation('schedule');
  const formats = useFormats();
  const bilingual = useBilingual();
  return [
    {
      title: t('tasks.what'),
      width: 280,
      ellipsis: true,
      render: (_: unknown, task: Task) => (
        <Link to={`/work/tasks/${task.taskId}`} onClick={(event) => event.stopPropagation()}>
          {bilingual(task.title)}
        </Link>
      ),
    },
    { title: t('form.customer'), dataIndex: 'customerName', width: 200, ellipsis: true, render: (name: string) => name || '—' },
    { title: t('tasks.kind'), dataIndex: 'kind', width: 110, render: (kind: string) => <Named value={kind} /> },
    { title: t('tasks.priority'), dataIndex: 'priority', width: 90, render: (priority: string) => <Named value={priority} /> },
    {
      title: t('tasks.due'),
      width: 140,
      render: (_: unknown, task: Task) => (
        <span className={task.overdue ? 'schedule-late' : ''}>
          {formats.date(task.dueDate)}
          {task.overdue && ` ${t('tasks.late')}`}
        </span>
      ),
    },
    ...(ofUnit ? [{ title: t('tasks.owner'), dataIndex: 'ownerName', width: 110 }] : []),
    {
      title: t('tasks.state'),
      width: 110,
      render: (_: unknown, task: Task) => <NamedTag value={task.state} tone={STATE_TONES[task.state]} />,
    },
    { title: t('tasks.result'), dataIndex: 'result', width: 110, render: (result: string) => <Named value={result} /> },
  ];
}
