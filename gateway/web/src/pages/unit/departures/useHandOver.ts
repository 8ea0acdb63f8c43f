import { pages, type Schema } from '@rm-workbench/client';
import { useMutation } from '@tanstack/react-query';
import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import type { Plan } from './departure';

const PAGE_SIZE = 200;

/**
 * Plans the hand-over that a departure's plan assigns, and opens it: nothing moves before it was looked at and carried out there.
 *
 * Of a person alone, the plan is made first.
 */
export function useHandOver() {
  const { t } = useTranslation('unit');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async (of: Plan | { personId: string }) => {
      const plan = 'planId' in of ? of : await proposed(of.personId);
      return plan && handOver(plan, t('departures.handOverReason', { name: plan.personName }));
    },
    onSuccess: (planned) => planned && navigate(`/customers/hand-overs/${planned.handOverId}`),
    onError: (error) => void message.error(words(error)),
    onSettled: () => refresh('/v1/handOvers', '/v1/departurePlans'),
  });
}

async function proposed(personId: string): Promise<Plan | undefined> {
  const body = { personId, kind: 'DEPARTURE_PLAN_KIND_HAND_OVER' as const };
  return (await client.POST('/v1/departurePlans', { body })).data;
}

/** Customers for whom nobody is found yet are named too: the hand-over tells that they cannot move. */
async function handOver({ planId }: Plan, reason: string): Promise<Schema<'customer.v1.HandOver'> | undefined> {
  const path = { planId };
  const items: Schema<'analytics.v1.DeparturePlanItem'>[] = [];
  for await (const page of pages((pageToken) =>
    client.GET('/v1/departurePlans/{planId}/items', { params: { path, query: { pageSize: PAGE_SIZE, pageToken } } }),
  )) {
    items.push(...page.items.filter(({ state, leads }) => state === 'DEPARTURE_PLAN_ITEM_STATE_OPEN' && !leads));
  }
  const assignments = items.filter(({ personId }) => personId).map(({ customerId, personId }) => ({ customerId, personId }));
  const body = {
    customerIds: items.map(({ customerId }) => customerId),
    receiverPersonIds: [...new Set(assignments.map(({ personId }) => personId))],
    rule: 'HAND_OVER_RULE_EXPLICIT' as const,
    assignments,
    reason,
  };
  return (await client.POST('/v1/handOvers', { body })).data;
}
