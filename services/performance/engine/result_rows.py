"""The columns of a row of `results` beside its period, and what becomes of each over the days of one."""

from __future__ import annotations

from services.performance.engine.measures import MEASURES, OWNER

COUNTS = ("account_count", "customer_count")
# As they stand at a period's end.
STOCKS = ("balance", "average_balance", "base_balance", "increment")
# What comes together in a period.
EARNINGS = tuple(name for name in MEASURES if name not in STOCKS)
ROW = (*OWNER, *COUNTS, *MEASURES)
