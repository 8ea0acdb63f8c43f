import type { Schema } from '@rm-workbench/client';
import { useMutation } from '@tanstack/react-query';
import { App, Button, Card, Flex, Popconfirm, Switch, type TableProps, Tag } from 'antd';
import { type Key, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { useBilingual } from '../../../design/bilingual';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { Named, NamedTag } from '../../../design/Named';
import { EmptyState } from '../../../design/States';
import { ReassignTasks } from './ReassignTasks';

export type Task = Schema<'activity.v1.Task'>;

interface Props {
  unit: string;
  person: string;
  overdue: boolean;
  onOverdue: (on: boolean) => void;
}

/** The unit's open tasks by the day on which they are due; chosen ones go to another, or are spread over all. */
export function UnitTasks({ unit, person, overdue, onOverdue }: Props) {
  const { t } = useTranslation('unit');
  const [chosen, setChosen] = useState<Task[]>([]);
  const [giving, setGiving] = useState(false);
  const title = useBilingual();
  const selection = { keys: chosen.map((task) => task.taskId), onChange: (_: Key[], rows: Task[]) => setChosen(rows) };
  return (
    <>
      <Flex wrap gap={8} align="center" className="unit-filters">
        <Switch aria-label={t('dispatch.overdueOnly')} checked={overdue} onChange={onOverdue} />
        <span>{t('dispatch.overdueOnly')}</span>
        {chosen.length > 0 && (
          <>
            <span>{t('chosen', { count: chosen.length })}</span>
            <Button type="primary" onClick={() => setGiving(true)}>
              {t('dispatch.reassign')}
            </Button>
            <Balance unit={unit} tasks={chosen} onDone={() => setChosen([])} />
          </>
        )}
      </Flex>
      <KeysetTable<Task>
        queryKey={['/v1/tasks', 'unit', unit, person, overdue]}
        load={async (pageToken, signal) => {
          const whose = person ? { personId: person } : { organisationPath: unit };
          const { data } = await client.GET('/v1/tasks', {
            params: { query: { ...whose, overdue, pageSize: 100, pageToken } },
            signal,
          });
          return { rows: data?.tasks ?? [], nextPageToken: data?.nextPageToken ?? '' };
        }}
        rowKey={(task) => task.taskId}
        label={t('dispatch.tasks')}
        empty={<EmptyState words={t('dispatch.noTasks')} />}
        columns={useColumns()}
        card={(task) => (
          <Card size="small" title={<Link to={`/work/tasks/${task.taskId}`}>{title(task.title)}</Link>} extra={task.ownerName}>
            <Flex wrap gap="4px 16px">
              <DueDate task={task} />
              <Priority task={task} />
              {task.customerName && <Link to={`/customers/${task.customerId}`}>{task.customerName}</Link>}
            </Flex>
          </Card>
        )}
        selection={selection}
      />
      {giving && (
        <ReassignTasks
          unit={unit}
          tasks={chosen}
          onClose={(done) => {
            setGiving(false);
            if (done) setChosen([]);
          }}
        />
      )}
    </>
  );
}

function useColumns(): NonNullable<TableProps<Task>['columns']> {
  const { t } = useTranslation('unit');
  const title = useBilingual();
  return [
    {
      title: t('dispatch.task'),
      key: 'title',
      width: 170,
      ellipsis: true,
      render: (_, task) => <Link to={`/work/tasks/${task.taskId}`}>{title(task.title)}</Link>,
    },
    { title: t('dispatch.kind'), dataIndex: 'kind', width: 130, render: (kind: string) => <Named value={kind} /> },
    {
      title: t('customer'),
      key: 'customer',
      width: 150,
      ellipsis: true,
      render: (_, task) => task.customerName && <Link to={`/customers/${task.customerId}`}>{task.customerName}</Link>,
    },
    { title: t('dispatch.due'), key: 'due', width: 120, render: (_, task) => <DueDate task={task} /> },
    { title: t('dispatch.priority'), key: 'priority', width: 75, render: (_, task) => <Priority task={task} /> },
    { title: t('dispatch.whose'), dataIndex: 'ownerName', width: 85 },
    { title: '', key: 'remind', width: 85, render: (_, task) => <Remind task={task} /> },
  ];
}

function DueDate({ task }: { task: Task }) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  return (
    <span>
      {formats.date(task.dueDate)} {task.overdue && <Tag color="error">{t('dispatch.overdue')}</Tag>}
    </span>
  );
}

function Priority({ task }: { task: Task }) {
  const pressing = task.priority === 'TASK_PRIORITY_URGENT' || task.priority === 'TASK_PRIORITY_HIGH';
  return pressing ? (
    <NamedTag value={task.priority} tone={task.priority === 'TASK_PRIORITY_URGENT' ? 'error' : 'warning'} />
  ) : (
    <Named value={task.priority} />
  );
}

function Remind({ task }: { task: Task }) {
  const { t } = useTranslation('unit');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const reminding = useMutation({
    mutationFn: () => client.POST('/v1/tasks/{taskId}:remind', { params: { path: { taskId: task.taskId } }, body: {} }),
    onSuccess: () => {
      void message.success(t('dispatch.reminded', { name: task.ownerName }));
    },
    onError: (error) => void message.error(words(error)),
  });
  return (
    <Button
      size="small"
      aria-label={t('dispatch.remindOf', { name: task.ownerName })}
      loading={reminding.isPending}
      onClick={() => reminding.mutate()}
    >
      {t('dispatch.remind')}
    </Button>
  );
}

function Balance({ unit, tasks, onDone }: { unit: string; tasks: Task[]; onDone: () => void }) {
  const { t } = useTranslation('unit');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const balancing = useMutation({
    mutationFn: async () =>
      (await client.POST('/v1/tasks:balance', { body: { taskIds: tasks.map((task) => task.taskId), organisationPath: unit } }))
        .data,
    onSuccess: async () => {
      void message.success(t('dispatch.balanced', { count: tasks.length }));
      onDone();
      await refresh('/v1/task');
    },
    onError: (error) => void message.error(words(error)),
  });
  return (
    <Popconfirm title={t('dispatch.balanceSure', { count: tasks.length })} onConfirm={() => balancing.mutate()}>
      <Button loading={balancing.isPending}>{t('dispatch.balance')}</Button>
    </Popconfirm>
  );
}
