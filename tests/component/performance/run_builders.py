"""Runs for tests: what they are computed from, and waiting for them.

`SmallEngine` stands in for the engine where a test is about the life of runs: balances in the home currency, an account line's
owner or the pool, and 0.1 percent of each day's balance as FTP profit. What it writes has the engine's own shape.
"""

from __future__ import annotations

import shutil
import time
from collections import defaultdict
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
from pyarrow import parquet
from sqlalchemy import select
from workbench.identity.v1 import announcement_events_pb2

from services.chassis.lake.schemas import SCHEMAS
from services.performance.__main__ import SERVICE
from services.performance.engine import computing
from services.performance.engine.measures import ACCOUNT_RESULTS, ACCRUALS, DAY_RESULTS, ISSUES, MEASURES
from services.performance.model import Result, Run, ShareLine, StaleMark, StaleMonth
from services.performance.rules.runs import RunState
from services.performance.rules.shares import ObjectKind, ShareState
from services.performance.usecases.runs import keeping, marking
from tests.component.books import TownBooks, clear

_ARROW = {"string": pa.string(), "int64": pa.int64(), "date": pa.date32(), "decimal(38,0)": pa.decimal128(38, 0)}
PATIENCE_SECONDS = 120


class SmallEngine:
    """Computes a month as `engine.computing.compute` does, of balances alone."""

    def __init__(self):
        # The month, up to when, and whether it went on from another run.
        self.calls = []
        # Called before anything is written; a test may wait or fail in it.
        self.before_writing = lambda: None
        # Added to the leaf's FTP profit and to nothing else.
        self.fault = 0
        self.issues = []

    def compute(self, connection, lake, inputs, folder, *, before=None, **_options):
        self.calls.append((inputs.month_date, inputs.as_of_date, before is not None))
        self.before_writing()
        balances, owners = self._balances(connection, lake, inputs), self._owners(connection, inputs)
        first = inputs.month_date
        if before is not None:
            first = max(parquet.read_table(before / "day_results.parquet")["day"].to_pylist()) + timedelta(days=1)
        days = [row for day in _days(first, inputs.as_of_date) for row in self._day(inputs, balances, owners, day)]
        leaf = [self._leaf(inputs, key, amounts, owners) for key, amounts in sorted(balances.items())]
        _put(folder / "account_results.parquet", ACCOUNT_RESULTS, leaf)
        _put(folder / "day_results.parquet", DAY_RESULTS, days)
        _put(folder / "issues.parquet", ISSUES, self.issues)

    def _balances(self, connection, lake, inputs):
        found = defaultdict(dict)
        for each in inputs.pins("balances", inputs.month_date, inputs.as_of_date):
            rows = lake.relation(connection, SCHEMAS["balances"], [each.pin]).select("account_number, balance_minor_units")
            for number, amount in rows.fetchall():
                found[each.pin.source_system, number][each.day] = amount
        return found

    def _owners(self, connection, inputs):
        file = inputs.ownership / "share_lines.parquet"
        rows = connection.sql(f"SELECT object_key, person_id, organisation_unit_id FROM read_parquet('{file}')").fetchall()
        return {key: (person, unit) for key, person, unit in rows}

    def _day(self, inputs, balances, owners, day):
        rows = {}
        for (source, number), amounts in balances.items():
            person, unit = owners.get(f"{source}/{number}", ("", "pool"))
            row = rows.setdefault(person, _blank(day, person, unit))
            for name, amount in _measures(amounts, inputs.month_date, day).items():
                row[name] += amount
            row["account_count"] += 1
            row["customer_count"] += 1
        return list(rows.values())

    def _leaf(self, inputs, key, amounts, owners):
        (source, number), as_of = key, inputs.as_of_date
        person, unit = owners.get(f"{source}/{number}", ("", "pool"))
        measures = dict.fromkeys(MEASURES, 0) | _measures(amounts, inputs.month_date, as_of)
        measures["ftp_profit"] += self.fault
        texts = {name: "" for name, type_ in ACCOUNT_RESULTS.items() if type_ == "string"}
        return texts | {
            "month_date": inputs.month_date,
            "as_of_date": as_of,
            "dataset": "balances",
            "source_system": source,
            "account_number": number,
            "currency_code": "CNY",
            "customer_number": number,
            "person_id": person,
            "organisation_unit_id": unit,
            "product_code": "P",
            "days_owned": (as_of - inputs.month_date).days + 1,
            **measures,
            "balance_days": Decimal(sum(amounts.values())),
            "base_days": Decimal(0),
            **{f"{name}_numerator": Decimal(0) for name in ACCRUALS},
        }


def _measures(amounts, month, day):
    past = sum(amount for each, amount in amounts.items() if each <= day)
    average, earned = round(past / ((day - month).days + 1)), past // 1000
    stocks = {"balance": amounts.get(day, 0), "average_balance": average, "increment": average}
    return stocks | dict.fromkeys(("ftp_profit", "contribution", "eva"), earned)


def _blank(day, person, unit):
    owner = {"person_id": person, "organisation_unit_id": unit, "product_code": "P"}
    return {"day": day, **owner, "account_count": 0, "customer_count": 0, **dict.fromkeys(MEASURES, 0)}


def _days(first, last):
    return [first + timedelta(days=count) for count in range((last - first).days + 1)]


def _put(path, columns, rows):
    schema = pa.schema([(name, _ARROW[type_]) for name, type_ in columns.items()])
    parquet.write_table(pa.Table.from_pylist(rows, schema=schema), path)


class Bank:
    """A bank whose results are computed."""

    def __init__(self, town):
        self.town, self.books = town, TownBooks.of(town)
        shutil.rmtree(town.service.database.lake.root / keeping.ROOT, ignore_errors=True)
        self.unit_id = f"unit-{town.root}"
        # Of this town alone: other tests' units are there too.
        self.books.unit_number, path = town.root.strip("/"), f"{town.root}EAST/E01/"
        told = {
            "organisation_unit_id": self.unit_id,
            "organisation_path": path,
            "display_name": "城东",
            "code": self.books.unit_number,
        }
        town.announce(announcement_events_pb2.OrganisationUnitAnnounced(**told))

    def read(self, statement):
        with self.town.service.database.transaction(read_only=True) as work:
            return work.session.scalars(statement).all()

    def look(self):
        self.town.run_timer("runs.look")

    def settle(self):
        """Lets the service do what it has to, until nothing waits."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            self.look()
            waiting = self.read(select(StaleMonth).where(StaleMonth.due_time.is_not(None)))
            postponed = all(each.due_time > self.town.service.database.clock() for each in waiting)
            running = self.read(select(Run.run_id).where(Run.state == RunState.RUNNING))
            if not running and postponed and not self.read(select(StaleMark.stale_mark_id)):
                return
            time.sleep(0.02)
        pytest.fail("Runs did not come to an end.")

    def runs(self, **fields):
        return self.read(select(Run).filter_by(**fields).order_by(Run.month_date, Run.number))

    def results(self, kind, start, **fields):
        rows = select(Result).filter_by(period_kind=kind, start_date=start, **fields)
        return self.read(rows.order_by(Result.person_id, Result.product_code))

    def own(self, number, person, start=date(1990, 1, 1), end=None):
        """Gives an account to somebody, as a claim that was approved does."""
        with self.town.service.database.transaction() as work:
            work.session.add(
                ShareLine(
                    share_line_id=work.new_id(),
                    object_kind=ObjectKind.ACCOUNT.value,
                    object_key=f"{self.books.source_system}/{number}",
                    person_id=person.person_id,
                    organisation_path=person.organisation_path,
                    start_date=start,
                    end_date=end,
                    basis_points=10_000,
                    state=ShareState.APPROVED.value,
                    source="claims/test",
                    create_time=work.now,
                    update_time=work.now,
                )
            )
            marking.ownership_changed(work, start, end, reason="shares/test")


@contextmanager
def bank_of(town, monkeypatch):
    """A bank that waits for nothing once something changed; what it computed is gone afterwards."""
    monkeypatch.setattr(town.service.database, "settings", SERVICE.settings(quiet_seconds=0, quiet_seconds_max=0))
    yield Bank(town)
    clear(town)


def small_engine(monkeypatch):
    """The small engine in the place of the engine."""
    small = SmallEngine()
    monkeypatch.setattr(computing, "compute", small.compute)
    return small
