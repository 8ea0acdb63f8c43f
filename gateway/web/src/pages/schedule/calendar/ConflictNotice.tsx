import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormats } from '../../../design/formats';
import { dayOf } from '../days';
import type { Conflict } from './entries';
import { useEntryWords } from './moves';

/** So many are written out; the marks in the calendar show the others. */
const SHOWN = 3;

/** What is at the same time, before it is noticed too late. */
export function ConflictNotice({ conflicts }: { conflicts: Conflict[] }) {
  const { t } = useTranslation('schedule');
  const formats = useFormats();
  const words = useEntryWords();
  if (!conflicts.length) return null;
  return (
    <Alert
      className="form-note"
      type="warning"
      showIcon
      title={t('calendar.conflicts', { count: conflicts.length })}
      description={
        <ul className="conflicts">
          {conflicts.slice(0, SHOWN).map(({ entry, other }) =>
            entry && other ? (
              <li key={entry.resource + other.resource + (other.startTime ?? '')}>
                {formats.dateLong(dayOf(other.startTime))} {formats.time(other.startTime)}{' '}
                {t('calendar.both', { one: words(entry), other: words(other) })}
              </li>
            ) : null,
          )}
        </ul>
      }
    />
  );
}
