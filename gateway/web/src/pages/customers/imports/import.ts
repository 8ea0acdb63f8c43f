import type { Schema } from '@rm-workbench/client';
import { client } from '../../../api/client';

export type Import = Schema<'customer.v1.Import'>;
export type ImportRow = Schema<'customer.v1.ImportRow'>;

/** The gateway takes parts of this size at most. */
const PART_BYTES = 4 * 1024 * 1024;

/** The fields that a column can fill; their words are under `importField`. The bank's own fields come to them. */
export const IMPORT_FIELDS = [
  'customer_number',
  'kind',
  'display_name',
  'identifier',
  'identifier_kind',
  'phone',
  'email',
  'address',
  'postal_code',
  'division_code',
  'birth_or_founding_date',
  'tier',
  'state',
  'industry_code',
  'size',
  'ownership',
  'listing',
  'tags',
  'pinyin',
  'former_name',
  'short_name',
  'foreign_name',
  'lead_staff_number',
];

const UNDER_WAY = new Set(['IMPORT_STATE_CHECKING', 'IMPORT_STATE_RUNNING', 'IMPORT_STATE_UNDOING']);
export const isUnderWay = (state: string) => UNDER_WAY.has(state);

/** Opens an import and sends its file, part by part. */
export async function uploadImport(file: File, onSent: (bytes: number) => void): Promise<Import | undefined> {
  const { data: opened } = await client.POST('/v1/imports', { body: { fileName: file.name } });
  if (!opened) return undefined;
  const { importId } = opened;
  for (let offset = 0; offset < file.size || offset === 0; offset += PART_BYTES) {
    const part = file.slice(offset, offset + PART_BYTES);
    await client.POST('/v1/imports/{importId}:upload', {
      params: { path: { importId }, query: { offset: String(offset) } },
      headers: { 'Content-Type': 'application/octet-stream' },
      body: part,
      bodySerializer: (bytes) => bytes,
    });
    onSent(Math.min(offset + PART_BYTES, file.size));
  }
  return opened;
}
