"""Tells customers' timelines what has become of their holdings: that one was opened, ended, fell due or changed its class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.chassis.db.session import UnitOfWork
from services.customer.rules.holdings import HoldingKind, LoanClass, class_told_of, told_of
from services.customer.rules.timeline import Category
from services.customer.usecases import timeline


def tell_states(work: UnitOfWork, day: date, changes: Sequence[tuple[Mapping[str, Any], Any]]) -> None:
    """Tells of contracts, each with the row that it was before; none before is a new one."""
    entries = []
    for values, former in changes:
        new = former is None or former.kind == HoldingKind.UNKNOWN
        kind = told_of(0 if former is None else former.state, values["kind"], values["state"], new=new)
        # What the bank opened long ago and names only now has not just happened.
        just_now = not new or values["open_date"] is None or (day - values["open_date"]).days <= JUST_NOW_DAYS
        if kind and values["customer_id"] and just_now:
            product = {"holding_kind": HoldingKind(values["kind"]).name, "product_code": values["product_code"]}
            entries.append(_entry(values["customer_id"], values["holding_id"], kind, day, product))
    timeline.tell(work, entries)


def tell_classes(work: UnitOfWork, day: date, changes: Sequence[tuple[Any, int]]) -> None:
    """Tells of loans, given as rows as they were, with the class that each has come to."""
    entries = []
    for holding, now in changes:
        kind = class_told_of(holding.loan_class, now)
        if kind and holding.customer_id:
            classes = {"former_class": LoanClass(holding.loan_class).name, "loan_class": LoanClass(now).name}
            entries.append(_entry(holding.customer_id, holding.holding_id, kind, day, classes))
    timeline.tell(work, entries)


# A feed that comes late, or skips some days, still tells.
JUST_NOW_DAYS = 31


def _entry(customer_id: str, holding_id: str, kind: str, day: date, parameters: Mapping[str, str]) -> timeline.Entry:
    return timeline.Entry(
        customer_id=customer_id,
        kind=kind,
        business_date=day,
        category=Category.ACCOUNT,
        parameters={name: value for name, value in parameters.items() if value},
        resource=f"holdings/{holding_id}",
        source_entry_id=f"{holding_id}:{kind}:{day}",
    )
