import { useMutation } from '@tanstack/react-query';
import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import { client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { AFFECTED, type Task } from './task';

const seen = (task: Task) => ({ path: { taskId: task.taskId }, header: { 'If-Match': `"${task.etag}"` } });

/** What is done with a task by one click. */
export function useTaskActs() {
  const { t } = useTranslation('schedule');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const handled = (done: string) => ({
    onSuccess: () => void message.success(done),
    onError: (error: unknown) => void message.error(words(error)),
    onSettled: () => refresh(...AFFECTED),
  });
  const start = useMutation({
    mutationFn: (task: Task) => client.POST('/v1/tasks/{taskId}:start', { params: seen(task), body: {} }),
    ...handled(t('tasks.started')),
  });
  const reopen = useMutation({
    mutationFn: (task: Task) => client.POST('/v1/tasks/{taskId}:reopen', { params: seen(task), body: {} }),
    ...handled(t('tasks.reopened')),
  });
  const remind = useMutation({
    mutationFn: (task: Task) => client.POST('/v1/tasks/{taskId}:remind', { params: { path: { taskId: task.taskId } }, body: {} }),
    ...handled(t('tasks.reminded')),
  });
  return { start, reopen, remind };
}
