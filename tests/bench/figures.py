"""Prepared results as people read them, in a bank of a thousand relationship managers: one's own page, a unit's, a ranking."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import insert, text
from sqlalchemy.orm import Session
from workbench.performance.v1 import figure_pb2, figure_service_pb2

from services.chassis import keys
from services.chassis.db import migrations
from services.chassis.db.engine import create_engine
from services.chassis.db.scope import WHOLE_BANK
from services.chassis.db.session import Database
from services.chassis.kernel.caller import Caller, Grant, Scope
from services.chassis.kernel.ids import uuid7
from services.chassis.rpc.admission import Admission
from services.chassis.rpc.client import Client
from services.chassis.rpc.server import Hosted, Server
from services.chassis.rpc.wire import ASSERTION_AUDIENCE, ASSERTION_KEY, open_channel
from services.performance.__main__ import SERVICE
from services.performance.model.person import Person
from services.performance.model.result import Result
from services.performance.model.run import Run
from services.performance.rules.figures import MEASURES
from services.performance.rules.periods import PeriodKind, month_start, period_start
from services.performance.rules.runs import RunState
from tests import servers

PEOPLE, PEOPLE_PER_OUTLET, OUTLETS_PER_BRANCH = 1_000, 10, 10
PRODUCTS = ("bill", "card", "demand", "factoring", "loan", "savings", "term", "wealth")
FIRST, LAST = date(2025, 12, 1), date(2026, 2, 28)
ROUNDS = 15
NAME = "workbench.performance.v1.FigureService"


def run(console: Console) -> None:
    """Prints the table."""
    table = Table("prepared results", *("SQLite ms", "PostgreSQL ms"), title=f"{PEOPLE:,} people, {ROUNDS} rounds, medians")
    measured: dict[str, list[str]] = {name: [] for name in _calls("")}
    with tempfile.TemporaryDirectory() as name, servers.postgresql() as postgresql:
        for url in (f"sqlite:///{name}/figures.db", postgresql.create_database()):
            with _filled(url, Path(name), console) as client:
                for what, (scope, method, request) in _calls(_path(0)).items():
                    caller = client(scope)
                    caller.call(f"{NAME}/{method}", request)
                    measured[what].append(f"{statistics.median(_timed(caller, method, request) for _ in range(ROUNDS)):.1f}")
    for what, medians in measured.items():
        table.add_row(what, *medians)
    console.print(table)


def _calls(path: str) -> dict[str, tuple[Scope, str, Any]]:
    own, branch = Scope(own=True), path.rpartition("/")[0].rpartition("/")[0] + "/"
    figures, measure = figure_service_pb2.GetFiguresRequest, figure_pb2.FIGURE_MEASURE_EVA
    return {
        "my month, against two others": (own, "GetFigures", figures()),
        "my day, against three others": (own, "GetFigures", figures(period=figure_pb2.PERIOD_KIND_DAY)),
        "my ninety days": (own, "ListFigurePoints", figure_service_pb2.ListFigurePointsRequest(page_size=90)),
        "an outlet's month": (WHOLE_BANK, "GetFigures", figures(organisation_path=path)),
        "the bank's month": (WHOLE_BANK, "GetFigures", figures(organisation_path="/HO/")),
        "a branch's parts": (WHOLE_BANK, "ListUnitFigures", figure_service_pb2.ListUnitFiguresRequest(organisation_path=branch)),
        "the bank's ranking": (
            WHOLE_BANK,
            "ListRanking",
            figure_service_pb2.ListRankingRequest(organisation_path="/HO/", measure=measure),
        ),
        "my place in the bank": (
            own,
            "GetOwnRanking",
            figure_service_pb2.GetOwnRankingRequest(organisation_path="/HO/", measure=measure),
        ),
    }


@contextmanager
def _filled(url: str, folder: Path, console: Console) -> Iterator[Any]:
    keys.create_keys(folder)
    keys.use_data_keys(keys.DataKeys.load(folder / keys.DATA_KEYS_FILE))
    ring = keys.KeyRing.load(folder / keys.SIGNING_KEYS_FILE)
    engine = create_engine(url)
    migrations.migrate(engine, "services.performance")
    database, people = Database(engine, "performance", settings=SERVICE.settings()), [uuid7() for _ in range(PEOPLE)]
    rows = 0
    with database.transaction() as work:
        for place, person_id in enumerate(people):
            told = {"person_id": person_id, "staff_number": f"{place:06}", "display_name": "王雅婷"}
            work.session.add(Person(**told, organisation_path=_path(place)))
        for month in (FIRST, date(2026, 1, 1), date(2026, 2, 1)):
            last = min(LAST, (month + timedelta(days=31)).replace(day=1) - timedelta(days=1))
            told = {"month_date": month, "as_of_date": last, "number": 1, "current": True, "create_time": work.now}
            work.session.add(Run(run_id=f"run of {month}", state=RunState.SUCCEEDED.value, **told))
        work.session.flush()
        for kind, start, as_of in _periods():
            rows += _fill(work.session, people, kind, start, as_of)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    console.print(f"filled with {rows:,} rows of results: {url.partition(':')[0]}")
    with ExitStack() as stack:
        stack.callback(engine.dispose)
        server = Server({"performance": Hosted(SERVICE.rpcs, database)}, Admission(ring))
        port = server.start("127.0.0.1:0")
        stack.callback(server.stop, 1.0)
        channel = stack.enter_context(open_channel(f"127.0.0.1:{port}"))

        def client(scope: Scope) -> Client:
            grants = (Grant(frozenset({"performance.result.read"}), scope),)
            caller = Caller(people[0], organisation_path=_path(0), grants=grants)
            return Client(channel, {ASSERTION_KEY: ring.sign(caller.to_claims(), ASSERTION_AUDIENCE, 3_600)})

        yield client


def _periods() -> Iterator[tuple[PeriodKind, date, date]]:
    days = [FIRST + timedelta(days=count) for count in range((LAST - FIRST).days + 1)]
    yield from ((PeriodKind.DAY, day, day) for day in days)
    for kind in (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR):
        ends = {period_start(kind, day): day for day in days}
        yield from ((kind, start, end) for start, end in ends.items())


def _fill(session: Session, people: list[str], kind: PeriodKind, start: date, as_of: date) -> int:
    rows = [
        {
            "period_kind": kind.value, "start_date": start, "as_of_date": as_of, "person_id": person_id,
            "organisation_unit_id": _path(place), "organisation_path": _path(place), "product_code": product,
            "run_id": f"run of {month_start(as_of)}", "account_count": 12, "customer_count": 11,
            **dict.fromkeys(MEASURES, 1_000_000 * place + 7),
        }
        for place, person_id in enumerate(people)
        for product in PRODUCTS
    ]  # fmt: skip
    session.execute(insert(Result), rows)
    return len(rows)


def _path(place: int) -> str:
    outlet = place // PEOPLE_PER_OUTLET
    return f"/HO/B{outlet // OUTLETS_PER_BRANCH:03}/O{outlet:04}/"


def _timed(client: Client, method: str, request: Any) -> float:
    began = time.perf_counter()
    client.call(f"{NAME}/{method}", request)
    return (time.perf_counter() - began) * 1_000
