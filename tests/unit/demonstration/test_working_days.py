"""What the demonstration bank's relationship managers did: plausible, the same each time, and the more the closer somebody is."""

from collections import Counter
from datetime import date, timedelta

import pytest
from workbench.activity.v1 import contact_pb2, feedback_pb2, lead_pb2, opportunity_pb2

from deploy.demonstration.bank import Bank
from deploy.demonstration.customers import Kind, Tier
from deploy.demonstration.working_days import voices
from deploy.demonstration.working_days.contacts import ZONE, contacts_of, planned_of
from deploy.demonstration.working_days.lives import Lives
from deploy.demonstration.working_days.progress import Worked
from deploy.demonstration.working_days.sales import STAGES, deals_of, leads_of, written
from deploy.demonstration.working_days.workdays import Workdays

FIRST, LAST = date(2024, 11, 1), date(2026, 11, 24)
WORKDAYS = Workdays(FIRST, LAST + timedelta(days=30))
CUSTOMERS = 2_000


@pytest.fixture(scope="module")
def lives(tmp_path_factory):
    return Lives(Bank(), CUSTOMERS, FIRST, tmp_path_factory.mktemp("books"))


@pytest.fixture(scope="module")
def everybody(lives):
    return list(lives.between(0, len(lives)))


@pytest.fixture(scope="module")
def contacts(lives, everybody):
    return {
        life.customer.customer_number: list(contacts_of(lives, life, WORKDAYS, FIRST, LAST, deals(lives, life)))
        for life in everybody
    }


def deals(lives, life):
    return list(deals_of(lives, life, WORKDAYS, FIRST, LAST))


def begins(row):
    return row.contact.start_time.ToDatetime(tzinfo=ZONE)


def test_each_has_a_number_of_its_own_a_workday_and_an_hour(contacts):
    rows = [row for each in contacts.values() for row in each]
    assert len({row.source_number for row in rows}) == len(rows)
    for row in rows:
        start_time = begins(row)
        assert FIRST <= start_time.date() <= LAST
        assert WORKDAYS.on_or_after(start_time.date()) == start_time.date()
        assert 9 <= start_time.hour < 17
    assert WORKDAYS.on_or_after(date(2026, 2, 17)) > date(2026, 2, 20)  # 春节
    # A Sunday that is worked before a holiday.
    assert WORKDAYS.on_or_after(date(2025, 1, 26)) == date(2025, 1, 26)


def test_what_was_told_stays_when_more_is_asked_for(lives, everybody):
    until = date(2026, 5, 8)
    for life in everybody[::40]:
        some, all_of_it = (
            {row.source_number: row for row in contacts_of(lives, life, WORKDAYS, FIRST, last, deals(lives, life))}
            for last in (until, LAST)
        )
        assert some == {number: row for number, row in all_of_it.items() if begins(row).date() <= until}


def test_who_is_worth_more_is_met_more_often(everybody, contacts):
    met, of_tier = Counter(), Counter()
    for life in everybody:
        if life.customer.kind == Kind.RETAIL and not life.reason:
            met[life.customer.tier] += len(contacts[life.customer.customer_number])
            of_tier[life.customer.tier] += 1
    paces = [met[tier] / of_tier[tier] for tier in Tier]
    assert paces == sorted(paces)
    assert 1 < paces[0] < 6
    assert paces[-1] > 20


def test_some_who_leave_are_met_less_before_and_others_are_not(everybody, contacts):
    def pace(lives_of, days_from, days_to):
        """Contacts a day, between so many days before or after the decline began."""
        met = sum(
            days_from <= (begins(row).date() - life.decline_date).days < days_to
            for life in lives_of
            for row in contacts[life.customer.customer_number]
            if "/complaint" not in row.source_number and "/deal" not in row.source_number
        )
        return met / len(lives_of) / (days_to - days_from)

    inside = [life for life in everybody if FIRST + timedelta(days=200) < life.decline_date < LAST - timedelta(days=90)]
    leavers = [life for life in inside if life.leaves and not life.quiet]
    quiet = [life for life in inside if life.leaves and life.quiet]
    assert len(leavers) > 50
    before, around = pace(leavers, -200, -60), pace(leavers, -25, 60)
    assert 0.3 * before < around < 0.85 * before
    assert pace(quiet, -60, 0) > 0.5 * pace(quiet, -200, -60)


def test_complaints_come_before_some_of_the_leaving_and_from_some_who_stay(lives, everybody):
    complained = {}
    for life in everybody:
        for said in voices.feedback_of(lives, life, WORKDAYS, FIRST, LAST):
            if said.kind == feedback_pb2.FEEDBACK_KIND_COMPLAINT:
                complained[life.customer.customer_number] = date.fromisoformat(said.received_date)
    for_that = [life for life in everybody if life.reason == "COMPLAINT" and not life.quiet and life.decline_date < LAST]
    before = [life for life in for_that if complained.get(life.customer.customer_number, LAST) < life.decline_date]
    assert len(for_that) * 0.6 < len(before) <= len(for_that)
    others = [life for life in everybody if not life.leaves and life.customer.customer_number in complained]
    assert len(others) > len(before) / 2
    assert len(complained) < CUSTOMERS * 0.15


def test_every_complaint_is_a_contact_as_well(lives, everybody, contacts):
    for life in everybody:
        said = [
            each for each in voices.feedback_of(lives, life, WORKDAYS, FIRST, LAST) if each.source_number.endswith("complaint")
        ]
        met = [row for row in contacts[life.customer.customer_number] if row.source_number.endswith("/complaint")]
        assert [each.received_date for each in said] == [begins(row).date().isoformat() for row in met]


def test_deals_go_through_their_stages_to_an_end(lives, everybody):
    states, rows = Counter(), 0
    for life in everybody:
        for deal in deals(lives, life):
            row = written(lives, life, deal, LAST)
            rows += 1
            states[row.state] += 1
            days = [each.enter_date for each in row.stages]
            assert days == sorted(days)
            assert [each.stage_code for each in row.stages] == list(STAGES[: len(days)])
            assert bool(row.close_date) == bool(row.reason_code) == (row.state != opportunity_pb2.OPPORTUNITY_STATE_OPEN)
            assert not row.close_date or days[-1] <= row.close_date <= LAST.isoformat()
            assert row.state != opportunity_pb2.OPPORTUNITY_STATE_WON or row.stages[-1].stage_code == "signing"
    closed = rows - states[opportunity_pb2.OPPORTUNITY_STATE_OPEN]
    assert 0.25 < states[opportunity_pb2.OPPORTUNITY_STATE_WON] / closed < 0.5
    assert 0.02 < states[opportunity_pb2.OPPORTUNITY_STATE_OPEN] / rows < 0.3


def test_leads_become_deals_or_nothing(lives, everybody):
    states = Counter()
    for life in everybody:
        made = deals(lives, life)
        for captured, row in leads_of(lives, life, WORKDAYS, made, LAST):
            if captured > LAST:
                continue
            states[row.state] += 1
            days = [day for day in (row.capture_date, row.follow_date, row.close_date) if day]
            assert days == sorted(days)
            assert days[-1] <= LAST.isoformat()
            assert bool(row.close_date) == (row.state in (lead_pb2.LEAD_STATE_CONVERTED, lead_pb2.LEAD_STATE_DISQUALIFIED))
            assert row.opportunity_number in {"", *(deal.number for deal in made)}
            assert bool(row.opportunity_number) == (row.state == lead_pb2.LEAD_STATE_CONVERTED)
    assert 0.4 < states[lead_pb2.LEAD_STATE_CONVERTED] / states.total() < 0.75


def test_contacts_further_deals_that_are_under_way(lives, everybody, contacts):
    furthering = 0
    for life in everybody:
        of_number = {deal.number: deal for deal in deals(lives, life)}
        for row in contacts[life.customer.customer_number]:
            if row.opportunity_number:
                furthering += 1
                assert begins(row).date() >= of_number[row.opportunity_number].open_date
    assert furthering > 500


def test_the_discontent_like_the_bank_less(lives, everybody):
    asked, answered, liking = Counter(), Counter(), Counter()
    for life in everybody:
        for row in voices.answers_of(lives, life, WORKDAYS, FIRST, LAST):
            near = life.shows_it and abs((date.fromisoformat(row.answer_date) - life.decline_date).days) < 150
            asked[near] += 1
            answered[near] += bool(row.answers)
            liking[near] += row.answers[0].score if row.answers else 0
            assert all(0 <= each.score <= 10 for each in row.answers)
    assert 0 < answered[True] < asked[True]
    assert 0.4 < answered[False] / asked[False] < 0.65
    assert liking[True] / answered[True] + 2 < liking[False] / answered[False]


def test_plans_lie_ahead_and_are_for_some(lives, everybody):
    plans = [row for life in everybody for row in planned_of(lives, life, WORKDAYS, LAST)]
    assert CUSTOMERS * 0.05 < len(plans) < CUSTOMERS * 0.4
    assert all(LAST < begins(row).date() <= LAST + timedelta(days=25) for row in plans)
    assert {row.contact.state for row in plans} == {contact_pb2.CONTACT_STATE_PLANNED}


def test_how_far_it_is_is_kept(tmp_path):
    assert Worked.read(tmp_path) is None
    worked = Worked(1, 150, FIRST, date(2026, 1, 1), LAST)
    worked.write(tmp_path)
    assert Worked.read(tmp_path) == worked
