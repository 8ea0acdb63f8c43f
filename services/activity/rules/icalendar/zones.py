"""Which zone a calendar from outside means: by its name where anybody knows it, else by its offsets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from services.activity.rules.zones import zone_named

GUESSED, UNKNOWN = "ZONE_GUESSED", "ZONE_UNKNOWN"
_MINUTES_PER_HOUR = 60
_OFFSET_LENGTHS = (len("+0800"), len("+080000"))
# Of those with the same offsets the first is taken.
_CANDIDATES = (
    "Asia/Shanghai", "Asia/Tokyo", "Asia/Bangkok", "Asia/Kolkata", "Asia/Dubai", "Asia/Karachi", "Asia/Dhaka", "Europe/London",
    "Europe/Berlin", "Europe/Helsinki", "Europe/Moscow", "UTC", "America/New_York", "America/Chicago", "America/Denver",
    "America/Los_Angeles", "America/Halifax", "America/St_Johns", "America/Phoenix", "America/Bogota", "America/Sao_Paulo",
    "America/Anchorage", "Pacific/Honolulu", "Australia/Sydney", "Australia/Brisbane", "Australia/Adelaide", "Australia/Darwin",
    "Pacific/Auckland", "Africa/Johannesburg", "Africa/Lagos",
)  # fmt: skip


@dataclass(slots=True)
class ZoneDescription:
    """What a file says of a zone: another name of it, and its offsets in minutes."""

    location: str = ""
    offsets: set[int] = field(default_factory=set)

    def add_offset(self, text: str) -> None:
        """Takes a `TZOFFSETTO`; what is none is passed over."""
        text = text.strip()
        digits = text[1:]
        if len(text) in _OFFSET_LENGTHS and text[0] in "+-" and digits.isascii() and digits.isdecimal():
            minutes = int(digits[:2]) * _MINUTES_PER_HOUR + int(digits[2:4])
            self.offsets.add(-minutes if text[0] == "-" else minutes)


def resolve(name: str, described: Mapping[str, ZoneDescription], otherwise: ZoneInfo) -> tuple[ZoneInfo, str]:
    """The zone, and what was assumed: nothing, that its offsets say which it is, or that it is the other one."""
    description = described.get(name, ZoneDescription())
    for candidate in (name, _of_windows(name), *_tails(name), description.location, *_tails(description.location)):
        if zone := zone_named(candidate):
            return zone, ""
    if zone := _by_offsets(frozenset(description.offsets)):
        return zone, GUESSED
    return otherwise, UNKNOWN


def _of_windows(name: str) -> str:
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    return str(WINDOWS_TO_OLSON.get(name, ""))


def _tails(name: str) -> list[str]:
    """What programs put their own paths before, as in `/mozilla.org/20070129_1/America/New_York`."""
    parts = name.split("/")[-4:]
    return ["/".join(parts[-count:]) for count in (3, 2) if len(parts) > count]


@lru_cache(maxsize=256)
def _by_offsets(offsets: frozenset[int]) -> ZoneInfo | None:
    for name in _CANDIDATES:
        zone = ZoneInfo(name)
        if offsets == {_offset(zone, 1), _offset(zone, 7)}:
            return zone
    only = next(iter(offsets)) if len(offsets) == 1 else 1
    # POSIX counts to the west.
    return zone_named(f"Etc/GMT{-only // _MINUTES_PER_HOUR:+d}") if only % _MINUTES_PER_HOUR == 0 else None


def _offset(zone: ZoneInfo, month: int) -> int:
    offset = datetime(2025, month, 1, tzinfo=UTC).astimezone(zone).utcoffset() or timedelta()
    return int(offset.total_seconds()) // 60
