"""A calendar as an iCalendar file that every program reads: each occurrence by itself, in UTC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icalendar import Event


@dataclass(frozen=True, slots=True)
class Shown:
    """One event of the file."""

    uid: str
    start_time: datetime
    end_time: datetime
    # The first and the last of whole days, `YYYY-MM-DD`.
    days: tuple[str, str] | None
    title: str
    place: str
    free: bool
    changed_time: datetime
    sequence: int


def calendar_file(events: Sequence[Shown]) -> bytes:
    """The file; equal for equal events."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//RM Workbench//Activity//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "RM Workbench")
    for event in events:
        calendar.add_component(_event(event))
    return bytes(calendar.to_ical())


def _event(shown: Shown) -> Event:
    from icalendar import Event

    event = Event()
    event.add("uid", f"{shown.uid}@workbench")
    event.add("dtstamp", shown.changed_time.astimezone(UTC).replace(microsecond=0))
    event.add("sequence", shown.sequence)
    if shown.days:
        event.add("dtstart", date.fromisoformat(shown.days[0]))
        event.add("dtend", date.fromisoformat(shown.days[1]) + timedelta(days=1))
    else:
        event.add("dtstart", shown.start_time.astimezone(UTC))
        event.add("dtend", shown.end_time.astimezone(UTC))
    event.add("summary", shown.title)
    if shown.place:
        event.add("location", shown.place)
    event.add("transp", "TRANSPARENT" if shown.free else "OPAQUE")
    return event
