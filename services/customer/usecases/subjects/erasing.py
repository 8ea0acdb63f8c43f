"""Erases a customer's data by law: previewed, asked for, approved by a second person, then gone but for what a law has kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, or_, select, update
from workbench.customer.v1 import data_subject_service_pb2, exchange_events_pb2

from services.chassis.db import field_history
from services.chassis.db.audit import REDACTED, Change
from services.chassis.db.field_history import FieldChange
from services.chassis.db.scope import in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.erasure import ERASED_NAME
from services.chassis.kernel.errors import NotFound, RuleBroken
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.customer.model.base import Base
from services.customer.model.customer import DETAILS, Customer
from services.customer.model.erasure import Erasure, RetainedData
from services.customer.model.key_person import KeyPerson
from services.customer.rules.kinds import CustomerState
from services.customer.rules.retention import ErasureAct, ErasureState, Item, plan, require_erasable
from services.customer.usecases import finding
from services.customer.usecases.importing.applying import plain_details
from services.customer.usecases.keeping import keep

_CUSTOMERS = Customer.__table__
# Tables that hold more of a person than ids, with what their columns become.
_EMPTIED: tuple[tuple[str, tuple[str, ...], dict[str, Any]], ...] = (
    ("key_persons", ("customer_id", "person_customer_id"), {
        "display_name": ERASED_NAME, "position": "", "contact_points": None, "birthday": None, "preferences": None,
    }),
    ("customer_relations", ("from_customer_id", "to_customer_id"), {"label": "", "note": None}),
    ("coverages", ("customer_id",), {"reason": ""}),
    ("timeline_entries", ("customer_id", "happened_to_customer_id"), {"parameters_json": "{}"}),
    ("import_rows", ("customer_id",), {"cell_values": None, "values_before": None, "values_after": None}),
    # Without what it kept of the two a merge is not undone any more.
    ("customer_merges", ("survivor_customer_id", "merged_customer_id"), {
        "snapshot": None, "moved": None, "reason": "", "undo_reason": "",
    }),
    # What the bank's systems must keep of them they keep; here nothing says any more whose they were.
    ("holdings", ("customer_id",), {"customer_id": None, "customer_number": ""}),
    ("duplicate_candidates", ("first_customer_id", "second_customer_id"), {"dismiss_reason": ""}),
)  # fmt: skip
_STATE_NEVER_ERASED = ("state",)


def preview(work: UnitOfWork, customer_id: str) -> tuple[date | None, list[Item]]:
    """The last day of the relationship, and what an erasure would do to each part; raises RuleBroken where there can be none."""
    customer = work.session.get(Customer, finding.shown_customer(work, customer_id).customer_id)
    if customer is None:
        raise RuntimeError("unreachable: the row was just read")
    return _planned(work, customer)


def request_erasure(work: UnitOfWork, customer_id: str, reason: str) -> Erasure:
    """Keeps the request for a second person; raises RuleBroken ERASURE_REQUESTED where one waits."""
    customer = finding.customer_to_change(work, customer_id)
    _, items = _planned(work, customer)
    waiting = select(Erasure).filter_by(customer_id=customer.customer_id, state=ErasureState.REQUESTED.value)
    if work.session.scalars(waiting).first() is not None:
        raise RuleBroken("ERASURE_REQUESTED", "A request for this customer waits for its decision.")
    erasure = Erasure(
        erasure_id=work.new_id(),
        customer_id=customer.customer_id,
        reason=reason,
        request_person_id=work.caller.person_id,
        request_time=work.now,
        items=[_as_json(item) for item in items],
    )
    work.session.add(erasure)
    work.record(
        exchange_events_pb2.ErasureRequested(
            erasure_id=erasure.erasure_id,
            customer_id=customer.customer_id,
            organisation_path=customer.organisation_path,
            request_person_id=erasure.request_person_id,
        )
    )
    return erasure


def find_erasure(work: UnitOfWork, erasure_id: str, *, to_change: bool = False) -> Erasure:
    """One about a customer in scope; raises NotFound ERASURE_NOT_FOUND."""
    statement = _in_reach(work).where(Erasure.erasure_id == erasure_id.lower())
    erasure = work.session.scalars(statement.with_for_update(of=Erasure) if to_change else statement).one_or_none()
    if erasure is None:
        raise NotFound("ERASURE_NOT_FOUND", "There is no such request in your scope.")
    return erasure


def list_erasures(work: UnitOfWork, request: data_subject_service_pb2.ListErasuresRequest) -> Page:
    """A page of those about customers in scope, the latest first."""
    size, query = page_size(request.page_size), f"erasures|{request.state}"
    statement = _in_reach(work).order_by(Erasure.erasure_id.desc()).limit(size + 1)
    if request.state:
        statement = statement.where(Erasure.state == request.state)
    if token := PageToken.decode(request.page_token, query, keys=1):
        statement = statement.where(Erasure.erasure_id < token.keys[0])
    return Page.of(work.session.scalars(statement).all(), size, query, lambda row: (row.erasure_id,))


def reject(work: UnitOfWork, erasure_id: str, reason: str) -> Erasure:
    """Turns a request down."""
    erasure = find_erasure(work, erasure_id, to_change=True)
    erasure.decide(ErasureState.REJECTED, work.caller.person_id, reason, work.now)
    work.record(
        exchange_events_pb2.ErasureRejected(
            erasure_id=erasure.erasure_id, customer_id=erasure.customer_id, decider_person_id=work.caller.person_id
        )
    )
    return erasure


def approve(work: UnitOfWork, erasure_id: str) -> Erasure:
    """Erases, in this transaction; what has become of the customer since the request is looked at anew."""
    erasure = find_erasure(work, erasure_id, to_change=True)
    erasure.decide(ErasureState.DONE, work.caller.person_id, "", work.now)
    customer = finding.customer_to_change(work, erasure.customer_id)
    _, items = _planned(work, customer)
    erasure.items = [_as_json(item) for item in items]
    _lock_away(work, erasure, customer, items)
    # Records that were merged into it are the same person's.
    for record in (customer, *_merged_into(work, customer)):
        _empty_record(work, record)
        for table, columns, values in _EMPTIED:
            _empty_rows(work, table, columns, record.customer_id, values)
        field_history.erase(work.session, Customer.__tablename__, record.customer_id)
        keep(work, [record])
    work.record(
        exchange_events_pb2.CustomerErased(customer_id=customer.customer_id, erasure_id=erasure.erasure_id, erase_time=work.now)
    )
    return erasure


def forget_retained(work: UnitOfWork) -> None:
    """Erases what laws had kept, once their time is up."""
    over = delete(RetainedData).where(RetainedData.retain_until_date < work.business_date)
    work.session.execute(over.execution_options(synchronize_session=False))


def _merged_into(work: UnitOfWork, customer: Customer) -> Sequence[Customer]:
    with work.whole_bank():
        statement = select(Customer).where(Customer.merged_into_customer_id == customer.customer_id)
        return work.session.scalars(statement.order_by(Customer.customer_id).with_for_update()).all()


def _planned(work: UnitOfWork, customer: Customer) -> tuple[date | None, list[Item]]:
    require_erasable(customer.state)
    ended_on = _relationship_end(work, customer)
    details = plain_details(customer)
    fields = [name for name in DETAILS if name not in _STATE_NEVER_ERASED and details[name]]
    parts = [table for table, columns, _ in _EMPTIED if _has_rows(work, table, columns, customer.customer_id)]
    return ended_on, list(plan(fields, [*parts, "field_changes", "search_entries"], ended_on, work.business_date))


def _relationship_end(work: UnitOfWork, customer: Customer) -> date | None:
    """The last day of the relationship; None where the customer never was more than a prospect."""
    states = [
        (change.change_time, change.value(after=False), change.value(after=True))
        for change in work.session.scalars(field_history.changes_of(Customer.__tablename__, customer.customer_id))
        if change.field == "state" and not change.is_erased
    ]
    prospect, closed = CustomerState.PROSPECT.value, CustomerState.CLOSED.value
    if customer.state == prospect or (states and all(before == prospect and after == closed for _, before, after in states)):
        return None
    ended = next((when for when, _, after in states if after == closed), customer.update_time)
    return _bank_day(work, ended)


def _bank_day(work: UnitOfWork, instant: datetime) -> date:
    return instant.astimezone(ZoneInfo(work.database.bank_time_zone)).date()


def _lock_away(work: UnitOfWork, erasure: Erasure, customer: Customer, items: Sequence[Item]) -> None:
    kept = [item for item in items if item.act == ErasureAct.RETAIN and item.retain_until_date]
    if not kept:
        return
    details = plain_details(customer)
    work.session.flush()
    data = {"customer_number": customer.customer_number, **{item.part: details[item.part] for item in kept}}
    until = max(item.retain_until_date for item in kept if item.retain_until_date)
    row = {
        "erasure_id": erasure.erasure_id,
        "customer_id": customer.customer_id,
        "retained_values": data,
        "retain_until_date": until,
    }
    # Past the trail, which would tell of the data once more.
    work.session.execute(insert(RetainedData.__table__), [row])


def _empty_record(work: UnitOfWork, customer: Customer) -> None:
    """Empties every field past the session's objects: neither trail nor history are told once more what is to be forgotten."""
    work.session.flush()
    columns = _CUSTOMERS.c
    empty: dict[str, Any] = {name: None if columns[name].nullable else 0 for name in DETAILS}
    empty |= {"display_name": ERASED_NAME, "state": CustomerState.ERASED.value, "update_time": work.now}
    statement = update(_CUSTOMERS).where(columns.customer_id == customer.customer_id)
    work.session.execute(statement.values(**empty, version=columns.version + 1))
    work.session.refresh(customer)
    work.changes.append(Change(f"customers/{customer.customer_id}", "erase", dict.fromkeys(DETAILS, (REDACTED, None))))


def _empty_rows(work: UnitOfWork, table_name: str, columns: Sequence[str], customer_id: str, values: dict[str, Any]) -> None:
    table = Base.metadata.tables[table_name]
    if table_name == KeyPerson.__tablename__:
        _forget_history(work, table, columns, customer_id)
    # A row that no longer names the customer is out of the reach of whoever erases.
    with work.whole_bank():
        work.session.execute(update(table).where(_naming(table, columns, customer_id)).values(**values))
    work.session.expire_all()


def _forget_history(work: UnitOfWork, table: Any, columns: Sequence[str], customer_id: str) -> None:
    key = next(iter(table.primary_key.columns))
    ids = work.session.scalars(select(key).where(_naming(table, columns, customer_id))).all()
    entries = update(FieldChange).where(FieldChange.resource == table.name, FieldChange.resource_id.in_(ids))
    work.session.execute(entries.values(before=None, after=None).execution_options(synchronize_session=False))


def _has_rows(work: UnitOfWork, table_name: str, columns: Sequence[str], customer_id: str) -> bool:
    table = Base.metadata.tables[table_name]
    found = select(1).select_from(table).where(_naming(table, columns, customer_id)).limit(1)
    return work.session.execute(found).first() is not None


def _naming(table: Any, columns: Sequence[str], customer_id: str) -> Any:
    return or_(*(table.c[name] == customer_id for name in columns))


def _in_reach(work: UnitOfWork) -> Any:
    joined = select(Erasure).join(Customer, Customer.customer_id == Erasure.customer_id)
    return in_scope(joined, Customer, work.scope, work.caller)


def _as_json(item: Item) -> dict[str, Any]:
    until = item.retain_until_date
    return {
        "part": item.part,
        "act": item.act.value,
        "basis": item.basis,
        "retain_until_date": until.isoformat() if until else "",
    }


def items_as_json(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    """Items as an answer has them."""
    return map(_as_json, items)
