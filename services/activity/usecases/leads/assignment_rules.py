"""Makes, changes and lists the rules by which leads are dealt out: of the units in the caller's charge."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, false, func, or_, select
from workbench.activity.v1 import assignment_rule_service_pb2, lead_pb2

from services.activity.model.lead import AssignmentRule, AssignmentTurn
from services.activity.model.person import Person
from services.activity.rules.leads.prospects import tidy_line
from services.activity.usecases import reaching
from services.activity.usecases.leads.dealing import RECEIVING_ROLE
from services.chassis.db import listing
from services.chassis.db.among import among
from services.chassis.db.scope import below
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, LimitReached, NotFound, StaleVersion, located
from services.chassis.kernel.paging import Page
from services.chassis.mapping import Mapper
from services.chassis.rpc import partial

RULES_MAX = 200
as_message = Mapper(lead_pb2.AssignmentRule)
CHANGEABLE_FIELDS = (
    "display_name", "position", "product_codes", "sources", "receiver_person_ids", "follow_workdays", "disabled",
)  # fmt: skip


def create(work: UnitOfWork, draft: lead_pb2.AssignmentRule) -> AssignmentRule:
    """A new rule of a unit."""
    with located("assignment_rule"):
        path = reaching.unit_path(work, draft.organisation_path)
        work.hold(f"activity.assignment_rules/{path}")
        of_unit = select(func.count()).select_from(AssignmentRule).where(AssignmentRule.organisation_path == path)
        if (work.session.scalar(of_unit) or 0) >= RULES_MAX:
            raise LimitReached("RULES_TOO_MANY", f"A unit has at most {RULES_MAX} rules.")
        rule = AssignmentRule(
            assignment_rule_id=work.new_id(),
            display_name="",
            organisation_path=path,
            create_time=work.now,
            update_time=work.now,
        )
        _fill(work, rule, draft)
    work.session.add(rule)
    work.session.flush()
    work.resource = f"assignmentRules/{rule.assignment_rule_id}"
    return rule


def found(work: UnitOfWork, assignment_rule_id: str, etag: str = "", *, to_change: bool = False) -> AssignmentRule:
    """A rule of a unit in the caller's charge, or of one above a unit of his; raises NotFound, and StaleVersion."""
    statement = select(AssignmentRule).where(AssignmentRule.assignment_rule_id == assignment_rule_id.lower())
    rule = work.session.scalars(statement.with_for_update() if to_change else statement).one_or_none()
    if rule is None or not any(rule.organisation_path.startswith(path) for path in work.scope.organisation_paths):
        raise NotFound("ASSIGNMENT_RULE_NOT_FOUND", "There is no such rule of a unit in your charge.")
    if etag and etag != rule.etag:
        raise StaleVersion("ASSIGNMENT_RULE_CHANGED", "It changed since you read it; read it again and repeat.")
    work.resource = f"assignmentRules/{rule.assignment_rule_id}"
    return rule


def page(work: UnitOfWork, request: assignment_rule_service_pb2.ListAssignmentRulesRequest) -> Page:
    """A page of the rules of a unit and of those below it, by unit and position."""
    asked = [reaching.unit_path(work, request.organisation_path)] if request.organisation_path else work.scope.organisation_paths
    statement = select(AssignmentRule).where(or_(false(), *(below(AssignmentRule.organisation_path, path) for path in asked)))
    order = (
        (AssignmentRule.organisation_path, listing.text),
        (AssignmentRule.position, listing.number),
        (AssignmentRule.assignment_rule_id, listing.text),
    )
    return listing.read_page(work, statement, request, order)


def change(work: UnitOfWork, sent: lead_pb2.AssignmentRule, fields: Sequence[str]) -> AssignmentRule:
    """Takes the named fields over."""
    partial.check_mask(fields, lead_pb2.AssignmentRule.DESCRIPTOR, "A rule")
    asked = assignment_rule_service_pb2.GetAssignmentRuleRequest(assignment_rule_id=sent.assignment_rule_id)
    partial.check(asked, prefix="assignment_rule.")
    rule = found(work, sent.assignment_rule_id, sent.etag, to_change=True)
    after = as_message(rule)
    if partial.take(after, sent, [name for name in CHANGEABLE_FIELDS if name in fields]):
        partial.check(after, prefix="assignment_rule.")
        with located("assignment_rule"):
            _fill(work, rule, after)
        rule.update_time = work.now
        work.session.flush()
    return rule


def remove(work: UnitOfWork, assignment_rule_id: str, etag: str) -> None:
    """Takes a rule out, and whose turn it was."""
    rule = found(work, assignment_rule_id, etag, to_change=True)
    of_rule = AssignmentTurn.assignment_rule_id == rule.assignment_rule_id
    work.session.execute(delete(AssignmentTurn).where(of_rule).execution_options(synchronize_session=False))
    work.session.delete(rule)
    work.session.flush()


def _fill(work: UnitOfWork, rule: AssignmentRule, draft: lead_pb2.AssignmentRule) -> None:
    rule.display_name = tidy_line(draft.display_name, "display_name")
    rule.position, rule.follow_workdays, rule.disabled = draft.position, draft.follow_workdays, draft.disabled
    rule.product_codes, rule.sources = list(draft.product_codes), list(draft.sources)
    receivers = [each.lower() for each in draft.receiver_person_ids]
    of_unit = reaching.people_below(rule.organisation_path, RECEIVING_ROLE).where(among(Person.person_id, receivers))
    known = {each.person_id for each in work.session.scalars(of_unit)} if receivers else set()
    for place, person_id in enumerate(receivers):
        if person_id not in known:
            violation = FieldViolation(f"receiver_person_ids[{place}]", "A relationship manager of the rule's unit.")
            raise NotFound("PERSON_NOT_FOUND", "There is no such relationship manager in the unit.", violations=(violation,))
    rule.receiver_person_ids = receivers
