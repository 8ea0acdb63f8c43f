"""Counts what became of the leads and the opportunities of a span of days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from workbench.activity.v1 import opportunity_pb2, opportunity_service_pb2
from workbench.type.v1 import money_pb2

from services.activity.model.lead import Lead
from services.activity.model.opportunity import Opportunity
from services.activity.model.pipeline import PipelineVersion
from services.activity.rules.leads.kinds import LeadState, OpportunityState
from services.activity.usecases import pipelines
from services.activity.usecases.leads.charge import whose
from services.activity.usecases.opportunities import outcomes
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import optional_date
from services.chassis.kernel.errors import FieldViolation, InvalidInput
from services.chassis.kernel.money import Money
from services.chassis.mapping import money_message

DAYS_MAX = 366
_DAYS_USUAL = 90


def count(work: UnitOfWork, request: opportunity_service_pb2.GetFunnelRequest) -> opportunity_service_pb2.Funnel:
    """The funnel of a person or a unit."""
    start_date, end_date = _period(work, request)
    pipeline = pipelines.found(work, request.pipeline_id)
    leads = and_(whose(work, Lead, request), Lead.capture_date.between(start_date, end_date))
    funnel = opportunity_service_pb2.Funnel(
        start_date=start_date.isoformat(), end_date=end_date.isoformat(), **_of_leads(work, leads)
    )
    opened = and_(
        whose(work, Opportunity, request),
        Opportunity.open_date.between(start_date, end_date),
        Opportunity.pipeline_id == pipeline.pipeline_id,
    )
    _add_opportunities(work, funnel, pipeline, opened)
    return funnel


def _period(work: UnitOfWork, request: opportunity_service_pb2.GetFunnelRequest) -> tuple[date, date]:
    end_date = optional_date(request.end_date, "end_date") or work.business_date
    before = max(end_date.toordinal() - _DAYS_USUAL, date.min.toordinal())
    start_date = optional_date(request.start_date, "start_date") or date.fromordinal(before)
    if not 0 <= (end_date - start_date).days < DAYS_MAX:
        violation = FieldViolation("end_date", f"Not before the first day, and at most {DAYS_MAX} days in all.")
        raise InvalidInput("PERIOD_INVALID", "This is no span of days to count.", violations=(violation,))
    return start_date, end_date


def _of_leads(work: UnitOfWork, leads: ColumnElement[bool]) -> dict[str, int]:
    followed = Lead.followed_time.is_not(None)
    in_time = and_(followed, or_(Lead.follow_deadline.is_(None), Lead.followed_time <= Lead.follow_deadline))
    qualified = or_(Lead.grade > 0, Lead.state == LeadState.CONVERTED.value)
    counts: Mapping[str, ColumnElement[Any]] = {
        "captured_count": func.count(),
        "followed_count": _times(followed),
        "followed_in_time_count": _times(in_time),
        "qualified_count": _times(qualified),
        "converted_count": _times(Lead.state == LeadState.CONVERTED.value),
        "disqualified_count": _times(Lead.state == LeadState.DISQUALIFIED.value),
    }
    row = work.session.execute(select(*(each.label(name) for name, each in counts.items())).where(leads)).one()
    return {name: int(value or 0) for name, value in zip(counts, row, strict=True)}


def _times(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.sum(case((condition, 1), else_=0))


def _add_opportunities(
    work: UnitOfWork, funnel: opportunity_service_pb2.Funnel, pipeline: PipelineVersion, opened: ColumnElement[bool]
) -> None:
    keys = (Opportunity.stage_code, Opportunity.state, Opportunity.expected_currency)
    sums = (func.count().label("many"), func.sum(Opportunity.expected_minor_units).label("minor_units"))
    rows = work.session.execute(select(*keys, *sums).where(opened).group_by(*keys)).all()
    won = [row for row in rows if row.state == OpportunityState.WON]
    funnel.opened_count = _many(rows)
    funnel.won_count = _many(won)
    funnel.lost_count = _many(row for row in rows if row.state == OpportunityState.LOST)
    funnel.won_amounts.extend(_amounts(won))
    likelihoods = outcomes.of_stage(work, pipeline)
    codes = [each["stage_code"] for each in pipeline.stages]
    for place, stage in enumerate(pipeline.stages):
        code = codes[place]
        # What was won came through every stage, wherever it stood when it was.
        reached = [row for row in rows if row.stage_code in codes[place:] or row.state == OpportunityState.WON]
        standing = [row for row in rows if row.stage_code == code and row.state == OpportunityState.OPEN]
        likelihood = likelihoods[code]
        funnel.stages.append(
            opportunity_service_pb2.FunnelStage(
                stage_code=code,
                display_name=stage["display_name"],
                reached_count=_many(reached),
                open_count=_many(standing),
                open_amounts=_amounts(standing),
                weighted_amounts=_amounts(standing, likelihood.share),
                probability=opportunity_pb2.Probability(
                    percent=likelihood.percent,
                    case_count=likelihood.cases.count,
                    won_count=likelihood.cases.won_count,
                    pipeline_percent=stage.get("probability_percent", 0),
                ),
            )
        )


def _many(rows: Iterable[Any]) -> int:
    return sum(int(row.many) for row in rows)


def _amounts(rows: Iterable[Any], share: Fraction = Fraction(1)) -> list[money_pb2.Money]:
    """What they come to by currency, unlike ones apart; a share of it half up."""
    sums: dict[str, int] = {}
    for row in rows:
        if row.expected_currency:
            sums[row.expected_currency] = sums.get(row.expected_currency, 0) + int(row.minor_units)
    weighted = {code: (units * share + Fraction(1, 2)).__floor__() for code, units in sorted(sums.items())}
    return [message for code, units in weighted.items() if (message := money_message(Money(units, code)))]
