"""Takes over contacts of other systems, many at once, each by its number there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from workbench.activity.v1 import contact_service_pb2

from services.activity.model.contact import Contact, ContactColleague
from services.activity.model.opportunity import Opportunity
from services.activity.rules import contacts as rules
from services.activity.rules.contacts import ContactState
from services.activity.usecases import reaching
from services.activity.usecases.contacts import announcing, filling
from services.activity.usecases.history import Parties, parties
from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotFound, WorkbenchError

_COLUMNS = tuple(attribute.key for attribute in Contact.__mapper__.column_attrs)
_Refused = contact_service_pb2.RefusedContact


def take_over(
    work: UnitOfWork, request: contact_service_pb2.BatchImportContactsRequest
) -> contact_service_pb2.BatchImportContactsResponse:
    """Takes what is new, passes over what was taken before, and says of the rest why it cannot be."""
    system = request.source_system
    # Two who take over from one system at once: the second sees what the first has taken.
    work.hold(f"contacts from {system}")
    taken = _taken_before(work, system, (row.source_number for row in request.contacts))
    known = _parties(work, request.contacts)
    opportunities = _opportunities(work, system, [row.opportunity_number for row in request.contacts])
    answer = contact_service_pb2.BatchImportContactsResponse()
    contacts: list[Contact] = []
    for position, row in enumerate(request.contacts):
        if row.source_number in taken:
            answer.unchanged_count += 1
            continue
        try:
            contacts.append(_contact(work, system, row, known, opportunities))
        except WorkbenchError as refusal:
            answer.refused.append(_refused(position, row.source_number, refusal))
        else:
            taken.add(row.source_number)
    _write(work, contacts)
    answer.created_count = len(contacts)
    return answer


def _contact(
    work: UnitOfWork, system: str, row: contact_service_pb2.ImportedContact, known: Parties, opportunities: Mapping[str, str]
) -> Contact:
    draft = row.contact
    if not draft.HasField("start_time"):
        raise InvalidInput("TIME_INVALID", "When was it?", violations=(FieldViolation("contact.start_time", "When it began."),))
    owner = known.person(draft.owner_person_id, row.staff_number)
    with_lead_alone = draft.lead_id and not draft.customer_id and not row.customer_number
    start_time = filling.instant(draft.start_time)
    state = draft.state or ContactState.DONE.value
    rules.check_imported(state, start_time, work.now)
    contact = Contact(
        contact_id=work.new_id(),
        customer_id=None if with_lead_alone else known.customer(draft.customer_id, row.customer_number).customer_id,
        owner_person_id=owner.person_id,
        organisation_path=owner.organisation_path,
        kind=draft.kind,
        state=state,
        channel=0,
        start_time=start_time,
        minutes=draft.minutes,
        business_date=rules.day_of(start_time, work.database.bank_time_zone),
        done_time=start_time if state == ContactState.DONE else None,
        cancel_reason=row.cancel_reason.strip(),
        source_system=system,
        source_number=row.source_number,
        create_person_id=work.caller.person_id,
        create_time=work.now,
        update_time=work.now,
    )
    filling.fill(contact, draft)
    if row.opportunity_number:
        contact.opportunity_id = opportunities.get(row.opportunity_number)
        if contact.opportunity_id is None:
            violation = FieldViolation("opportunity_number", "One that was taken over from the same system.")
            raise NotFound("OPPORTUNITY_NOT_FOUND", "There is no such opportunity.", violations=(violation,))
    if state != ContactState.DONE:
        contact.plan_start_time, contact.plan_minutes = start_time, draft.minutes
    contact.colleague_person_ids = _colleagues(draft.colleague_person_ids, contact.owner_person_id, known)
    return contact


def _colleagues(person_ids: Iterable[str], owner_person_id: str, known: Parties) -> list[str]:
    wanted = [each.lower() for each in person_ids if each.lower() != owner_person_id]
    if missing := [each for each in wanted if each not in known.people]:
        violation = FieldViolation("contact.colleague_person_ids", "People in your scope.")
        raise NotFound("PERSON_NOT_FOUND", f"{len(missing)} of the colleagues are not in your scope.", violations=(violation,))
    return list(dict.fromkeys(wanted))


def _write(work: UnitOfWork, contacts: list[Contact]) -> None:
    if not contacts:
        return
    # Past the session's objects, which would cost more than all the rest; their first version is counted here.
    for contact in contacts:
        contact.version = 1
    work.insert_all(Contact, [{name: getattr(contact, name) for name in _COLUMNS} for contact in contacts])
    colleagues: list[dict[str, Any]] = [
        {"contact_id": contact.contact_id, "person_id": person_id, "start_time": contact.start_time}
        for contact in contacts
        for person_id in contact.colleague_person_ids
    ]
    if colleagues:
        work.insert_all(ContactColleague, colleagues)
    announcing.announce_history(work, contacts)


def _taken_before(work: UnitOfWork, system: str, numbers: Iterable[str]) -> set[str]:
    asked = among(Contact.source_number, sorted(set(numbers)))
    taken = select(Contact.source_number).where(Contact.source_system == system, asked)
    # Also what the caller does not reach: one number is one contact.
    with work.whole_bank():
        return {number for number in work.session.scalars(taken) if number}


def _opportunities(work: UnitOfWork, system: str, numbers: Iterable[str]) -> dict[str, str]:
    """The ids of opportunities that were taken over from the same system, by their numbers there, as far as they are in scope."""
    asked = sorted({number for number in numbers if number})
    if not asked:
        return {}
    of_system = select(Opportunity.source_number, Opportunity.opportunity_id).where(
        Opportunity.source_system == system, among(Opportunity.source_number, asked)
    )
    return {
        row.source_number: row.opportunity_id for row in work.session.execute(reaching.in_reach(work, of_system, Opportunity))
    }


def _parties(work: UnitOfWork, rows: Iterable[contact_service_pb2.ImportedContact]) -> Parties:
    rows = list(rows)
    people = [row.contact.owner_person_id for row in rows]
    colleagues = [person_id for row in rows for person_id in row.contact.colleague_person_ids]
    return parties(
        work,
        customer_ids=(row.contact.customer_id for row in rows),
        customer_numbers=(row.customer_number for row in rows),
        person_ids=(*people, *colleagues),
        staff_numbers=(row.staff_number for row in rows),
    )


def _refused(position: int, source_number: str, refusal: WorkbenchError) -> _Refused:
    fits = f" {refusal.violations[0].field}: {refusal.violations[0].description}" if refusal.violations else ""
    return _Refused(position=position, source_number=source_number, reason=refusal.reason, description=f"{refusal.message}{fits}")
