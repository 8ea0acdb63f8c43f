"""Adds up what customers hold: by heading and by currency, sums before anything is divided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from workbench.customer.v1 import holding_pb2, holding_service_pb2

from services.chassis.db.among import among
from services.chassis.db.scope import in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import RuleBroken
from services.customer.rules.averages import Average, Figures, Period
from services.customer.rules.holdings import ENDED, GROUPS, HoldingGroup, HoldingKind
from services.customer.usecases import finding, groups
from services.customer.usecases.holdings.answering import ALL, COLUMNS, Days, as_figures, as_message, days, figures_of, money

MATURITY_DAYS_DEFAULT = 30
MATURITIES_MAX = 50
# Members of a group that are added up at once.
MEMBERS_MAX = 2_000


def of_customer(work: UnitOfWork, request: holding_service_pb2.GetHoldingSummaryRequest) -> holding_service_pb2.HoldingSummary:
    """What one customer holds together."""
    return _summary(work, [finding.reached_customer(work, request.customer_id)], request.maturity_days)


def of_group(
    work: UnitOfWork, request: holding_service_pb2.GetCustomerGroupHoldingSummaryRequest
) -> holding_service_pb2.HoldingSummary:
    """What the members of a group, and of the groups in it, hold together: of members in scope, each once."""
    group = groups.found(work, request.group_id)
    members = select(finding.COLUMNS.customer_id).where(finding.COLUMNS.customer_id.in_(groups.present_members(work, group)))
    in_reach = in_scope(members, finding.COLUMNS, work.scope, work.caller).limit(MEMBERS_MAX + 1)
    customer_ids = work.session.scalars(in_reach).all()
    if len(customer_ids) > MEMBERS_MAX:
        raise RuleBroken("GROUP_TOO_LARGE", f"More than {MEMBERS_MAX} members are not added up in one answer.")
    return _summary(work, customer_ids, request.maturity_days)


@dataclass(slots=True)
class _Total:
    """What is added up under one heading in one currency."""

    holdings: int = 0
    balance: int = 0
    base: int = 0
    averages: dict[Period, Average] = field(default_factory=dict)

    def add(self, row: Any, told: Figures | None) -> None:
        """Adds a holding, with its figures where it has daily balances."""
        self.holdings += row.state not in ENDED and row.missing_since_date is None
        if told is None:
            self.balance += 0 if row.missing_since_date else row.balance_minor_units or 0
            return
        self.balance += told.balance
        self.base += told.base
        for period, average in told.averages.items():
            self.averages[period] = self.averages[period] + average if period in self.averages else average


def _summary(work: UnitOfWork, customer_ids: Sequence[str], maturity_days: int) -> holding_service_pb2.HoldingSummary:
    rows = work.session.execute(select(*ALL).where(among(COLUMNS.customer_id, customer_ids))).all()
    when = days(work, rows)
    return holding_service_pb2.HoldingSummary(
        business_date=when.as_of.isoformat(),
        customers=len(customer_ids),
        totals=list(_totals(rows, when)),
        maturities=[as_message(row, when) for row in _falling_due(work, rows, maturity_days or MATURITY_DAYS_DEFAULT)],
        worst_loan_class=max((row.loan_class for row in rows if row.state not in ENDED), default=0),
        overdue_days_max=max((row.overdue_days for row in rows if row.state not in ENDED), default=0),
    )


def _totals(rows: Iterable[Any], when: Days) -> Iterator[holding_pb2.HoldingTotal]:
    totals: dict[tuple[HoldingGroup, str], _Total] = {}
    for row in rows:
        if row.kind and row.currency_code:
            total = totals.setdefault((GROUPS[HoldingKind(row.kind)], row.currency_code), _Total())
            total.add(row, figures_of(row, when))
    for (group, currency_code), total in sorted(totals.items()):
        yield holding_pb2.HoldingTotal(
            group=group.value, currency_code=currency_code, holdings=total.holdings, figures=_figures(total, currency_code, when)
        )


def _figures(total: _Total, currency_code: str, when: Days) -> holding_pb2.HoldingFigures:
    if total.averages:
        return as_figures(Figures(total.balance, total.base, total.averages), currency_code, when)
    return holding_pb2.HoldingFigures(business_date=when.as_of.isoformat(), balance=money(total.balance, currency_code))


def _falling_due(work: UnitOfWork, rows: Iterable[Any], maturity_days: int) -> list[Any]:
    today = work.business_date
    until = today + timedelta(days=maturity_days)
    due = [
        row
        for row in rows
        if row.maturity_date and today <= row.maturity_date <= until and row.state not in ENDED and row.missing_since_date is None
    ]
    return sorted(due, key=lambda row: (row.maturity_date, row.holding_id))[:MATURITIES_MAX]
