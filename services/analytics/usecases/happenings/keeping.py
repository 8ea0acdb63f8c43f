"""Keeps what others tell of: once, however often it is told, and the latest, in whichever order it comes.

Written past the session's objects: these rows are a copy of what the audit trail of another service has already.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, case, select, update
from sqlalchemy.dialects import postgresql, sqlite

from services.analytics.model.customer import Customer
from services.analytics.model.happening import Happening
from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import PATH_SEPARATOR

HAPPENINGS = cast("Table", Happening.__table__)
# What a happening has of which nothing is said.
_NOTHING: Mapping[str, Any] = {
    "organisation_path": "",
    "end_date": None,
    "due_date": None,
    "person_id": "",
    "other_person_ids": [],
    "sort": 0,
    "channel": 0,
    "state": 0,
    "outcome": 0,
    "minutes": 0,
    "people_met_count": 0,
    "customer_began": False,
    "low": False,
}
# All that is told by an event that says how a thing stands as a whole.
WHOLE = ("kind", "start_date", *_NOTHING)
# A record that was merged into one that was merged …: nobody merges a customer more often.
_MERGES_MAX = 20
_ROWS_AT_ONCE = 500


def keep(work: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keeps things of which all is told, each with its `version`: what is known in that version or a later one stays."""
    given = _placed(work, rows)
    for start in range(0, len(given), _ROWS_AT_ONCE):
        _write(work, given[start : start + _ROWS_AT_ONCE], WHOLE, lambda new: HAPPENINGS.c.version < new.version)


def keep_step(work: UnitOfWork, row: Mapping[str, Any], changed: Sequence[str]) -> None:
    """Keeps one step of a thing that is told of in steps, each with the day of it as `version`.

    Where the thing is known, only the `changed` columns become what the step says, unless a step of a later day is known.
    """
    _write(work, _placed(work, [row]), changed, lambda new: HAPPENINGS.c.version <= new.version)


def keep_beginning(work: UnitOfWork, row: Mapping[str, Any]) -> None:
    """Keeps how such a thing began: that holds whatever came after it and was told before."""
    _write(work, _placed(work, [row]), ("start_date", "sort"), lambda _: HAPPENINGS.c.source.is_not(None), latest=False)


def change(work: UnitOfWork, source: str, **values: Any) -> None:
    """Changes what is known of a thing; nothing happens where nothing is."""
    statement = update(HAPPENINGS).where(HAPPENINGS.c.source == source).values(**values, update_time=work.now)
    work.session.execute(statement)


def _write(
    work: UnitOfWork, given: Sequence[Mapping[str, Any]], changed: Sequence[str], takes: Any, *, latest: bool = True
) -> None:
    if not given:
        return
    dialect = postgresql if work.session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(HAPPENINGS)
    new, kept = statement.excluded, HAPPENINGS.c
    # A row that went along with a merge, and is told of again, still goes back where that is undone.
    moved = kept.customer_id == new.customer_id
    origin: ColumnElement[Any] = case((moved, kept.origin_customer_id), else_=new.origin_customer_id)
    taken: dict[str, Any] = {name: new[name] for name in changed} | {"update_time": new.update_time}
    if latest:
        taken |= {"version": new.version, "customer_id": new.customer_id, "origin_customer_id": origin}
    work.session.execute(statement.on_conflict_do_update(index_elements=[kept.source], set_=taken, where=takes(new)), list(given))


def _placed(work: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows whole, each with the record that stands for its customer; without those of whom nothing new is kept."""
    standing = _standing(work, {row["customer_id"] for row in rows if row["customer_id"]})
    placed = []
    for row in rows:
        told = row["customer_id"]
        customer_id, gone = standing.get(told, (told, False))
        if not gone:
            placed.append(
                {
                    **_NOTHING,
                    **row,
                    "customer_id": customer_id,
                    "origin_customer_id": told,
                    # Of no unit is of the bank: a row in none would be hidden from the service itself.
                    "organisation_path": row.get("organisation_path") or PATH_SEPARATOR,
                    "update_time": work.now,
                }
            )
    return placed


def _standing(work: UnitOfWork, customer_ids: Iterable[str]) -> dict[str, tuple[str, bool]]:
    """The record that stands for each, and whether it is gone; of what the service has not heard yet nothing is said."""
    asked = sorted(customer_ids)
    known: dict[str, Any] = {}
    wanted = asked
    for _ in range(_MERGES_MAX):
        statement = select(Customer.customer_id, Customer.merged_into_customer_id, Customer.gone)
        # Held for reading: a merge or an erasure that is just under way is waited for, and then seen.
        rows = work.session.execute(statement.where(among(Customer.customer_id, wanted)).with_for_update(read=True)).all()
        known |= {row.customer_id: row for row in rows}
        wanted = sorted({row.merged_into_customer_id for row in rows} - {"", *known})
        if not wanted:
            break
    return {each: _end_of(known, each) for each in asked if each in known}


def _end_of(known: Mapping[str, Any], customer_id: str) -> tuple[str, bool]:
    for _ in range(_MERGES_MAX):
        into = known[customer_id].merged_into_customer_id
        if into not in known:
            break
        customer_id = into
    return customer_id, known[customer_id].gone
