import type { Schema } from '@rm-workbench/client';
import { useTranslation } from 'react-i18next';
import { useNamed } from '../../../design/Named';

export type Relation = Schema<'customer.v1.Relation'>;
export type RelationEnd = Schema<'customer.v1.RelationEnd'>;
export type RelationKind = Schema<'customer.v1.RelationEdge'>['kind'];

export interface SeenRelation {
  relation: Relation;
  other: RelationEnd | undefined;
  /** What the other end is to the customer, or the customer to it. */
  inverse: boolean;
}

/** A relation as it looks from the customer: who is at its other end, and which way it reads. */
export function seenFrom(relation: Relation, customerId: string): SeenRelation {
  const inverse = relation.fromParty?.customerId === customerId;
  return { relation, other: inverse ? relation.toParty : relation.fromParty, inverse };
}

/** What the other end is: 股东 of the customer, or 参股企业 where the customer is the shareholder. */
export function useRelationWords(): (kind: RelationKind, inverse: boolean, label?: string) => string {
  const { t } = useTranslation('customer');
  const named = useNamed();
  return (kind, inverse, label) => {
    if (kind === 'RELATION_KIND_OTHER' && label) return label;
    return inverse ? t(`relation.inverse.${kind.replace('RELATION_KIND_', '')}`) : named(kind);
  };
}
