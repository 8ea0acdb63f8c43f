"""What is asked to be explained: whose figure, of which period, how far down already, and by what it is to be parted next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, select
from workbench.performance.v1 import explain_service_pb2

from services.chassis.db import listing
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput
from services.chassis.kernel.paging import PageToken, page_size
from services.performance.engine.leaf import FILE, Account, Narrowing
from services.performance.model.result import Result
from services.performance.model.run import Run
from services.performance.rules.figures import Measure, Period
from services.performance.rules.periods import PeriodKind, month_start
from services.performance.usecases.figures import periods
from services.performance.usecases.figures.subjects import Subject, subject
from services.performance.usecases.runs.keeping import results_folder


class By(IntEnum):
    """Of what a figure is shown to be made; the numbers are the contract's."""

    UNSPECIFIED = 0
    PERIOD = 1
    OWNER = 2
    PRODUCT = 3
    CUSTOMER = 4
    ACCOUNT = 5
    ACCOUNT_DAY = 6


@dataclass(frozen=True, slots=True)
class Question:
    """A figure, and how it is to be parted."""

    subject: Subject
    period: Period
    measure: Measure
    by: By
    narrowing: Narrowing
    # The months' runs, the earliest first.
    runs: tuple[Run, ...]
    size: int
    bound: str
    # The keys of the last part of the page before.
    after: tuple[int, str] | None

    @property
    def in_days(self) -> bool:
        """Whether it is of single days, of which leaves know nothing: a day's figure, or the days of a month or an account."""
        by_day = self.by is By.PERIOD and self.period.kind is PeriodKind.MONTH
        return self.period.kind is PeriodKind.DAY or by_day or self.by is By.ACCOUNT_DAY

    @property
    def is_prepared(self) -> bool:
        """Whether prepared results go as far down."""
        return not self.narrowing.of_objects and self.by in (By.OWNER, By.PRODUCT, By.PERIOD)

    def leaves(self, work: UnitOfWork) -> list[Path]:
        """The leaves of the months."""
        return [results_folder(work.database.lake, run) / FILE for run in self.runs]

    def rows(self, work: UnitOfWork) -> list[ColumnElement[bool]]:
        """The prepared results that the narrowing names, where it is not narrower."""
        code = self.narrowing.product_code
        return [*self.subject.rows(work), *([] if code is None else [Result.product_code == code])]


def question(work: UnitOfWork, request: explain_service_pb2.ExplainFigureRequest) -> Question:
    """Raises InvalidInput EXPLANATION_INVALID, and as `periods.asked` and `subjects.subject` do."""
    of, period = subject(work, request), periods.asked(work, request.period, request.day_date)
    by, bound = By(request.by), listing.query(request)
    account = _account(request.account)
    _check(by, period, account)
    token = PageToken.decode(request.page_token, bound, keys=2)
    narrowing = Narrowing(
        person_id=of.person_id or None,
        organisation_unit_ids=units_of(work, of, period),
        product_code=request.product_code if request.HasField("product_code") else None,
        customer_number=request.customer_number if request.HasField("customer_number") else None,
        account=account,
    )
    return Question(
        subject=of,
        period=period,
        measure=Measure(request.measure),
        by=by,
        narrowing=narrowing,
        runs=runs_of(work, period),
        size=page_size(request.page_size),
        bound=bound,
        after=(listing.number(token.keys[0]), token.keys[1]) if token else None,
    )


def units_of(work: UnitOfWork, of: Subject, period: Period) -> tuple[str, ...] | None:
    """In which units the subject has results; None for whoever looks at his own, wherever he earned it."""
    if of.person_id == work.caller.person_id:
        return None
    kind, start = period.kind, period.start_date
    if kind is PeriodKind.DAY:
        kind, start = PeriodKind.MONTH, month_start(start)
    of_period: list[Any] = [Result.period_kind == kind, Result.start_date == start]
    statement = select(Result.organisation_unit_id).where(*of_period, *of.rows(work)).distinct()
    return tuple(sorted(work.session.scalars(statement)))


def runs_of(work: UnitOfWork, period: Period) -> tuple[Run, ...]:
    """The current runs of a period's months, the earliest first."""
    months = (Run.month_date >= month_start(period.start_date), Run.month_date <= period.as_of_date)
    return tuple(work.session.scalars(select(Run).where(Run.current, *months).order_by(Run.month_date)))


def _check(by: By, period: Period, account: Account | None) -> None:
    if by is By.PERIOD and period.kind is PeriodKind.DAY:
        raise _invalid("by", "A day has no parts in time.")
    if by is By.ACCOUNT_DAY and account is None:
        raise _invalid("account", "Days are shown of one account.")
    if by is By.ACCOUNT_DAY and period.kind in (PeriodKind.QUARTER, PeriodKind.YEAR):
        raise _invalid("period", "Days of an account are shown month by month.")


def _account(text: str) -> Account | None:
    try:
        return Account.parse(text) if text else None
    except ValueError:
        raise _invalid("account", "As a part of a figure names it: <dataset>/<source system>/<number>/<currency>.") from None


def _invalid(field: str, description: str) -> InvalidInput:
    violation = FieldViolation(field, description)
    return InvalidInput("EXPLANATION_INVALID", "This cannot be shown.", violations=(violation,))
