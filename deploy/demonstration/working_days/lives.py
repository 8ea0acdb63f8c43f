"""The customers as their relationship managers meet them: since when, how often, and whether something draws them away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from deploy.demonstration.bank import Bank
from deploy.demonstration.books.bank_books import WHO_BANKS, Span, books
from deploy.demonstration.customers import BankCustomer, Kind, Tier
from deploy.demonstration.draws import Draw
from deploy.demonstration.organisation import RELATIONSHIP_MANAGER, Person

# How often in a year one is in touch, of people and of all others.
_A_YEAR = {Tier.MASS: 1, Tier.AFFLUENT: 3, Tier.PREMIER: 8, Tier.PRIVATE: 20}
_A_YEAR_OF_COMPANIES = {Tier.MASS: 3, Tier.AFFLUENT: 6, Tier.PREMIER: 12, Tier.PRIVATE: 24}
# How much of that each relationship manager finds the time for, in hundredths.
_DILIGENCE = (55, 70, 85, 95, 100, 100, 110, 125)
# In so many days before the money begins to go one is in touch ever less.
_FADES_DAYS = 50
# Of a hundred: those with whom one is, of whoever leaves, and of whoever only seems to.
_FADING_LEAVERS, _FADING_OTHERS = 60, 25
# Of a hundred contacts those that are left then.
_ALL, _FADED, _GONE = 100, 35, 12
# So many of a hundred are forgotten for a while, two months of two years, though nothing draws them away.
_FORGOTTEN, _FORGOTTEN_DAYS = 12, 60


@dataclass(frozen=True, slots=True)
class Life:
    """One customer. What is told of a leaving is the books' truth, of which nobody in the bank is told."""

    customer: BankCustomer
    open_date: date
    # Empty where nothing happens; STAYS where it only seems to.
    reason: str
    quiet: bool
    decline_date: date
    loss_date: date
    # How many days lie between two contacts on average, in ordinary times.
    pause_days: int
    # Of a hundred, by which each customer's own habits are decided.
    habit: int

    @property
    def leaves(self) -> bool:
        """Whether the customer leaves, sooner or later."""
        return self.reason not in ("", "STAYS")

    @property
    def shows_it(self) -> bool:
        """Whether those who look can tell beforehand."""
        return bool(self.reason) and not self.quiet

    def held_percent(self, day: date) -> int:
        """Of a hundred contacts that are due on that day, those that there are; not only leaving makes them fewer."""
        if self.leaves and day >= self.loss_date:
            return _GONE
        if self.shows_it and self.habit < (_FADING_LEAVERS if self.leaves else _FADING_OTHERS):
            before = (self.decline_date - day).days
            if 0 < before <= _FADES_DAYS:
                return _FADED + (_ALL - _FADED) * before // _FADES_DAYS
            if before <= 0 and day < self.loss_date:
                return _FADED
        if self.habit < _FORGOTTEN and day.toordinal() // _FORGOTTEN_DAYS % _FORGOTTEN == self.habit:
            return _FADED
        return _ALL


class Lives:
    """Those of the bank's customers who bank with it, and the colleagues of whoever leads them."""

    def __init__(self, bank: Bank, customers: int, first: date, folder: Path) -> None:
        self.bank, self.first = bank, first
        statement = (
            "SELECT idx, open_date, coalesce(reason, ''), coalesce(quiet, false), coalesce(decline_date, DATE '9999-01-01'), "
            "coalesce(loss_date, DATE '9999-01-01') FROM banked LEFT JOIN departures USING (idx) WHERE NOT dormant ORDER BY idx"
        )
        with books(bank, customers, Span(first, first + timedelta(days=1)), folder, WHO_BANKS) as opened:
            self._rows = opened.rows(statement)

    def __len__(self) -> int:
        return len(self._rows)

    def between(self, start: int, stop: int) -> Iterator[Life]:
        """Those from the place `start` on and before `stop`."""
        return map(self._life, self._rows[start:stop])

    def colleagues(self, life: Life) -> list[Person]:
        """The other relationship managers of the lead's outlet."""
        here = self._managers.get(life.customer.organisation_path, [])
        return [person for person in here if person.person_id != life.customer.lead_person_id]

    def _life(self, row: tuple[Any, ...]) -> Life:
        index, open_date, reason, quiet, decline_date, loss_date = row
        customer = self.bank.customers.customer(index - 1)
        draw = Draw(self.bank.seed, f"life/{customer.customer_number}")
        a_year = _A_YEAR if customer.kind == Kind.RETAIL else _A_YEAR_OF_COMPANIES
        diligence = Draw(self.bank.seed, f"diligence/{customer.lead_person_id}").one_of(_DILIGENCE)
        pause_days = max(36_500 // (a_year[customer.tier] * diligence), 4)
        return Life(customer, open_date, reason, quiet, decline_date, loss_date, pause_days, draw.below(100))

    @cached_property
    def _managers(self) -> dict[str, list[Person]]:
        managers = {post.person_id for post in self.bank.organisation.posts if post.role == RELATIONSHIP_MANAGER}
        found: dict[str, list[Person]] = {}
        for person in self.bank.organisation.people:
            if person.person_id in managers:
                found.setdefault(person.organisation_path, []).append(person)
        return found
