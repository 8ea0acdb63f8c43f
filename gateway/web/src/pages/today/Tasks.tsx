import type { Schema } from '@rm-workbench/client';
import { Button, Flex } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../access/access';
import { api } from '../../api/client';
import { useBilingual } from '../../design/bilingual';
import { addDays, daysBetween, useFormats } from '../../design/formats';
import { NamedTag } from '../../design/Named';
import { Loaded } from '../../design/States';
import { Text } from '../../design/Text';
import { today } from './day';
import { Nothing, Panel } from './Panel';

// The form comes when a task is done.
const CompleteTask = lazy(() => import('./CompleteTask'));

type Task = Schema<'activity.v1.Task'>;

const SHOWN = 6;
const DAYS_AHEAD = 7;
/** What is to be done within the week, what is late first. Warnings stand in their own part. */
export function Tasks() {
  const { t } = useTranslation('today');
  const { may } = useAccess();
  const [all, setAll] = useState(false);
  const list = api.useQuery('get', '/v1/tasks', { params: { query: { pageSize: 100 } } });
  const until = addDays(today(), DAYS_AHEAD);
  const besideWarnings = ({ kind }: Task) => kind !== 'TASK_KIND_WARNING' || !may('analytics.warning.work');
  const tasks = (list.data?.tasks ?? []).filter((task) => besideWarnings(task) && (!task.dueDate || task.dueDate <= until));
  return (
    <Panel place={4} title={t('tasks.title')} count={tasks.length} extra={<Link to="/work/tasks">{t('tasks.all')}</Link>}>
      <Loaded query={list} isEmpty={() => !tasks.length} empty={<Nothing words={t('tasks.none')} />}>
        {() => (
          <>
            <ul className="day-rows">
              {(all ? tasks : tasks.slice(0, SHOWN)).map((task) => (
                <TaskRow key={task.taskId} task={task} />
              ))}
            </ul>
            {tasks.length > SHOWN && (
              <Button type="link" className="day-panel-more" onClick={() => setAll(!all)}>
                {t(all ? 'showLess' : 'showAll', { count: tasks.length })}
              </Button>
            )}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function TaskRow({ task }: { task: Task }) {
  const { t } = useTranslation('today');
  const bilingual = useBilingual();
  const [completing, setCompleting] = useState(false);
  const presses = task.priority === 'TASK_PRIORITY_HIGH' || task.priority === 'TASK_PRIORITY_URGENT';
  const title = bilingual(task.title);
  return (
    <li className="day-row">
      <div className="day-row-main">
        <Flex wrap align="center" gap="4px 8px">
          <Link to={`/work/tasks/${task.taskId}`} className="day-row-name">
            {title}
          </Link>
          {presses && <NamedTag value={task.priority} tone={task.priority === 'TASK_PRIORITY_URGENT' ? 'error' : 'warning'} />}
        </Flex>
        <Flex wrap gap="0 8px">
          {task.customerId && task.customerName && <Link to={`/customers/${task.customerId}`}>{task.customerName}</Link>}
          <Due date={task.dueDate} />
        </Flex>
      </div>
      <Button size="small" onClick={() => setCompleting(true)} aria-label={t('tasks.completeNamed', { title })}>
        {t('tasks.complete')}
      </Button>
      {completing && (
        <Suspense>
          <CompleteTask task={task} title={title} onClose={() => setCompleting(false)} />
        </Suspense>
      )}
    </li>
  );
}

function Due({ date }: { date: string }) {
  const { t } = useTranslation('today');
  const formats = useFormats();
  if (!date) return null;
  const days = daysBetween(today(), date);
  const words = days < 0 ? t('tasks.late', { count: -days }) : t('tasks.due', { date: formats.daysFrom(date, today()) });
  return <Text type={days < 0 ? 'danger' : days === 0 ? 'warning' : 'secondary'}>{words}</Text>;
}
