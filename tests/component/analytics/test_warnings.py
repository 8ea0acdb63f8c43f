"""Warnings: raised once of a customer, ranked by what an hour of work could save, worked on, and followed to an outcome."""

import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
from workbench.analytics.v1 import warning_events_pb2, warning_pb2
from workbench.timeline.v1 import events_pb2 as timeline_events_pb2

from services.analytics.engine.learning.scoring import write_scores
from services.analytics.engine.signals import write_signals
from services.analytics.model import SignalMeasure
from services.analytics.rules import warnings as rules
from services.analytics.rules.features import FEATURES
from services.analytics.rules.supplied_rules import SUPPLIED_RULES
from services.chassis.kernel.errors import WorkbenchError
from tests.component.analytics.warning_builders import (
    AS_OF,
    NOW,
    business_date,
    kept,
    listed,
    new_bank,
    number,
    refused,
    settings,
)
from tests.component.town import run_together
from tests.unit.analytics.feature_rows import write_features

RAISED, ACCEPTED = warning_pb2.WARNING_STATE_RAISED, warning_pb2.WARNING_STATE_ACCEPTED
POSTPONED, CLOSED = warning_pb2.WARNING_STATE_POSTPONED, warning_pb2.WARNING_STATE_CLOSED
RETAINED, LOST = warning_pb2.WARNING_OUTCOME_RETAINED, warning_pb2.WARNING_OUTCOME_LOST
NOT_LEAVING, FADED = warning_pb2.WARNING_OUTCOME_NOT_LEAVING, warning_pb2.WARNING_OUTCOME_FADED


@pytest.fixture
def bank(town, tmp_path, at):
    at(NOW)
    return new_bank(town, tmp_path)


@pytest.fixture
def warned(town, bank):
    """A customer of rm1_east of whom he was warned just now: the customer's id and the warning."""
    customer_id = town.customer(town.rm1_east)
    bank.score(customer_id)
    bank.sign(customer_id, severity=2)
    bank.analyse()
    (warning,) = listed(town.rm1_east)
    return customer_id, warning


def test_a_warning_says_why_what_is_at_risk_and_what_to_do(town, bank, warned):
    customer_id, warning = warned
    assert (warning.customer_id, warning.customer_name, warning.state) == (customer_id, "欧阳芳", RAISED)
    assert (warning.probability, warning.value_at_risk.amount) == ("0.5000", "100000.00")
    assert warning.expected_loss.amount == "50000.00"
    # A retail customer takes half an hour.
    assert (warning.minutes, warning.value_per_hour.amount, warning.value_per_hour.currency_code) == (30, "100000.00", "CNY")
    (sign,) = warning.signals
    assert (sign.signal_code, sign.severity, sign.evidence["fall_30"]) == ("BALANCE_FALL", 2, "0.62")
    assert "62%" in sign.chinese
    assert "62%" in sign.english
    (reason,) = warning.reasons
    assert (reason.feature, reason.value, reason.contribution) == ("fall_30", "0.62", "1.4000")
    assert (reason.chinese, reason.english) == (f"{FEATURES['fall_30'].chinese}：62%", f"{FEATURES['fall_30'].english}: 62%")
    assert [step.code for step in warning.next_steps] == ["BALANCE_FALL", "ASK_WHERE_MONEY_GOES"]
    assert all(step.chinese and step.english for step in warning.next_steps)
    assert warning.assignee_person_id == town.rm1_east.person_id
    assert (warning.raise_date, warning.onset_date) == (str(AS_OF), str(AS_OF - timedelta(days=9)))
    assert warning.due_date == str(business_date(town) + timedelta(days=3))
    (event,) = town.recorded(warning_events_pb2.WarningRaised, warning_id=warning.warning_id)
    assert (event.assignee_person_id, list(event.signal_codes), event.again) == (town.rm1_east.person_id, ["BALANCE_FALL"], False)
    (entry,) = town.recorded(timeline_events_pb2.CustomerTimelineEntryRecorded, customer_id=customer_id)
    assert (entry.kind, dict(entry.parameters)) == ("warning_raised", {"severity": "2", "signals": "BALANCE_FALL"})


def test_they_are_ranked_by_value_per_hour_of_work_and_paged(town, bank):
    retail = [town.customer(town.rm1_east) for _ in range(3)]
    corporate = town.customer(town.rm1_east, kind=2)
    for place, customer_id in enumerate(retail):
        bank.score(customer_id, 0.4, 10_000_00 * (place + 1))
    # Twice as much as the best of them, and three times the work.
    bank.score(corporate, 0.9, 30_000_00)
    thin = town.customer(town.rm1_east)
    bank.score(thin, None, 0)
    bank.sign(thin)
    bank.analyse()
    ranked = [each.customer_id for each in listed(town.rm1_east)]
    assert ranked == [retail[2], corporate, retail[1], retail[0], thin]
    first = town.rm1_east.call("ListWarnings", page_size=2)
    second = town.rm1_east.call("ListWarnings", page_size=2, page_token=first.next_page_token)
    assert [each.customer_id for each in (*first.warnings, *second.warnings)] == ranked[:4]
    unknown = listed(town.rm1_east)[-1]
    assert (unknown.probability, unknown.HasField("expected_loss"), unknown.value_per_hour.amount) == (
        "",
        False,
        "0.00",
    )


def test_who_is_warned_of(town, bank):
    unlikely, poor, noted, severe = (town.customer(town.rm1_east) for _ in range(4))
    bank.score(unlikely, 0.29)
    bank.score(poor, 0.9, 9_999_99)
    bank.sign(noted, severity=2)
    bank.sign(severe, severity=3)
    nan = town.customer(town.rm1_east)
    bank.score(nan, float("nan"))
    bank.score(str(nan)[:11] + "x", 0.9)  # nobody whom the service knows
    bank.analyse()
    names = {unlikely: "unlikely", poor: "poor", noted: "noted", severe: "severe", nan: "nan"}
    assert [names[each.customer_id] for each in listed(town.rm1_east)] == ["severe"]


def test_of_a_customer_one_is_open_and_a_new_look_changes_its_figures(town, bank, warned):
    customer_id, warning = warned
    bank.score(customer_id, 0.7, 50_000_00)
    bank.sign(customer_id, "SALARY_STOPPED", severity=2, onset_date=AS_OF - timedelta(days=20))
    bank.analyse(AS_OF + timedelta(days=1))
    (again,) = listed(town.rm1_east)
    assert (again.warning_id, again.etag, again.probability) == (warning.warning_id, warning.etag, "0.7000")
    assert again.expected_loss.amount == "35000.00"
    assert [each.signal_code for each in again.signals] == ["BALANCE_FALL", "SALARY_STOPPED"]
    assert (again.raise_date, again.as_of_date) == (str(AS_OF), str(AS_OF + timedelta(days=1)))
    # Not more severe: nobody is told again.
    assert len(town.recorded(warning_events_pb2.WarningRaised, warning_id=warning.warning_id)) == 1
    bank.sign(customer_id, "COMPLAINT_UNANSWERED", severity=3)
    bank.analyse(AS_OF + timedelta(days=2))
    assert [each.again for each in town.recorded(warning_events_pb2.WarningRaised, warning_id=warning.warning_id)] == [
        False,
        True,
    ]
    # The same analysis again, and one of a day before: nothing changes.
    bank.analyse(AS_OF + timedelta(days=2))
    bank.forget(customer_id)
    bank.analyse(AS_OF + timedelta(days=1))
    (last,) = listed(town.rm1_east)
    assert (last.severity, len(last.signals)) == (3, 3)
    assert len(town.recorded(warning_events_pb2.WarningRaised, warning_id=warning.warning_id)) == 2


def test_what_is_told_is_as_severe_as_on_the_date_that_it_names_and_only_what_becomes_worse_is_told(town, bank):
    customer_id = town.customer(town.rm1_east)
    bank.score(customer_id)
    bank.sign(customer_id, severity=3)
    bank.analyse()
    (raised,) = listed(town.rm1_east)
    bank.forget(customer_id)
    bank.score(customer_id)
    bank.sign(customer_id, severity=2)
    bank.analyse(AS_OF + timedelta(days=1))
    (eased,) = listed(town.rm1_east)
    assert (raised.severity, eased.severity, eased.warning_id) == (3, 2, raised.warning_id)
    bank.sign(customer_id, "SALARY_STOPPED", severity=3)
    bank.analyse(AS_OF + timedelta(days=2))
    told = town.recorded(warning_events_pb2.WarningRaised, warning_id=raised.warning_id)
    assert [(each.severity, each.business_date) for each in told] == [(3, str(AS_OF)), (3, str(AS_OF + timedelta(days=2)))]


def test_many_are_raised_batch_by_batch(town, bank, monkeypatch):
    monkeypatch.setattr("services.analytics.usecases.warnings.raising.AT_ONCE", 3)
    customer_ids = sorted(town.customer(town.rm1_east) for _ in range(7))
    for customer_id in customer_ids:
        bank.score(customer_id)
    assert bank.analyse() == 4
    assert sorted(each.customer_id for each in listed(town.rm1_east)) == customer_ids
    for customer_id in customer_ids:
        bank.forget(customer_id)
    assert bank.analyse(AS_OF + timedelta(days=1)) == 4
    assert {each.probability for each in listed(town.rm1_east)} == {"0.0100"}


def test_it_is_taken_up_and_closed_with_an_outcome(town, bank, warned):
    customer_id, warning = warned
    accepted = town.rm1_east.call("AcceptWarning", warning_id=warning.warning_id, etag=warning.etag)
    assert (accepted.state, accepted.accepter_person_id) == (ACCEPTED, town.rm1_east.person_id)
    with refused("WARNING_CHANGED"):
        town.rm1_east.call("AcceptWarning", warning_id=warning.warning_id, etag=warning.etag)
    with refused("WARNING_ACCEPTED"):
        town.rm1_east.call("AcceptWarning", warning_id=warning.warning_id)
    closed = town.rm1_east.call("RecordWarningOutcome", warning_id=warning.warning_id, outcome=RETAINED, note="续存半年")
    assert (closed.state, closed.outcome, closed.outcome_note) == (CLOSED, RETAINED, "续存半年")
    assert (closed.closer_person_id, closed.close_date) == (town.rm1_east.person_id, str(business_date(town)))
    (event,) = town.recorded(warning_events_pb2.WarningClosed, warning_id=warning.warning_id)
    assert event.outcome == RETAINED
    with refused("WARNING_CLOSED"):
        town.rm1_east.call("RecordWarningOutcome", warning_id=warning.warning_id, outcome=LOST)
    assert listed(town.rm1_east) == []
    assert [each.warning_id for each in listed(town.rm1_east, customer_id=customer_id)] == [warning.warning_id]
    (told,) = town.rm1_east.call("ListWarningOutcomes").warnings
    assert told.outcome == RETAINED


def test_two_outcomes_at_once(town, bank, warned):
    _, warning = warned
    outcomes = []

    def close(outcome):
        try:
            town.rm1_east.call("RecordWarningOutcome", warning_id=warning.warning_id, outcome=outcome)
        except WorkbenchError as refusal:
            outcomes.append(refusal.reason)
        else:
            outcomes.append(outcome)

    run_together(close, [RETAINED, LOST, NOT_LEAVING, LOST])
    assert outcomes.count("WARNING_CLOSED") == 3
    (kept_outcome,) = [each for each in outcomes if each != "WARNING_CLOSED"]
    assert town.rm1_east.call("GetWarning", warning_id=warning.warning_id).outcome == kept_outcome
    assert len(town.recorded(warning_events_pb2.WarningClosed, warning_id=warning.warning_id)) == 1


def test_two_analyses_at_once_raise_one(town, bank):
    customer_id = town.customer(town.rm1_east)
    bank.score(customer_id)
    analyses = [bank.found() for _ in range(3)]
    run_together(lambda each: bank.warn(*each), analyses)
    assert len(kept(town, customer_id)) == 1
    assert len(town.recorded(warning_events_pb2.WarningRaised, customer_id=customer_id)) == 1


def test_a_customer_rests_after_an_outcome_unless_it_becomes_more_severe(town, bank, warned):
    customer_id, warning = warned
    town.rm1_east.call("RecordWarningOutcome", warning_id=warning.warning_id, outcome=NOT_LEAVING)
    bank.analyse(AS_OF + timedelta(days=1))
    assert listed(town.rm1_east) == []
    bank.sign(customer_id, "SALARY_STOPPED", severity=3)
    bank.analyse(AS_OF + timedelta(days=2))
    (severe,) = listed(town.rm1_east)
    assert severe.severity == 3
    town.rm1_east.call("RecordWarningOutcome", warning_id=severe.warning_id, outcome=RETAINED)
    closed = business_date(town)
    bank.analyse(closed + timedelta(days=29))
    assert listed(town.rm1_east) == []
    bank.analyse(closed + timedelta(days=30))
    assert len(listed(town.rm1_east)) == 1


def test_it_rests_until_its_day_and_comes_back_when_it_becomes_more_severe(town, bank, warned, at):
    customer_id, warning = warned
    today = business_date(town)
    for day in (today, today + timedelta(days=15), today - timedelta(days=1)):
        with refused("POSTPONE_DATE_UNFIT"):
            town.rm1_east.call("PostponeWarning", warning_id=warning.warning_id, postpone_date=str(day))
    for unreal in ("2026-02-30", "0000-01-01"):
        with refused("DATE_INVALID"):
            town.rm1_east.call("PostponeWarning", warning_id=warning.warning_id, postpone_date=unreal)
    week = today + timedelta(days=7)
    rests = town.rm1_east.call("PostponeWarning", warning_id=warning.warning_id, postpone_date=str(week))
    assert (rests.state, rests.postpone_date, rests.postpone_count) == (POSTPONED, str(week), 1)
    town.run_timer("warnings.keep_up")
    assert kept(town, customer_id)[0].state == POSTPONED
    bank.sign(customer_id, "SALARY_STOPPED", severity=3)
    bank.analyse(AS_OF + timedelta(days=1))
    (back,) = listed(town.rm1_east, state=RAISED)
    assert (back.severity, back.postpone_date) == (3, "")
    town.rm1_east.call("PostponeWarning", warning_id=warning.warning_id, postpone_date=str(week))
    with town.service.database.transaction(read_only=True) as work:
        now = work.now
    at(now + timedelta(days=7))
    town.run_timer("warnings.keep_up")
    (back,) = listed(town.rm1_east, state=RAISED)
    assert back.due_date == str(week + timedelta(days=3))
    events = town.recorded(warning_events_pb2.WarningRaised, warning_id=warning.warning_id)
    assert [each.again for each in events] == [False, True, True]
    town.rm1_east.call("PostponeWarning", warning_id=warning.warning_id, postpone_date=str(week + timedelta(days=1)))
    with refused("POSTPONED_TOO_OFTEN"):
        town.rm1_east.call("PostponeWarning", warning_id=warning.warning_id, postpone_date=str(week + timedelta(days=2)))


def test_what_nobody_took_up_fades_and_expires(town, bank, warned, at):
    customer_id, _ = warned
    at_work = town.customer(town.rm1_east)
    bank.score(at_work)
    bank.analyse()
    other = next(each for each in listed(town.rm1_east) if each.customer_id == at_work)
    town.rm1_east.call("AcceptWarning", warning_id=other.warning_id)
    for each in (customer_id, at_work):
        bank.forget(each)
    bank.analyse(AS_OF + timedelta(days=13))
    town.run_timer("warnings.keep_up")
    assert kept(town, customer_id)[0].open
    bank.analyse(AS_OF + timedelta(days=14))
    town.run_timer("warnings.keep_up")
    faded, accepted = kept(town, customer_id)[0], kept(town, at_work)[0]
    assert (faded.outcome, faded.closer_person_id, accepted.open) == (FADED, "", True)
    # What faded asked nobody to do anything: he may be warned of again at once.
    bank.score(customer_id)
    bank.analyse(AS_OF + timedelta(days=15))
    assert len(kept(town, customer_id)) == 2
    with town.service.database.transaction(read_only=True) as work:
        now = work.now
    at(now + timedelta(days=400))
    town.run_timer("warnings.keep_up")
    assert kept(town, at_work)[0].outcome == warning_pb2.WARNING_OUTCOME_EXPIRED


def test_somebody_in_charge_assigns_it(town, bank, warned):
    _, warning = warned
    colleague = town.colleague("relationship_manager", "EAST/E01/", "李静")
    with refused("PERMISSION_DENIED"):
        town.rm1_east.call("AssignWarning", warning_id=warning.warning_id, assignee_person_id=colleague.person_id)
    with refused("WARNING_NOT_FOUND"):
        town.manager_west.call("AssignWarning", warning_id=warning.warning_id, assignee_person_id=town.rm1_west.person_id)
    with refused("PERSON_NOT_FOUND"):
        town.leader_east.call("AssignWarning", warning_id=warning.warning_id, assignee_person_id=town.rm1_west.person_id)
    town.rm1_east.call("AcceptWarning", warning_id=warning.warning_id)
    given = town.leader_east.call("AssignWarning", warning_id=warning.warning_id, assignee_person_id=colleague.person_id)
    assert (given.state, given.assignee_name, given.accepter_person_id) == (RAISED, "李静", "")
    (event,) = town.recorded(warning_events_pb2.WarningAssigned, warning_id=warning.warning_id)
    assert event.former_assignee_person_id == town.rm1_east.person_id
    # He works on it, and does not reach the customer; its lead sees it still.
    (seen,) = listed(colleague)
    assert (seen.customer_name, seen.customer_number) == ("", "")
    assert town.rm1_east.call("GetWarning", warning_id=warning.warning_id).warning_id == warning.warning_id
    town.leader_east.call("AssignWarning", warning_id=warning.warning_id, assignee_person_id=colleague.person_id)
    assert len(town.recorded(warning_events_pb2.WarningAssigned, warning_id=warning.warning_id)) == 1
    colleague.call("RecordWarningOutcome", warning_id=warning.warning_id, outcome=LOST)
    # Closed, it is no longer his.
    with refused("WARNING_NOT_FOUND"):
        colleague.call("GetWarning", warning_id=warning.warning_id)


def test_a_customer_whom_nobody_leads_waits_to_be_assigned(town, bank):
    customer_id = town.customer(town.rm1_east, lead_person_id="")
    bank.score(customer_id)
    bank.analyse()
    path = f"{town.root}EAST/"
    (waits,) = listed(town.manager_east, organisation_path=path)
    assert waits.assignee_person_id == ""
    (mine,) = [town.leader_east.call("AcceptWarning", warning_id=waits.warning_id)]
    assert mine.assignee_person_id == town.leader_east.person_id
    (event,) = town.recorded(warning_events_pb2.WarningAssigned, warning_id=waits.warning_id)
    assert (event.former_assignee_person_id, event.assignee_person_id) == ("", town.leader_east.person_id)


def test_nobody_sees_or_touches_what_he_does_not_reach(town, bank, warned):
    customer_id, warning = warned
    for stranger in (town.rm2_east, town.rm1_west, town.manager_west):
        assert listed(stranger) == []
        with refused("WARNING_NOT_FOUND"):
            stranger.call("GetWarning", warning_id=warning.warning_id)
        with refused("WARNING_NOT_FOUND"):
            stranger.call("AcceptWarning", warning_id=warning.warning_id)
        with refused("WARNING_NOT_FOUND"):
            stranger.call("RecordWarningOutcome", warning_id=warning.warning_id, outcome=LOST)
        with refused("CUSTOMER_NOT_FOUND"):
            stranger.call("ListWarnings", customer_id=customer_id)
        with refused("PERSON_NOT_FOUND"):
            stranger.call("ListWarnings", person_id=town.rm1_east.person_id)
    with refused("UNIT_NOT_FOUND"):
        town.manager_west.call("ListWarnings", organisation_path=f"{town.root}EAST/")
    with refused("SUBJECT_UNCLEAR"):
        town.manager_east.call("ListWarnings", organisation_path=f"{town.root}EAST/", customer_id=customer_id)
    for reader in (town.analyst, town.auditor, town.leader_east, town.manager_east):
        assert reader.call("GetWarning", warning_id=warning.warning_id).customer_name == "欧阳芳"
    for reader in (town.analyst, town.auditor):
        with refused("PERMISSION_DENIED"):
            reader.call("AcceptWarning", warning_id=warning.warning_id)
    with refused("PERMISSION_DENIED"):
        town.steward.call("ListWarnings")


def test_what_is_asked_for_is_narrowed(town, bank, at):
    falls, stopped = town.customer(town.rm1_east), town.customer(town.rm1_east)
    bank.sign(falls)
    bank.sign(stopped, "SALARY_STOPPED")
    bank.analyse()
    (only,) = listed(town.rm1_east, signal_code="SALARY_STOPPED")
    assert only.customer_id == stopped
    town.rm1_east.call("AcceptWarning", warning_id=only.warning_id)
    assert [each.customer_id for each in listed(town.rm1_east, state=ACCEPTED)] == [stopped]
    assert listed(town.rm1_east, overdue=True) == []
    with town.service.database.transaction(read_only=True) as work:
        now = work.now
    at(now + timedelta(days=4))
    (late,) = listed(town.rm1_east, overdue=True)
    assert (late.customer_id, late.overdue) == (falls, True)


def test_a_control_group_is_kept_back(town, bank):
    customer_ids = [town.customer(town.rm1_east) for _ in range(12)]
    for customer_id in customer_ids:
        bank.score(customer_id)
    with settings(town, warning_held_out_percent=50):
        bank.analyse()
        bank.analyse(AS_OF + timedelta(days=1))
    drawn = {each for each in customer_ids if rules.held_out(each, AS_OF, 50)}
    assert {each.customer_id for each in listed(town.rm1_east)} == set(customer_ids) - drawn
    of_unit = {"organisation_path": f"{town.root}EAST/"}
    assert {each.customer_id for each in listed(town.manager_east, **of_unit)} == set(customer_ids) - drawn
    seen = listed(town.analyst, organisation_path=town.root)
    assert {each.customer_id for each in seen if each.held_out} == drawn
    assert {each.customer_id for each in town.recorded(warning_events_pb2.WarningRaised)} & drawn == set()
    if drawn:
        held_out = next(each for each in seen if each.held_out)
        with refused("WARNING_NOT_FOUND"):
            town.rm1_east.call("GetWarning", warning_id=held_out.warning_id)


def test_the_sign_of_a_rule_that_is_rarely_right_says_so(town, warned):
    _, warning = warned
    assert (warning.signals[0].precision, warning.signals[0].noisy) == ("", False)
    with town.service.database.transaction() as work:
        seen = {"rule_code": "BALANCE_FALL", "rule_version": 1, "as_of_date": AS_OF - timedelta(days=180)}
        # Of 400 whom it saw 8 left, of all 10,000 a tenth.
        counts = {"raised_count": 400, "left_count": 8, "customer_count": 10_000, "customer_left_count": 1_000}
        work.session.add(SignalMeasure(**seen, **counts, create_time=work.now))
    (sign,) = town.rm1_east.call("GetWarning", warning_id=warning.warning_id).signals
    assert (sign.precision, sign.noisy) == ("0.0200", True)


def test_bad_input_is_refused(town, warned):
    _, warning = warned
    asked = [
        ("ListWarnings", {"page_token": "x" * 2048}, "PAGE_TOKEN_INVALID"),
        ("ListWarnings", {"page_size": -1}, "page_size"),
        ("ListWarnings", {"signal_code": "a'; DROP TABLE"}, "signal_code"),
        ("ListWarnings", {"organisation_path": "/EAST"}, "organisation_path"),
        ("ListWarnings", {"person_id": "nobody"}, "person_id"),
        ("GetWarning", {"warning_id": "0"}, "warning_id"),
        ("GetWarning", {"warning_id": str(uuid.uuid4())}, "WARNING_NOT_FOUND"),
        ("PostponeWarning", {"warning_id": warning.warning_id, "postpone_date": "tomorrow"}, "postpone_date"),
        ("PostponeWarning", {"warning_id": warning.warning_id, "postpone_date": "9999-12-31"}, "POSTPONE_DATE_UNFIT"),
        ("PostponeWarning", {"warning_id": warning.warning_id, "postpone_date": "0001-01-01"}, "POSTPONE_DATE_UNFIT"),
        ("RecordWarningOutcome", {"warning_id": warning.warning_id}, "outcome"),
        ("RecordWarningOutcome", {"warning_id": warning.warning_id, "outcome": FADED}, "outcome"),
        ("RecordWarningOutcome", {"warning_id": warning.warning_id, "outcome": LOST, "note": "\0"}, "note"),
        ("RecordWarningOutcome", {"warning_id": warning.warning_id, "outcome": LOST, "etag": "0"}, "WARNING_CHANGED"),
        ("AcceptWarning", {"warning_id": warning.warning_id, "etag": "x" * 65}, "etag"),
    ]
    for method, fields, reason in asked:
        with pytest.raises(WorkbenchError) as refusal:
            town.rm1_east.call(method, **fields)
        told = refusal.value
        assert reason == told.reason or any(reason in violation.field for violation in told.violations), (method, fields)
    first = town.rm1_east.call("ListWarnings", page_size=1)
    assert first.next_page_token == ""


def test_what_signs_and_scores_find_becomes_a_warning(town, bank, tmp_path):
    falling, thin = town.customer(town.rm1_east), town.customer(town.rm1_east)
    of_falling = {"assets_now": 20_000_000, "assets_30": 25_000_000, "assets_90": 60_000_000, "assets_before": 100_000_000}
    of_falling |= {
        "fall_30": 0.75,
        "fall_7": 0.8,
        "fall_90": 0.4,
        "below_days": 30,
        "fall_onset_date": AS_OF - timedelta(days=29),
    }
    of_falling |= {"salary_overdue_days": 45, "salary_last_date": AS_OF - timedelta(days=75), "salary_interval_days": 30}
    of_thin = {"thin": True, "complaints_open": 1, "complaint_overdue_days": 20, "complaint_severity": 3, "complaint_days": 30}
    of_falling |= {"rate_gap_e8": 1_500_000, "rate_gap_since_date": AS_OF - timedelta(days=60)}
    of_thin |= {"complaint_date": AS_OF - timedelta(days=30)}
    rows = [
        {"customer_id": customer_id, "customer_number": number(customer_id), **features}
        for customer_id, features in ((falling, of_falling), (thin, of_thin))
    ]
    features = write_features(rows, tmp_path / "features.parquet")
    files = SimpleNamespace(signals=tmp_path / "signals.parquet", scores=tmp_path / "scores.parquet")
    with town.service.database.lake.connection() as connection:
        write_signals(connection, features, SUPPLIED_RULES, AS_OF, files.signals)
        write_scores(connection, features, None, files.signals, files.scores)
    analysis_id, _ = bank.found()
    bank.warn(analysis_id, files)
    first, second = listed(town.rm1_east)
    assert (first.customer_id, second.customer_id) == (falling, thin)
    assert (first.model_id, first.value_at_risk.amount) == ("", "200000.00")
    assert {"BALANCE_FALL", "SALARY_STOPPED"} <= {each.signal_code for each in first.signals}
    assert "COMPLAINT_UNANSWERED" in {each.signal_code for each in second.signals}
    assert (second.probability, second.severity) == ("", 3)
    for warning in (first, second):
        assert all(each.chinese and each.english for each in (*warning.signals, *warning.reasons, *warning.next_steps))
        assert warning.next_steps


def test_rates_are_told_as_rates_by_the_rules_and_by_a_model(town, bank):
    by_model, by_rules = town.customer(town.rm1_east), town.customer(town.rm1_east)
    bank.score(by_model, reasons=[("rate_gap_e8", 1_500_000, 0.8), ("sign_in_fall", None, 0.1)])
    bank.score(by_rules, 0.4, reasons=[("rate_gap_e8", 0.015, 0.15)], model_id="")
    bank.analyse()
    for warning in listed(town.rm1_east):
        assert warning.reasons[0].english.endswith(": 1.5%")
        assert warning.next_steps[0].code == "OFFER_BETTER_RATE"
    assert listed(town.rm1_east)[0].reasons[1].english.endswith(": unknown")


def test_while_a_history_comes_in_nobody_is_warned_of_what_is_long_over(town, bank):
    customer_id = town.customer(town.rm1_east)
    bank.score(customer_id)
    today = business_date(town)
    for days in (500, 90, 11):
        bank.analyse(today - timedelta(days=days))
    assert kept(town, customer_id) == []
    bank.analyse(today - timedelta(days=10))
    assert len(kept(town, customer_id)) == 1
