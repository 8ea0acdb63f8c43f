import { Flex } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useFormats } from '../../../design/formats';
import { useNamed } from '../../../design/Named';
import type { Entry } from './teamDay';

/** What stands in a person's day, in words. */
export function EntryList({ entries }: { entries: Entry[] }) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  const named = useNamed();
  return (
    <ul className="unit-facets" aria-label={t('day.entries')}>
      {entries.map((entry) => (
        <li key={`${entry.resource} ${entry.startTime}`}>
          <Flex wrap gap="2px 12px">
            <span className="amount">
              {entry.allDay ? t('day.allDay') : `${formats.time(entry.startTime)}–${formats.time(entry.endTime)}`}
            </span>
            <span>{titleOf(entry, t('day.busy'))}</span>
            {entry.customerDisplayName && <Link to={`/customers/${entry.customerId}`}>{entry.customerDisplayName}</Link>}
            {entry.place && <span>{entry.place}</span>}
            <span className="unit-small">{named(entry.kind)}</span>
          </Flex>
        </li>
      ))}
    </ul>
  );
}

/** What it is called; where it is private, only that there is something. */
export function titleOf(entry: Entry, busy: string): string {
  return entry.title || entry.customerDisplayName || busy;
}
