import { Button, Card, Flex, Tag, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useBilingual } from '../../../design/bilingual';
import { useFormats } from '../../../design/formats';
import { Named, NamedTag } from '../../../design/Named';
import { CompleteTask } from './CompleteTask';
import { isOpen, isPressing, STATE_TONES, type Task } from './task';
import { useTaskActs } from './useTaskActs';

/** A task in short, with what its owner does next. */
export function TaskCard({ task, acts, owner }: { task: Task; acts: boolean; owner: boolean }) {
  const { t } = useTranslation('schedule');
  const formats = useFormats();
  const bilingual = useBilingual();
  const { start } = useTaskActs();
  const [completing, setCompleting] = useState(false);
  const about = [task.customerName, owner ? task.ownerName : ''].filter(Boolean).join(' · ');
  return (
    <Card size="small" className="task-card">
      <Flex vertical gap={4}>
        <Link to={`/work/tasks/${task.taskId}`} className="task-title">
          {bilingual(task.title)}
        </Link>
        {about && <Typography.Text type="secondary">{about}</Typography.Text>}
        <Flex gap={4} wrap align="center">
          <Tag>
            <Named value={task.kind} />
          </Tag>
          {isPressing(task) && (
            <NamedTag value={task.priority} tone={task.priority === 'TASK_PRIORITY_URGENT' ? 'error' : 'warning'} />
          )}
          {task.state !== 'TASK_STATE_OPEN' && <NamedTag value={task.state} tone={STATE_TONES[task.state]} />}
          {task.dueDate && (
            <Typography.Text type={task.overdue ? 'danger' : 'secondary'} className="task-due">
              {t(task.overdue ? 'tasks.wasDue' : 'tasks.dueOn', { date: formats.date(task.dueDate) })}
            </Typography.Text>
          )}
        </Flex>
        {acts && isOpen(task) && (
          <Flex gap={8}>
            {task.state === 'TASK_STATE_OPEN' && (
              <Button size="small" loading={start.isPending} onClick={() => start.mutate(task)}>
                {t('tasks.start')}
              </Button>
            )}
            <Button size="small" onClick={() => setCompleting(true)}>
              {t('tasks.complete')}
            </Button>
          </Flex>
        )}
      </Flex>
      {completing && <CompleteTask task={task} onClose={() => setCompleting(false)} />}
    </Card>
  );
}
