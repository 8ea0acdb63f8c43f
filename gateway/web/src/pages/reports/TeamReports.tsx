import { ExclamationCircleFilled } from '@ant-design/icons';
import { Flex, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { useAccess } from '../../access/access';
import { client } from '../../api/client';
import { KeysetTable } from '../../design/KeysetTable';
import { NamedTag } from '../../design/Named';
import { EmptyState } from '../../design/States';
import { UnitSelect } from '../../design/selects';
import { Rate } from './CompletionView';
import { PeriodChooser } from './PeriodChooser';
import type { Filters } from './ReportsPage';
import { type Period, REPORT_TONES, type TeamReport } from './reports';

interface Props {
  filters: Filters;
  onChange: (changed: Partial<Filters>) => void;
}

/** The reports of one's people for a period: who has handed one in, and how much of the work is done. */
export function TeamReports({ filters, onChange }: Props) {
  const { t } = useTranslation('reports');
  const { scopePath } = useAccess();
  const navigate = useNavigate();
  const columns = useColumns();
  const query = {
    organisationPath: filters.unit || scopePath,
    period: filters.period as Period,
    dayDate: filters.day,
    unsubmittedOnly: filters.missing === 'yes',
  };
  const open = ({ workReportId }: TeamReport) => {
    if (workReportId) navigate(`/work/reports/${workReportId}`);
  };
  return (
    <Flex vertical gap={16}>
      <Flex gap={12} wrap align="center">
        <PeriodChooser period={filters.period} day={filters.day} onChange={onChange} />
        <UnitSelect
          aria-label={t('workbench:field.unit')}
          className="scope-unit"
          below={scopePath}
          value={filters.unit || scopePath}
          onChange={(unit) => onChange({ unit })}
        />
        <Flex gap={8} align="center">
          <Switch
            size="small"
            aria-label={t('onlyMissing')}
            checked={filters.missing === 'yes'}
            onChange={(on) => onChange({ missing: on ? 'yes' : '' })}
          />
          <span>{t('onlyMissing')}</span>
        </Flex>
      </Flex>
      <KeysetTable<TeamReport>
        label={t('view.team')}
        queryKey={['/v1/teamWorkReports', query]}
        load={async (pageToken, signal) => {
          const { data } = await client.GET('/v1/teamWorkReports', { params: { query: { ...query, pageToken } }, signal });
          return { rows: data?.teamWorkReports ?? [], nextPageToken: data?.nextPageToken ?? '' };
        }}
        rowKey={({ personId }) => personId}
        columns={columns}
        card={(row) => <TeamCard row={row} onOpen={() => open(row)} />}
        empty={<EmptyState words={t('noPeople')} />}
        onOpen={open}
      />
    </Flex>
  );
}

function StateWords({ row }: { row: TeamReport }) {
  const { t } = useTranslation('reports');
  if (row.missing) {
    return (
      <span className="late">
        <ExclamationCircleFilled /> {t('missing')}
      </span>
    );
  }
  return row.workReportId ? <NamedTag value={row.state} tone={REPORT_TONES[row.state] ?? 'default'} /> : t('notYet');
}

function TeamCard({ row, onOpen }: { row: TeamReport; onOpen: () => void }) {
  return (
    <button type="button" className="plain report-card" onClick={onOpen} disabled={!row.workReportId}>
      <Flex justify="space-between" gap={8}>
        <strong>{row.personName}</strong>
        <StateWords row={row} />
      </Flex>
      <Rate completion={row.completion} />
    </button>
  );
}

function useColumns() {
  const { t } = useTranslation('reports');
  return [
    { title: t('staffNumber'), dataIndex: 'staffNumber', width: 110 },
    {
      title: t('person'),
      key: 'person',
      width: 140,
      render: (_: unknown, { personName, workReportId }: TeamReport) =>
        workReportId ? <Link to={`/work/reports/${workReportId}`}>{personName}</Link> : personName,
    },
    {
      title: t('report'),
      key: 'state',
      width: 160,
      render: (_: unknown, row: TeamReport) => <StateWords row={row} />,
    },
    {
      title: t('completion'),
      key: 'completion',
      width: 260,
      render: (_: unknown, row: TeamReport) => <Rate completion={row.completion} />,
    },
  ];
}
