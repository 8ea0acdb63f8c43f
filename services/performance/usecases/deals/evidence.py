"""Gathers what a deal is shared by: who is on the team, what they did, what became of their opportunities before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import select

from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import moved
from services.performance.model.deal import ContactTouch, Deal, OpportunityEnd
from services.performance.model.person import Person
from services.performance.rules.attribution import deals as rules
from services.performance.rules.attribution.freezing import terms_of
from services.performance.rules.attribution.kinds import SchemeKind
from services.performance.rules.attribution.parameters import Parameters

# Of the latest opportunities of the members so many are looked at.
JOURNEYS_MAX = 200
# A deal with more contacts is shared by its last ones.
TOUCHES_MAX = 2_000
# Who is on no team of this deal: schemes see that there was somebody, and not who.
_SOMEBODY = ""


def gathered(work: UnitOfWork, deal: Deal) -> rules.Deal:
    """The deal as schemes see it, without the past."""
    return replace(team(work, deal), touches=[as_touch(deal, row) for row in _touches(work, deal)])


def team(work: UnitOfWork, deal: Deal) -> rules.Deal:
    """The same without what anybody did."""
    people = _staff_numbers(work, [each.person_id for each in deal.members])
    return rules.Deal(
        amount_minor_units=deal.amount_minor_units,
        currency_code=deal.currency_code,
        close_date=deal.close_date,
        members=[
            rules.Member(each.person_id, people.get(each.person_id, each.person_id), each.role, each.involvement_basis_points)
            for each in deal.members
        ],
        terms=terms_of(deal.terms),
        seed=deal.source,
    )


def with_past(work: UnitOfWork, deal: Deal, facts: rules.Deal, kind: SchemeKind, parameters: Parameters) -> rules.Deal:
    """The same with the past opportunities of its members, where the scheme looks at them."""
    inner = SchemeKind(parameters.inner_kind) if kind in (SchemeKind.BLEND, SchemeKind.STOCK_INCREMENT) else kind
    if inner is not SchemeKind.MARKOV or not parameters.history_days:
        return facts
    return replace(facts, journeys=list(_journeys(work, deal, parameters.history_days)))


def select_touches(deal: Deal) -> Any:
    """Selects the parts of people in contacts that took place for the deal's opportunity."""
    return select(ContactTouch).where(ContactTouch.opportunity_id == deal.opportunity_id, ContactTouch.counted)


def as_touch(deal: Deal, row: ContactTouch) -> rules.Touch:
    """A touch with the stage at which the opportunity stood."""
    return rules.Touch(
        resource=row.resource,
        person_id=row.person_id,
        touch_time=row.touch_time,
        business_date=row.business_date,
        stage_code=row.stage_code or _stage_at(deal, row.touch_time),
        contact_kind=row.contact_kind,
        minutes=row.minutes,
    )


def _stage_at(deal: Deal, moment: datetime) -> str:
    """A contact before the first step belongs to the stage at which the opportunity began."""
    before = [code for instant, code in deal.stages if datetime.fromisoformat(instant) < moment]
    return before[-1] if before else deal.stages[0][1] if deal.stages else ""


def _touches(work: UnitOfWork, deal: Deal) -> Sequence[ContactTouch]:
    if not deal.opportunity_id:
        return ()
    order = (ContactTouch.touch_time.desc(), ContactTouch.contact_id, ContactTouch.person_id)
    return work.session.scalars(select_touches(deal).order_by(*order).limit(TOUCHES_MAX)).all()


def _journeys(work: UnitOfWork, deal: Deal, history_days: int) -> Iterator[rules.Journey]:
    members, first_date = [each.person_id for each in deal.members], moved(deal.close_date, -history_days)
    theirs = select(ContactTouch.opportunity_id).where(among(ContactTouch.person_id, members), ContactTouch.counted)
    statement = (
        select(OpportunityEnd)
        .where(
            OpportunityEnd.opportunity_id.in_(theirs),
            OpportunityEnd.opportunity_id != deal.opportunity_id,
            OpportunityEnd.close_date.between(first_date, deal.close_date),
        )
        .order_by(OpportunityEnd.close_date.desc(), OpportunityEnd.opportunity_id)
    )
    ends = {each.opportunity_id: each for each in work.session.scalars(statement.limit(JOURNEYS_MAX))}
    order = (ContactTouch.opportunity_id, ContactTouch.touch_time, ContactTouch.contact_id, ContactTouch.person_id)
    touches = select(ContactTouch).where(among(ContactTouch.opportunity_id, sorted(ends)), ContactTouch.counted).order_by(*order)
    for opportunity_id, rows in groupby(work.session.scalars(touches), key=lambda row: row.opportunity_id):
        # What came after the end did not lead to it.
        counted = [row for row in rows if row.business_date <= ends[opportunity_id].close_date]
        moments = [
            sorted({row.person_id if row.person_id in members else _SOMEBODY for row in together})
            for _, together in groupby(counted, key=lambda row: (row.touch_time, row.contact_id))
        ]
        if moments:
            yield rules.Journey(moments, ends[opportunity_id].won)


def _staff_numbers(work: UnitOfWork, person_ids: Sequence[str]) -> dict[str, str]:
    statement = select(Person.person_id, Person.staff_number).where(among(Person.person_id, sorted(person_ids)))
    return {row.person_id: row.staff_number for row in work.session.execute(statement)}
