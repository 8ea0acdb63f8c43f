import { useMutation } from '@tanstack/react-query';
import { App, Button, Card, Flex } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../../access/access';
import { client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { isStale } from '../../../api/StaleEdit';
import { Amount } from '../../../design/Amount';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { NamedTag } from '../../../design/Named';
import { EmptyState } from '../../../design/States';
import { RelationshipManagerSelect } from '../../../design/selects';
import { isOver, type Plan, type PlanItem } from './departure';

/** The customers of a plan, those with most at risk first. */
export function PlanItems({ plan }: { plan: Plan }) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  const { may } = useAccess();
  const changes = may('analytics.departure.plan') && !isOver(plan);
  return (
    <KeysetTable<PlanItem>
      queryKey={['/v1/departurePlans/items', plan.planId]}
      load={async (pageToken, signal) => {
        const params = { path: { planId: plan.planId }, query: { pageSize: 100, pageToken } };
        const { data } = await client.GET('/v1/departurePlans/{planId}/items', { params, signal });
        return { rows: data?.items ?? [], nextPageToken: data?.nextPageToken ?? '' };
      }}
      rowKey={(item) => item.itemId}
      label={t('departures.items')}
      empty={<EmptyState words={t('departures.noItems')} />}
      columns={[
        {
          title: t('customer'),
          key: 'customer',
          width: 220,
          ellipsis: true,
          render: (_, item) => <Link to={`/customers/${item.customerId}`}>{item.customerName}</Link>,
        },
        {
          title: t('departures.atRisk'),
          key: 'atRisk',
          width: 120,
          align: 'right',
          render: (_, item) => <Amount money={item.atRisk} />,
        },
        {
          title: t('departures.dependenceShort'),
          dataIndex: 'dependenceBasisPoints',
          width: 100,
          align: 'right',
          render: formats.basisPoints,
        },
        {
          title: plan.kind === 'DEPARTURE_PLAN_KIND_HAND_OVER' ? t('departures.successor') : t('departures.second'),
          key: 'person',
          width: 240,
          render: (_, item) => <Successor item={item} changes={changes} />,
        },
        { title: t('departures.contacts'), key: 'contacts', width: 160, render: (_, item) => <Contacts item={item} /> },
        { title: t('state'), key: 'state', width: 110, render: (_, item) => <ItemState item={item} /> },
        { title: '', key: 'actions', width: 100, render: (_, item) => changes && <DropOrTake item={item} /> },
      ]}
      card={(item) => (
        <Card
          size="small"
          title={<Link to={`/customers/${item.customerId}`}>{item.customerName}</Link>}
          extra={<ItemState item={item} />}
        >
          <Flex vertical gap={8}>
            <span>
              {t('departures.atRisk')} <Amount money={item.atRisk} />
            </span>
            <Successor item={item} changes={changes} />
            <Contacts item={item} />
            {changes && <DropOrTake item={item} />}
          </Flex>
        </Card>
      )}
    />
  );
}

function useItemChange(item: PlanItem) {
  const { t } = useTranslation('unit');
  const { message } = App.useApp();
  const words = useRefusalWords();
  return useMutation({
    mutationFn: (changed: { personId?: string; state?: PlanItem['state'] }) =>
      client.PATCH('/v1/departurePlanItems/{itemId}', {
        params: { path: { itemId: item.itemId }, query: { updateMask: Object.keys(changed).join(',') } },
        body: { ...changed, etag: item.etag },
      }),
    onSuccess: () => refresh('/v1/departurePlan'),
    onError: async (error) => {
      void message.error(isStale(error) ? t('changedMeanwhile') : words(error));
      if (isStale(error)) await refresh('/v1/departurePlan');
    },
  });
}

function Successor({ item, changes }: { item: PlanItem; changes: boolean }) {
  const { t } = useTranslation('unit');
  const changing = useItemChange(item);
  if (!changes || item.state !== 'DEPARTURE_PLAN_ITEM_STATE_OPEN') return <>{item.personName || t('departures.nobodyYet')}</>;
  return (
    <RelationshipManagerSelect
      className="unit-stretch"
      aria-label={t('departures.successorOf', { name: item.customerName })}
      placeholder={t('departures.nobodyYet')}
      loading={changing.isPending}
      {...(item.personId ? { value: item.personId } : {})}
      {...(item.personId ? {} : { status: 'warning' as const })}
      onChange={(personId) => changing.mutate({ personId })}
    />
  );
}

function Contacts({ item }: { item: PlanItem }) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  if (!item.contactCount) return <span className="unit-small">{t('departures.noContact')}</span>;
  return (
    <span className="unit-small">
      {t('departures.contactsSince', { count: item.contactCount, date: formats.date(item.lastContactDate) })}
    </span>
  );
}

function ItemState({ item }: { item: PlanItem }) {
  return <NamedTag value={item.state} tone={item.state === 'DEPARTURE_PLAN_ITEM_STATE_DONE' ? 'success' : 'default'} />;
}

function DropOrTake({ item }: { item: PlanItem }) {
  const { t } = useTranslation('unit');
  const changing = useItemChange(item);
  if (item.state === 'DEPARTURE_PLAN_ITEM_STATE_DONE') return null;
  const dropped = item.state === 'DEPARTURE_PLAN_ITEM_STATE_DROPPED';
  return (
    <Button
      size="small"
      aria-label={`${t(dropped ? 'departures.takeIn' : 'departures.drop')} ${item.customerName}`}
      loading={changing.isPending}
      onClick={() => changing.mutate({ state: dropped ? 'DEPARTURE_PLAN_ITEM_STATE_OPEN' : 'DEPARTURE_PLAN_ITEM_STATE_DROPPED' })}
    >
      {t(dropped ? 'departures.takeIn' : 'departures.drop')}
    </Button>
  );
}
