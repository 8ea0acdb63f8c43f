"""Makes claims: what somebody asks for is kept at once, so that nobody else gets it meanwhile, and counts once it is approved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from workbench.performance.v1 import claim_events_pb2, claim_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import moved, optional_date, parse_date
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotAllowed, located
from services.chassis.kernel.money import Money
from services.chassis.mapping import values_of
from services.performance.model.claim import Claim
from services.performance.model.person import Person
from services.performance.rules.claims import Asked, ClaimKind, Division, divide, may_claim
from services.performance.rules.shares import SharedObject, ShareState
from services.performance.usecases import reaching
from services.performance.usecases.claims import deciding, things
from services.performance.usecases.shares.lines import put_lines


def create(work: UnitOfWork, draft: claim_pb2.Claim) -> Claim:
    """A claim that waits for whoever is in charge."""
    with located("claim"):
        thing = things.named(draft)
        customer = things.claimable_customer(work, draft.customer_id)
        start_date, end_date = days_of(work, draft.start_date, draft.end_date)
        division = divide(thing.kind, ClaimKind(draft.kind), asked_of(draft.parts), start_date, end_date)
    people = colleagues(work, division)
    check_claimant(work, people)
    check_posts(work, thing, people)
    things.check_owner(work, thing, customer)
    return make(work, thing, draft, division)


def make(work: UnitOfWork, thing: SharedObject, draft: claim_pb2.Claim, division: Division) -> Claim:
    """Keeps a claim that was found right, with its lines, and tells whoever decides; raises RuleBroken NOBODY_DECIDES."""
    claim = Claim(
        claim_id=work.new_id(),
        object_kind=int(thing.kind),
        object_key=thing.key,
        customer_id=str(thing.customer_id),
        owner_person_id=work.caller.person_id,
        organisation_path=work.caller.organisation_path,
        kind=draft.kind,
        parts=[values_of(part) for part in asked_messages(draft.parts)],
        start_date=division.parts[0].start_date,
        end_date=division.parts[0].end_date,
        reason=draft.reason.strip(),
        create_time=work.now,
        update_time=work.now,
    )
    work.session.add(claim)
    work.resource = claim.source
    put_lines(work, thing, division.parts, claim.source, state=ShareState.PENDING)
    work.record(
        claim_events_pb2.ClaimMade(
            claim_id=claim.claim_id,
            object_kind=int(thing.kind),  # type: ignore[arg-type]
            customer_id=claim.customer_id,
            claimant_person_id=claim.owner_person_id,
            person_ids=claim.person_ids,
            organisation_path=deciding.deciding_unit(work, claim),
            start_date=claim.start_date.isoformat(),
        )
    )
    return claim


def asked_of(parts: Iterable[claim_pb2.ClaimPart]) -> list[Asked]:
    """What is asked for, its amounts exact; raises InvalidInput AMOUNT_INVALID, naming the part."""
    asked = []
    for place, part in enumerate(parts):
        with located(f"parts[{place}]"):
            asked.append(
                Asked(
                    person_id=part.person_id.lower(),
                    basis_points=part.basis_points,
                    from_amount=_amount(part, "from_amount"),
                    to_amount=_amount(part, "to_amount"),
                    fixed_amount=_amount(part, "fixed_amount"),
                )
            )
    return asked


def asked_messages(parts: Iterable[claim_pb2.ClaimPart]) -> list[claim_pb2.ClaimPart]:
    """The same as it is kept: without names, ids in small letters."""
    kept = []
    for part in parts:
        plain = claim_pb2.ClaimPart()
        plain.CopyFrom(part)
        plain.person_id, plain.person_name = part.person_id.lower(), ""
        kept.append(plain)
    return kept


def days_of(work: UnitOfWork, start: str, end: str) -> tuple[date, date | None]:
    """The days of a claim, not too far from the business date; raises InvalidInput DATE_INVALID and DATE_UNFIT."""
    start_date, end_date = parse_date(start, "start_date"), optional_date(end, "end_date")
    settings, today = work.settings, work.business_date
    first, last = moved(today, -settings.claim_backdated_days_max), moved(today, settings.claim_ahead_days_max)
    if not first <= start_date <= last:
        raise _date_unfit("start_date", f"From {first} to {last}.")
    if end_date is not None and end_date < start_date:
        raise _date_unfit("end_date", "Not before the first day.")
    return start_date, end_date


def colleagues(work: UnitOfWork, division: Division) -> list[Person]:
    """Who is to have a part: people of the bank who are not shut out; raises NotFound PERSON_NOT_FOUND."""
    return [reaching.colleague(work, person_id) for person_id in dict.fromkeys(part.person_id for part in division.parts)]


def check_claimant(work: UnitOfWork, people: Sequence[Person]) -> None:
    """Raises NotAllowed NOT_FOR_ONESELF: one claims with a part of one's own, or for people whom one is in charge of."""
    mine = any(person.person_id == work.caller.person_id for person in people)
    in_charge = any(_in_charge_of(work, person) for person in people)
    if not (mine or in_charge):
        raise NotAllowed("NOT_FOR_ONESELF", "Claim a part for yourself, or for somebody whom you are in charge of.")


def check_posts(work: UnitOfWork, thing: SharedObject, people: Sequence[Person]) -> None:
    """Raises NotAllowed POST_MAY_NOT_CLAIM where somebody's posts, by the settings, give no part of such an object."""
    for person in people:
        roles = [post.role for post in person.posts]
        if not may_claim(work.settings.claim_object_kinds, roles, thing.kind):
            told = {"personId": person.person_id, "objectKind": thing.kind.name}
            raise NotAllowed("POST_MAY_NOT_CLAIM", "A post of those named may not have a part of this.", metadata=told)


def _in_charge_of(work: UnitOfWork, person: Person) -> bool:
    return any(person.organisation_path.startswith(path) for path in work.scope.organisation_paths)


def _amount(part: Any, name: str) -> Money | None:
    if not part.HasField(name):
        return None
    sent = getattr(part, name)
    amount = Money.parse(sent.amount, sent.currency_code)
    if amount.minor_units < 0:
        raise InvalidInput("AMOUNT_INVALID", "Not below 0.", violations=(FieldViolation(name, "0 or more."),))
    return amount


def _date_unfit(field: str, fits: str) -> InvalidInput:
    return InvalidInput("DATE_UNFIT", "It cannot be for these days.", violations=(FieldViolation(field, fits),))
