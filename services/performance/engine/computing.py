"""Computes a month up to a day from pinned inputs.

The first and the last day of a step are included. A run goes through the month in steps, each of which adds its days to the leaf
of the step before; so a day that is new costs a day, and a day that is restated costs the days from it on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from services.chassis.lake.lake import Lake, Pin

if TYPE_CHECKING:
    import pyarrow
    from duckdb import DuckDBPyConnection

    from services.performance.rules.catalogue import ProductRule


# Parquet files in the folder `MonthInputs.ownership` (written by whoever gathers the inputs, never changed), by table:
# the lines that are approved, and what is known of people, units and customers.
OWNERSHIP: Mapping[str, Mapping[str, str]] = {
    "share_lines": {
        "share_line_id": "string",
        # `rules.shares.ObjectKind`.
        "object_kind": "int64",
        # As in `model.share.ShareLine`.
        "object_key": "string",
        "person_id": "string",
        # Of the unit in which he worked as the line was made; counts on days on which he has no affiliation.
        "organisation_unit_id": "string",
        "start_date": "date",
        # NULL without end.
        "end_date": "date",
        "from_minor_units": "int64",
        "to_minor_units": "int64",
        "basis_points": "int64",
    },
    "people": {"person_id": "string", "staff_number": "string"},
    "affiliations": {"person_id": "string", "organisation_unit_id": "string", "start_date": "date", "end_date": "date"},
    # By the bank's own number, as feeds name units.
    "units": {"unit_number": "string", "organisation_unit_id": "string"},
    # By the bank's own number; of a merged customer the id is that of the record that stands for it. Each number once.
    "customers": {"customer_number": "string", "customer_id": "string"},
}


@dataclass(frozen=True, slots=True)
class PinnedDay:
    """On that day the rows of that revision stand: its own, or the feed's last one where the day has none."""

    day: date
    pin: Pin


@dataclass(frozen=True, slots=True)
class MonthInputs:
    """All that a run reads. Whoever has it, and the files that it names, has the run's figures to the cent."""

    month_date: date
    as_of_date: date
    home_currency_code: str
    # By day and feed what stands: of snapshots (`Schema.snapshot`) each day from the month's first to `as_of_date` has a revision,
    # carried forward where it has none of its own; of datasets that hold a date's rows alone only the date's own.
    # Of `fx_rates` and `ftp_curve` days before the month may be there too: from them rates are carried, and terms matched.
    days: tuple[PinnedDay, ...]
    # The balances, accounts and rates of exchange that stood at the end of the year before.
    base: tuple[PinnedDay, ...]
    # Versions in force on some day of the month.
    products: tuple[ProductRule, ...]
    # The folder of `OWNERSHIP`.
    ownership: Path


def compute(connection: DuckDBPyConnection, lake: Lake, inputs: MonthInputs, folder: Path, *, before: Path | None = None) -> None:
    """Writes `account_results.parquet`, `day_results.parquet` and `issues.parquet` into the folder.

    `before` is the folder of an earlier computation whose inputs were the same up to its own `as_of_date`: only days after it are
    read, `day_results` and `issues` have these days alone, and the leaf is the same as from all days, to the last digit.
    """
    raise NotImplementedError


def account_days(
    connection: DuckDBPyConnection, lake: Lake, inputs: MonthInputs, accounts: Sequence[tuple[str, str, str]]
) -> Iterable[pyarrow.RecordBatch]:
    """The rows of ACCOUNT_DAYS of those objects (dataset, source system, number), by the expressions that `compute` adds up."""
    raise NotImplementedError


def divisors(inputs: MonthInputs) -> dict[tuple[str, str], dict[str, int]]:
    """By version of a product and currency: over what each numerator is divided."""
    raise NotImplementedError
