"""What history says of the stages of pipelines: counted with each opportunity that ends, read where one is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from services.activity.model.opportunity import Opportunity, OpportunityStep, StageOutcome
from services.activity.model.pipeline import PipelineVersion
from services.activity.rules.leads.calibration import Cases, Likelihood, calibrated, counted_under, longest_stays
from services.activity.rules.leads.kinds import OpportunityState, TouchKind
from services.activity.rules.leads.stages import whole_days
from services.activity.usecases.opportunities import steps
from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork

_ENTERING = (TouchKind.OPENED.value, TouchKind.STAGE_CHANGED.value)


def count(work: UnitOfWork, opportunity: Opportunity, *, back: bool = False) -> None:
    """Counts a closed opportunity at each stage to which it came; `back` takes it out again, before it is opened again."""
    count_traced(work, opportunity, steps.of(work, opportunity), back=back)


def count_traced(work: UnitOfWork, opportunity: Opportunity, trace: Sequence[OpportunityStep], *, back: bool = False) -> None:
    """The same with the trace at hand."""
    if opportunity.close_time is None or opportunity.close_date is None:
        return
    entries = [(step.stage_code, step.step_time) for step in trace if step.kind in _ENTERING]
    won = opportunity.state == OpportunityState.WON
    one = -1 if back else 1
    rows = [
        {
            "pipeline_id": opportunity.pipeline_id,
            "stage_code": stage_code,
            "days_min": days_min,
            "close_year": opportunity.close_date.year,
            "won_count": one if won else 0,
            "lost_count": 0 if won else one,
        }
        for stage_code, days in sorted(longest_stays(entries, opportunity.close_time).items())
        for days_min in counted_under(days)
    ]
    # In one order, so that two that end at once never wait for each other.
    dialect = postgresql if work.session.connection().dialect.name == "postgresql" else sqlite
    inserted = dialect.insert(StageOutcome)
    counted = {name: getattr(StageOutcome, name) + inserted.excluded[name] for name in ("won_count", "lost_count")}
    key = ["pipeline_id", "stage_code", "days_min", "close_year"]
    work.session.execute(inserted.on_conflict_do_update(index_elements=key, set_=counted), rows)


class History:
    """What the last years say of some pipelines: read once, for a page of opportunities."""

    def __init__(self, work: UnitOfWork, opportunities: Iterable[Opportunity]) -> None:
        shown = list(opportunities)
        self._work = work
        self._cases = _read(work, {each.pipeline_id for each in shown})
        self._versions = _versions(work, {(each.pipeline_id, each.pipeline_version_number) for each in shown})

    def likelihood(self, opportunity: Opportunity) -> tuple[Likelihood, int]:
        """How likely an open one is won, and what its pipeline says of its stage."""
        stage = self._versions[opportunity.pipeline_id, opportunity.pipeline_version_number].stage(opportunity.stage_code)
        guess = stage.probability_percent if stage else 0
        days = whole_days(opportunity.stage_enter_time, self._work.now)
        return calibrated(guess, days, self._cases.get((opportunity.pipeline_id, opportunity.stage_code), {})), guess


def of_stage(work: UnitOfWork, pipeline: PipelineVersion) -> dict[str, Likelihood]:
    """How likely those at each stage of a pipeline are won, however long they stand there."""
    cases = _read(work, {pipeline.pipeline_id})
    return {
        each["stage_code"]: calibrated(
            each.get("probability_percent", 0), 0, cases.get((pipeline.pipeline_id, each["stage_code"]), {})
        )
        for each in pipeline.stages
    }


def _read(work: UnitOfWork, pipeline_ids: set[str]) -> dict[tuple[str, str], dict[int, Cases]]:
    first_year = work.business_date.year - work.settings.opportunity_history_years
    statement = (
        select(
            StageOutcome.pipeline_id,
            StageOutcome.stage_code,
            StageOutcome.days_min,
            func.sum(StageOutcome.won_count).label("won_count"),
            func.sum(StageOutcome.lost_count).label("lost_count"),
        )
        .where(among(StageOutcome.pipeline_id, sorted(pipeline_ids)), StageOutcome.close_year >= first_year)
        .group_by(StageOutcome.pipeline_id, StageOutcome.stage_code, StageOutcome.days_min)
    )
    cases: dict[tuple[str, str], dict[int, Cases]] = {}
    for row in work.session.execute(statement) if pipeline_ids else ():
        by_days = cases.setdefault((row.pipeline_id, row.stage_code), {})
        by_days[row.days_min] = Cases(int(row.won_count), int(row.lost_count))
    return cases


def _versions(work: UnitOfWork, keys: set[tuple[str, int]]) -> dict[tuple[str, int], PipelineVersion]:
    of_pipelines = select(PipelineVersion).where(
        among(PipelineVersion.pipeline_id, sorted({pipeline_id for pipeline_id, _ in keys}))
    )
    numbered = of_pipelines.where(PipelineVersion.version_number.in_({number for _, number in keys}))
    return {(each.pipeline_id, each.version_number): each for each in work.session.scalars(numbered)} if keys else {}
