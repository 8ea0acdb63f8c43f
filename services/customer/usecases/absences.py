"""Plans and cancels absences; who stands in reaches customers by the view `reaches`, on the absence's days and no day longer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, or_, select
from workbench.customer.v1 import coverage_events_pb2, coverage_pb2, coverage_service_pb2

from services.chassis.db.among import among
from services.chassis.db.scope import in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import optional_date
from services.chassis.kernel.errors import AlreadyExists, FieldViolation, NotFound, RuleBroken
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.customer.model.absence import Absence, Deputy
from services.customer.model.customer import Customer
from services.customer.model.relationship_manager import RelationshipManager
from services.customer.rules.absences import AbsenceState, DeputyFor, check_days, check_deputies, dates_unfit
from services.customer.usecases import finding


def create_absence(work: UnitOfWork, request: coverage_service_pb2.CreateAbsenceRequest) -> Absence:
    """Plans an absence; raises as the contract says. Whoever names one of its people meanwhile waits for it."""
    person_id = (request.person_id or work.caller.person_id).lower()
    deputies = [DeputyFor(d.person_id.lower(), tuple(map(str.lower, d.customer_ids))) for d in request.deputies]
    start_date, end_date = optional_date(request.start_date, "start_date"), optional_date(request.end_date, "end_date")
    if start_date is None or end_date is None:
        raise dates_unfit("start_date", "Name both days.")
    check_days(start_date, end_date, work.business_date)
    check_deputies(person_id, deputies)
    person = _held_people(work, person_id, deputies)
    _require_led(work, person_id, deputies)
    _check_free(work, person_id, [deputy.person_id for deputy in deputies], _meeting(start_date, end_date))
    absence = Absence(
        absence_id=work.new_id(),
        person_id=person_id,
        organisation_path=person.organisation_path,
        start_date=start_date,
        end_date=end_date,
        reason=request.reason,
        state=AbsenceState.PLANNED,
        proposer_person_id=work.caller.person_id,
        create_time=work.now,
        update_time=work.now,
        deputies=list(_deputies(work, deputies)),
    )
    work.session.add(absence)
    work.session.flush()
    work.resource = f"absences/{absence.absence_id}"
    work.record(
        coverage_events_pb2.AbsenceCreated(
            absence_id=absence.absence_id,
            person_id=person_id,
            start_date=start_date.isoformat(),
            end_date=end_date.isoformat(),
            deputies=[coverage_pb2.Deputy(person_id=d.person_id, customer_ids=d.customer_ids) for d in deputies],
        )
    )
    return absence


def get_absence(work: UnitOfWork, absence_id: str) -> Absence:
    """One absence that the caller sees; raises NotFound ABSENCE_NOT_FOUND."""
    return _found(work, _seen(work).where(Absence.absence_id == absence_id.lower()))


def list_absences(work: UnitOfWork, request: coverage_service_pb2.ListAbsencesRequest) -> Page:
    """A page of the absences that the caller sees, the latest planned first."""
    query, size = f"absences|{request.person_id}|{request.on_date}", page_size(request.page_size)
    statement = _seen(work).order_by(Absence.absence_id.desc()).limit(size + 1)
    if request.person_id:
        statement = statement.where(Absence.person_id == request.person_id.lower())
    if day := optional_date(request.on_date, "on_date"):
        statement = statement.where(
            Absence.state == AbsenceState.PLANNED.value, Absence.start_date <= day, Absence.end_date >= day
        )
    if token := PageToken.decode(request.page_token, query, keys=1):
        statement = statement.where(Absence.absence_id < token.keys[0])
    return Page.of(work.session.scalars(statement).all(), size, query, lambda row: (row.absence_id,))


def cancel_absence(work: UnitOfWork, absence_id: str) -> Absence:
    """Ends what is still to come of an absence; its deputy alone cannot."""
    mine = in_scope(select(Absence), Absence, work.scope, work.caller).where(Absence.absence_id == absence_id.lower())
    absence = _found(work, mine.with_for_update())
    absence.cancel(work.business_date, now=work.now)
    work.resource = f"absences/{absence.absence_id}"
    work.record(coverage_events_pb2.AbsenceCancelled(absence_id=absence.absence_id, person_id=absence.person_id))
    return absence


def _held_people(work: UnitOfWork, person_id: str, deputies: Sequence[DeputyFor]) -> RelationshipManager:
    """The one to be absent. All who are named are held, in one order, so that no two absences pass each other unseen."""
    named = sorted({person_id, *(deputy.person_id for deputy in deputies)})
    holding = select(RelationshipManager.person_id).where(RelationshipManager.person_id.in_(named))
    work.session.execute(holding.order_by(RelationshipManager.person_id).with_for_update()).all()
    person = work.session.scalars(
        in_scope(select(RelationshipManager), RelationshipManager, work.scope, work.caller).where(
            RelationshipManager.person_id == person_id
        )
    ).one_or_none()
    if person is None:
        raise finding.person_not_found("person_id")
    finding.successors_named(work, [deputy.person_id for deputy in deputies], "deputies[{place}].person_id")
    return person


def _require_led(work: UnitOfWork, person_id: str, deputies: Sequence[DeputyFor]) -> None:
    named = {customer_id for deputy in deputies for customer_id in deputy.customer_ids}
    led = select(Customer.customer_id).where(among(Customer.customer_id, sorted(named)), Customer.lead_person_id == person_id)
    known = set(work.session.scalars(in_scope(led, Customer, work.scope, work.caller))) if named else set()
    for place, deputy in enumerate(deputies):
        for number, customer_id in enumerate(deputy.customer_ids):
            if customer_id not in known:
                violation = FieldViolation(f"deputies[{place}].customer_ids[{number}]", "Name a customer whom he leads.")
                raise NotFound("CUSTOMER_NOT_FOUND", "There is no such customer of his.", violations=(violation,))


def _meeting(start_date: Any, end_date: Any) -> Any:
    return (Absence.state == AbsenceState.PLANNED.value) & (Absence.start_date <= end_date) & (Absence.end_date >= start_date)


def _check_free(work: UnitOfWork, person_id: str, deputy_ids: Sequence[str], meeting: Any) -> None:
    """Who stands in is there himself: so nobody is the deputy of a deputy, and no two stand in for each other."""
    absent = set(work.session.scalars(select(Absence.person_id).where(meeting, Absence.person_id.in_([person_id, *deputy_ids]))))
    if person_id in absent:
        raise AlreadyExists("ABSENCE_OVERLAPS", "He is absent on some of these days already.")
    if absent:
        place = next(place for place, deputy_id in enumerate(deputy_ids) if deputy_id in absent)
        violation = FieldViolation(f"deputies[{place}].person_id", "Name somebody who is there on these days.")
        raise RuleBroken("DEPUTY_ABSENT", "A deputy is absent himself on some of these days.", violations=(violation,))
    standing_in = select(Deputy.deputy_id).join(Absence, Deputy.absence_id == Absence.absence_id)
    if work.session.scalars(standing_in.where(meeting, Deputy.person_id == person_id).limit(1)).first():
        raise RuleBroken("STANDS_IN", "He stands in for somebody on some of these days; find that one another deputy first.")


def _deputies(work: UnitOfWork, deputies: Iterable[DeputyFor]) -> Iterable[Deputy]:
    for deputy in deputies:
        for customer_id in deputy.customer_ids or (None,):
            yield Deputy(deputy_id=work.new_id(), person_id=deputy.person_id, customer_id=customer_id)


def _seen(work: UnitOfWork) -> Select[Absence]:
    """Selects absences in scope, and those in which the caller stands in."""
    mine = select(Deputy.absence_id).where(Deputy.person_id == work.caller.person_id)
    within = in_scope(select(Absence.absence_id), Absence, work.scope, work.caller)
    return select(Absence).where(or_(Absence.absence_id.in_(within), Absence.absence_id.in_(mine)))


def _found(work: UnitOfWork, statement: Select[Absence]) -> Absence:
    absence: Absence | None = work.session.scalars(statement).one_or_none()
    if absence is None:
        raise NotFound("ABSENCE_NOT_FOUND", "There is no such absence in your scope.")
    return absence
