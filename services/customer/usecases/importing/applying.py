"""From rows to records: what exists by its natural key is changed, what does not is opened; one bad row stops no other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from sqlalchemy import select, tuple_
from sqlalchemy.exc import IntegrityError
from workbench.customer.v1 import customer_pb2, customer_service_pb2

from services.chassis.db.attempts import attempt
from services.chassis.db.scope import in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import AlreadyExists, FieldViolation, WorkbenchError
from services.chassis.rpc.masking import masked
from services.chassis.rpc.partial import check
from services.customer.model.customer import DETAILS, Customer, opened
from services.customer.model.key import CustomerKey
from services.customer.model.relationship_manager import RelationshipManager
from services.customer.rules.exchange.outcomes import Outcome, Verdict, refused
from services.customer.usecases import finding
from services.customer.usecases.answering import as_answer
from services.customer.usecases.customers import change_customer, open_customers
from services.customer.usecases.drafts import details_of_draft
from services.customer.usecases.importing.drafting import Options, draft_of, fill, identifier_index, number_of

_KEYS = CustomerKey.__table__.c


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a row, and of a changed record the fields that changed, before and after."""

    verdict: Verdict
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Opening:
    place: int
    request: customer_service_pb2.CreateCustomerRequest
    lead: RelationshipManager


class Leads(Protocol):
    """Who is to lead the customer of a row that opens one."""

    def of(self, row: Mapping[str, Any]) -> RelationshipManager:
        """Raises a refusal where nobody can."""


def apply(
    work: UnitOfWork, rows: Sequence[Mapping[str, Any]], options: Options, *, keep: bool, leads: Leads | None = None
) -> list[Applied]:
    """What becomes of each row's values, in their order; without `keep` nothing of it stays.

    It all goes by the use cases that a person's own calls go by, and in the caller's scope: what is out of it is a number taken.
    Leads are whom the rows name by their staff number, where nothing else is said.
    """
    present = _present(work, rows, options)
    leads = leads or _NamedLeads(work, rows, options)
    applied = _unchanged(work, rows, present)
    openings: list[_Opening] = []
    for place, row in enumerate(rows):
        if place in applied:
            continue
        try:
            if customer_id := present[place]:
                applied[place] = _change(work, customer_id, row, keep=keep)
            else:
                openings.append(_opening(work, place, row, options, leads, alone=not keep))
        except WorkbenchError as error:
            applied[place] = Applied(refused(error))
        except IntegrityError:
            applied[place] = Applied(refused(_met()))
    applied |= _open(work, openings, keep=keep)
    return [applied[place] for place in range(len(rows))]


def plain_details(customer: Customer) -> dict[str, Any]:
    """What may be changed of a customer, as JSON keeps it."""
    details = customer.details
    values = {name: getattr(details, name) for name in DETAILS}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _unchanged(work: UnitOfWork, rows: Sequence[Mapping[str, Any]], present: Sequence[str]) -> dict[int, Applied]:
    """The rows that say what their records hold, found by one read of all: a file that comes again is mostly these."""
    wanted = {customer_id for customer_id in present if customer_id}
    kept = in_scope(
        select(*finding.SHOWN).where(finding.COLUMNS.customer_id.in_(wanted)), finding.COLUMNS, work.scope, work.caller
    )
    records = {row.customer_id: as_answer(work, row, reveal=True) for row in work.session.execute(kept)} if wanted else {}
    return {
        place: Applied(Verdict(Outcome.UNCHANGED, customer_id))
        for place, (row, customer_id) in enumerate(zip(rows, present, strict=True))
        if customer_id in records and _says_the_same(records[customer_id], row)
    }


def _says_the_same(record: customer_pb2.Customer, row: Mapping[str, Any]) -> bool:
    said = customer_pb2.Customer()
    said.CopyFrom(record)
    fill(said, row)
    said.kind = row.get("kind", record.kind)
    for name in ("identifier", "phone"):
        # A table that was exported masked says nothing else.
        if getattr(said, name) == masked(getattr(record, name)):
            setattr(said, name, getattr(record, name))
    return bool(said == record)


def _change(work: UnitOfWork, customer_id: str, row: Mapping[str, Any], *, keep: bool) -> Applied:
    customer = finding.customer_to_change(work, customer_id)
    before = plain_details(customer)
    sent = as_answer(work, customer, reveal=True)
    # The kind tells an address of a home from one of a business; it is the record's, whatever the row says.
    touched = fill(sent, row)
    if row.get("kind"):
        sent.kind, touched = row["kind"], [*touched, "kind"]
    with attempt(work, keep=keep):
        change_customer(work, sent, touched)
        after = plain_details(customer)
    changed = [name for name in DETAILS if before[name] != after[name]]
    if not changed:
        return Applied(Verdict(Outcome.UNCHANGED, customer_id))
    return Applied(Verdict(Outcome.UPDATED, customer_id), {n: before[n] for n in changed}, {n: after[n] for n in changed})


def _opening(work: UnitOfWork, place: int, row: Mapping[str, Any], options: Options, leads: Leads, *, alone: bool) -> _Opening:
    """The request of a new record; `alone` checks it as far as it goes by itself, so that a bad row costs its batch nothing."""
    draft = draft_of(row, options)
    lead = leads.of(row)
    request = customer_service_pb2.CreateCustomerRequest(customer=draft, lead_person_id=lead.person_id)
    check(request)
    if alone:
        opened("", draft.customer_number, draft.kind, details_of_draft(draft), lead=lead, now=work.now, today=work.business_date)
    return _Opening(place, request, lead)


def _open(work: UnitOfWork, openings: Sequence[_Opening], *, keep: bool) -> dict[int, Applied]:
    if not openings:
        return {}
    try:
        with attempt(work, keep=keep):
            ids = open_customers(work, [opening.request for opening in openings], [opening.lead for opening in openings])
    except (WorkbenchError, IntegrityError):
        # One of them is at fault: one after the other tells which, and opens the rest.
        return _open_singly(work, openings, keep=keep)
    return {
        opening.place: Applied(Verdict(Outcome.CREATED, customer_id if keep else ""))
        for opening, customer_id in zip(openings, ids, strict=True)
    }


def _open_singly(work: UnitOfWork, openings: Sequence[_Opening], *, keep: bool) -> dict[int, Applied]:
    applied = {}
    for opening in openings:
        try:
            with attempt(work, keep=keep):
                (customer_id,) = open_customers(work, [opening.request], [opening.lead])
            applied[opening.place] = Applied(Verdict(Outcome.CREATED, customer_id if keep else ""))
        except WorkbenchError as error:
            applied[opening.place] = Applied(refused(error))
        except IntegrityError:
            applied[opening.place] = Applied(refused(_met()))
    return applied


def _present(work: UnitOfWork, rows: Sequence[Mapping[str, Any]], options: Options) -> list[str]:
    """For each row the record in scope that it means: by its number, else by its identifier; empty where there is none."""
    numbers = {str(row["customer_number"]) for row in rows if row.get("customer_number")} | _made_numbers(rows, options)
    indexes = {index for row in rows if not row.get("customer_number") and (index := identifier_index(row, options))}
    by_number = select(Customer.customer_number, Customer.customer_id).where(Customer.customer_number.in_(numbers))
    found = work.session.execute(in_scope(by_number, Customer, work.scope, work.caller)).all()
    of_number = {number: customer_id for number, customer_id in found}  # noqa: C416 - rows are no tuples to a type checker
    by_index = (
        select(_KEYS.name, _KEYS.issuer, _KEYS.value_index, Customer.customer_id)
        .join(Customer, Customer.customer_id == _KEYS.customer_id)
        .where(_KEYS.exclusive, tuple_(_KEYS.name, _KEYS.issuer, _KEYS.value_index).in_(indexes))
    )
    found = work.session.execute(in_scope(by_index, Customer, work.scope, work.caller)).all() if indexes else []
    of_index = {(name, issuer, value): customer_id for name, issuer, value, customer_id in found}
    present = []
    for row in rows:
        if row.get("customer_number"):
            present.append(of_number.get(str(row["customer_number"]), ""))
        else:
            index = identifier_index(row, options)
            present.append((of_index.get(index, "") if index else "") or of_number.get(_made_number(row, options), ""))
    return present


def _made_numbers(rows: Sequence[Mapping[str, Any]], options: Options) -> set[str]:
    return {number for row in rows if not row.get("customer_number") and (number := _made_number(row, options))}


def _made_number(row: Mapping[str, Any], options: Options) -> str:
    try:
        return number_of(row, options)
    except WorkbenchError:
        return ""


class _NamedLeads:
    """The relationship managers whom rows name by their staff number, in scope; the caller where a row names none."""

    def __init__(self, work: UnitOfWork, rows: Sequence[Mapping[str, Any]], options: Options) -> None:
        self._work, self._default = work, options.lead_staff_number
        asked = {number for row in rows if (number := self._number(row))}
        found = work.session.scalars(finding.relationship_managers(work).where(RelationshipManager.staff_number.in_(asked))).all()
        self._by_number: dict[str, list[RelationshipManager]] = {}
        self._own: RelationshipManager | None = None
        for manager in found:
            self._by_number.setdefault(manager.staff_number, []).append(manager)

    def of(self, row: Mapping[str, Any]) -> RelationshipManager:
        """Raises NotFound PERSON_NOT_FOUND where nobody in scope has the number, or two have."""
        staff_number = self._number(row)
        if not staff_number:
            self._own = self._own or finding.relationship_manager(self._work, self._work.caller.person_id)
            return self._own
        managers = self._by_number.get(staff_number, [])
        if len(managers) != 1:
            raise finding.person_not_found("lead_staff_number")
        return managers[0]

    def _number(self, row: Mapping[str, Any]) -> str:
        return row.get("lead_staff_number") or self._default


def _met() -> AlreadyExists:
    violation = FieldViolation("customer_number", "Somebody else wrote this at the same moment.")
    return AlreadyExists("CONCURRENT_CHANGE", "Somebody else wrote this at the same moment.", violations=(violation,))
