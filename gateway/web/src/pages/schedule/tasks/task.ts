import type { Schema } from '@rm-workbench/client';
import dayjs from 'dayjs';
import { addressOf } from '../../../shell/resources';
import { DAY, mondayOf, today } from '../days';

export type Task = Schema<'activity.v1.Task'>;

/** What can be said of a task's kind. */
export type TaskKind = Exclude<Task['kind'], 'TASK_KIND_UNSPECIFIED'>;

export const KINDS: TaskKind[] = [
  'TASK_KIND_GENERAL',
  'TASK_KIND_FOLLOW_UP',
  'TASK_KIND_VISIT',
  'TASK_KIND_CAMPAIGN',
  'TASK_KIND_LEAD',
  'TASK_KIND_FEEDBACK',
  'TASK_KIND_SATISFACTION',
  'TASK_KIND_WARNING',
  'TASK_KIND_TRAINING',
];
/** What somebody writes himself; the others are opened by the service. */
export const OWN_KINDS: TaskKind[] = [
  'TASK_KIND_GENERAL',
  'TASK_KIND_FOLLOW_UP',
  'TASK_KIND_VISIT',
  'TASK_KIND_LEAD',
  'TASK_KIND_TRAINING',
];
export const PRIORITIES = ['TASK_PRIORITY_LOW', 'TASK_PRIORITY_NORMAL', 'TASK_PRIORITY_HIGH', 'TASK_PRIORITY_URGENT'] as const;
export const RESULTS = [
  'TASK_RESULT_SUCCESS',
  'TASK_RESULT_INTERESTED',
  'TASK_RESULT_LATER',
  'TASK_RESULT_DECLINED',
  'TASK_RESULT_NOT_REACHED',
  'TASK_RESULT_NOT_FITTING',
] as const;
export const STATE_TONES = {
  TASK_STATE_UNSPECIFIED: 'default',
  TASK_STATE_OPEN: 'default',
  TASK_STATE_STARTED: 'processing',
  TASK_STATE_DONE: 'success',
  TASK_STATE_CANCELLED: 'default',
} as const;

export const isOpen = (task: Task): boolean => task.state === 'TASK_STATE_OPEN' || task.state === 'TASK_STATE_STARTED';
export const isPressing = (task: Task): boolean =>
  task.priority === 'TASK_PRIORITY_URGENT' || task.priority === 'TASK_PRIORITY_HIGH';

/** By when a task is due, as the columns of the board. */
export type Due = 'overdue' | 'today' | 'week' | 'later';
export const DUES: Due[] = ['overdue', 'today', 'week', 'later'];

export function dueOf(task: Task, now = today()): Due {
  if (task.overdue || (task.dueDate && task.dueDate < now)) return 'overdue';
  if (task.dueDate === now) return 'today';
  const nextMonday = dayjs(mondayOf(now)).add(7, 'day').format(DAY);
  return task.dueDate && task.dueDate < nextMonday ? 'week' : 'later';
}

const SOURCES: Record<string, string> = {
  warning: 'warnings',
  survey: 'surveyInvitations',
  feedback: 'feedback',
  lead: 'leads',
  opportunity: 'opportunities',
};

/** The address of what the task was opened for; undefined where the page has none. */
export function sourceOf({ source, sourceKey }: Task): string | undefined {
  if (!sourceKey) return undefined;
  return sourceKey.includes('/') ? addressOf(sourceKey) : SOURCES[source] && addressOf(`${SOURCES[source]}/${sourceKey}`);
}

/** What changes where a task does. */
export const AFFECTED = ['/v1/tasks', '/v1/taskLoads', '/v1/campaigns'];
