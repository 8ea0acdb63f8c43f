"""The bank's customers: the seventeenth is the same whether two thousand are made or a million."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from deploy.demonstration.draws import Draw, Permutation, Weighted
from deploy.demonstration.identifiers import ID_CARDS, ORGANISATION_CODES, credit_code, id_card
from deploy.demonstration.names import company_name, institution_name, person_name, public_body_name
from deploy.demonstration.organisation import BRANCHES, Branch, Organisation, Person
from deploy.demonstration.records import Record, organisation_record, person_record


class Kind(IntEnum):
    """What a customer is; numbered as the contract numbers it."""

    RETAIL = 1
    CORPORATE = 2
    FINANCIAL_INSTITUTION = 3
    PUBLIC_SECTOR = 4


class Tier(IntEnum):
    """What a customer is worth to the bank; numbered as the contract numbers it."""

    MASS = 1
    AFFLUENT = 2
    PREMIER = 3
    PRIVATE = 4


@dataclass(frozen=True, slots=True)
class BankCustomer:
    """One customer. `identifier` is empty where the customer has neither an ID card nor a credit code.

    `record` has what else the bank knows, by the contract's names.
    """

    customer_number: str
    kind: Kind
    display_name: str
    latin_name: str
    identifier: str
    phone: str
    tier: Tier
    lead_person_id: str
    organisation_path: str
    record: Record


# 1,000,000 is what is asked of the bank; the numbers of its form go further.
CUSTOMERS_MAX = 10_000_000

_KINDS = Weighted.of(((Kind.RETAIL, 850), (Kind.CORPORATE, 125), (Kind.FINANCIAL_INSTITUTION, 10), (Kind.PUBLIC_SECTOR, 15)))
_RETAIL_TIERS = Weighted.of(((Tier.MASS, 620), (Tier.AFFLUENT, 250), (Tier.PREMIER, 105), (Tier.PRIVATE, 25)))
_OTHER_TIERS = Weighted.of(((Tier.MASS, 450), (Tier.AFFLUENT, 350), (Tier.PREMIER, 180), (Tier.PRIVATE, 20)))
_BRANCH_WEIGHTS = (40, 35, 25)
_PUBLIC_REGISTRATIONS = ("11", "12")
_COMPANY_REGISTRATION = "91"
_MOBILE_PREFIXES = (
    "133",
    "135",
    "136",
    "137",
    "138",
    "139",
    "150",
    "151",
    "152",
    "158",
    "159",
    "177",
    "180",
    "186",
    "188",
    "189",
    "199",
)


class Customers:
    """All customers of the bank with this seed, made one by one when asked for."""

    def __init__(self, seed: int, organisation: Organisation) -> None:
        self._seed = seed
        self._id_cards = Permutation.of(ID_CARDS, Draw(seed, "id_cards"))
        self._organisation_codes = Permutation.of(ORGANISATION_CODES, Draw(seed, "organisation_codes"))
        self._branches = Weighted.of(tuple(zip(BRANCHES, _BRANCH_WEIGHTS, strict=True)))
        self._leads = {branch.code: _portfolios(organisation.relationship_managers(branch)) for branch in BRANCHES}

    def between(self, start: int, stop: int) -> Iterator[BankCustomer]:
        """The customers from the place `start` on and before `stop`, one at a time."""
        return map(self.customer, range(start, min(stop, CUSTOMERS_MAX)))

    def customer(self, index: int) -> BankCustomer:
        """The customer at a place, counted from 0."""
        draw = Draw(self._seed, f"customer/{index}")
        kind, branch = _KINDS.draw(draw), self._branches.draw(draw)
        lead = self._leads[branch.code].draw(draw)
        number = customer_number(index)
        if kind == Kind.RETAIL:
            return self._person(draw, index, number, branch, lead)
        return self._organisation(draw, index, number, kind, branch, lead)

    def _person(self, draw: Draw, index: int, number: str, branch: Branch, lead: Person) -> BankCustomer:
        identifier, male = id_card(self._id_cards(index), branch)
        name = person_name(draw, male=male)
        # Whoever is not a citizen has no ID card.
        identifier = "" if name.display == name.latin else identifier
        phone = f"{draw.one_of(_MOBILE_PREFIXES)}{draw.below(10**8):08d}"
        record = person_record(
            self._seed, index, latin_name=name.latin, foreigner=not identifier, identifier=identifier, branch=branch
        )
        return BankCustomer(
            number,
            Kind.RETAIL,
            name.display,
            name.latin,
            identifier,
            phone,
            _RETAIL_TIERS.draw(draw),
            lead.person_id,
            lead.organisation_path,
            record,
        )

    def _organisation(self, draw: Draw, index: int, number: str, kind: Kind, branch: Branch, lead: Person) -> BankCustomer:
        division, registration = draw.one_of(branch.divisions), _COMPANY_REGISTRATION
        if kind == Kind.PUBLIC_SECTOR:
            name, registration = public_body_name(draw, branch.city, division.name), draw.one_of(_PUBLIC_REGISTRATIONS)
        elif kind == Kind.FINANCIAL_INSTITUTION:
            name = institution_name(draw, branch.city)
        else:
            name = company_name(draw, branch.city)
        identifier = credit_code(self._organisation_codes(index), registration, division)
        phone = f"{branch.area_code}-8{draw.below(10**7):07d}"
        record = organisation_record(
            self._seed,
            index,
            name=name.display,
            latin_name=name.latin,
            area_code=branch.area_code,
            company=kind != Kind.PUBLIC_SECTOR,
            branch=branch,
        )
        return BankCustomer(
            number,
            kind,
            name.display,
            name.latin,
            identifier,
            phone,
            _OTHER_TIERS.draw(draw),
            lead.person_id,
            lead.organisation_path,
            record,
        )


def customer_number(index: int) -> str:
    """The bank's number of the customer at a place: 10 digits, ascending."""
    return f"{6_000_000_000 + index}"


def _portfolios(managers: list[Person]) -> Weighted[Person]:
    # The first leads about a seventh of the branch, the last a fiftieth.
    return Weighted.of(tuple((manager, 12_000 // rank) for rank, manager in enumerate(managers, start=3)))
