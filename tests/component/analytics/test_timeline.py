"""One timeline of a customer: figures of the newest analysis, what happened beside them, and what is not known."""

from datetime import UTC, date, datetime, timedelta

import pytest
from workbench.activity.v1 import contact_pb2, feedback_events_pb2
from workbench.analytics.v1 import timeline_pb2
from workbench.customer.v1 import exchange_events_pb2

from services.analytics.model.signal import Signal
from services.analytics.rules.happenings import HappeningKind
from services.analytics.rules.signals import SignalState
from services.analytics.rules.supplied_rules import SUPPLIED_RULES
from services.chassis.kernel.errors import InvalidInput, NotAllowed, NotFound
from services.chassis.lake.lake import Pin
from tests.component.analytics import analysis_builders
from tests.component.analytics.analysis_builders import bank_of
from tests.component.analytics.happening_builders import contact, feedback, merged, survey_answer
from tests.component.analytics.timeline_builders import AS_OF, Found, days_of, id_of, number_of
from tests.component.books import TownBooks
from tests.component.town import Town

NOVEMBER = date(2026, 11, 1)


@pytest.fixture(autouse=True)
def _after_the_analysis(at):
    at(datetime(2026, 11, 25, 2, tzinfo=UTC))


def timeline(person, customer_id, **fields):
    return person.call("GetCustomerTimeline", customer_id=customer_id, **fields)


def test_figures_are_columns_as_a_chart_takes_them(town):
    customer_id = town.customer(town.rm1_east)
    number = number_of(town, customer_id)
    rows = days_of(number, NOVEMBER, 24, deposit=1_000_050, term=500, inflow=100, sign_in_count=2)
    Found(town, days=rows, features=[{"customer_number": number, "history_days": 24, "thin": True}])
    told = timeline(town.rm1_east, customer_id, start_date="2026-10-30", end_date="2026-11-26")
    assert (told.as_of_date, told.start_date, told.end_date) == ("2026-11-24", "2026-10-30", "2026-11-26")
    assert (told.resolution, told.currency_code, told.thin, told.history_days) == (1, "CNY", True, 24)
    series = told.series
    # Before the first day nothing is known, which is not nothing; after the last there are no figures.
    assert list(series.dates[:3]) == ["2026-10-30", "2026-10-31", "2026-11-01"]
    assert series.dates[-1] == "2026-11-24"
    assert list(series.deposit[:3]) == ["", "", "10000.50"]
    assert list(series.inflow[-2:]) == ["1.00", "1.00"]
    assert list(series.sign_in_count[-2:]) == ["2", "2"]
    assert {len(getattr(series, field.name)) for field in series.DESCRIPTOR.fields} == {26}


def test_weeks_and_months_close_with_their_last_day_and_sum_what_flowed(town):
    customer_id = town.customer(town.rm1_east)
    number = number_of(town, customer_id)
    rows = [row | {"deposit": place * 100} for place, row in enumerate(days_of(number, date(2026, 9, 1), 85, outflow=300))]
    Found(town, days=rows)
    asked = {"start_date": "2026-09-01", "end_date": "2026-11-24"}
    by_month = timeline(town.rm1_east, customer_id, resolution=timeline_pb2.TIMELINE_RESOLUTION_MONTH, **asked).series
    assert list(by_month.dates) == ["2026-09-30", "2026-10-31", "2026-11-24"]
    assert list(by_month.deposit) == ["29.00", "60.00", "84.00"]
    assert list(by_month.outflow) == ["90.00", "93.00", "72.00"]
    by_week = timeline(town.rm1_east, customer_id, resolution=timeline_pb2.TIMELINE_RESOLUTION_WEEK, **asked).series
    # The first ends on a Sunday, the last with the figures.
    assert (by_week.dates[0], by_week.dates[-1]) == ("2026-09-06", "2026-11-24")
    assert (by_week.outflow[0], by_week.outflow[1], by_week.outflow[-1]) == ("18.00", "21.00", "6.00")


def test_two_years_are_shown_by_week_unless_days_are_asked_for(town):
    customer_id = town.customer(town.rm1_east)
    number = number_of(town, customer_id)
    Found(town, days=days_of(number, AS_OF - timedelta(days=729), 730, deposit=100))
    asked = {"start_date": (AS_OF - timedelta(days=729)).isoformat(), "end_date": AS_OF.isoformat()}
    usual = timeline(town.rm1_east, customer_id, **asked)
    assert (usual.resolution, len(usual.series.dates)) == (timeline_pb2.TIMELINE_RESOLUTION_WEEK, 105)
    by_day = timeline(town.rm1_east, customer_id, resolution=timeline_pb2.TIMELINE_RESOLUTION_DAY, **asked)
    assert len(by_day.series.dates) == 730
    assert set(by_day.series.deposit) == {"1.00"}


def test_what_happened_stands_beside_the_figures(town):
    customer_id, other = town.customer(town.rm1_east), town.customer(town.rm1_east)
    number = number_of(town, customer_id)
    accounts = [
        {"kind": "TERM_DEPOSIT", "product_code": "T90", "maturity_date": date(2026, 12, 1), "balance": 2_000_000_00},
        {"kind": "SAVINGS", "product_code": "S1", "open_date": date(2026, 11, 5), "close_date": date(2026, 11, 20)},
        # Closed before it would have fallen due, and before the first day.
        {"kind": "LOAN", "product_code": "L1", "close_date": date(2026, 11, 2), "maturity_date": date(2026, 11, 8)},
        {"kind": "LOAN", "product_code": "L2", "close_date": date(2020, 11, 2), "maturity_date": date(2026, 11, 8)},
    ]
    key = {"customer_number": number, "source_system": "core"}
    rates = [
        {"day": day, "source": source, "product_code": product, "currency_code": "CNY", "tenor_days": tenor, "rate_e8": rate}
        for source, product, tenor, changes in (
            ("listed", "T90", 90, ((1, 1_500_000), (9, 1_500_000), (10, 1_350_000))),
            ("listed", "T90", 365, ((1, 2_000_000), (10, 1_950_000))),
            ("listed", "T99", 90, ((1, 1_500_000), (10, 1_350_000))),
            ("ftp", "T90", 90, ((1, 1_500_000), (12, 1_350_000))),
        )
        for day, rate in ((NOVEMBER.replace(day=number), rate) for number, rate in changes)
    ]
    Found(town, accounts=[key | {"account_number": f"{n}", **row} for n, row in enumerate(accounts)], rates=rates)
    visit = contact(customer_id, town.rm1_east, outcome=contact_pb2.CONTACT_OUTCOME_INTERESTED)
    town.announce(visit)
    town.announce(contact(other, town.rm1_east))
    recorded = feedback_events_pb2.FeedbackRecorded
    town.announce(feedback(recorded, customer_id, town.rm1_east, f"c-{town.root}", 1, received_date="2026-10-01"))
    town.announce(survey_answer(customer_id, town.rm1_east, low=True))
    town.reassign(customer_id, town.rm1_east, town.rm2_east)
    told = timeline(town.rm2_east, customer_id, start_date="2026-11-01", end_date="2026-12-31")
    kinds = timeline_pb2.TimelineItemKind
    assert [(each.date[5:], kinds.Name(each.kind).removeprefix("TIMELINE_ITEM_KIND_"), each.severity) for each in told.items] == [
        ("10-01", "COMPLAINT", 3),
        ("11-02", "CONTACT", 0),
        ("11-02", "ACCOUNT_CLOSED", 0),
        ("11-05", "SURVEY_ANSWER", 2),
        ("11-05", "ACCOUNT_OPENED", 0),
        ("11-10", "RATE_CHANGED", 0),
        ("11-20", "ACCOUNT_CLOSED", 0),
        ("11-25", "LEAD_CHANGED", 1),
        ("12-01", "MATURITY", 0),
    ]
    by_kind = {each.kind: each for each in told.items}
    assert by_kind[kinds.TIMELINE_ITEM_KIND_CONTACT].chinese == "拜访 · 45分钟 · 有兴趣"
    assert by_kind[kinds.TIMELINE_ITEM_KIND_CONTACT].english == "Visit · 45 min · interested"
    assert by_kind[kinds.TIMELINE_ITEM_KIND_CONTACT].resource == f"contacts/{visit.contact_id}"
    assert by_kind[kinds.TIMELINE_ITEM_KIND_CONTACT].person_name == "王雅婷"
    assert by_kind[kinds.TIMELINE_ITEM_KIND_COMPLAINT].due_date == "2026-11-10"
    assert by_kind[kinds.TIMELINE_ITEM_KIND_MATURITY].chinese == "到期 · 定期存款 · T90 · 200万元"
    assert by_kind[kinds.TIMELINE_ITEM_KIND_RATE_CHANGED].chinese == "挂牌利率调整 · T90 · 3个月 · 1.50% → 1.35% · 另有1个期限"
    assert not told.items_left_out


def test_signs_stand_where_they_began_with_what_was_seen(town):
    customer_id = town.customer(town.rm1_east)
    Found(town)
    rule = next(rule for rule in SUPPLIED_RULES if rule.code == "BALANCE_FALL")
    evidence = {"features": {"fall_30": 0.42}, "thresholds": {}}
    spans = [(date(2026, 5, 2), date(2026, 6, 1)), (date(2025, 1, 1), date(2025, 2, 1)), (date(2026, 11, 3), None)]
    told = {"customer_id": customer_id, "rule_code": rule.code, "rule_version": rule.version, "severity": 2}
    with town.service.database.transaction() as work:
        for onset, ended in spans:
            state = (SignalState.ENDED if ended else SignalState.OPEN).value
            seen = {"onset_date": onset, "first_seen_date": onset, "change_date": onset, "end_date": ended, "state": state}
            work.session.add(Signal(signal_id=work.new_id(), **told, **seen, evidence=evidence))
    told = timeline(town.rm1_east, customer_id).items
    assert [(each.date, each.end_date, each.severity, each.code) for each in told] == [
        ("2026-05-02", "2026-06-01", 2, rule.code), ("2026-11-03", "", 2, rule.code),
    ]  # fmt: skip
    assert "42%" in told[0].chinese
    assert "42%" in told[0].english
    assert told[0].resource.startswith("signals/")


def test_without_an_analysis_there_are_items_and_no_figures(town):
    TownBooks.of(town)
    customer_id = town.customer(town.rm1_east)
    town.announce(contact(customer_id, town.rm1_east))
    told = timeline(town.rm1_east, customer_id)
    assert (told.as_of_date, told.thin, list(told.series.dates), list(told.gaps)) == ("", True, [], [])
    assert [each.kind for each in told.items] == [HappeningKind.CONTACT]
    assert told.end_date == "2026-11-25"
    assert told.start_date == "2025-11-26"


def test_days_for_which_a_source_brought_nothing_are_told(town):
    customer_id = town.customer(town.rm1_east)
    number = number_of(town, customer_id)
    books = TownBooks.of(town)
    brought = [NOVEMBER + timedelta(days=place) for place in range(24) if place not in (9, 10)]
    account = {"customer_number": number, "account_number": "1", "source_system": books.source_system, "kind": "SAVINGS"}
    Found(town, days=days_of(number, NOVEMBER, 24, deposit=100), accounts=[account])
    days = {"balances": brought, "transactions": [NOVEMBER, AS_OF - timedelta(days=1)]}
    for dataset, day in ((dataset, day) for dataset, several in days.items() for day in several):
        books.announce(Pin(f"{books.source_system}.{dataset}", dataset, books.source_system, day, 1))
    told = timeline(town.rm1_east, customer_id, start_date="2026-11-02", end_date="2026-11-30")
    gaps = [(each.dataset, each.start_date, each.end_date, each.carried) for each in told.gaps]
    assert gaps == [
        ("balances", "2026-11-10", "2026-11-11", True), ("transactions", "2026-11-02", "2026-11-22", False),
        ("transactions", "2026-11-24", "2026-11-24", False),
    ]  # fmt: skip


def test_a_merged_record_leads_to_the_one_that_stands_with_the_past_of_both(town):
    survivor, taken_in = town.customer(town.rm1_east), town.customer(town.rm1_east)
    of_survivor = days_of(number_of(town, survivor), NOVEMBER, 24, deposit=100)
    Found(town, days=[*of_survivor, *days_of(number_of(town, taken_in), NOVEMBER, 24, deposit=30)])
    town.announce(contact(taken_in, town.rm1_east))
    merged(town, survivor, taken_in)
    for asked in (survivor, taken_in):
        told = timeline(town.rm1_east, asked)
        assert (told.customer_id, told.series.deposit[-1], len(told.items)) == (survivor, "1.30", 1)


def test_whoever_does_not_reach_the_customer_is_told_that_there_is_none(town):
    customer_id = town.customer(town.rm1_east)
    Found(town)
    town.announce(contact(customer_id, town.rm1_east))
    for person in (town.rm1_east, town.leader_east, town.manager_east, town.auditor):
        assert len(timeline(person, customer_id).items) == 1
        assert len(person.call("ListHappenings", customer_id=customer_id).happenings) == 1
    for person in (town.rm2_east, town.rm1_west, town.manager_west, Town(town.service).rm1_east):
        for asked in (customer_id, "00000000-0000-0000-0000-000000000000"):
            with pytest.raises(NotFound) as refusal:
                timeline(person, asked)
            assert refusal.value.reason == "CUSTOMER_NOT_FOUND"
            with pytest.raises(NotFound):
                person.call("ListHappenings", customer_id=asked)
    for person in (town.steward, town.analyst):
        with pytest.raises(NotAllowed):
            timeline(person, customer_id)
    # What happened goes with the customer.
    town.reassign(customer_id, town.rm1_east, town.rm1_west)
    assert len(timeline(town.rm1_west, customer_id).items) == 2
    with pytest.raises(NotFound):
        timeline(town.rm1_east, customer_id)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"start_date": "2026-02-30"}, "DATE_INVALID"),
        ({"start_date": "0000-01-01"}, "DATE_INVALID"),
        ({"start_date": "2026-02-02", "end_date": "2026-02-01"}, "PERIOD_INVALID"),
        ({"start_date": "0001-01-01"}, "PERIOD_INVALID"),
        ({"end_date": "9999-12-31", "start_date": "2026-01-01"}, "PERIOD_INVALID"),
        ({"start_date": "2020-01-01", "resolution": 1}, "POINTS_TOO_MANY"),
    ],
)
def test_periods_that_are_none_are_refused(town, fields, reason):
    customer_id = town.customer(town.rm1_east)
    with pytest.raises(InvalidInput) as refusal:
        timeline(town.rm1_east, customer_id, **fields)
    assert refusal.value.reason == reason


@pytest.mark.parametrize("fields", [{"end_date": "0001-01-01"}, {"end_date": "9999-12-31"}, {"start_date": "2017-01-01"}])
def test_the_calendars_ends_are_days_like_others(town, fields):
    Found(town)
    told = timeline(town.rm1_east, town.customer(town.rm1_east), **fields)
    assert list(told.items) == []
    assert told.thin


def test_happenings_are_listed_page_by_page_the_latest_first(town):
    customer_id = town.customer(town.rm1_east)
    for day in ("2026-11-02", "2026-11-04", "2026-11-04", "2026-11-03"):
        town.announce(contact(customer_id, town.rm1_east, day))
    town.announce(survey_answer(customer_id, town.rm1_east, low=True))
    seen, token = [], ""
    while True:
        page = town.rm1_east.call("ListHappenings", customer_id=customer_id, page_size=2, page_token=token)
        seen += page.happenings
        token = page.next_page_token
        if not token:
            break
    assert [each.start_date for each in seen] == ["2026-11-05", "2026-11-04", "2026-11-04", "2026-11-03", "2026-11-02"]
    assert len({each.resource for each in seen}) == 5
    assert (seen[0].low, seen[0].chinese, seen[0].person_name) == (True, "满意度答卷 · 评分低", "王雅婷")
    assert seen[1].minutes == 45
    asked = {"customer_id": customer_id, "kinds": [HappeningKind.CONTACT], "start_date": "2026-11-03", "end_date": "2026-11-03"}
    (only,) = town.rm1_east.call("ListHappenings", **asked).happenings
    assert only.start_date == "2026-11-03"
    for fields in ({"page_token": "x"}, {"page_size": -1}, {"start_date": "2026-13-01"}, {"kinds": [0]}):
        with pytest.raises(InvalidInput):
            town.rm1_east.call("ListHappenings", customer_id=customer_id, **fields)


def test_an_erased_customers_past_is_gone_from_the_timeline(town):
    customer_id = town.customer(town.rm1_east)
    Found(town, days=days_of(number_of(town, customer_id), NOVEMBER, 24, deposit=100))
    town.announce(contact(customer_id, town.rm1_east))
    town.announce(exchange_events_pb2.CustomerErased(customer_id=customer_id, erasure_id="e"))
    told = timeline(town.rm1_east, customer_id, start_date="2026-11-01")
    assert (list(told.items), told.thin, set(told.series.deposit)) == ([], True, {""})


def test_what_an_analysis_leaves_is_shown(town, monkeypatch):
    # With the engine itself.
    monkeypatch.setattr(analysis_builders, "PATIENCE_SECONDS", 120)
    with bank_of(town, monkeypatch) as bank:
        number = bank.customer(town.rm1_east)
        customer_id = id_of(town, number)
        bank.books.accounts(date(2026, 10, 30), {number: number}, product_code="D1", open_date=date(2026, 10, 30))
        bank.balances(date(2026, 10, 30), 4, {number: 12_345})
        for day, rate in ((date(2026, 10, 30), 100_000), (date(2026, 11, 2), 50_000)):
            bank.books.write("interest_rates", day, [{"product_code": "D1", "interest_rate_e8": rate}])
        moved = {"transaction_number": "t1", "account_number": number, "amount_minor_units": 700, "kind": "SALARY"}
        bank.books.write("transactions", date(2026, 11, 1), [moved])
        bank.settle()
        told = timeline(town.rm1_east, customer_id, start_date="2026-10-29", end_date="2026-11-05")
    assert (told.as_of_date, told.thin, told.history_days) == ("2026-11-02", True, 4)
    assert list(told.series.dates) == ["2026-10-29", "2026-10-30", "2026-10-31", "2026-11-01", "2026-11-02"]
    assert list(told.series.deposit) == ["", *["123.45"] * 4]
    assert list(told.series.salary_inflow)[3] == "7.00"
    assert list(told.series.inflow)[3] == "7.00"
    assert [(each.kind, each.chinese) for each in told.items] == [
        (timeline_pb2.TIMELINE_ITEM_KIND_ACCOUNT_OPENED, "开户 · 活期存款 · D1"),
        (timeline_pb2.TIMELINE_ITEM_KIND_RATE_CHANGED, "挂牌利率调整 · D1 · 0.10% → 0.05%"),
    ]
