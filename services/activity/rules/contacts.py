"""What contacts can be, numbered as the contract numbers them, and what of them goes together."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

from services.chassis.kernel.errors import FieldViolation, InvalidInput, RuleBroken


class ContactKind(IntEnum):
    """What sort of contact it is."""

    VISIT = 1
    CALL = 2
    MEETING = 3
    MESSAGE = 4
    EMAIL = 5
    LETTER = 6
    EVENT = 7


class ContactState(IntEnum):
    """Where a contact stands."""

    PLANNED = 1
    DONE = 2
    CANCELLED = 3
    NO_SHOW = 4


class ContactChannel(IntEnum):
    """By which way a contact is."""

    ON_SITE = 1
    AT_BANK = 2
    TELEPHONE = 3
    VIDEO = 4
    INSTANT_MESSAGE = 5
    SMS = 6
    EMAIL = 7
    POST = 8
    ELSEWHERE = 9


class ContactPurpose(IntEnum):
    """What a contact is for."""

    ACQUAINTANCE = 1
    CARE = 2
    SALE = 3
    FOLLOW_UP = 4
    SERVICE = 5
    POST_LOAN_CHECK = 6
    COMPLAINT = 7
    RETENTION = 8
    COLLECTION = 9
    OTHER = 10


class ContactOutcome(IntEnum):
    """What came of a contact."""

    NEUTRAL = 1
    INTERESTED = 2
    NEXT_STEP_AGREED = 3
    SIGNED = 4
    DECLINED = 5
    NOT_REACHED = 6
    SOLVED = 7
    DISCONTENT = 8


_CHANNELS = {
    ContactKind.VISIT: (ContactChannel.ON_SITE, ContactChannel.ELSEWHERE),
    ContactKind.CALL: (ContactChannel.TELEPHONE, ContactChannel.VIDEO, ContactChannel.INSTANT_MESSAGE),
    ContactKind.MEETING: (
        ContactChannel.AT_BANK, ContactChannel.VIDEO, ContactChannel.ON_SITE, ContactChannel.ELSEWHERE,
    ),
    ContactKind.MESSAGE: (ContactChannel.INSTANT_MESSAGE, ContactChannel.SMS),
    ContactKind.EMAIL: (ContactChannel.EMAIL,),
    ContactKind.LETTER: (ContactChannel.POST,),
    ContactKind.EVENT: (
        ContactChannel.ELSEWHERE, ContactChannel.AT_BANK, ContactChannel.VIDEO, ContactChannel.ON_SITE,
    ),
}  # fmt: skip

# Two records of one kind for one customer that begin this near each other are likely of one contact.
_SAME_WITHIN = {
    ContactKind.VISIT: timedelta(hours=2),
    ContactKind.CALL: timedelta(minutes=10),
    ContactKind.MEETING: timedelta(hours=2),
    ContactKind.MESSAGE: timedelta(minutes=2),
    ContactKind.EMAIL: timedelta(minutes=2),
    ContactKind.LETTER: timedelta(hours=12),
    ContactKind.EVENT: timedelta(hours=4),
}

# Clocks of pages and servers differ by so much.
_CLOCKS_DIFFER = timedelta(minutes=5)
# Nothing is planned further ahead.
_AHEAD_MAX = timedelta(days=3 * 366)
# What is asked for in days before or after these is asked for from, or to, these.
_FIRST_DAY, _LAST_DAY = date(1970, 1, 2), date(2200, 1, 1)


def channel_of(kind: int, channel: int) -> int:
    """The channel that was named, or the usual one of the kind; raises InvalidInput CHANNEL_INVALID where it is none of it."""
    possible = _CHANNELS[ContactKind(kind)]
    if channel and channel not in possible:
        names = ", ".join(each.name for each in possible)
        violation = FieldViolation("channel", f"A contact of this kind is by one of: {names}.")
        raise InvalidInput("CHANNEL_INVALID", "The channel does not go with the kind of contact.", violations=(violation,))
    return channel or possible[0].value


def same_within(kind: int) -> timedelta:
    """How near each other two contacts of a kind with one customer begin that are likely one."""
    return _SAME_WITHIN[ContactKind(kind)]


def state_of_new(state: int, start_time: datetime, now: datetime) -> ContactState:
    """Where a new contact stands; raises InvalidInput STATE_INVALID where nothing new stands so."""
    if not state:
        return ContactState.PLANNED if start_time > now + _CLOCKS_DIFFER else ContactState.DONE
    if state not in (ContactState.PLANNED, ContactState.DONE):
        violation = FieldViolation("state", "PLANNED or DONE.")
        raise InvalidInput("STATE_INVALID", "A new contact is planned or done.", violations=(violation,))
    return ContactState(state)


def check_time(state: int, start_time: datetime, now: datetime, *, today: date, zone: str, days_back_max: int) -> None:
    """Raises RuleBroken where a contact in that state cannot begin then.

    CONTACT_IN_FUTURE of one that is done, CONTACT_TOO_OLD of one that is recorded too late to be believed, PLAN_IN_PAST of one
    that is planned for a day that is over, and PLAN_TOO_FAR.
    """
    if state == ContactState.DONE:
        if start_time > now + _CLOCKS_DIFFER:
            raise _misplaced("CONTACT_IN_FUTURE", "What has not begun cannot be done.", "Not later than now.")
        if start_time < now - timedelta(days=days_back_max):
            raise _misplaced(
                "CONTACT_TOO_OLD", "It lies too far back to be recorded.", f"Not more than {days_back_max} days before now."
            )
        return
    if start_time < day_start(today, zone):
        raise _misplaced("PLAN_IN_PAST", "The day is over.", "Today or later; what took place is recorded as done.")
    if start_time > now + _AHEAD_MAX:
        raise _misplaced("PLAN_TOO_FAR", "It lies too far ahead.", f"Within {_AHEAD_MAX.days} days.")


def day_of(start_time: datetime, zone: str) -> date:
    """The day in the zone on which something begins."""
    return start_time.astimezone(ZoneInfo(zone)).date()


def day_start(day: date, zone: str) -> datetime:
    """The instant at which a day of the zone begins; of days before or after all that is kept, that of the first or last."""
    day = min(max(day, _FIRST_DAY), _LAST_DAY)
    return datetime.combine(day, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def check_outcome(state: int, outcome: int) -> None:
    """Raises InvalidInput OUTCOME_INVALID where something is said to have come of what has not taken place."""
    if outcome and state != ContactState.DONE:
        violation = FieldViolation("outcome", "Leave it out until the contact is done.")
        raise InvalidInput("OUTCOME_INVALID", "Nothing can have come of it yet.", violations=(violation,))


def _misplaced(reason: str, message: str, fits: str) -> RuleBroken:
    return RuleBroken(reason, message, violations=(FieldViolation("start_time", fits),))


def likely_same(kind: int, start_time: datetime, other_kind: int, other_start_time: datetime) -> bool:
    """Whether two records for one customer are likely of one contact."""
    return kind == other_kind and abs(start_time - other_start_time) <= same_within(kind)


def day_end(day: date, zone: str) -> datetime:
    """The last instant of a day of the zone, to the microsecond."""
    following = min(max(day, _FIRST_DAY), _LAST_DAY) + timedelta(days=1)
    return datetime.combine(following, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC) - timedelta(microseconds=1)


def check_imported(state: int, start_time: datetime, now: datetime) -> None:
    """Raises RuleBroken where a contact of another system cannot have begun then: what is not planned has begun."""
    if start_time < day_start(_FIRST_DAY, "UTC"):
        raise _misplaced("CONTACT_TOO_OLD", "There were no contacts then.", f"After {_FIRST_DAY.year}.")
    if state == ContactState.PLANNED:
        if start_time > now + _AHEAD_MAX:
            raise _misplaced("PLAN_TOO_FAR", "It lies too far ahead.", f"Within {_AHEAD_MAX.days} days.")
    elif start_time > now + _CLOCKS_DIFFER:
        raise _misplaced("CONTACT_IN_FUTURE", "What has not begun is planned.", "Not later than now.")
