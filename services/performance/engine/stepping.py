"""A month step by step: from what stands on a step's days, and the leaf of the day before it, to the leaf of each day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.chassis.engines.expressions import statement
from services.performance.engine import settling
from services.performance.engine.account_days import Measuring, account_days, base_amounts
from services.performance.engine.staging import Staging, Step

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from ibis import ir

    from services.chassis.engines.expressions import Engine
    from services.chassis.lake.lake import Lake
    from services.performance.engine.inputs import MonthInputs, ObjectKey


class Month:
    """A month that is computed step by step, on one engine."""

    def __init__(
        self, connection: DuckDBPyConnection, lake: Lake, inputs: MonthInputs, engine: Engine, objects: Sequence[ObjectKey] | None
    ) -> None:
        self._home_currency_code = inputs.home_currency_code
        self._engine = engine
        self.staging = Staging(connection, lake, inputs, objects)
        self._take(self.staging.begin())
        self._define("base_amounts", base_amounts, self._home_currency_code)

    def account_days(self, step: Step) -> list[str]:
        """The tables that together have the rows of ACCOUNT_DAYS of a step."""
        self._take(self.staging.take(step))
        names = []
        for source in self.staging.sources(step):
            measuring = Measuring(source, self.staging.rules(source, step), self._home_currency_code)
            for divided in (False, True) if self.staging.divides() else (False,):
                # Each a view of its own: what two parts of one statement have in common would be kept whole in memory.
                names.append(f"{source.dataset}_{'divided' if divided else 'whole'}")
                self._define(names[-1], account_days, measuring, divided=divided)
        return names

    def add(self, step: Step, formerly: Path | None, *, by_day: bool) -> Iterator[Path]:
        """The leaf after each day of the step, or after its last, from the one before the step, which is none for the first."""
        self._keep("added", settling.added, tuple(self.account_days(step)), by_day=by_day)
        for day in step.days if by_day else [step.last]:
            self._take(self.staging.end(day))
            if formerly:
                self._engine.show("formerly", formerly)
            self._keep("accrued", settling.accrued, formerly=formerly is not None)
            self._keep("several", settling.several)
            self._define("alone", settling.settled, divided=False)
            self._define("together", settling.settled, divided=True)
            formerly = self._keep("account_results", settling.leaf)
            yield formerly

    def day_results(self) -> Path:
        """Of the last leaf's day."""
        return self._keep("day_results", settling.day_results)

    def issues(self) -> Path:
        """Of the same."""
        return self._keep("issues", settling.issues)

    def _define(self, name: str, build: Callable[..., ir.Table], *arguments: Any, **options: Any) -> None:
        self._engine.define(name, statement(self._engine.dialect, build, *arguments, **options))

    def _keep(self, name: str, build: Callable[..., ir.Table], *arguments: Any, **options: Any) -> Path:
        return self._engine.keep(name, statement(self._engine.dialect, build, *arguments, **options))

    def _take(self, names: list[str]) -> None:
        for name in names:
            self._engine.take(name)
