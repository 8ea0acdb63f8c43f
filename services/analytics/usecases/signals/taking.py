"""Takes over what the newest analysis sees: signals begin, change and end, and only those rows are written that did."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from services.analytics.model.analysis import Analysis
from services.analytics.model.signal import Signal
from services.analytics.rules.analyses import AnalysisKind
from services.analytics.rules.signals import SignalState
from services.chassis.db.session import UnitOfWork

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from services.analytics.usecases.analyses.keeping import Files

# Of one batch: a fraction of a second, in which nobody else writes at a branch.
ROWS_AT_ONCE = 2_000
# After every id of a customer.
_LAST = "\U0010ffff"
# What makes a signal another than before …
_TELLING = ("rule_version", "onset_date", "severity")
# … and what is taken over of one that stays, where it is otherwise: its figures move from day to day.
_CHANGEABLE = (*_TELLING, "evidence")

_Row = dict[str, Any]


def take_signals(work: UnitOfWork, connection: DuckDBPyConnection, files: Files, as_of_date: date, after: str = "") -> str:
    """Takes over one batch of customers, those whose ids come after that one; answers where to go on, or nothing at the end.

    In the whole bank. An analysis of an earlier date than the newest changes nothing: what it sees is past.
    A batch that comes twice changes nothing the second time.
    """
    if not after and _newer_than(work, as_of_date):
        return ""
    seen, seen_up_to = _whole_customers(_seen(connection, files, after))
    known, known_up_to = _whole_customers(_known(work, after))
    up_to = min(seen_up_to, known_up_to)
    _take_over(
        work,
        as_of_date,
        {(row["customer_id"], row["rule_code"]): row for row in seen if row["customer_id"] <= up_to},
        {(row["customer_id"], row["rule_code"]): row for row in known if row["customer_id"] <= up_to},
    )
    return "" if up_to == _LAST else up_to


def _newer_than(work: UnitOfWork, as_of_date: date) -> bool:
    newer = select(Analysis.analysis_id).where(
        Analysis.current, Analysis.kind == AnalysisKind.REGULAR, Analysis.as_of_date > as_of_date
    )
    return work.session.scalar(newer.limit(1)) is not None


def _seen(connection: DuckDBPyConnection, files: Files, after: str) -> list[_Row]:
    from services.analytics.engine.signals import SEEN, read_signals

    rows = [dict(zip(SEEN, row, strict=True)) for row in read_signals(connection, files.signals, after, ROWS_AT_ONCE)]
    for row in rows:
        row["evidence"] = json.loads(row["evidence"])
    return rows


def _known(work: UnitOfWork, after: str) -> list[_Row]:
    columns = (
        Signal.signal_id,
        Signal.customer_id,
        Signal.rule_code,
        Signal.change_date,
        *(getattr(Signal, name) for name in _CHANGEABLE),
    )
    open_ones = select(*columns).where(Signal.state == SignalState.OPEN, Signal.customer_id > after)
    rows = work.session.execute(open_ones.order_by(Signal.customer_id, Signal.rule_code).limit(ROWS_AT_ONCE))
    return [dict(row) for row in rows.mappings()]


def _whole_customers(rows: Sequence[_Row]) -> tuple[Sequence[_Row], str]:
    """The rows of customers of whom all are there, and up to which customer that is."""
    if len(rows) < ROWS_AT_ONCE:
        return rows, _LAST
    last = rows[-1]["customer_id"]
    whole = [row for row in rows if row["customer_id"] != last]
    return whole, whole[-1]["customer_id"]


def _take_over(
    work: UnitOfWork, as_of_date: date, seen: Mapping[tuple[str, str], _Row], known: Mapping[tuple[str, str], _Row]
) -> None:
    begun = [
        row
        | {
            "signal_id": work.new_id(),
            "state": SignalState.OPEN.value,
            "first_seen_date": as_of_date,
            "change_date": as_of_date,
            "end_date": None,
        }
        for key, row in seen.items()
        if key not in known
    ]
    changed = [
        {"signal_id": known[key]["signal_id"], "change_date": _change_date(row, known[key], as_of_date)}
        | {name: row[name] for name in _CHANGEABLE}
        for key, row in seen.items()
        if key in known and _differs(row, known[key], _CHANGEABLE)
    ]
    ended = [
        {"signal_id": row["signal_id"], "state": SignalState.ENDED.value, "change_date": as_of_date, "end_date": as_of_date}
        for key, row in known.items()
        if key not in seen
    ]
    # Found, not done by anybody: the trail of acts has nothing of it.
    if begun:
        work.session.execute(insert(Signal), begun)
    for rows in (changed, ended):
        if rows:
            work.session.execute(update(Signal), rows)


def _change_date(row: _Row, former: _Row, as_of_date: date) -> date:
    former_date: date = former["change_date"]
    return as_of_date if _differs(row, former, _TELLING) else former_date


def _differs(row: _Row, former: _Row, names: Sequence[str]) -> bool:
    return any(row[name] != former[name] for name in names)
