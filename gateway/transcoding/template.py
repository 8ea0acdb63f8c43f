"""The path templates of `google.api.http`, as its documentation defines them.

    Template = "/" Segments [ Verb ] ;          Segment  = "*" | "**" | LITERAL | Variable ;
    Segments = Segment { "/" Segment } ;        Variable = "{" FieldPath [ "=" Segments ] "}" ;
    Verb     = ":" LITERAL ;                    FieldPath = IDENT { "." IDENT } ;

`*` matches one segment that is not empty, `**` any number of them and stands last. `{name}` is `{name=*}`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.transcoding.contract import ContractFault

ONE = "*"
MANY = "**"

_IDENT = r"[A-Za-z_][A-Za-z0-9_]*"
_FIELD_PATH = re.compile(rf"{_IDENT}(?:\.{_IDENT})*")
_LITERAL = re.compile(r"[A-Za-z0-9._~!$&'()+,;=@-]+")
# A variable, or a run of anything that is neither a slash nor a brace.
_PART = re.compile(r"\{([^{}=]*)(?:=([^{}]*))?\}|([^/{}]+)")


@dataclass(frozen=True, slots=True)
class Variable:
    """A field bound to the segments from `start` to `end`; `end` is None where the pattern ends with `**`."""

    field_path: str
    start: int
    end: int | None


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template: its segments, each a literal, `*` or `**`; the variables over them; the verb, empty without one."""

    text: str
    segments: tuple[str, ...]
    variables: tuple[Variable, ...]
    verb: str

    @classmethod
    def parse(cls, text: str) -> Template:
        """Reads a template; raises ContractFault where it is not one."""
        try:
            return _parse(text)
        except ValueError as error:
            raise ContractFault(f"{text!r} is not a path template: {error}") from None

    def variable_at(self, position: int) -> Variable | None:
        """The variable that binds the segment at the position, if one does."""
        within = (each for each in self.variables if each.start <= position and (each.end is None or position < each.end))
        return next(within, None)


def _parse(text: str) -> Template:
    if not text.startswith("/"):
        raise ValueError("it does not begin with a slash")
    path, verb = _split_verb(text[1:])
    segments: list[str] = []
    variables: list[Variable] = []
    position = 0
    while True:
        match = _PART.match(path, position)
        if match is None:
            raise ValueError(f"a segment is missing or malformed at character {position + 1}")
        _add_part(match, segments, variables)
        position = match.end()
        if position == len(path):
            break
        if path[position] != "/":
            raise ValueError(f"a slash is missing at character {position + 1}")
        position += 1
    _check(segments, variables)
    return Template(text, tuple(segments), tuple(variables), verb)


def _split_verb(path: str) -> tuple[str, str]:
    head, colon, verb = path.rpartition(":")
    if not colon or "/" in verb or "}" in verb:
        return path, ""
    if not _LITERAL.fullmatch(verb):
        raise ValueError("the verb is malformed")
    return head, verb


def _add_part(match: re.Match[str], segments: list[str], variables: list[Variable]) -> None:
    field_path, pattern, plain = match.groups()
    if plain is not None:
        segments.append(plain)
        return
    if not _FIELD_PATH.fullmatch(field_path):
        raise ValueError(f"{field_path!r} is not a field path")
    inner = (ONE if pattern is None else pattern).split("/")
    start = len(segments)
    segments.extend(inner)
    variables.append(Variable(field_path, start, None if inner[-1] == MANY else len(segments)))


def _check(segments: list[str], variables: list[Variable]) -> None:
    for segment in segments:
        if segment not in (ONE, MANY) and not _LITERAL.fullmatch(segment):
            raise ValueError(f"the segment {segment!r} is malformed")
    if MANY in segments[:-1]:
        raise ValueError("** stands before the end")
    paths = [variable.field_path for variable in variables]
    if len(set(paths)) != len(paths):
        raise ValueError("a variable stands twice")
