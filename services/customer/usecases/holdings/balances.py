"""What each of several customers has, in few figures: for the rows of a list, in one answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from workbench.customer.v1 import holding_service_pb2

from services.chassis.db.among import among
from services.chassis.db.scope import in_scope
from services.chassis.db.session import UnitOfWork
from services.customer.rules.holdings import GROUPS, HoldingGroup, HoldingKind
from services.customer.usecases import finding
from services.customer.usecases.holdings.answering import ALL, COLUMNS, Days, days, figures_of, money

# Under which figures a heading counts.
_FIGURES: Mapping[HoldingGroup, tuple[str, ...]] = {
    HoldingGroup.DEPOSITS: ("assets", "deposits"),
    HoldingGroup.WEALTH: ("assets",),
    HoldingGroup.LOANS: ("loans",),
}
_KINDS = tuple(kind.value for kind, group in GROUPS.items() if group in _FIGURES)


def of_customers(
    work: UnitOfWork, request: holding_service_pb2.BatchGetCustomerBalancesRequest
) -> holding_service_pb2.BatchGetCustomerBalancesResponse:
    """The balances of those of the customers that the caller reaches."""
    asked = [customer_id.lower() for customer_id in request.customer_ids]
    named = select(finding.COLUMNS.customer_id).where(among(finding.COLUMNS.customer_id, asked))
    reached = set(work.session.scalars(in_scope(named, finding.COLUMNS, work.scope, work.caller)))
    held = select(*ALL).where(among(COLUMNS.customer_id, sorted(reached)), COLUMNS.kind.in_(_KINDS))
    rows = work.session.execute(held).all()
    when = days(work, rows)
    sums = _sums(rows, when)
    return holding_service_pb2.BatchGetCustomerBalancesResponse(
        customer_balances=[_message(customer_id, sums) for customer_id in asked if customer_id in reached],
        business_date=when.as_of.isoformat(),
    )


_Sums = Mapping[tuple[str, str], Mapping[str, int]]


def _sums(rows: Any, when: Days) -> _Sums:
    """Minor units by customer and figure, and then by currency."""
    sums: defaultdict[tuple[str, str], defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        if row.currency_code:
            for figure in _FIGURES[GROUPS[HoldingKind(row.kind)]]:
                sums[row.customer_id, figure][row.currency_code] += _balance(row, when)
    return sums


def _balance(row: Any, when: Days) -> int:
    told = figures_of(row, when)
    if told is not None:
        return told.balance
    return 0 if row.missing_since_date else row.balance_minor_units or 0


def _message(customer_id: str, sums: _Sums) -> holding_service_pb2.CustomerBalances:
    figures = {
        figure: [money(amount, currency_code) for currency_code, amount in sorted(sums.get((customer_id, figure), {}).items())]
        for figure in ("assets", "deposits", "loans")
    }
    return holding_service_pb2.CustomerBalances(customer_id=customer_id, **figures)
