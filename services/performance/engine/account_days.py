"""The grain: each object's day, divided among its owners, with the numerators of its product's formulas.

Everything above is sums of these rows, and whoever asks why is shown these rows: there is no other computation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from typing import TYPE_CHECKING

import ibis

from services.performance.engine.formulas import numerator, within_bounds
from services.performance.engine.measures import ACCOUNT_DAYS, ACCRUALS
from services.performance.engine.rounding import exact, half_even, shared_by_weight
from services.performance.engine.sources import Source, looked_up, rows_of
from services.performance.engine.tables import HOLDING, SCHEMAS_OF_TABLES, table
from services.performance.rules.catalogue import FtpMethod, ProductRule, Slot
from services.performance.rules.formulas import Formula
from services.performance.rules.formulas.inputs import AMOUNT_MAX, DAYS_MAX, SOURCES, InputKind
from services.performance.rules.shares import WHOLE_BASIS_POINTS

if TYPE_CHECKING:
    from ibis import ir

# An object's row on a day.
_ROW = ("day", "source_system", "account_number", "currency_code", "row_key")


@dataclass(frozen=True, eq=False)
class Measuring:
    """How a source is measured: by the rules that take its rows, by number."""

    source: Source
    rules: Mapping[int, ProductRule]
    home_currency_code: str

    @cached_property
    def _told(self) -> str:
        rules = [(number, rule.selection.remaining, sorted(rule.measures.items())) for number, rule in sorted(self.rules.items())]
        return repr((self.source.dataset, rules, self.home_currency_code))

    def __repr__(self) -> str:
        """All that an expression depends on: not which version of a product it is, nor since when, which tables tell."""
        return f"Measuring{self._told}"

    def __eq__(self, other: object) -> bool:
        """Of two that are equal the expressions are the same."""
        return isinstance(other, Measuring) and self._told == other._told

    def __hash__(self) -> int:
        return hash(self._told)

    @property
    def formulas(self) -> list[Formula]:
        """Those of all its rules."""
        return [formula for rule in self.rules.values() for formula in rule.measures.values()]

    @property
    def amounts(self) -> list[str]:
        """The inputs of which each owner has a part."""
        return self.source.inputs(InputKind.AMOUNT, InputKind.COUNT)


def account_days(measuring: Measuring, *, divided: bool) -> ir.Table:
    """The rows of a source by owner: of objects that lines divide, or of all others."""
    rows = _held(rows_of(measuring.source, measuring.home_currency_code), measuring.source)
    is_divided = rows.holding.notnull() & rows.sole_share_line_id.isnull()
    rows = _selected(rows.filter(is_divided if divided else ~is_divided), measuring)
    rows = _priced(rows)
    rows = _checked(_converted(rows, measuring), measuring)
    rows = _based(rows, measuring.source)
    return _computed(_divided(rows, measuring) if divided else _whole(rows, measuring), measuring)


def base_amounts(home_currency_code: str) -> ir.Table:
    """What increments are counted from, in the home currency at the rate of the base date; NULL where there is none."""
    rows = looked_up(table("base_rows"), _rates(), {"day": "rate_day", "currency_code": "currency_code"})
    return rows.mutate(base=_at_home(rows, rows.base_banded, home_currency_code)).select(*SCHEMAS_OF_TABLES["base_amounts"])


def _rates() -> ir.Table:
    return table("rates").rename(rate_day="day")


def _at_home(rows: ir.Table, amount: ir.IntegerValue, home_currency_code: str) -> ir.IntegerValue:
    """In the home currency at the row's rate; NULL where there is none, or beyond what is computed with."""
    # Nearly all are at home already: their digits are counted in 64 bits.
    own = amount.between(-AMOUNT_MAX, AMOUNT_MAX).ifelse(amount, ibis.null("int64"))
    converted = half_even(exact(amount) * rows.factor, rows.divisor)
    converted = converted.between(-AMOUNT_MAX, AMOUNT_MAX).ifelse(converted, ibis.null()).cast("int64")
    return (rows.currency_code == home_currency_code).ifelse(own, converted)


def _held(rows: ir.Table, source: Source) -> ir.Table:
    """With whose each object is: by its own lines where it has any, else by its customer's; the pool's unit by its number."""
    if "holding" not in rows.columns:
        rows = looked_up(rows, table("customers"), {"customer_number": "customer_number"})
        if source.object_kind:
            own = table("holdings").filter(lambda t: t.object_kind == int(source.object_kind)).drop("object_kind")
            own = own.rename({f"own_{name}": name for name in HOLDING})
            rows = looked_up(rows, own, {"source_system": "source_system", "account_number": "account_number"})
            has_own = rows.own_holding.notnull()
            rows = rows.mutate(**{name: has_own.ifelse(rows[f"own_{name}"], rows[name]) for name in HOLDING})
    return looked_up(rows, table("units").rename(pool_unit_id="organisation_unit_id"), {"unit_number": "unit_number"})


def _selected(rows: ir.Table, measuring: Measuring) -> ir.Table:
    """With the rule that takes each row: by its product's code before all others, then by its kind, then whatever is left."""
    selectors = table("selectors").filter(lambda t: t.dataset == measuring.source.dataset)
    by_code = selectors.filter(selectors.by_code).select("selector", code_rule="rule")
    by_kind = selectors.filter(~selectors.by_code).select("selector", kind_rule="rule")
    rows = looked_up(rows, by_code, {"product_code": "selector"})
    rows = looked_up(rows, by_kind, {"selected_kind": "selector"})
    rest = next((number for number, rule in measuring.rules.items() if rule.selection.remaining), None)
    found = ibis.coalesce(rows.code_rule, rows.kind_rule, ibis.literal(rest, "int64"))
    rows = rows.mutate(rule=found, bank_product_code=rows.product_code).drop("product_code")
    if not measuring.source.complete:
        rows = rows.filter(rows.rule.notnull())
    return looked_up(rows, table("rules").rename(rule_number="rule"), {"rule": "rule_number"})


def _priced(rows: ir.Table) -> ir.Table:
    """With the price of funds: at the rule's tenor on the day, at the row's own on the day it was opened, or the rule's own.

    At the tenor of the curve nearest to it that is not longer, or the shortest; without a maturity the shortest. Of a day before
    the first curve it is that curve's.
    """
    matched = rows.ftp_method == int(FtpMethod.MATCHED)
    wanted = ibis.coalesce(matched.ifelse(rows.tenor_days, rows.rule_tenor_days), 0)
    day = matched.ifelse(ibis.coalesce(rows.open_date, rows.day), rows.day)
    prices = table("prices")
    rows = rows.mutate(
        wanted_tenor_days=ibis.greatest(ibis.least(wanted, DAYS_MAX), 0),
        wanted_date=ibis.greatest(day, prices.price_date.min().as_scalar()),
    )
    rows = looked_up(rows, table("tenors").rename(known_tenor_days="tenor_days"), {"wanted_tenor_days": "known_tenor_days"})
    found = {"currency_code": "currency_code", "wanted_date": "price_date", "ftp_tenor_days": "price_tenor_days"}
    rows = looked_up(rows, prices.rename(price_tenor_days="ftp_tenor_days"), found)
    on_curve = matched | (rows.ftp_method == int(FtpMethod.POOL))
    fixed = rows.ftp_method == int(FtpMethod.FIXED)
    return rows.mutate(ftp_rate=ibis.cases((on_curve, rows.ftp_rate_e8), (fixed, rows.fixed_ftp_rate_e8)))


def _converted(rows: ir.Table, measuring: Measuring) -> ir.Table:
    """With amounts in the home currency at the day's rate; `banded` stays in the row's own."""
    rows = looked_up(rows, _rates(), {"day": "rate_day", "currency_code": "currency_code"})
    names = measuring.source.inputs(InputKind.AMOUNT)
    converted = {name: _at_home(rows, rows[name], measuring.home_currency_code) for name in names}
    lost = [rows[name].notnull() & converted[name].isnull() for name in names]
    excessive = reduce(or_, lost, rows.banded.abs() > AMOUNT_MAX)
    fault = ibis.coalesce(
        rows.fault, _told(rows.exchange_rate_e8.isnull(), "CURRENCY_WITHOUT_RATE"), _told(excessive, "INPUT_OUT_OF_BOUNDS")
    )
    return rows.mutate(**converted, fault=fault)


def _checked(rows: ir.Table, measuring: Measuring) -> ir.Table:
    """Of rows that cannot be counted the amounts are 0, and `fault` says why."""
    read = {each.name: each for formula in measuring.formulas for each in formula.inputs}
    fit = within_bounds(read.values(), rows)
    rows = rows.mutate(
        fault=ibis.coalesce(rows.fault, _told(rows.rule.isnull(), "PRODUCT_MISSING"), _told(~fit, "INPUT_OUT_OF_BOUNDS"))
    )
    counted = rows.fault.isnull()
    return rows.mutate(**{name: counted.ifelse(rows[name], 0) for name in [*measuring.amounts, "banded"]})


def _told(condition: ir.BooleanValue, reason: str) -> ir.StringValue:
    return condition.ifelse(reason, ibis.null("string"))


def _based(rows: ir.Table, source: Source) -> ir.Table:
    """With the main amount at the end of the year before, 0 where the object was not there; `base_banded` in its own currency."""
    if not source.standing:
        return rows.mutate(base=ibis.literal(0, "int64"), base_banded=ibis.literal(0, "int64"))
    found = table("base_amounts").filter(lambda t: t.dataset == source.dataset).drop("dataset")
    rows = looked_up(rows, found, {name: name for name in ("source_system", "account_number", "currency_code")})
    was_there = rows.fault.isnull() & rows.base_banded.notnull()
    return rows.mutate(**{name: was_there.ifelse(rows[name], 0) for name in ("base", "base_banded")})


def _whole(rows: ir.Table, measuring: Measuring) -> ir.Table:
    """Each row as its only owner's: the pool's where nobody has a line."""
    owned = rows.holding.notnull()
    return rows.mutate(
        share_line_id=ibis.coalesce(rows.sole_share_line_id, ""),
        person_id=ibis.coalesce(rows.sole_person_id, ""),
        organisation_unit_id=ibis.coalesce(owned.ifelse(rows.sole_unit_id, rows.pool_unit_id), ""),
        basis_points=ibis.literal(WHOLE_BASIS_POINTS, "int64"),
        from_minor_units=ibis.literal(0, "int64"),
        to_minor_units=ibis.null("int64"),
        base_part=rows.base,
        **{f"{name}_part": rows[name] for name in measuring.amounts},
    )


def _divided(rows: ir.Table, measuring: Measuring) -> ir.Table:
    """Each row as its owners', by their lines, and the pool's for the rest: parts are whole minor units that sum up to the row.

    A line weighs its basis points of what of the amount is in its band. Of an amount of 0 lines weigh as of one minor unit, so
    that what goes with it (an amount after tax, a count) is divided too.
    """
    lines = table("lines").rename(line_holding="holding")
    rows = rows.inner_join(lines, [rows.holding == lines.line_holding])
    unit = ibis.coalesce((rows.pool == 1).ifelse(rows.pool_unit_id, rows.organisation_unit_id), "")
    rows = rows.mutate(
        organisation_unit_id=unit,
        **{f"{name}_size": exact(ibis.greatest(rows[name].abs(), 1)) for name in _WEIGHED},
    )
    rows = rows.mutate(**{f"{name}_weight": _weight(rows, rows[f"{name}_size"]) for name in _WEIGHED})
    rows = rows.mutate(
        **{f"{name}_whole": exact(rows[f"{name}_size"] * WHOLE_BASIS_POINTS) for name in _WEIGHED},
        **{f"{name}_owned": exact(rows[f"{name}_weight"].sum().over(group_by=_ROW)) for name in _WEIGHED},
    )
    # The pool has what the lines leave.
    rest = {name: rows[f"{name}_whole"] - rows[f"{name}_owned"] for name in _WEIGHED}
    rows = rows.mutate(
        **{f"{name}_weight": exact((rows.pool == 1).ifelse(rest[name], rows[f"{name}_weight"])) for name in _WEIGHED}
    )
    rows = rows.filter((rows.pool == 0) | reduce(or_, (rows[f"{name}_weight"] > 0 for name in _WEIGHED)))
    parts = {f"{name}_part": (name, "banded_weight", "banded_whole") for name in measuring.amounts}
    parts["base_part"] = ("base", "base_banded_weight", "base_banded_whole")
    return shared_by_weight(rows, parts, _ROW, ("pool", "staff_number", "person_id", "share_line_id"))


# What bands are measured on: the amount's parts by the one, the base's by the other.
_WEIGHED = ("banded", "base_banded")


def _weight(rows: ir.Table, size: ir.DecimalValue) -> ir.DecimalValue:
    upper = ibis.least(size, ibis.coalesce(exact(rows.to_minor_units), size))
    return exact(ibis.greatest(upper - exact(rows.from_minor_units), exact(0)) * rows.basis_points)


def _computed(rows: ir.Table, measuring: Measuring) -> ir.Table:
    """The rows of ACCOUNT_DAYS: what the formulas make of each part, 0 where a row lacks what one needs."""
    main = measuring.source.amount
    nothing = ibis.literal(0, "int64")
    given = {name: rows[name] for name in SOURCES[measuring.source.dataset].inputs if name in rows.columns}
    given |= {"product_code": rows.bank_product_code} | {name: rows[f"{name}_part"] for name in measuring.amounts}
    values = {str(slot): _value(rows, measuring, slot, given) for slot in Slot}
    # The base counts as the balance does that it is compared with.
    values["base_balance"] = _value(rows, measuring, Slot.BALANCE, given | ({main: rows.base_part} if main else {}))
    # Each a column first: what is used twice would be computed twice.
    rows = rows.mutate(**{f"{name}_value": value for name, value in values.items()})
    values = {name: rows[f"{name}_value"] for name in values}
    has_amount = reduce(or_, (ibis.coalesce(rows[f"{name}_part"], 0) != 0 for name in measuring.amounts), rows.base_part.isnull())
    computed = {
        **{f"{name}_numerator": ibis.coalesce(values[name], exact(0)) for name in ACCRUALS},
        **{name: ibis.coalesce(values[name], exact(0)).cast("int64") for name in values.keys() - set(ACCRUALS)},
        # What lacks an input and has no amount earns nothing either way.
        "incomplete": rows.fault.isnull() & has_amount & reduce(or_, (value.isnull() for value in values.values())),
        "dataset": ibis.literal(measuring.source.dataset),
        "original_amount": rows.banded,
        "amount": rows[main] if main else nothing,
        "part": rows[f"{main}_part"] if main else nothing,
        **{name: ibis.coalesce(rows[name], "") for name in _NAMES},
    }
    shown = {name: rows[given_as] if given_as in rows.columns else ibis.null("int64") for name, given_as in _SHOWN.items()}
    return rows.mutate(**computed, **shown).select(*ACCOUNT_DAYS)


# Texts that are empty where the row has none.
_NAMES = ("currency_code", "customer_number", "customer_id", "product_version_id", "product_code")
# What explains a row beside its amounts, by what formulas call it.
_SHOWN = {
    "customer_rate_e8": "customer_rate",
    "used_ftp_rate_e8": "ftp_rate",
    "used_probability_of_default_e8": "probability_of_default",
    "used_loss_given_default_e8": "loss_given_default",
}


def _value(rows: ir.Table, measuring: Measuring, slot: Slot, given: Mapping[str, ir.Value]) -> ir.DecimalValue:
    """The slot's numerator by the rule of each row; 0 where the rule has no formula for it."""
    formulas: list[tuple[Formula, list[int]]] = []
    for number, rule in measuring.rules.items():
        if formula := rule.measures.get(slot):
            # Rules that measure alike are one case.
            numbers = next((numbers for known, numbers in formulas if known == formula), None)
            if numbers is None:
                formulas.append((formula, [number]))
            else:
                numbers.append(number)
    cases = [(rows.rule.isin(numbers), numerator(formula, given)) for formula, numbers in formulas]
    return ibis.cases(*cases, else_=exact(0)) if cases else exact(0)
