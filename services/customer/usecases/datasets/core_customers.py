"""Customers as core banking has them become records here, by the bank's number and on the way that an import takes.

What core banking owns are the fields that its dataset has. A field that a person changed here last is that person's from then on,
as the field's history says: core banking's value is not taken over it. A customer is led by the manager whom core banking names;
where nobody here is that manager, by nobody, in the pool of its unit, and goes to him once he is known. Whom somebody leads here
already, core banking does not move.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select

from services.chassis.db.among import among
from services.chassis.db.field_history import FieldChange
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import InvalidInput, NotFound
from services.chassis.lake.schemas import SCHEMAS
from services.chassis.longwork.task import Preparation
from services.customer.model.customer import Customer
from services.customer.model.dataset import DatasetApplication
from services.customer.model.relationship_manager import RelationshipManager
from services.customer.rules.exchange.outcomes import Outcome, Verdict
from services.customer.rules.identifiers import normal_number, tidy_number, usual_kind
from services.customer.rules.kinds import CustomerKind, CustomerState, IdentifierKind
from services.customer.usecases import finding
from services.customer.usecases.datasets import reading, refusals
from services.customer.usecases.datasets.passes import Pass
from services.customer.usecases.datasets.refusals import Refused
from services.customer.usecases.importing.applying import Applied
from services.customer.usecases.importing.applying import apply as apply_rows
from services.customer.usecases.importing.drafting import Options
from services.customer.usecases.moving import Move, held_customers, move

# As many as a transaction takes in a fifth of a second.
ROWS_PER_STEP = 200
# Why a number may stand here whose check digit does not fit.
EXCEPTION = "核心系统如此记载 So it stands in core banking"
_COLUMNS = SCHEMAS["customers"].names
_CUSTOMERS = Customer.__table__.c
_NO_MANAGER = Refused(
    refusals.LEAD_UNKNOWN, "manager_staff_number", "Nobody here is the manager named; the record waits in its unit's pool."
)

_KINDS = {kind.name: kind for kind in CustomerKind}
_STATES = {"ACTIVE": CustomerState.ACTIVE, "CLOSED": CustomerState.CLOSED}
_IDENTIFIER_KINDS = {
    "RESIDENT_ID": IdentifierKind.RESIDENT_ID_CARD,
    "UNIFIED_SOCIAL_CREDIT_CODE": IdentifierKind.UNIFIED_SOCIAL_CREDIT_CODE,
    "PASSPORT": IdentifierKind.PASSPORT,
    "HOME_RETURN_PERMIT": IdentifierKind.TRAVEL_PERMIT,
    "TAIWAN_PERMIT": IdentifierKind.TRAVEL_PERMIT,
    "FOREIGN_PERMANENT_RESIDENT": IdentifierKind.PERMANENT_RESIDENCE_CARD,
    "OTHER": IdentifierKind.OTHER,
}
_IDENTIFIER = {"identifier", "identifier_kind", "identifier_exception"}
# Without these a record is one all the same.
_DISPENSABLE = frozenset({"identifier", "phone", "address", "birth_or_founding_date", "industry_code"})
# How the record names what a row has, where a person's change of it is looked for.
_HELD_AS = {"address": "addresses"}


def read(preparation: Preparation, wanted: Pass, stack: ExitStack, _place: int) -> Callable[[int], list[Any]]:
    """The changed customers of a snapshot, and those that could not be placed before."""
    return reading.changed_rows(preparation, wanted, stack, _COLUMNS, ROWS_PER_STEP)


def apply(work: UnitOfWork, application: DatasetApplication, rows: Sequence[Any], *, first: bool) -> Mapping[str, int]:  # noqa: ARG001 - as all appliers are called
    """Opens and changes records. Of a customer that the dataset no longer has nothing happens: core banking says CLOSED."""
    present_rows = [row for row in rows if not row["gone"]]
    known = _known(work, [row["customer_number"] for row in present_rows])
    values = [_values(row, work.business_date) for row in present_rows]
    by_hand = _kept_by_hand(work, [each.customer_id for each in known.values()])
    kept = 0
    for value in values:
        if record := known.get(value["customer_number"]):
            _leave_what_the_record_says_closer(value, record)
            own = [name for name in value if _HELD_AS.get(name, name) in by_hand.get(record.customer_id, ())]
            kept += len(own)
            for name in own:
                del value[name]
    placing = Placing(work, present_rows)
    applied, left_out = _applied(work, values, placing)
    placed = _place(work, present_rows, known, placing)
    _note(work, application, present_rows, applied, left_out, known, placing)
    outcomes = [each.verdict.outcome for each in applied]
    counted = {name: outcomes.count(outcome) for outcome, name in _COUNTED.items()}
    exceptions = sum("identifier_exception" in value for value in values)
    return counted | {
        "kept_by_hand": kept,
        "identifier_exceptions": exceptions,
        "without_a_field": len(left_out),
        "placed": placed,
        "gone": len(rows) - len(values),
    }


_COUNTED = {
    Outcome.CREATED: "created",
    Outcome.UPDATED: "updated",
    Outcome.UNCHANGED: "unchanged",
    Outcome.REFUSED: "refused",
}


class Placing:
    """Who leads a customer that core banking brings: the manager named, else nobody, in the unit's pool."""

    def __init__(self, work: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
        self._by_number = finding.managers_by_staff_number(work, {row["manager_staff_number"] or "" for row in rows})
        self._named = {row["customer_number"]: (row["manager_staff_number"] or "", row["unit_number"] or "") for row in rows}
        self._paths = finding.paths_of_units(work)

    def manager(self, customer_number: str) -> RelationshipManager | None:
        """The manager whom core banking names, where one person here has the number."""
        return self._by_number.get(self._named[customer_number][0])

    def of(self, row: Mapping[str, Any]) -> RelationshipManager:
        """Who is to lead; raises NotFound UNIT_UNKNOWN where not even the unit is known here."""
        number = row["customer_number"]
        if manager := self.manager(number):
            return manager
        path = self._paths.get(self._named[number][1], "")
        if not path:
            raise NotFound(refusals.UNIT_UNKNOWN, "Neither the manager nor the unit is known here.")
        return RelationshipManager(person_id="", staff_number="", display_name="", organisation_path=path)


def _known(work: UnitOfWork, numbers: Sequence[str]) -> dict[str, Any]:
    columns = (
        _CUSTOMERS.customer_number,
        _CUSTOMERS.customer_id,
        _CUSTOMERS.lead_person_id,
        _CUSTOMERS.organisation_path,
        _CUSTOMERS.state,
        _CUSTOMERS.other_identifiers,
    )
    rows = work.session.execute(select(*columns).where(among(_CUSTOMERS.customer_number, numbers)))
    return {row.customer_number: row for row in rows}


def _leave_what_the_record_says_closer(values: dict[str, Any], record: Any) -> None:
    """Core banking knows no dormant customers, and one number of each: neither is a difference."""
    if record.state == CustomerState.DORMANT and values["state"] == CustomerState.ACTIVE:
        del values["state"]
    others = {(other["kind"], normal_number(other["number"])) for other in record.other_identifiers or ()}
    if "identifier" in values and (values["identifier_kind"], normal_number(values["identifier"])) in others:
        for name in _IDENTIFIER & values.keys():
            del values[name]


def _kept_by_hand(work: UnitOfWork, customer_ids: Sequence[str]) -> dict[str, set[str]]:
    """Of each record the fields that a person changed last."""
    by_hand: dict[str, set[str]] = {}
    columns = (FieldChange.resource_id, FieldChange.field, FieldChange.person_id)
    changes = select(*columns).where(
        FieldChange.resource == Customer.__tablename__, among(FieldChange.resource_id, list(customer_ids))
    )
    for customer_id, field, person_id in work.session.execute(changes.order_by(FieldChange.sequence)):
        fields = by_hand.setdefault(customer_id, set())
        if person_id:
            fields.add(field)
        else:
            fields.discard(field)
    return by_hand


def _values(row: Mapping[str, Any], today: date) -> dict[str, Any]:
    """A row as an import's row has it: what is empty is not said."""
    kind = _KINDS[row["kind"]]
    born = row["birth_or_founding_date"]
    values = {
        "customer_number": row["customer_number"],
        "kind": kind.value,
        "display_name": row["display_name"],
        "phone": row["phone"],
        "address": row["address"],
        "birth_or_founding_date": born.isoformat() if born else None,
        "industry_code": row["industry_code"],
        "state": _STATES[row["state"]].value,
    }
    if row["identifier"]:
        identifier_kind = _IDENTIFIER_KINDS.get(row["identifier_kind"] or "", usual_kind(kind))
        values |= {"identifier": row["identifier"], "identifier_kind": identifier_kind.value}
        if _needs_exception(kind, identifier_kind, row["identifier"], today):
            values["identifier_exception"] = EXCEPTION
    return {name: value for name, value in values.items() if value}


def _needs_exception(kind: CustomerKind, identifier_kind: IdentifierKind, number: str, today: date) -> bool:
    try:
        tidy_number(kind, identifier_kind.value, number, "", "", today=today, field="identifier")
    except InvalidInput:
        return True
    return False


def _applied(work: UnitOfWork, values: Sequence[dict[str, Any]], placing: Placing) -> tuple[list[Applied], dict[int, Verdict]]:
    """What became of each row; one of which a field does not fit comes in without it, and that refusal is told by its place."""
    applied = apply_rows(work, values, Options(), keep=True, leads=placing)
    left_out: dict[int, Verdict] = {}
    for _ in _DISPENSABLE:
        unfit = [
            place
            for place, each in enumerate(applied)
            if each.verdict.outcome == Outcome.REFUSED and each.verdict.field in _DISPENSABLE & values[place].keys()
        ]
        if not unfit:
            break
        for place in unfit:
            verdict = applied[place].verdict
            left_out.setdefault(place, verdict)
            for name in _IDENTIFIER if verdict.field == "identifier" else {verdict.field}:
                values[place].pop(name, None)
        redone = apply_rows(work, [values[place] for place in unfit], Options(), keep=True, leads=placing)
        for place, each in zip(unfit, redone, strict=True):
            applied[place] = each
    return applied, left_out


def _place(work: UnitOfWork, rows: Sequence[Mapping[str, Any]], known: Mapping[str, Any], placing: Placing) -> int:
    """Gives customers that waited in a pool to the managers whom core banking names, now that they are known."""
    waiting = {
        known[number].customer_id: manager
        for number in (row["customer_number"] for row in rows)
        if number in known and not known[number].lead_person_id and (manager := placing.manager(number))
    }
    if not waiting:
        return 0
    held = held_customers(work, waiting, _CUSTOMERS.lead_person_id == "")
    moves = [Move(each, "", row.organisation_path, waiting[each]) for each, row in held.items()]
    if moves:
        move(work, moves, "The manager whom core banking names.")
    return len(moves)


def _note(
    work: UnitOfWork,
    application: DatasetApplication,
    rows: Sequence[Mapping[str, Any]],
    applied: Sequence[Applied],
    left_out: Mapping[int, Verdict],
    known: Mapping[str, Any],
    placing: Placing,
) -> None:
    refused: dict[str, Refused] = {}
    for place, (row, each) in enumerate(zip(rows, applied, strict=True)):
        number, verdict = row["customer_number"], left_out.get(place, each.verdict)
        led = number in known and known[number].lead_person_id
        if verdict.outcome == Outcome.REFUSED:
            refused[number] = Refused(verdict.reason, verdict.field, verdict.description, **_placed_by(row))
        elif not led and placing.manager(number) is None:
            refused[number] = replace(_NO_MANAGER, **_placed_by(row))
    refusals.keep(work, application, refused, [row["customer_number"] for row in rows])


def _placed_by(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: row[name] or "" for name in ("unit_number", "manager_staff_number")}
