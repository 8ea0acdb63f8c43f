"""A month step by step: from what stands on a step's days, and the leaf of the day before it, to the leaf of each day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
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


_DAY = timedelta(days=1)
# Rows that are added up at once: days of small books are computed together, for a statement has its price whatever it reads.
_ROWS_AT_ONCE = 500_000


@dataclass(frozen=True, slots=True)
class AddedDays:
    """What a month comes to after each of some days that follow one another."""

    days: Sequence[date]
    # The files that together are the leaf as of each of the days.
    leaf: list[Path] = field(default_factory=list)
    issues: list[Path] = field(default_factory=list)
    # Once the leaf is whole.
    day_results: list[Path] = field(default_factory=list)


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

    def add(self, step: Step, formerly: Sequence[Path], *, by_day: bool) -> list[AddedDays]:
        """What each day of the step, or its last, comes to, from the leaf of the day before, which at first is none."""
        found: list[AddedDays] = []
        for part in self.staging.parts:
            added = self._added(step, part, by_day=by_day)
            found = found or [*self._together(step.days if by_day else [step.last], added, formerly)]
            leaf, day_before = formerly, step.first - _DAY
            for each in found:
                self._take(self.staging.end(each.days))
                if leaf:
                    # Of the part's objects alone.
                    self._engine.show("former_leaf", *leaf)
                    of_part = part.holds("account_number")
                    self._engine.define("formerly", f"FROM former_leaf WHERE as_of_date = DATE '{day_before}' AND {of_part}")
                self._keep("accrued", settling.accrued, formerly=bool(leaf))
                self._keep("several", settling.several)
                self._define("alone", settling.settled, divided=False)
                self._define("together", settling.settled, divided=True)
                each.leaf.append(self._keep("account_results", settling.leaf))
                each.issues.append(self._keep("issues", settling.issues))
                leaf, day_before = each.leaf[-1:], each.days[-1]
            # Of all days of a part: large, and read by nobody any more.
            for path in added:
                path.unlink()
        for each in found:
            self._engine.show("account_results", *each.leaf)
            each.day_results.append(self._keep("day_results", settling.day_results))
        return found

    def _added(self, step: Step, part: Part, *, by_day: bool) -> list[Path]:
        """What the days of a step add up to, as files."""
        added = []
        # One by one: each join of a statement holds memory of its own, and all sources together have more than a hundred.
        for each in self._keyed(step, part):
            dataset, measures = each.measuring.source.dataset, each.measuring.measures
            added.append(self._keep("added", settling.added, each.name, dataset, each.division, measures, by_day=by_day))
        if not added:
            added.append(self._keep("added", settling.nothing))
        self._engine.show("added", *added)
        return added

    def _together(self, days: Sequence[date], added: Sequence[Path], formerly: Sequence[Path]) -> Iterator[AddedDays]:
        """As many days at once as are not too many rows: each has those of all days before it, and the leaf's."""
        a_day, before = self.staging.count(added) / len(days), self.staging.count(formerly)
        count = 1
        while (count + 1) * before + a_day * (count + 1) * (count + 2) / 2 <= _ROWS_AT_ONCE and count < len(days):
            count += 1
        for first in range(0, len(days), count):
            yield AddedDays(days[first : first + count])

    def _define(self, name: str, build: Callable[..., ir.Table], *arguments: Any, **options: Any) -> None:
        self._engine.define(name, statement(self._engine.dialect, build, *arguments, **options))

    def _keep(self, name: str, build: Callable[..., ir.Table], *arguments: Any, **options: Any) -> Path:
        return self._engine.keep(name, statement(self._engine.dialect, build, *arguments, **options))

    def _take(self, names: list[str]) -> None:
        for name in names:
            self._engine.take(name)
