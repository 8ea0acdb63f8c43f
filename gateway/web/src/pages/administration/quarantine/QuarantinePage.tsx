import { Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { Page } from '../../../design/Page';
import { useFilters } from '../../../design/useFilters';
import { QuarantinedRows } from './QuarantinedRows';
import { RefusedRows } from './RefusedRows';
import '../administration.css';

/** Rows that could not be taken, and rows that were taken and could not be applied to customers. */
export default function QuarantinePage() {
  const { t } = useTranslation('administration');
  const { has } = useAccess();
  const [filters, setFilters] = useFilters({ tab: 'rows' });
  return (
    <Page title={t('workbench:nav.quarantine')} note={t('quarantine.note')}>
      <Tabs
        activeKey={filters.tab}
        onChange={(tab) => setFilters({ tab })}
        destroyOnHidden
        items={[
          { key: 'rows', label: t('quarantine.rows'), children: <QuarantinedRows /> },
          ...(has('customer') ? [{ key: 'refused', label: t('quarantine.refused'), children: <RefusedRows /> }] : []),
        ]}
      />
    </Page>
  );
}
