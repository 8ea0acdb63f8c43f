import type { Schema } from '@rm-workbench/client';

export type UnitDependence = Schema<'analytics.v1.UnitDependence'>;
export type PersonDependence = Schema<'analytics.v1.PersonDependence'>;
export type Dependence = Schema<'analytics.v1.Dependence'>;
export type Estimate = Schema<'analytics.v1.DepartureEstimate'>;
export type Plan = Schema<'analytics.v1.DeparturePlan'>;
export type PlanItem = Schema<'analytics.v1.DeparturePlanItem'>;

/** Nobody changes a plan that is over. */
export function isOver(plan: Plan): boolean {
  return plan.state === 'DEPARTURE_PLAN_STATE_ENDED' || plan.state === 'DEPARTURE_PLAN_STATE_CANCELLED';
}
