"""What the signs of warnings say, in both languages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.analytics.v1 import warning_pb2

from services.analytics.model.warning import WarningSignal
from services.analytics.rules.evidence import Language
from services.analytics.rules.library import LIBRARY
from services.analytics.rules.signal_reading import ReadRule, read_rule
from services.chassis.db.session import UnitOfWork


@dataclass(frozen=True, slots=True)
class Words:
    """The words of the rules of those signs."""

    rules: Mapping[str, ReadRule]
    currency_code: str

    @classmethod
    def of(cls, work: UnitOfWork, codes: set[str]) -> Words:
        """Those of the rules with such codes."""
        return cls({each.code: read_rule(each) for each in LIBRARY if each.code in codes}, work.settings.home_currency_code)

    def signal(self, sign: WarningSignal) -> warning_pb2.WarningSignal:
        """A sign as it is shown; of a rule that is gone its code and its evidence are left."""
        evidence = _evidence(sign)
        rule = self.rules.get(sign.signal_code)
        return warning_pb2.WarningSignal(
            signal_code=sign.signal_code,
            rule_version=sign.rule_version,
            severity=sign.severity,
            onset_date=sign.onset_date.isoformat(),
            evidence={name: str(value) for name, value in evidence.items() if value is not None},
            chinese=self._filled(rule, rule.rule.chinese_words, evidence, chinese=True) if rule else "",
            english=self._filled(rule, rule.rule.english_words, evidence, chinese=False) if rule else "",
        )

    def advice(self, sign: WarningSignal) -> warning_pb2.WarningStep | None:
        """What to do about it; None where its rule is gone, or advises nothing."""
        rule = self.rules.get(sign.signal_code)
        if rule is None or not rule.rule.chinese_advice:
            return None
        chinese, english = rule.rule.chinese_advice, rule.rule.english_advice
        return warning_pb2.WarningStep(code=sign.signal_code, chinese=chinese, english=english)

    def _filled(self, rule: ReadRule, words: str, evidence: Mapping[str, Any], *, chinese: bool) -> str:
        return Language(chinese, self.currency_code).filled(words, evidence, rule.sorts)


def _evidence(sign: WarningSignal) -> dict[str, Any]:
    """Features and thresholds by name, as the analysis wrote them."""
    kept = json.loads(sign.evidence or "{}")
    return {**kept.get("features", {}), **kept.get("thresholds", {})}
