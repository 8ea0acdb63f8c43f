"""Explains a figure 这一元从哪里来: its parts, which sum up to it, and of the days of an account all that made them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import structlog
from workbench.performance.v1 import explain_pb2, explain_service_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import moved
from services.chassis.kernel.errors import LimitReached, Unavailable
from services.chassis.kernel.paging import Page
from services.performance.engine import leaf
from services.performance.model.result import Result
from services.performance.model.run import Run
from services.performance.rules.figures import STANDING, Amounts, Measure
from services.performance.rules.periods import PeriodKind, month_start
from services.performance.usecases import reaching
from services.performance.usecases.explaining import days, detailing
from services.performance.usecases.explaining.questions import By, Question, question
from services.performance.usecases.figures import reading, showing
from services.performance.usecases.runs.keeping import ownership_folder

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_LEAF, _MONTHS = "explained", "explained_months"
_KEYS: Mapping[By, tuple[str, ...]] = {
    By.PERIOD: ("month_date",),
    By.OWNER: ("person_id", "organisation_unit_id"),
    By.PRODUCT: ("product_code",),
    By.CUSTOMER: ("customer_number", "customer_id"),
    By.ACCOUNT: ("dataset", "source_system", "account_number", "currency_code", "customer_number", "customer_id", "product_code"),
}
# Each holds a thread of the server, and an engine's memory.
EXPLAINING_MAX = 2
TURN_SECONDS = 5.0
_turns = threading.BoundedSemaphore(EXPLAINING_MAX)
_EARNED = tuple(measure for measure in Measure if measure and measure.column not in STANDING)
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Part:
    """A part: what tells it, what it comes to, and of an account's day the cells of it."""

    told: Mapping[str, str]
    amounts: Amounts
    key: str
    cells: list[days.Cell] = field(default_factory=list)


@dataclass(slots=True)
class _Explained:
    total: Amounts
    parts: list[_Part]
    part_count: int
    # Of days of an account: its rows, and from what.
    accounts: list[days.AccountDays] = field(default_factory=list)
    reader: days.Reader | None = None


def explain(work: UnitOfWork, request: explain_service_pb2.ExplainFigureRequest) -> explain_service_pb2.ExplainFigureResponse:
    """A page of the parts of a figure; raises as `questions.question` does, LimitReached ACCOUNTS_TOO_MANY, Unavailable."""
    asked = question(work, request)
    with asked.subject.read(work):
        explained = _explained(work, asked)
    in_order = asked.by in (By.PERIOD, By.ACCOUNT_DAY)
    page = Page.of(explained.parts, asked.size, asked.bound, lambda part: (_size(part, asked, in_order=in_order), part.key))
    message = explain_service_pb2.ExplainFigureResponse(
        figure_parts=_messages(work, asked, page.rows, explained.reader),
        next_page_token=page.next_page_token,
        total=showing.amounts(explained.total, work.settings.home_currency_code),
        part_count=explained.part_count,
        start_date=asked.period.start_date.isoformat(),
        as_of_date=asked.period.as_of_date.isoformat(),
        run_ids=[run.run_id for run in asked.runs],
    )
    if explained.reader and asked.by is By.ACCOUNT_DAY:
        detailing.prove(work, message, explained.accounts, asked, explained.reader.inputs.products)
    return message


def _explained(work: UnitOfWork, asked: Question) -> _Explained:
    if asked.in_days and asked.is_prepared:
        return _prepared(work, asked)
    if not _turns.acquire(timeout=TURN_SECONDS):
        raise Unavailable("EXPLANATIONS_BUSY", "Others have figures explained just now; ask again in a moment.")
    try:
        with work.database.lake.connection() as connection:
            return (_by_days if asked.in_days else _by_months)(work, connection, asked)
    finally:
        _turns.release()


def _by_months(work: UnitOfWork, connection: DuckDBPyConnection, asked: Question) -> _Explained:
    """From the months' leaves."""
    _load(work, connection, asked)
    total = Amounts(leaf.total(connection, _LEAF))
    if not asked.narrowing.of_objects:
        _check(asked, _added_up(work, asked, asked.period.kind, asked.period.start_date), total)
    table = _MONTHS if asked.by is By.PERIOD else _LEAF
    by = _KEYS[asked.by]
    count = leaf.count(connection, table, by)
    if asked.by is By.PERIOD:
        # So few that they come at once, in their order.
        found = leaf.parts(connection, table, by, asked.measure.column, None, count)
        return _paged([_Part(told, Amounts(sums), key) for told, sums, key in found], total, asked)
    found = leaf.parts(connection, table, by, asked.measure.column, asked.after, asked.size + 1)
    return _Explained(total, [_Part(told, Amounts(sums), key) for told, sums, key in found], count)


def _by_days(work: UnitOfWork, connection: DuckDBPyConnection, asked: Question) -> _Explained:
    """From the days of the accounts that have part in it."""
    (run,) = asked.runs
    leaf.load(connection, asked.leaves(work), asked.narrowing, _LEAF)
    wanted = leaf.accounts(connection, _LEAF, days.ACCOUNTS_MAX + 1)
    if len(wanted) > days.ACCOUNTS_MAX:
        told = {"accountsMax": str(days.ACCOUNTS_MAX)}
        raise LimitReached(
            "ACCOUNTS_TOO_MANY", "Name a person, a product or a customer first: it is of too many accounts.", metadata=told
        )
    reader = days.Reader.of(work, run, connection)
    accounts = reader.gathered(reader.rows(connection, wanted)) if wanted else []
    month, period = month_start(asked.period.start_date), asked.period
    shown = _days_of(period.start_date, period.as_of_date)
    cells = days.of_days(accounts, asked.narrowing, month, shown)
    total = _total(cells, shown[-1])
    if period.kind is PeriodKind.MONTH:
        _check(asked, Amounts(leaf.total(connection, _LEAF)), total)
    elif not asked.narrowing.of_objects:
        _check(asked, _added_up(work, asked, PeriodKind.DAY, period.start_date), total)
    explained = _paged(list(_grouped(cells, asked.by)), total, asked)
    explained.accounts, explained.reader = accounts, reader
    return explained


def _load(work: UnitOfWork, connection: DuckDBPyConnection, asked: Question) -> None:
    """Makes the tables of the period's rows by account and owner, and of its months'."""
    leaf.load(connection, asked.leaves(work), asked.narrowing, _MONTHS)
    if asked.period.kind is PeriodKind.MONTH:
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {_LEAF} AS FROM {_MONTHS}")
        return
    # Ties were decided by the staff numbers that the run knew which made the period's results.
    made_by = work.session.get(Run, next(iter(reading.run_ids(work, asked.period, [])), "")) or asked.runs[-1]
    people = ownership_folder(work.database.lake, made_by) / "people.parquet"
    leaves = dict(zip((run.month_date for run in asked.runs), asked.leaves(work), strict=True))
    leaf.load_period(connection, leaves, people, (asked.period.start_date, asked.period.as_of_date), asked.narrowing, _LEAF)


def _prepared(work: UnitOfWork, asked: Question) -> _Explained:
    """From prepared results: products and owners of a day, and the days of a month."""
    period, rows = asked.period, asked.rows(work)
    total = _added_up(work, asked, period.kind, period.start_date)
    if asked.by is By.PERIOD:
        found = reading.points(work, PeriodKind.DAY, period.start_date, period.as_of_date, rows, 1 + _DAYS_MAX)
        parts = [_Part({"day": start.isoformat()}, amounts, start.isoformat()) for start, _, amounts in found]
    else:
        by = _KEYS[asked.by]
        sums = reading.sums(work, period, rows, [getattr(Result, name) for name in by])
        parts = [_Part(dict(zip(by, key, strict=True)), amounts, chr(31).join(key)) for key, amounts in sums.items()]
    return _paged(parts, total, asked)


def _grouped(cells: Sequence[days.Cell], by: By) -> Iterator[_Part]:
    groups: dict[tuple[str, ...], list[days.Cell]] = {}
    for cell in cells:
        groups.setdefault(tuple(_told(cell, by).values()), []).append(cell)
    for key, of_group in groups.items():
        # Each group is of one day: balances of several are never added.
        yield _Part(_told(of_group[0], by), Amounts.total(cell.amounts for cell in of_group), chr(31).join(key), of_group)


def _told(cell: days.Cell, by: By) -> dict[str, str]:
    account, owner = cell.of.account, cell.owner
    values = {
        "day": cell.day.isoformat(),
        "person_id": owner.person_id,
        "organisation_unit_id": owner.organisation_unit_id,
        "product_code": cell.of.product_code,
        "customer_number": owner.customer_number,
        "customer_id": owner.customer_id,
        "product_version_id": cell.of.product_version_id,
        "dataset": account.dataset,
        "source_system": account.source_system,
        "account_number": account.account_number,
        "currency_code": account.currency_code,
    }
    keys: tuple[str, ...] = {
        By.PERIOD: ("day",),
        By.ACCOUNT_DAY: ("day", *_KEYS[By.OWNER], "product_version_id", *_KEYS[By.ACCOUNT]),
    }.get(by) or _KEYS[by]
    return {name: values[name] for name in keys}


def _total(cells: Sequence[days.Cell], last: date) -> Amounts:
    """What was earned on all days, and how things stand on the last one."""
    standing = Amounts.total(cell.amounts for cell in cells if cell.day == last)
    earned = Amounts.total(cell.amounts for cell in cells)
    values = list(standing.values)
    for measure in _EARNED:
        values[measure - 1] = earned.of(measure)
    return Amounts(tuple(values))


def _paged(parts: list[_Part], total: Amounts, asked: Question) -> _Explained:
    """The page of parts that are all at hand."""
    in_order = asked.by in (By.PERIOD, By.ACCOUNT_DAY)

    def place(part: _Part) -> tuple[int, str]:
        return (0 if in_order else -abs(part.amounts.of(asked.measure)), part.key)

    after = (-asked.after[0], asked.after[1]) if asked.after else None
    listed = sorted((part for part in parts if after is None or place(part) > after), key=place)
    return _Explained(total, listed[: asked.size + 1], len(parts))


def _size(part: _Part, asked: Question, *, in_order: bool) -> str:
    return "0" if in_order else str(abs(part.amounts.of(asked.measure)))


def _added_up(work: UnitOfWork, asked: Question, kind: PeriodKind, start: date) -> Amounts:
    rows = [Result.period_kind == kind, Result.start_date == start, *asked.rows(work)]
    return reading.sum_of(work, rows)


def _check(asked: Question, above: Amounts, below: Amounts) -> None:
    """A level sums up to the one above it. Where it does not, another run came between the two looks, or something is wrong."""
    if above.values != below.values:
        _log.error("figures_untied", period=asked.period.kind.name, start_date=str(asked.period.start_date), by=asked.by.name)
        raise Unavailable("FIGURES_CHANGED", "The figures are just being computed anew; ask again in a moment.")


_DAYS_MAX = 31


def _days_of(start: date, end: date) -> list[date]:
    return [moved(start, count) for count in range((end - start).days + 1)]


def _messages(
    work: UnitOfWork, asked: Question, parts: Sequence[_Part], reader: days.Reader | None
) -> list[explain_pb2.FigurePart]:
    people = reaching.person_names(work, {part.told.get("person_id", "") for part in parts})
    customers = reaching.customer_names(work, {part.told.get("customer_id", "") for part in parts})
    currency = work.settings.home_currency_code
    line: Callable[[Any], Any] | None = detailing.lines(reader, currency) if reader and asked.by is By.ACCOUNT_DAY else None
    messages = []
    for part in parts:
        told = part.told
        message = explain_pb2.FigurePart(
            start_date=told.get("day") or told.get("month_date", ""),
            person_id=told.get("person_id", ""),
            person_name=people.get(told.get("person_id", ""), ""),
            organisation_unit_id=told.get("organisation_unit_id", ""),
            product_code=told.get("product_code", ""),
            customer_id=told.get("customer_id", ""),
            customer_number=told.get("customer_number", ""),
            customer_name=customers.get(told.get("customer_id", ""), ""),
            amounts=showing.amounts(part.amounts, currency),
        )
        if "account_number" in told:
            names = ("dataset", "source_system", "account_number", "currency_code")
            message.account = str(leaf.Account(*(told[name] for name in names)))
        if line:
            rows = (row for cell in part.cells for row in cell.of.lines.get((cell.day, cell.owner), ()))
            message.account_days.extend(line(row) for row in rows)
        messages.append(message)
    return messages
