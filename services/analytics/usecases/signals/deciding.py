"""Proposes and decides versions of rules: stated by one person, approved by another."""

from __future__ import annotations

from sqlalchemy import func, select
from workbench.analytics.v1 import signal_events_pb2, signal_pb2, signal_service_pb2

from services.analytics.model.signal_rule import SignalRuleVersion
from services.analytics.rules.signal_reading import ReadRule, RuleFault, read_rule
from services.analytics.rules.signals import RuleState
from services.analytics.rules.supplied_rules import SUPPLIED_RULES
from services.analytics.usecases import reaching
from services.analytics.usecases.analyses import marking
from services.analytics.usecases.signals.rules import definition_message, rule_of, stated_rule
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import PATH_SEPARATOR, paths_above
from services.chassis.kernel.errors import (
    FieldViolation,
    InvalidInput,
    LimitReached,
    NotAllowed,
    NotFound,
    RuleBroken,
    StaleVersion,
)
from services.chassis.mapping import Mapper, values_of

# Each is a pass over all customers in every analysis.
RULES_MAX = 100
VERSIONS_MAX = 1_000
HOLD = "analytics.signal_rules"
# Of the head office's path, such as `/HO/`.
_HEAD_OFFICE_SEPARATORS = 2
_OUTPUTS = ("chinese_condition", "english_condition")
_plain = Mapper(
    signal_pb2.SignalRuleVersion,
    omitted=("author_name", "decider_name"),
    computed={"definition": lambda version: definition_message(rule_of(version))},
)


def propose(work: UnitOfWork, request: signal_service_pb2.ProposeSignalRuleRequest) -> SignalRuleVersion:
    """A version of a rule that waits for a second person."""
    check_whole_bank(work)
    work.hold(HOLD)
    values = checked_values(request.rule_code, request.definition)
    version = SignalRuleVersion(
        signal_rule_version_id=work.new_id(),
        rule_code=request.rule_code,
        version_number=_next_number(work, request.rule_code),
        definition=values,
        note=request.note or None,
        author_person_id=work.caller.person_id,
        create_time=work.now,
        update_time=work.now,
    )
    work.session.add(version)
    work.record(
        signal_events_pb2.SignalRuleProposed(
            signal_rule_version_id=version.signal_rule_version_id,
            rule_code=version.rule_code,
            version_number=version.version_number,
            author_person_id=version.author_person_id,
            # Whoever decides it has a post at the head office.
            organisation_path=paths_above(work.caller.organisation_path)[:2][-1],
        )
    )
    return _kept(work, version)


def approve(work: UnitOfWork, signal_rule_version_id: str, etag: str) -> SignalRuleVersion:
    """In force from the next analysis on, which comes soon."""
    version = found(work, signal_rule_version_id, to_change=True, etag=etag)
    version.approve(work.caller.person_id, work.now)
    work.record(
        signal_events_pb2.SignalRuleApproved(
            signal_rule_version_id=version.signal_rule_version_id,
            rule_code=version.rule_code,
            version_number=version.version_number,
            author_person_id=version.author_person_id,
            decider_person_id=version.decider_person_id,
        )
    )
    # All are looked at anew by it, as of the latest day.
    marking.look_anew(work, f"rules/{version.rule_code}")
    return _kept(work, version)


def reject(work: UnitOfWork, signal_rule_version_id: str, etag: str, decision_note: str) -> SignalRuleVersion:
    """Turns it down."""
    version = found(work, signal_rule_version_id, to_change=True, etag=etag)
    version.reject(work.caller.person_id, decision_note, work.now)
    work.record(
        signal_events_pb2.SignalRuleRejected(
            signal_rule_version_id=version.signal_rule_version_id,
            rule_code=version.rule_code,
            author_person_id=version.author_person_id,
            decider_person_id=version.decider_person_id,
        )
    )
    return _kept(work, version)


def withdraw(work: UnitOfWork, signal_rule_version_id: str, etag: str) -> SignalRuleVersion:
    """Its author takes it back."""
    version = found(work, signal_rule_version_id, to_change=True, etag=etag)
    version.withdraw(work.caller.person_id, work.now)
    work.record(
        signal_events_pb2.SignalRuleWithdrawn(
            signal_rule_version_id=version.signal_rule_version_id,
            rule_code=version.rule_code,
            author_person_id=version.author_person_id,
        )
    )
    return _kept(work, version)


def found(work: UnitOfWork, signal_rule_version_id: str, *, to_change: bool = False, etag: str = "") -> SignalRuleVersion:
    """A version; raises NotFound, and StaleVersion where the ETag given is no longer its own."""
    if to_change:
        check_whole_bank(work)
        work.hold(HOLD)
    version = work.session.get(SignalRuleVersion, signal_rule_version_id.lower(), with_for_update=to_change or None)
    if version is None:
        raise NotFound("SIGNAL_RULE_VERSION_NOT_FOUND", "There is no such version of a rule.")
    if etag and etag != version.etag:
        raise StaleVersion("SIGNAL_RULE_VERSION_CHANGED", "It changed since you read it; read it again and repeat.")
    return version


def checked_values(rule_code: str, definition: signal_pb2.SignalRuleDefinition) -> dict[str, object]:
    """A definition as it is kept; raises InvalidInput with what is wrong, and in which field."""
    values = values_of(definition)
    for name in _OUTPUTS:
        values.pop(name, None)
    checked(rule_code, values)
    return values


def checked(rule_code: str, values: dict[str, object], version: int = 0) -> ReadRule:
    """The rule that a definition states; raises InvalidInput with what is wrong, and in which field."""
    try:
        return read_rule(stated_rule(rule_code, version, values))
    except RuleFault as fault:
        violation = FieldViolation(f"definition.{fault.field}", fault.problem)
        raise InvalidInput(fault.reason, fault.problem, metadata=fault.told, violations=(violation,)) from fault


def version_message(work: UnitOfWork, version: SignalRuleVersion) -> signal_pb2.SignalRuleVersion:
    """A version as it is shown."""
    return version_messages(work, [version])[0]


def version_messages(work: UnitOfWork, versions: list[SignalRuleVersion]) -> list[signal_pb2.SignalRuleVersion]:
    """Versions as they are shown, people by name."""
    names = reaching.person_names(
        work, (person for each in versions for person in (each.author_person_id, each.decider_person_id))
    )
    shown = []
    for version in versions:
        message = _plain(version)
        message.author_name = names.get(version.author_person_id, "")
        message.decider_name = names.get(version.decider_person_id, "")
        shown.append(message)
    return shown


def check_whole_bank(work: UnitOfWork) -> None:
    """Raises NotAllowed WHOLE_BANK_NEEDED: what rules say is a matter of all customers."""
    paths = work.scope.organisation_paths
    if not any(path == PATH_SEPARATOR or path.count(PATH_SEPARATOR) == _HEAD_OFFICE_SEPARATORS for path in paths):
        raise NotAllowed("WHOLE_BANK_NEEDED", "Rules are the whole bank's: this needs a post at the head office.")


def _next_number(work: UnitOfWork, rule_code: str) -> int:
    versions = work.session.scalars(select(SignalRuleVersion).where(SignalRuleVersion.rule_code == rule_code)).all()
    if any(version.state == RuleState.PROPOSED for version in versions):
        raise RuleBroken("RULE_VERSION_OPEN", "Another version of the rule is still to be decided.")
    brought = {rule.code: rule.version for rule in SUPPLIED_RULES}
    own_codes = select(func.count(SignalRuleVersion.rule_code.distinct())).where(SignalRuleVersion.rule_code.not_in(brought))
    new = not versions and rule_code not in brought
    if len(versions) >= VERSIONS_MAX or (new and len(brought) + (work.session.scalar(own_codes) or 0) >= RULES_MAX):
        raise LimitReached("RULES_TOO_MANY", f"There are at most {RULES_MAX} rules, of {VERSIONS_MAX} versions each.")
    return max((version.version_number for version in versions), default=brought.get(rule_code, 0)) + 1


def _kept(work: UnitOfWork, version: SignalRuleVersion) -> SignalRuleVersion:
    work.session.flush()
    work.resource = f"signalRuleVersions/{version.signal_rule_version_id}"
    return version
