"""Files of an analysis in tests: rows as dictionaries, with what is missing as usual or NULL; and random banks of them."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from services.analytics.engine.inputs import FeatureInputs
from services.analytics.engine.tables import SCHEMAS_OF_TABLES
from services.analytics.rules.happenings import HappeningKind

ARROW = {
    "string": pa.string(), "int64": pa.int64(), "int32": pa.int32(), "float64": pa.float64(), "date": pa.date32(),
    "boolean": pa.bool_(), "timestamp": pa.timestamp("us"), "array<string>": pa.list_(pa.string()),
}  # fmt: skip
SCHEMAS = {
    **SCHEMAS_OF_TABLES,
    "standing_orders": {"customer_number": "string", "order_number": "string", "active": "boolean", "active_before": "boolean"},
    "rates": {
        "day": "date", "source": "string", "product_code": "string", "currency_code": "string", "tenor_days": "int64",
        "rate_e8": "int64",
    },
    "aliases": {"customer_number": "string", "survivor_number": "string"},
    "touched": {"customer_number": "string"},
}  # fmt: skip
# What a row has where the test does not care; of days all amounts and counts are 0.
USUAL: dict[str, dict[str, Any]] = {
    "customer_days": {name: 0 for name in SCHEMAS_OF_TABLES["customer_days"] if name not in ("customer_number", "day")},
    "customers": {"kind": 1, "tier": 1, "lead_person_id": "", "organisation_path": "/HO/", "open_date": date(2020, 1, 1)},
    "accounts": {
        "source_system": "core", "kind": "DEMAND_DEPOSIT", "currency_code": "CNY", "open_date": date(2020, 1, 1),
        "state": "ACTIVE", "balance": 0,
    },
    "happenings": {
        "kind": int(HappeningKind.CONTACT), "person_id": "rm", "other_person_ids": [], "sort": 0, "low": False,
        "update_time": datetime(2026, 1, 1),  # noqa: DTZ001 - as files have times: UTC, unsaid
    },
    "standing_orders": {"active": True, "active_before": True},
    "rates": {"source": "listed", "product_code": "P", "currency_code": "CNY", "tenor_days": 0},
}  # fmt: skip
NAMES = ("customers", "accounts", "standing_orders", "happenings", "rates")
Rows = list[dict[str, Any]]


def written(path: Path, name: str, rows: Rows) -> Path:
    """Writes the rows of a table."""
    usual = USUAL.get(name, {})
    columns = {
        column: pa.array([(usual | row).get(column) for row in rows], ARROW[type_]) for column, type_ in SCHEMAS[name].items()
    }
    pq.write_table(pa.table(columns), path)
    return path


def inputs_of(folder: Path, bank: dict[str, Rows], as_of_date: date, **fields: Any) -> FeatureInputs:
    """Writes a bank, and answers what features are made from."""
    folder.mkdir(parents=True, exist_ok=True)
    days = [written(folder / "customer_days.parquet", "customer_days", bank.get("customer_days", []))]
    paths = {name: written(folder / f"{name}.parquet", name, bank.get(name, [])) for name in NAMES}
    for name in ("aliases", "touched"):
        if name in bank:
            fields[name] = written(folder / f"{name}.parquet", name, bank[name])
    return FeatureInputs(as_of_date=as_of_date, days=days, **paths, **{"contact_cycle_days": {1: 90, 2: 45}, **fields})


def random_bank(seed: int, as_of_date: date, customers: int = 12, days: int = 500) -> dict[str, Rows]:
    """A bank with all that can befall a customer, some of it after the date."""
    draw = random.Random(seed)
    bank: dict[str, Rows] = {name: [] for name in ("customer_days", *NAMES)}
    numbers = [f"C{n:03}" for n in range(customers)]
    gap = {as_of_date - timedelta(days=draw.randrange(days)) for _ in range(9)}

    def day(back_max: int = 420, back_min: int = -40) -> date:
        return as_of_date - timedelta(days=draw.randrange(back_min, back_max))

    for number in numbers:
        bank["customers"].append(
            {"customer_number": number, "customer_id": f"id-{number}", "kind": draw.choice([1, 2]),
             "tier": draw.choice([1, 2, 3]), "open_date": draw.choice([None, day(3_000)])}
        )  # fmt: skip
        bank["customer_days"] += _days(draw, number, as_of_date, days, gap)
        for n in range(draw.randrange(5)):
            bank["accounts"].append(_account(draw, number, n, day))
        for n in range(draw.randrange(3)):
            bank["standing_orders"].append(
                {
                    "customer_number": number,
                    "order_number": str(n),
                    "active": draw.random() < 0.5,
                    "active_before": draw.random() < 0.7,
                }
            )
        for n in range(draw.randrange(12)):
            start = draw.choice([day(), day(100)])
            bank["happenings"].append(
                {"customer_number": number, "source": f"{number}/{n}", "customer_id": f"id-{number}", "start_date": start,
                 "kind": draw.choice([1, 1, 1, 2, 3, 3, 4, 6, 7, 8]), "person_id": draw.choice(["a", "b", "c", ""]),
                 "other_person_ids": draw.choice([[], ["b"], ["d", "a"], [""]]), "sort": draw.randrange(4),
                 "low": draw.random() < 0.5, "end_date": draw.choice([None, start + timedelta(days=draw.randrange(60))]),
                 "due_date": draw.choice([None, start + timedelta(days=draw.randrange(30))])}
            )  # fmt: skip
    for source, tenors in (("listed", (0, 90, 365)), ("ftp", (0, 30))):
        for currency in ("CNY", "USD") if source == "ftp" else ("CNY",):
            for told in sorted({day(300) for _ in range(4)}):
                for tenor in tenors:
                    rate = draw.choice([1_000_000, 1_500_000, 2_000_000])
                    bank["rates"].append(
                        {"day": told, "source": source, "product_code": draw.choice(["P1", "P2", "LOAN"]),
                         "currency_code": currency,
                         "tenor_days": tenor, "rate_e8": rate}
                    )  # fmt: skip
    return bank


def _days(draw: random.Random, number: str, as_of_date: date, days: int, gap: set[date]) -> Rows:
    """From some day on, to some other, with holes, and with what is not known."""
    shape = draw.randrange(6)
    first = draw.choice([days, 200, 61, 20, 0])
    last = draw.choice([-20, -20, 0, 15, 130])
    level, rows = draw.choice([0, 100, 10_000, 10**9, 10**14]), []
    for back in range(first, last, -1):
        day = as_of_date - timedelta(days=back)
        if day in gap:
            continue
        amount = {0: level, 1: level * (back + 30) // 100, 2: draw.randrange(-level - 1, level + 1), 3: level if back > 20 else 7,
                  4: level + draw.randrange(level + 1), 5: -level}[shape]  # fmt: skip
        row = {
            "customer_number": number, "day": day, "deposit": amount, "term": draw.choice([0, level // 3]) if shape > 2 else 0,
            "loan": level if back > 50 else 0, "inflow": draw.choice([0, 0, level]), "outflow": draw.choice([0, level]),
            "salary_inflow": level if shape % 2 and back % 30 == 4 and back > 33 else 0,
            "settlement_inflow": draw.choice([0, 0, 5]), "own_transfer_out": draw.choice([0, 0, 0, level // 9]),
            "sign_in_count": draw.choice([0, 0, 1, 2]), "online_seconds": draw.choice([0, 0, 90]),
        }  # fmt: skip
        if draw.random() < 0.01:
            row |= dict.fromkeys(("deposit", "term", "wealth", "loan"))
        rows.append(row)
    return rows


def _account(draw: random.Random, number: str, n: int, day: Any) -> dict[str, Any]:
    opened = day(500)
    return {
        "customer_number": number, "account_number": f"{number}-{n}", "product_code": draw.choice([None, "P1", "P2"]),
        "kind": draw.choice(["DEMAND_DEPOSIT", "TERM_DEPOSIT", "TERM_DEPOSIT", "WEALTH_PRODUCT", "LOAN"]),
        "currency_code": draw.choice(["CNY", "USD", "EUR"]), "open_date": opened,
        "maturity_date": draw.choice([None, day(45), opened + timedelta(days=90)]),
        "close_date": draw.choice([None, None, day(130)]), "state": draw.choice(["ACTIVE", "CLOSED", "FROZEN"]),
        "interest_rate_e8": draw.choice([None, 500_000, 1_900_000]),
        "balance": draw.choice([None, 0, 7, 1_000, -5, 10**12, 30_000]),
    }  # fmt: skip
