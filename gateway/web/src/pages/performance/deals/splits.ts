// How schemes share a deal, seen by one of its members.
import type { Deal, Member, Split } from './deals';

/** The caller first, then the others in the deal's order. */
export function membersFor(deal: Deal, personId: string): Member[] {
  return [...deal.members].sort((one, other) => Number(other.personId === personId) - Number(one.personId === personId));
}

export interface Column {
  personId: string;
  displayName: string;
}

/** Whoever has a part by any scheme: the members, and who had the business before. */
export function columnsOf(deal: Deal, splits: Split[], personId: string): Column[] {
  const members = membersFor(deal, personId);
  const others = splits
    .flatMap((split) => split.parts)
    .filter((part) => !members.some((each) => each.personId === part.personId));
  const unique = new Map(
    [...members, ...others].map((each) => [each.personId, { personId: each.personId, displayName: each.displayName }]),
  );
  return [...unique.values()];
}

export function partOf(split: Split, personId: string) {
  return split.parts.find((part) => part.personId === personId);
}

export function basisPointsOf(split: Split, personId: string): number {
  return partOf(split, personId)?.basisPoints ?? 0;
}

export interface Range {
  best: number;
  worst: number;
}

/** The most and the least that somebody has by any scheme that can share the deal. */
export function rangeOf(splits: Split[], personId: string): Range {
  const points = splits.filter((split) => split.offered).map((split) => basisPointsOf(split, personId));
  return points.length ? { best: Math.max(...points), worst: Math.min(...points) } : { best: 0, worst: 0 };
}

/** Schemes that can share the deal first, each group in the bank's order. */
export function ordered(splits: Split[]): Split[] {
  return [...splits].sort((one, other) => Number(other.offered) - Number(one.offered));
}
