"""Serves `workbench.analytics.v1.SignalService`: request to use case to answer."""

from __future__ import annotations

from workbench.analytics.v1 import signal_pb2, signal_service_pb2

from services.analytics.usecases.signals import deciding, reading, trying
from services.analytics.usecases.signals.deciding import version_message, version_messages
from services.chassis.db.session import UnitOfWork


def list_signals(work: UnitOfWork, request: signal_service_pb2.ListSignalsRequest) -> signal_service_pb2.ListSignalsResponse:
    return reading.list_signals(work, request)


def get_signal(work: UnitOfWork, request: signal_service_pb2.GetSignalRequest) -> signal_pb2.Signal:
    return reading.get_signal(work, request.signal_id)


def list_signal_rules(
    work: UnitOfWork, request: signal_service_pb2.ListSignalRulesRequest
) -> signal_service_pb2.ListSignalRulesResponse:
    return reading.list_rules(work, request)


def get_signal_rule(work: UnitOfWork, request: signal_service_pb2.GetSignalRuleRequest) -> signal_pb2.SignalRule:
    return reading.get_rule(work, request.rule_code)


def list_signal_rule_versions(
    work: UnitOfWork, request: signal_service_pb2.ListSignalRuleVersionsRequest
) -> signal_service_pb2.ListSignalRuleVersionsResponse:
    page = reading.list_versions(work, request)
    shown = version_messages(work, page.rows)
    return signal_service_pb2.ListSignalRuleVersionsResponse(signal_rule_versions=shown, next_page_token=page.next_page_token)


def get_signal_rule_version(
    work: UnitOfWork, request: signal_service_pb2.GetSignalRuleVersionRequest
) -> signal_pb2.SignalRuleVersion:
    return version_message(work, deciding.found(work, request.signal_rule_version_id))


def propose_signal_rule(work: UnitOfWork, request: signal_service_pb2.ProposeSignalRuleRequest) -> signal_pb2.SignalRuleVersion:
    return version_message(work, deciding.propose(work, request))


def approve_signal_rule(work: UnitOfWork, request: signal_service_pb2.ApproveSignalRuleRequest) -> signal_pb2.SignalRuleVersion:
    return version_message(work, deciding.approve(work, request.signal_rule_version_id, request.etag))


def reject_signal_rule(work: UnitOfWork, request: signal_service_pb2.RejectSignalRuleRequest) -> signal_pb2.SignalRuleVersion:
    return version_message(work, deciding.reject(work, request.signal_rule_version_id, request.etag, request.decision_note))


def withdraw_signal_rule(work: UnitOfWork, request: signal_service_pb2.WithdrawSignalRuleRequest) -> signal_pb2.SignalRuleVersion:
    return version_message(work, deciding.withdraw(work, request.signal_rule_version_id, request.etag))


def try_signal_rule(
    work: UnitOfWork, request: signal_service_pb2.TrySignalRuleRequest
) -> signal_service_pb2.TrySignalRuleResponse:
    return trying.try_rule(work, request)


def list_signal_features(
    _work: UnitOfWork, request: signal_service_pb2.ListSignalFeaturesRequest
) -> signal_service_pb2.ListSignalFeaturesResponse:
    return reading.list_features(request)
