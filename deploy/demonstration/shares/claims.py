"""Whose each customer is, since when, and how much of it: what a bank has of that in lists when it begins with the workbench.

Nearly every customer is its lead's from its first day on, or shared with a colleague of the outlet. Some are nobody's, and some
were a former manager's, whose share fades as the service's own hand-overs do. Some accounts are shared by themselves: a fixed
amount first, parts by the size of the balance, or the stock to one and the increment to the team.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import groupby

from workbench.performance.v1 import claim_pb2, claim_service_pb2, share_pb2

from deploy.demonstration.customers import BankCustomer, Kind, Tier
from deploy.demonstration.draws import Draw, Weighted
from deploy.demonstration.organisation import FormerManager, Person
from deploy.demonstration.shares.possessions import SOURCE_SYSTEM, Account, AccountKind
from deploy.demonstration.working_days.lives import Life, Lives
from services.performance.rules.handing_over import hand_over
from services.performance.rules.shares import Part
from services.performance.usecases.settings import PerformanceSettings

_ALL = 10_000
# Of a hundred customers: those that are nobody's, and those that two share.
_POOL, _SHARED = 4, 10
_LEAD_PARTS = (7_000, 7_000, 6_000, 8_000)
# Of a hundred of a former manager's successor those that were the former's, and all who followed him when they left.
_WAS_THE_FORMERS = 50
# Of a hundred large customers those with an account that is shared by itself; and how.
_BY_ACCOUNT = 35
_FIXED, _BANDS, _STOCK = "FIXED", "BANDS", "STOCK"
_WAYS = Weighted.of(((_FIXED, 40), (_BANDS, 30), (_STOCK, 30)))
# Amounts that people agree on are round: 10,000 yuan.
_ROUND_MINOR_UNITS = 1_000_000
_RATIO, _FIXED_AND_RATIO, _AMOUNT_BAND = (
    claim_pb2.ClaimKind.Value(f"CLAIM_KIND_{name}") for name in ("RATIO", "FIXED_AND_RATIO", "AMOUNT_BAND")
)
_CUSTOMER, _ACCOUNT = share_pb2.OBJECT_KIND_CUSTOMER, share_pb2.OBJECT_KIND_ACCOUNT


class Claims:
    """The claims of a bank's customers."""

    def __init__(self, lives: Lives) -> None:
        self._lives = lives

    def of(self, life: Life, accounts: Sequence[Account]) -> Iterator[claim_service_pb2.ImportedClaim]:
        """What is claimed of a customer; nothing where it is in the public pool."""
        if self.is_pool(life):
            return
        yield from self._of_a_customer(life)
        yield from self._of_an_account(life, accounts)

    def of_a_sleeper(self, customer: BankCustomer, since: date) -> claim_service_pb2.ImportedClaim:
        """Of a customer that does nothing any more: its lead's."""
        return _claim(customer, customer.customer_number, since, None, {self._people[customer.lead_person_id].staff_number: _ALL})

    def is_pool(self, life: Life) -> bool:
        """Whether nobody has claimed the customer."""
        draw = Draw(self._lives.bank.seed, f"claim/{life.customer.customer_number}")
        return draw.chance(_POOL) and self._former(life) is None

    def lead(self, life: Life) -> Person:
        """Who leads the customer."""
        return self._people[life.customer.lead_person_id]

    def sharer(self, life: Life) -> Person | None:
        """The colleague with whom the lead shares the customer; None where nobody does."""
        return self._shared(life)[1]

    def _shared(self, life: Life) -> tuple[int, Person | None]:
        """The lead's part of what is shared, and with whom."""
        draw = Draw(self._lives.bank.seed, f"shared/{life.customer.customer_number}")
        colleagues = self._lives.colleagues(life)
        if self._former(life) or not draw.chance(_SHARED) or not colleagues:
            return _ALL, None
        return draw.one_of(_LEAD_PARTS), draw.one_of(colleagues)

    def _of_a_customer(self, life: Life) -> Iterator[claim_service_pb2.ImportedClaim]:
        customer, since, lead = life.customer, life.open_date, self.lead(life)
        if former := self._former(life):
            for place, step in enumerate(fading(former, lead, since, self._lives.first), start=1):
                yield _claim(customer, f"{customer.customer_number}/{place}", step.start_date, step.end_date, step.parts)
            return
        part, colleague = self._shared(life)
        parts = {lead.staff_number: part}
        if colleague:
            parts[colleague.staff_number] = _ALL - part
        yield _claim(customer, customer.customer_number, since, None, parts)

    def _former(self, life: Life) -> FormerManager | None:
        """Whose the customer was before its lead's."""
        former = self._formers.get(self.lead(life).staff_number)
        if former is None or life.open_date >= self._lives.first + timedelta(former.left_after_days):
            return None
        was = life.reason == "RM_LEFT" or life.habit < _WAS_THE_FORMERS
        return former if was else None

    def _of_an_account(self, life: Life, accounts: Sequence[Account]) -> Iterator[claim_service_pb2.ImportedClaim]:
        customer = life.customer
        large = customer.tier >= (Tier.PRIVATE if customer.kind == Kind.RETAIL else Tier.PREMIER)
        draw = Draw(self._lives.bank.seed, f"account/{customer.customer_number}")
        colleagues = self._lives.colleagues(life)
        account = next((each for each in accounts if each.kind is AccountKind.CURRENT), None)
        if not (large and draw.chance(_BY_ACCOUNT) and colleagues and account):
            return
        way, colleague = _WAYS.draw(draw), draw.one_of(colleagues).staff_number
        usual = max(account.amount // _ROUND_MINOR_UNITS, 1) * _ROUND_MINOR_UNITS
        kind, parts = _divided(way, self.lead(life).staff_number, colleague, usual)
        yield claim_service_pb2.ImportedClaim(
            import_number=f"{customer.customer_number}/{account.number}",
            object_kind=_ACCOUNT,
            source_system=SOURCE_SYSTEM,
            object_number=account.number,
            customer_number=customer.customer_number,
            kind=kind,
            start_date=max(account.open_date, self._lives.first).isoformat(),
            parts=parts,
        )

    @cached_property
    def _people(self) -> dict[str, Person]:
        return {person.person_id: person for person in self._lives.bank.organisation.people}

    @cached_property
    def _formers(self) -> dict[str, FormerManager]:
        return {each.successor_staff_number: each for each in self._lives.bank.organisation.former_managers}


@dataclass(frozen=True, slots=True)
class Step:
    """Who has how much, by staff number, on days that are both included."""

    start_date: date
    end_date: date | None
    parts: dict[str, int]


def fading(former: FormerManager, successor: Person, since: date, first: date) -> Iterator[Step]:
    """What becomes of a former manager's share by the service's own rule: first all his, then less by the quarter."""
    own, left = former.person.staff_number, first + timedelta(former.left_after_days)
    yield Step(since, left - timedelta(days=1), {own: _ALL})
    settings = PerformanceSettings()
    handed = hand_over(
        [Part(own, _ALL, left)],
        successor.staff_number,
        left,
        [percent * _ALL // 100 for percent in settings.hand_over_keeps_percent],
        settings.hand_over_step_months,
    )
    for start_date, parts in groupby(handed, key=lambda part: part.start_date):
        together = list(parts)
        yield Step(start_date, together[0].end_date, {part.person_id: part.basis_points for part in together})


def _claim(
    customer: BankCustomer, number: str, start: date, end: date | None, parts: dict[str, int]
) -> claim_service_pb2.ImportedClaim:
    return claim_service_pb2.ImportedClaim(
        import_number=number,
        object_kind=_CUSTOMER,
        customer_number=customer.customer_number,
        kind=_RATIO,
        start_date=start.isoformat(),
        end_date=end.isoformat() if end else "",
        parts=[{"staff_number": staff_number, "basis_points": part} for staff_number, part in parts.items()],
    )


def _divided(way: str, lead: str, colleague: str, usual: int) -> tuple[int, list[claim_service_pb2.ImportedPart]]:
    """How an account is divided whose balance is usually so much: no amount is left out."""
    if way == _FIXED:
        return _FIXED_AND_RATIO, [_part(lead, 5_000, fixed=usual // 2), _part(colleague, 5_000)]
    if way == _BANDS:
        bands = ((8_000, 0, usual), (6_000, usual, 3 * usual), (5_000, 3 * usual, None))
    else:
        bands = ((0, 0, usual), (7_000, usual, None))
    shares = (
        (person, part, start, stop) for part, start, stop in bands for person, part in ((lead, part), (colleague, _ALL - part))
    )
    return _AMOUNT_BAND, [_part(person, part, start, stop) for person, part, start, stop in shares if part]


def _part(
    staff_number: str, basis_points: int, start: int = 0, stop: int | None = None, *, fixed: int = 0
) -> claim_service_pb2.ImportedPart:
    part = claim_service_pb2.ImportedPart(staff_number=staff_number, basis_points=basis_points)
    for money, minor_units in ((part.from_amount, start), (part.to_amount, stop), (part.fixed_amount, fixed)):
        if minor_units:
            money.currency_code, money.amount = "CNY", f"{minor_units // 100}.{minor_units % 100:02d}"
    return part
