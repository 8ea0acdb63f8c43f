import { Flex, Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { api } from '../../../api/client';
import { Amount } from '../../../design/Amount';
import { Page } from '../../../design/Page';
import { useRelationshipManagers } from '../../../design/selects';
import { useFilters } from '../../../design/useFilters';
import { type Tile, Tiles } from '../Tiles';
import { UnitField } from '../UnitField';
import '../unit.css';
import { Absences } from './Absences';
import { Managers } from './Managers';
import { OverdueVisits } from './OverdueVisits';
import { SingleThreaded } from './SingleThreaded';
import { UncoveredPortfolios, useUncovered } from './UncoveredPortfolios';

/** Who looks after whom in a unit; where nobody does, where only one does, and whom nobody has seen for too long. */
export default function CoveragePage() {
  const { t } = useTranslation('unit');
  const { may, scopePath } = useAccess();
  const [filters, change] = useFilters({ unit: scopePath, view: 'managers' });
  const items = [
    { key: 'managers', label: t('coverage.managers'), children: <Managers unit={filters.unit} /> },
    { key: 'uncovered', label: t('coverage.uncovered'), children: <UncoveredPortfolios unit={filters.unit} /> },
    ...(may('analytics.departure.read')
      ? [{ key: 'single', label: t('coverage.single'), children: <SingleThreaded unit={filters.unit} /> }]
      : []),
    ...(may('activity.cycle.read')
      ? [{ key: 'visits', label: t('coverage.visits'), children: <OverdueVisits unit={filters.unit} /> }]
      : []),
    { key: 'absences', label: t('coverage.absences'), children: <Absences unit={filters.unit} /> },
  ];
  return (
    <Page title={t('coverage.title')} note={t('coverage.note')}>
      <Flex wrap gap={8} className="unit-filters">
        <UnitField value={filters.unit} onChange={(unit) => change({ unit })} />
      </Flex>
      <CoverageTiles unit={filters.unit} />
      <Tabs activeKey={filters.view} onChange={(view) => change({ view })} destroyOnHidden items={items} />
    </Page>
  );
}

function CoverageTiles({ unit }: { unit: string }) {
  const { t } = useTranslation('unit');
  const { may } = useAccess();
  const managers = useRelationshipManagers();
  const uncovered = useUncovered(unit);
  const knowsDependence = may('analytics.departure.read');
  const knowsCycles = may('activity.cycle.read');
  const dependence = api.useQuery(
    'get',
    '/v1/unitDependence',
    { params: { query: { organisationPath: unit } } },
    { enabled: knowsDependence },
  );
  const single = api.useQuery(
    'get',
    '/v1/dependences',
    { params: { query: { organisationPath: unit, singleThreaded: true, pageSize: COUNTED_MAX } } },
    { enabled: knowsDependence },
  );
  const overdue = api.useQuery(
    'get',
    '/v1/visitCycles',
    { params: { query: { organisationPath: unit, overdue: true, pageSize: COUNTED_MAX } } },
    { enabled: knowsCycles },
  );
  const people = managers.data?.filter((person) => person.organisationPath.startsWith(unit)).length;
  const waiting = uncovered.data?.reduce((sum, each) => sum + each.customerCount, 0);
  const keys = overdue.data?.visitCycles.filter((cycle) => cycle.key).length ?? 0;
  const counted = (count: number | undefined, more: string | undefined) =>
    count === undefined ? undefined : more ? `${count}+` : count;
  const tiles: (Tile | false)[] = [
    {
      key: 'people',
      label: t('coverage.people'),
      value: managers.isError ? '—' : people,
      note: dependence.data && t('departures.customers', { count: dependence.data.customerCount }),
    },
    {
      key: 'uncovered',
      label: t('coverage.uncovered'),
      value: uncovered.isError ? '—' : waiting,
      note:
        uncovered.data &&
        (uncovered.data.length ? t('coverage.leftBehind', { count: uncovered.data.length }) : t('coverage.allCovered')),
      pressing: (waiting ?? 0) > 0,
    },
    knowsDependence && {
      key: 'single',
      label: t('coverage.single'),
      value: single.isError ? '—' : counted(single.data?.dependences.length, single.data?.nextPageToken),
      note: dependence.data && (
        <>
          {t('departures.atRisk')} <Amount money={dependence.data.atRisk} />
        </>
      ),
    },
    knowsCycles && {
      key: 'visits',
      label: t('coverage.visits'),
      value: overdue.isError ? '—' : counted(overdue.data?.visitCycles.length, overdue.data?.nextPageToken),
      note: overdue.data && (keys ? t('coverage.keyOverdue', { count: keys }) : t('coverage.noKeyOverdue')),
      pressing: keys > 0,
    },
  ];
  return <Tiles label={t('coverage.figures')} tiles={tiles.filter((tile) => tile !== false)} />;
}

/** So many are counted; above that it is said that there are more. */
const COUNTED_MAX = 500;
