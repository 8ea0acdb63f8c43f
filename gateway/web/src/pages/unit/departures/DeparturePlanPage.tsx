import { useMutation } from '@tanstack/react-query';
import { App, Button, Card, Flex, Popconfirm } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { useAccess } from '../../../access/access';
import { api, client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { Amount } from '../../../design/Amount';
import { useFormats } from '../../../design/formats';
import { Named } from '../../../design/Named';
import { Page } from '../../../design/Page';
import { FailureState, LoadingState } from '../../../design/States';
import '../unit.css';
import { isOver, type Plan } from './departure';
import { PlanItems } from './PlanItems';
import { PlanProgress, PlanState } from './Plans';
import { useHandOver } from './useHandOver';

/** One plan: for each customer, who is to know him; done where contacts tell so. */
export default function DeparturePlanPage() {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  const { planId = '' } = useParams();
  const plan = api.useQuery('get', '/v1/departurePlans/{planId}', { params: { path: { planId } } });
  if (plan.error && !plan.data) return <FailureState error={plan.error} onRetry={() => void plan.refetch()} />;
  if (!plan.data) return <LoadingState rows={10} />;
  const { data } = plan;
  return (
    <Page
      title={t('departures.planOf', { name: data.personName })}
      note={
        <>
          <Named value={data.kind} /> · {t('departures.dueOn', { date: formats.date(data.dueDate) })}
        </>
      }
      actions={<PlanActions plan={data} />}
    >
      <Card size="small" className="unit-filters">
        <Flex wrap gap="12px 32px" align="center">
          <PlanState plan={data} />
          <span className="unit-plan-progress">
            <PlanProgress plan={data} />
          </span>
          <span>
            {t('departures.atRisk')} <Amount money={data.atRisk} />
          </span>
          {data.unassignedCount > 0 && (
            <span className="unit-late">{t('departures.unassigned', { count: data.unassignedCount })}</span>
          )}
          <span>{t('departures.ownerIs', { name: data.ownerName })}</span>
        </Flex>
      </Card>
      <PlanItems plan={data} />
    </Page>
  );
}

function PlanActions({ plan }: { plan: Plan }) {
  const { t } = useTranslation('unit');
  const { may } = useAccess();
  const { message } = App.useApp();
  const words = useRefusalWords();
  const navigate = useNavigate();
  const path = { planId: plan.planId };
  const draft = plan.state === 'DEPARTURE_PLAN_STATE_DRAFT';
  const starting = useMutation({
    mutationFn: () => client.POST('/v1/departurePlans/{planId}:start', { params: { path }, body: { etag: plan.etag } }),
    onSuccess: async () => {
      void message.success(t('departures.started'));
      await refresh('/v1/departurePlan', '/v1/task');
    },
    onError: (error) => void message.error(words(error)),
  });
  const ending = useMutation({
    mutationFn: () => client.POST('/v1/departurePlans/{planId}:end', { params: { path }, body: { etag: plan.etag } }),
    onSuccess: async () => {
      await refresh('/v1/departurePlan', '/v1/task');
      if (draft) await navigate('/unit/departures?view=plans');
    },
    onError: (error) => void message.error(words(error)),
  });
  const handingOver = useHandOver();
  if (!may('analytics.departure.plan') || isOver(plan)) return null;
  return (
    <>
      {plan.kind === 'DEPARTURE_PLAN_KIND_HAND_OVER' && may('customer.coverage.transfer') && (
        <Button loading={handingOver.isPending} onClick={() => handingOver.mutate(plan)}>
          {t('departures.makeHandOver')}
        </Button>
      )}
      {draft && (
        <Button type="primary" loading={starting.isPending} onClick={() => starting.mutate()}>
          {t('departures.start')}
        </Button>
      )}
      <Popconfirm title={t(draft ? 'departures.throwAwaySure' : 'departures.endSure')} onConfirm={() => ending.mutate()}>
        <Button danger={!draft} loading={ending.isPending}>
          {t(draft ? 'departures.throwAway' : 'departures.end')}
        </Button>
      </Popconfirm>
    </>
  );
}
