"""When somebody is told: quiet hours 免打扰 and the times of digests, by the clock of whoever is told.

Local times are what a clock on the wall shows. Where it is put forward, a time that it skips counts as the instant at which it
would have been; where it is put back, a time that it shows twice counts the first time.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

# At which time of the day a digest goes where nothing is said.
DIGEST_TIME = time(8, 30)
# A zone knows no clock that is put by more than a day.
_DAYS_LOOKED_AT = 3


@dataclass(frozen=True, slots=True)
class Clock:
    """How somebody's day runs: his zone, and the hours in which nothing is told by itself; none where both ends are None."""

    zone: ZoneInfo
    quiet_start: time | None = None
    quiet_end: time | None = None

    def is_quiet(self, moment: datetime) -> bool:
        """Whether the instant lies in the quiet hours; their end does not."""
        if self.quiet_start is None or self.quiet_end is None:
            return False
        shown = moment.astimezone(self.zone).time()
        if self.quiet_start < self.quiet_end:
            return self.quiet_start <= shown < self.quiet_end
        return shown >= self.quiet_start or shown < self.quiet_end

    def due(self, moment: datetime) -> datetime:
        """When something of that instant is told: then, or when the quiet hours around it end. In UTC."""
        if not self.is_quiet(moment) or self.quiet_end is None:
            return moment.astimezone(UTC)
        return self._next(moment, (self.quiet_end,))

    def next_digest(self, moment: datetime, times: Collection[time]) -> datetime:
        """The first digest after that instant: at one of the times of the day, or where that is quiet, when it ends. In UTC."""
        return self.due(self._next(moment, times or (DIGEST_TIME,)))

    def _next(self, moment: datetime, times: Collection[time]) -> datetime:
        """The first instant after that one at which the clock shows one of the times."""
        today = moment.astimezone(self.zone).date()
        days = (today + timedelta(days=count) for count in range(-1, _DAYS_LOOKED_AT))
        shown = (datetime.combine(day, each, self.zone).astimezone(UTC) for day in days for each in times)
        return min(each for each in shown if each > moment)


def parse_time(text: str) -> time | None:
    """A time of the day `HH:MM`, None where the text is empty."""
    return time.fromisoformat(text) if text else None
