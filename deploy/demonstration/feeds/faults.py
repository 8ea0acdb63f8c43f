"""A day on which not all goes well: known bad rows, a count that is wrong, a file that does not come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from deploy.demonstration.books.bank_books import Books
from deploy.demonstration.feeds.delivering import definitions, folder_of, rows_of
from deploy.demonstration.feeds.writing import named, write_file

BAD_ROWS = "core.transactions"
WRONG_COUNT = "core.accounts"
WITHHELD = "ledger.gl_balances"
# One bad row for so many: more, and the feed would refuse the whole file.
ROWS_PER_FAULT = 30
_DELIMITER = "|+|"


def deliver_faulty(books: Books, inbox: Path, day: date) -> Iterator[str]:
    """Writes a day's files with faults; yields what is wrong with which."""
    for name, definition in definitions().items():
        folder = folder_of(definition, inbox)
        for rows in rows_of(definition, day, day):
            if name == WITHHELD:
                (folder / named(definition.source.file, day)).unlink(missing_ok=True)
                yield f"{name}: the file does not come, and will be late."
                continue
            change = _spoil if name == BAD_ROWS else None
            totals = _miscount if name == WRONG_COUNT else None
            path = write_file(books.connection, definition, rows, folder, change=change, totals=totals)
            if path and change:
                yield f"{name}: {path.name} has rows with an impossible date, an amount that is none, an unknown code."
            if path and totals:
                yield f"{name}: {path.name} says more rows than it has, and will be refused."


def _spoil(lines: list[str]) -> list[str]:
    """Spoils rows at the beginning, as many as the feed bears."""
    faults = (("VAL_DT", 9, "20260230"), ("TXN_AMT", 5, "1.2.3"), ("TXN_CD", 7, "7777"))
    spoilt = list(lines)
    for number, (_, place, text) in enumerate(faults[: max(1, len(lines) // ROWS_PER_FAULT)]):
        if number < len(spoilt):
            values = spoilt[number].split(_DELIMITER)
            values[place] = text
            spoilt[number] = _DELIMITER.join(values)
    return spoilt


def _miscount(told: dict[str, int]) -> dict[str, int]:
    return told | {"rows": told["rows"] + 7}
