import { useQuery } from '@tanstack/react-query';
import { Flex, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { client } from '../../api/client';
import { useFormats } from '../../design/formats';
import { NamedTag } from '../../design/Named';
import { Loaded } from '../../design/States';
import { PeriodChooser } from './PeriodChooser';
import type { Filters } from './ReportsPage';
import { ReportView } from './ReportView';
import { type Period, REPORT_TONES, spanOf } from './reports';

interface Props {
  filters: Filters;
  onChange: (changed: Partial<Filters>) => void;
}

/** One's own report of a period: it drafts itself anew each time it is opened, until it is confirmed. */
export function MyReport({ filters, onChange }: Props) {
  const { t } = useTranslation('reports');
  const formats = useFormats();
  const period = filters.period as Period;
  const dayDate = filters.day;
  const report = useQuery({
    queryKey: ['/v1/workReports', 'mine', period, dayDate],
    queryFn: async () => (await client.POST('/v1/workReports:draft', { body: { period, dayDate } })).data,
    refetchOnWindowFocus: false,
  });
  return (
    <Flex vertical gap={16}>
      <PeriodChooser period={period} day={dayDate} onChange={onChange} />
      <Loaded query={report} rows={8}>
        {(data) =>
          data ? (
            <>
              <Flex gap={8} align="center" wrap>
                <Typography.Title level={2} className="report-span">
                  {spanOf(data, formats)}
                </Typography.Title>
                <NamedTag value={data.state} tone={REPORT_TONES[data.state] ?? 'default'} />
                <Typography.Text type="secondary">{t('counted', { time: formats.instant(data.countTime) })}</Typography.Text>
              </Flex>
              <ReportView report={data} />
            </>
          ) : null
        }
      </Loaded>
    </Flex>
  );
}
