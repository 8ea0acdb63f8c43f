"""A small bank as an analysis has left it: its files, and that they are current."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import select

from services.analytics.engine import tables
from services.analytics.model.analysis import Analysis
from services.analytics.model.customer import Customer
from services.analytics.rules.analyses import AnalysisState
from services.analytics.usecases.analyses import keeping
from tests.component.books import clear

AS_OF = date(2026, 11, 24)
_ARROW = {"string": pa.string(), "date": pa.date32(), "int64": pa.int64(), "int32": pa.int32(), "float64": pa.float64()} | {
    "boolean": pa.bool_(), "timestamp": pa.timestamp("us"), "array<string>": pa.list_(pa.string()),
}  # fmt: skip
_RATES = {"day": "date", "source": "string", "product_code": "string", "currency_code": "string"} | {
    "tenor_days": "int64", "rate_e8": "int64",
}  # fmt: skip


def write(path, columns, rows):
    """A file with these rows, sorted as an analysis's are; what a row lacks is NULL."""
    rows = sorted(rows, key=lambda row: (row.get("customer_number", ""), row.get("day", AS_OF)))
    columns = {name: pa.array([row.get(name) for row in rows], _ARROW[type_]) for name, type_ in columns.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path)


class Found:
    """The newest analysis of a town's bank, with what a test puts into its files."""

    def __init__(self, town, *, days=(), accounts=(), features=(), signals=(), rates=(), as_of=AS_OF):
        clear(town)
        lake = town.service.database.lake
        months = {}
        for row in days:
            months.setdefault(row["day"].replace(day=1), []).append(row)
        key = uuid.uuid4().hex
        with town.service.database.transaction() as work:
            analysis = Analysis(
                analysis_id=work.new_id(),
                as_of_date=as_of,
                number=int(key[:6], 16),
                state=AnalysisState.SUCCEEDED.value,
                current=True,
                inputs={"months": {f"{month:%Y-%m}": key for month in months}},
                create_time=datetime.now(UTC),
            )
            work.session.add(analysis)
        for month, rows in months.items():
            write(keeping.month_folder(lake, month, key) / "customer_days.parquet", tables.CUSTOMER_DAYS, rows)
        folder = keeping.folder(lake, analysis)
        write(folder / "accounts.parquet", tables.ACCOUNTS, accounts)
        write(folder / "features.parquet", tables.FEATURES, features)
        write(folder / "signals.parquet", tables.SIGNALS, signals)
        if rates:
            write(folder / "rates.parquet", _RATES, rates)


def days_of(number, first, count, **columns):
    """So many days in a row with these figures, and nothing else moved."""
    nothing = {name: 0 for name, type_ in tables.CUSTOMER_DAYS.items() if type_.startswith("int")}
    return [nothing | {"customer_number": number, "day": first + timedelta(days=place)} | columns for place in range(count)]


def number_of(town, customer_id):
    """The customer's number."""
    with town.service.database.transaction(read_only=True) as work:
        return work.session.scalars(select(Customer.customer_number).where(Customer.customer_id == customer_id)).one()


def id_of(town, number):
    """The id of the customer of that number."""
    with town.service.database.transaction(read_only=True) as work:
        return work.session.scalars(select(Customer.customer_id).where(Customer.customer_number == number)).one()
