import { useQuery } from '@tanstack/react-query';
import { DatePicker, Flex } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { client } from '../../../api/client';
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
  const businessDate = useBusinessDate();
  const [filters, change] = useFilters({ unit: scopePath, date: '' });
  const date = filters.date || businessDate;
  const day = useTeamDay(filters.unit, date);
  return (
    <Page title={t('day.title')} note={formats.dateLong(date)}>
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

/** The bank's own date where it is told, else today. */
function useBusinessDate(): string {
  const { may } = useAccess();
  const freshness = useQuery({
    queryKey: ['/v1/freshness'],
    queryFn: async () => (await client.GET('/v1/freshness')).data?.businessDate ?? '',
    enabled: may('performance.run.read'),
    staleTime: 5 * 60_000,
  });
  return freshness.data || dayjs().format('YYYY-MM-DD');
}
