// What is set of a scheme, as a form has it: everything said, in percent where the contract has basis points.
import type { Schema } from '@rm-workbench/client';
import { ROLES, type Role } from '../deals/roles';
import { toBasisPoints, toPercent } from '../percent';
import { INNER_KINDS, type Kind } from './kinds';

type Parameters = Schema<'performance.v1.SchemeParameters'>;

/** Kinds of contacts that are worth points, by their numbers in the contract. */
export const CONTACT_KINDS: Record<number, string> = {
  1: 'CONTACT_KIND_VISIT',
  2: 'CONTACT_KIND_CALL',
  3: 'CONTACT_KIND_MEETING',
  4: 'CONTACT_KIND_MESSAGE',
  5: 'CONTACT_KIND_EMAIL',
  6: 'CONTACT_KIND_LETTER',
  7: 'CONTACT_KIND_EVENT',
};

export interface StageRow {
  stageCode: string;
  weight: number;
}

export interface Settings {
  innerKind: Kind;
  halfLifeDays: number;
  position: { first: number; turning: number; last: number; others: number };
  roleWeights: Record<string, number>;
  effortMeasure: 'EFFORT_MEASURE_MINUTES' | 'EFFORT_MEASURE_POINTS';
  effortPerDayMax: number;
  contactPoints: Record<string, number>;
  touchStrength: number;
  touchesPerStageMax: number;
  stageWeights: StageRow[];
  permutationCount: number;
  historyDays: number;
  agreed: number;
  floor: number;
  cap: number;
}

export type Setting = keyof Settings;

/** As the workbench brings schemes along: what is left out of a scheme is so. */
export const USUAL: Settings = {
  innerKind: 'SCHEME_KIND_EFFORT',
  halfLifeDays: 60,
  position: { first: 40, turning: 0, last: 40, others: 20 },
  roleWeights: {
    DEAL_ROLE_OWNER: 50,
    DEAL_ROLE_CO_WORKER: 30,
    DEAL_ROLE_PRODUCT_SPECIALIST: 20,
    DEAL_ROLE_REFERRER: 15,
    DEAL_ROLE_RISK_OFFICER: 10,
    DEAL_ROLE_SUPPORT: 10,
  },
  effortMeasure: 'EFFORT_MEASURE_MINUTES',
  effortPerDayMax: 480,
  contactPoints: { 1: 10, 2: 3, 3: 8, 4: 1, 5: 2, 6: 2, 7: 6 },
  touchStrength: 30,
  touchesPerStageMax: 10,
  stageWeights: [],
  permutationCount: 2000,
  historyDays: 730,
  agreed: 50,
  floor: 0,
  cap: 100,
};

const READ: Partial<Record<Kind, Setting[]>> = {
  SCHEME_KIND_TIME_DECAY: ['halfLifeDays'],
  SCHEME_KIND_POSITION: ['position'],
  SCHEME_KIND_ROLE: ['roleWeights'],
  SCHEME_KIND_EFFORT: ['effortMeasure', 'effortPerDayMax', 'contactPoints'],
  SCHEME_KIND_MARKOV: ['historyDays'],
  SCHEME_KIND_SHAPLEY: ['touchStrength', 'touchesPerStageMax', 'stageWeights', 'permutationCount'],
  SCHEME_KIND_BLEND: ['agreed', 'floor', 'cap', 'innerKind'],
  SCHEME_KIND_STOCK_INCREMENT: ['innerKind'],
};

/** What a kind reads; with an inner kind also what that one reads. Points are read where effort is counted in them. */
export function settingsOf(kind: Kind, { innerKind, effortMeasure }: Pick<Settings, 'innerKind' | 'effortMeasure'>): Setting[] {
  const inner = INNER_KINDS[kind] ? (READ[innerKind] ?? []) : [];
  const all = [...(READ[kind] ?? []), ...inner];
  return effortMeasure === 'EFFORT_MEASURE_POINTS' ? all : all.filter((setting) => setting !== 'contactPoints');
}

/** What a scheme goes by, all of it said. */
export function settingsFrom(kept: Parameters | undefined): Settings {
  if (!kept) return USUAL;
  const { position } = kept;
  const percent = (basisPoints: number | undefined, usual: number) =>
    basisPoints === undefined ? usual : toPercent(basisPoints);
  return {
    innerKind: kept.innerKind === 'SCHEME_KIND_UNSPECIFIED' ? USUAL.innerKind : kept.innerKind,
    halfLifeDays: kept.halfLifeDays ?? USUAL.halfLifeDays,
    position: position
      ? {
          first: toPercent(position.firstBasisPoints),
          turning: toPercent(position.turningBasisPoints),
          last: toPercent(position.lastBasisPoints),
          others: toPercent(position.othersBasisPoints),
        }
      : USUAL.position,
    roleWeights: kept.roleWeights.length
      ? Object.fromEntries(kept.roleWeights.map(({ role, weight }) => [role, weight]))
      : USUAL.roleWeights,
    effortMeasure: kept.effortMeasure === 'EFFORT_MEASURE_POINTS' ? kept.effortMeasure : USUAL.effortMeasure,
    effortPerDayMax: kept.effortPerDayMax ?? USUAL.effortPerDayMax,
    contactPoints: kept.contactPoints.length
      ? Object.fromEntries(kept.contactPoints.map(({ contactKind, points }) => [contactKind, points]))
      : USUAL.contactPoints,
    touchStrength: percent(kept.touchStrengthBasisPoints, USUAL.touchStrength),
    touchesPerStageMax: kept.touchesPerStageMax ?? USUAL.touchesPerStageMax,
    stageWeights: kept.stageWeights,
    permutationCount: kept.permutationCount ?? USUAL.permutationCount,
    historyDays: kept.historyDays ?? USUAL.historyDays,
    agreed: percent(kept.agreedBasisPoints, USUAL.agreed),
    floor: percent(kept.floorBasisPoints, USUAL.floor),
    cap: percent(kept.capBasisPoints, USUAL.cap),
  };
}

/** As the contract has it: what the kind reads, and nothing else. */
export function parametersFrom(kind: Kind, typed: Settings): Parameters {
  const read = new Set(settingsOf(kind, typed));
  const has = <Value>(setting: Setting, value: Value) => (read.has(setting) ? value : undefined);
  const { position } = typed;
  const said = {
    halfLifeDays: has('halfLifeDays', typed.halfLifeDays),
    position: has('position', {
      firstBasisPoints: toBasisPoints(position.first),
      turningBasisPoints: toBasisPoints(position.turning),
      lastBasisPoints: toBasisPoints(position.last),
      othersBasisPoints: toBasisPoints(position.others),
    }),
    effortPerDayMax: has('effortPerDayMax', typed.effortPerDayMax),
    touchStrengthBasisPoints: has('touchStrength', toBasisPoints(typed.touchStrength)),
    touchesPerStageMax: has('touchesPerStageMax', typed.touchesPerStageMax),
    permutationCount: has('permutationCount', typed.permutationCount),
    historyDays: has('historyDays', typed.historyDays),
    agreedBasisPoints: has('agreed', toBasisPoints(typed.agreed)),
    floorBasisPoints: has('floor', toBasisPoints(typed.floor)),
    capBasisPoints: has('cap', toBasisPoints(typed.cap)),
  };
  return {
    ...(Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) as Partial<Parameters>),
    roleWeights: has('roleWeights', weightsOf(typed.roleWeights)) ?? [],
    effortMeasure: has('effortMeasure', typed.effortMeasure) ?? 'EFFORT_MEASURE_UNSPECIFIED',
    contactPoints: has('contactPoints', pointsOf(typed.contactPoints)) ?? [],
    stageWeights: has('stageWeights', typed.stageWeights) ?? [],
    innerKind: has('innerKind', typed.innerKind) ?? 'SCHEME_KIND_UNSPECIFIED',
  };
}

function weightsOf(weights: Record<string, number>): { role: Role; weight: number }[] {
  return ROLES.map((role) => ({ role, weight: weights[role] ?? 0 }));
}

function pointsOf(points: Record<string, number>) {
  return Object.keys(CONTACT_KINDS).map((kind) => ({ contactKind: Number(kind), points: points[kind] ?? 0 }));
}
