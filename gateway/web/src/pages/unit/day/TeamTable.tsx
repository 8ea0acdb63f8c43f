import { Card, Flex, Grid, Table, type TableProps, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { NamedTag } from '../../../design/Named';
import { EmptyState, FailureState, PartialState } from '../../../design/States';
import { type RelationshipManager, useUnitNames } from '../../../design/selects';
import { DayLine, DayScale } from './DayLine';
import { EntryList } from './EntryList';
import type { Entry, Load, Overview, Report, TeamDay } from './teamDay';

interface Row {
  manager: RelationshipManager;
  entries: Entry[];
  load: Load | undefined;
  warnings: Overview['byAssignee'][number] | undefined;
  report: Report | undefined;
}

/** Each person with the day as a line, and beside it what is open. */
export function TeamTable({ day, date }: { day: TeamDay; date: string }) {
  const { t } = useTranslation('unit');
  const unitName = useUnitNames();
  const wide = Grid.useBreakpoint().md ?? true;
  if (day.managers.error) return <FailureState error={day.managers.error} onRetry={() => void day.managers.refetch()} />;
  const rows = rowsOf(day);
  const broken = [day.entries, day.reports, day.loads, day.warnings].filter((part) => part.isError);
  const columns: NonNullable<TableProps<Row>['columns']> = [
    {
      title: t('person'),
      key: 'person',
      width: 180,
      fixed: 'left',
      render: (_, { manager, load }) => (
        <>
          <div>
            {manager.displayName} {load?.absent && <Tag color="warning">{t('day.absent')}</Tag>}
          </div>
          <div className="unit-small">{unitName(manager.organisationPath)}</div>
        </>
      ),
    },
    {
      title: <DayScale />,
      key: 'day',
      render: (_, row) => <DayLine entries={row.entries} date={date} name={row.manager.displayName} />,
    },
    {
      title: t('day.tasks'),
      key: 'tasks',
      width: 110,
      align: 'right',
      sorter: (one, other) => (one.load?.openCount ?? 0) - (other.load?.openCount ?? 0),
      render: (_, { load }) => <OpenAndLate open={load?.openCount} late={load?.overdueCount ?? 0} />,
    },
    {
      title: t('day.warnings'),
      key: 'warnings',
      width: 120,
      align: 'right',
      sorter: (one, other) => (one.warnings?.openCount ?? 0) - (other.warnings?.openCount ?? 0),
      render: (_, { warnings }) => <OpenAndLate open={warnings?.openCount ?? 0} late={warnings?.overdueCount ?? 0} />,
    },
    {
      title: t('day.report'),
      key: 'report',
      width: 110,
      render: (_, { report }) => <ReportState report={report} />,
    },
  ];
  return (
    <>
      {broken.length > 0 && (
        <PartialState words={t('day.partial')} onRetry={() => broken.forEach((part) => void part.refetch())} />
      )}
      {wide ? (
        <Card size="small">
          <Table<Row>
            aria-label={t('day.team')}
            size="small"
            rowKey={(row) => row.manager.personId}
            columns={columns}
            dataSource={rows}
            loading={day.managers.isPending}
            pagination={false}
            scroll={{ x: 980 }}
            locale={{ emptyText: <EmptyState words={t('day.nobody')} /> }}
            expandable={{
              rowExpandable: (row) => row.entries.length > 0,
              expandedRowRender: (row) => <EntryList entries={row.entries} />,
            }}
          />
        </Card>
      ) : (
        <ul className="cards" aria-label={t('day.team')}>
          {rows.map((row) => (
            <li key={row.manager.personId}>
              <PersonCard row={row} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function PersonCard({ row }: { row: Row }) {
  const { t } = useTranslation('unit');
  return (
    <Card size="small" title={row.manager.displayName} extra={<ReportState report={row.report} />}>
      <Flex gap={16}>
        <span>
          {t('day.tasks')} <OpenAndLate open={row.load?.openCount} late={row.load?.overdueCount ?? 0} />
        </span>
        <span>
          {t('day.warnings')} <OpenAndLate open={row.warnings?.openCount ?? 0} late={row.warnings?.overdueCount ?? 0} />
        </span>
        {row.load?.absent && <Tag color="warning">{t('day.absent')}</Tag>}
      </Flex>
      <EntryList entries={row.entries} />
    </Card>
  );
}

function OpenAndLate({ open, late }: { open: number | undefined; late: number }) {
  const { t } = useTranslation('unit');
  return (
    <>
      {open ?? '—'} {late > 0 && <Tag color="error">{t('late', { count: late })}</Tag>}
    </>
  );
}

function ReportState({ report }: { report: Report | undefined }) {
  const { t } = useTranslation('unit');
  if (report?.missing) return <Tag color="error">{t('day.reportMissing')}</Tag>;
  if (!report?.workReportId) return <span className="unit-small">{t('day.reportNotYet')}</span>;
  return <NamedTag value={report.state} tone={report.state === 'WORK_REPORT_STATE_SUBMITTED' ? 'processing' : 'default'} />;
}

function rowsOf(day: TeamDay): Row[] {
  const rows = (day.managers.data ?? []).map((manager) => ({
    manager,
    entries: (day.entries.data ?? []).filter((entry) => entry.personId === manager.personId),
    load: day.loads.data?.find((load) => load.personId === manager.personId),
    warnings: day.warnings.data?.byAssignee.find((each) => each.assigneePersonId === manager.personId),
    report: day.reports.data?.find((report) => report.personId === manager.personId),
  }));
  return rows.sort((one, other) => one.manager.staffNumber.localeCompare(other.manager.staffNumber));
}
