"""How a feed's files are called: `{date:%Y%m%d}` stands for the business date, `*` and `?` as in a shell, `/` goes into a folder.

A name is always below its feed's folder: what would lead out of it matches nothing and is made of nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from services.chassis.kernel.errors import InvalidInput

_TOKEN = re.compile(r"\{date(?::([^{}]*))?\}|\{file\}|[*?]|[^*?{}]+|[{}]")
_DIRECTIVE = re.compile(r"%(.)|([^%]+)")
_FORMAT_DEFAULT = "%Y%m%d"
# What a part of a date looks like; a year of two digits says of which century it is no more than a file's name does.
_PARTS = {"Y": "[0-9]{4}", "m": "[0-9]{2}", "d": "[0-9]{2}", "j": "[0-9]{3}"}
_WILDCARDS_MAX = 4
_CHARACTERS_MAX = 200
# More, and no file system has it.
NAME_CHARACTERS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class NamePattern:
    """A pattern, ready to find and to make names."""

    text: str
    # For each step of the path what matches it, and for the whole with the parts of its date, in their order.
    steps: tuple[re.Pattern[str], ...]
    whole: re.Pattern[str]
    parts: tuple[str, ...]

    @property
    def is_dated(self) -> bool:
        """Whether a name says its date."""
        return {"Y", "m", "d"} <= set(self.parts) or {"Y", "j"} <= set(self.parts)

    @property
    def is_open(self) -> bool:
        """Whether a date has any number of names."""
        return any(mark in self.text for mark in "*?")

    def matches(self, name: str) -> bool:
        """Whether a file of that name is the feed's: where it says a date, one that there is."""
        found = self._values(name)
        return found is not None and (not self.is_dated or _date(found) is not None)

    def date_of(self, name: str) -> date | None:
        """The date that the name says; None where it says none."""
        found = self._values(name) if self.is_dated else None
        return None if found is None else _date(found)

    def name_for(self, day: date | None, file: str = "") -> str:
        """The name of that date's file; `{file}` stands for the name of the file that it belongs to."""

        def filled(token: re.Match[str]) -> str:
            if token[0] == "{file}":
                return file
            if token[0].startswith("{date") and day is not None:
                return _written(token[1] or _FORMAT_DEFAULT, day)
            return token[0]

        return _TOKEN.sub(filled, self.text)

    def _values(self, name: str) -> dict[str, str] | None:
        match = self.whole.fullmatch(name) if is_plain(name) else None
        if match is None:
            return None
        values: dict[str, str] = {}
        for part, value in zip(self.parts, match.groups(), strict=True):
            # A date that stands in the folder and in the name is one date.
            if values.setdefault(part, value) != value:
                return None
        return values


@lru_cache(maxsize=1_024)
def pattern(text: str) -> NamePattern:
    """The pattern; raises InvalidInput FILE_PATTERN_INVALID, saying what is wrong with it."""
    if not text or len(text) > _CHARACTERS_MAX or not is_plain(text.replace("*", "x")):
        raise _invalid(text, "a path below the feed's folder, without `..` and of at most 200 characters, is needed")
    if sum(text.count(mark) for mark in "*?") > _WILDCARDS_MAX:
        raise _invalid(text, f"at most {_WILDCARDS_MAX} of `*` and `?`")
    parts: list[str] = []
    expressions = [_expression(step, text, parts) for step in text.split("/")]
    return NamePattern(text, tuple(map(re.compile, expressions)), re.compile("/".join(expressions)), tuple(parts))


def is_plain(name: str) -> bool:
    """Whether a name stays below its folder, and can be shown: no step up, no root, no control characters."""
    return (
        0 < len(name) <= NAME_CHARACTERS_MAX
        and "\\" not in name
        and name.isprintable()
        and all(step not in ("", ".", "..") for step in name.split("/"))
    )


def _expression(step: str, text: str, parts: list[str]) -> str:
    first, *rest = ["".join(_piece(token, text, parts) for token in _TOKEN.finditer(piece)) for piece in step.split("*")]
    # As in a shell, what is hidden is not meant.
    visible = r"(?!\.)" if step.startswith(("*", "?")) else ""
    if not rest:
        return visible + first
    # Between two stars the first place that fits is as good as any later one; to try them all takes for ever.
    return visible + first + "".join(f"(?>[^/]*?{piece})" for piece in rest[:-1]) + f"[^/]*{rest[-1]}"


def _piece(token: re.Match[str], text: str, parts: list[str]) -> str:
    if token[0] == "?":
        return "[^/]"
    if token[0].startswith("{date"):
        return _date_expression(token[1] or _FORMAT_DEFAULT, text, parts)
    if token[0] == "{file}":
        return ".+"
    if token[0] in "{}":
        raise _invalid(text, "only {date}, {date:…} and {file} stand in braces")
    return re.escape(token[0])


def _date_expression(form: str, text: str, parts: list[str]) -> str:
    pieces = []
    for directive in _DIRECTIVE.finditer(form):
        if directive[2] is not None:
            pieces.append(re.escape(directive[2]))
            continue
        if directive[1] not in _PARTS:
            raise _invalid(text, "a date is written with %Y, %m, %d and %j")
        parts.append(directive[1])
        pieces.append(f"({_PARTS[directive[1]]})")
    if form.endswith("%") or "/" in form:
        raise _invalid(text, "a date is written with %Y, %m, %d and %j")
    return "".join(pieces)


def _written(form: str, day: date) -> str:
    values = {"Y": f"{day.year:04}", "m": f"{day.month:02}", "d": f"{day.day:02}", "j": f"{day.timetuple().tm_yday:03}"}
    return _DIRECTIVE.sub(lambda each: values[each[1]] if each[1] else each[2], form)


def _date(values: dict[str, str]) -> date | None:
    try:
        if "j" not in values:
            return date(int(values["Y"]), int(values["m"]), int(values["d"]))
        year, number = int(values["Y"]), int(values["j"])
        day = date.fromordinal(date(year, 1, 1).toordinal() + number - 1)
    except ValueError:
        return None
    return day if day.year == year and _agree(values, day) else None


def _agree(values: dict[str, str], day: date) -> bool:
    return all(int(values.get(part, str(number))) == number for part, number in (("m", day.month), ("d", day.day)))


def _invalid(text: str, remedy: str) -> InvalidInput:
    return InvalidInput("FILE_PATTERN_INVALID", f"{text[:_CHARACTERS_MAX]!r} names no files: {remedy}.")
