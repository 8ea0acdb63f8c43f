import { Flex } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { client } from '../../api/client';
import { useFormats } from '../../design/formats';
import { KeysetTable } from '../../design/KeysetTable';
import { Named, NamedTag } from '../../design/Named';
import { ScopeSelect, useScopePath } from '../../design/ScopeSelect';
import { EmptyState } from '../../design/States';
import { Rate } from './CompletionView';
import type { Filters } from './ReportsPage';
import { REPORT_TONES, spanOf, type WorkReport } from './reports';

interface Props {
  filters: Filters;
  onChange: (changed: Partial<Filters>) => void;
}

/** All reports, the latest days first. */
export function PastReports({ filters, onChange }: Props) {
  const { t } = useTranslation('reports');
  const navigate = useNavigate();
  const columns = useColumns();
  const organisationPath = useScopePath(filters.unit);
  const open = ({ workReportId }: WorkReport) => navigate(`/work/reports/${workReportId}`);
  return (
    <Flex vertical gap={12}>
      <ScopeSelect value={filters.unit} onChange={(unit) => onChange({ unit })} />
      <KeysetTable<WorkReport>
        label={t('view.past')}
        queryKey={['/v1/workReports', 'past', organisationPath]}
        load={async (pageToken, signal) => {
          const { data } = await client.GET('/v1/workReports', { params: { query: { organisationPath, pageToken } }, signal });
          return { rows: data?.workReports ?? [], nextPageToken: data?.nextPageToken ?? '' };
        }}
        rowKey={({ workReportId }) => workReportId}
        columns={columns}
        card={(report) => <PastCard report={report} onOpen={() => open(report)} />}
        empty={<EmptyState words={t('noReports')} />}
        onOpen={open}
      />
    </Flex>
  );
}

function PastCard({ report, onOpen }: { report: WorkReport; onOpen: () => void }) {
  const formats = useFormats();
  return (
    <button type="button" className="plain report-card" onClick={onOpen}>
      <Flex justify="space-between" gap={8}>
        <strong>{spanOf(report, formats)}</strong>
        <NamedTag value={report.state} tone={REPORT_TONES[report.state] ?? 'default'} />
      </Flex>
      <span>{report.ownerName}</span>
    </button>
  );
}

function useColumns() {
  const { t } = useTranslation('reports');
  const formats = useFormats();
  const cell = (render: (report: WorkReport) => React.ReactNode) => (_: unknown, report: WorkReport) => render(report);
  return [
    {
      title: t('workbench:field.period'),
      key: 'span',
      width: 200,
      render: cell((report) => <Link to={`/work/reports/${report.workReportId}`}>{spanOf(report, formats)}</Link>),
    },
    { title: t('kind'), key: 'period', width: 90, render: cell(({ period }) => <Named value={period} />) },
    { title: t('person'), dataIndex: 'ownerName', width: 120 },
    {
      title: t('workbench:field.state'),
      key: 'state',
      width: 110,
      render: cell(({ state }) => <NamedTag value={state} tone={REPORT_TONES[state] ?? 'default'} />),
    },
    { title: t('completion'), key: 'rate', width: 220, render: cell(({ figures }) => <Rate completion={figures?.completion} />) },
    { title: t('submittedAt'), key: 'submitted', width: 170, render: cell(({ submitTime }) => formats.instant(submitTime)) },
  ];
}
