"""What a run reads: pinned revisions by day, the rules of products, and whose everything is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from services.chassis.lake.lake import Pin
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
    # By the bank's own number; of a merged customer the id is that of the record whose shares count for it. Each number once.
    "customers": {"customer_number": "string", "customer_id": "string"},
}


@dataclass(frozen=True, slots=True)
class ObjectKey:
    """An account, bill, fee, …: of which dataset it is, and the number that a system of the bank gave it."""

    dataset: str
    source_system: str
    number: str


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
    # By day and feed what stands: of snapshots (`Schema.snapshot`) each day from the month's first to `as_of_date` has one,
    # carried forward where it has none of its own; of datasets that hold a date's rows alone only the date's own.
    # Of `fx_rates` and `ftp_curve` days before the month may be there too: from them rates are carried, and terms matched.
    days: tuple[PinnedDay, ...]
    # What stood at the end of the year before of the datasets whose rows stand for each day, and of `fx_rates`.
    base: tuple[PinnedDay, ...]
    # Rules in force on some day of the month.
    products: tuple[ProductRule, ...]
    # The folder of `OWNERSHIP`.
    ownership: Path

    def pins(self, dataset: str, first: date, last: date) -> list[PinnedDay]:
        """What stands of a dataset on those days."""
        return [each for each in self.days if each.pin.dataset == dataset and first <= each.day <= last]
