"""Departures of the demonstration bank's three former managers, simulated: what was foreseen of each, and what went in 180 days.

The truth is the books': of whoever was the former manager's a third follows him. Until he left, contacts are with him.
The formula is held against it as the service does it: each departure is foreseen from the day before, with the keep rate that the
departures before it taught. `python -m tests.backtest.departures` prints the table and saves it in the service's README.

Whoever follows is drawn without regard to contacts: dependence cannot tell followers from others here. What is shown is how the
keep rate finds to the bank's own, and whether what went lies within what was said.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from deploy.demonstration.bank import Bank
from deploy.demonstration.books.bank_books import Books, Span, books
from deploy.demonstration.organisation import FormerManager
from deploy.demonstration.working_days.contacts import contacts_of
from deploy.demonstration.working_days.lives import Life, Lives
from deploy.demonstration.working_days.workdays import Workdays
from services.analytics.engine.balances import averages
from services.analytics.engine.dependence import Dependence, Dependences, Source
from services.analytics.engine.relations import write_relations
from services.analytics.engine.tables import CUSTOMERS as CUSTOMER_COLUMNS
from services.analytics.engine.tables import HAPPENINGS
from services.analytics.rules import departures as rules
from services.analytics.rules.departures import AVERAGED_DAYS, MEASURED_AFTER_DAYS, SETTLED_AFTER_DAYS, KeepRate, Loss, Outcome
from services.analytics.rules.dependence import WHOLE_E4
from services.analytics.rules.happenings import HappeningKind

if TYPE_CHECKING:
    from pyarrow import DataType

LAST = date(2026, 10, 31)
CUSTOMERS, SEEDS = 2_000, (1, 2, 3)
README = Path(__file__).parents[2] / "services/analytics/README.md"
_MARKERS = "<!-- departures: begin -->", "<!-- departures: end -->"
# Of a hundred of a former manager's successor those that were the former's, as the demonstration's own claims have it.
_WAS_THE_FORMERS = 50
_DONE = 2
_DAY = timedelta(days=1)
_ASSETS = "'DEMAND_DEPOSIT', 'SAVINGS', 'MARGIN_DEPOSIT', 'TERM_DEPOSIT', 'WEALTH_PRODUCT'"


@dataclass(frozen=True)
class Followed:
    """One departure: what was foreseen of it, and what became of it."""

    left_date: date
    keep: KeepRate
    loss: Loss
    # After 90 days, and for good after 180.
    early: Outcome
    outcome: Outcome
    customers: int
    # Those whom the books let follow him, and of whom he held the contacts.
    followers: int

    @property
    def within(self) -> bool:
        """Whether what went lies in the interval."""
        return self.loss.low_minor_units <= self.outcome.lost_minor_units <= self.loss.high_minor_units


def followed(folder: Path, customers: int, seed: int) -> list[Followed]:
    """The three departures of a bank of so many customers, the first first."""
    bank, span = Bank(seed), Span.until(LAST)
    lives = Lives(bank, customers, span.first, folder / "lives")
    found: list[Followed] = []
    with books(bank, customers, span, folder) as opened:
        for former in sorted(bank.organisation.former_managers, key=lambda each: each.left_after_days):
            taught = [each.outcome.keep_rate_e4 for each in found]
            keep = rules.keep_rate([rate for rate in taught if rate is not None])
            place = folder / former.person.staff_number
            place.mkdir()
            found.append(_followed(opened, lives, former, keep, place))
    return found


def _followed(opened: Books, lives: Lives, former: FormerManager, keep: KeepRate, folder: Path) -> Followed:
    left = opened.span.first + timedelta(days=former.left_after_days)
    his = {life.customer.customer_number: life for life in _his(lives, former, left)}
    days = _write_days(opened, left, folder)
    rows, at_risk = _depending(opened, lives, former, his, left, days, folder)
    return Followed(
        left_date=left,
        keep=keep,
        loss=rules.expected_loss(at_risk, keep),
        early=_outcome(opened, rows, days, left, MEASURED_AFTER_DAYS),
        outcome=_outcome(opened, rows, days, left, SETTLED_AFTER_DAYS),
        customers=len(rows),
        followers=sum(his[row.customer_number].reason == "RM_LEFT" for row in rows if row.customer_number in his),
    )


def _his(lives: Lives, former: FormerManager, left: date) -> Iterator[Life]:
    successor = {each.staff_number: each.person_id for each in lives.bank.organisation.people}[former.successor_staff_number]
    for life in lives.between(0, len(lives)):
        was = life.reason == "RM_LEFT" or life.habit < _WAS_THE_FORMERS
        if life.customer.lead_person_id == successor and life.open_date < left and was:
            yield life


def _outcome(opened: Books, rows: Sequence[Dependence], days: Path, left: date, after_days: int) -> Outcome:
    told = {"before_date": left - _DAY, "after_date": left + timedelta(days=after_days), "days": AVERAGED_DAYS}
    found = averages(opened.connection, [days], [row.customer_number for row in rows], **told)
    assert found, "the books have every day"
    lost = sum(max(row.balance_minor_units - found.after.get(row.customer_number, 0), 0) for row in rows)
    balance, at_risk = sum(max(row.balance_minor_units, 0) for row in rows), sum(row.at_risk_minor_units for row in rows)
    return Outcome(balance, at_risk, lost, found.background_e4)


def _depending(
    opened: Books, lives: Lives, former: FormerManager, his: dict[str, Life], left: date, days: Path, folder: Path
) -> tuple[list[Dependence], rules.AtRisk]:
    """Who depended on him as of the day before, and all of them added up."""
    as_of, leaver = left - _DAY, former.person.person_id
    workdays = Workdays(opened.span.first, opened.span.last + 60 * _DAY)
    customers, happenings = [], []
    for life in lives.between(0, len(lives)):
        if life.open_date > as_of:
            continue
        number = life.customer.customer_number
        lead = leaver if number in his else life.customer.lead_person_id
        about = {"customer_number": number, "customer_id": number}
        path = life.customer.organisation_path
        customers.append(about | {"lead_person_id": lead, "organisation_path": path, "open_date": life.open_date})
        if number in his:
            happenings += [about | each for each in _contacts(lives, life, workdays, opened.span.first, as_of, leaver)]
    source = Source(
        customers=_write(
            CUSTOMER_COLUMNS, sorted(customers, key=lambda row: row["customer_number"]), folder / "customers.parquet"
        ),
        features=_write_averages(opened, as_of, days, folder / "features.parquet"),
        relations=folder / "relations.parquet",
        as_of_date=as_of,
        organisation_paths=("/",),
        balance="assets_30",
    )
    told = {"happenings": _write(HAPPENINGS, happenings, folder / "happenings.parquet"), "path": source.relations}
    write_relations(opened.connection, customers=source.customers, as_of_date=as_of, **told)
    present = [each.person_id for each in lives.bank.organisation.people]
    asked = Dependences(opened.connection, source, present, [leaver])
    return asked.rows(), asked.at_risk()


def _contacts(lives: Lives, life: Life, workdays: Workdays, first: date, last: date, leaver: str) -> Iterator[dict[str, Any]]:
    """His contacts with a customer: the successor's, as the demonstration has them, were his until he left."""
    for row in contacts_of(lives, life, workdays, first, last):
        day = row.contact.start_time.ToDatetime().date()
        if row.contact.state == _DONE and day <= last:
            others = list(row.contact.colleague_person_ids)
            yield {"kind": HappeningKind.CONTACT.value, "start_date": day, "person_id": leaver, "other_person_ids": others}


def _write_days(opened: Books, left: date, folder: Path) -> Path:
    """What customers had in the home currency, on the days before and after that are averaged."""
    path = folder / "customer_days.parquet"
    ends = (left - _DAY, *(left + timedelta(days=after) for after in (MEASURED_AFTER_DAYS, SETTLED_AFTER_DAYS)))
    parts = " UNION ALL ".join(
        f"SELECT * FROM balances_between(DATE '{end - (AVERAGED_DAYS - 1) * _DAY}', DATE '{end}')" for end in ends
    )
    opened.connection.execute(
        f"COPY (SELECT customer_number, business_date AS day, sum(balance_minor_units)::BIGINT AS deposit, 0::BIGINT AS term, "
        f"0::BIGINT AS wealth FROM ({parts}) AS told JOIN accounts USING (account) "
        f"WHERE kind IN ({_ASSETS}) AND told.currency_code = 'CNY' GROUP BY ALL) TO '{path}' (FORMAT parquet)"
    )
    return path


def _write_averages(opened: Books, as_of: date, days: Path, path: Path) -> Path:
    opened.connection.execute(
        f"COPY (SELECT customer_number, (sum(deposit) // {AVERAGED_DAYS})::BIGINT AS assets_30, 0::BIGINT AS loan_now "
        f"FROM read_parquet('{days}') WHERE day <= DATE '{as_of}' GROUP BY customer_number ORDER BY customer_number) "
        f"TO '{path}' (FORMAT parquet)"
    )
    return path


def _write(columns: Any, rows: list[dict[str, Any]], path: Path) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types: dict[str, DataType] = {
        "string": pa.string(), "int64": pa.int64(), "boolean": pa.bool_(), "date": pa.date32(), "timestamp": pa.timestamp("us"),
        "array<string>": pa.list_(pa.string()),
    }  # fmt: skip
    arrays = {name: pa.array([row.get(name) for row in rows], types[type_]) for name, type_ in columns.items()}
    pq.write_table(pa.table(arrays), path)
    return path


HEADINGS = (
    "bank",
    "left",
    "customers",
    "followed",
    "balance",
    "at risk",
    "keep rate",
    "foreseen",
    "in 90 days",
    "in 180",
    "anyway",
    "kept",
    "within",
)


def lines(seed: int, found: Sequence[Followed]) -> Iterator[tuple[str, ...]]:
    """The table's lines of a bank; amounts in 10,000 yuan."""
    for each in found:
        outcome, kept = each.outcome, each.outcome.keep_rate_e4
        anyway = outcome.balance_minor_units * outcome.background_e4 // WHOLE_E4
        low, high = _short(each.loss.low_minor_units), _short(each.loss.high_minor_units)
        yield (
            str(seed), str(each.left_date), str(each.customers), str(each.followers), _short(outcome.balance_minor_units),
            _short(outcome.at_risk_minor_units), f"{each.keep.rate_e4 / 100:.0f} %",
            f"{_short(each.loss.expected_minor_units)} [{low}, {high}]", _short(each.early.lost_minor_units),
            _short(outcome.lost_minor_units), _short(anyway),
            "-" if kept is None else f"{kept / 100:.0f} %", "yes" if each.within else "no",
        )  # fmt: skip


def _short(minor_units: int) -> str:
    return f"{minor_units / 1_000_000:,.0f}"


def run(console: Console, seeds: Sequence[int] = SEEDS, customers: int = CUSTOMERS) -> None:
    """Prints the table, and saves it between the markers of the service's README."""
    rows: list[tuple[str, ...]] = []
    for seed in seeds:
        with tempfile.TemporaryDirectory() as name:
            rows += lines(seed, followed(Path(name), customers, seed))
    table = Table(title="Departures of the demonstration bank (simulated), amounts in 10,000 yuan")
    for heading in HEADINGS:
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(*row)
    console.print(table)
    save(README, rows)


def save(readme: Path, rows: Sequence[tuple[str, ...]]) -> None:
    """Puts the table in the place of the one before."""
    begin, end = _MARKERS
    written = "\n".join(f"| {' | '.join(row)} |" for row in (HEADINGS, ("---:",) * len(HEADINGS), *rows))
    text = readme.read_text(encoding="utf-8")
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    assert pattern.search(text), "the README has the markers"
    readme.write_text(pattern.sub(lambda _: f"{begin}\n{written}\n{end}", text), encoding="utf-8")


if __name__ == "__main__":
    run(Console(width=150, highlight=False))
