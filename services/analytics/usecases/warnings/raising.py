"""Raises warnings from what an analysis found, and keeps those that are open as the newest analysis sees them.

What an analysis finds is no act of anybody's: it goes past the audit trail, and changes no ETag, so that who is at a warning is
not stopped by a new look at its figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, bindparam, delete, insert, select, update

from services.analytics.engine import warned
from services.analytics.engine.warned import Seen, Sign
from services.analytics.model.analysis import Analysis
from services.analytics.model.customer import Customer
from services.analytics.model.warning import PROBABILITY_SCALE, CustomerWarning, WarningSignal
from services.analytics.rules import warnings
from services.analytics.rules.value import VALUE_MAX, minutes_of, per_hour
from services.analytics.rules.warnings import Closed, MeasuredOutcome, Thresholds, WarningOutcome, WarningState
from services.analytics.usecases.settings import AnalyticsSettings
from services.analytics.usecases.warnings import telling
from services.analytics.usecases.warnings.due_dates import due_date
from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import PATH_SEPARATOR
from services.chassis.kernel.dates import moved

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from services.analytics.usecases.analyses.keeping import Files

# Customers of one call: a fraction of a second.
AT_ONCE = 500
# By it raising and whatever moves warnings between customers wait for each other.
HELD = "warnings"
# Where to go on: behind a customer's number, or with those that are open and were not seen on the way.
_BEHIND, _OPEN = "behind ", "open"
# The numbers of `workbench.customer.v1.CustomerKind`, by their names in the settings.
_KINDS = {"retail": 1, "corporate": 2, "financial_institution": 3, "public_sector": 4}


def raise_warnings(work: UnitOfWork, connection: DuckDBPyConnection, files: Files, analysis: Analysis, after: str = "") -> str:
    """Takes the next customers of an analysis; answers where to go on, as `after` of the next call, and "" at the end.

    Reads `signals` and `scores`. Repeated it changes nothing more. Does nothing where another analysis looked at a later date, or
    the date is long ago.
    """
    with work.whole_bank():
        if _is_past(work, analysis):
            return ""
        work.hold(HELD)
        warned.stage(
            connection,
            analysis.analysis_id,
            files.scores,
            files.signals,
            _thresholds(work),
            lambda: work.session.scalars(_open_numbers()).all(),
        )
        if after == _OPEN:
            return _OPEN if _look_again(work, connection, analysis) else ""
        found = warned.worth_warning(connection, after.removeprefix(_BEHIND), AT_ONCE)
        _take(work, analysis, found)
        return _BEHIND + found[-1].customer_number if len(found) == AT_ONCE else _OPEN


def _open_numbers() -> Select[Any]:
    """The numbers of customers who are warned of already."""
    # From the few that are open to their customers: the other way round SQLite walks all of them for each customer.
    customers = select(Customer.customer_number).join(CustomerWarning, CustomerWarning.customer_id == Customer.customer_id)
    return customers.where(CustomerWarning.open)


def _is_past(work: UnitOfWork, analysis: Analysis) -> bool:
    """Whether what the analysis sees is over: of a day long ago, or looked beyond by another."""
    if (work.business_date - analysis.as_of_date).days > work.settings.warning_age_days_max:
        return True
    later = select(CustomerWarning.warning_id).where(CustomerWarning.as_of_date > analysis.as_of_date).limit(1)
    current = select(Analysis.analysis_id).where(Analysis.current, Analysis.as_of_date > analysis.as_of_date).limit(1)
    return any(work.session.scalar(statement) is not None for statement in (later, current))


def _thresholds(work: UnitOfWork) -> Thresholds:
    settings: Any = work.settings
    return Thresholds(settings.warning_probability_min, settings.warning_value_min_minor_units, settings.warning_severity_min)


def _take(work: UnitOfWork, analysis: Analysis, found: Sequence[Seen]) -> None:
    """Raises a warning of each customer, or looks at the one that is open."""
    by_id = {each.customer_id: each for each in found if each.customer_id}
    known = _open(work, among(CustomerWarning.customer_id, sorted(by_id)))
    _look_at(work, analysis, known, {each.customer_number: each for each in found}, _customers(work, by_id))
    open_of = {each.customer_id for each in known}
    fresh = {customer_id: each for customer_id, each in by_id.items() if customer_id not in open_of}
    customers, closed = _customers(work, fresh), _last_closed(work, fresh)
    cooling_days, thresholds = work.settings.warning_cooling_days, _thresholds(work)
    _insert(
        work,
        analysis,
        [
            (customers[customer_id], each)
            for customer_id, each in fresh.items()
            if customer_id in customers
            and warnings.raises(each.look, thresholds)
            and not warnings.rests(closed.get(customer_id), each.look.severity, analysis.as_of_date, cooling_days)
        ],
    )


def _look_again(work: UnitOfWork, connection: DuckDBPyConnection, analysis: Analysis) -> bool:
    """Looks at open warnings for which the analysis saw no reason; whether there may be more."""
    known = _open(work, CustomerWarning.analysis_id != analysis.analysis_id)
    if not known:
        return False
    customers = _customers(work, [each.customer_id for each in known])
    numbers = [each.customer_number for each in customers.values()]
    found = {each.customer_number: each for each in warned.seen(connection, numbers)}
    _look_at(work, analysis, known, found, customers)
    return len(known) == AT_ONCE


def _open(work: UnitOfWork, which: Any) -> Sequence[CustomerWarning]:
    statement = select(CustomerWarning).where(CustomerWarning.open, which).order_by(CustomerWarning.warning_id).limit(AT_ONCE)
    return work.session.scalars(statement.with_for_update().execution_options(populate_existing=True)).all()


def _customers(work: UnitOfWork, customer_ids: Iterable[str]) -> dict[str, Customer]:
    """Those that stand, by id."""
    named = sorted(customer_ids)
    statement = select(Customer).where(among(Customer.customer_id, named), ~Customer.gone, Customer.merged_into_customer_id == "")
    return {each.customer_id: each for each in work.session.scalars(statement)} if named else {}


def _last_closed(work: UnitOfWork, customer_ids: Iterable[str]) -> dict[str, Closed]:
    named = sorted(customer_ids)
    if not named:
        return {}
    columns = (CustomerWarning.customer_id, CustomerWarning.close_date, CustomerWarning.outcome, CustomerWarning.severity)
    closed = select(*columns).where(among(CustomerWarning.customer_id, named), ~CustomerWarning.open)
    # The last one of each overwrites those before.
    rows = work.session.execute(closed.order_by(CustomerWarning.close_date, CustomerWarning.warning_id)).all()
    return {row.customer_id: Closed(row.close_date, row.outcome, row.severity) for row in rows}


def _insert(work: UnitOfWork, analysis: Analysis, raised: Sequence[tuple[Customer, Seen]]) -> None:
    if not raised:
        return
    settings: Any = work.settings
    rows = [
        _blank(work)
        | _figures(work, analysis, customer, seen)
        | {
            "warning_id": work.new_id(),
            "customer_id": customer.customer_id,
            "assignee_person_id": customer.lead_person_id,
            # Row-level security hides what has no path, also from the service.
            "organisation_path": customer.organisation_path or PATH_SEPARATOR,
            "held_out": warnings.held_out(customer.customer_id, analysis.as_of_date, settings.warning_held_out_percent),
            "raise_date": analysis.as_of_date,
            "seen_date": analysis.as_of_date,
            "due_date": due_date(work),
            "horizon_date": moved(analysis.as_of_date, settings.leaving_horizon_days),
        }
        for customer, seen in raised
    ]
    work.session.execute(insert(CustomerWarning).execution_options(render_nulls=True), rows)
    _insert_signs(
        work, [_sign(row["warning_id"], each) for row, (_, seen) in zip(rows, raised, strict=True) for each in seen.signs]
    )
    telling.raised(work, rows, [seen for _, seen in raised])


def _look_at(
    work: UnitOfWork,
    analysis: Analysis,
    known: Sequence[CustomerWarning],
    found: Mapping[str, Seen],
    customers: Mapping[str, Customer],
) -> None:
    """Gives open warnings the figures of this analysis; of a customer whom it has not seen they stay."""
    pairs = [
        (warning, customer, found[customer.customer_number])
        for warning in known
        if (customer := customers.get(warning.customer_id)) and customer.customer_number in found
    ]
    _write(work, analysis, [each.warning_id for each in known], pairs)
    for warning, _, seen in pairs:
        # `warning` still has the severity of the look before.
        if seen.look.severity > warning.severity:
            if warning.state == WarningState.POSTPONED:
                warning.assign(warning.assignee_person_id, due_date(work), work.now)
            codes = [each.signal_code for each in seen.signs]
            telling.raised_again(work, warning, analysis.as_of_date, seen.look.severity, codes)


def _write(
    work: UnitOfWork, analysis: Analysis, looked_at: Sequence[str], pairs: Sequence[tuple[CustomerWarning, Customer, Seen]]
) -> None:
    if not looked_at:
        return
    table: Any = CustomerWarning.__table__
    connection, thresholds = work.session.connection(), _thresholds(work)
    connection.execute(update(table).where(among(table.c.warning_id, looked_at)).values(analysis_id=analysis.analysis_id))
    if not pairs:
        return
    rows: list[dict[str, Any]] = [
        {
            "row_id": warning.warning_id,
            "seen_date": analysis.as_of_date if warnings.raises(seen.look, thresholds) else warning.seen_date,
        }
        | _figures(work, analysis, customer, seen)
        for warning, customer, seen in pairs
    ]
    values: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "row_id"}
    connection.execute(update(table).where(table.c.warning_id == bindparam("row_id")).values(values), rows)
    of_these = delete(WarningSignal).where(among(WarningSignal.warning_id, [row["row_id"] for row in rows]))
    work.session.execute(of_these.execution_options(synchronize_session=False))
    _insert_signs(work, [_sign(warning.warning_id, each) for warning, _, seen in pairs for each in seen.signs])


def _figures(work: UnitOfWork, analysis: Analysis, customer: Customer, seen: Seen) -> dict[str, Any]:
    """What a look at a customer says of his warning."""
    minutes = _minutes(work, customer)
    probability, value_at_risk = seen.look.probability, seen.look.value_at_risk
    return {
        "analysis_id": analysis.analysis_id,
        "as_of_date": analysis.as_of_date,
        "onset_date": seen.onset_date,
        "severity": seen.look.severity,
        "probability_e6": None if probability is None else round(probability * PROBABILITY_SCALE),
        "model_id": seen.model_id,
        "value_at_risk_minor_units": min(value_at_risk, VALUE_MAX),
        "expected_loss_minor_units": None if seen.expected_loss is None else min(seen.expected_loss, VALUE_MAX),
        "minutes": minutes,
        "value_per_hour_minor_units": per_hour(seen.expected_loss, minutes),
        "reasons": seen.reasons,
    }


def _minutes(work: UnitOfWork, customer: Customer) -> int:
    by_name = AnalyticsSettings.model_fields["warning_minutes"].default | work.settings.warning_minutes
    return minutes_of({_KINDS[name]: minutes for name, minutes in by_name.items()}, customer.kind, by_name["retail"])


def _insert_signs(work: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        work.session.execute(insert(WarningSignal), rows)


def _sign(warning_id: str, sign: Sign) -> dict[str, Any]:
    return {
        "warning_id": warning_id,
        "signal_code": sign.signal_code,
        "rule_version": sign.rule_version,
        "severity": sign.severity,
        "onset_date": sign.onset_date,
        "evidence": sign.evidence,
    }


def _blank(work: UnitOfWork) -> dict[str, Any]:
    """The values of a new warning's row that say nothing yet."""
    return {
        "state": WarningState.RAISED.value,
        "open": True,
        "accepter_person_id": "",
        "accept_time": None,
        "response_seconds": None,
        "postpone_date": None,
        "postpone_count": 0,
        "outcome": WarningOutcome.UNSPECIFIED.value,
        "outcome_note": "",
        "closer_person_id": "",
        "close_time": None,
        "close_date": None,
        "measured_outcome": MeasuredOutcome.UNSPECIFIED.value,
        "create_time": work.now,
        "update_time": work.now,
        "version": 1,
    }
