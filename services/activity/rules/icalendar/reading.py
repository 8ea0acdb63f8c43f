"""Reads events of an iCalendar file from whoever made it: what is right of it is taken, what is not says why.

`icalendar` splits lines and knows durations and names of zones. Its components are not asked: they expand what a file says of
time zones while they read it, whatever that costs, and keep it for all calendars that come after.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.activity.rules.appointments import Timing, local_hours, whole_days
from services.activity.rules.icalendar.zones import ZoneDescription, resolve
from services.activity.rules.recurrence.rule import parse_moment
from services.activity.rules.recurrence.series import NonWorkdays, parse_recurrence
from services.activity.rules.zones import instant
from services.chassis.kernel.errors import InvalidInput

BYTES_MAX = 512 * 1024
EVENTS_MAX = 1_000
_TITLE_LENGTH_MAX, _DESCRIPTION_LENGTH_MAX = 200, 4_000
_NESTING_MAX = 16
_DAY = timedelta(days=1)
# Only what is a text is unescaped.
_TEXTS = ("SUMMARY", "DESCRIPTION", "LOCATION")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
_BEGINNING = re.compile(r"^BEGIN:(VCALENDAR|VEVENT)\s*$", re.IGNORECASE | re.MULTILINE)
_ESCAPE = "\\"
_UTC = ZoneInfo("UTC")
_SEQUENCE_MAX = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Property:
    """A line: parameters by upper-case names, the value as it stands."""

    parameters: dict[str, str]
    value: str
    text: str


@dataclass(slots=True)
class RawEvent:
    """An event's own lines, by upper-case names."""

    lines: dict[str, list[Property]] = field(default_factory=dict)

    def first(self, name: str) -> Property | None:
        """The first line of that name."""
        found = self.lines.get(name)
        return found[0] if found else None

    def text(self, name: str, length_max: int) -> str:
        """A text without what no text should have, cut to that length."""
        found = self.first(name)
        return _CONTROL.sub("", found.text).strip()[:length_max] if found else ""


@dataclass(frozen=True, slots=True)
class ReadEvent:
    """An event as it is to be kept, or why it is not. `note` says what was assumed."""

    uid_sha256: str
    sequence: int = 0
    title: str = ""
    description: str = ""
    place: str = ""
    private: bool = False
    free: bool = False
    cancelled: bool = False
    timing: Timing | None = None
    # Of a changed occurrence: when the series would have it start.
    original_start_time: datetime | None = None
    reason: str = ""
    note: str = ""


@dataclass(slots=True)
class RawCalendar:
    """A file's events, and what it says of zones."""

    events: list[RawEvent] = field(default_factory=list)
    zones: dict[str, ZoneDescription] = field(default_factory=dict)


def split(content: bytes) -> RawCalendar:
    """The file's parts; raises InvalidInput CALENDAR_INVALID and CALENDAR_TOO_LARGE."""
    if len(content) > BYTES_MAX:
        raise InvalidInput("CALENDAR_TOO_LARGE", f"A file has at most {BYTES_MAX // 1024} KiB.")
    text = _decoded(content)
    # Some programs hand out an event without its calendar.
    if not _BEGINNING.search(text):
        raise InvalidInput("CALENDAR_INVALID", "It is no iCalendar file.")
    splitter = _Splitter()
    for name, parameters, value, unescaped in _lines(text):
        splitter.take(name, Property(parameters, value, unescaped))
    return splitter.calendar


class _Splitter:
    """Sorts lines into events and zones."""

    def __init__(self) -> None:
        self.calendar = RawCalendar()
        self._zone = ZoneDescription()
        self._stack = [""]

    def take(self, name: str, line: Property) -> None:
        """The next line; raises InvalidInput CALENDAR_TOO_LARGE."""
        value = line.value.strip()
        if name == "BEGIN":
            self._begin(value.upper())
        elif name == "END":
            self._end(value.upper())
        elif self._stack[-1] == "VEVENT":
            self.calendar.events[-1].lines.setdefault(name, []).append(line)
        elif name == "TZID" and self._stack[-1] == "VTIMEZONE":
            self.calendar.zones.setdefault(value, self._zone)
        elif name == "X-LIC-LOCATION":
            self._zone.location = value
        elif name == "TZOFFSETTO" and self._stack[-1] in ("STANDARD", "DAYLIGHT"):
            self._zone.add_offset(value)

    def _begin(self, component: str) -> None:
        if component == "VEVENT":
            # An event is in nothing but its calendar: what was before was not ended.
            while self._stack[-1] not in ("", "VCALENDAR"):
                self._stack.pop()
        self._stack.append(component)
        if component == "VEVENT":
            self.calendar.events.append(RawEvent())
        elif component == "VTIMEZONE":
            self._zone = ZoneDescription()
        if len(self.calendar.events) > EVENTS_MAX or len(self._stack) > _NESTING_MAX:
            raise InvalidInput("CALENDAR_TOO_LARGE", f"A file has at most {EVENTS_MAX} events.")

    def _end(self, component: str) -> None:
        # An end without its beginning ends nothing.
        if component in self._stack[1:]:
            while self._stack.pop() != component:
                pass


def read(calendar: RawCalendar, event: RawEvent, bank_zone: ZoneInfo) -> ReadEvent:
    """One event; what cannot be kept has a reason and no timing."""
    uid = event.text("UID", BYTES_MAX) or "\n".join(sorted(f"{k}:{p.value}" for k, ps in event.lines.items() for p in ps))
    sha256 = hashlib.sha256(uid.encode(errors="replace")).hexdigest()
    try:
        reader = _Reader(calendar, event, bank_zone)
        timing, original = reader.timing(), reader.original()
    except InvalidInput as refusal:
        return ReadEvent(sha256, reason=refusal.reason)
    return ReadEvent(
        uid_sha256=sha256,
        sequence=_sequence(event),
        title=event.text("SUMMARY", _TITLE_LENGTH_MAX).replace("\n", " ").replace("\t", " "),
        description=event.text("DESCRIPTION", _DESCRIPTION_LENGTH_MAX),
        place=event.text("LOCATION", _TITLE_LENGTH_MAX).replace("\n", " ").replace("\t", " "),
        private=event.text("CLASS", _TITLE_LENGTH_MAX).upper() in ("PRIVATE", "CONFIDENTIAL"),
        free=event.text("TRANSP", _TITLE_LENGTH_MAX).upper() == "TRANSPARENT",
        cancelled=event.text("STATUS", _TITLE_LENGTH_MAX).upper() == "CANCELLED",
        timing=timing,
        original_start_time=original,
        note=reader.note,
    )


class _Reader:
    """Reads one event's times."""

    def __init__(self, calendar: RawCalendar, event: RawEvent, bank_zone: ZoneInfo) -> None:
        self._calendar, self._event, self._bank_zone = calendar, event, bank_zone
        self.note = ""
        start = event.first("DTSTART")
        if start is None:
            raise InvalidInput("START_MISSING", "It has no start.")
        self._start, self._zone = self._moment(start, start.value)

    def timing(self) -> Timing:
        """When it takes place; raises InvalidInput."""
        lines = [] if self._event.first("RECURRENCE-ID") else self._recurrence()
        start, end = self._start, self._end()
        if isinstance(start, datetime) and isinstance(end, timedelta):
            recurrence = parse_recurrence(lines, self._zone, start)
            return local_hours(start, end, self._zone, recurrence)
        if isinstance(start, datetime) or isinstance(end, timedelta):
            raise _time_invalid()
        return whole_days(start, end, self._zone, lines, NonWorkdays.KEEP.value)

    def original(self) -> datetime | None:
        """Of a changed occurrence, when the series would have it start; raises InvalidInput."""
        line = self._event.first("RECURRENCE-ID")
        if line is None:
            return None
        if line.parameters.get("RANGE"):
            raise InvalidInput("RANGE_UNSUPPORTED", "A change of all that follow is not taken over.")
        moment, zone = self._moment(line, line.value)
        local = moment if isinstance(moment, datetime) else datetime.combine(moment, datetime.min.time())
        if not 1 < local.year < date.max.year:
            raise _time_invalid()
        return instant(local, zone)

    def _end(self) -> date | timedelta:
        """How long it takes, or the last of whole days."""
        start, line, duration = self._start, self._event.first("DTEND"), self._event.first("DURATION")
        if line is not None:
            end, zone = self._moment(line, line.value)
            if isinstance(start, datetime) and isinstance(end, datetime):
                if not 1 < min(start.year, end.year) <= max(start.year, end.year) < date.max.year:
                    raise _time_invalid()
                return instant(end, zone) - instant(start, self._zone)
            if isinstance(start, datetime) or isinstance(end, datetime):
                raise _time_invalid()
            return max(end - _DAY, start) if end >= start and end > date.min else end
        length = _duration(duration.value) if duration else timedelta()
        if isinstance(start, datetime):
            return length
        days = max(length.days, 1) - 1
        if length < timedelta() or days > (date.max - start).days:
            raise _time_invalid()
        return start + days * _DAY

    def _recurrence(self) -> list[str]:
        """The recurrence as lines in local times of the event's zone."""
        if "EXRULE" in self._event.lines or len(self._event.lines.get("RRULE", ())) > 1:
            raise InvalidInput("RECURRENCE_UNSUPPORTED", "More than one rule is not taken over.")
        # Some programs escape what is no text.
        lines = [f"RRULE:{line.value.strip().replace(_ESCAPE, '')}" for line in self._event.lines.get("RRULE", ())]
        for name in ("RDATE", "EXDATE"):
            for line in self._event.lines.get(name, ()):
                lines += [self._dates(name, line, value) for value in line.value.split(",") if value.strip()]
        return lines

    def _dates(self, name: str, line: Property, value: str) -> str:
        moment, zone = self._moment(line, value.partition("/")[0])
        if not isinstance(moment, datetime):
            return f"{name};VALUE=DATE:{moment.year:04}{moment:%m%d}"
        if not 1 < moment.year < date.max.year:
            raise _time_invalid()
        local = instant(moment, zone).astimezone(self._zone) if zone != self._zone else moment
        return f"{name}:{local.year:04}{local:%m%dT%H%M%S}"

    def _moment(self, line: Property, value: str) -> tuple[date | datetime, ZoneInfo]:
        """A day or a local time, and of which zone."""
        try:
            moment = parse_moment(value.strip().upper())
        except InvalidInput:
            raise _time_invalid() from None
        if isinstance(moment, datetime) and moment.tzinfo is not None:
            return moment.replace(tzinfo=None), _UTC
        if not isinstance(moment, datetime) or "TZID" not in line.parameters:
            return moment, self._bank_zone
        zone, note = resolve(line.parameters["TZID"], self._calendar.zones, self._bank_zone)
        self.note = self.note or note
        return moment, zone


def _lines(text: str) -> Iterator[tuple[str, dict[str, str], str, str]]:
    """Each line's name, parameters, value as it stands, and value as a text; what is no such line is passed over."""
    from icalendar.parser import Contentlines

    # The last one is no line.
    for line in Contentlines.from_ical(text)[:-1]:  # type: ignore[no-untyped-call]
        try:
            name, parameters, value = line.raw_parts()
            unescaped = line.parts()[2] if str(name).upper() in _TEXTS else value
        except ValueError:
            continue
        yield str(name).upper(), {key.upper(): _joined(each) for key, each in parameters.items()}, str(value), str(unescaped)


def _joined(parameter: object) -> str:
    return ",".join(map(str, parameter)) if isinstance(parameter, list | tuple) else str(parameter)


def _decoded(content: bytes) -> str:
    """UTF-8 as the standard has it, or what Chinese programs wrote before; at worst with signs for what is no text."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("utf-8", errors="replace")


def _duration(text: str) -> timedelta:
    from icalendar import vDuration

    try:
        length: timedelta = vDuration.from_ical(text.strip().upper())  # type: ignore[no-untyped-call]
    except (ValueError, OverflowError):
        raise _time_invalid() from None
    return length


def _sequence(event: RawEvent) -> int:
    text = event.text("SEQUENCE", len(str(_SEQUENCE_MAX)))
    return min(int(text), _SEQUENCE_MAX) if text.isascii() and text.isdecimal() else 0


def _time_invalid() -> InvalidInput:
    return InvalidInput("TIME_INVALID", "It has a time that is none.")
