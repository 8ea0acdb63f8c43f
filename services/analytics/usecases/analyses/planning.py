"""What an analysis goes by, read at once: its inputs as the engine takes them, and the analysis that it may go on from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from services.analytics.engine.inputs import DayInputs, PinnedDay
from services.analytics.model.analysis import Analysis, CustomerMonth
from services.analytics.rules.analyses import AnalysisKind
from services.analytics.usecases.analyses import gathering, judging, keeping
from services.analytics.usecases.analyses.keeping import Files
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import moved
from services.chassis.lake.lake import Lake, Pin

if TYPE_CHECKING:
    from services.analytics.rules.signals import SignalRule


@dataclass(frozen=True, slots=True)
class MonthPlan:
    """The customers' days of a month: from what they are made, and where they are or will be."""

    inputs: DayInputs
    folder: Path

    @property
    def month_date(self) -> date:
        """Its first day."""
        return self.inputs.month_date

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / keeping.CUSTOMER_DAYS


@dataclass(frozen=True, slots=True)
class Plan:
    """What an analysis goes by."""

    analysis: Analysis
    settings: Any
    lake: Lake
    months: tuple[MonthPlan, ...]
    # What stands on the day; of prices all that stood since the analysis looks back.
    standing: tuple[PinnedDay, ...]
    # Where files are written until all are whole.
    making: Path
    # Where they are once they are in place.
    files: Files
    # The analysis of the same date, whose rows stand of everybody of whom nothing new came; None where all are looked at.
    before: Analysis | None
    before_files: Files | None
    rules: tuple[SignalRule, ...]
    # The model that scores; empty where rules do.
    model_id: str
    model_folder: Path | None
    # What earlier stages said they used.
    used: Mapping[str, Any]


def planned(work: UnitOfWork, analysis_id: str, used: Mapping[str, Any]) -> Plan:
    """What there is to do."""
    analysis, lake = work.session.get_one(Analysis, analysis_id), work.database.lake
    months = tuple(_months(work, lake, analysis))
    before = _before(work, analysis)
    regular = analysis.kind == AnalysisKind.REGULAR
    rules, (model_id, model_folder) = (judging.rules(work), judging.model(work)) if regular else ((), ("", None))
    place = keeping.folder(lake, analysis)
    return Plan(
        analysis=analysis,
        settings=work.settings,
        lake=lake,
        months=months,
        standing=tuple(pinned(analysis.inputs["feeds"])),
        making=place.with_name(f".{place.name}.making"),
        files=Files(place, {month.month_date: month.path for month in months}),
        before=before,
        before_files=keeping.files_of(work, before) if before else None,
        rules=rules,
        model_id=model_id,
        model_folder=model_folder,
        used=used,
    )


def pinned(feeds: Mapping[str, Any]) -> Iterable[PinnedDay]:
    """The days of feeds, read back from what was gathered."""
    for name, feed in feeds.items():
        for day, stands, revision in feed["days"]:
            pin = Pin(name, feed["dataset"], feed["source_system"], date.fromisoformat(stands), revision)
            yield PinnedDay(date.fromisoformat(day), pin)


def orders_before(plan: Plan) -> list[Pin]:
    """The revisions of standing orders as they stood a while before."""
    ago = moved(plan.analysis.as_of_date, -gathering.ORDERS_BACK_DAYS)
    return [each.pin for each in plan.standing if each.pin.dataset == "standing_orders" and each.day == ago]


def standing_pins(plan: Plan) -> dict[str, list[Pin]]:
    """The others by dataset."""
    before, found = set(orders_before(plan)), {}
    as_of = plan.analysis.as_of_date
    for each in plan.standing:
        if each.pin.dataset != "standing_orders" or each.day == as_of or each.pin not in before:
            found.setdefault(each.pin.dataset, []).append(each.pin)
    return found


def brought_dates(plan: Plan, dataset: str) -> frozenset[date]:
    """The days of which a feed of the dataset brought something: of others nothing is known, which is not nothing."""
    return frozenset(each.day for month in plan.months for each in month.inputs.days if each.pin.dataset == dataset)


def _months(work: UnitOfWork, lake: Lake, analysis: Analysis) -> Iterable[MonthPlan]:
    for name, key in sorted(analysis.inputs["months"].items()):
        month = date.fromisoformat(f"{name}-01")
        row = work.session.get_one(CustomerMonth, (month, key))
        yield MonthPlan(
            DayInputs(
                month_date=month,
                end_date=row.end_date,
                home_currency_code=row.inputs["home_currency_code"],
                days=tuple(pinned(row.inputs["feeds"])),
            ),
            keeping.month_folder(lake, month, key),
        )


def _before(work: UnitOfWork, analysis: Analysis) -> Analysis | None:
    """The date's analysis, where this one differs from it only by what feeds brought."""
    same = select(Analysis).where(Analysis.current, Analysis.as_of_date == analysis.as_of_date, Analysis.kind == analysis.kind)
    before = work.session.scalar(same)
    if before is None or before.remove_time is not None or before.analysis_id == analysis.analysis_id:
        return None
    by = ("engine_version", "home_currency_code", "look_back_days", "history_days_min", "carry_days_max")
    return before if all(before.inputs.get(name) == analysis.inputs.get(name) for name in by) else None
