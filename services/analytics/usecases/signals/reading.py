"""Reads signals within the caller's reach, and rules with how often what they saw came true."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from workbench.analytics.v1 import signal_pb2, signal_service_pb2

from services.analytics.model.customer import Customer
from services.analytics.model.signal import Signal
from services.analytics.model.signal_rule import SignalRuleVersion
from services.analytics.rules.conditions.sorts import FEATURE_SORTS, Sort
from services.analytics.rules.features import FEATURES
from services.analytics.rules.signals import RuleState, SignalRule, SignalState
from services.analytics.usecases import reaching
from services.analytics.usecases.signals.measuring import precision_messages
from services.analytics.usecases.signals.rules import definition_message, rules_in_force
from services.analytics.usecases.signals.showing import signal_messages
from services.chassis.db import listing
from services.chassis.db.scope import below, in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import NotFound
from services.chassis.kernel.paging import Page, PageToken, page_size

_ORDER = (
    (Signal.severity, listing.number),
    (Signal.first_seen_date, listing.day),
    (Signal.signal_id, listing.text),
)
# As the contract numbers them.
_FEATURE_KINDS = {
    Sort.AMOUNT: 1, Sort.RATIO: 2, Sort.DAYS: 3, Sort.COUNT: 4, Sort.DATE: 5, Sort.FLAG: 6, Sort.CATEGORY: 7,
}  # fmt: skip


def list_signals(work: UnitOfWork, request: signal_service_pb2.ListSignalsRequest) -> signal_service_pb2.ListSignalsResponse:
    """A page of signals, the most severe first."""
    statement = _in_reach(work).where(*_asked(work, request))
    statement = statement.where(Signal.state.in_(request.states or (SignalState.OPEN,)))
    if request.rule_codes:
        statement = statement.where(Signal.rule_code.in_(request.rule_codes))
    if request.severity_min:
        statement = statement.where(Signal.severity >= request.severity_min)
    page = listing.read_page(work, statement, request, _ORDER, downwards=True)
    return signal_service_pb2.ListSignalsResponse(
        signals=_shown(work, page.rows), next_page_token=page.next_page_token, as_of_date=_as_of_date(work)
    )


def get_signal(work: UnitOfWork, signal_id: str) -> signal_pb2.Signal:
    """A signal; raises NotFound SIGNAL_NOT_FOUND."""
    signal = work.session.scalars(_in_reach(work).where(Signal.signal_id == signal_id.lower())).one_or_none()
    if signal is None:
        raise NotFound("SIGNAL_NOT_FOUND", "There is no such signal in your scope.")
    return _shown(work, [signal])[0]


def list_rules(
    work: UnitOfWork, request: signal_service_pb2.ListSignalRulesRequest
) -> signal_service_pb2.ListSignalRulesResponse:
    """A page of the rules in force, by code; all of them are few, and are read at once."""
    page = _page(rules_in_force(work), request, lambda rule: rule.code)
    return signal_service_pb2.ListSignalRulesResponse(
        signal_rules=_rule_messages(work, page.rows), next_page_token=page.next_page_token
    )


def get_rule(work: UnitOfWork, rule_code: str) -> signal_pb2.SignalRule:
    """A rule as it is in force; raises NotFound SIGNAL_RULE_NOT_FOUND."""
    found = [rule for rule in rules_in_force(work) if rule.code == rule_code]
    if not found:
        raise NotFound("SIGNAL_RULE_NOT_FOUND", "There is no such rule, or no version of it was approved.")
    return _rule_messages(work, found)[0]


def list_versions(work: UnitOfWork, request: signal_service_pb2.ListSignalRuleVersionsRequest) -> Page:
    """A page of the bank's own versions, the one that was proposed last first."""
    statement = select(SignalRuleVersion)
    if request.rule_code:
        statement = statement.where(SignalRuleVersion.rule_code == request.rule_code)
    if request.states:
        statement = statement.where(SignalRuleVersion.state.in_(request.states))
    order = ((SignalRuleVersion.signal_rule_version_id, listing.text),)
    return listing.read_page(work, statement, request, order, downwards=True)


def list_features(request: signal_service_pb2.ListSignalFeaturesRequest) -> signal_service_pb2.ListSignalFeaturesResponse:
    """A page of the features that conditions may name."""
    page = _page(sorted(FEATURES), request, lambda name: name)
    features = [
        signal_service_pb2.SignalFeature(
            name=name,
            kind=_FEATURE_KINDS[FEATURE_SORTS[name]],
            chinese_name=FEATURES[name].chinese,
            english_name=FEATURES[name].english,
            risk=FEATURES[name].risk,
        )
        for name in page.rows
    ]
    return signal_service_pb2.ListSignalFeaturesResponse(signal_features=features, next_page_token=page.next_page_token)


def _in_reach(work: UnitOfWork) -> Select[Any]:
    """Signals of customers whom the caller reaches: a signal goes with its customer."""
    statement = select(Signal).join(Customer, Customer.customer_id == Signal.customer_id)
    return in_scope(statement, Customer, work.scope, work.caller)


def _asked(work: UnitOfWork, request: signal_service_pb2.ListSignalsRequest) -> list[Any]:
    """Whose signals; raises NotFound for whom or what the caller does not reach."""
    conditions = []
    if request.customer_id:
        conditions.append(Signal.customer_id == reaching.customer(work, request.customer_id).customer_id)
    if request.lead_person_id:
        conditions.append(Customer.lead_person_id == reaching.person(work, request.lead_person_id).person_id)
    if request.organisation_path:
        conditions.append(below(Customer.organisation_path, reaching.unit_path(work, request.organisation_path)))
    return conditions


def _shown(work: UnitOfWork, signals: Sequence[Signal]) -> list[signal_pb2.Signal]:
    return signal_messages(work, signals, reaching.customers(work, (each.customer_id for each in signals)))


def _as_of_date(work: UnitOfWork) -> str:
    from services.analytics.usecases.analyses import keeping

    analysis = keeping.current(work)
    return analysis.as_of_date.isoformat() if analysis else ""


def _rule_messages(work: UnitOfWork, rules: Sequence[SignalRule]) -> list[signal_pb2.SignalRule]:
    proposed = select(SignalRuleVersion).where(SignalRuleVersion.state == RuleState.PROPOSED)
    waiting = {each.rule_code: each.signal_rule_version_id for each in work.session.scalars(proposed)}
    precisions = precision_messages(work, rules)
    return [
        signal_pb2.SignalRule(
            rule_code=rule.code,
            version_number=rule.version,
            definition=definition_message(rule),
            precision=precisions[rule.code],
            proposed_signal_rule_version_id=waiting.get(rule.code, ""),
        )
        for rule in rules
    ]


def _page(rows: Sequence[Any], request: Any, key: Any) -> Page:
    """A page of what is at hand already, sorted by that key."""
    bound, size = listing.query(request), page_size(request.page_size)
    if token := PageToken.decode(request.page_token, bound, keys=1):
        rows = [row for row in rows if key(row) > token.keys[0]]
    return Page.of(rows[: size + 1], size, bound, lambda row: (key(row),))
