import { Alert, Descriptions, Flex, Tag, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Named, useNamed } from '../../../design/Named';
import { type CustomerMerge, fieldValue, isChosenField } from './candidate';

/** What a merge does, or did: the survivor's changes, what moves to it, what to know. */
export function MergeOutcome({ outcome }: { outcome: CustomerMerge }) {
  const { t } = useTranslation('customers');
  const named = useNamed();
  const { survivor } = outcome;
  const moved = outcome.moved.filter(({ rows }) => rows > 0);
  return (
    <Flex vertical gap={12}>
      <Descriptions
        size="small"
        column={1}
        items={[
          {
            key: 'changed',
            label: t('merge.changed'),
            children: outcome.changedFields.length ? (
              <Flex wrap gap={4}>
                {outcome.changedFields.map((field) => (
                  <FieldTag key={field} field={field} outcome={outcome} />
                ))}
              </Flex>
            ) : (
              t('merge.nothingChanged')
            ),
          },
          {
            key: 'moved',
            label: t('merge.moved'),
            children: moved.length
              ? moved.map(({ kind, rows }) => (
                  <Tag key={kind}>
                    {t(`merge.rows.${kind}`, { defaultValue: kind })} {rows}
                  </Tag>
                ))
              : t('merge.nothingMoved'),
          },
          {
            key: 'state',
            label: t('merge.after'),
            children: survivor ? `${survivor.displayName} ${named(survivor.state)}` : '—',
          },
        ]}
      />
      {outcome.notes.map((note) => (
        <Alert
          key={`${note.kind}${note.field}`}
          type={note.kind === 'MERGE_NOTE_KIND_IDENTIFIERS_DIFFER' ? 'error' : 'warning'}
          showIcon
          title={
            <>
              <Named value={note.kind} />
              {note.field && <Typography.Text type="secondary"> {fieldWords(note.field, t)}</Typography.Text>}
            </>
          }
        />
      ))}
    </Flex>
  );
}

function FieldTag({ field, outcome }: { field: string; outcome: CustomerMerge }) {
  const { t } = useTranslation('customers');
  const named = useNamed();
  const camel = field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const value = outcome.survivor && isChosenField(camel) ? named(fieldValue(outcome.survivor, camel)) : '';
  return (
    <Tag>
      {fieldWords(field, t)}
      {value && `${t('handOver.colon')}${value}`}
    </Tag>
  );
}

/** A field's words: a column's of the list, or those of a part that only the record has. */
function fieldWords(field: string, t: ReturnType<typeof useTranslation>['t']): string {
  return t([`customers:column.${field}`, `customers:merge.fields.${field}`], { defaultValue: field });
}
