"""Lists and search as the bank grows: a page of one's own with a hundred times the customers, and search at each key stroke."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from workbench.customer.v1.customer_service_pb2 import ListCustomersRequest, SearchCustomersRequest

from services.chassis.db.scope import WHOLE_BANK
from services.chassis.kernel.caller import Scope
from services.chassis.rpc.client import Client
from tests import servers
from tests.bench.bank import BANK, Filled, filled

SERVICE = "workbench.customer.v1.CustomerService"
SMALL, LARGE_SQLITE, LARGE_POSTGRESQL = 10_000, 100_000, 1_000_000
ROUNDS = 15
LISTS_PER_ROUND = 20
SEARCH_ROUNDS = 5
# What people type, as far as they got: the names that half the bank shares, their pinyin, their initials, parts, numbers.
TYPED = (
    "张", "张伟", "z", "zh", "zhang", "zhang w", "zhangwei", "zw", "w", "wei", "伟", "伟明", "张w", "王芳", "li", "lina",
    "欧阳", "6000", "60001", "6000123456", "13812345678", "杭州", "有限公司", "华泰", "华泰精密", "huatai", "jing", "明 张",
    "james", "qqqq", "没有这个名字",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Latency:
    """Of one kind of call, in milliseconds."""

    p50: float
    p95: float
    worst: float

    @classmethod
    def of(cls, measured: Sequence[float]) -> Latency:
        """The figures of many calls."""
        ordered = sorted(measured)
        return cls(statistics.median(ordered), ordered[int(len(ordered) * 0.95)], ordered[-1])


def run(console: Console, large_postgresql: int = LARGE_POSTGRESQL) -> None:
    """Prints both tables."""
    with tempfile.TemporaryDirectory() as name, servers.postgresql() as postgresql, ExitStack() as stack:
        folder = Path(name)

        def bank(url: str, customers: int) -> Filled:
            began = time.monotonic()
            found = stack.enter_context(filled(url, customers, folder))
            console.print(f"filled with {customers:,} customers in {time.monotonic() - began:.0f} s: {url.partition(':')[0]}")
            return found

        small_file = bank(f"sqlite:///{folder}/small.db", SMALL)
        large_file = bank(f"sqlite:///{folder}/large.db", LARGE_SQLITE)
        small = bank(postgresql.create_database(), SMALL)
        large = bank(postgresql.create_database(), large_postgresql)
        console.print(_lists({"SQLite": (small_file, large_file), "PostgreSQL": (small, large)}))
        console.print(_searches({"SQLite": large_file, "PostgreSQL": large}))


def _lists(banks: dict[str, tuple[Filled, Filled]]) -> Table:
    table = Table(
        "list of 50, own customers", "customers", "ms", "customers", "ms", "times", title=f"{ROUNDS} rounds in turns, medians"
    )
    person_id = BANK.organisation.person("rm1.east").person_id
    for name, pair in banks.items():
        clients = [bank.client(person_id, Scope(own=True)) for bank in pair]
        rounds: list[list[float]] = [[], []]
        for _ in range(ROUNDS):
            for measured, client in zip(rounds, clients, strict=True):
                measured.append(statistics.median(_timed(lambda c=client: _list(c)) for _ in range(LISTS_PER_ROUND)))
        small, large = (statistics.median(measured) for measured in rounds)
        table.add_row(
            name, f"{pair[0].customers:,}", f"{small:.2f}", f"{pair[1].customers:,}", f"{large:.2f}", f"{large / small:.2f}"
        )
    return table


def _searches(banks: dict[str, Filled]) -> Table:
    table = Table("search at each key stroke", "scope", "p50 ms", "p95 ms", "worst ms", "worst for", title=f"{len(TYPED)} texts")
    person_id = BANK.organisation.person("rm1.east").person_id
    scopes = {
        "own customers": Scope(own=True),
        "an outlet": Scope(organisation_paths=("/HO/EAST/E02/",)),
        "a branch": Scope(organisation_paths=("/HO/EAST/",)),
        "the bank": WHOLE_BANK,
    }
    for name, bank in banks.items():
        for scope_name, scope in scopes.items():
            client = bank.client(person_id, scope)
            medians = {text: _median_search(client, text) for text in TYPED}
            latency = Latency.of([each for measured in medians.values() for each in measured])
            worst = max(medians, key=lambda text: statistics.median(medians[text]))
            table.add_row(
                f"{name}, {bank.customers:,}", scope_name, f"{latency.p50:.1f}", f"{latency.p95:.1f}", f"{latency.worst:.1f}",
                f"{worst}: {statistics.median(medians[worst]):.1f}",
            )  # fmt: skip
    return table


def _median_search(client: Client, text: str) -> list[float]:
    _search(client, text)
    return [_timed(lambda: _search(client, text)) for _ in range(SEARCH_ROUNDS)]


def _list(client: Client) -> None:
    assert len(client.call(f"{SERVICE}/ListCustomers", ListCustomersRequest(page_size=50)).customers) == 50


def _search(client: Client, text: str) -> None:
    client.call(f"{SERVICE}/SearchCustomers", SearchCustomersRequest(query=text))


def _timed(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1_000
