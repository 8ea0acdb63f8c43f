"""Takes back what an import did to one record, where nobody has touched it since."""

from __future__ import annotations

from typing import Any

from workbench.customer.v1 import customer_pb2

from services.chassis.db.attempts import attempt
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import NotFound, WorkbenchError
from services.customer.model.customer import Customer
from services.customer.model.imports import ImportRow
from services.customer.rules.exchange.outcomes import Outcome
from services.customer.usecases import finding
from services.customer.usecases.customers import change_customer
from services.customer.usecases.importing.applying import plain_details
from services.customer.usecases.removing import remove_customer


def undo_row(work: UnitOfWork, row: ImportRow) -> bool:
    """Whether the record is as it was before the import; where it is not, the row says why."""
    try:
        with attempt(work, keep=True):
            customer = finding.customer_to_change(work, row.customer_id)
            reason = _remove(work, row, customer) if row.outcome == Outcome.CREATED else _put_back(work, row, customer)
    except NotFound:
        reason = "CUSTOMER_NOT_FOUND"
    except WorkbenchError as refusal:
        reason = refusal.reason
    row.undone, row.reason, row.values = not reason, reason, None
    if not reason:
        row.before = row.after = None
    row.description = "" if row.undone else "Somebody touched the record since; it stays as it is."
    return row.undone


def _remove(work: UnitOfWork, row: ImportRow, customer: Customer) -> str:
    if customer.version != row.version:
        return "CHANGED_SINCE"
    remove_customer(work, customer)
    return ""


def _put_back(work: UnitOfWork, row: ImportRow, customer: Customer) -> str:
    """Each changed field that still holds what the import gave it gets its former value; one that does not is left, and told."""
    now, before, after = plain_details(customer), row.before or {}, row.after or {}
    untouched = {name: before[name] for name in before if now[name] == after.get(name)}
    sent = customer_pb2.Customer(customer_id=customer.customer_id)
    paths: list[str] = []
    for name, value in untouched.items():
        paths += _say(sent, name, value, now)
    if paths:
        change_customer(work, sent, paths)
    return "" if len(untouched) == len(before) else "CHANGED_SINCE"


def _say(sent: customer_pb2.Customer, name: str, value: Any, now: dict[str, Any]) -> list[str]:
    """Puts a field's former value into what is sent; answers how a mask names it."""
    if name.endswith("custom_fields"):
        names = {*(value or {}), *(now[name] or {})}
        for each in names:
            sent.custom_fields[each] = (value or {}).get(each, "")
        return [f"custom_fields.{each}" for each in sorted(names)]
    # An empty value is one that is not said: named in the mask it empties the field.
    if value:
        sent.MergeFrom(customer_pb2.Customer(**{name: value}))
    return [name]
