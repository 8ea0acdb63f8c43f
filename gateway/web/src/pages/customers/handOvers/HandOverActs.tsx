import { Refusal } from '@rm-workbench/client';
import { useMutation } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { ReasonDialog } from '../../../design/ReasonDialog';
import type { HandOver } from './handOver';

type Act = 'execute' | 'approve' | 'refresh' | 'withdraw';
type ReasonedAct = 'reject' | 'return';

const ACT_PATHS = {
  execute: '/v1/handOvers/{handOverId}:execute',
  approve: '/v1/handOvers/{handOverId}:approve',
  refresh: '/v1/handOvers/{handOverId}:refresh',
  withdraw: '/v1/handOvers/{handOverId}:withdraw',
} as const;
const REASONED_PATHS = { reject: '/v1/handOvers/{handOverId}:reject', return: '/v1/handOvers/{handOverId}:return' } as const;

const settled = () => refresh('/v1/handOvers', '/v1/customers', '/v1/uncoveredPortfolios');

/** What the caller can do with the hand-over as it stands. */
export function HandOverActs({ handOver }: { handOver: HandOver }) {
  const { t } = useTranslation('customers');
  const { may, personId } = useAccess();
  const { act, busy } = useAct(handOver);
  const [asking, setAsking] = useState<ReasonedAct>();
  const { state, proposerPersonId } = handOver;
  const plans = may('customer.coverage.transfer');
  const open = state === 'HAND_OVER_STATE_PLANNED' || state === 'HAND_OVER_STATE_PROPOSED';
  // Maker is never checker: whoever proposed it is not offered what would be refused.
  const decides = state === 'HAND_OVER_STATE_PROPOSED' && may('customer.coverage.approve') && proposerPersonId !== personId;
  return (
    <>
      {state === 'HAND_OVER_STATE_PLANNED' && plans && (
        <Button type="primary" loading={busy} disabled={!handOver.customerCount} onClick={() => act('execute')}>
          {t(handOver.secondPersonNeeded ? 'handOver.propose' : 'handOver.execute')}
        </Button>
      )}
      {decides && (
        <>
          <Button type="primary" loading={busy} onClick={() => act('approve')}>
            {t('handOver.approve')}
          </Button>
          <Button danger onClick={() => setAsking('reject')}>
            {t('handOver.reject')}
          </Button>
        </>
      )}
      {open && plans && (
        <>
          <Button onClick={() => act('refresh')}>{t('handOver.refresh')}</Button>
          <Button onClick={() => act('withdraw')}>{t('handOver.withdraw')}</Button>
        </>
      )}
      {state === 'HAND_OVER_STATE_EXECUTED' && may('customer.coverage.assign') && (
        <Button danger onClick={() => setAsking('return')}>
          {t('handOver.return')}
        </Button>
      )}
      {asking && <Reasoned handOver={handOver} act={asking} onClose={() => setAsking(undefined)} />}
    </>
  );
}

function useAct(handOver: HandOver) {
  const { t } = useTranslation('customers');
  const { message, modal } = App.useApp();
  const words = useRefusalWords();
  const acting = useMutation({
    mutationFn: async ({ act, skipChanged }: { act: Act; skipChanged: boolean }) => {
      const params = { path: { handOverId: handOver.handOverId } };
      if (act === 'execute' || act === 'approve') {
        return (await client.POST(ACT_PATHS[act], { params, body: { etag: handOver.etag, skipChanged } })).data;
      }
      return (await client.POST(ACT_PATHS[act], { params, body: {} })).data;
    },
    onSuccess: async (done, { act }) => {
      const proposed = act === 'execute' && done?.state === 'HAND_OVER_STATE_PROPOSED';
      void message.success(t(proposed ? 'handOver.done.propose' : `handOver.done.${act}`));
      await settled();
    },
    onError: (error, { act }) => {
      // Customers changed since the plan was made: they can be left out, or the plan is made anew.
      if (error instanceof Refusal && error.reason === 'HAND_OVER_CHANGED' && (act === 'execute' || act === 'approve')) {
        modal.confirm({
          title: t('handOver.changed'),
          content: t('handOver.changedHint'),
          okText: t('handOver.skipChanged'),
          onOk: () => acting.mutate({ act, skipChanged: true }),
        });
      } else void message.error(words(error));
    },
  });
  return { act: (act: Act) => acting.mutate({ act, skipChanged: false }), busy: acting.isPending };
}

function Reasoned({ handOver, act, onClose }: { handOver: HandOver; act: ReasonedAct; onClose: () => void }) {
  const { t } = useTranslation('customers');
  const submit = async (reason: string) => {
    await client.POST(REASONED_PATHS[act], { params: { path: { handOverId: handOver.handOverId } }, body: { reason } });
    await settled();
  };
  return (
    <ReasonDialog
      title={t(`handOver.${act}`)}
      hint={t(`handOver.hint.${act}`)}
      draftKey={`hand-over-${act}-${handOver.handOverId}`}
      danger
      doneWords={t(`handOver.done.${act}`)}
      submit={submit}
      onClose={onClose}
    />
  );
}
