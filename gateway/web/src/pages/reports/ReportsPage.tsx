import { Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../access/access';
import { Page } from '../../design/Page';
import { useFilters } from '../../design/useFilters';
import { MyReport } from './MyReport';
import { PastReports } from './PastReports';
import { TeamReports } from './TeamReports';
import './reports.css';

const DEFAULTS = { view: '', period: 'WORK_PERIOD_DAY', day: '', unit: '', missing: '' };
export type Filters = typeof DEFAULTS;

/** Reports of days, weeks and months: one's own, drafted from what one did, and those of one's people. */
export default function ReportsPage() {
  const { t } = useTranslation('reports');
  const { may, leads } = useAccess();
  const [filters, change] = useFilters(DEFAULTS);
  const views = [
    ...(leads && may('activity.report.confirm') ? ['team'] : []),
    ...(may('activity.report.write') ? ['mine'] : []),
    'past',
  ];
  const view = filters.view || views[0];
  return (
    <Page title={t('title')}>
      <Tabs
        {...(view ? { activeKey: view } : {})}
        onChange={(chosen) => change({ view: chosen })}
        items={views.map((each) => ({ key: each, label: t(`view.${each}`) }))}
      />
      {view === 'mine' && <MyReport filters={filters} onChange={change} />}
      {view === 'team' && <TeamReports filters={filters} onChange={change} />}
      {view === 'past' && <PastReports filters={filters} onChange={change} />}
    </Page>
  );
}
