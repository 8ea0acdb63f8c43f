"""Conditions of signals: written by an analyst, checked against an allow-list, the same in every engine.

A condition is an SQL condition over the features of a customer and named thresholds. It says true, false or nothing: where a
feature is not known, what is compared with it is not known either, and the rule does not hold.
"""

from services.analytics.rules.conditions.faults import ConditionFault, FaultReason, Place
from services.analytics.rules.conditions.reading import Condition, read
from services.analytics.rules.conditions.sorts import FEATURE_SORTS, Sort

__all__ = ["FEATURE_SORTS", "Condition", "ConditionFault", "FaultReason", "Place", "Sort", "read"]
