"""Who is asked: after events, and by draws, which long work makes so that no writer waits for a look at all customers.

A draw gives each customer a number that the survey's seed decides, and takes those with the lowest. A first look at all customers
finds the number below which so many lie; then they are walked by their ids, some at a time, and those below it are asked. Drawn
again from the same customers it asks the same ones.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, select, update
from workbench.activity.v1 import contact_events_pb2, contact_pb2, lead_events_pb2, survey_events_pb2

from services.activity.model.customer import Customer
from services.activity.model.feedback import Feedback
from services.activity.model.survey import Survey, SurveyInvitation
from services.activity.rules.surveys import SurveyInvitationState, SurveyOccasion, SurveySampling, chance, is_drawn
from services.activity.usecases.surveys import beginning, inviting
from services.chassis.db.scope import below
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import InvalidInput, RuleBroken
from services.chassis.longwork.asking import ask, ask_of_itself
from services.chassis.longwork.table import ENDED, Operation
from services.chassis.longwork.task import Preparation, Task, Work

KIND, KIND_PERIODIC = "activity.surveys.sample", "activity.surveys.sample_periodically"
PERMISSION = "activity.survey.define"
# Customers of one look, and of one step.
LOOKED_AT_ONCE, WALKED_AT_ONCE = 20_000, 2_000
SURVEYS_AT_ONCE, EXPIRED_AT_ONCE = 20, 2_000
# What happened longer ago is no occasion to ask any more: events that are delivered late, and history that is taken over.
OCCASION_DAYS_MAX = 7

_COLUMNS = (Customer.customer_id, Customer.kind, Customer.tier, Customer.lead_person_id, Customer.organisation_path)


def after_feedback(work: UnitOfWork, item: Feedback) -> None:
    """Feedback was closed."""
    after_event(work, SurveyOccasion.FEEDBACK_CLOSED, item.customer_id or "", f"feedback/{item.feedback_id}")


def after_contact(work: UnitOfWork, event: contact_events_pb2.ContactRecorded) -> None:
    """A contact took place."""
    done = contact_pb2.CONTACT_STATE_DONE
    if event.state == done != event.former_state and not event.imported and _recent(work, event):
        after_event(work, SurveyOccasion.CONTACT_DONE, event.customer_id, f"contacts/{event.contact_id}")


def after_opportunity(work: UnitOfWork, event: lead_events_pb2.OpportunityWon) -> None:
    """An opportunity was won."""
    if _recent(work, event):
        after_event(work, SurveyOccasion.OPPORTUNITY_WON, event.customer_id, f"opportunities/{event.opportunity_id}")


def after_event(work: UnitOfWork, occasion: SurveyOccasion, customer_id: str, source: str) -> None:
    """Asks the customer by each survey of that occasion that draws the event, where nobody has asked not long ago.

    Told of the same event twice, it asks once.
    """
    running = select(Survey).where(~Survey.ended, Survey.occasion == occasion.value).order_by(Survey.survey_id)
    surveys = [survey for survey in work.session.scalars(running) if survey.asks_on(work.business_date)]
    drawn = [survey for survey in surveys if is_drawn(survey.seed, source, survey.event_basis_points)]
    if not drawn:
        return
    work.hold(f"survey_invitations/{customer_id}")
    with work.whole_bank():
        customer = work.session.get(Customer, customer_id)
    if customer is None or not customer.stands or not customer.lead_person_id:
        return
    for survey in drawn:
        last = inviting.last_asked(work, customer_id)
        cooled = last is None or last <= inviting.cooled_off(survey, work.business_date)
        if cooled and survey.about(customer.kind, customer.tier, customer.organisation_path):
            inviting.invite(work, inviting.values_for(work, survey, customer, sampled=True, source_key=source))


def draw_again(work: UnitOfWork, survey_id: str) -> Operation:
    """Draws once more, because somebody asks for it."""
    survey = beginning.held(work, survey_id)
    if survey.ended:
        raise RuleBroken("SURVEY_ENDED", "It has ended.")
    if survey.sampling == SurveySampling.AFTER_EVENT:
        raise InvalidInput("SAMPLING_INVALID", "It asks after events, and draws nobody.")
    if _under_way(work, survey_id):
        raise RuleBroken("SAMPLING_UNDER_WAY", "Customers are being drawn.")
    return ask(work, KIND, _next_wave(work, survey), subject=survey.survey_id)


def draw_due(work: UnitOfWork) -> None:
    """For a timer: draws for surveys whose day has come, and ends those whose last day is over."""
    today = work.business_date
    over = select(Survey).where(~Survey.ended, Survey.end_date < today).order_by(Survey.survey_id).limit(SURVEYS_AT_ONCE)
    for survey in work.session.scalars(over.with_for_update(skip_locked=True)).all():
        beginning.finish(work, survey)
    due = select(Survey).where(Survey.next_wave_date <= today, ~Survey.ended).order_by(Survey.next_wave_date, Survey.survey_id)
    for survey in work.session.scalars(due.limit(SURVEYS_AT_ONCE).with_for_update(skip_locked=True)).all():
        survey.next_wave_date = today + timedelta(days=survey.period_days) if survey.period_days else None
        ask_of_itself(work, KIND_PERIODIC, _next_wave(work, survey), subject=survey.survey_id)


def expire(work: UnitOfWork) -> None:
    """For a timer: invitations whose last day is over wait no more."""
    due = (
        select(SurveyInvitation.survey_invitation_id)
        .where(SurveyInvitation.state == SurveyInvitationState.OPEN.value, SurveyInvitation.expire_date < work.business_date)
        .order_by(SurveyInvitation.expire_date)
        .limit(EXPIRED_AT_ONCE)
    )
    values = {"state": SurveyInvitationState.EXPIRED.value, "update_time": work.now, "version": SurveyInvitation.version + 1}
    still_open = SurveyInvitation.state == SurveyInvitationState.OPEN.value
    statement = update(SurveyInvitation).where(SurveyInvitation.survey_invitation_id.in_(due.scalar_subquery()), still_open)
    work.session.execute(statement.values(values).execution_options(synchronize_session=False))


def look(preparation: Preparation, task: Task) -> Any:
    """First the number below which the draw lies, then the customers of the next step with those numbers."""
    with preparation.transaction() as work, work.whole_bank():
        survey = beginning.found(work, task.parameters["survey_id"])
        if "below" not in task.checkpoint:
            numbers = _numbers(work, survey, task.parameters["wave"], preparation)
            lowest = heapq.nsmallest(survey.sample_size, numbers)
            return lowest[-1] if lowest else -1
        return _portion(work, survey, task.checkpoint["after"], WALKED_AT_ONCE)


def invite_drawn(work: UnitOfWork, task: Task, found: Any) -> None:
    """Asks those of a portion who are drawn, and goes on or ends."""
    if "below" not in task.checkpoint:
        # A number of 64 bits is no number of every JSON reader.
        task.checkpoint = {"below": str(found), "after": "", "asked": 0}
        return
    survey, wave = beginning.found(work, task.parameters["survey_id"]), task.parameters["wave"]
    if found and not survey.ended:
        highest = int(task.checkpoint["below"])
        drawn = [row for row in found if chance(survey.seed, wave, row.customer_id) <= highest]
        invitations = [
            inviting.values_for(work, survey, row, sampled=True, wave=wave, source_key=f"waves/{wave}/{row.customer_id}")
            for row in drawn
        ]
        work.session.add_all(SurveyInvitation(**values) for values in invitations)
        work.session.flush()
        inviting.announce_created(work, invitations)
        asked = task.checkpoint["asked"] + len(drawn)
        task.checkpoint = task.checkpoint | {"after": found[-1].customer_id, "asked": asked}
        task.done, task.message = asked, f"{asked} customers are asked"
        return
    asked = task.checkpoint["asked"]
    work.record(survey_events_pb2.SurveyWaveDrawn(survey_id=survey.survey_id, wave=wave, customer_count=asked))
    task.finish(f"{asked} customers are asked")


SAMPLE = Work(KIND, PERMISSION, invite_drawn, prepare=look)
SAMPLE_PERIODICALLY = Work(KIND_PERIODIC, "", invite_drawn, prepare=look)


def _recent(work: UnitOfWork, event: Any) -> bool:
    """Whether it is of a customer, and of these days."""
    since = (work.business_date - timedelta(days=OCCASION_DAYS_MAX)).isoformat()
    return bool(event.customer_id) and bool(event.business_date >= since)


def _next_wave(work: UnitOfWork, survey: Survey) -> dict[str, Any]:
    survey.wave, survey.update_time = survey.wave + 1, work.now
    work.session.flush()
    return {"survey_id": survey.survey_id, "wave": survey.wave}


def _under_way(work: UnitOfWork, survey_id: str) -> bool:
    statement = select(Operation.operation_id).where(
        Operation.kind.in_((KIND, KIND_PERIODIC)), Operation.subject == survey_id.lower(), Operation.state.not_in(ENDED)
    )
    return work.session.scalar(statement.limit(1)) is not None


def _numbers(work: UnitOfWork, survey: Survey, wave: int, preparation: Preparation) -> Iterator[int]:
    after = ""
    while portion := _portion(work, survey, after, LOOKED_AT_ONCE):
        preparation.beat()
        yield from (chance(survey.seed, wave, row.customer_id) for row in portion)
        after = portion[-1].customer_id


def _portion(work: UnitOfWork, survey: Survey, after: str, rows_max: int) -> list[Any]:
    """The next customers, by id, who may be asked."""
    return list(work.session.execute(_askable(survey, inviting.cooled_off(survey, work.business_date), after, rows_max)))


def _askable(survey: Survey, cooled_off: Any, after: str, rows_max: int) -> Select[Any]:
    statement = select(*_COLUMNS).where(
        Customer.customer_id > after,
        below(Customer.organisation_path, survey.organisation_path),
        Customer.lead_person_id != "",
        Customer.merged_into_customer_id == "",
        ~Customer.gone,
        ~inviting.asked_since(cooled_off),
    )
    if survey.customer_kinds:
        statement = statement.where(Customer.kind.in_(survey.customer_kinds))
    if survey.customer_tiers:
        statement = statement.where(Customer.tier.in_(survey.customer_tiers))
    return statement.order_by(Customer.customer_id).limit(rows_max)
