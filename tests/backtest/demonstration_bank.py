"""The demonstration bank's books as the engine reads them: days and features of its customers, by the service's code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deploy.demonstration.bank import Bank
from deploy.demonstration.books.bank_books import Books, Departure, Span, books
from deploy.demonstration.working_days.contacts import contacts_of
from deploy.demonstration.working_days.lives import Lives
from deploy.demonstration.working_days.voices import answers_of, feedback_of
from deploy.demonstration.working_days.workdays import Workdays
from services.analytics.engine.customer_days import write_month
from services.analytics.engine.features import write_features
from services.analytics.engine.inputs import DayInputs, FeatureInputs, PinnedDay
from services.analytics.rules.happenings import HappeningKind
from services.chassis.lake.lake import Pin, stored_columns
from services.chassis.lake.schemas import Schema

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

# As `usecases.settings.AnalyticsSettings` has it.
CONTACT_CYCLE_DAYS = {0: 365, 1: 365, 2: 180, 3: 90, 4: 30}
# Within so many days a complaint is to be answered.
_ANSWER_DAYS = 15
# A survey's recommendation at or under this is one that somebody should look after.
_LOW = 6
_DAILY = ("balances", "transactions", "ebanking_events")
_DAY = timedelta(days=1)
_CONTACT_DONE = 2


class BooksLake:
    """Stands where the lake stands: the same rows, straight from the books and not by way of files."""

    def relation(self, connection: DuckDBPyConnection, schema: Schema, pins: Sequence[Pin]) -> DuckDBPyRelation:
        """As `Lake.relation`."""
        nothing = ", ".join(f"NULL::{type_} AS {name}" for name, type_ in stored_columns(schema))
        queries = [f"SELECT {nothing} WHERE false"]
        days = sorted({pin.business_date for pin in pins})
        if days and schema.name in ("customers", "accounts"):
            queries += [f"SELECT 'core' AS source_system, * FROM {schema.name}_on(DATE '{day}')" for day in days]
        elif days:
            told = f"{schema.name}_between(DATE '{days[0]}', DATE '{days[-1]}')"
            queries.append(f"SELECT 'core' AS source_system, * FROM {told}")
        columns = ", ".join(name for name, _ in stored_columns(schema))
        return connection.sql(f"SELECT {columns} FROM ({' UNION ALL BY NAME '.join(queries)})")


@dataclass(frozen=True)
class DemonstrationBank:
    """The books, open, and customers' days of all months."""

    opened: Books
    folder: Path
    days: tuple[Path, ...]
    happenings: Path

    def departures(self) -> list[Departure]:
        """The truth, which no feed tells."""
        return self.opened.departures()

    def features(self, as_of_date: date) -> Path:
        """Features as of a date."""
        path = self.folder / f"features-{as_of_date}.parquet"
        if not path.exists():
            connection, facts = self.opened.connection, {}
            for name, query in _FACTS.items():
                facts[name] = self.folder / f"{name}.parquet"
                text = query.format(day=as_of_date, before=as_of_date - 90 * _DAY, first=self.opened.span.first)
                connection.execute(f"COPY ({text}) TO '{facts[name]}' (FORMAT parquet)")
            inputs = FeatureInputs(
                as_of_date, self.days, happenings=self.happenings, contact_cycle_days=CONTACT_CYCLE_DAYS, **facts
            )
            write_features(connection, inputs, path)
        return path


@contextmanager
def demonstration_bank(customers: int, seed: int, last: date, folder: Path, months: int = 24) -> Iterator[DemonstrationBank]:
    """A bank of so many customers and its last months of history up to a date."""
    span = Span.until(last)
    with books(Bank(seed), customers, span, folder) as opened:
        connection = opened.connection
        connection.execute("SET TimeZone = 'UTC'")
        happenings = folder / "happenings.parquet"
        _write_happenings(connection, Lives(opened_bank(seed), customers, span.first, folder / "lives"), span, happenings)
        written = []
        for month in _months(span)[-months - 1 :]:
            end = min(last, (month + 32 * _DAY).replace(day=1) - _DAY)
            target = folder / f"days-{month}"
            target.mkdir()
            written.append(write_month(connection, BooksLake(), _month_inputs(month, end), target))  # type: ignore[arg-type]
        yield DemonstrationBank(opened, folder, tuple(written), happenings)


def opened_bank(seed: int) -> Bank:
    """The bank of that seed."""
    return Bank(seed)


def _months(span: Span) -> list[date]:
    found, month = [], span.first
    while month <= span.last:
        found.append(month)
        month = (month + 32 * _DAY).replace(day=1)
    return found


def _month_inputs(month: date, end: date) -> DayInputs:
    days = [month + n * _DAY for n in range((end - month).days + 1)]
    pinned = [PinnedDay(day, Pin(f"core.{name}", name, "core", day, 1)) for name in _DAILY for day in days]
    pinned += [PinnedDay(end, Pin(f"core.{name}", name, "core", end, 1)) for name in ("customers", "accounts")]
    rates = [month - n * _DAY for n in range(7, 0, -1)] + days
    pinned += [PinnedDay(day, Pin("treasury.fx_rates", "fx_rates", "core", day, 1)) for day in rates]
    return DayInputs(month, end, "CNY", tuple(pinned))


_KINDS = "CASE kind WHEN 'RETAIL' THEN 1 WHEN 'CORPORATE' THEN 2 WHEN 'FINANCIAL_INSTITUTION' THEN 3 ELSE 4 END"
# What stands beside the days, as of a day.
_FACTS = {
    "customers": f"""
        SELECT customer_number AS customer_id, customer_number, ({_KINDS})::BIGINT AS kind, tier,
            coalesce(manager_staff_number, '') AS lead_person_id, '/' || unit_number || '/' AS organisation_path, open_date
        FROM banked WHERE open_date <= DATE '{{day}}' AND NOT dormant ORDER BY customer_number
    """,
    "accounts": """
        SELECT told.customer_number, 'core' AS source_system, told.account_number, told.kind, told.product_code,
            told.currency_code, told.open_date, told.maturity_date, told.close_date, told.state, told.interest_rate_e8,
            coalesce(balances.balance_minor_units, 0)::BIGINT AS balance, told.unit_number
        FROM accounts_on(DATE '{day}') AS told
        LEFT JOIN (FROM balances_between(DATE '{day}', DATE '{day}')) AS balances USING (account_number, currency_code)
        ORDER BY told.customer_number
    """,
    "standing_orders": """
        SELECT accounts.customer_number, now_.order_number, now_.state = 'ACTIVE' AS active,
            coalesce(before_.state = 'ACTIVE', false) AS active_before
        FROM standing_orders_on(DATE '{day}') AS now_
        LEFT JOIN standing_orders_on(DATE '{before}') AS before_ USING (order_number)
        JOIN accounts ON accounts.account_number = now_.account_number
    """,
    "rates": """
        SELECT day, source, product_code, currency_code, tenor_days::BIGINT AS tenor_days, rate_e8::BIGINT AS rate_e8 FROM (
            SELECT business_date AS day, 'listed' AS source, product_code, currency_code, tenor_days,
                interest_rate_e8 AS rate_e8
            FROM interest_rates_on(DATE '{first}')
            UNION ALL
            SELECT business_date, 'listed', product_code, currency_code, tenor_days, interest_rate_e8
            FROM interest_rates_on(DATE '{day}')
        ) WHERE day <= DATE '{day}'
    """,
}


def _write_happenings(connection: DuckDBPyConnection, lives: Lives, span: Span, path: Path) -> None:
    """Contacts, complaints, needs and surveys of all customers, as analytics has them from events."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from services.analytics.engine.tables import HAPPENINGS

    arrow = {
        "string": pa.string(), "date": pa.date32(), "int64": pa.int64(), "boolean": pa.bool_(), "timestamp": pa.timestamp("us"),
        "array<string>": pa.list_(pa.string()),
    }  # fmt: skip
    workdays = Workdays(span.first, span.last + 60 * _DAY)
    rows = [row for life in lives.between(0, len(lives)) for row in _happened(lives, life, workdays, span)]
    rows.sort(key=lambda row: (row["customer_number"], row["start_date"]))
    schema = pa.schema([(name, arrow[type_]) for name, type_ in HAPPENINGS.items()])
    pq.write_table(pa.Table.from_pylist([dict.fromkeys(HAPPENINGS) | row for row in rows], schema=schema), path)


def _happened(lives: Lives, life: Any, workdays: Workdays, span: Span) -> Iterator[dict[str, Any]]:
    who = {"customer_number": life.customer.customer_number, "customer_id": life.customer.customer_number, "low": False}
    for row in contacts_of(lives, life, workdays, span.first, span.last):
        contact = row.contact
        done = contact.state == _CONTACT_DONE
        yield who | {
            "source": f"contacts/{row.source_number}",
            "kind": int(HappeningKind.CONTACT if done else HappeningKind.CONTACT_NOT_DONE),
            "start_date": contact.start_time.ToDatetime().date(), "end_date": contact.start_time.ToDatetime().date(),
            "person_id": contact.owner_person_id, "other_person_ids": list(contact.colleague_person_ids),
            "sort": contact.kind, "state": contact.state, "outcome": contact.outcome, "minutes": contact.minutes,
            "people_met_count": len(contact.people_met), "customer_began": contact.customer_began,
        }  # fmt: skip
    for row in feedback_of(lives, life, workdays, span.first, span.last):
        began = date.fromisoformat(row.received_date)
        kinds = (HappeningKind.OPINION, HappeningKind.COMPLAINT, HappeningKind.NEED)
        yield who | {
            "source": f"feedback/{row.source_number}",
            "kind": int(_FEEDBACK.get(row.kind, kinds[0])),
            "start_date": began, "due_date": began + _ANSWER_DAYS * _DAY,
            "end_date": date.fromisoformat(row.told_date) if row.told_date else None,
            "person_id": row.owner_person_id, "other_person_ids": [], "sort": row.severity,
        }  # fmt: skip
    for row in answers_of(lives, life, workdays, span.first, span.last):
        if row.answers:
            low = any(answer.question_id == "recommend" and answer.score <= _LOW for answer in row.answers)
            day = date.fromisoformat(row.answer_date)
            yield who | {
                "source": f"surveys/{row.source_number}", "kind": int(HappeningKind.SURVEY_ANSWER), "start_date": day,
                "end_date": day, "person_id": "", "other_person_ids": [], "low": low,
            }  # fmt: skip


def _feedback_kinds() -> dict[int, HappeningKind]:
    from workbench.activity.v1 import feedback_pb2

    return {
        feedback_pb2.FEEDBACK_KIND_COMPLAINT: HappeningKind.COMPLAINT,
        feedback_pb2.FEEDBACK_KIND_NEED: HappeningKind.NEED,
    }


_FEEDBACK = _feedback_kinds()
