// What a record of the audit trail says of the rows that an act changed.

export interface ChangedField {
  name: string;
  before: unknown;
  after: unknown;
}

export interface ChangedRow {
  /** Its place in the record. */
  place: number;
  resource: string;
  act: string;
  fields: ChangedField[];
}

/** The rows that changed, with each field before and after; none where the record holds something else. */
export function changesOf(changesJson: string): ChangedRow[] {
  const rows: unknown = JSON.parse(changesJson || '[]');
  if (!Array.isArray(rows)) return [];
  return rows.map((row: { resource?: string; act?: string; fields?: Record<string, unknown> }, place) => ({
    place,
    resource: row.resource ?? '',
    act: row.act ?? '',
    fields: Object.entries(row.fields ?? {}).map(([name, values]) =>
      Array.isArray(values) ? { name, before: values[0], after: values[1] } : { name, before: undefined, after: values },
    ),
  }));
}

/** A value as it is read: texts without quotes, nothing as empty. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined || value === '') return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
