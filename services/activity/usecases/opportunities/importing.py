"""Takes over opportunities of other systems, many at once, each by its number there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from sqlalchemy import select
from workbench.activity.v1 import opportunity_service_pb2

from services.activity.model.opportunity import Opportunity, OpportunityMember, OpportunityStep
from services.activity.model.pipeline import PipelineVersion
from services.activity.rules.leads.kinds import MemberRole, OpportunityState, TouchKind
from services.activity.usecases import pipelines
from services.activity.usecases.history import Parties, parties
from services.activity.usecases.leads.former import BEGINS, ENDS, description, instant, require_order, wrong_day
from services.activity.usecases.opportunities import moving, opening, outcomes, steps, telling, touching
from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import optional_date, parse_date
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotFound, WorkbenchError

_Refused = opportunity_service_pb2.RefusedOpportunity
_Row = opportunity_service_pb2.ImportedOpportunity


def take_over(
    work: UnitOfWork, request: opportunity_service_pb2.BatchImportOpportunitiesRequest
) -> opportunity_service_pb2.BatchImportOpportunitiesResponse:
    """Takes what is new, passes over what was taken before, and says of the rest why it cannot be."""
    system = request.source_system
    # Two who take over from one system at once: the second sees what the first has taken.
    work.hold(f"activity.opportunities from {system}")
    taken = _taken_before(work, system, (row.source_number for row in request.opportunities))
    taker = _Taker(work, system, _parties(work, request.opportunities))
    answer = opportunity_service_pb2.BatchImportOpportunitiesResponse()
    for position, row in enumerate(request.opportunities):
        if row.source_number in taken:
            answer.unchanged_count += 1
            continue
        try:
            taker.take(row)
        except WorkbenchError as refusal:
            told = {"reason": refusal.reason, "description": description(refusal)}
            answer.refused.append(_Refused(position=position, source_number=row.source_number, **told))
        else:
            taken.add(row.source_number)
            answer.created_count += 1
    work.session.flush()
    taker.tell()
    return answer


class _Taker:
    """Takes rows one by one: each is checked whole before anything of it is kept."""

    def __init__(self, work: UnitOfWork, system: str, known: Parties) -> None:
        self._work, self._system, self._known = work, system, known
        self._pipelines: dict[str, PipelineVersion] = {}
        self._taken: list[tuple[Opportunity, list[OpportunityStep]]] = []

    def take(self, row: _Row) -> None:
        """Keeps one; raises WorkbenchError where it does not hold."""
        work, draft = self._work, row.opportunity
        pipeline = self._pipeline(draft.pipeline_id)
        owner = self._known.person(row.owner_person_id, row.staff_number)
        customer = self._known.customer(draft.customer_id, row.customer_number)
        days = self._days(row, pipeline)
        members = self._members(row, owner.person_id, instant(self._work, days[0], BEGINS))
        opportunity = opening.blank(work, pipeline, owner.person_id, owner.organisation_path)
        opening.fill(opportunity, draft)
        opportunity.customer_id, opportunity.prospect_name = customer.customer_id, None
        opportunity.source_system, opportunity.source_number = self._system, row.source_number
        opportunity.open_date, opportunity.create_time = days[0], instant(self._work, days[0], BEGINS)
        trace = self._entered(opportunity, row, pipeline, days, members)
        self._close(opportunity, row, pipeline, days[-1], trace)
        opportunity.members.extend(members)
        opportunity.step_count = len(trace)
        work.session.add_all([opportunity, *trace])
        self._taken.append((opportunity, trace))

    def tell(self) -> None:
        """Counts and tells of all that were taken."""
        for opportunity, trace in self._taken:
            telling.opened(self._work, opportunity)
            outcomes.count_traced(self._work, opportunity, trace)
            if opportunity.state == OpportunityState.WON:
                touches, touch_count = touching.last_of(self._work, opportunity, whole_bank=True)
                telling.won(self._work, opportunity, touches, touch_count)
            elif opportunity.state == OpportunityState.LOST:
                telling.lost(self._work, opportunity)

    def _pipeline(self, pipeline_id: str) -> PipelineVersion:
        if pipeline_id not in self._pipelines:
            self._pipelines[pipeline_id] = pipelines.found(self._work, pipeline_id)
        return self._pipelines[pipeline_id]

    def _days(self, row: _Row, pipeline: PipelineVersion) -> list[date]:
        """The days on which it came to its stages, none before the one before and none ahead."""
        days = [parse_date(each.enter_date, f"stages[{place}].enter_date") for place, each in enumerate(row.stages)]
        for each in row.stages:
            opening.stage_of(pipeline, each.stage_code)
        require_order(self._work, "stages", *days)
        return days

    def _entered(
        self,
        opportunity: Opportunity,
        row: _Row,
        pipeline: PipelineVersion,
        days: Sequence[date],
        members: Sequence[OpportunityMember],
    ) -> list[OpportunityStep]:
        trace: list[OpportunityStep] = []
        for place, (each, day) in enumerate(zip(row.stages, days, strict=True)):
            stage = opening.stage_of(pipeline, each.stage_code)
            opportunity.enter(stage.stage_code, stage.due_date(day), instant(self._work, day, BEGINS))
            kind = TouchKind.STAGE_CHANGED if place else TouchKind.OPENED
            trace.append(self._step(opportunity, len(trace) + 1, kind, day, BEGINS))
            for member in members if place == 0 else ():
                joined = self._step(opportunity, len(trace) + 1, TouchKind.MEMBER_ADDED, day, BEGINS)
                joined.person_id, joined.role = member.person_id, member.role
                trace.append(joined)
        return trace

    def _close(
        self, opportunity: Opportunity, row: _Row, pipeline: PipelineVersion, last_day: date, trace: list[OpportunityStep]
    ) -> None:
        close_date = optional_date(row.close_date, "close_date")
        if row.state == OpportunityState.OPEN:
            if close_date or row.reason_code:
                raise wrong_day("close_date", "One that is open did not end.")
            return
        if close_date is None or not last_day <= close_date <= max(self._work.business_date, last_day):
            raise wrong_day("close_date", "From the day of its last stage to today.")
        state = OpportunityState(row.state)
        moving.require_reason(pipeline, state, row.reason_code)
        if state == OpportunityState.WON and opportunity.expected_amount is None:
            violation = FieldViolation("opportunity.expected_amount", "What it came to.")
            raise InvalidInput("AMOUNT_MISSING", "Say what it came to.", violations=(violation,))
        won_by = " ".join(row.won_by.split())
        close_time = instant(self._work, close_date, ENDS)
        opportunity.close(state, row.reason_code, now=close_time, close_date=close_date, won_by=won_by)
        kind = TouchKind.WON if state == OpportunityState.WON else TouchKind.LOST
        trace.append(self._step(opportunity, len(trace) + 1, kind, close_date, ENDS))

    def _members(self, row: _Row, owner_person_id: str, start_time: datetime) -> list[OpportunityMember]:
        roles = {each.person_id.lower(): each.role for each in row.opportunity.members}
        if len(roles) < len(row.opportunity.members) or owner_person_id in roles or MemberRole.OWNER in roles.values():
            violation = FieldViolation("opportunity.members", "Each member once; the owner is none beside himself.")
            raise InvalidInput("MEMBER_REPEATED", "Somebody is a member twice.", violations=(violation,))
        if missing := roles.keys() - self._known.people.keys():
            violation = FieldViolation("opportunity.members", "People in your scope.")
            message = f"{len(missing)} of the members are not in your scope."
            raise NotFound("PERSON_NOT_FOUND", message, violations=(violation,))
        return [OpportunityMember(person_id=each, role=role, start_time=start_time) for each, role in roles.items()]

    def _step(self, opportunity: Opportunity, sequence: int, kind: TouchKind, day: date, hour: time) -> OpportunityStep:
        return steps.new(
            opportunity,
            kind,
            sequence=sequence,
            step_time=instant(self._work, day, hour),
            business_date=day,
            actor_person_id=self._work.caller.person_id,
        )


def _taken_before(work: UnitOfWork, system: str, numbers: Iterable[str]) -> set[str]:
    asked = among(Opportunity.source_number, sorted(set(numbers)))
    with work.whole_bank():
        return set(work.session.scalars(select(Opportunity.source_number).where(Opportunity.source_system == system, asked)))


def _parties(work: UnitOfWork, rows: Iterable[_Row]) -> Parties:
    rows = list(rows)
    owners = [row.owner_person_id for row in rows]
    members = [member.person_id for row in rows for member in row.opportunity.members]
    return parties(
        work,
        customer_ids=(row.opportunity.customer_id for row in rows),
        customer_numbers=(row.customer_number for row in rows),
        person_ids=(*owners, *members),
        staff_numbers=(row.staff_number for row in rows),
    )
