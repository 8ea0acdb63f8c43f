"""What customers' days and features are made from: pinned revisions, and files that stand beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from services.chassis.lake.lake import Pin


@dataclass(frozen=True, slots=True)
class PinnedDay:
    """On that day the rows of that revision stand: its own, or the feed's last one where the day has none."""

    day: date
    pin: Pin


@dataclass(frozen=True, slots=True)
class DayInputs:
    """All that a month of customers' days is made from: whoever has it has the same file again."""

    month_date: date
    # The last day of the month that is there.
    end_date: date
    home_currency_code: str
    # By day and feed what stands. Of `balances` each day has a revision, carried forward where it has none of its own; of
    # `transactions` and `ebanking_events` only a day's own. Of `accounts` and `customers` any revisions, of which the latest
    # counts, and the ones before it for whom it lacks; of `fx_rates` also days before the month, from which rates are carried.
    days: tuple[PinnedDay, ...]

    def pins(self, dataset: str) -> list[PinnedDay]:
        """What stands of a dataset; of days after the last one nothing."""
        return [each for each in self.days if each.pin.dataset == dataset and each.day <= self.end_date]


@dataclass(frozen=True, slots=True)
class FeatureInputs:
    """All that features are made from. Whatever is in the files of days after `as_of_date` is not looked at."""

    as_of_date: date
    # Files of customers' days, each of a month.
    days: Sequence[Path]
    # As `engine.tables` has them.
    customers: Path
    accounts: Path
    # customer_number, order_number, active (on the day), active_before (90 days before).
    standing_orders: Path
    happenings: Path
    # What was listed, or stood on the internal curve, on each day: day, source (`listed`, `ftp`), product_code, currency_code,
    # tenor_days, rate_e8.
    rates: Path
    # By the number of a tier within how many days a contact is due.
    contact_cycle_days: Mapping[int, int]
    # With fewer days of balances there is not enough to say anything.
    history_days_min: int = 60
    # customer_number, survivor_number: the days of a record that was merged count as its survivor's.
    aliases: Path | None = None
    # customer_number: of those customers alone.
    touched: Path | None = None
    # The business dates of which there are movements, and visits online; on others nothing is known of them. None: on all.
    movement_dates: frozenset[date] | None = None
    online_dates: frozenset[date] | None = None
