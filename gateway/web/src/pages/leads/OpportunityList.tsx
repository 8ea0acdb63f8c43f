import { Flex } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { client } from '../../api/client';
import { Amount } from '../../design/Amount';
import { useBilingual } from '../../design/bilingual';
import { useFormats } from '../../design/formats';
import { KeysetTable } from '../../design/KeysetTable';
import { NamedTag } from '../../design/Named';
import { EmptyState } from '../../design/States';
import { type ListFilters, StateFilter } from './LeadList';
import { nameOf, OPPORTUNITY_STATES, type Opportunity, type OpportunityState, type Pipeline } from './leads';
import { OpportunityCard } from './OpportunityBoard';

interface Props {
  organisationPath: string;
  pipeline: Pipeline;
  filters: ListFilters;
  onChange: (changed: Partial<ListFilters>) => void;
}

export const OPPORTUNITY_TONES: Record<string, 'success' | 'processing' | 'default'> = {
  OPPORTUNITY_STATE_OPEN: 'processing',
  OPPORTUNITY_STATE_WON: 'success',
};

/** All opportunities of a pipeline, also those that are won or lost. */
export function OpportunityList({ organisationPath, pipeline, filters, onChange }: Props) {
  const { t } = useTranslation('leads');
  const navigate = useNavigate();
  const columns = useColumns(pipeline, organisationPath !== '');
  const states = filters.state ? [filters.state as OpportunityState] : [];
  const overdue = filters.overdue === 'yes';
  const { pipelineId } = pipeline;
  return (
    <Flex vertical gap={12}>
      <StateFilter states={OPPORTUNITY_STATES} filters={filters} onChange={onChange} overdueWords={t('onlyStuck')} />
      <KeysetTable<Opportunity>
        label={t('opportunities')}
        queryKey={['/v1/opportunities', 'list', organisationPath, pipelineId, filters]}
        load={async (pageToken, signal) => {
          const query = { organisationPath, pipelineId, states, overdue, pageToken };
          const { data } = await client.GET('/v1/opportunities', { params: { query }, signal });
          return { rows: data?.opportunities ?? [], nextPageToken: data?.nextPageToken ?? '' };
        }}
        rowKey={({ opportunityId }) => opportunityId}
        columns={columns}
        card={(opportunity) => (
          <div className="board-card">
            <OpportunityCard opportunity={opportunity} withOwner={organisationPath !== ''} />
            <NamedTag value={opportunity.state} tone={OPPORTUNITY_TONES[opportunity.state] ?? 'default'} />
          </div>
        )}
        empty={<EmptyState words={t('noOpportunities')} />}
        onOpen={({ opportunityId }) => navigate(`/work/leads/opportunities/${opportunityId}`)}
      />
    </Flex>
  );
}

function useColumns(pipeline: Pipeline, withOwner: boolean) {
  const { t } = useTranslation('leads');
  const formats = useFormats();
  const bilingual = useBilingual();
  const named = (found: { displayName: string } | undefined) => (found ? bilingual(found.displayName) : '');
  const stage = ({ stageCode }: Opportunity) => named(pipeline.stages.find((each) => each.stageCode === stageCode));
  const reason = ({ reasonCode, state }: Opportunity) => {
    const reasons = state === 'OPPORTUNITY_STATE_WON' ? pipeline.winReasons : pipeline.lossReasons;
    return named(reasons.find((each) => each.reasonCode === reasonCode));
  };
  return [
    {
      title: t('field.title'),
      key: 'title',
      width: 200,
      ellipsis: true,
      render: (_: unknown, each: Opportunity) => <Link to={`/work/leads/opportunities/${each.opportunityId}`}>{each.title}</Link>,
    },
    { title: t('who'), key: 'who', width: 180, ellipsis: true, render: (_: unknown, each: Opportunity) => nameOf(each) },
    {
      title: t('workbench:field.state'),
      key: 'state',
      width: 110,
      render: (_: unknown, { state }: Opportunity) => <NamedTag value={state} tone={OPPORTUNITY_TONES[state] ?? 'default'} />,
    },
    { title: t('stage'), key: 'stage', width: 140, ellipsis: true, render: (_: unknown, each: Opportunity) => stage(each) },
    { title: t('result'), key: 'reason', width: 120, ellipsis: true, render: (_: unknown, each: Opportunity) => reason(each) },
    {
      title: t('field.expectedAmount'),
      key: 'amount',
      width: 120,
      align: 'right' as const,
      render: (_: unknown, each: Opportunity) => <Amount money={each.expectedAmount} />,
    },
    ...(withOwner ? [{ title: t('owner'), dataIndex: 'ownerName', width: 100 }] : []),
    {
      title: t('opened'),
      key: 'opened',
      width: 120,
      render: (_: unknown, each: Opportunity) => formats.date(each.openDate),
    },
    {
      title: t('closed'),
      key: 'closed',
      width: 120,
      render: (_: unknown, each: Opportunity) => formats.date(each.closeDate),
    },
  ];
}
