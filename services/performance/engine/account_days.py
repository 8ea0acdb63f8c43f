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

from services.performance.engine.dividing import divided, whole
from services.performance.engine.formulas import numerator, whole_number_of, within_bounds
from services.performance.engine.measures import ACCOUNT_DAYS, ACCRUALS
from services.performance.engine.rounding import exact, half_even
from services.performance.engine.sources import MEASURED, Source, looked_up, rows_of
from services.performance.engine.tables import HOLDING, KEYED_DAYS, SCHEMAS_OF_TABLES, Division, table
from services.performance.rules.catalogue import FtpMethod, ProductRule, Slot
from services.performance.rules.formulas import Formula
from services.performance.rules.formulas.inputs import AMOUNT_MAX, DAYS_MAX, SOURCES, InputKind
from services.performance.rules.shares import WHOLE_BASIS_POINTS

if TYPE_CHECKING:
    from ibis import ir

# Texts that are empty where a row has none.
_NAMES = (
    "currency_code", "customer_number", "customer_id", "product_version_id", "product_code", "person_id", "organisation_unit_id",
    "share_line_id",
)  # fmt: skip


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
    def measures(self) -> tuple[str, ...]:
        """What any of its rules measures."""
        return tuple(slot for slot in Slot if any(slot in rule.measures for rule in self.rules.values()))

    @property
    def amounts(self) -> list[str]:
        """The inputs of which each owner has a part."""
        return self.source.inputs(InputKind.AMOUNT, InputKind.COUNT)


def keyed_days(measuring: Measuring, division: Division) -> ir.Table:
    """The rows of a source by owner, of objects that are so divided: KEYED_DAYS."""
    rows = _held(rows_of(measuring.source, measuring.home_currency_code), measuring.source)
    rows = _selected(rows.filter(ibis.coalesce(rows.division, int(Division.WHOLE)) == int(division)), measuring)
    rows = _priced(rows)
    rows = _checked(_converted(rows, measuring), measuring)
    rows = _based(rows, measuring.source)
    amounts = [*measuring.amounts, "base"]
    if division is Division.WHOLE:
        return _computed(whole(rows, amounts), measuring)
    return _computed(divided(rows, amounts, division, standing=measuring.source.standing), measuring)


def account_days(keyed: str, dataset: str, division: Division) -> ir.Table:
    """The rows of that table of KEYED_DAYS, with all that is known of them: ACCOUNT_DAYS."""
    return named(ibis.table(KEYED_DAYS, name=keyed), MEASURED[dataset], division).select(*ACCOUNT_DAYS)


def named(rows: ir.Table, source: Source, division: Division) -> ir.Table:
    """Rows that have what KEYED_DAYS looks up by, with what is found: customer, product, owner and line."""
    if source.of_accounts:
        accounts = table("accounts").select("source_system", "account_number", "customer_number", "customer_id", *HOLDING)
        key = {"source_system": "source_system", "account_number": "account_number"}
        rows = looked_up(rows.drop("customer_number"), accounts, key)
    else:
        rows = _held(rows, source)
    rows = looked_up(rows, table("units").rename(pool_unit_id="organisation_unit_id"), {"unit_number": "unit_number"})
    rows = looked_up(rows, table("rules").select("rule", "product_version_id", "product_code"), {"rule": "rule"})
    rows = _of_one(rows) if division is Division.WHOLE else _of_lines(rows)
    texts = {name: ibis.coalesce(rows[name], "") for name in _NAMES}
    return rows.mutate(**texts, dataset=ibis.literal(source.dataset))


def _of_one(rows: ir.Table) -> ir.Table:
    """Of their only owner: the pool where nobody has a line."""
    return rows.mutate(
        share_line_id=rows.sole_share_line_id,
        person_id=rows.sole_person_id,
        organisation_unit_id=rows.holding.notnull().ifelse(rows.sole_unit_id, rows.pool_unit_id),
        basis_points=ibis.literal(WHOLE_BASIS_POINTS, "int64"),
        from_minor_units=ibis.literal(0, "int64"),
        to_minor_units=ibis.null("int64"),
    )


def _of_lines(rows: ir.Table) -> ir.Table:
    names = ("line", "pool", "line_unit_id", "person_id", "share_line_id", "basis_points", "from_minor_units", "to_minor_units")
    rows = looked_up(rows, table("lines").select(*names), {"line": "line"})
    return rows.mutate(organisation_unit_id=(rows.pool == 1).ifelse(rows.pool_unit_id, rows.line_unit_id))


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
    """With whose each object is: by its own lines where it has any, else by its customer's."""
    if source.of_accounts:
        return rows
    rows = looked_up(rows, table("customers"), {"customer_number": "customer_number"})
    if source.object_kind:
        own = table("holdings").filter(lambda t: t.object_kind == int(source.object_kind)).drop("object_kind")
        own = own.rename({f"own_{name}": name for name in HOLDING})
        rows = looked_up(rows, own, {"source_system": "source_system", "account_number": "account_number"})
        has_own = rows.own_holding.notnull()
        rows = rows.mutate(**{name: has_own.ifelse(rows[f"own_{name}"], rows[name]) for name in HOLDING})
    return rows


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
    priced = table("rules").select("rule", "ftp_method", "rule_tenor_days", "fixed_ftp_rate_e8")
    return looked_up(rows, priced, {"rule": "rule"})


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
    # Each a column first: what is used twice would be computed twice.
    rows = rows.mutate(**{f"{name}_at_home": _at_home(rows, rows[name], measuring.home_currency_code) for name in names})
    converted = {name: rows[f"{name}_at_home"] for name in names}
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


def _computed(rows: ir.Table, measuring: Measuring) -> ir.Table:
    """The rows of KEYED_DAYS: what the formulas make of each part, 0 where a row lacks what one needs."""
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
        **{name: ibis.coalesce(values[name], 0) for name in values if name not in ACCRUALS},
        # What lacks an input and has no amount earns nothing either way.
        "incomplete": rows.fault.isnull() & has_amount & reduce(or_, (value.isnull() for value in values.values())),
        "original_amount": rows.banded,
        "amount": rows[main] if main else nothing,
        "part": rows[f"{main}_part"] if main else nothing,
    }
    if measuring.source.of_accounts:
        computed["customer_number"] = ibis.null("string")
    shown = {name: rows[given_as] if given_as in rows.columns else ibis.null("int64") for name, given_as in _SHOWN.items()}
    return rows.mutate(**computed, **shown).select(*KEYED_DAYS)


# What explains a row beside its amounts, by what formulas call it.
_SHOWN = {
    "customer_rate_e8": "customer_rate",
    "used_ftp_rate_e8": "ftp_rate",
    "used_probability_of_default_e8": "probability_of_default",
    "used_loss_given_default_e8": "loss_given_default",
}


def _value(rows: ir.Table, measuring: Measuring, slot: Slot, given: Mapping[str, ir.Value]) -> ir.IntegerValue | ir.DecimalValue:
    """The slot's numerator by each row's rule, or the number itself where none is divided; 0 where the rule has no formula."""
    formulas: list[tuple[Formula, list[int]]] = []
    for number, rule in measuring.rules.items():
        if formula := rule.measures.get(slot):
            # Rules that measure alike are one case.
            numbers = next((numbers for known, numbers in formulas if known == formula), None)
            if numbers is None:
                formulas.append((formula, [number]))
            else:
                numbers.append(number)
    nothing, value = (exact(0), numerator) if str(slot) in ACCRUALS else (ibis.literal(0, "int64"), whole_number_of)
    cases = [(rows.rule.isin(numbers), value(formula, given)) for formula, numbers in formulas]
    return ibis.cases(*cases, else_=nothing) if cases else nothing
