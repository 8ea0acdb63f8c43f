"""What every format makes of a file: batches of rows whose columns are text, and the pieces that are no rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Protocol

from services.chassis.kernel.errors import InvalidInput, LimitReached
from services.integration.connectors.formats.records import Fault
from services.integration.model.feed_definition import ColumnRule, FeedDefinition

# Of one file: whoever sends more of them has sent another file than the feed's.
FAULTS_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Raw:
    """One row as the file has it."""

    line: int
    text: str


class Reading(Protocol):
    """One file being read. Whatever it cannot take is in `faults` by the time the batches are over."""

    # The file's own columns, there once `open` was called; columns of batches are `line`, and `c0`, `c1`, … in their order.
    columns: list[str]
    # Those at the end that are no rows.
    trailer: list[str]
    faults: Faults

    def open(self) -> None:
        """Reads as far as the columns are known."""

    def batches(self) -> Iterator[Any]:
        """Tables of pyarrow: `line`, which no other row has, and the columns that the feed uses, as text."""

    def raw(self, lines: Sequence[int]) -> Iterator[tuple[int, Raw]]:
        """Those rows as the file has them, read anew; `lines` ascend."""


@dataclass(slots=True)
class Faults:
    """The pieces that are no rows, up to a number that no honest file has."""

    found: list[Fault] = field(default_factory=list)
    # What a format's own totals say otherwise, by reason: no row is missing because of it.
    warnings: Counter[str] = field(default_factory=Counter)

    def tell(self, fault: Fault) -> None:
        """Notes one; raises LimitReached FAULTS_TOO_MANY."""
        if fault.is_warning:
            self.warnings[fault.reason] += 1
            return
        self.found.append(fault)
        check_faults(len(self.found))


@dataclass(slots=True)
class Opened:
    """What is common to the readings of all formats."""

    file: BinaryIO
    definition: FeedDefinition
    columns: list[str] = field(default_factory=list)
    trailer: list[str] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)


def check_faults(count: int) -> None:
    """Raises LimitReached FAULTS_TOO_MANY beyond the limit of one file."""
    if count > FAULTS_MAX:
        raise LimitReached(
            "FAULTS_TOO_MANY", f"More than {FAULTS_MAX} rows of the file are bad; it is another file than the feed's."
        )


def used_columns(definition: FeedDefinition) -> list[str]:
    """The columns of the file that the feed's rules name, each once."""
    names: dict[str, None] = {}
    for rule in definition.columns.values():
        names |= dict.fromkeys(sources_of(rule))
        names |= dict.fromkeys(filter(None, (rule.sign_column, rule.plus_months)))
    if definition.date.source == "column":
        names[definition.date.column] = None
    return list(names)


def sources_of(rule: ColumnRule) -> tuple[str, ...]:
    """The columns of the file that fill a canonical one."""
    if isinstance(rule.source, str):
        return (rule.source,) if rule.source else ()
    return rule.source


def require_columns(definition: FeedDefinition, found: Iterable[str]) -> None:
    """Raises InvalidInput COLUMNS_MISSING where the file has not all that the feed names, COLUMNS_REPEATED where it has two."""
    columns = list(found)
    used = used_columns(definition)
    if missing := [name for name in used if name not in columns]:
        raise InvalidInput(
            "COLUMNS_MISSING", f"The file has no column {', '.join(missing)}.", metadata={"columns": ",".join(missing)}
        )
    if repeated := [name for name in used if columns.count(name) > 1]:
        raise InvalidInput("COLUMNS_REPEATED", f"The file has the column {', '.join(repeated)} more than once.")
