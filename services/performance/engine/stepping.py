"""A month step by step: from what stands on a step's days, and the leaf of the day before it, to the leaf of each day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.chassis.engines.expressions import statement
from services.performance.engine import settling
from services.performance.engine.account_days import Measuring, account_days, base_amounts, keyed_days
from services.performance.engine.staging import WHOLE, Part, Staging, Step

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from ibis import ir

    from services.chassis.engines.expressions import Engine
    from services.chassis.lake.lake import Lake
    from services.performance.engine.inputs import MonthInputs, ObjectKey
    from services.performance.engine.tables import Division


@dataclass(frozen=True, slots=True)
class AddedDay:
    """What a month comes to after a day."""

    # The files that together are the leaf.
    leaf: Sequence[Path]
    day_results: Path
    issues: Sequence[Path]


@dataclass(frozen=True, slots=True)
class _Keyed:
    """A table of KEYED_DAYS: of which source, and which of its objects."""

    name: str
    measuring: Measuring
    division: Division


class Month:
    """A month that is computed step by step, on one engine."""

    def __init__(
        self, connection: DuckDBPyConnection, lake: Lake, inputs: MonthInputs, engine: Engine, objects: Sequence[ObjectKey] | None
    ) -> None:
        self._home_currency_code = inputs.home_currency_code
        self._engine = engine
        self.staging = Staging(connection, lake, inputs, objects)
        self._take(self.staging.begin())

    def account_days(self, step: Step) -> list[str]:
        """The tables that together have the rows of ACCOUNT_DAYS of a step."""
        names = []
        for each in self._keyed(step, WHOLE):
            names.append(f"{each.name}_named")
            self._define(names[-1], account_days, each.name, each.measuring.source.dataset, each.division)
        return names

    def _keyed(self, step: Step, part: Part) -> list[_Keyed]:
        self._take(self.staging.take(step, part))
        # Once the rows of the base are there.
        self._define("base_amounts", base_amounts, self._home_currency_code)
        found = []
        for source in self.staging.sources(step):
            measuring = Measuring(source, self.staging.rules(source, step), self._home_currency_code)
            for division in self.staging.divisions():
                # Each a view of its own: what two parts of one statement have in common would be kept whole in memory.
                found.append(_Keyed(f"{source.dataset}_{division.name.lower()}", measuring, division))
                self._define(found[-1].name, keyed_days, measuring, division)
        return found

    def add(self, step: Step, formerly: Sequence[Path], *, by_day: bool) -> Iterator[AddedDay]:
        """What each day of the step, or its last, comes to, from the leaf before the step, whose files are none for the first."""
        days = step.days if by_day else [step.last]
        leaf: dict[date, list[Path]] = {day: [] for day in days}
        issues: dict[date, list[Path]] = {day: [] for day in days}
        for part in self.staging.parts:
            # One by one: each join of a statement holds memory of its own, and all sources together have more than a hundred.
            added = [
                self._keep(
                    "added",
                    settling.added,
                    each.name,
                    each.measuring.source.dataset,
                    each.division,
                    each.measuring.measures,
                    by_day=by_day,
                )
                for each in self._keyed(step, part)
            ]
            self._engine.show("added", *added)
            before = bool(formerly)
            if before:
                self._show_former(formerly, part)
            for day in days:
                self._take(self.staging.end(day))
                self._keep("accrued", settling.accrued, formerly=before)
                self._keep("several", settling.several)
                self._define("alone", settling.settled, divided=False)
                self._define("together", settling.settled, divided=True)
                leaf[day].append(self._keep("account_results", settling.leaf))
                issues[day].append(self._keep("issues", settling.issues))
                self._engine.show("formerly", leaf[day][-1])
                before = True
            # Of all days of a part: large, and read by nobody any more.
            for path in added:
                path.unlink()
        for day in days:
            self._engine.show("account_results", *leaf[day])
            yield AddedDay(leaf[day], self._keep("day_results", settling.day_results), issues[day])

    def _show_former(self, formerly: Sequence[Path], part: Part) -> None:
        """The leaf before the step, of a part's objects."""
        if part == WHOLE:
            self._engine.show("formerly", *formerly)
        else:
            self._engine.show("former_leaf", *formerly)
            self._engine.define("formerly", f"FROM former_leaf WHERE {part.holds('account_number')}")

    def _define(self, name: str, build: Callable[..., ir.Table], *arguments: Any, **options: Any) -> None:
        self._engine.define(name, statement(self._engine.dialect, build, *arguments, **options))

    def _keep(self, name: str, build: Callable[..., ir.Table], *arguments: Any, **options: Any) -> Path:
        return self._engine.keep(name, statement(self._engine.dialect, build, *arguments, **options))

    def _take(self, names: list[str]) -> None:
        for name in names:
            self._engine.take(name)
