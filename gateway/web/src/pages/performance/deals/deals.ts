// Deals as these pages show them.
import type { Schema } from '@rm-workbench/client';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { client } from '../../../api/client';
import { useBilingual } from '../../../design/bilingual';
import { useProductName } from '../../../design/products';
import { isInCharge } from '../charge';

export type Deal = Schema<'performance.v1.Deal'>;
export type DealState = Deal['state'];
export type Member = Schema<'performance.v1.DealMember'>;
export type Split = Schema<'performance.v1.Split'>;
export type Touch = Schema<'performance.v1.DealTouch'>;
export type Tone = 'success' | 'warning' | 'error' | 'processing' | 'default';

export const STATES = [
  'DEAL_STATE_OPEN',
  'DEAL_STATE_PROPOSED',
  'DEAL_STATE_DECIDED',
  'DEAL_STATE_REVERSED',
  'DEAL_STATE_CANCELLED',
] as const satisfies DealState[];

export const STATE_TONES: Partial<Record<DealState, Tone>> = {
  DEAL_STATE_OPEN: 'warning',
  DEAL_STATE_PROPOSED: 'processing',
  DEAL_STATE_DECIDED: 'success',
  DEAL_STATE_REVERSED: 'error',
};

/** By what products were joined to a title, now and before. */
const JOINED_BY = ['、', ', '];

/** What a deal is called. One that was opened by itself is named by its products' codes: they are said in words. */
export function useDealTitle(): (deal: Pick<Deal, 'title' | 'productCodes'>) => string {
  const { t } = useTranslation('performance');
  const bilingual = useBilingual();
  const productName = useProductName();
  return useCallback(
    ({ title, productCodes }) => {
      if (!productCodes.length) return bilingual(title);
      // A code that the catalogue of the day did not know may have words here.
      if (!JOINED_BY.some((comma) => title === productCodes.join(comma))) return title;
      return productCodes
        .map((code) => t(`soldProducts.${code}`, { defaultValue: productName(code) }))
        .join(t('soldProducts.and'));
    },
    [t, productName, bilingual],
  );
}

export interface DealRights {
  isMember: boolean;
  mayPropose: boolean;
  mayAnswer: boolean;
  mayDecide: boolean;
  mayEdit: boolean;
  mayCancel: boolean;
  /** Opening a decided deal again, or taking it back. */
  mayUndo: boolean;
  mayLink: boolean;
}

/** What the caller can do with the deal as it stands. */
export function useDealRights(deal: Deal): DealRights {
  const access = useAccess();
  const isMember = deal.members.some((member) => member.personId === access.personId);
  const inCharge = isInCharge(access, 'performance.deal.decide', deal.organisationPath);
  const pending = deal.state === 'DEAL_STATE_OPEN' || deal.state === 'DEAL_STATE_PROPOSED';
  const proposed = deal.state === 'DEAL_STATE_PROPOSED';
  const decided = deal.state === 'DEAL_STATE_DECIDED';
  const works = access.may('performance.deal.propose') && (isMember || inCharge);
  return {
    isMember,
    mayPropose: works && pending,
    mayAnswer: isMember && proposed && access.may('performance.deal.propose'),
    mayDecide: inCharge && !isMember && proposed && deal.proposerPersonId !== access.personId,
    mayEdit: works && pending,
    mayCancel: inCharge && pending,
    mayUndo: inCharge && !isMember && decided,
    mayLink: inCharge && (pending || decided),
  };
}

/** Reads a deal anew, for an edit that is stale. */
export async function readDeal(dealId: string): Promise<Deal> {
  const { data } = await client.GET('/v1/deals/{dealId}', { params: { path: { dealId } } });
  if (!data) throw new Error('no deal');
  return data;
}
