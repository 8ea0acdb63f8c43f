import type { Schema } from '@rm-workbench/client';
import { useCallback } from 'react';
import { useFormats } from '../../../design/formats';

export type Dataset = Schema<'integration.v1.Dataset'>;

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** A size in bytes, in the largest unit that leaves a number above 1. */
export function useBytes(): (bytes: string) => string {
  const formats = useFormats();
  return useCallback(
    (bytes) => {
      let size = Number(bytes);
      let unit = 0;
      while (size >= 1000 && unit < UNITS.length - 1) {
        size /= 1000;
        unit += 1;
      }
      return `${formats.number(size, unit && size < 100 ? 1 : 0)} ${UNITS[unit]}`;
    },
    [formats],
  );
}
