import { PlusOutlined } from '@ant-design/icons';
import { Button, Segmented } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useAccess } from '../../../access/access';
import { api } from '../../../api/client';
import { Page } from '../../../design/Page';
import { useFilters } from '../../../design/useFilters';
import '../performance.css';
import './schemes.css';
import { SchemeList, type Which } from './SchemeList';

const SchemeForm = lazy(() => import('./SchemeForm'));

/** The schemes by which teams share their deals: each in plain words, and what waits for a second person. */
export default function SchemesPage() {
  const { t } = useTranslation('schemes');
  const { may } = useAccess();
  const navigate = useNavigate();
  const mayDefine = may('performance.scheme.define');
  const [filters, change] = useFilters<{ which: string }>({ which: 'offered' });
  const [creating, setCreating] = useState(false);
  const waiting = api.useQuery(
    'get',
    '/v1/schemes',
    { params: { query: { proposed: true, withRetired: true, pageSize: 1000 } } },
    { enabled: mayDefine },
  );
  const choices: { value: Which; label: string }[] = [
    { value: 'offered', label: t('which.offered') },
    ...(mayDefine
      ? [{ value: 'waiting' as const, label: t('which.waiting', { count: waiting.data?.schemes.length ?? 0 }) }]
      : []),
    { value: 'all', label: t('which.all') },
  ];
  const which = choices.find(({ value }) => value === filters.which)?.value ?? 'offered';
  return (
    <Page
      title={t('title')}
      note={t('note')}
      actions={
        mayDefine && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setCreating(true)}>
            {t('create')}
          </Button>
        )
      }
    >
      <div className="performance-filters">
        <Segmented<Which>
          aria-label={t('which.label')}
          value={which}
          options={choices}
          onChange={(chosen) => change({ which: chosen })}
        />
      </div>
      <SchemeList which={which} />
      <Suspense fallback={null}>
        {creating && (
          <SchemeForm
            onClose={() => setCreating(false)}
            onSaved={({ schemeId }) => void navigate(`/performance/schemes/${schemeId}`)}
          />
        )}
      </Suspense>
    </Page>
  );
}
