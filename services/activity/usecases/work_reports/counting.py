"""Counts people's work: figures as they are answered, told in events and kept with a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.activity.v1 import work_report_pb2

from services.activity.model.person import Person
from services.activity.rules.completion import Completion, exact, level, shown
from services.activity.rules.periods import Period
from services.activity.rules.work_reports import Figures, LineKind
from services.activity.usecases.work_reports import plans, sources
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.money import Money
from services.chassis.mapping import money_message


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of somebody's work in a period: from what, and by which plan."""

    figures: Figures
    measure: plans.Measure

    @property
    def completion(self) -> work_report_pb2.WorkCompletion:
        """How much of what was planned was done, with its parts."""
        completion = self.figures.completion(self.measure.targets)
        return work_report_pb2.WorkCompletion(
            assessed=completion.rate is not None,
            rate=shown(completion.rate),
            exact_rate=exact(completion.rate),
            level=level(completion.rate, self.measure.level_basis_points),
            parts=_parts(completion),
            work_plan_id=self.measure.work_plan_id,
            work_plan_version=self.measure.work_plan_version,
        )

    @property
    def message(self) -> work_report_pb2.WorkFigures:
        """All figures."""
        figures = self.figures
        return work_report_pb2.WorkFigures(
            completion=self.completion,
            contacts=[_contacts(each) for each in figures.contacts()],
            customer_count=figures.customer_count(),
            captured_lead_count=figures.count(LineKind.CAPTURED_LEAD),
            opened_opportunity_count=figures.count(LineKind.OPENED_OPPORTUNITY),
            won_opportunity_count=figures.count(LineKind.WON_OPPORTUNITY),
            lost_opportunity_count=figures.count(LineKind.LOST_OPPORTUNITY),
            won_amounts=[money_message(Money(minor_units, currency)) for currency, minor_units in figures.won_amounts()],
            done_task_count=figures.done_tasks(),
            overdue_task_count=figures.overdue_tasks(),
        )


def count(work: UnitOfWork, people: Sequence[Person], period: Period) -> dict[str, Counted]:
    """What each of the people did in the period: each by himself, in whatever order."""
    found = sources.gather(work, [person.person_id for person in people], period)
    measures = plans.measures(work, people, period)
    return {person_id: Counted(figures, measures[person_id]) for person_id, figures in found.items()}


def kept(figures: Mapping[str, Any]) -> work_report_pb2.WorkFigures:
    """The figures that a report keeps."""
    return work_report_pb2.WorkFigures(**figures)


def _parts(completion: Completion) -> list[work_report_pb2.CompletionPart]:
    return [
        work_report_pb2.CompletionPart(
            kind=part.target.kind,
            customer_tier=part.target.tier,
            weight=part.target.weight,
            cap_basis_points=part.target.cap_basis_points,
            planned_count=part.planned,
            done_count=part.done,
            fixed=part.target.planned is not None,
            exact_ratio=exact(part.ratio),
            exact_contribution=exact(completion.contribution(part)),
            contribution=shown(completion.contribution(part)),
        )
        for part in completion.parts
    ]


def _contacts(counted: Any) -> work_report_pb2.ContactFigures:
    return work_report_pb2.ContactFigures(
        contact_kind=counted.contact_kind,
        planned_count=counted.planned_count,
        done_count=counted.done_count,
        minutes=counted.minutes,
        missed_count=counted.missed_count,
    )
