import type { Schema } from '@rm-workbench/client';

export type Operation = Schema<'operations.v1.Operation'> & { service: string };

const OVER = new Set(['OPERATION_STATE_SUCCEEDED', 'OPERATION_STATE_FAILED', 'OPERATION_STATE_CANCELLED']);

/** Whether the work has come to an end, good or bad. */
export function isOver(operation: Pick<Operation, 'state'>): boolean {
  return OVER.has(operation.state);
}
