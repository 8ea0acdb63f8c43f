"""Features as expressions, of some customers at a time: `history` and `steadiness` from their days, then all of them together.

Sums are whole numbers, so that no order of rows changes a digit; quotients are floating-point numbers of them.
"""

from __future__ import annotations

import ibis
from ibis import ir

from services.analytics.engine.feature_tables import FLOW_WINDOWS, USUAL, WINDOWS, columns, looked_up, staged
from services.analytics.engine.happened_rows import contacts, feedback, leads, people
from services.analytics.engine.product_rows import orders, products, rate_gaps, unrenewed
from services.analytics.engine.tables import FEATURES
from services.chassis.engines.rounding import exact, half_even, summed

# A window is known where a third of its days are.
_KNOWN_PART = 3
# Under seven tenths of the usual something is missing.
_LOW_TENTHS = 7
# Between two salaries, of whom one alone is known.
_MONTH_DAYS = 31
_FLOWS = ("inflow", "outflow", "settlement_inflow", "own_transfer_out", "sign_in_count", "online_seconds")


def history() -> ir.Table:
    """One row a customer: what its days come to, window by window."""
    moment = staged("moment")
    rows = staged("feature_days").cross_join(moment.select("latest_date"))
    known = rows.assets.notnull()
    whole = exact(rows.assets)
    sums = {f"assets_{name}": summed(rows.assets, window.of(rows.back)) for name, window in WINDOWS.items()}
    flows = {f"{name}_{window}": summed(rows[name], WINDOWS[window].of(rows.back)) for name in _FLOWS for window in FLOW_WINDOWS}
    found = rows.group_by("customer_number").aggregate(
        first_day=rows.day.min(where=known),
        rows_90=rows.assets.count(where=WINDOWS["90"].of(rows.back)),
        rows_120=rows.assets.count(where=WINDOWS["120"].of(rows.back)),
        assets_now=summed(rows.assets, rows.day == rows.latest_date),
        loan_now=summed(rows.loan, rows.day == rows.latest_date),
        peak_90=rows.assets.max(where=WINDOWS["90"].of(rows.back)),
        loan_peak_90=rows.loan.max(where=WINDOWS["90"].of(rows.back)),
        squares_90=exact(exact(whole * whole).sum(where=WINDOWS["90"].of(rows.back))),
        nonzero=(rows.assets != 0).any(),
        **sums,
        **flows,
        settlement_last_date=rows.day.max(where=rows.settlement_inflow > 0),
        own_transfer_last_date=rows.day.max(where=rows.own_transfer_out > 0),
        sign_in_last_date=rows.day.max(where=rows.sign_in_count > 0),
    )
    return found.select(*columns("history"))


def steadiness() -> ir.Table:
    """One row a customer: the median of its usual assets, and the last day on which it had seven tenths of them.

    Whoever has no row on a day on which others have one, has nothing that day: accounts that are closed are told of no more.
    """
    rows = staged("feature_days")
    rows = rows.filter(rows.assets.notnull() & WINDOWS["120"].of(rows.back)).select("customer_number", "day", "back", "assets")
    calendar, spans = staged("calendar"), staged("spans").select("span_date", "days_120")
    since = staged("history").select("customer_number", "first_day", "rows_120")
    since = since.inner_join(spans, since.first_day == spans.span_date)
    gaps = since.filter(since.rows_120 < since.days_120).select("customer_number", "first_day")
    gaps = gaps.inner_join(calendar, gaps.first_day <= calendar.calendar_day)
    gaps = gaps.filter(WINDOWS["120"].of(gaps.calendar_back))
    absent = gaps.anti_join(rows, [gaps.customer_number == rows.customer_number, gaps.calendar_day == rows.day])
    absent = absent.select("customer_number", day="calendar_day", back="calendar_back")
    dense = rows.union(absent.mutate(assets=ibis.literal(0, "int64")))
    usual = dense.filter(USUAL.of(dense.back)).group_by("customer_number").aggregate(usual=lambda t: t.assets.median())
    dense = looked_up(dense, usual)
    steady = dense.assets * 10 >= dense.usual * _LOW_TENTHS
    return dense.group_by("customer_number").aggregate(
        usual=dense.usual.max().cast("float64"), steady_date=dense.day.max(where=steady)
    )


def salaries() -> ir.Table:
    """One row a salaried customer: the last one, and the usual days between two."""
    rows = staged("feature_days")
    rows = rows.filter(rows.salary_inflow > 0).select("customer_number", "day")
    before = rows.day.lag().over(group_by="customer_number", order_by="day")
    rows = rows.mutate(interval_days=rows.day.delta(before, unit="day").cast("int64"))
    found = rows.group_by("customer_number").aggregate(salary_last_date=rows.day.max(), interval=rows.interval_days.median())
    return found.mutate(salary_interval_days=_rounded(found.interval)).drop("interval")


def features(history_days_min: int) -> ir.Table:
    """The rows of FEATURES."""
    rows = staged("feature_customers")
    spans = staged("spans")
    lived = staged("history")
    lived = lived.left_join(spans, lived.first_day == spans.span_date)
    parts = (
        lived, staged("steadiness"), salaries(), products(), unrenewed(), orders(), rate_gaps(), contacts(), people(), feedback(),
        leads(),
    )  # fmt: skip
    # One chain of joins, without projections between: Ibis takes seconds for those.
    for number, each in enumerate(parts):
        part = each.rename({f"number_{number}": "customer_number"})
        rows = rows.left_join(part, rows.customer_number == part[f"number_{number}"])
    rows = rows.cross_join(staged("moment"))
    found = {
        **_balances(rows, history_days_min), **_falls(rows), **_flows(rows), **_salary(rows), **_visits(rows),
        **_products(rows), **_happened(rows),
    }  # fmt: skip
    return rows.mutate(**found).select(*(rows[name] if name not in found else found[name].name(name) for name in FEATURES))


def _balances(rows: ir.Table, history_days_min: int) -> dict[str, ir.Value]:
    known = rows.first_day.notnull()
    history_days = ibis.coalesce(rows.history_days, 0)
    # Who had no row on some of the days had nothing on them.
    peak = (rows.rows_90 < rows.days_90).ifelse(ibis.greatest(rows.peak_90, 0), rows.peak_90)
    spread = exact(exact(rows.days_90) * rows.squares_90) - exact(exact(rows.assets_90) * exact(rows.assets_90))
    volatile = _known(rows, "90") & (rows.assets_90 > 0)
    means = {f"assets_{name}": _rounded(_mean(rows, name)) for name in ("7", "30", "90", "before")}
    return {
        "history_days": history_days,
        "thin": (history_days < history_days_min) | ~ibis.coalesce(rows.nonzero, False),
        "assets_now": _where(known, ibis.coalesce(rows.assets_now, 0)),
        **means,
        "assets_peak_90": _where(known & (rows.days_90 > 0), ibis.coalesce(peak, 0)),
        "volatility_90": _where(
            volatile, ibis.greatest(spread, exact(0)).cast("float64").sqrt() / rows.assets_90.cast("float64").nullif(0.0)
        ),
        "loan_now": _where(known, ibis.coalesce(rows.loan_now, 0)),
        "loan_ended_90": _where(known, (ibis.coalesce(rows.loan_now, 0) == 0) & (ibis.coalesce(rows.loan_peak_90, 0) > 0)),
    }


def _falls(rows: ir.Table) -> dict[str, ir.Value]:
    usual, year = _part(_mean(rows, "30"), _mean(rows, "usual")), _part(_mean(rows, "30_year"), _mean(rows, "usual_year"))
    now = ibis.coalesce(rows.assets_now, 0)
    peak = (rows.rows_90 < rows.days_90).ifelse(ibis.greatest(rows.peak_90, 0), rows.peak_90)
    judged = _known(rows, "usual") & (rows.usual > 0) & rows.steady_date.notnull()
    below_days = rows.latest_date.delta(rows.steady_date, unit="day").cast("int64")
    return {
        "fall_7": 1 - _part(_mean(rows, "7"), _mean(rows, "usual")),
        "fall_30": 1 - usual,
        "fall_90": 1 - _part(_mean(rows, "90"), _mean(rows, "before")),
        "fall_season": 1 - _part(usual, year),
        "draw_down": 1 - _part(now.cast("float64"), peak.cast("float64")),
        "below_days": _where(judged, below_days),
        "fall_onset_date": _where(judged & (below_days > 0), (rows.steady_date + ibis.interval(days=1)).cast("date")),
    }


def _flows(rows: ir.Table) -> dict[str, ir.Value]:
    shown = {
        f"{name}_{window}": _where(_known(rows, window, "flow"), ibis.coalesce(rows[f"{name}_{window}"], 0))
        for name in ("inflow", "outflow")
        for window in ("30", "90")
    }
    moved = _where(_known(rows, "30", "flow"), ibis.coalesce(rows.own_transfer_out_30, 0))
    return {
        **shown,
        "inflow_fall": _flow_fall(rows, "inflow", "flow"),
        "settlement_fall": _flow_fall(rows, "settlement_inflow", "flow"),
        "own_transfer_30": moved,
        "own_transfer_share": _part(moved.cast("float64"), _mean(rows, "usual")),
    }


def _salary(rows: ir.Table) -> dict[str, ir.Value]:
    waited = rows.moved_date.delta(rows.salary_last_date, unit="day").cast("int64")
    overdue = ibis.greatest(waited - ibis.coalesce(rows.salary_interval_days, _MONTH_DAYS), 0)
    return {"salary_overdue_days": _where(rows.salary_last_date.notnull() & rows.moved_date.notnull(), overdue)}


def _visits(rows: ir.Table) -> dict[str, ir.Value]:
    known = _known(rows, "30", "visit") & rows.visits_known
    return {
        "sign_ins_30": _where(known, ibis.coalesce(rows.sign_in_count_30, 0)),
        "sign_in_fall": _flow_fall(rows, "sign_in_count", "visit"),
        "online_seconds_fall": _flow_fall(rows, "online_seconds", "visit"),
    }


def _products(rows: ir.Table) -> dict[str, ir.Value]:
    counts = ("product_count", "products_closed_90", "maturing_30")
    lost = ibis.greatest(ibis.coalesce(rows.placed_before, 0) - ibis.coalesce(rows.placed_now, 0), 0)
    unrenewed_30 = (lost + ibis.coalesce(rows.still_there, 0)).cast("int64")
    return {
        **{name: ibis.coalesce(rows[name], 0) for name in counts},
        "unrenewed_30": unrenewed_30,
        "unrenewed_share": _part(unrenewed_30.cast("float64"), _mean(rows, "usual")),
        "standing_orders": _where(rows.orders_known, ibis.coalesce(rows.standing_orders, 0)),
        "standing_orders_cancelled_90": _where(rows.orders_known, ibis.coalesce(rows.standing_orders_cancelled_90, 0)),
        "rate_gap_e8": half_even(rows.gap_weighted, exact(ibis.greatest(rows.gap_balance, 1))).cast("int64"),
    }


def _happened(rows: ir.Table) -> dict[str, ir.Value]:
    days = rows.as_of_date.delta(rows.contact_last_date, unit="day").cast("int64")
    counts = (
        "contacts_90", "people_known", "complaints_open", "complaint_overdue_days", "complaint_severity", "needs_open",
        "lead_changes_180",
    )  # fmt: skip
    known = rows.contact_last_date.notnull()
    overdue = ibis.greatest(days - rows.contact_cycle_days, 0)
    since = {
        f"{name}_days": _where(
            rows[f"{name}_date"].notnull(), rows.as_of_date.delta(rows[f"{name}_date"], unit="day").cast("int64")
        )
        for name in ("complaint", "survey_low", "lead_change", "lead_left")
    }
    return {
        **{name: ibis.coalesce(rows[name], 0) for name in counts},
        **since,
        "contact_days": _where(known, days),
        "contact_overdue_days": _where(known & rows.contact_cycle_days.notnull(), overdue),
    }


def _known(rows: ir.Table, window: str, sort: str = "") -> ir.BooleanValue:
    """Whether a third of the window's days are known since the customer's first."""
    days = rows[f"{sort}_days_{window}" if sort else f"days_{window}"]
    return ibis.coalesce(days, 0) * _KNOWN_PART >= WINDOWS[window].days


def _mean(rows: ir.Table, window: str) -> ir.FloatingValue:
    """Of the known days' assets; NULL where too few are known."""
    total = ibis.coalesce(rows[f"assets_{window}"], 0).cast("float64")
    return _where(_known(rows, window), total / rows[f"days_{window}"].cast("float64").nullif(0.0))


def _flow_fall(rows: ir.Table, name: str, sort: str) -> ir.FloatingValue:
    """What of a day's usual flow is missing in the last 30 days."""
    known = _known(rows, "30", sort) & _known(rows, "usual", sort)
    daily = [
        ibis.coalesce(rows[f"{name}_{window}"], 0).cast("float64") / rows[f"{sort}_days_{window}"].cast("float64").nullif(0.0)
        for window in ("30", "usual")
    ]
    return _where(known, 1 - _part(*daily))


def _part(part: ir.FloatingValue, whole: ir.FloatingValue) -> ir.FloatingValue:
    """The quotient; NULL of a whole that is nothing, or a debt."""
    return part / _where(whole > 0, whole)


def _where(condition: ir.BooleanValue, value: ir.Value) -> ir.Value:
    """The value, or NULL."""
    return condition.ifelse(value, ibis.null(value.type()))


def _rounded(value: ir.FloatingValue) -> ir.IntegerValue:
    return value.round().cast("int64")
