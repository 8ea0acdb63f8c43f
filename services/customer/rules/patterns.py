"""What a text looks like: patterns that a bank writes for its own fields.

They are a part of regular expressions, and matched by following all ways at once. So no pattern and no text can hold a thread
for ever, as `re` lets a few nested repeats do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

# Steps that a pattern may come to once its repeats are written out.
STEPS_MAX = 250

_ATOM = re.compile(
    r"""
    (?P<one> \[ \^? (\\[^\w\s] | \\d | [^\]\[\\])+ \] | \\[^\w\s] | \\d | [^\\\[\](){}|?*+^$] )
    (?P<times> [?*+] | \{ [0-9]{1,3} (,[0-9]{0,3})? \} )?
    """,
    re.VERBOSE,
)
_ONE_OR_NONE = {"?": (0, 1), "*": (0, None), "+": (1, None), None: (1, 1)}

# Whether a step takes a character.
Takes = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Step:
    """One character of a text: which; whether it may be left out, and whether it may come again."""

    takes: Takes
    optional: bool = False
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern that was understood."""

    steps: tuple[Step, ...]

    @classmethod
    def of(cls, text: str) -> Pattern:
        """The pattern that a text writes; raises ValueError where it is none."""
        steps: list[Step] = []
        place = 0
        while place < len(text):
            atom = _ATOM.match(text, place)
            if atom is None:
                raise ValueError(f"Not understood from character {place + 1} on.")
            steps += _steps(atom)
            place = atom.end()
        if len(steps) > STEPS_MAX:
            raise ValueError(f"At most {STEPS_MAX} characters once its repeats are written out.")
        return cls(tuple(steps))

    def matches(self, text: str) -> bool:
        """Whether the whole text looks like this; costs no more than its length times the pattern's."""
        places = self._reached((0,))
        for character in text:
            taken = [place for place in places if place < len(self.steps) and self.steps[place].takes(character)]
            places = self._reached([*(place + 1 for place in taken), *(place for place in taken if self.steps[place].repeats)])
            if not places:
                return False
        return len(self.steps) in places

    def _reached(self, places: Iterable[int]) -> set[int]:
        reached: set[int] = set()
        for place in places:
            following = place
            while following not in reached:
                reached.add(following)
                if following == len(self.steps) or not self.steps[following].optional:
                    break
                following += 1
        return reached


def _steps(atom: re.Match[str]) -> list[Step]:
    try:
        takes = re.compile(atom["one"]).fullmatch
    except re.error as error:
        raise ValueError(f"The set at character {atom.start() + 1} is none.") from error
    least, most = _times(atom["times"])
    steps = [Step(takes)] * least
    if most is not None:
        return steps + [Step(takes, optional=True)] * (most - least)
    if steps:
        return [*steps[:-1], Step(takes, repeats=True)]
    return [Step(takes, optional=True, repeats=True)]


def _times(text: str | None) -> tuple[int, int | None]:
    if text in _ONE_OR_NONE:
        return _ONE_OR_NONE[text]
    first, comma, last = str(text)[1:-1].partition(",")
    least = int(first)
    most = (int(last) if last else None) if comma else least
    if most is not None and most < least:
        raise ValueError("A repeat has its smaller number first.")
    return least, most
