import { PlusOutlined } from '@ant-design/icons';
import { Button, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { Page } from '../../../design/Page';
import { useFilters } from '../../../design/useFilters';
import { type Claimed, ClaimForm } from './ClaimForm';
import { ClaimList } from './ClaimList';
import { ObjectionDrawer } from './ObjectionDrawer';
import { ObjectionList } from './ObjectionList';
import { PoolList } from './PoolList';
import { PortfolioButton } from './PortfolioButton';
import '../performance.css';

/** Whose results are: claims, what nobody has yet, and objections. */
export default function ClaimsPage() {
  const { t } = useTranslation('performance');
  const { may } = useAccess();
  const [filters, change] = useFilters({ tab: 'claims', scope: '', state: '', objection: '' });
  const [claiming, setClaiming] = useState<Claimed>();
  const mayClaim = may('performance.claim.make');
  const claim = mayClaim ? { onClaim: setClaiming } : {};
  const tab = filters.objection ? 'objections' : filters.tab;
  return (
    <Page
      title={t('claims.title')}
      note={t('claims.note')}
      actions={
        mayClaim && (
          <>
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setClaiming({})}>
              {t('claims.create')}
            </Button>
            <PortfolioButton />
          </>
        )
      }
    >
      <Tabs
        activeKey={tab}
        onChange={(chosen) => change({ tab: chosen, state: '', objection: '' })}
        destroyOnHidden
        items={[
          { key: 'claims', label: t('claims.tab.claims'), children: <ClaimList filters={filters} change={change} /> },
          { key: 'pool', label: t('claims.tab.pool'), children: <PoolList filters={filters} change={change} {...claim} /> },
          { key: 'objections', label: t('claims.tab.objections'), children: <ObjectionList filters={filters} change={change} /> },
        ]}
      />
      {claiming && <ClaimForm claimed={claiming} onClose={() => setClaiming(undefined)} />}
      {filters.objection && (
        <ObjectionDrawer objectionId={filters.objection} onClose={() => change({ objection: '', tab: 'objections' })} />
      )}
    </Page>
  );
}
