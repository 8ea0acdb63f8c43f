"""What was done for an opportunity: its own steps and the contacts with its customer, in order of time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from services.activity.model.contact import Contact
from services.activity.model.opportunity import Opportunity, OpportunityStep
from services.activity.rules.contacts import ContactState
from services.activity.rules.leads.kinds import TouchKind
from services.activity.rules.leads.touching import Touch, trace
from services.activity.usecases import reaching
from services.activity.usecases.opportunities import steps
from services.chassis.db.session import UnitOfWork

# Told of one opportunity at most, and looked at.
TOUCHES_MAX = 500
_LOOKED_AT_MAX = 1_000


def last_of(work: UnitOfWork, opportunity: Opportunity, *, whole_bank: bool = False) -> tuple[list[Touch], int]:
    """The last touches from the first of them, and how many there are, counted up to 1,000.

    Contacts are those that the caller reaches; with `whole_bank` all, for an event that nobody's scope may cut short.
    """
    with work.whole_bank() if whole_bank else nullcontext():
        own = [_of_step(opportunity, each) for each in steps.of(work, opportunity)]
        contacts = select(*_COLUMNS).where(_of_opportunity(work, opportunity), Contact.state == ContactState.DONE.value)
        if not whole_bank:
            contacts = reaching.in_reach(work, contacts, Contact)
        latest = work.session.execute(contacts.order_by(Contact.start_time.desc()).limit(_LOOKED_AT_MAX)).all()
    touches = trace(own, (touch for row in latest for touch in _of_contact(row)))
    return touches[-TOUCHES_MAX:], min(len(touches), _LOOKED_AT_MAX)


_COLUMNS = (
    Contact.contact_id, Contact.start_time, Contact.business_date, Contact.owner_person_id, Contact.colleague_person_ids,
    Contact.minutes, Contact.kind,
)  # fmt: skip


def _of_opportunity(work: UnitOfWork, opportunity: Opportunity) -> ColumnElement[bool]:
    """Contacts that name it; and those of its customer while it was open that name no other one.

    A contact with another customer that names it is a slip, or worse: it counts for nothing.
    """
    named = Contact.opportunity_id == opportunity.opportunity_id
    ways = [and_(named, or_(Contact.customer_id.is_(None), Contact.customer_id == opportunity.customer_id))]
    if opportunity.lead_id:
        ways.append(and_(Contact.lead_id == opportunity.lead_id, Contact.opportunity_id.is_(None)))
    if opportunity.customer_id:
        open_then = Contact.start_time.between(opportunity.create_time, opportunity.close_time or work.now)
        ways.append(and_(Contact.customer_id == opportunity.customer_id, Contact.opportunity_id.is_(None), open_then))
    return or_(*ways)


def _of_step(opportunity: Opportunity, step: OpportunityStep) -> Touch:
    return Touch(
        touch_time=step.step_time,
        business_date=step.business_date,
        kind=step.kind,
        person_id=step.person_id,
        role=step.role,
        stage_code=step.stage_code,
        resource=f"opportunities/{opportunity.opportunity_id}",
    )


def _of_contact(row: Any) -> Iterator[Touch]:
    """A touch of each who took part: his minutes are his effort, whoever recorded them."""
    for person_id in dict.fromkeys((row.owner_person_id, *row.colleague_person_ids)):
        yield Touch(
            touch_time=row.start_time,
            business_date=row.business_date,
            kind=TouchKind.CONTACT.value,
            person_id=person_id,
            minutes=row.minutes,
            contact_kind=row.kind,
            resource=f"contacts/{row.contact_id}",
        )
