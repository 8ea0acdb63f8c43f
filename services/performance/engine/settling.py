"""From account-days to the leaf and to days: sums, one rounding, and shares of what was rounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from services.performance.engine.account_days import named
from services.performance.engine.measures import ACCOUNT_RESULTS, ACCRUALS, DAY_RESULTS, ISSUES, MEASURES, OWNER
from services.performance.engine.rounding import exact, half_even, shared_by_quota, summed
from services.performance.engine.sources import MEASURED, looked_up
from services.performance.engine.tables import ACCRUED, ADDED, KEYED_DAYS, Division, table
from services.performance.rules.catalogue import Slot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibis import ir

# What is rounded as one: an object under one version of its product, in the month so far.
WHOLE = ("dataset", "source_system", "account_number", "currency_code", "product_version_id")
_OBJECTS = ("as_of_date", *WHOLE)
# Who has one more of equal remainders.
ORDER = ("is_pool", "staff_number", "person_id", "organisation_unit_id", "customer_number")
_KEYS = tuple(name for name, type_ in ACCRUED.items() if type_ == "string")


def added(keyed: str, dataset: str, division: Division, measures: tuple[str, ...], *, by_day: bool) -> ir.Table:
    """What the rows of that table of KEYED_DAYS add up to, day by day, or over all days of the step as of the last.

    `measures` are those that any rule measures: the others are 0. Texts are looked up of what is added up, never of each day.
    """
    rows = ibis.table(KEYED_DAYS, name=keyed)
    rows = rows.mutate(balance_days=rows.balance, base_days=rows.base_balance, incomplete_days=rows.incomplete.cast("int64"))
    if not by_day:
        rows = rows.mutate(last_date=table("step").last_date.as_scalar())
        rows = rows.mutate(balance=(rows.day == rows.last_date).ifelse(rows.balance, 0), day=rows.last_date)
    sums = {name: summed(rows[name]) for name, measure in _SUMMED.items() if measure in measures}
    sums |= {f"{name}_numerator": exact(rows[f"{name}_numerator"].sum()) for name in ACCRUALS if name in measures}
    rows = rows.group_by(*_KEYED).aggregate(**sums, incomplete_days=summed(rows.incomplete_days), new_days=rows.count())
    rows = named(rows, MEASURED[dataset], division)
    rows = rows.mutate(**{name: ibis.literal(0, type_) for name, type_ in ADDED.items() if name not in rows.columns})
    exactly = {name: exact(rows[name]) for name in ("balance_days", "base_days")}
    return rows.mutate(**exactly, days_owned=rows.new_days).select(*ADDED)


def nothing() -> ir.Table:
    """What days add up to on which there is nothing that a product measures."""
    none = table("step").filter(ibis.literal(False))  # noqa: FBT003 - the value itself
    return none.select(**{name: ibis.null(type_) for name, type_ in ADDED.items()})


# By what rows are added up before anything is looked up by it.
_KEYED = (
    "day", "source_system", "account_number", "currency_code", "customer_number", "unit_number", "rule", "line", "fault",
)  # fmt: skip
# Sums of 64 bits, by the measure whose formula makes them.
_SUMMED = {
    "balance": Slot.BALANCE, "balance_days": Slot.BALANCE, "base_days": Slot.BALANCE,
    "flow_amount": Slot.FLOW_AMOUNT, "flow_count": Slot.FLOW_COUNT,
}  # fmt: skip


def accrued(*, formerly: bool) -> ir.Table:
    """What the days come to up to each day of the period: the sums of its days, and what the leaf before them has."""
    ends = table("period").select("as_of_date")
    rows = table("added").filter(lambda t: t.day >= ends.as_of_date.min().as_scalar())
    rows = rows.inner_join(ends, rows.day <= ends.as_of_date)
    # Of the days before, the balance is not the last one any more, and what was to be told of them was told.
    is_last = rows.day == rows.as_of_date
    rows = rows.filter(is_last | rows.fault.isnull())
    rows = rows.mutate(**{name: is_last.ifelse(rows[name], 0) for name in _OF_LAST_DAY}).select("as_of_date", *ACCRUED)
    if formerly:
        passed = dict.fromkeys(_OF_LAST_DAY, ibis.literal(0, "int64"))
        before = table("formerly").mutate(**passed, fault=ibis.null("string")).select(*ACCRUED)
        rows = ibis.union(rows, ends.cross_join(before).select("as_of_date", *ACCRUED))
    return rows.group_by("as_of_date", *_KEYS).aggregate(**_sums(rows)).select("as_of_date", *ACCRUED)


_OF_LAST_DAY = ("balance", "new_days", "incomplete_days")


def _sums(rows: ir.Table) -> dict[str, ir.Value]:
    return {
        name: summed(rows[name]) if type_ == "int64" else exact(rows[name].sum())
        for name, type_ in ACCRUED.items()
        if name not in _KEYS
    }


def several() -> ir.Table:
    """Objects that have several owners in the month up to a day: only their rows need to be held against each other."""
    rows = table("accrued").filter(lambda t: t.fault.isnull())
    return rows.group_by(_OBJECTS).aggregate(owners=rows.count()).filter(lambda t: t.owners > 1).drop("owners")


def settled(*, divided: bool) -> ir.Table:
    """The leaf of the objects of `several`, or of all others: each measure of an object is rounded once, and shared."""
    rows = table("accrued").filter(lambda t: t.fault.isnull())
    rows = rows.semi_join(table("several"), _OBJECTS) if divided else rows.anti_join(table("several"), _OBJECTS)
    version = {"dataset": "dataset", "product_version_id": "product_version_id", "currency_code": "currency_code"}
    rows = looked_up(rows, table("divisors"), version)
    rows = looked_up(rows, table("people"), {"person_id": "person_id"})
    rows = looked_up(rows, table("period"), {"as_of_date": "as_of_date"})
    rows = rows.mutate(
        days=exact(rows.days),
        # The pool comes last.
        is_pool=(rows.person_id == "").ifelse(1, 0),
        staff_number=ibis.coalesce(rows.staff_number, ""),
    )
    parts = {"average_balance": ("balance_days", "days"), "base_balance": ("base_days", "days")}
    parts |= {name: (f"{name}_numerator", f"{name}_divisor") for name in ACCRUALS}
    if divided:
        rows = shared_by_quota(rows, parts, _OBJECTS, (*ORDER, "customer_id"))
    else:
        rows = rows.mutate(**{name: half_even(rows[own], rows[divisor]).cast("int64") for name, (own, divisor) in parts.items()})
    rows = rows.mutate(
        increment=rows.average_balance - rows.base_balance,
        contribution=rows.ftp_profit + rows.fee_income - rows.expected_loss,
    )
    return rows.mutate(eva=rows.contribution - rows.capital_cost).select(*ACCOUNT_RESULTS)


def leaf() -> ir.Table:
    """All of it, as of each day of the period."""
    alone, together = (ibis.table(ACCOUNT_RESULTS, name=name) for name in ("alone", "together"))
    return ibis.union(alone, together)


def day_results() -> ir.Table:
    """The leaf added up by owner, unit and product, as of each of its days."""
    rows = table("account_results")
    return totals(rows.mutate(day=rows.as_of_date), ("day", *OWNER)).select(*DAY_RESULTS)


def totals(leaf: ir.Table, keys: Sequence[str]) -> ir.Table:
    """The sums of a leaf by those keys, with how many accounts and customers there are.

    Those are made distinct first, and counted then: an engine that counts what is distinct beside sums takes twice as long.
    """
    sums = leaf.group_by(keys).aggregate(**{name: summed(leaf[name]) for name in MEASURES})
    counted = {"account_count": (leaf, ("source_system", "account_number"))}
    counted["customer_count"] = (leaf.filter(leaf.customer_number != ""), ("customer_number",))
    for name, (rows, what) in counted.items():
        distinct = rows.select(*keys, *what).distinct()
        found = distinct.group_by(keys).aggregate(**{name: distinct.count()})
        sums = looked_up(sums, found, {key: key for key in keys})
    return sums.mutate(**{name: ibis.coalesce(sums[name], 0) for name in counted})


def issues() -> ir.Table:
    """What of this step was not counted, or not as it should be, by object."""
    rows = table("accrued").filter(lambda t: t.new_days > 0)
    counted = rows.fault.isnull()
    reasons = {
        "INPUT_MISSING": (counted & (rows.incomplete_days > 0), rows.incomplete_days),
        "CUSTOMER_UNKNOWN": (counted & (rows.customer_id == "") & (rows.customer_number != ""), rows.new_days),
        "UNIT_UNKNOWN": (counted & (rows.organisation_unit_id == ""), rows.new_days),
    }
    subject = rows.dataset + "/" + rows.source_system + "/" + rows.account_number + "/" + rows.currency_code
    told = [
        rows.filter(when).select("organisation_unit_id", reason=reason, subject=subject, row_count=of)
        for reason, when, of in (
            (rows.fault, ~counted, rows.new_days),
            *((ibis.literal(name), *each) for name, each in reasons.items()),
        )
    ]
    found = ibis.union(*told)
    sums = {"row_count": summed(found.row_count), "organisation_unit_id": found.organisation_unit_id.max()}
    return found.group_by("reason", "subject").aggregate(**sums).select(*ISSUES)
