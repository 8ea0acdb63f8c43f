"""Hands credit over 业绩过渡: with a customer's lead, what the former one had goes to the next by steps, and never at once.

Events only note that something is to be handed over; a timer carries it out in portions, once it is known whether the customer
goes for good: a hand-over for a time changes nobody's credit. Lines of a record that was merged into another stay with it, since
its accounts still run under its number; they are handed over to whoever leads both now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import structlog
from sqlalchemy import ColumnElement, exists, or_, select
from workbench.customer.v1 import coverage_events_pb2, duplicate_events_pb2
from workbench.customer.v1 import events_pb2 as customer_events_pb2
from workbench.identity.v1 import events_pb2 as identity_events_pb2

from services.chassis.db.attempts import attempt
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import moved
from services.chassis.kernel.errors import WorkbenchError
from services.performance.model.credit_hand_over import CreditHandOver, HandOver
from services.performance.model.customer import Customer
from services.performance.model.person import Person
from services.performance.model.share import ShareLine
from services.performance.rules.handing_over import Cause, CreditHandOverState, hand_over, months_later
from services.performance.rules.shares import ObjectKind, Part, SharedObject, ShareState
from services.performance.usecases.shares.lines import end_lines, put_lines

CARRY_OUT_EVERY_SECONDS = 3.0
_AT_ONCE = 50
# Of such posts are people who bring in results.
_LINE_ROLES = ("relationship_manager", "team_leader", "branch_manager")
_BASIS_POINTS_PER_PERCENT = 100

_log = structlog.get_logger(__name__)


def reassign(work: UnitOfWork, event: customer_events_pb2.CustomerReassigned) -> None:
    """A customer got another lead."""
    start_date = date.fromisoformat(event.start_date)
    _note(work, event.customer_id, event.former_lead_person_id, event.lead_person_id, start_date, event.hand_over_id)


def expect(work: UnitOfWork, event: coverage_events_pb2.CoverageHandedOver) -> None:
    """A hand-over was carried out: now it is known whether its customers go for good."""
    if work.session.get(HandOver, event.hand_over_id) is None:
        return_date = date.fromisoformat(event.return_date) if event.return_date else None
        work.session.add(HandOver(hand_over_id=event.hand_over_id, return_date=return_date))


def leave(work: UnitOfWork, event: identity_events_pb2.PersonDisabled | identity_events_pb2.PostRevoked) -> None:
    """Somebody left: what he has of customers whom others lead goes to these; his own follow as they get another lead.

    Handled after the replica of the person.
    """
    work.session.flush()
    if not work.session.scalar(select(_has_left(event.person_id))):
        return
    standing = select(ShareLine.customer_id).where(
        ShareLine.person_id == event.person_id,
        ShareLine.state == ShareState.APPROVED.value,
        or_(ShareLine.end_date.is_(None), ShareLine.end_date >= work.business_date),
    )
    others = select(Customer).where(Customer.customer_id.in_(standing), Customer.lead_person_id != event.person_id)
    for customer in work.session.scalars(others.order_by(Customer.customer_id)).all():
        _add(work, customer.customer_id, event.person_id, customer.lead_person_id, work.business_date, cause=Cause.LEFT)


def come_back(work: UnitOfWork, event: identity_events_pb2.PersonEnabled | identity_events_pb2.PostGranted) -> None:
    """Somebody is let in again, or has such a post again: what went because he left comes back, as far as it is still ahead.

    Handled after the replica of the person.
    """
    work.session.flush()
    if work.session.scalar(select(_has_left(event.person_id))):
        return
    gone = select(CreditHandOver).where(
        CreditHandOver.former_person_id == event.person_id,
        CreditHandOver.cause == Cause.LEFT.value,
        CreditHandOver.state.in_((CreditHandOverState.WAITING.value, CreditHandOverState.STARTED.value)),
    )
    for each in work.session.scalars(gone.order_by(CreditHandOver.credit_hand_over_id)).all():
        back = {"former": each.successor_person_id, "successor": event.person_id}
        _add(work, each.customer_id, **back, start_date=work.business_date, cause=Cause.CAME_BACK)


def merge(work: UnitOfWork, event: duplicate_events_pb2.CustomersMerged) -> None:
    """One record was taken into another: whoever leads that one leads this one too."""
    if merged := work.session.get(Customer, event.merged_customer_id):
        _note(work, merged.customer_id, merged.lead_person_id, event.lead_person_id, work.business_date)


def unmerge(work: UnitOfWork, event: duplicate_events_pb2.CustomersUnmerged) -> None:
    """Two records were parted again, each with its own lead."""
    if survivor := work.session.get(Customer, event.survivor_customer_id):
        _note(work, event.merged_customer_id, survivor.lead_person_id, event.lead_person_id, work.business_date)


def carry_out(work: UnitOfWork) -> None:
    """A portion of what was noted, the first first."""
    known = exists().where(HandOver.hand_over_id == CreditHandOver.hand_over_id)
    waiting = (
        select(CreditHandOver)
        .where(CreditHandOver.state == CreditHandOverState.WAITING.value, or_(CreditHandOver.hand_over_id == "", known))
        .order_by(CreditHandOver.credit_hand_over_id)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    for each in work.session.scalars(waiting).all():
        try:
            with attempt(work, keep=True):
                state = _carried_out(work, each)
        except WorkbenchError as refusal:
            # Such as a return, where somebody claimed meanwhile what the pool had: all stays as it is, and stops no other.
            _log.warning("credit_hand_over_refused", credit_hand_over_id=each.credit_hand_over_id, reason=refusal.reason)
            state = CreditHandOverState.VOID
        each.state = state.value


def _note(work: UnitOfWork, customer_id: str, former: str, successor: str, start_date: date, hand_over_id: str = "") -> None:
    if former and former != successor:
        _add(work, customer_id, former, successor, start_date, hand_over_id)


def _add(
    work: UnitOfWork,
    customer_id: str,
    former: str,
    successor: str,
    start_date: date,
    hand_over_id: str = "",
    cause: Cause = Cause.LEAD_CHANGED,
) -> None:
    work.session.add(
        CreditHandOver(
            credit_hand_over_id=work.new_id(),
            customer_id=customer_id,
            former_person_id=former,
            successor_person_id=successor,
            start_date=start_date,
            hand_over_id=hand_over_id,
            cause=cause.value,
            create_time=work.now,
        )
    )


def _carried_out(work: UnitOfWork, each: CreditHandOver) -> CreditHandOverState:
    of = work.session.get(HandOver, each.hand_over_id) if each.hand_over_id else None
    if of is not None and of.return_date is not None:
        return CreditHandOverState.VOID
    if _running(work, each, each.former_person_id, each.successor_person_id):
        # It was told already: what decays does not decay twice.
        return CreditHandOverState.VOID
    earlier = _running(work, each, each.successor_person_id, each.former_person_id)
    if each.cause == Cause.CAME_BACK:
        earlier = [undone for undone in earlier if undone.cause == Cause.LEFT]
    for undone in earlier:
        _undo(work, undone, each.start_date)
    if earlier or each.cause == Cause.CAME_BACK:
        return CreditHandOverState.VOID
    each.step_basis_points = [percent * _BASIS_POINTS_PER_PERCENT for percent in work.settings.hand_over_keeps_percent]
    each.step_months = work.settings.hand_over_step_months
    put_aside = [aside for thing in _things(work, each) if (aside := _hand(work, each, thing))]
    each.put_aside = put_aside
    return CreditHandOverState.STARTED if put_aside else CreditHandOverState.VOID


def _hand(work: UnitOfWork, each: CreditHandOver, thing: SharedObject) -> dict[str, Any] | None:
    def of_former(line: ShareLine) -> bool:
        return line.person_id == each.former_person_id and line.state == ShareState.APPROVED

    parts = end_lines(work, thing, each.start_date, each.source, which=of_former)
    if not parts:
        return None
    successor = each.successor_person_id if work.session.get(Person, each.successor_person_id) else ""
    put_lines(work, thing, hand_over(parts, successor, each.start_date, each.step_basis_points, each.step_months), each.source)
    return {"object_kind": int(thing.kind), "object_key": thing.key, "parts": [_kept(part) for part in parts]}


def _running(work: UnitOfWork, each: CreditHandOver, former: str, successor: str) -> list[CreditHandOver]:
    """The customer's hand-overs from the one to the other whose steps are not over by then; those the other way it undoes."""
    statement = (
        select(CreditHandOver)
        .where(
            CreditHandOver.customer_id == each.customer_id,
            CreditHandOver.former_person_id == former,
            CreditHandOver.successor_person_id == successor,
            CreditHandOver.state == CreditHandOverState.STARTED.value,
        )
        .order_by(CreditHandOver.credit_hand_over_id)
    )
    return [
        earlier
        for earlier in work.session.scalars(statement)
        if months_later(earlier.start_date, (len(earlier.step_basis_points) - 1) * earlier.step_months) > each.start_date
    ]


def _undo(work: UnitOfWork, earlier: CreditHandOver, day: date) -> None:
    """From a day on everybody has again what he had; what was earned before stays as it was divided."""
    for aside in earlier.put_aside:
        thing = SharedObject(ObjectKind(aside["object_kind"]), aside["object_key"], earlier.customer_id)
        past = [_until(part, moved(day, -1)) for part in _parts_of(work, thing, earlier.source) if part.start_date < day]
        again = [_from(part, day) for part in map(_read, aside["parts"]) if part.last_date >= day]
        put_lines(work, thing, [*past, *again], earlier.source)
    earlier.state = CreditHandOverState.UNDONE.value


def _things(work: UnitOfWork, each: CreditHandOver) -> Iterable[SharedObject]:
    """Of what the former has a part: the customer, and of who has left also single accounts; always in the same order."""
    statement = (
        select(ShareLine.object_kind, ShareLine.object_key)
        .where(
            ShareLine.customer_id == each.customer_id,
            ShareLine.person_id == each.former_person_id,
            ShareLine.state == ShareState.APPROVED.value,
            or_(ShareLine.end_date.is_(None), ShareLine.end_date >= each.start_date),
            or_(ShareLine.object_kind == int(ObjectKind.CUSTOMER), _has_left(each.former_person_id)),
        )
        .distinct()
        .order_by(ShareLine.object_kind, ShareLine.object_key)
    )
    return [SharedObject(ObjectKind(kind), key, each.customer_id) for kind, key in work.session.execute(statement).all()]


def _has_left(person_id: str) -> ColumnElement[bool]:
    post = Person.__post__
    holds = exists().where(post.person_id == person_id, post.role.in_(_LINE_ROLES))
    return ~exists().where(Person.person_id == person_id, ~Person.disabled, holds)


def _parts_of(work: UnitOfWork, thing: SharedObject, source: str) -> Sequence[Part]:
    lines = work.session.scalars(
        select(ShareLine).where(
            ShareLine.object_kind == int(thing.kind),
            ShareLine.object_key == thing.key,
            ShareLine.source == source,
            ShareLine.state == ShareState.APPROVED.value,
        )
    )
    return [line.part for line in lines]


def _until(part: Part, day: date) -> Part:
    return Part(
        part.person_id, part.basis_points, part.start_date, min(part.last_date, day), part.from_minor_units, part.to_minor_units
    )


def _from(part: Part, day: date) -> Part:
    return Part(
        part.person_id, part.basis_points, max(part.start_date, day), part.end_date, part.from_minor_units, part.to_minor_units
    )


def _kept(part: Part) -> dict[str, Any]:
    return {
        "person_id": part.person_id,
        "basis_points": part.basis_points,
        "start_date": part.start_date.isoformat(),
        "end_date": part.end_date.isoformat() if part.end_date else None,
        "from_minor_units": part.from_minor_units,
        "to_minor_units": part.to_minor_units,
    }


def _read(kept: dict[str, Any]) -> Part:
    end_date = date.fromisoformat(kept["end_date"]) if kept["end_date"] else None
    return Part(**{**kept, "start_date": date.fromisoformat(kept["start_date"]), "end_date": end_date})
