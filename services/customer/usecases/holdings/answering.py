"""Holdings as callers see them, with the figures of the business date that the bank's balances have come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from workbench.customer.v1 import holding_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.money import Money
from services.chassis.mapping import money_message
from services.customer.model.dataset import DatasetBook
from services.customer.model.holding import Holding, closed_on, running_of
from services.customer.rules.averages import Figures, Period, figures, last_year_end, nothing_yet

# What is read of a holding: columns of the table, because building mapped objects costs more than reading them.
COLUMNS = Holding.__table__.c
ALL = tuple(COLUMNS)
# The dataset whose holdings have daily balances.
ACCOUNTS = "accounts"
# Hundred-millionths are so many places below a percent.
_RATE_SHIFT = -6
_PLAIN = (
    "holding_id", "customer_id", "source_system", "number", "kind", "product_code", "product_name", "unit_number",
    "currency_code", "state", "parent_number", "loan_class", "overdue_days",
)  # fmt: skip
_DATES = ("open_date", "maturity_date", "close_date", "missing_since_date")


@dataclass(frozen=True, slots=True)
class Days:
    """Of which day figures are, and against which."""

    as_of: date
    base_date: date


def days(work: UnitOfWork, rows: Iterable[Any] = ()) -> Days:
    """The latest date that balances have come to: for all holdings the same, so that they add up.

    While a newer date is just being applied, a row that is there already carries the figures on to it.
    """
    known = [row.since_date for row in rows if row.since_date]
    latest = work.session.scalar(select(func.max(DatasetBook.business_date)).where(DatasetBook.dataset == "balances"))
    as_of = max([*known, latest or work.business_date])
    return Days(as_of, work.settings.base_date or last_year_end(as_of))


def figures_of(row: Any, when: Days) -> Figures | None:
    """The figures of a row; None where it has neither a balance nor will have any by day."""
    if running := running_of(row):
        return figures(running, when.as_of, closed_on(row), when.base_date)
    return nothing_yet(when.as_of) if row.dataset == ACCOUNTS else None


def as_message(row: Any, when: Days) -> holding_pb2.Holding:
    """A holding as it is answered."""
    message = holding_pb2.Holding(
        **{name: value for name in _PLAIN if (value := getattr(row, name))},
        **{name: value.isoformat() for name in _DATES if (value := getattr(row, name))},
        principal=money(row.principal_minor_units, row.currency_code),
        overdue=money(row.overdue_minor_units, row.currency_code),
        interest_rate_percent=_percent(row.interest_rate_e8),
    )
    if running_of(row):
        message.figures.CopyFrom(as_figures(figures_of(row, when), row.currency_code, when))
    elif row.dataset != ACCOUNTS and row.balance_minor_units is not None and row.currency_code:
        day = when.as_of.isoformat()
        amount = 0 if row.missing_since_date else row.balance_minor_units
        message.figures.CopyFrom(holding_pb2.HoldingFigures(business_date=day, balance=money(amount, row.currency_code)))
    return message


def as_figures(told: Figures | None, currency_code: str, when: Days) -> holding_pb2.HoldingFigures:
    """Figures as they are answered."""
    if told is None:
        return holding_pb2.HoldingFigures()
    amounts: Mapping[str, int] = {
        "balance": told.balance,
        "month_average": told.averages[Period.MONTH].minor_units,
        "quarter_average": told.averages[Period.QUARTER].minor_units,
        "year_average": told.averages[Period.YEAR].minor_units,
        "base": told.base,
        "increment": told.increment,
        "year_increment": told.year_increment,
    }
    return holding_pb2.HoldingFigures(
        business_date=when.as_of.isoformat(),
        base_date=when.base_date.isoformat(),
        **{name: money(amount, currency_code) for name, amount in amounts.items()},
    )


def money(minor_units: int | None, currency_code: str) -> Any:
    """An amount as it is answered; none where the source names no currency."""
    return money_message(Money(minor_units, currency_code)) if minor_units is not None and currency_code else None


def _percent(rate_e8: int | None) -> str:
    if rate_e8 is None:
        return ""
    text = f"{Decimal(rate_e8).scaleb(_RATE_SHIFT):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
