import { useMutation } from '@tanstack/react-query';
import { App, Button, Card, Descriptions, type DescriptionsProps, Flex, Steps, Timeline, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { useAccess } from '../../access/access';
import { api, client } from '../../api/client';
import { useRefusalWords } from '../../api/refusals';
import { Amount } from '../../design/Amount';
import { useBilingual } from '../../design/bilingual';
import { useFormats } from '../../design/formats';
import { Named, NamedTag, useNamed } from '../../design/Named';
import { Page } from '../../design/Page';
import { useProductName } from '../../design/products';
import { EmptyState, Loaded } from '../../design/States';
import { addressOf } from '../../shell/resources';
import { nameOf, type Opportunity, type Pipeline, refreshLeads, useMayWork, usePipelineOf } from './leads';
import { missingFields } from './MoveDialog';
import { useMoving } from './OpportunityBoard';
import { type OpportunityAct, OpportunityDialogs } from './OpportunityDialogs';
import { EditOpportunity } from './OpportunityForm';
import { OPPORTUNITY_TONES } from './OpportunityList';
import './leads.css';

/** One opportunity: at which stage, how likely, who works on it and what they did. */
export default function OpportunityPage() {
  const { opportunityId = '' } = useParams();
  const opportunity = api.useQuery('get', '/v1/opportunities/{opportunityId}', { params: { path: { opportunityId } } });
  const pipeline = usePipelineOf(opportunity.data);
  return (
    <Loaded query={opportunity} rows={10}>
      {(data) => (
        <Loaded query={pipeline} rows={10}>
          {(stages) => (stages ? <OpportunityView opportunity={data} pipeline={stages} /> : null)}
        </Loaded>
      )}
    </Loaded>
  );
}

interface ViewProps {
  opportunity: Opportunity;
  pipeline: Pipeline;
}

function OpportunityView({ opportunity, pipeline }: ViewProps) {
  const { t } = useTranslation('leads');
  const [acting, setActing] = useState<{ act: OpportunityAct | 'edit'; stageCode?: string }>();
  const close = () => setActing(undefined);
  const act = acting?.act;
  return (
    <Page
      tab={opportunity.title}
      title={
        <Flex gap={8} align="center" wrap>
          {opportunity.title}
          <NamedTag value={opportunity.state} tone={OPPORTUNITY_TONES[opportunity.state] ?? 'default'} />
        </Flex>
      }
      note={t('leadNote', { name: nameOf(opportunity), owner: opportunity.ownerName })}
      actions={<Actions opportunity={opportunity} onAct={(chosen) => setActing({ act: chosen })} />}
    >
      <Flex vertical gap={16}>
        <StagePath opportunity={opportunity} pipeline={pipeline} onAsk={(stageCode) => setActing({ act: 'move', stageCode })} />
        <div className="two-columns">
          <Flex vertical gap={16}>
            <Facts opportunity={opportunity} pipeline={pipeline} />
            <Touches opportunity={opportunity} pipeline={pipeline} />
          </Flex>
          <Flex vertical gap={16}>
            <Members opportunity={opportunity} />
            {opportunity.note && (
              <Card title={t('field.note')}>
                <p className="said">{opportunity.note}</p>
              </Card>
            )}
          </Flex>
        </div>
      </Flex>
      <OpportunityDialogs
        opportunity={opportunity}
        pipeline={pipeline}
        act={act === 'edit' ? undefined : act}
        stageCode={acting?.stageCode ?? ''}
        onClose={close}
      />
      <EditOpportunity opportunity={opportunity} open={act === 'edit'} onClose={close} />
    </Page>
  );
}

function Actions({ opportunity, onAct }: { opportunity: Opportunity; onAct: (act: OpportunityAct | 'edit') => void }) {
  const { t } = useTranslation('leads');
  const { may } = useAccess();
  const { message } = App.useApp();
  const words = useRefusalWords();
  const reopening = useMutation({
    mutationFn: () =>
      client.POST('/v1/opportunities/{opportunityId}:reopen', {
        params: { path: { opportunityId: opportunity.opportunityId } },
        body: { etag: opportunity.etag },
      }),
    onSuccess: () => refreshLeads(),
    onError: (error) => message.error(words(error)),
  });
  if (!useMayWork()(opportunity)) return null;
  if (opportunity.state !== 'OPPORTUNITY_STATE_OPEN') {
    return (
      <Button loading={reopening.isPending} onClick={() => reopening.mutate()}>
        {t('act.reopen')}
      </Button>
    );
  }
  return (
    <>
      <Button type="primary" onClick={() => onAct('win')}>
        {t('act.win')}
      </Button>
      <Button danger onClick={() => onAct('lose')}>
        {t('act.lose')}
      </Button>
      {may('activity.lead.assign') && <Button onClick={() => onAct('reassign')}>{t('act.reassign')}</Button>}
      <Button onClick={() => onAct('edit')}>{t('workbench:action.edit')}</Button>
    </>
  );
}

/** The stages in a row; whoever works on it moves it by choosing one. */
function StagePath({ opportunity, pipeline, onAsk }: ViewProps & { onAsk: (stageCode: string) => void }) {
  const { t } = useTranslation('leads');
  const bilingual = useBilingual();
  const open = opportunity.state === 'OPPORTUNITY_STATE_OPEN';
  const mayWork = useMayWork()(opportunity) && open;
  const moving = useMoving();
  const current = pipeline.stages.findIndex(({ stageCode }) => stageCode === opportunity.stageCode);
  const move = (index: number) => {
    const stage = pipeline.stages[index];
    if (!stage || index === current) return;
    if (missingFields(opportunity, stage).length) onAsk(stage.stageCode);
    else moving.mutate({ ...opportunity, stageCode: stage.stageCode });
  };
  return (
    <Card>
      <Steps
        className="stages"
        size="small"
        current={opportunity.state === 'OPPORTUNITY_STATE_WON' ? pipeline.stages.length : current}
        status={opportunity.state === 'OPPORTUNITY_STATE_LOST' ? 'error' : 'process'}
        {...(mayWork ? { onChange: move } : {})}
        items={pipeline.stages.map((stage, index) => ({
          title: bilingual(stage.displayName),
          ...(index === current && open
            ? { content: opportunity.daysInStage === 0 ? t('inStageNew') : t('inStage', { count: opportunity.daysInStage }) }
            : {}),
        }))}
      />
    </Card>
  );
}

function Facts({ opportunity, pipeline }: ViewProps) {
  const { t } = useTranslation('leads');
  const formats = useFormats();
  const bilingual = useBilingual();
  const product = useProductName();
  const { probability } = opportunity;
  const reason = [...pipeline.winReasons, ...pipeline.lossReasons].find(
    ({ reasonCode }) => reasonCode === opportunity.reasonCode,
  );
  const closed = opportunity.state !== 'OPPORTUNITY_STATE_OPEN';
  const items: DescriptionsProps['items'] = [
    {
      key: 'who',
      label: t('who'),
      children: opportunity.customerId ? (
        <Link to={`/customers/${opportunity.customerId}`}>{nameOf(opportunity)}</Link>
      ) : (
        opportunity.prospectName
      ),
    },
    {
      key: 'amount',
      label: t(opportunity.state === 'OPPORTUNITY_STATE_WON' ? 'wonAmount' : 'field.expectedAmount'),
      children: <Amount money={opportunity.expectedAmount} exact />,
    },
    { key: 'products', label: t('field.products'), children: opportunity.productCodes.map(product).join(t('comma')) || '—' },
    { key: 'due', label: t('field.expectedCloseDate'), children: formats.date(opportunity.expectedCloseDate) },
    { key: 'opened', label: t('opened'), children: formats.date(opportunity.openDate) },
    {
      key: 'age',
      label: t('ageLabel'),
      children: opportunity.ageDays === 0 ? t('ageNew') : t('age', { count: opportunity.ageDays }),
    },
    { key: 'competitors', label: t('field.competitors'), children: opportunity.competitors.join(t('comma')) || '—' },
    ...(closed
      ? [
          { key: 'closed', label: t('closed'), children: formats.date(opportunity.closeDate) },
          { key: 'reason', label: t('reason'), children: reason ? bilingual(reason.displayName) : '—' },
        ]
      : []),
    ...(opportunity.wonBy ? [{ key: 'wonBy', label: t('lostTo'), children: opportunity.wonBy }] : []),
    ...(opportunity.leadId
      ? [
          {
            key: 'lead',
            label: t('fromLead'),
            children: <Link to={`/work/leads/${opportunity.leadId}`}>{t('workbench:action.show')}</Link>,
          },
        ]
      : []),
    ...(probability && !closed
      ? [{ key: 'chance', label: t('chanceLabel'), children: <Chance probability={probability} /> }]
      : []),
  ];
  return (
    <Card title={t('facts')}>
      <Descriptions column={{ xs: 1, sm: 2 }} items={items} />
    </Card>
  );
}

/** How likely it is won, and what that stands on. */
function Chance({ probability }: { probability: NonNullable<Opportunity['probability']> }) {
  const { t } = useTranslation('leads');
  const formats = useFormats();
  const { percent, caseCount, wonCount, pipelinePercent } = probability;
  return (
    <Flex vertical>
      <span>{formats.percent(Number(percent) / 100, 0)}</span>
      <Typography.Text type="secondary">
        {caseCount
          ? t('chanceCases', { cases: formats.number(caseCount), won: formats.number(wonCount) })
          : t('chancePipeline', { percent: pipelinePercent })}
      </Typography.Text>
    </Flex>
  );
}

function Members({ opportunity }: { opportunity: Opportunity }) {
  const { t } = useTranslation('leads');
  const people = [
    { personId: opportunity.ownerPersonId, displayName: opportunity.ownerName, role: 'MEMBER_ROLE_OWNER' },
    ...opportunity.members,
  ];
  return (
    <Card title={t('field.members')}>
      <ul className="rows">
        {people.map(({ personId, displayName, role }) => (
          <li key={personId}>
            <span>{displayName}</span>
            <Typography.Text type="secondary">
              <Named value={role} />
            </Typography.Text>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Touches({ opportunity, pipeline }: ViewProps) {
  const { t } = useTranslation('leads');
  const formats = useFormats();
  const bilingual = useBilingual();
  const named = useNamed();
  const path = { opportunityId: opportunity.opportunityId };
  const list = api.useQuery('get', '/v1/opportunities/{opportunityId}/touches', { params: { path } });
  const names = new Map(opportunity.members.map(({ personId, displayName }) => [personId, displayName]));
  names.set(opportunity.ownerPersonId, opportunity.ownerName);
  const stage = (code: string) => bilingual(pipeline.stages.find(({ stageCode }) => stageCode === code)?.displayName ?? '');
  return (
    <Card title={t('touches')}>
      <Loaded query={list} isEmpty={({ touches }) => touches.length === 0} empty={<EmptyState words={t('noTouches')} />}>
        {({ touches }) => (
          <Timeline
            items={touches.toReversed().map((touch) => {
              const address = addressOf(touch.resource);
              const words = named(touch.kind);
              return {
                content: (
                  <Flex vertical>
                    <span>
                      {address && touch.kind === 'TOUCH_KIND_CONTACT' ? <Link to={address}>{words}</Link> : words}
                      {touch.minutes > 0 && ` · ${t('minutes', { count: touch.minutes })}`}
                    </span>
                    <Typography.Text type="secondary">
                      {[formats.date(touch.businessDate), names.get(touch.personId), stage(touch.stageCode)]
                        .filter(Boolean)
                        .join(' · ')}
                    </Typography.Text>
                  </Flex>
                ),
              };
            })}
          />
        )}
      </Loaded>
    </Card>
  );
}
