import { Card, Flex, Progress } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { client } from '../../../api/client';
import { Amount } from '../../../design/Amount';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { Named, NamedTag } from '../../../design/Named';
import { EmptyState } from '../../../design/States';
import type { Plan } from './departure';

/** What is done about departures, and how far it is. */
export function Plans({ unit }: { unit: string }) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  return (
    <KeysetTable<Plan>
      queryKey={['/v1/departurePlans', unit]}
      load={async (pageToken, signal) => {
        const query = { organisationPath: unit, pageSize: 100, pageToken };
        const { data } = await client.GET('/v1/departurePlans', { params: { query }, signal });
        return { rows: data?.departurePlans ?? [], nextPageToken: data?.nextPageToken ?? '' };
      }}
      rowKey={(plan) => plan.planId}
      label={t('departures.plans')}
      empty={<EmptyState words={t('departures.noPlans')} />}
      columns={[
        {
          title: t('departures.about'),
          key: 'person',
          width: 160,
          render: (_, plan) => <Link to={`/unit/departures/${plan.planId}`}>{plan.personName}</Link>,
        },
        { title: t('departures.kind'), dataIndex: 'kind', width: 160, render: (kind: string) => <Named value={kind} /> },
        { title: t('state'), key: 'state', width: 110, render: (_, plan) => <PlanState plan={plan} /> },
        { title: t('departures.done'), key: 'done', width: 190, render: (_, plan) => <PlanProgress plan={plan} /> },
        { title: t('departures.dueDate'), dataIndex: 'dueDate', width: 130, render: formats.date },
        {
          title: t('departures.atRisk'),
          key: 'atRisk',
          width: 130,
          align: 'right',
          render: (_, plan) => <Amount money={plan.atRisk} />,
        },
        { title: t('departures.owner'), dataIndex: 'ownerName', width: 120 },
      ]}
      card={(plan) => (
        <Card
          size="small"
          title={<Link to={`/unit/departures/${plan.planId}`}>{plan.personName}</Link>}
          extra={<PlanState plan={plan} />}
        >
          <Flex wrap gap="4px 16px">
            <Named value={plan.kind} />
            <span>{formats.date(plan.dueDate)}</span>
            <Amount money={plan.atRisk} />
          </Flex>
          <PlanProgress plan={plan} />
        </Card>
      )}
    />
  );
}

export function PlanState({ plan }: { plan: Plan }) {
  return <NamedTag value={plan.state} tone={plan.state === 'DEPARTURE_PLAN_STATE_RUNNING' ? 'processing' : 'default'} />;
}

export function PlanProgress({ plan }: { plan: Plan }) {
  const { t } = useTranslation('unit');
  const percent = plan.itemCount > 0 ? Math.round((plan.doneCount / plan.itemCount) * 100) : 0;
  return (
    <Progress
      percent={percent}
      size="small"
      aria-label={t('departures.done')}
      format={() => t('departures.doneOf', { done: plan.doneCount, all: plan.itemCount })}
    />
  );
}
