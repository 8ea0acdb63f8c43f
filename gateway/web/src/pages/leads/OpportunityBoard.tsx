import { ClockCircleOutlined, CloseCircleOutlined, TrophyOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { App } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { client, queries } from '../../api/client';
import { useRefusalWords } from '../../api/refusals';
import { Amount } from '../../design/Amount';
import { useBilingual } from '../../design/bilingual';
import { useFormats } from '../../design/formats';
import { EmptyState, Loaded, PartialState } from '../../design/States';
import { Board } from './Board';
import { nameOf, type Opportunity, type Pipeline, refreshLeads, sumsOf, useMayWork, useOpenOpportunities } from './leads';
import { missingFields } from './MoveDialog';
import { type OpportunityAct, OpportunityDialogs } from './OpportunityDialogs';

interface Props {
  organisationPath: string;
  pipeline: Pipeline;
}

/** Open opportunities by the stage of their pipeline; they leave it won or lost. */
export function OpportunityBoard({ organisationPath, pipeline }: Props) {
  const { t } = useTranslation('leads');
  const list = useOpenOpportunities(organisationPath, pipeline.pipelineId);
  return (
    <Loaded query={list} rows={8}>
      {(page) =>
        page === undefined || page.opportunities.length === 0 ? (
          <EmptyState
            words={t('noOpenOpportunities')}
            action={<Link to="/work/leads?view=opportunities&look=list">{t('toClosedOpportunities')}</Link>}
          />
        ) : (
          <>
            {page.nextPageToken && <PartialState words={t('boardFull', { count: page.opportunities.length })} />}
            <Stages opportunities={page.opportunities} pipeline={pipeline} withOwner={organisationPath !== ''} />
          </>
        )
      }
    </Loaded>
  );
}

interface StagesProps {
  opportunities: Opportunity[];
  pipeline: Pipeline;
  withOwner: boolean;
}

/** Moves at once on the board, and back where the move is refused. */
export function useMoving() {
  const { message } = App.useApp();
  const words = useRefusalWords();
  return useMutation({
    mutationFn: ({ opportunityId, etag, stageCode }: { opportunityId: string; etag: string; stageCode: string }) =>
      client.POST('/v1/opportunities/{opportunityId}:move', {
        params: { path: { opportunityId } },
        body: { stageCode, etag },
      }),
    onMutate: ({ opportunityId, stageCode }) => {
      queries.setQueriesData<{ opportunities: Opportunity[] }>(
        { queryKey: ['/v1/opportunities', 'board'] },
        (page) =>
          page && {
            ...page,
            opportunities: page.opportunities.map((each) =>
              each.opportunityId === opportunityId ? { ...each, stageCode, daysInStage: 0, overdue: false } : each,
            ),
          },
      );
    },
    onError: (error) => message.error(words(error)),
    onSettled: () => refreshLeads(),
  });
}

function Stages({ opportunities, pipeline, withOwner }: StagesProps) {
  const { t } = useTranslation('leads');
  const bilingual = useBilingual();
  const mayWork = useMayWork();
  const moving = useMoving();
  const [acting, setActing] = useState<{ opportunity: Opportunity; act: OpportunityAct | undefined; stageCode: string }>();
  const onMove = (opportunity: Opportunity, to: string) => {
    if (to === 'won' || to === 'lost') return setActing({ opportunity, act: to === 'won' ? 'win' : 'lose', stageCode: '' });
    const stage = pipeline.stages.find(({ stageCode }) => stageCode === to);
    if (stage && missingFields(opportunity, stage).length) return setActing({ opportunity, act: 'move', stageCode: to });
    moving.mutate({ ...opportunity, stageCode: to });
  };
  return (
    <>
      <Board
        label={t('opportunityBoard')}
        columns={pipeline.stages.map((stage) => {
          const items = opportunities.filter(({ stageCode }) => stageCode === stage.stageCode);
          return {
            key: stage.stageCode,
            title: bilingual(stage.displayName),
            items,
            sums: sumsOf(items.map(({ expectedAmount }) => expectedAmount)),
          };
        })}
        exits={[
          { key: 'won', title: t('act.win'), icon: <TrophyOutlined />, list: <ClosedLink state="WON" /> },
          { key: 'lost', title: t('act.lose'), icon: <CloseCircleOutlined />, list: <ClosedLink state="LOST" /> },
        ]}
        itemKey={({ opportunityId }) => opportunityId}
        itemName={({ title }) => title}
        card={(opportunity) => <OpportunityCard opportunity={opportunity} withOwner={withOwner} />}
        mayMove={(opportunity, to) => mayWork(opportunity) && to !== opportunity.stageCode}
        onMove={onMove}
      />
      <OpportunityDialogs
        opportunity={acting?.opportunity}
        pipeline={pipeline}
        act={acting?.act}
        stageCode={acting?.stageCode ?? ''}
        onClose={() => setActing((before) => before && { ...before, act: undefined })}
      />
    </>
  );
}

function ClosedLink({ state }: { state: 'WON' | 'LOST' }) {
  const { t } = useTranslation('leads');
  return (
    <Link to={`/work/leads?view=opportunities&look=list&state=OPPORTUNITY_STATE_${state}`}>
      {t(state === 'WON' ? 'toWon' : 'toLost')}
    </Link>
  );
}

export function OpportunityCard({ opportunity, withOwner }: { opportunity: Opportunity; withOwner: boolean }) {
  const { t } = useTranslation('leads');
  const formats = useFormats();
  const { opportunityId, title, expectedAmount, expectedCloseDate, probability, daysInStage, overdue, ownerName } = opportunity;
  return (
    <>
      <Link to={`/work/leads/opportunities/${opportunityId}`} className="card-title" draggable={false}>
        {title}
      </Link>
      <div className="card-line">
        <span>{nameOf(opportunity)}</span>
        {expectedAmount && (
          <span className="card-amount">
            <Amount money={expectedAmount} />
          </span>
        )}
      </div>
      <div className="card-line card-quiet">
        {expectedCloseDate && <span>{t('closeBy', { date: formats.date(expectedCloseDate) })}</span>}
        {probability && <span>{t('chance', { percent: formats.percent(Number(probability.percent) / 100, 0) })}</span>}
      </div>
      <div className="card-line card-quiet">
        {withOwner && <span>{ownerName}</span>}
        {overdue ? (
          <span className="late">
            <ClockCircleOutlined /> {t('inStageLate', { count: daysInStage })}
          </span>
        ) : (
          opportunity.state === 'OPPORTUNITY_STATE_OPEN' && (
            <span>{daysInStage === 0 ? t('inStageNew') : t('inStage', { count: daysInStage })}</span>
          )
        )}
      </div>
    </>
  );
}
