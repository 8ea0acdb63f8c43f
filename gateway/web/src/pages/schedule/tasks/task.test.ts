import { describe, expect, it } from 'vitest';
import { dueOf, type Task } from './task';

const due = (dueDate: string) => dueOf({ dueDate, overdue: false } as Task, '2026-11-26');

describe('a task', () => {
  it('stands in the column of its day', () => {
    expect(due('2026-11-25')).toBe('overdue');
    expect(due('2026-11-26')).toBe('today');
    expect(due('2026-11-29')).toBe('week');
    expect(due('2026-11-30')).toBe('later');
    expect(due('')).toBe('later');
  });
});
