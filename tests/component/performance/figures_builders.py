"""Prepared results of a town, as a run would leave them: small numbers that a test adds up by itself."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.chassis.kernel.errors import WorkbenchError
from services.performance.model.result import Result
from services.performance.model.run import Run
from services.performance.rules.figures import MEASURES
from services.performance.rules.periods import PeriodKind, month_start
from services.performance.rules.runs import RunState
from tests.component.books import clear

CENT = 100


def refused(reason: str, call: Any, method: str, **fields: Any) -> None:
    """The call is refused for that reason."""
    with pytest.raises(WorkbenchError) as caught:
        call(method, **fields)
    assert caught.value.reason == reason


class Prepared:
    """The bank's results: none at first; what other tests left is gone."""

    def __init__(self, town: Any) -> None:
        clear(town)
        self.town = town
        self.runs: dict[date, str] = {}

    def computed(self, as_of: date) -> str:
        """The month of that day is computed up to it; answers the run."""
        run_id = str(uuid.uuid4())
        with self.town.service.database.transaction() as work:
            work.session.add(
                Run(
                    run_id=run_id,
                    month_date=month_start(as_of),
                    as_of_date=as_of,
                    number=1,
                    current=True,
                    state=RunState.SUCCEEDED.value,
                    create_time=work.now,
                )
            )
        self.runs[month_start(as_of)] = run_id
        return run_id

    def row(self, kind: PeriodKind, start: date, as_of: date, owner: Any, product: str = "demand", **measures: int) -> None:
        """What an owner has: a colleague, or a path below the town's for the pool of that unit. Amounts in minor units."""
        path = f"{self.town.root}{owner}" if isinstance(owner, str) else owner.organisation_path
        with self.town.service.database.transaction() as work:
            work.session.add(
                Result(
                    period_kind=kind.value,
                    start_date=start,
                    as_of_date=as_of,
                    person_id="" if isinstance(owner, str) else owner.person_id,
                    organisation_unit_id=f"unit of {path}",
                    organisation_path=path,
                    product_code=product,
                    run_id=self.runs[month_start(as_of)],
                    **measures,
                )
            )


def minor_units(amounts: Any) -> dict[str, int]:
    """The measures of a message of amounts, in minor units."""
    values = {name: getattr(amounts, name) for name in MEASURES}
    return {name: value if isinstance(value, int) else round(Decimal(value.amount) * CENT) for name, value in values.items()}
