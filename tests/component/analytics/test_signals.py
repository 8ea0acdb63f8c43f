"""Signals over real gRPC: seen by analyses, reached through customers; rules proposed by one person and approved by another."""

import time
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from workbench.analytics.v1 import signal_events_pb2, signal_pb2
from workbench.customer.v1 import exchange_events_pb2

from services.analytics.model import Signal, SignalMeasure, StaleDay
from services.analytics.model.analysis import Analysis
from services.analytics.rules.analyses import AnalysisKind, AnalysisState
from services.analytics.rules.signals import RuleState, SignalSeverity, SignalState, TriedChange
from services.analytics.rules.supplied_rules import SUPPLIED_RULES
from services.analytics.usecases.analyses import keeping
from services.analytics.usecases.signals import taking
from services.analytics.usecases.signals.rules import definition_message, rules_in_force, stated_rule
from services.chassis.kernel.errors import InvalidInput, NotAllowed, NotFound, RuleBroken, StaleVersion
from services.chassis.mapping import values_of
from tests.component.analytics.signal_builders import FALL, OVERDUE, Analysed, definition
from tests.component.analytics.timeline_builders import AS_OF, Found, days_of, number_of, write
from tests.component.town import run_together

LATER = AS_OF + timedelta(days=1)


@pytest.fixture
def analysed(town):
    return Analysed(town)


@pytest.fixture
def second_analyst(town):
    return town.colleague("performance_analyst", "", "李静")


def signals(person, **fields):
    return person.call("ListSignals", **fields).signals


def test_a_signal_says_what_is_seen_since_when_and_what_to_do(town, analysed):
    customer = town.customer(town.rm1_east)
    analysed.look({customer: FALL})
    (signal,) = signals(town.rm1_east)
    assert (signal.customer_id, signal.customer_name, signal.lead_name) == (customer, "欧阳芳", "王雅婷")
    assert (signal.rule_code, signal.rule_version) == ("BALANCE_FALL", 1)
    assert (signal.state, signal.severity) == (SignalState.OPEN, SignalSeverity.SERIOUS)
    assert (signal.onset_date, signal.first_seen_date, signal.end_date) == ("2026-10-01", AS_OF.isoformat(), "")
    assert signal.chinese_words == "近30天日均资产2万元，比自身基线（5万元）低60%，与去年同期相比未知"
    assert signal.english_words.startswith("Average assets of the last 30 days are CNY 20k, 60% below")
    assert signal.chinese_advice
    shown = {each.name: (each.chinese_value, each.english_value, each.threshold) for each in signal.evidence}
    assert shown["assets_before"] == ("5万元", "CNY 50k", False)
    assert shown["fall_min"] == ("30%", "30%", True)
    assert town.rm1_east.call("GetSignal", signal_id=signal.signal_id) == signal
    assert town.rm1_east.call("ListSignals").as_of_date == AS_OF.isoformat()


def test_signals_are_reached_through_their_customers(town, analysed):
    east, west = town.customer(town.rm1_east), town.customer(town.rm1_west)
    analysed.look({east: FALL | OVERDUE, west: OVERDUE})
    assert {each.customer_id for each in signals(town.rm1_east)} == {east}
    assert {each.customer_id for each in signals(town.manager_east)} == {east}
    assert {each.customer_id for each in signals(town.analyst)} == {east, west}
    assert signals(town.rm2_east) == []
    (signal, *_) = signals(town.rm1_east)
    for stranger in (town.rm2_east, town.manager_west):
        with pytest.raises(NotFound, match="SIGNAL_NOT_FOUND"):
            stranger.call("GetSignal", signal_id=signal.signal_id)
        with pytest.raises(NotFound, match="CUSTOMER_NOT_FOUND"):
            stranger.call("ListSignals", customer_id=east)
    with pytest.raises(NotFound, match="PERSON_NOT_FOUND"):
        town.manager_west.call("ListSignals", lead_person_id=town.rm1_east.person_id)
    with pytest.raises(NotFound, match="UNIT_NOT_FOUND"):
        town.manager_west.call("ListSignals", organisation_path=town.manager_east.organisation_path)
    with pytest.raises(NotAllowed):
        town.steward.call("ListSignals")
    # They go with the customer.
    town.reassign(east, town.rm1_east, town.rm1_west)
    assert signals(town.rm1_east) == []
    assert {each.customer_id for each in signals(town.rm1_west)} == {east, west}


def test_postgresql_shows_signals_only_of_customers_who_are_reached(town, analysed):
    """Also to a query that forgot scope; SQLite has nothing of the kind, and shows all."""
    database = town.service.database
    guarded = database.engine.dialect.name == "postgresql"
    analysed.look({town.customer(town.rm1_east): FALL})
    reaching, others = (town.rm1_east, town.manager_east, town.analyst), (town.rm2_east, town.manager_west)
    for person in (*reaching, *others):
        scope = person.caller.scope("analytics.signal.read")
        with database.transaction(person.caller, scope=scope, read_only=True) as work:
            seen = work.session.scalars(select(Signal)).all()
        assert len(seen) == (0 if guarded and person in others else 1)


def test_signals_are_listed_by_what_is_asked(town, analysed):
    first, second = town.customer(town.rm1_east), town.customer(town.rm2_east)
    analysed.look({first: FALL | OVERDUE, second: OVERDUE})
    manager = town.manager_east
    assert [each.severity for each in signals(manager)] == [2, 1, 1]
    assert {each.rule_code for each in signals(manager, customer_id=first)} == {"BALANCE_FALL", "CONTACT_OVERDUE"}
    assert {each.customer_id for each in signals(manager, lead_person_id=town.rm2_east.person_id)} == {second}
    assert {each.customer_id for each in signals(manager, organisation_path=town.rm1_east.organisation_path)} == {first}
    assert {each.customer_id for each in signals(manager, rule_codes=["BALANCE_FALL"])} == {first}
    assert len(signals(manager, severity_min=2)) == 1
    assert signals(manager, states=[SignalState.ENDED]) == []
    seen, token = [], ""
    while not seen or token:
        page = manager.call("ListSignals", page_size=1, page_token=token)
        seen += [each.signal_id for each in page.signals]
        token = page.next_page_token
    assert seen == [each.signal_id for each in signals(manager)]
    with pytest.raises(InvalidInput, match="PAGE_TOKEN_INVALID"):
        manager.call("ListSignals", page_token="x", page_size=1)
    for fields in ({"states": [0]}, {"rule_codes": ["x y"]}, {"organisation_path": "\x00"}, {"customer_id": "1"}):
        with pytest.raises(InvalidInput):
            manager.call("ListSignals", **fields)


def test_only_what_changed_is_written(town, analysed):
    one, other = town.customer(town.rm1_east), town.customer(town.rm1_east)
    analysed.look({one: FALL, other: OVERDUE})
    before = {each.signal_id: each.change_date for each in analysed.rows()}
    older = {"contact_overdue_days": 71}
    analysed.look({one: FALL, other: OVERDUE | older}, LATER)
    assert {each.signal_id: each.change_date for each in analysed.rows()} == before
    # The figures are the newest day's all the same.
    assert analysed.rows()[1].evidence["features"]["contact_overdue_days"] == 71
    worse = FALL | {"fall_30": 0.9}
    analysed.look({one: worse}, LATER)
    fall, overdue = analysed.rows()
    assert (fall.severity, fall.change_date, fall.first_seen_date, fall.end_date) == (3, LATER, AS_OF, None)
    assert fall.evidence["features"]["fall_30"] == 0.9
    assert (overdue.state, overdue.end_date, overdue.severity) == (SignalState.ENDED, LATER, 1)
    # Twice is as once; and what was seen of an earlier day is past.
    analysed.take(LATER)
    analysed.look({}, LATER, but_take=AS_OF)
    assert [each.state for each in analysed.rows()] == [SignalState.OPEN, SignalState.ENDED]
    # What is there again is another signal.
    analysed.look({one: worse, other: OVERDUE}, LATER + timedelta(days=1))
    assert [each.state for each in analysed.rows()] == [SignalState.OPEN, SignalState.ENDED, SignalState.OPEN]
    (ended,) = signals(town.rm1_east, states=[SignalState.ENDED])
    assert (ended.end_date, ended.rule_code) == (LATER.isoformat(), "CONTACT_OVERDUE")


def test_many_are_taken_in_batches_of_whole_customers(town, analysed, monkeypatch):
    monkeypatch.setattr(taking, "ROWS_AT_ONCE", 4)
    customers = [town.customer(town.rm1_east) for _ in range(7)]
    assert analysed.look(dict.fromkeys(customers, FALL | OVERDUE)) > 2
    assert sorted((each.customer_id, each.rule_code) for each in analysed.rows()) == sorted(
        (each, code) for each in customers for code in ("BALANCE_FALL", "CONTACT_OVERDUE")
    )
    # Half of them end, the others stay, whichever batch they are in.
    assert analysed.look(dict.fromkeys(customers[::2], OVERDUE), LATER) > 2
    still = {(each.customer_id, each.rule_code) for each in analysed.rows() if each.state == SignalState.OPEN}
    assert still == {(each, "CONTACT_OVERDUE") for each in customers[::2]}
    assert len(analysed.rows()) == 14


def test_what_is_known_of_erased_and_removed_customers_goes(town, analysed):
    erased, removed, stays = (town.customer(town.rm1_east) for _ in range(3))
    analysed.look(dict.fromkeys((erased, removed, stays), FALL))
    town.announce(exchange_events_pb2.CustomerErased(customer_id=erased))
    town.announce(exchange_events_pb2.CustomerRemoved(customer_id=removed))
    assert [each.customer_id for each in analysed.rows()] == [stays]


def test_the_library_is_in_force_and_reads_in_plain_words(town, analysed):
    rules = town.rm1_east.call("ListSignalRules", page_size=1_000).signal_rules
    assert [each.rule_code for each in rules] == [each.code for each in SUPPLIED_RULES]
    assert len(rules) >= 14
    for rule in rules:
        said = rule.definition
        texts = (said.chinese_name, said.english_name, said.chinese_condition, said.english_condition, said.chinese_words)
        assert all(texts)
        assert rule.precision.few
    # What is shown of a rule can be proposed as it is, and states the same.
    for rule in SUPPLIED_RULES:
        assert stated_rule(rule.code, rule.version, values_of(definition_message(rule))) == rule
    page = town.rm1_east.call("ListSignalRules", page_size=20)
    rest = town.rm1_east.call("ListSignalRules", page_size=20, page_token=page.next_page_token)
    assert [each.rule_code for each in (*page.signal_rules, *rest.signal_rules)] == [each.code for each in SUPPLIED_RULES]
    with pytest.raises(NotFound, match="SIGNAL_RULE_NOT_FOUND"):
        town.rm1_east.call("GetSignalRule", rule_code="NOT_THERE")
    features = town.rm1_east.call("ListSignalFeatures", page_size=1_000).signal_features
    assert {each.name: each.kind for each in features}["rate_gap_e8"] == 2
    assert all(each.chinese_name and each.english_name and each.kind for each in features)


def test_a_rule_is_proposed_by_one_and_approved_by_another(town, analysed, second_analyst):
    customer = town.customer(town.rm1_east)
    analysed.look({customer: FALL})
    proposed = town.analyst.call("ProposeSignalRule", rule_code="BALANCE_FALL", definition=definition(), note="阈值偏低")
    assert (proposed.version_number, proposed.state, proposed.author_name) == (2, RuleState.PROPOSED, "王雅婷")
    assert proposed.definition.chinese_condition == "近30天日均较此前31至120天下降 达到 :fall_min"
    named = {"signal_rule_version_id": proposed.signal_rule_version_id}
    waiting = town.rm1_east.call("GetSignalRule", rule_code="BALANCE_FALL")
    assert (waiting.version_number, waiting.proposed_signal_rule_version_id) == (1, proposed.signal_rule_version_id)
    with pytest.raises(NotAllowed, match="SELF_DECISION"):
        town.analyst.call("ApproveSignalRule", **named)
    with pytest.raises(RuleBroken, match="RULE_VERSION_OPEN"):
        second_analyst.call("ProposeSignalRule", rule_code="BALANCE_FALL", definition=definition())
    with pytest.raises(StaleVersion, match="SIGNAL_RULE_VERSION_CHANGED"):
        second_analyst.call("ApproveSignalRule", **named, etag="99")
    with pytest.raises(NotAllowed):
        town.manager_east.call("ApproveSignalRule", **named)
    approved = second_analyst.call("ApproveSignalRule", **named, etag=proposed.etag)
    assert (approved.state, approved.decider_name) == (RuleState.APPROVED, "李静")
    assert len(town.recorded(signal_events_pb2.SignalRuleProposed, **named)) == 1
    assert len(town.recorded(signal_events_pb2.SignalRuleApproved, **named, decider_person_id=second_analyst.person_id)) == 1
    for act in ("ApproveSignalRule", "WithdrawSignalRule"):
        with pytest.raises((RuleBroken, NotAllowed)):
            second_analyst.call(act, **named)
    assert town.rm1_east.call("GetSignalRule", rule_code="BALANCE_FALL").version_number == 2
    # The next analysis goes by it; what was seen before is told in its own version's words until then.
    assert signals(town.rm1_east)[0].chinese_words.startswith("近30天日均资产")
    analysed.look({customer: FALL}, LATER)
    (signal,) = signals(town.rm1_east)
    assert (signal.rule_version, signal.severity, signal.change_date) == (2, 1, LATER.isoformat())
    assert signal.chinese_words == "资产下降60%，还剩2万元"
    (version,) = town.auditor.call("ListSignalRuleVersions", rule_code="BALANCE_FALL").signal_rule_versions
    assert version == town.auditor.call("GetSignalRuleVersion", **named)


def test_a_new_rule_begins_and_one_is_switched_off(town, analysed, second_analyst):
    for code, switched_off in (("OWN_RULE", False), ("CONTACT_OVERDUE", True)):
        stated = definition(disabled=switched_off)
        version = town.analyst.call("ProposeSignalRule", rule_code=code, definition=stated)
        second_analyst.call("ApproveSignalRule", signal_rule_version_id=version.signal_rule_version_id)
    customer = town.customer(town.rm1_east)
    analysed.look({customer: FALL | OVERDUE})
    assert {each.rule_code: each.rule_version for each in signals(town.rm1_east)} == {"BALANCE_FALL": 1, "OWN_RULE": 1}
    assert town.rm1_east.call("GetSignalRule", rule_code="CONTACT_OVERDUE").definition.disabled


def test_a_proposal_is_turned_down_or_taken_back(town, analysed, second_analyst):
    def propose():
        return town.analyst.call("ProposeSignalRule", rule_code="OWN_RULE", definition=definition()).signal_rule_version_id

    first = propose()
    with pytest.raises(InvalidInput):
        second_analyst.call("RejectSignalRule", signal_rule_version_id=first)
    rejected = second_analyst.call("RejectSignalRule", signal_rule_version_id=first, decision_note="太宽")
    assert (rejected.state, rejected.decision_note) == (RuleState.REJECTED, "太宽")
    second = propose()
    with pytest.raises(NotAllowed, match="NOT_AUTHOR"):
        second_analyst.call("WithdrawSignalRule", signal_rule_version_id=second)
    withdrawn = town.analyst.call("WithdrawSignalRule", signal_rule_version_id=second)
    assert (withdrawn.state, withdrawn.version_number) == (RuleState.WITHDRAWN, 2)
    found = town.analyst.call("ListSignalRuleVersions", states=[RuleState.REJECTED, RuleState.WITHDRAWN])
    assert [each.signal_rule_version_id for each in found.signal_rule_versions] == [second, first]
    with pytest.raises(NotFound, match="SIGNAL_RULE_VERSION_NOT_FOUND"):
        town.analyst.call("GetSignalRuleVersion", signal_rule_version_id=str(uuid.uuid4()))
    with pytest.raises(NotFound, match="SIGNAL_RULE_NOT_FOUND"):
        town.analyst.call("GetSignalRule", rule_code="OWN_RULE")


def test_two_decide_at_once_and_one_is_too_late(town, analysed, second_analyst):
    version = town.analyst.call("ProposeSignalRule", rule_code="OWN_RULE", definition=definition())
    outcomes = []

    def decide(act):
        fields = {"decision_note": "x"} if act == "RejectSignalRule" else {}
        try:
            outcomes.append(second_analyst.call(act, signal_rule_version_id=version.signal_rule_version_id, **fields).state)
        except RuleBroken as error:
            outcomes.append(error.reason)

    run_together(decide, ["ApproveSignalRule", "RejectSignalRule", "ApproveSignalRule"])
    assert outcomes.count("RULE_VERSION_DECIDED") == 2
    proposals = []

    def propose(code):
        try:
            proposals.append(town.analyst.call("ProposeSignalRule", rule_code=code, definition=definition()).version_number)
        except RuleBroken as error:
            proposals.append(error.reason)

    run_together(propose, ["OTHER_RULE"] * 3)
    assert sorted(map(str, proposals)) == ["1", "RULE_VERSION_OPEN", "RULE_VERSION_OPEN"]


BAD = {
    "CONDITION_INVALID": {"condition": "fall_30 >= (SELECT 1)"},
    "FEATURE_UNKNOWN": {"evidence_features": ["falls"]},
    "ONSET_UNFIT": {"onset_feature": "fall_30"},
    "SEGMENTS_UNFIT": {"thresholds": [signal_pb2.SegmentThresholds(customer_kind=1)]},
    "THRESHOLD_MISSING": {"thresholds": [signal_pb2.SegmentThresholds(values={"fall_min": "0.5"})]},
    "THRESHOLD_UNFIT": {"thresholds": [signal_pb2.SegmentThresholds(values={"fall_min": "5000", "fall_serious": "1"})]},
    "WORDS_UNFIT": {"chinese_words": "{nobody}"},
}


@pytest.mark.parametrize("reason", BAD)
def test_what_is_not_right_is_refused_with_its_field(town, analysed, reason):
    for method in ("ProposeSignalRule", "TrySignalRule"):
        with pytest.raises(InvalidInput) as refused:
            town.analyst.call(method, rule_code="OWN_RULE", definition=definition(**BAD[reason]))
        assert refused.value.reason == reason
        assert refused.value.violations[0].field.startswith("definition.")
    if reason == "CONDITION_INVALID":
        assert refused.value.metadata["fault"] == "CONSTRUCT_REFUSED"


def test_values_that_are_no_numbers_never_reach_a_rule(town, analysed):
    for value in ("NaN", "1e5", "", "0x1", "\uff19", "1" * 20, "0.123456789", "-"):
        with pytest.raises(InvalidInput):
            segments = [signal_pb2.SegmentThresholds(values={"fall_min": value, "fall_serious": "1"})]
            town.analyst.call("ProposeSignalRule", rule_code="OWN_RULE", definition=definition(thresholds=segments))
    for fields in ({"chinese_words": "a\x00"}, {"condition": "fall_30 >= :fall_min\x00"}, {"chinese_name": ""}):
        with pytest.raises(InvalidInput):
            town.analyst.call("TrySignalRule", rule_code="OWN_RULE", definition=definition(**fields))


def test_rules_are_the_head_office_s(town, analysed):
    branch_analyst = town.colleague("performance_analyst", "EAST/")
    with pytest.raises(NotAllowed, match="WHOLE_BANK_NEEDED"):
        branch_analyst.call("ProposeSignalRule", rule_code="OWN_RULE", definition=definition())
    with pytest.raises(NotAllowed):
        town.rm1_east.call("ProposeSignalRule", rule_code="OWN_RULE", definition=definition())


def test_a_trial_says_whom_a_change_would_find(town, analysed):
    Found(town, features=[])
    asked = {"rule_code": "BALANCE_FALL", "definition": definition()}
    assert town.analyst.call("TrySignalRule", **asked).raised_count == 0
    found, lost, unmoved = town.customer(town.rm1_east), town.customer(town.rm1_east), town.customer(town.rm1_west)
    analysed.look(
        {
            found: FALL | {"assets_before": 1},
            lost: FALL | {"fall_30": 0.4},
            unmoved: FALL | {"fall_30": 0.8, "assets_before": 20_000_000, "tier": 3},
        }
    )
    tried = town.analyst.call("TrySignalRule", **asked)
    assert (tried.raised_count, tried.former_raised_count, tried.added_count, tried.dropped_count) == (2, 2, 1, 1)
    assert {each.customer_id: each.change for each in tried.customers} == {
        found: TriedChange.ADDED, lost: TriedChange.DROPPED, unmoved: TriedChange.SEVERITY,
    }  # fmt: skip
    assert tried.customers[0].chinese_words == "资产下降60%，还剩2万元"
    assert [(each.customer_tier, each.customer_count, each.raised_count, each.serious_count) for each in tried.segments] == [
        (1, 2, 1, 0), (3, 1, 1, 1),
    ]  # fmt: skip
    assert tried.as_of_date == AS_OF.isoformat()
    one = town.analyst.call("TrySignalRule", **asked, customer_count_max=1)
    assert (len(one.customers), one.raised_count) == (1, 2)
    # Whoever does not reach a customer sees how many there are, and not who.
    narrow = town.colleague("performance_analyst", "WEST/").call("TrySignalRule", **asked)
    assert ({each.customer_id for each in narrow.customers}, narrow.raised_count) == ({unmoved}, 2)
    # Nothing was kept.
    with town.service.database.transaction(read_only=True) as work:
        assert [rule.version for rule in rules_in_force(work) if rule.code == "BALANCE_FALL"] == [1]


def test_before_the_first_analysis_there_is_nothing_to_try_a_rule_on(town, analysed):
    with town.service.database.transaction() as work:
        for analysis in work.session.scalars(select(Analysis)):
            work.session.delete(analysis)
    with pytest.raises(NotFound, match="ANALYSIS_MISSING"):
        town.analyst.call("TrySignalRule", rule_code="OWN_RULE", definition=definition())
    assert town.rm1_east.call("ListSignals").as_of_date == ""


def test_an_approved_rule_has_all_looked_at_anew(town, analysed, second_analyst):
    from tests.component.books import TownBooks

    TownBooks.of(town).balances(AS_OF, {"1": 100})
    version = town.analyst.call("ProposeSignalRule", rule_code="OWN_RULE", definition=definition())
    second_analyst.call("ApproveSignalRule", signal_rule_version_id=version.signal_rule_version_id)
    with town.service.database.transaction(read_only=True) as work:
        assert work.session.get(StaleDay, AS_OF).number == 2


MONTH_END = date(2026, 6, 30)


def test_precision_is_measured_once_the_horizon_has_passed(town, analysed):
    """Ten fell; of these six left, and of ten others one did: what was done about it plays no part."""
    numbers = {}
    for _ in range(20):
        customer = town.customer(town.rm1_east)
        numbers[customer] = number_of(town, customer)
    left = {number for place, number in enumerate(numbers.values()) if place < 6 or place == 15}
    first, after = date(2026, 4, 1), date(2026, 7, 1)
    days = []
    for number in numbers.values():
        days += days_of(number, first, (after - first).days, deposit=10_000_00)
        days += days_of(number, after, 120, deposit=0 if number in left else 10_000_00)
    Found(town, days=days, as_of=AS_OF)
    features = [
        {"customer_id": customer, "customer_number": number, "kind": 1, "tier": 1, "thin": False}
        | (FALL if place < 10 else OVERDUE if place < 12 else {})
        for place, (customer, number) in enumerate(numbers.items())
    ]
    _add_month_end(town, features)
    town.run_timer("signals.measure")
    rows = _wait_for_measures(town)
    assert {row.as_of_date for row in rows} == {MONTH_END}
    assert len(rows) == len(SUPPLIED_RULES)
    rule = town.rm1_east.call("GetSignalRule", rule_code="BALANCE_FALL").precision
    assert (rule.raised_count, rule.left_count, rule.precision, rule.base_rate) == (10, 6, "0.6000", "0.3500")
    assert (rule.start_date, rule.end_date) == (MONTH_END.isoformat(), MONTH_END.isoformat())
    assert 0.3 < float(rule.precision_low) < 0.6 < float(rule.precision_high) < 0.9
    assert (rule.few, rule.noisy) == (True, False)
    overdue = town.rm1_east.call("GetSignalRule", rule_code="CONTACT_OVERDUE").precision
    assert (overdue.raised_count, overdue.left_count) == (2, 0)
    # Nothing is due any more.
    town.run_timer("signals.measure")
    assert len(_wait_for_measures(town)) == len(SUPPLIED_RULES)


def _add_month_end(town, features):
    database = town.service.database
    with database.transaction() as work:
        analysis = Analysis(
            analysis_id=work.new_id(),
            as_of_date=MONTH_END,
            number=int(uuid.uuid4().hex[:6], 16),
            kind=AnalysisKind.HISTORY.value,
            month_end=True,
            state=AnalysisState.SUCCEEDED.value,
            current=True,
            create_time=datetime.now(UTC),
        )
        work.session.add(analysis)
    from services.analytics.engine import tables

    write(keeping.folder(database.lake, analysis) / "features.parquet", tables.FEATURES, features)


def _wait_for_measures(town):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with town.service.database.transaction(read_only=True) as work:
            if rows := work.session.scalars(select(SignalMeasure)).all():
                return rows
        time.sleep(0.05)
    raise AssertionError("Nothing was measured.")
