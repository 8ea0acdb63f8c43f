"""Leaving 流失, defined before anything is learned or measured: what counts as a customer who has left.

A customer who was there as of a date has left when, over the horizon after it,

- the average of his assets is at most `kept_fraction` of his own average of as many days before (retail and all others), or
- his salary has ended: it came at least twice before, and not once in the last `flow_silence_days` of the horizon (retail), or
- his settlement flow has ended: it came on several days before, and of it at most `flow_kept_fraction` is left in those last days
  (corporate and others; of private customers settlement flow is not counted).

Whoever is `gone` on the date already (the average of the last `recent_days` is at most the kept fraction of that of the days
before) cannot be warned of any more: he is left out, since to predict what has happened is no art. "No transaction any more" is
not used: on real books it finds one in five hundred (Berka), long after the money has gone. Whoever had next to nothing cannot
leave with anything, and whoever has too short a history was never known to be there: both are left out of learning and of
measuring, and counted.
"""

from __future__ import annotations

from dataclasses import dataclass

# A month's salaries may fall on both sides of a window's edge: three in ninety days are as a rule three, sometimes two.
SALARY_DAYS_MIN = 2
# Of a company whose customers pay by account.
SETTLEMENT_DAYS_MIN = 3


@dataclass(frozen=True, slots=True)
class Leaving:
    """The definition, with its numbers: part of every model's card, since another definition makes another model."""

    horizon_days: int = 90
    kept_fraction: float = 0.5
    # At the end of the horizon: so long without a salary, or nearly without settlement flow.
    flow_silence_days: int = 60
    flow_kept_fraction: float = 0.2
    # Minor units of the home currency: on average of the days before.
    assets_min: int = 100_000
    # Days of balances within the horizon's length before, so that the average before means something.
    days_before_min: int = 30
    # Of those, the last that say whether he is gone already.
    recent_days: int = 7

    def __post_init__(self) -> None:
        if not 0.0 <= self.kept_fraction < 1.0 or not 0.0 <= self.flow_kept_fraction < 1.0:
            raise ValueError("Of what was there a part is kept: a fraction from 0 to less than 1.")
        if self.horizon_days < 1 or not 0 < self.days_before_min <= self.horizon_days or self.assets_min < 1:
            raise ValueError("A horizon has days, and whoever leaves had something before.")
        if not 0 < self.flow_silence_days <= self.horizon_days or self.recent_days < 1:
            raise ValueError("The silence is the end of the horizon.")
