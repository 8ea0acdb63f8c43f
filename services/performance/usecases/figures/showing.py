"""Figures as they are answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.performance.v1 import figure_pb2
from workbench.type.v1 import money_pb2

from services.chassis.kernel.money import Money
from services.chassis.mapping import money_message
from services.performance.rules.figures import MEASURES, Amounts, ComparisonKind, Measure, Period, deviation

Compared = Mapping[ComparisonKind, tuple[Period, Amounts]]
_MONEY = tuple(MEASURES[measure - 1] for measure in Measure if measure and measure is not Measure.FLOW_COUNT)


def amounts(values: Amounts, currency_code: str) -> figure_pb2.FigureAmounts:
    """All measures."""
    shown: dict[str, Any] = {
        name: money(value, currency_code) for name, value in zip(MEASURES, values.values, strict=True) if name in _MONEY
    }
    return figure_pb2.FigureAmounts(**shown, flow_count=values.of(Measure.FLOW_COUNT))


def money(minor_units: int, currency_code: str) -> money_pb2.Money | None:
    """An amount of the home currency."""
    return money_message(Money(minor_units, currency_code))


def measured(values: Amounts, measure: Measure, currency_code: str) -> dict[str, Any]:
    """One measure as the fields `amount` and `count` of a message."""
    value = values.of(measure)
    return {"count": value} if measure is Measure.FLOW_COUNT else {"amount": money(value, currency_code)}


def line(now: Amounts, earlier: Compared, currency_code: str, product_code: str = "", *, total: bool = False) -> Any:
    """What somebody has of a product, or of all, against earlier periods."""
    return figure_pb2.FigureLine(
        product_code=product_code,
        amounts=amounts(now, currency_code),
        account_count=0 if total else now.account_count,
        deviation=deviation(now.of(Measure.BALANCE), now.of(Measure.AVERAGE_BALANCE)),
        comparisons=[_comparison(kind, period, then, now, currency_code) for kind, (period, then) in earlier.items()],
    )


def totalled(found: Mapping[ComparisonKind, tuple[Period, Mapping[Any, Amounts]]], keys: Sequence[Any] | None = None) -> Compared:
    """Earlier periods' sums added up: of these keys, or of all."""
    return {
        kind: (period, Amounts.total(by_key.values() if keys is None else (by_key.get(key, Amounts()) for key in keys)))
        for kind, (period, by_key) in found.items()
    }


def _comparison(
    kind: ComparisonKind, period: Period, then: Amounts, now: Amounts, currency_code: str
) -> figure_pb2.FigureComparison:
    return figure_pb2.FigureComparison(
        kind=kind.value,
        start_date=period.start_date.isoformat(),
        as_of_date=period.as_of_date.isoformat(),
        amounts=amounts(then, currency_code),
        change=amounts(now - then, currency_code),
    )
