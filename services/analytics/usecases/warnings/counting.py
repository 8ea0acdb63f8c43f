"""Counts warnings: what is open and at risk, what became of others, and what working on them did."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from workbench.analytics.v1 import warning_pb2, warning_service_pb2

from services.analytics.model.warning import CustomerWarning, WarningSignal
from services.analytics.rules import warnings
from services.analytics.rules.warnings import TOLD_OUTCOMES, MeasuredOutcome, WarningOutcome
from services.analytics.usecases import reaching
from services.analytics.usecases.warnings import finding
from services.analytics.usecases.warnings.showing import amount_message, fraction
from services.chassis.db.session import UnitOfWork

# Of a unit those with most at stake are named.
ASSIGNEES_MAX = 200
SIGNALS_MAX = 200
_LEFT = CustomerWarning.measured_outcome == MeasuredOutcome.LEFT.value
_STAYED = CustomerWarning.measured_outcome == MeasuredOutcome.STAYED.value


def overview(work: UnitOfWork, request: warning_service_pb2.GetWarningsOverviewRequest) -> warning_pb2.WarningsOverview:
    """Those of a person or a unit, counted; raises as `finding.of_subject` and `finding.period` do."""
    start, end = finding.period(work, request)
    mine = and_(finding.of_subject(work, request), finding.in_reach(work))
    closed = and_(mine, ~CustomerWarning.open, CustomerWarning.close_date.between(start, end))
    ended = and_(mine, CustomerWarning.horizon_date.between(start, end))
    shown = _open(work, and_(mine, CustomerWarning.open))
    shown.by_signal.extend(_by_signal(work, and_(mine, CustomerWarning.open), closed, ended))
    shown.by_assignee.extend(_by_assignee(work, and_(mine, CustomerWarning.open)))
    shown.by_outcome.extend(_by_outcome(work, closed))
    hours = _response_hours(work, and_(mine, CustomerWarning.raise_date.between(start, end)))
    if hours is not None:
        shown.response_hours = f"{hours:.1f}"
    if finding.sees_held_out(work):
        shown.experiment.CopyFrom(_experiment(work, ended))
    return shown


def _open(work: UnitOfWork, which: ColumnElement[bool]) -> warning_pb2.WarningsOverview:
    row = work.session.execute(
        select(
            func.max(CustomerWarning.as_of_date),
            func.count(),
            *(_count(CustomerWarning.state == state.value) for state in warnings.OPEN_STATES),
            _count(finding.is_overdue(work.business_date)),
            func.sum(CustomerWarning.value_at_risk_minor_units),
            func.sum(CustomerWarning.expected_loss_minor_units),
            func.sum(CustomerWarning.minutes),
        ).where(which)
    ).one()
    as_of_date, open_count, raised, accepted, postponed, overdue, value_at_risk, expected_loss, minutes = row
    return warning_pb2.WarningsOverview(
        as_of_date=as_of_date.isoformat() if as_of_date else "",
        open_count=open_count,
        raised_count=raised or 0,
        accepted_count=accepted or 0,
        postponed_count=postponed or 0,
        overdue_count=overdue or 0,
        value_at_risk=amount_message(work, int(value_at_risk or 0)),
        expected_loss=amount_message(work, int(expected_loss or 0)),
        minutes=int(minutes or 0),
    )


def _by_signal(work: UnitOfWork, *which: ColumnElement[bool]) -> list[warning_pb2.WarningSignalCount]:
    is_open, closed, ended = which
    false_alarm = and_(closed, CustomerWarning.outcome == WarningOutcome.NOT_LEAVING.value)
    counts = [_count(each) for each in (is_open, closed, false_alarm, and_(ended, _LEFT), and_(ended, _STAYED))]
    statement = (
        select(WarningSignal.signal_code, *counts)
        .join(CustomerWarning, CustomerWarning.warning_id == WarningSignal.warning_id)
        .where(or_(is_open, closed, ended))
        .group_by(WarningSignal.signal_code)
        .order_by(counts[0].desc(), WarningSignal.signal_code)
        .limit(SIGNALS_MAX)
    )
    return [
        warning_pb2.WarningSignalCount(
            signal_code=code,
            open_count=open_count,
            closed_count=closed_count,
            not_leaving_count=not_leaving,
            left_count=left,
            stayed_count=stayed,
        )
        for code, open_count, closed_count, not_leaving, left, stayed in work.session.execute(statement)
    ]


def _by_assignee(work: UnitOfWork, which: ColumnElement[bool]) -> list[warning_pb2.WarningAssigneeCount]:
    loss = func.coalesce(func.sum(CustomerWarning.expected_loss_minor_units), 0)
    person_id = CustomerWarning.assignee_person_id
    statement = (
        select(person_id, func.count(), _count(finding.is_overdue(work.business_date)), loss)
        .where(which)
        .group_by(person_id)
        .order_by(loss.desc(), person_id)
        .limit(ASSIGNEES_MAX)
    )
    rows = work.session.execute(statement).all()
    names = reaching.person_names(work, (row[0] for row in rows))
    return [
        warning_pb2.WarningAssigneeCount(
            assignee_person_id=each,
            assignee_name=names.get(each, ""),
            open_count=count,
            overdue_count=overdue,
            expected_loss=amount_message(work, int(expected_loss)),
        )
        for each, count, overdue, expected_loss in rows
    ]


def _by_outcome(work: UnitOfWork, closed: ColumnElement[bool]) -> list[warning_pb2.WarningOutcomeCount]:
    statement = (
        select(CustomerWarning.outcome, func.count(), _count(_LEFT), _count(_STAYED))
        .where(closed)
        .group_by(CustomerWarning.outcome)
        .order_by(CustomerWarning.outcome)
    )
    return [
        warning_pb2.WarningOutcomeCount(outcome=outcome, closed_count=count, left_count=left, stayed_count=stayed)
        for outcome, count, left, stayed in work.session.execute(statement)
    ]


def _response_hours(work: UnitOfWork, which: ColumnElement[bool]) -> float | None:
    """How long it took on average until one was taken up; None where none was."""
    # NULL where nobody has: an average passes it by.
    seconds = work.session.scalar(select(func.avg(CustomerWarning.response_seconds)).where(which))
    return None if seconds is None else float(seconds) / 3_600


def _experiment(work: UnitOfWork, ended: ColumnElement[bool]) -> warning_pb2.WarningsExperiment:
    worked = or_(
        CustomerWarning.accept_time.is_not(None), CustomerWarning.outcome.in_([outcome.value for outcome in TOLD_OUTCOMES])
    )
    groups = (~CustomerWarning.held_out, and_(~CustomerWarning.held_out, worked), CustomerWarning.held_out)
    statement = select(*(_count(and_(group, which)) for group in groups for which in (_LEFT, _STAYED))).where(ended)
    left_shown, stayed_shown, left_worked, stayed_worked, left_out, stayed_out = (
        count or 0 for count in work.session.execute(statement).one()
    )
    shown = warnings.share(left_shown, left_shown + stayed_shown)
    held_out = warnings.share(left_out, left_out + stayed_out)
    message = warning_pb2.WarningsExperiment(
        shown=_share(shown), worked=_share(warnings.share(left_worked, left_worked + stayed_worked)), held_out=_share(held_out)
    )
    if (found := warnings.uplift(shown, held_out)) is not None:
        message.uplift, message.uplift_low, message.uplift_high = map(fraction, (found.value, found.low, found.high))
    return message


def _share(share: warnings.Share) -> warning_pb2.WarningMeasuredShare:
    return warning_pb2.WarningMeasuredShare(
        measured_count=share.total,
        left_count=share.count,
        left_share=fraction(share.ratio),
        left_share_low=fraction(share.low),
        left_share_high=fraction(share.high),
    )


def _count(which: ColumnElement[bool]) -> Any:
    return func.count(case((which, 1)))
