"""One step of a month: from what stands on its days, and the leaf of the step before, to its own leaf."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import ibis

from services.performance.engine import settling
from services.performance.engine.account_days import Measuring, account_days, base_amounts
from services.performance.engine.measures import ACCOUNT_DAYS
from services.performance.engine.staging import Staging, Step

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from ibis import ir

    from services.chassis.lake.lake import Lake
    from services.performance.engine.engines import Engine
    from services.performance.engine.inputs import MonthInputs


class Month:
    """A month that is computed step by step, on one engine."""

    def __init__(self, connection: DuckDBPyConnection, lake: Lake, inputs: MonthInputs, engine: Engine) -> None:
        self._inputs = inputs
        self._engine = engine
        self.staging = Staging(connection, lake, inputs)
        self._take(self.staging.begin())
        engine.keep("base_amounts", base_amounts(inputs.home_currency_code))
        self._curve = self.staging.curve()

    def account_days(self, step: Step, accounts: ir.Table | None = None) -> list[ir.Table]:
        """The rows of ACCOUNT_DAYS of a step, of those accounts or of all, in tables that together are all."""
        self._take(self.staging.take(step))
        found = []
        for source in self.staging.sources(step):
            measuring = Measuring(source, self.staging.rules(source, step), self._inputs.home_currency_code, self._curve)
            for divided in (False, True):
                # Each a view of its own: what two parts of one statement have in common would be kept whole in memory.
                name = f"{source.dataset}_{'divided' if divided else 'whole'}"
                self._engine.define(name, account_days(measuring, divided=divided, accounts=accounts))
                found.append(ibis.table(ACCOUNT_DAYS, name=name))
        return found

    def add(self, step: Step, formerly: Path | None) -> Path:
        """The leaf after the step, from the one after the step before, which is none for the month's first."""
        if formerly:
            self._engine.show("formerly", formerly)
        accrued = settling.accrued(self.account_days(step), step.last, formerly=formerly is not None)
        self._engine.keep("accrued", accrued)
        self._engine.keep("several", settling.several())
        month_date = self._inputs.month_date
        for name, divided in (("alone", False), ("together", True)):
            self._engine.define(name, settling.settled(month_date, step.last, divided=divided))
        return self._engine.keep("account_results", settling.leaf())

    def day_results(self) -> Path:
        """Of the last step's last day."""
        return self._engine.keep("day_results", settling.day_results())

    def issues(self) -> Path:
        """Of the last step."""
        return self._engine.keep("issues", settling.issues())

    def _take(self, names: list[str]) -> None:
        for name in names:
            self._engine.take(name)
