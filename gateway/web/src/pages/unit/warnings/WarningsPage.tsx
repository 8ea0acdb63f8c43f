import { Flex, Segmented, Switch, Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { api } from '../../../api/client';
import { Amount } from '../../../design/Amount';
import { useFormats } from '../../../design/formats';
import { Page } from '../../../design/Page';
import { FailureState } from '../../../design/States';
import { useFilters } from '../../../design/useFilters';
import { type Tile, Tiles } from '../Tiles';
import { UnitField } from '../UnitField';
import '../unit.css';
import { type BoardFilters, WarningBoard } from './WarningBoard';
import { WarningOutcomes } from './WarningOutcomes';
import type { Overview } from './warning';

/** Which customers of a unit may leave: what an hour of work saves most at, who has it, what lies about, and what became of others. */
export default function WarningsPage() {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  const { scopePath } = useAccess();
  const [filters, change] = useFilters({ unit: scopePath, view: 'board', person: '', signal: '', state: '', overdue: '' });
  const overview = api.useQuery('get', '/v1/warnings:overview', { params: { query: { organisationPath: filters.unit } } });
  const narrowed: BoardFilters = filters;
  return (
    <Page
      title={t('warnings.title')}
      note={overview.data?.asOfDate ? t('asOf', { date: formats.date(overview.data.asOfDate) }) : t('warnings.note')}
    >
      <Flex wrap gap={8} align="center" className="unit-filters">
        <UnitField value={filters.unit} onChange={(unit) => change({ unit, person: '', signal: '' })} />
        {filters.view === 'board' && (
          <>
            <Segmented
              aria-label={t('warnings.stateFilter')}
              value={filters.state}
              onChange={(state) => change({ state })}
              options={[
                { value: '', label: t('warnings.open') },
                { value: 'WARNING_STATE_RAISED', label: t('warnings.raised') },
                { value: 'WARNING_STATE_ACCEPTED', label: t('warnings.accepted') },
                { value: 'WARNING_STATE_POSTPONED', label: t('warnings.postponed') },
              ]}
            />
            <Flex gap={8} align="center">
              <Switch
                aria-label={t('warnings.overdueOnly')}
                checked={filters.overdue === 'yes'}
                onChange={(on) => change({ overdue: on ? 'yes' : '' })}
              />
              {t('warnings.overdueOnly')}
            </Flex>
          </>
        )}
      </Flex>
      {overview.error && !overview.data ? (
        <FailureState error={overview.error} onRetry={() => void overview.refetch()} />
      ) : (
        <OverviewTiles overview={overview.data} />
      )}
      <Tabs
        activeKey={filters.view}
        onChange={(view) => change({ view })}
        items={[
          {
            key: 'board',
            label: t('warnings.board'),
            children: <WarningBoard overview={overview.data} filters={narrowed} change={change} />,
          },
          {
            key: 'outcomes',
            label: t('warnings.outcomes'),
            children: <WarningOutcomes overview={overview.data} unit={filters.unit} />,
          },
        ]}
      />
    </Page>
  );
}

function OverviewTiles({ overview }: { overview: Overview | undefined }) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  const unassigned = overview?.byAssignee.find((each) => !each.assigneePersonId)?.openCount ?? 0;
  const tiles: Tile[] = [
    {
      key: 'open',
      label: t('warnings.open'),
      value: overview?.openCount,
      note: t('warnings.splitNote', { raised: overview?.raisedCount ?? 0, accepted: overview?.acceptedCount ?? 0 }),
    },
    {
      key: 'overdue',
      label: t('warnings.overdue'),
      value: overview?.overdueCount,
      note: unassigned ? t('warnings.unassigned', { count: unassigned }) : t('warnings.allAssigned'),
      pressing: (overview?.overdueCount ?? 0) > 0,
    },
    {
      key: 'risk',
      label: t('warnings.atRisk'),
      value: overview && <Amount money={overview.valueAtRisk} />,
      note: t('warnings.atRiskNote'),
    },
    {
      key: 'loss',
      label: t('warnings.expectedLoss'),
      value: overview && <Amount money={overview.expectedLoss} />,
      note: t('warnings.expectedLossNote'),
    },
    {
      key: 'hours',
      label: t('warnings.hours'),
      value: overview && t('hours', { hours: formats.number(Number(overview.minutes) / 60, 1) }),
      note: overview?.responseHours
        ? t('warnings.response', { hours: formats.number(overview.responseHours, 1) })
        : t('warnings.noResponse'),
    },
  ];
  return <Tiles label={t('warnings.figures')} tiles={tiles} />;
}
