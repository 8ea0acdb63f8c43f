import { DatePicker, Flex } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { Freshness, useBusinessDate } from '../../../design/Freshness';
import { useFormats } from '../../../design/formats';
import { Page } from '../../../design/Page';
import { useFilters } from '../../../design/useFilters';
import { UnitField } from '../UnitField';
import '../unit.css';
import { DayTiles } from './DayTiles';
import { TeamTable } from './TeamTable';
import { useTeamDay } from './teamDay';

/** What the people of a unit have before them on a day: where they are, what is open, what is late. */
export default function TeamDayPage() {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  const { scopePath } = useAccess();
  const businessDate = useBusinessDate() || dayjs().format('YYYY-MM-DD');
  const [filters, change] = useFilters({ unit: scopePath, date: '' });
  const date = filters.date || businessDate;
  const day = useTeamDay(filters.unit, date);
  return (
    <Page
      title={t('day.title')}
      note={
        <>
          {formats.dateLong(date)}
          <Freshness />
        </>
      }
    >
      <Flex wrap gap={8} className="unit-filters">
        <UnitField value={filters.unit} onChange={(unit) => change({ unit })} />
        <DatePicker
          aria-label={t('day.date')}
          allowClear={false}
          value={dayjs(date)}
          onChange={(picked) => change({ date: picked ? picked.format('YYYY-MM-DD') : '' })}
        />
      </Flex>
      <DayTiles day={day} unit={filters.unit} />
      <TeamTable day={day} date={date} />
    </Page>
  );
}
