"""Finds warnings within the caller's reach, one or a page of them.

A warning goes with its customer: it is reached by whoever reaches him, whoever led him before. While it is open it is reached by
whoever it is assigned to as well. Those that are kept back are seen by nobody who could work on them.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, true
from sqlalchemy.orm import selectinload
from workbench.analytics.v1 import warning_service_pb2

from services.analytics.model.customer import Customer
from services.analytics.model.warning import CustomerWarning, WarningSignal
from services.analytics.rules.warnings import WarningState
from services.analytics.usecases import reaching
from services.chassis.db import listing
from services.chassis.db.scope import below, reached
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import PATH_SEPARATOR
from services.chassis.kernel.dates import moved, optional_date
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotFound, StaleVersion
from services.chassis.kernel.paging import Page

WORK_PERMISSION = "analytics.warning.work"
PERIOD_DAYS = 365
PERIOD_DAYS_MAX = 3_660
_RANK = (
    (CustomerWarning.value_per_hour_minor_units, listing.number),
    (CustomerWarning.severity, listing.number),
    (CustomerWarning.warning_id, listing.text),
)
_LAST_CLOSED = ((CustomerWarning.close_date, listing.day), (CustomerWarning.warning_id, listing.text))


def found(work: UnitOfWork, warning_id: str, *, to_change: bool = False, etag: str = "") -> CustomerWarning:
    """One in reach, with its signs, held against other writers where it is to be changed.

    Raises NotFound WARNING_NOT_FOUND, and StaleVersion WARNING_CHANGED where an ETag is given that is no longer its own.
    """
    statement = _shown().where(CustomerWarning.warning_id == warning_id.lower(), in_reach(work))
    if to_change:
        # As it is once whoever held it has committed, not as it was read before.
        statement = statement.with_for_update(of=CustomerWarning).execution_options(populate_existing=True)
    warning: CustomerWarning | None = work.session.scalars(statement).one_or_none()
    if warning is None:
        raise NotFound("WARNING_NOT_FOUND", "There is no such warning within your reach.")
    if etag and etag != warning.etag:
        raise StaleVersion("WARNING_CHANGED", "It changed since you read it; read it again and repeat.")
    return warning


def read_page(work: UnitOfWork, request: warning_service_pb2.ListWarningsRequest) -> Page:
    """A page of those of a person, about a customer or of a unit, the most valuable first.

    Raises InvalidInput SUBJECT_UNCLEAR, and NotFound where what is named is out of reach.
    """
    statement = _shown().where(of_subject(work, request), in_reach(work))
    if request.state:
        statement = statement.where(CustomerWarning.state == request.state)
    if int(request.state) != WarningState.CLOSED and not (request.customer_id and not request.state):
        statement = statement.where(CustomerWarning.open)
    if request.signal_code:
        signed = select(WarningSignal.warning_id).where(WarningSignal.signal_code == request.signal_code)
        statement = statement.where(CustomerWarning.warning_id.in_(signed))
    if request.overdue:
        statement = statement.where(is_overdue(work.business_date))
    return listing.read_page(work, statement, request, _RANK, downwards=True)


def read_outcomes(work: UnitOfWork, request: warning_service_pb2.ListWarningOutcomesRequest) -> Page:
    """A page of closed ones, the last closed first; raises as `read_page` and `period` do."""
    start, end = period(work, request)
    statement = _shown().where(
        of_subject(work, request), in_reach(work), ~CustomerWarning.open, CustomerWarning.close_date.between(start, end)
    )
    if request.outcome:
        statement = statement.where(CustomerWarning.outcome == request.outcome)
    if request.measured_outcome:
        statement = statement.where(CustomerWarning.measured_outcome == request.measured_outcome)
    return listing.read_page(work, statement, request, _LAST_CLOSED, downwards=True)


def of_subject(work: UnitOfWork, request: Any) -> ColumnElement[bool]:
    """Whose warnings are asked for; the caller's own where nobody is named.

    Raises InvalidInput SUBJECT_UNCLEAR where more than one is named, and NotFound where what is named is out of reach.
    """
    customer_id = getattr(request, "customer_id", "")
    if sum(map(bool, (request.person_id, customer_id, request.organisation_path))) > 1:
        violation = FieldViolation("person_id", "One of the person, the customer and the unit.")
        raise InvalidInput("SUBJECT_UNCLEAR", "Name one of them.", violations=(violation,))
    if customer_id:
        return CustomerWarning.customer_id == reaching.customer(work, customer_id).customer_id
    if request.organisation_path:
        return below(CustomerWarning.organisation_path, reaching.unit_path(work, request.organisation_path))
    return CustomerWarning.assignee_person_id == reaching.person(work, request.person_id).person_id


def in_reach(work: UnitOfWork) -> ColumnElement[bool]:
    """Whether the caller may see a warning."""
    shown = true() if sees_held_out(work) else ~CustomerWarning.held_out
    if PATH_SEPARATOR in work.scope.organisation_paths:
        return shown
    of_customer = exists().where(Customer.customer_id == CustomerWarning.customer_id, reached(Customer, work.scope, work.caller))
    own = and_(CustomerWarning.open, CustomerWarning.assignee_person_id == work.caller.person_id)
    return and_(shown, or_(of_customer, own))


def sees_held_out(work: UnitOfWork) -> bool:
    """Whether the caller sees what is kept back: nobody does who could work on it."""
    return not work.caller.holds(WORK_PERMISSION)


def is_overdue(today: date) -> ColumnElement[bool]:
    """Whether nobody has taken it up in time."""
    return and_(CustomerWarning.state == WarningState.RAISED.value, CustomerWarning.due_date < today)


def period(work: UnitOfWork, request: Any) -> tuple[date, date]:
    """The days that are asked for, both included; raises InvalidInput DATE_INVALID and PERIOD_UNFIT."""
    end = optional_date(request.end_date, "end_date") or work.business_date
    start = optional_date(request.start_date, "start_date") or moved(end, -PERIOD_DAYS)
    if not 0 <= (end - start).days <= PERIOD_DAYS_MAX:
        violation = FieldViolation("start_date", f"Not after the end, and at most {PERIOD_DAYS_MAX} days before it.")
        raise InvalidInput("PERIOD_UNFIT", "The period is none, or too long.", violations=(violation,))
    return start, end


def _shown() -> Select[Any]:
    return select(CustomerWarning).options(selectinload(CustomerWarning.signals))
