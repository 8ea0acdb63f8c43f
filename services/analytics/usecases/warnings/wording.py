"""What the signs of warnings say, in both languages, by the versions of the rules that saw them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.analytics.v1 import signal_pb2, warning_pb2

from services.analytics.model.warning import WarningSignal
from services.analytics.rules.signals import SignalRule
from services.analytics.usecases.signals.measuring import precision_messages
from services.analytics.usecases.signals.rules import rules_of
from services.analytics.usecases.signals.showing import signal_words
from services.chassis.db.session import UnitOfWork


@dataclass(frozen=True, slots=True)
class Words:
    """The words of the rules of those signs, by code and version."""

    rules: Mapping[tuple[str, int], SignalRule]
    # By the rule's code.
    precisions: Mapping[str, signal_pb2.SignalPrecision]
    currency_code: str

    @classmethod
    def of(cls, work: UnitOfWork, signs: Iterable[WarningSignal]) -> Words:
        """Those that are needed to show the signs."""
        rules = rules_of(work, {(each.signal_code, each.rule_version) for each in signs})
        precisions = precision_messages(work, list(rules.values())) if rules else {}
        return cls(rules, precisions, work.settings.home_currency_code)

    def signal(self, sign: WarningSignal) -> warning_pb2.WarningSignal:
        """A sign as it is shown; of a rule that nobody knows, its code and its evidence."""
        evidence = json.loads(sign.evidence or "{}")
        rule = self._rule(sign)
        chinese, english = signal_words(rule, evidence, self.currency_code) if rule else ("", "")
        precision = self.precisions.get(sign.signal_code, signal_pb2.SignalPrecision())
        return warning_pb2.WarningSignal(
            signal_code=sign.signal_code,
            rule_version=sign.rule_version,
            severity=sign.severity,
            onset_date=sign.onset_date.isoformat(),
            evidence={name: str(value) for name, value in _values(evidence).items() if value is not None},
            chinese=chinese,
            english=english,
            precision=precision.precision,
            noisy=precision.noisy,
        )

    def advice(self, sign: WarningSignal) -> warning_pb2.WarningStep | None:
        """What to do about it; None where nobody knows its rule, or it advises nothing."""
        rule = self._rule(sign)
        if rule is None or not rule.chinese_advice:
            return None
        return warning_pb2.WarningStep(code=sign.signal_code, chinese=rule.chinese_advice, english=rule.english_advice)

    def _rule(self, sign: WarningSignal) -> SignalRule | None:
        return self.rules.get((sign.signal_code, sign.rule_version))


def _values(evidence: Mapping[str, Any]) -> dict[str, Any]:
    return {**evidence.get("features", {}), **evidence.get("thresholds", {})}
