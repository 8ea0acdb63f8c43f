"""Who left within a horizon after a business date, by `rules.leaving`: the truth that models learn from and are measured by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from services.analytics.rules.leaving import SALARY_DAYS_MIN, SETTLEMENT_DAYS_MIN, Leaving

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# One row a customer who was there on the date. `left` is NULL of whoever is left out: too little, too short a history, or gone.
COLUMNS = (
    "customer_number", "assets_before", "assets_after", "lost", "balance_left", "salary_left", "settlement_left", "gone",
    "leave_date", "left",
)  # fmt: skip


def write_labels(
    connection: DuckDBPyConnection,
    days: Sequence[Path],
    as_of_date: date,
    horizon_days: int,
    kept_fraction: float,
    path: Path,
    *,
    leaving: Leaving | None = None,
) -> bool:
    """Writes the labels of a date; False, and nothing is written, where the days do not reach to the end of the horizon yet.

    `days` are files of customer_days that hold the horizon before and after, more does no harm. `assets_before` and
    `assets_after` are averages in minor units; `lost` is what of the former is gone; `leave_date` is the first day of the horizon
    from which on the assets stay at or under the kept fraction until its end, NULL where they do not. `leaving` gives the rest of
    the definition; its horizon and fraction are those given here.
    """
    rule = leaving or Leaving(horizon_days, kept_fraction, min(60, horizon_days), days_before_min=min(30, horizon_days))
    files = ", ".join(_quoted(str(file)) for file in days)
    end_date = as_of_date + timedelta(days=horizon_days)
    if not files:
        return False
    source = f"read_parquet([{files}])"
    ((last,),) = connection.execute(f"SELECT max(day) FROM {source} WHERE day <= ?", [end_date]).fetchall()
    if last is None or last < end_date:
        return False
    values = {
        "as_of": as_of_date,
        "first": as_of_date - timedelta(days=horizon_days - 1),
        "recent": as_of_date - timedelta(days=rule.recent_days - 1),
        "last": end_date,
        "silent": end_date - timedelta(days=rule.flow_silence_days - 1),
        "horizon": horizon_days,
        "kept": kept_fraction,
        "flow_kept": rule.flow_kept_fraction,
        "silence_days": rule.flow_silence_days,
        "assets_min": rule.assets_min,
        "days_min": rule.days_before_min,
    }
    query = _QUERY.replace("{source}", source).replace("{path}", _quoted(str(path)))
    connection.execute(query, values)
    return True


# Days of the horizon on which a customer has no row are days on which he had no account: 0. Before the first of his rows he was
# not there, so that the average before is over the days that he was.
_QUERY = f"""
COPY (
WITH daily AS (
    SELECT customer_number, day, deposit + term + wealth AS assets, salary_inflow, settlement_inflow, day > $as_of AS after
    FROM {{source}} WHERE day BETWEEN $first AND $last
),
sums AS (
    SELECT
        customer_number,
        count(*) FILTER (NOT after) AS days_before,
        coalesce(bool_or(day = $as_of), false) AS there,
        sum(assets) FILTER (NOT after) / nullif(count(*) FILTER (NOT after), 0) AS assets_before,
        avg(assets) FILTER (day BETWEEN $recent AND $as_of) AS assets_recent,
        coalesce(sum(assets) FILTER (after), 0) / $horizon AS assets_after,
        count(*) FILTER (NOT after AND salary_inflow > 0) AS salary_days,
        count(*) FILTER (day >= $silent AND salary_inflow > 0) AS salary_days_late,
        count(*) FILTER (NOT after AND settlement_inflow > 0) AS settlement_days,
        coalesce(sum(settlement_inflow) FILTER (NOT after), 0) / $horizon AS settlement_before,
        coalesce(sum(settlement_inflow) FILTER (day >= $silent), 0) / $silence_days AS settlement_late
    FROM daily GROUP BY customer_number
),
above AS (
    SELECT daily.customer_number, max(day) AS last_above
    FROM daily JOIN sums USING (customer_number)
    WHERE after AND assets > $kept * assets_before GROUP BY ALL
),
judged AS (
    SELECT
        sums.*,
        assets_before > 0 AND assets_after <= $kept * assets_before AS balance_left,
        salary_days >= {SALARY_DAYS_MIN} AND salary_days_late = 0 AS salary_left,
        settlement_days >= {SETTLEMENT_DAYS_MIN} AND settlement_late <= $flow_kept * settlement_before AS settlement_left,
        assets_before > 0 AND assets_recent <= $kept * assets_before AS gone,
        coalesce(last_above + 1, $as_of::DATE + 1) AS leave_date
    FROM sums LEFT JOIN above USING (customer_number) WHERE there
)
SELECT
    customer_number,
    round_even(assets_before, 0)::BIGINT AS assets_before,
    round_even(assets_after, 0)::BIGINT AS assets_after,
    greatest(round_even(assets_before - assets_after, 0), 0)::BIGINT AS lost,
    balance_left, salary_left, settlement_left, gone,
    CASE WHEN balance_left AND leave_date <= $last THEN leave_date END AS leave_date,
    CASE WHEN days_before >= $days_min AND assets_before >= $assets_min AND NOT gone
        THEN balance_left OR salary_left OR settlement_left END AS "left"
FROM judged ORDER BY customer_number
) TO {{path}} (FORMAT parquet, COMPRESSION zstd)
"""


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
