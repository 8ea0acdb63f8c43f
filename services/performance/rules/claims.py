"""Claims and objections: how what somebody asks for becomes parts of an object, and who may ask for what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum

from services.chassis.kernel.errors import FieldViolation, InvalidInput
from services.chassis.kernel.money import Money
from services.performance.rules.shares import ObjectKind, Part


class ClaimKind(IntEnum):
    """How an object is divided; the numbers are the contract's."""

    UNSPECIFIED = 0
    RATIO = 1
    FIXED_AND_RATIO = 2
    AMOUNT_BAND = 3


class ClaimState(IntEnum):
    """Where a claim stands; the numbers are the contract's."""

    UNSPECIFIED = 0
    PENDING = 1
    APPROVED = 2
    REJECTED = 3
    WITHDRAWN = 4


class ObjectionState(IntEnum):
    """Where an objection stands; the numbers are the contract's."""

    UNSPECIFIED = 0
    RAISED = 1
    UPHELD = 2
    DISMISSED = 3
    WITHDRAWN = 4


# Of these the amounts of single days are divided, so that a band of a balance says nothing.
UNBANDED = (ObjectKind.CUSTOMER, ObjectKind.FEE_FLOW)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody is to have, as it was asked for; amounts where the kind has them."""

    person_id: str
    basis_points: int
    from_amount: Money | None = None
    to_amount: Money | None = None
    fixed_amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Division:
    """What an object is divided into, and in which currency its bands are; empty where there are none."""

    parts: list[Part] = field(default_factory=list)
    currency_code: str = ""


def divide(
    object_kind: ObjectKind, kind: ClaimKind, asked: Sequence[Asked], start_date: date, end_date: date | None = None
) -> Division:
    """The parts that were asked for.

    Fixed amounts stand one on the other in the order of the parts, and the rest above them is divided by basis points. Raises
    InvalidInput PARTS_UNFIT where amounts are named that the kind has not, BANDS_UNFIT, CURRENCIES_DIFFER, PERSON_TWICE, and
    PART_INVALID.
    """
    currency_code = _currency(asked)
    _check_amounts(kind, asked)
    if currency_code and object_kind in UNBANDED:
        raise InvalidInput("BANDS_UNFIT", "A customer and a fee flow are divided by ratio alone.")
    if kind is ClaimKind.FIXED_AND_RATIO:
        parts = _fixed_first(asked, start_date, end_date)
    else:
        parts = [
            Part(
                person_id=each.person_id,
                basis_points=each.basis_points,
                start_date=start_date,
                end_date=end_date,
                from_minor_units=each.from_amount.minor_units if each.from_amount else 0,
                to_minor_units=each.to_amount.minor_units if each.to_amount else None,
            )
            for each in asked
        ]
    for place, part in enumerate(parts):
        if any(part.person_id == other.person_id and part.meets(other) for other in parts[:place]):
            raise InvalidInput("PERSON_TWICE", "Somebody is named twice for the same amounts.")
    return Division(parts, currency_code)


def _fixed_first(asked: Sequence[Asked], start_date: date, end_date: date | None) -> list[Part]:
    parts, top = [], 0
    for each in asked:
        if each.fixed_amount:
            upper = top + each.fixed_amount.minor_units
            parts.append(Part(each.person_id, 10_000, start_date, end_date, top, upper))
            top = upper
    parts += [Part(each.person_id, each.basis_points, start_date, end_date, top) for each in asked if each.basis_points]
    if not parts:
        raise _unfit("basis_points", "At least one fixed amount or ratio.")
    return parts


def _check_amounts(kind: ClaimKind, asked: Sequence[Asked]) -> None:
    for place, each in enumerate(asked):
        if kind is not ClaimKind.AMOUNT_BAND and (each.from_amount or each.to_amount):
            raise _unfit(f"parts[{place}].from_amount", "A band, of a division by bands alone.")
        if kind is not ClaimKind.FIXED_AND_RATIO and each.fixed_amount:
            raise _unfit(f"parts[{place}].fixed_amount", "A fixed amount, of a division by fixed amounts alone.")
        if kind is ClaimKind.FIXED_AND_RATIO and not (each.fixed_amount or each.basis_points):
            raise _unfit(f"parts[{place}].basis_points", "A fixed amount, a part of the rest, or both.")


def _currency(asked: Sequence[Asked]) -> str:
    amounts = [amount for each in asked for amount in (each.from_amount, each.to_amount, each.fixed_amount) if amount]
    codes = {amount.currency_code for amount in amounts}
    if len(codes) > 1:
        raise InvalidInput("CURRENCIES_DIFFER", "All amounts of a division are of the account's own currency.")
    return codes.pop() if codes else ""


def may_claim(limits: Mapping[str, Sequence[str]], roles: Sequence[str], object_kind: ObjectKind) -> bool:
    """Whether one of the posts may claim such an object; a post that is not named may claim nothing."""
    return any(object_kind.name.lower() in limits.get(role, ()) for role in roles)


def _unfit(field_name: str, fits: str) -> InvalidInput:
    return InvalidInput("PARTS_UNFIT", "The parts do not fit the kind.", violations=(FieldViolation(field_name, fits),))
