"""Takes claims over from other systems, each by its number there, as long work; one bad row stops no other.

Rows of one object stand together and are one step, so that a trial, of which nothing stays, refuses the same rows.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from workbench.performance.v1 import claim_pb2, claim_service_pb2

from services.chassis.db.attempts import attempt
from services.chassis.db.scope import in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.files import storage
from services.chassis.kernel.dates import optional_date, parse_date
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotFound, RuleBroken, WorkbenchError
from services.chassis.longwork import asking
from services.chassis.longwork.table import Operation
from services.chassis.longwork.task import Preparation, Task, Work
from services.chassis.mapping import values_of
from services.performance.model.claim import Claim
from services.performance.model.customer import Customer
from services.performance.model.person import Person
from services.performance.rules.claims import ClaimKind, ClaimState, Division, divide
from services.performance.rules.shares import ObjectKind, SharedObject
from services.performance.usecases.claims import making, things
from services.performance.usecases.shares.lines import put_lines

IMPORT = "performance.claims.import"
PERMISSION = "performance.claim.import"
ROWS_PER_STEP = 50
_COUNTS = ("created", "updated", "unchanged", "refused")
_Row = claim_service_pb2.ImportedClaim
# The number of the customer whose each object is: an account may have the number of a contract.
_Owners = dict[SharedObject, str]


class _Taken(NamedTuple):
    thing: SharedObject
    division: Division
    parts: list[claim_pb2.ClaimPart]


def ask(work: UnitOfWork, request: claim_service_pb2.ImportClaimsRequest) -> Operation:
    """Asks for it; raises InvalidInput NUMBER_TWICE where two rows have one number."""
    numbers = [row.import_number for row in request.claims]
    if (
        twice := sorted({number for number in numbers if numbers.count(number) > 1})[:10]
        if len(set(numbers)) < len(numbers)
        else []
    ):
        violation = FieldViolation("claims", f"Each number once: {', '.join(twice)}.")
        raise InvalidInput("NUMBER_TWICE", "Two rows have one number.", violations=(violation,))
    rows = sorted((values_of(row) for row in request.claims), key=_object)
    parameters = {"import_system": request.import_system, "dry_run": request.dry_run, "rows": rows}
    return asking.ask(work, IMPORT, parameters, total=len(rows))


def _prepare(preparation: Preparation, task: Task) -> _Owners:
    """Whose the accounts and contracts are, by the bank's datasets: looked up once for all rows."""
    if "owners" not in task.memory:
        owners: _Owners = {}
        for kind in (ObjectKind.ACCOUNT, ObjectKind.CONTRACT, ObjectKind.FEE_FLOW):
            rows = [row for row in task.parameters["rows"] if row["object_kind"] == kind]
            with preparation.transaction() as work:
                pins = things.latest_pins(work, kind, {row.get("source_system", "") for row in rows}) if rows else []
                lake = work.database.lake if pins else None
            if lake is not None:
                from services.performance.engine import objects

                numbers = [row.get("object_number", "").strip() for row in rows]
                found = objects.customer_numbers(lake, pins, numbers)
                owners |= {SharedObject(kind, f"{system}/{number}"): of for (system, number), of in found.items()}
        task.memory["owners"] = owners
    owned: _Owners = task.memory["owners"]
    return owned


def _step(work: UnitOfWork, task: Task, owners: _Owners) -> None:
    rows = _next(task.parameters["rows"], task.done)
    refused: list[tuple[str, str, str]] = []
    counts = task.checkpoint.setdefault("counts", dict.fromkeys(_COUNTS, 0))
    with attempt(work, keep=not task.parameters["dry_run"]):
        for values in rows:
            try:
                with attempt(work, keep=True):
                    outcome = _take(work, task.parameters["import_system"], values, owners)
            except WorkbenchError as refusal:
                outcome = "refused"
                refused.append((values["import_number"], refusal.reason, _told(refusal)))
            counts[outcome] += 1
    _note(work, task, refused)
    task.done += len(rows)
    if task.done == task.total:
        if file_id := task.checkpoint.get("file_id", ""):
            storage.complete(work, storage.find(work, file_id, to_change=True))
        told = ", ".join(f"{counts[name]} {name}" for name in _COUNTS)
        task.finish(f"{'Nothing was kept: ' if task.parameters['dry_run'] else ''}{told}.", file_id)


WORKS = (Work(IMPORT, PERMISSION, _step, _prepare),)


def _object(row: Mapping[str, Any]) -> tuple[int, str, str, str]:
    return row["object_kind"], row.get("source_system", ""), row.get("object_number", "").strip(), row["customer_number"]


def _next(rows: Sequence[dict[str, Any]], done: int) -> Sequence[dict[str, Any]]:
    """The next rows, up to the last of an object."""
    end = min(done + ROWS_PER_STEP, len(rows))
    while end < len(rows) and _object(rows[end]) == _object(rows[end - 1]):
        end += 1
    return rows[done:end]


def _take(work: UnitOfWork, system: str, values: Mapping[str, Any], owners: _Owners) -> str:
    number, digest = values["import_number"], hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
    statement = select(Claim).where(Claim.import_system == system, Claim.import_number == number)
    known = work.session.scalars(statement).one_or_none()
    if known is not None and known.import_sha256 == digest:
        return "unchanged"
    taken = _read(work, _row(values), owners)
    if known is not None:
        if known.thing != taken.thing:
            put_lines(work, known.thing, [], known.source)
        _fill(known, taken, work)
        known.kind, known.import_sha256 = values["kind"], digest
        put_lines(work, taken.thing, taken.division.parts, known.source)
        return "updated"
    claim = Claim(
        claim_id=work.new_id(),
        object_kind=int(taken.thing.kind),
        object_key=taken.thing.key,
        customer_id=str(taken.thing.customer_id),
        owner_person_id=work.caller.person_id,
        organisation_path=work.caller.organisation_path,
        kind=values["kind"],
        parts=[],
        start_date=taken.division.parts[0].start_date,
        import_system=system,
        import_number=number,
        import_sha256=digest,
        create_time=work.now,
        update_time=work.now,
    )
    _fill(claim, taken, work)
    work.session.add(claim)
    put_lines(work, taken.thing, taken.division.parts, claim.source)
    return "created"


def _fill(claim: Claim, taken: _Taken, work: UnitOfWork) -> None:
    """Takes over what the row says; what counts at once is approved."""
    claim.object_kind, claim.object_key = int(taken.thing.kind), taken.thing.key
    claim.customer_id = str(taken.thing.customer_id)
    claim.parts = [values_of(part) for part in taken.parts]
    claim.start_date, claim.end_date = taken.division.parts[0].start_date, taken.division.parts[0].end_date
    claim.state, claim.decide_time, claim.update_time = ClaimState.APPROVED.value, work.now, work.now


def _read(work: UnitOfWork, row: claim_service_pb2.ImportedClaim, owners: _Owners) -> _Taken:
    customer = _customer(work, row.customer_number)
    draft = claim_pb2.Claim(
        object_kind=row.object_kind,
        source_system=row.source_system,
        object_number=row.object_number,
        customer_id=customer.customer_id,
    )
    thing = things.named(draft)
    if thing.kind is not ObjectKind.CUSTOMER:
        things.check_number(owners.get(SharedObject(thing.kind, thing.key)), things.with_merged(work, customer))
    parts = [_part(work, part) for part in row.parts]
    start_date, end_date = parse_date(row.start_date, "start_date"), optional_date(row.end_date, "end_date")
    division = divide(thing.kind, ClaimKind(row.kind), making.asked_of(parts), start_date, end_date)
    return _Taken(thing, division, parts)


def _row(values: Mapping[str, Any]) -> claim_service_pb2.ImportedClaim:
    parts = [claim_service_pb2.ImportedPart(**part) for part in values["parts"]]
    return _Row(**{**values, "parts": parts})


def _customer(work: UnitOfWork, customer_number: str) -> Customer:
    statement = select(Customer).where(Customer.customer_number == customer_number)
    known = work.session.scalars(in_scope(statement, Customer, work.scope, work.caller)).first()
    if known is None or known.gone:
        raise NotFound("CUSTOMER_NOT_FOUND", "There is no such customer in your scope.")
    if known.merged_into_customer_id:
        told = {"mergedIntoCustomerId": known.merged_into_customer_id}
        raise RuleBroken("CUSTOMER_MERGED", "The record was merged into another, which stands for it.", metadata=told)
    return known


def _part(work: UnitOfWork, row: claim_service_pb2.ImportedPart) -> claim_pb2.ClaimPart:
    """A part by the person's id; also of somebody who has left, since it may be of days long ago."""
    person = work.session.scalars(select(Person).where(Person.staff_number == row.staff_number)).first()
    if person is None:
        violation = FieldViolation("parts.staff_number", f"Nobody has the number {row.staff_number}.")
        raise NotFound("PERSON_NOT_FOUND", "There is no such person in the bank.", violations=(violation,))
    part = claim_pb2.ClaimPart(person_id=person.person_id, basis_points=row.basis_points)
    for name in ("from_amount", "to_amount", "fixed_amount"):
        if row.HasField(name):
            getattr(part, name).CopyFrom(getattr(row, name))
    return part


def _note(work: UnitOfWork, task: Task, refused: Sequence[tuple[str, str, str]]) -> None:
    """Writes refused rows into the operation's file; a number and our own words hold nothing that a spreadsheet computes."""
    if not refused:
        return
    if "file_id" in task.checkpoint:
        file = storage.find(work, task.checkpoint["file_id"], to_change=True)
    else:
        file = storage.create(work, "refused-claims.csv", "text/csv; charset=utf-8")
        task.checkpoint["file_id"] = file.file_id
        storage.append(work, file, "\ufeff".encode() + _lines([("import_number", "reason", "description")]))
    storage.append(work, file, _lines(refused))


def _lines(rows: Sequence[tuple[str, ...]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def _told(refusal: WorkbenchError) -> str:
    facts = [f"{name}: {value}" for name, value in sorted(refusal.metadata.items())]
    return " ".join([refusal.message, *(violation.description for violation in refusal.violations), *facts])
