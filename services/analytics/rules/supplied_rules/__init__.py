"""The signs that the workbench brings along: the first version of each rule, never changed once it was published.

A bank changes a rule by a version of its own, which a second person approves. The signs are those known from practice (domain
knowledge of the trade, section "Leaving" of the design); the thresholds are where to begin, to be fitted to each bank's history.
"""

from services.analytics.rules.supplied_rules.balances import BALANCES
from services.analytics.rules.supplied_rules.flows import FLOWS
from services.analytics.rules.supplied_rules.products import PRODUCTS
from services.analytics.rules.supplied_rules.relations import RELATIONS

SUPPLIED_RULES = tuple(sorted((*BALANCES, *FLOWS, *PRODUCTS, *RELATIONS), key=lambda rule: rule.code))

__all__ = ["SUPPLIED_RULES"]
