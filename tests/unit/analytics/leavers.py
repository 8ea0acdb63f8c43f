"""A made-up bank whose customers leave for known reasons, over several dates: small, and the same each time."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from services.analytics.engine.learning.rows import Origin
from tests.unit.analytics.feature_rows import TYPES

DATES = (
    date(2025, 9, 30), date(2025, 10, 31), date(2025, 11, 30), date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28),
    date(2026, 3, 31), date(2026, 4, 30),
)  # fmt: skip


def write_origins(
    folder: Path, customers: int = 400, dates: tuple[date, ...] = DATES, seed: int = 1, base: float = -4.0
) -> tuple[Origin, ...]:
    """Features and labels of each date. Who leaves, does so for a fall of balances and for contacts that are overdue."""
    random = np.random.default_rng(seed)
    return tuple(_origin(folder, random, day, customers, base) for day in dates)


def _origin(folder: Path, random: np.random.Generator, day: date, customers: int, base: float) -> Origin:
    fall, overdue = random.normal(0, 0.4, customers), random.integers(0, 90, customers)
    noise, assets = random.normal(0, 1, customers), random.lognormal(15, 1, customers).astype(np.int64)
    left = random.random(customers) < 1 / (1 + np.exp(-(base + 4 * fall + overdue / 20)))
    thin = np.arange(customers) % 50 == 7
    unknown = np.arange(customers) % 40 == 3
    numbers = [f"C{place:05}" for place in range(customers)]
    known = {
        "customer_number": numbers,
        "customer_id": [f"id-{number}" for number in numbers],
        "kind": np.arange(customers) % 2 + 1,
        "tier": np.arange(customers) % 3 + 1,
        "thin": thin,
        "fall_30": np.where(random.random(customers) < 0.05, None, fall),
        "contact_overdue_days": overdue,
        "volatility_90": np.abs(noise),
        "assets_now": assets,
        "fall_onset_date": [day - timedelta(days=3)] * customers,
    }
    table = {name: pa.array(known[name] if name in known else [None] * customers, type_) for name, type_ in TYPES.items()}
    origin = Origin(day, folder / f"features-{day}.parquet", folder / f"labels-{day}.parquet")
    pq.write_table(pa.table(table), origin.features)
    labels = {
        "customer_number": pa.array(numbers),
        "lost": pa.array(np.where(left, assets, 0)),
        "gone": pa.array(unknown & (np.arange(customers) % 80 == 3)),
        "left": pa.array(left, mask=unknown),
    }
    pq.write_table(pa.table(labels), origin.labels)
    return origin
