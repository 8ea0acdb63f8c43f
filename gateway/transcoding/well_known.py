"""JSON to the messages of `google.protobuf` that have a form of their own in JSON. Each reader fills a fresh message."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any

from gateway.transcoding.misfit import Misfit
from gateway.transcoding.names import snake_case
from gateway.transcoding.scalars import read_string

Fill = Callable[[Any, Any], None]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIMESTAMP = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))", re.ASCII
)
_TIMESTAMP_SECONDS = range(-62_135_596_800, 253_402_300_800)
_DURATION = re.compile(r"(-?)(\d{1,12})(?:\.(\d{1,9}))?s", re.ASCII)
_DURATION_SECONDS_MAX = 315_576_000_000
_MASK = re.compile(r"(?:[a-z][A-Za-z0-9]*(?:\.[a-z][A-Za-z0-9]*)*(?:,(?=.)|$))*", re.ASCII)


def fill_timestamp(value: Any, message: Any) -> None:
    """RFC 3339 with a `T`, an offset or `Z`, and at most nine digits of a second."""
    match = _TIMESTAMP.fullmatch(value) if type(value) is str else None
    if match is None:
        raise Misfit("must be an RFC 3339 time such as 2026-01-31T08:00:00Z")
    *civil, fraction, sign, hours, minutes = match.groups()
    try:
        moment = datetime(*map(int, civil), tzinfo=UTC)  # type: ignore[arg-type, misc]
    except ValueError:
        raise Misfit("must be a time that exists") from None
    seconds = (moment - _EPOCH) // timedelta(seconds=1)
    if sign:
        offset = (int(hours) * 60 + int(minutes)) * 60
        seconds += offset if sign == "-" else -offset
    if seconds not in _TIMESTAMP_SECONDS:
        raise Misfit("must lie in the years 1 to 9999")
    message.seconds, message.nanos = seconds, _nanos(fraction)


def fill_duration(value: Any, message: Any) -> None:
    """Seconds with an `s`, such as `1.5s`."""
    match = _DURATION.fullmatch(value) if type(value) is str else None
    if match is None or int(match[2]) > _DURATION_SECONDS_MAX:
        raise Misfit("must be a duration such as 1.5s")
    sign = -1 if match[1] else 1
    message.seconds, message.nanos = sign * int(match[2]), sign * _nanos(match[3])


def fill_field_mask(value: Any, message: Any) -> None:
    """Paths in lowerCamelCase, joined by commas."""
    if type(value) is not str or not _MASK.fullmatch(value):
        raise Misfit("must be field names in lowerCamelCase, joined by commas")
    if value:
        message.paths.extend(snake_case(path) for path in value.split(","))


def fill_value(value: Any, message: Any) -> None:
    """Any JSON value."""
    kind = type(value)
    if value is None:
        message.null_value = 0
    elif kind is bool:
        message.bool_value = value
    elif kind is str:
        message.string_value = read_string(value)
    elif kind is int or kind is float:
        message.number_value = _number(value)
    elif kind is list:
        fill_list(value, message.list_value)
    else:
        fill_struct(value, message.struct_value)


def fill_list(value: Any, message: Any) -> None:
    """A JSON array of any values."""
    if type(value) is not list:
        raise Misfit("must be an array")
    # Marks an empty list as present.
    message.SetInParent()
    for index, item in enumerate(value):
        try:
            fill_value(item, message.values.add())
        except Misfit as misfit:
            raise misfit.below(f"[{index}]") from None


def fill_struct(value: Any, message: Any) -> None:
    """A JSON object of any values."""
    if type(value) is not dict:
        raise Misfit("must be an object")
    message.SetInParent()
    for key, item in value.items():
        try:
            fill_value(item, message.fields[read_string(key)])
        except Misfit as misfit:
            raise misfit.below(_printable(key)) from None


def _number(value: float) -> float:
    try:
        number = float(value)
    except OverflowError:
        raise Misfit("is out of range") from None
    if not isfinite(number):
        raise Misfit("is out of range")
    return number


def _nanos(fraction: str | None) -> int:
    return int(fraction.ljust(9, "0")) if fraction else 0


def _printable(key: str) -> str:
    return key if key.isidentifier() and key.isascii() else "[…]"


WELL_KNOWN: dict[str, Fill] = {
    "google.protobuf.Timestamp": fill_timestamp,
    "google.protobuf.Duration": fill_duration,
    "google.protobuf.FieldMask": fill_field_mask,
    "google.protobuf.Value": fill_value,
    "google.protobuf.Struct": fill_struct,
    "google.protobuf.ListValue": fill_list,
}
