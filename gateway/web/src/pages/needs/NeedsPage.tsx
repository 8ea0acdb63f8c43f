import { PlusOutlined } from '@ant-design/icons';
import { Button, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../access/access';
import { Page } from '../../design/Page';
import { useFilters } from '../../design/useFilters';
import { NewFeedback } from './FeedbackForm';
import { FeedbackList } from './FeedbackList';
import { WantedBoard } from './WantedBoard';
import './needs.css';

const DEFAULTS = { view: 'wanted', scope: '', kind: '', state: '', overdue: '', days: '90', kinds: '' };

/** What customers want most, what they said, and what waits for an answer. */
export default function NeedsPage() {
  const { t } = useTranslation('needs');
  const { may } = useAccess();
  const [filters, change] = useFilters(DEFAULTS);
  const [adding, setAdding] = useState(false);
  const views = ['wanted', 'all', ...(may('activity.feedback.answer') ? ['answer'] : [])];
  return (
    <Page
      title={t('title')}
      actions={
        may('activity.feedback.record') && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding(true)}>
            {t('new')}
          </Button>
        )
      }
    >
      <Tabs
        activeKey={filters.view}
        onChange={(view) => change({ view })}
        items={views.map((view) => ({ key: view, label: t(`view.${view}`) }))}
      />
      {filters.view === 'wanted' ? (
        <WantedBoard filters={filters} onChange={change} />
      ) : (
        <FeedbackList toAnswer={filters.view === 'answer'} filters={filters} onChange={change} />
      )}
      <NewFeedback open={adding} onClose={() => setAdding(false)} />
    </Page>
  );
}
