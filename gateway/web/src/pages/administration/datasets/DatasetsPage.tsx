import { Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { Page } from '../../../design/Page';
import { useFilters } from '../../../design/useFilters';
import { AppliedDatasets } from './AppliedDatasets';
import { CurrentDatasets } from './CurrentDatasets';
import { DatasetDrawer } from './DatasetDrawer';
import { DatasetRevisions } from './DatasetRevisions';
import { DatasetTasks } from './DatasetTasks';
import { Reconciliations } from './Reconciliations';
import '../administration.css';

/** The revisions of datasets: which stand, which were corrected, what became of them, whether they agree with one another. */
export default function DatasetsPage() {
  const { t } = useTranslation('administration');
  const { may, has } = useAccess();
  const [filters, setFilters] = useFilters({ tab: 'current', dataset: '' });
  const open = (dataset: { datasetId: string }) => setFilters({ dataset: dataset.datasetId });
  return (
    <Page
      title={t('workbench:nav.datasets')}
      note={t('datasets.note')}
      actions={may('integration.dataset.manage') && <DatasetTasks />}
    >
      <Tabs
        activeKey={filters.tab}
        onChange={(tab) => setFilters({ tab })}
        destroyOnHidden
        items={[
          { key: 'current', label: t('datasets.current'), children: <CurrentDatasets onOpen={open} /> },
          { key: 'revisions', label: t('datasets.revisions'), children: <DatasetRevisions onOpen={open} /> },
          ...(has('customer') ? [{ key: 'applied', label: t('datasets.applied'), children: <AppliedDatasets /> }] : []),
          ...(may('integration.totals.read')
            ? [{ key: 'reconciliations', label: t('datasets.reconciliations'), children: <Reconciliations /> }]
            : []),
        ]}
      />
      {filters.dataset && <DatasetDrawer datasetId={filters.dataset} onClose={() => setFilters({ dataset: '' })} />}
    </Page>
  );
}
