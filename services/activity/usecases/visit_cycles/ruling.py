"""Says how often which customers of a unit are to be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from workbench.activity.v1 import visit_cycle_pb2

from services.activity.model.visit_cycle import VisitCycleRule, new_rule, rule_columns
from services.activity.rules.deadlines import nearest
from services.activity.rules.visit_cycles import VisitRule
from services.activity.usecases import reaching
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import PATH_SEPARATOR
from services.chassis.kernel.errors import FieldViolation, InvalidInput

# Of the path of a branch: the bank's own unit and the branch.
_BRANCH_PARTS = 2


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of all units, read once for many questions: there are few."""

    by_path: Mapping[str, VisitRule]

    def of(self, organisation_path: str) -> VisitRule:
        """What holds in a unit."""
        path = nearest(organisation_path, set(self.by_path))
        return self.by_path[path] if path is not None else VisitRule()

    def population(self, organisation_path: str) -> str:
        """The unit among whose customers those of a unit are ranked."""
        path = nearest(organisation_path, set(self.by_path))
        return path if path is not None else branch(organisation_path)


def branch(organisation_path: str) -> str:
    """The path of the branch in which a unit is; that of the unit where it is above all branches."""
    parts = organisation_path.strip(PATH_SEPARATOR).split(PATH_SEPARATOR)[:_BRANCH_PARTS]
    return PATH_SEPARATOR + "".join(f"{part}{PATH_SEPARATOR}" for part in parts if part)


def read(work: UnitOfWork) -> Rules:
    """All rules."""
    return Rules({each.organisation_path: each.rule for each in work.session.scalars(select(VisitCycleRule))})


def in_force(work: UnitOfWork, organisation_path: str) -> visit_cycle_pb2.VisitRule:
    """The rule that holds in the caller's unit, or in one that he is in charge of."""
    own = work.caller.organisation_path
    path = own if organisation_path in ("", own) else reaching.unit_path(work, organisation_path)
    rules = read(work)
    setter = nearest(path, set(rules.by_path))
    return as_message(setter or PATH_SEPARATOR, rules.of(path))


def set_rule(work: UnitOfWork, sent: visit_cycle_pb2.VisitRule) -> visit_cycle_pb2.VisitRule:
    """Sets a unit's rule in the place of the one before."""
    path = reaching.unit_path(work, sent.organisation_path)
    tiers = [each.tier for each in sent.tier_cycles]
    if len(set(tiers)) < len(tiers):
        violation = FieldViolation("visit_rule.tier_cycles", "Each tier once.")
        raise InvalidInput("TIER_TWICE", "A tier has one cycle.", violations=(violation,))
    rule = VisitRule(
        key_share_basis_points=sent.key_share_basis_points,
        key_cycle_days=sent.key_cycle_days,
        tier_cycle_days={each.tier: each.cycle_days for each in sent.tier_cycles},
        contact_kinds=tuple(sorted(sent.contact_kinds)),
        visits_per_day_max=sent.visits_per_day_max,
        by_place=sent.by_place,
    )
    work.hold(f"visit_rules/{path}")
    kept = work.session.get(VisitCycleRule, path)
    if kept is None:
        work.session.add(new_rule(path, rule, work.now))
    else:
        for name, value in rule_columns(rule).items():
            setattr(kept, name, value)
        kept.update_time = work.now
    work.session.flush()
    return as_message(path, rule)


def as_message(organisation_path: str, rule: VisitRule) -> visit_cycle_pb2.VisitRule:
    """A rule as it is shown."""
    return visit_cycle_pb2.VisitRule(
        organisation_path=organisation_path,
        key_share_basis_points=rule.key_share_basis_points,
        key_cycle_days=rule.key_cycle_days,
        tier_cycles=[
            visit_cycle_pb2.TierCycle(tier=tier, cycle_days=days) for tier, days in sorted(rule.tier_cycle_days.items())
        ],
        contact_kinds=rule.contact_kinds,
        visits_per_day_max=rule.visits_per_day_max,
        by_place=rule.by_place,
    )
