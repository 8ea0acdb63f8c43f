import { Card, Flex } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { EmptyState } from '../../../design/States';
import { Text } from '../../../design/Text';
import { MonthStateTag } from './MonthStateTag';
import { addressOfMonth, isOver, type Month, useClosings, useLateChanges, waitingOf } from './months';

const PAGE_SIZE = 60;

/** The months, the latest first: each opens its runs and its closing. */
export function MonthList() {
  const { t } = useTranslation('months');
  const formats = useFormats();
  const closings = useClosings();
  const late = useLateChanges();
  const state = (month: Month) => (
    <MonthStateTag month={month} waiting={waitingOf(closings.data?.monthClosings, month.monthDate)} />
  );
  const lateOf = (month: Month) => late.data?.runs.filter((run) => run.monthDate === month.monthDate).length ?? 0;
  const upTo = (month: Month) => (month.asOfDate ? formats.date(month.asOfDate) : t('months.notComputed'));
  const lateWords = (month: Month) =>
    lateOf(month) > 0 && <Text type="warning">{t('months.lateCount', { count: lateOf(month) })}</Text>;
  return (
    <KeysetTable<Month>
      label={t('title')}
      queryKey={['/v1/resultMonths', 'list']}
      load={async (pageToken, signal) => {
        const { data } = await client.GET('/v1/resultMonths', { params: { query: { pageSize: PAGE_SIZE, pageToken } }, signal });
        return { rows: data?.resultMonths ?? [], nextPageToken: data?.nextPageToken ?? '' };
      }}
      rowKey={(month) => month.monthDate}
      empty={<EmptyState words={t('months.none')} />}
      columns={[
        { title: t('months.month'), key: 'month', width: 160, render: (_, month) => <MonthLink month={month} /> },
        { title: t('months.state'), key: 'state', width: 180, render: (_, month) => state(month) },
        {
          title: t('months.upTo'),
          key: 'upTo',
          width: 220,
          render: (_, month) => (
            <Flex vertical>
              {upTo(month)}
              {month.asOfDate && !isOver(month) && <Text type="secondary">{t('months.notOver')}</Text>}
            </Flex>
          ),
        },
        { title: t('months.late'), key: 'late', width: 200, render: (_, month) => lateWords(month) || '—' },
      ]}
      card={(month) => (
        <Card size="small">
          <Flex justify="space-between" gap={8}>
            <MonthLink month={month} />
            {state(month)}
          </Flex>
          <Flex justify="space-between" gap={8}>
            <Text type="secondary">
              {t('months.upTo')} {upTo(month)}
            </Text>
            {lateWords(month)}
          </Flex>
        </Card>
      )}
    />
  );
}

function MonthLink({ month }: { month: Month }) {
  const formats = useFormats();
  return <Link to={addressOfMonth(month.monthDate)}>{formats.month(month.monthDate)}</Link>;
}
