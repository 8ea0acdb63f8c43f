"""What members agreed on: as the contract has it, as it is kept, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from typing import Any

from workbench.performance.v1 import deal_pb2
from workbench.type.v1 import money_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotFound
from services.chassis.kernel.money import Money
from services.chassis.mapping import money_message
from services.performance.model.deal import Deal
from services.performance.model.person import Person
from services.performance.rules.attribution.deals import AgreedBand, Member, Terms
from services.performance.rules.attribution.freezing import terms_of
from services.performance.rules.attribution.kinds import DealRole
from services.performance.rules.shares import WHOLE_BASIS_POINTS

# 1 quadrillion of a currency with hundredths: more than any deal, and so little that thousands of such add up.
AMOUNT_MINOR_UNITS_MAX = 10**17


def amount_of(sent: money_pb2.Money, field: str) -> Money:
    """An amount of 0 or more; raises InvalidInput AMOUNT_INVALID."""
    amount = Money.parse(sent.amount, sent.currency_code)
    if not 0 <= amount.minor_units <= AMOUNT_MINOR_UNITS_MAX:
        violation = FieldViolation(field, "From 0 to a quadrillion.")
        raise InvalidInput("AMOUNT_INVALID", "The amount is negative, or beyond all bounds.", violations=(violation,))
    return amount


def kept_terms(work: UnitOfWork, sent: deal_pb2.DealTerms, members: Collection[str], currency_code: str) -> dict[str, Any]:
    """Terms as they are kept; raises InvalidInput TERMS_INVALID, naming the field, and NotFound PERSON_NOT_FOUND."""
    if not sent.ListFields():
        return {}
    former_owner = None
    if sent.former_owner_person_id:
        former_owner = _former_owner(work, sent.former_owner_person_id.lower())
    single = sent.single_owner_person_id.lower()
    if single and single not in members:
        raise _invalid("single_owner_person_id", "A member.")
    base = _of_currency(sent.base_amount, currency_code, "base_amount") if sent.HasField("base_amount") else 0
    terms = Terms(
        agreed_basis_points=_ratios(sent.agreed_parts, members, "agreed_parts") if sent.agreed_parts else {},
        bands=_bands(sent.bands, members, currency_code),
        former_owner=former_owner,
        base_minor_units=base,
        single_owner_person_id=single,
    )
    return asdict(terms)


def terms_message(deal: Deal) -> deal_pb2.DealTerms | None:
    """Terms as they are shown; None where nothing was agreed on."""
    if not deal.terms:
        return None
    terms, currency_code = terms_of(deal.terms), deal.currency_code
    former = terms.former_owner
    return deal_pb2.DealTerms(
        agreed_parts=parts_messages(terms.agreed_basis_points.items()),
        bands=[
            deal_pb2.AgreedBand(
                **band_amounts(band.from_minor_units, band.to_minor_units, currency_code),
                parts=parts_messages(band.basis_points.items()),
            )
            for band in terms.bands
        ],
        former_owner_person_id=former.person_id if former else "",
        base_amount=money_message(Money(terms.base_minor_units, currency_code)) if terms.base_minor_units else None,
        single_owner_person_id=terms.single_owner_person_id,
    )


def parts_messages(parts: Iterable[tuple[str, int]]) -> list[deal_pb2.AgreedPart]:
    """Parts in basis points, by person."""
    return [deal_pb2.AgreedPart(person_id=person_id, basis_points=points) for person_id, points in sorted(parts)]


def band_amounts(from_minor_units: int, to_minor_units: int | None, currency_code: str) -> dict[str, Any]:
    """The two fields that say of which part of an amount a band is."""
    end = None if to_minor_units is None else Money(to_minor_units, currency_code)
    return {"from_amount": money_message(Money(from_minor_units, currency_code)), "to_amount": money_message(end)}


def _former_owner(work: UnitOfWork, person_id: str) -> Member:
    # He may have left: what he built up is his still.
    person = work.session.get(Person, person_id)
    if person is None:
        raise NotFound("PERSON_NOT_FOUND", "There is no such person in the bank.")
    return Member(person.person_id, person.staff_number, DealRole.UNSPECIFIED.value)


def _ratios(parts: Iterable[deal_pb2.AgreedPart], members: Collection[str], field: str) -> dict[str, int]:
    ratios: dict[str, int] = {}
    for place, part in enumerate(parts):
        person_id = part.person_id.lower()
        if person_id in ratios or person_id not in members:
            raise _invalid(f"{field}[{place}].person_id", "A member, each once.")
        ratios[person_id] = part.basis_points
    if sum(ratios.values()) != WHOLE_BASIS_POINTS:
        raise _invalid(field, f"Together {WHOLE_BASIS_POINTS} basis points, not {sum(ratios.values())}.")
    return ratios


def _bands(sent: Sequence[deal_pb2.AgreedBand], members: Collection[str], currency_code: str) -> list[AgreedBand]:
    bands: list[AgreedBand] = []
    for place, each in enumerate(sent):
        field = f"bands[{place}]"
        start = _of_currency(each.from_amount, currency_code, f"{field}.from_amount") if each.HasField("from_amount") else 0
        end = _of_currency(each.to_amount, currency_code, f"{field}.to_amount") if each.HasField("to_amount") else None
        if start != (bands[-1].to_minor_units if bands else 0):
            raise _invalid(f"{field}.from_amount", "0 for the first band, for others where the one before ends.")
        if end is not None and end <= start:
            raise _invalid(f"{field}.to_amount", "More than `from_amount`.")
        if (end is None) is not (place == len(sent) - 1):
            raise _invalid(f"{field}.to_amount", "The last band has no end, and no other.")
        bands.append(AgreedBand(start, end, _ratios(each.parts, members, f"{field}.parts")))
    return bands


def _of_currency(sent: money_pb2.Money, currency_code: str, field: str) -> int:
    if sent.currency_code != currency_code:
        raise _invalid(f"{field}.currency_code", f"{currency_code}, as the deal's amount.")
    return amount_of(sent, f"terms.{field}").minor_units


def _invalid(field: str, fits: str) -> InvalidInput:
    violation = FieldViolation(f"terms.{field}", fits)
    return InvalidInput("TERMS_INVALID", "What is agreed on does not share all of it among members.", violations=(violation,))
