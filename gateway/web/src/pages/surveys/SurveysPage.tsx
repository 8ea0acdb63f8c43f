import { PlusOutlined } from '@ant-design/icons';
import { Button, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../access/access';
import { Page } from '../../design/Page';
import { useFilters } from '../../design/useFilters';
import { InvitationList } from './InvitationList';
import { NewInvitation } from './NewInvitation';
import { NewSurvey } from './NewSurvey';
import { Statistics } from './Statistics';
import { SurveyList } from './SurveyList';
import { TemplateList } from './TemplateList';
import './surveys.css';

const DEFAULTS = { view: 'statistics', scope: '', survey: '', state: '', low: '', days: '365' };

/** How satisfied customers are, who is asked, and with which questions. */
export default function SurveysPage() {
  const { t } = useTranslation('surveys');
  const { may } = useAccess();
  const [filters, change] = useFilters(DEFAULTS);
  const [adding, setAdding] = useState<'invitation' | 'survey'>();
  const close = () => setAdding(undefined);
  return (
    <Page
      title={t('title')}
      actions={
        <>
          {may('activity.survey.collect') && (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding('invitation')}>
              {t('newInvitation')}
            </Button>
          )}
          {may('activity.survey.define') && (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding('survey')}>
              {t('newSurvey')}
            </Button>
          )}
        </>
      }
    >
      <Tabs
        activeKey={filters.view}
        onChange={(view) => change({ view })}
        items={(['statistics', 'invitations', 'surveys', 'templates'] as const).map((view) => ({
          key: view,
          label: t(`view.${view}`),
        }))}
      />
      {filters.view === 'statistics' && <Statistics filters={filters} onChange={change} />}
      {filters.view === 'invitations' && <InvitationList filters={filters} onChange={change} />}
      {filters.view === 'surveys' && <SurveyList />}
      {filters.view === 'templates' && <TemplateList />}
      <NewInvitation open={adding === 'invitation'} onClose={close} />
      <NewSurvey open={adding === 'survey'} onClose={close} />
    </Page>
  );
}
