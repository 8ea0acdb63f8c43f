import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { api } from '../../../api/client';
import { type Tile, Tiles } from '../Tiles';
import type { TeamDay } from './teamDay';

const sum = (numbers: number[]) => numbers.reduce((one, other) => one + other, 0);

/** The day in five numbers, each of which leads to where it is looked at. */
export function DayTiles({ day, unit }: { day: TeamDay; unit: string }) {
  const { t } = useTranslation('unit');
  const { may } = useAccess();
  const approvals = api.useQuery('get', '/v1/approvals:count', {}, { enabled: may('activity.approval.read') });
  const late = sum(day.loads.data?.map((load) => load.overdueCount) ?? []);
  const away = day.loads.data?.filter((load) => load.absent).length ?? 0;
  const missing = day.reports.data?.filter((report) => report.missing).length ?? 0;
  const submitted = day.reports.data?.filter((report) => report.state === 'WORK_REPORT_STATE_SUBMITTED').length ?? 0;
  const overdue = day.warnings.data?.overdueCount ?? 0;
  const within = `?unit=${encodeURIComponent(unit)}`;
  const tiles: Tile[] = [
    {
      key: 'planned',
      label: t('day.planned'),
      value: day.entries.isError ? '—' : day.entries.data?.length,
      note: day.loads.data && (away > 0 ? t('day.away', { count: away }) : t('day.nobodyAway')),
    },
    {
      key: 'tasks',
      label: t('day.tasks'),
      value: day.loads.data && sum(day.loads.data.map((load) => load.openCount)),
      note: day.loads.data && (late > 0 ? t('day.late', { count: late }) : t('day.nothingLate')),
      pressing: late > 0,
      to: `/unit/dispatch${within}`,
    },
    {
      key: 'warnings',
      label: t('day.warnings'),
      value: day.warnings.data?.openCount,
      note: day.warnings.data && (overdue > 0 ? t('day.notTakenUp', { count: overdue }) : t('day.allTakenUp')),
      pressing: overdue > 0,
      to: `/unit/warnings${within}`,
    },
    {
      key: 'reports',
      label: t('day.reports'),
      value: day.reports.data && submitted,
      note: day.reports.data && (missing > 0 ? t('day.missing', { count: missing }) : t('day.noneMissing')),
      pressing: missing > 0,
      to: '/work/reports',
    },
    {
      key: 'approvals',
      label: t('day.approvals'),
      value: approvals.data && (approvals.data.more ? `${approvals.data.count}+` : approvals.data.count),
      note: approvals.data && t(approvals.data.count ? 'day.waitForMe' : 'day.nothingWaits'),
      to: '/unit/approvals',
    },
  ];
  const shown = tiles.filter(
    ({ key }) =>
      (key !== 'warnings' || may('analytics.warning.read')) &&
      (key !== 'reports' || may('activity.report.read')) &&
      (key !== 'approvals' || may('activity.approval.read')),
  );
  return <Tiles label={t('day.figures')} tiles={shown} />;
}
