import { PlusOutlined } from '@ant-design/icons';
import { Button, Flex, Segmented, Select, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../access/access';
import { useBilingual } from '../../design/bilingual';
import { Page } from '../../design/Page';
import { ScopeSelect, useScopePath } from '../../design/ScopeSelect';
import { Loaded } from '../../design/States';
import { useFilters } from '../../design/useFilters';
import { Funnel } from './Funnel';
import { LeadBoard } from './LeadBoard';
import { NewLead } from './LeadForm';
import { LeadList } from './LeadList';
import { type Pipeline, usePipelines } from './leads';
import { OpportunityBoard } from './OpportunityBoard';
import { NewOpportunity } from './OpportunityForm';
import { OpportunityList } from './OpportunityList';
import './leads.css';

const DEFAULTS = { view: 'leads', look: 'board', scope: '', pipeline: '', state: '', overdue: '', days: '90' };
type Filters = typeof DEFAULTS;

/** Leads and opportunities: what is open on boards, all in lists, and what becomes of them. */
export default function LeadsPage() {
  const { t } = useTranslation('leads');
  const { may } = useAccess();
  const [filters, change] = useFilters(DEFAULTS);
  const [adding, setAdding] = useState<'lead' | 'opportunity'>();
  const pipelines = usePipelines();
  const pipeline = pipelines.data?.find(({ pipelineId }) => pipelineId === filters.pipeline) ?? pipelines.data?.[0];
  const opportunities = filters.view === 'opportunities';
  return (
    <Page
      title={t('title')}
      actions={
        may('activity.lead.update') && (
          <>
            <Button type={opportunities ? 'default' : 'primary'} icon={<PlusOutlined />} onClick={() => setAdding('lead')}>
              {t('newLead')}
            </Button>
            <Button type={opportunities ? 'primary' : 'default'} icon={<PlusOutlined />} onClick={() => setAdding('opportunity')}>
              {t('newOpportunity')}
            </Button>
          </>
        )
      }
    >
      <Tabs
        activeKey={filters.view}
        onChange={(view) => change({ view, state: '', overdue: '' })}
        items={(['leads', 'opportunities', 'funnel'] as const).map((view) => ({ key: view, label: t(`view.${view}`) }))}
      />
      <Flex gap={12} wrap className="filters">
        {filters.view !== 'funnel' && (
          <Segmented
            aria-label={t('look')}
            value={filters.look}
            onChange={(look) => change({ look })}
            options={(['board', 'list'] as const).map((look) => ({ value: look, label: t(`looks.${look}`) }))}
          />
        )}
        <ScopeSelect value={filters.scope} onChange={(scope) => change({ scope })} />
        {filters.view !== 'leads' && pipeline && (
          <PipelineSelect
            pipelines={pipelines.data ?? []}
            chosen={pipeline.pipelineId}
            onChange={(chosen) => change({ pipeline: chosen })}
          />
        )}
      </Flex>
      {filters.view === 'leads' ? (
        <Leads filters={filters} change={change} />
      ) : (
        <Loaded query={pipelines}>
          {() => (pipeline ? <Opportunities filters={filters} change={change} pipeline={pipeline} /> : null)}
        </Loaded>
      )}
      <NewLead open={adding === 'lead'} onClose={() => setAdding(undefined)} />
      <NewOpportunity
        pipelineId={pipeline?.pipelineId ?? ''}
        open={adding === 'opportunity'}
        onClose={() => setAdding(undefined)}
      />
    </Page>
  );
}

interface ViewProps {
  filters: Filters;
  change: (changed: Partial<Filters>) => void;
}

function Leads({ filters, change }: ViewProps) {
  const organisationPath = useScopePath(filters.scope);
  if (filters.look === 'board') return <LeadBoard organisationPath={organisationPath} />;
  return <LeadList organisationPath={organisationPath} filters={listFilters(filters)} onChange={change} />;
}

function Opportunities({ filters, change, pipeline }: ViewProps & { pipeline: Pipeline }) {
  const organisationPath = useScopePath(filters.scope);
  if (filters.view === 'funnel') {
    const { pipelineId } = pipeline;
    return (
      <Funnel
        organisationPath={organisationPath}
        pipelineId={pipelineId}
        days={filters.days}
        onDays={(days) => change({ days })}
      />
    );
  }
  if (filters.look === 'board') return <OpportunityBoard organisationPath={organisationPath} pipeline={pipeline} />;
  return (
    <OpportunityList organisationPath={organisationPath} pipeline={pipeline} filters={listFilters(filters)} onChange={change} />
  );
}

const listFilters = ({ state, overdue }: Filters) => ({ state, overdue });

interface PipelineProps {
  pipelines: Pipeline[];
  chosen: string;
  onChange: (pipelineId: string) => void;
}

/** Which pipeline; nothing to choose where the bank has one. */
function PipelineSelect({ pipelines, chosen, onChange }: PipelineProps) {
  const { t } = useTranslation('leads');
  const bilingual = useBilingual();
  if (pipelines.length < 2) return null;
  return (
    <Select
      aria-label={t('pipeline')}
      value={chosen}
      onChange={onChange}
      options={pipelines.map(({ pipelineId, displayName }) => ({ value: pipelineId, label: bilingual(displayName) }))}
      popupMatchSelectWidth={false}
    />
  );
}
