"""Five-category classes 五级分类 of loans, and how long they are overdue."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from sqlalchemy import bindparam, select, update

from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.longwork.task import Preparation
from services.customer.model.dataset import ApplicationState, DatasetApplication, DatasetBook, DatasetRefusal
from services.customer.model.holding import Holding
from services.customer.rules.holdings import LoanClass
from services.customer.usecases.datasets import reading, refusals, telling
from services.customer.usecases.datasets.passes import Pass
from services.customer.usecases.datasets.refusals import Refused

ROWS_PER_STEP = 1_000
_COLUMNS = ("account_number", "class", "overdue_days", "overdue_minor_units")
_TABLE = Holding.__table__
_SET = ("loan_class", "overdue_days", "overdue_minor_units", "class_feed", "update_time")


def read(preparation: Preparation, wanted: Pass, stack: ExitStack, _place: int) -> Callable[[int], list[Any]]:
    """The changed classes of a snapshot."""
    return reading.changed_rows(preparation, wanted, stack, _COLUMNS, ROWS_PER_STEP)


def apply(work: UnitOfWork, application: DatasetApplication, rows: Sequence[Any], *, first: bool) -> Mapping[str, int]:
    """Writes classes to the accounts; a risk system has its own name, but core banking's numbers."""
    holdings = _accounts(work, application.source_system, [row["account_number"] for row in rows])
    written, told, refused, kept = [], [], {}, []
    for row in rows:
        number = row["account_number"]
        found = holdings.get(number, [])
        if not found and not row["gone"]:
            refused[number] = Refused(
                "ACCOUNT_UNKNOWN", "account_number", "No such account has come yet; tried again when it has."
            )
            continue
        kept.append(number)
        loan_class = 0 if row["gone"] else LoanClass[row["class"]].value
        values = (
            loan_class,
            0 if row["gone"] else row["overdue_days"],
            None if row["gone"] else row["overdue_minor_units"],
            application.feed,
            work.now,
        )
        for holding in found:
            written.append({f"b_{name}": value for name, value in zip(_SET, values, strict=True)} | {"b_id": holding.holding_id})
            told.append((holding, loan_class))
    if written:
        statement = update(_TABLE).where(_TABLE.c.holding_id == bindparam("b_id"))
        work.session.execute(statement.values({name: bindparam(f"b_{name}") for name in _SET}), written)
    refusals.keep(work, application, refused, kept)
    if not first:
        telling.tell_classes(work, application.business_date, told)
    return {"updated": len(written), "refused": len(refused), "gone": sum(row["gone"] for row in rows)}


def waiting_for_accounts(work: UnitOfWork) -> list[str]:
    """The feeds with classes of accounts that had not come: applied again, now that accounts have."""
    waiting = select(DatasetBook).where(
        DatasetBook.dataset == "loan_classes", DatasetBook.feed.in_(select(DatasetRefusal.feed).distinct())
    )
    feeds = []
    for book in work.session.scalars(waiting).all():
        last = select(DatasetApplication).filter_by(
            feed=book.feed, business_date=book.business_date, state=ApplicationState.APPLIED.value
        )
        if application := work.session.scalars(last).one_or_none():
            application.state, application.end_time = ApplicationState.PENDING.value, None
            feeds.append(book.feed)
    return feeds


def _accounts(work: UnitOfWork, source_system: str, numbers: Sequence[str]) -> dict[str, list[Any]]:
    columns = (_TABLE.c.holding_id, _TABLE.c.number, _TABLE.c.source_system, _TABLE.c.customer_id, _TABLE.c.loan_class)
    rows = work.session.execute(select(*columns).where(_TABLE.c.dataset == "accounts", among(_TABLE.c.number, numbers))).all()
    of_number: dict[str, list[Any]] = {}
    for row in rows:
        of_number.setdefault(row.number, []).append(row)
    own = {number: [row for row in found if row.source_system == source_system] for number, found in of_number.items()}
    # Where two systems gave the same number, only its own is meant.
    return {
        number: own[number] or (found if len({row.source_system for row in found}) == 1 else [])
        for number, found in of_number.items()
    }
