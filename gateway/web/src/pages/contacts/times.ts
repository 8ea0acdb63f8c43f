// Date fields whose values are texts: a draft keeps them, and the calls take them as they are.
import dayjs, { type Dayjs } from 'dayjs';

export const asInstant = {
  getValueProps: (value: string | undefined) => ({ value: value ? dayjs(value) : undefined }),
  normalize: (value: Dayjs | null | undefined) => value?.toISOString(),
};

export const asDate = {
  getValueProps: (value: string | undefined) => ({ value: value ? dayjs(value) : undefined }),
  normalize: (value: Dayjs | null | undefined) => value?.format('YYYY-MM-DD'),
};
