// Claims and objections as these pages show them.
import type { Schema } from '@rm-workbench/client';
import { useAccess } from '../../../access/access';
import { refresh } from '../../../api/client';
import { isInCharge } from '../charge';

export type Claim = Schema<'performance.v1.Claim'>;
export type Objection = Schema<'performance.v1.Objection'>;
export type PoolItem = Schema<'performance.v1.PoolItem'>;
export type Share = Schema<'performance.v1.Share'>;
export type ClaimState = Claim['state'];
export type ObjectKind = Claim['objectKind'];
export type ClaimKind = Claim['kind'];
type Tone = 'success' | 'warning' | 'error' | 'processing' | 'default';

export const OBJECT_KINDS: ObjectKind[] = [
  'OBJECT_KIND_CUSTOMER',
  'OBJECT_KIND_ACCOUNT',
  'OBJECT_KIND_CONTRACT',
  'OBJECT_KIND_FEE_FLOW',
];
export const CLAIM_STATES = [
  'CLAIM_STATE_PENDING',
  'CLAIM_STATE_APPROVED',
  'CLAIM_STATE_REJECTED',
  'CLAIM_STATE_WITHDRAWN',
] as const satisfies ClaimState[];
export const CLAIM_TONES: Partial<Record<ClaimState, Tone>> = {
  CLAIM_STATE_PENDING: 'processing',
  CLAIM_STATE_APPROVED: 'success',
  CLAIM_STATE_REJECTED: 'error',
};
export const OBJECTION_TONES: Partial<Record<Objection['state'], Tone>> = {
  OBJECTION_STATE_RAISED: 'processing',
  OBJECTION_STATE_UPHELD: 'success',
  OBJECTION_STATE_DISMISSED: 'error',
};

export const WHOLE_BASIS_POINTS = 10_000;

/** What changes with a claim or an objection is asked for anew. */
export function claimsChanged(): Promise<void> {
  return refresh('/v1/claims', '/v1/pool', '/v1/shares', '/v1/objections', '/v1/approvals');
}

export interface ClaimRights {
  hasPart: boolean;
  mayWithdraw: boolean;
  mayEnd: boolean;
  mayDecide: boolean;
  mayObject: boolean;
}

/** What the caller can do with the claim as it stands. */
export function useClaimRights(claim: Claim): ClaimRights {
  const access = useAccess();
  const { personId } = access;
  const hasPart = claim.parts.some((part) => part.personId === personId);
  const alone = hasPart && claim.parts.length === 1;
  const makes = access.may('performance.claim.make');
  const pending = claim.state === 'CLAIM_STATE_PENDING';
  const approved = claim.state === 'CLAIM_STATE_APPROVED';
  const inCharge = isInCharge(access, 'performance.claim.decide', claim.organisationPath);
  return {
    hasPart,
    mayWithdraw: makes && pending && claim.claimantPersonId === personId,
    mayEnd: makes && approved && (alone || inCharge),
    mayDecide: pending && inCharge && !hasPart && claim.claimantPersonId !== personId,
    mayObject: makes && (pending || approved),
  };
}
