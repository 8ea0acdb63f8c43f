"""Workbooks: .xlsx by openpyxl, a row at a time; .xls by calamine, held in memory.

The rows of one sheet (`sheet`, or the first): after `skip_lines` rows of titles the header, unless `columns` names the columns.
Cells as text: a text as it stands, leading zeros and all; a number with its shortest digits and no exponent; a date as ISO
(2024-05-31, and 2024-05-31T09:30:00 where it has a time of day); a formula as the value that the file keeps of it. A number with
more digits than a workbook's numbers hold (15) is refused with its row: its last ones are not what somebody wrote.
"""

from __future__ import annotations

import datetime as dt
import math
import warnings
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any, BinaryIO

from services.chassis.kernel.errors import InvalidInput
from services.integration.connectors.formats.archives import check_workbook
from services.integration.connectors.formats.records import Fault, Record, clipped, unreadable
from services.integration.connectors.formats.seekable import seekable
from services.integration.model.feed_definition import Format

FILE_BYTES_MAX = 64 << 20
COLUMNS_MAX = 2_000
ROWS_AT_A_TIME = 500
EMPTY_ROWS_MAX = 100_000
# A double tells 15 digits from one another; what is longer may have been changed.
NUMBER_DIGITS_MAX = 15

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_Cells = Sequence[Any]


def read(stream: BinaryIO, written: Format) -> Iterator[Record | Fault]:
    """The rows of a sheet; the line of a row is its number in the sheet."""
    content = seekable(stream, FILE_BYTES_MAX)
    magic = content.read(4)
    content.seek(0)
    if magic == _ZIP:
        check_workbook(content)
        yield from _rows(_xlsx(content, written.sheet), written)
    elif magic == _OLE:
        yield from _rows(_xls(content, written.sheet), written)
    else:
        raise unreadable("the file is no workbook; text that is named .xls is a delimited format")


def _rows(cells: Iterator[tuple[int, _Cells]], written: Format) -> Iterator[Record | Fault]:
    names: Sequence[str] = written.columns if not written.header or written.columns else ()
    header_waits = written.header
    waiting: list[Record | Fault] = []
    for number, row in islice(cells, written.skip_lines, None):
        if all(_is_empty(cell) for cell in row):
            continue
        if header_waits:
            header_waits, names = False, names or _names(row)
            continue
        waiting.append(_row(number, row, names))
        # The last rows may be totals, which is known at the end only.
        if len(waiting) > written.trailer_lines:
            yield waiting.pop(0)
    if not names:
        raise unreadable("the sheet has no header")


def _row(number: int, row: _Cells, names: Sequence[str]) -> Record | Fault:
    values, raw, whole = {}, [], True
    for index, cell in enumerate(row):
        text = _text(cell)
        raw.append(text)
        whole = whole and not _is_too_long(cell)
        if index < len(names) and names[index] and not _is_empty(cell):
            values[names[index]] = text
    told = clipped("\t".join(raw))
    if not whole:
        return Fault(
            number, told, "NUMBER_TOO_LONG", f"A number has more than the {NUMBER_DIGITS_MAX} digits that a workbook keeps."
        )
    return Record(number, told, values)


def _names(row: _Cells) -> list[str]:
    if len(row) > COLUMNS_MAX:
        raise unreadable(f"more than {COLUMNS_MAX} columns", 1)
    names: list[str] = []
    for cell in row:
        name = " ".join(_text(cell).split())
        again = sum(1 for other in names if other == name or other.startswith(f"{name}[")) if name else 0
        names.append(f"{name}[{again + 1}]" if again else name)
    return names


def _xlsx(content: BinaryIO, sheet: str) -> Iterator[tuple[int, _Cells]]:
    import openpyxl

    try:
        with warnings.catch_warnings():
            # It tells of styles and extensions that it does not keep; cells are all that is read here.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(content, read_only=True, data_only=True, keep_links=False)
            found = _sheet(book.sheetnames, sheet)
            page = book[found]
            # The size that the sheet states of itself is not to be trusted: a row could be filled up to 16,384 cells.
            page.reset_dimensions()
            rows = page.iter_rows(values_only=True)
        yield from _numbered(rows)
    except (InvalidInput, GeneratorExit):
        raise
    except Exception as error:  # noqa: BLE001 - what openpyxl raises on a damaged file is of no one kind
        raise unreadable(f"the workbook is damaged ({type(error).__name__})") from None


def _numbered(rows: Iterator[_Cells]) -> Iterator[tuple[int, _Cells]]:
    number = empty = 0
    while True:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            batch = list(islice(rows, ROWS_AT_A_TIME))
        for row in batch:
            number += 1
            empty = 0 if row else empty + 1
            if empty > EMPTY_ROWS_MAX:
                raise unreadable(f"more than {EMPTY_ROWS_MAX} empty rows one after another", number)
            yield number, row
        if len(batch) < ROWS_AT_A_TIME:
            return


def _xls(content: BinaryIO, sheet: str) -> Iterator[tuple[int, _Cells]]:
    import python_calamine

    if content.seek(0, 2) > FILE_BYTES_MAX:
        raise unreadable(f"an .xls may have {FILE_BYTES_MAX} bytes, and this one has more")
    content.seek(0)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(content)
        rows = book.get_sheet_by_name(_sheet(book.sheet_names, sheet)).to_python(skip_empty_area=False)
    except InvalidInput:
        raise
    except BaseException as error:
        # What goes wrong inside calamine's Rust comes as a PanicException, which is no Exception.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise unreadable(f"the workbook is damaged ({type(error).__name__})") from None
    yield from enumerate(rows, start=1)


def _sheet(names: Sequence[str], wanted: str) -> str:
    if wanted and wanted not in names:
        raise unreadable("the workbook has no sheet of the name that the feed says")
    if not names:
        raise unreadable("the workbook has no sheet")
    return wanted or names[0]


def _is_empty(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _is_too_long(cell: Any) -> bool:
    """Whether a double's digits are more than it keeps apart, in a number so large that its last digits are amounts."""
    if not isinstance(cell, float) or not math.isfinite(cell):
        return False
    digits = Decimal(repr(cell)).normalize().as_tuple().digits
    return abs(cell) >= 10**NUMBER_DIGITS_MAX or (abs(cell) >= 10 ** (NUMBER_DIGITS_MAX - 2) and len(digits) > NUMBER_DIGITS_MAX)


def _text(cell: Any) -> str:  # noqa: PLR0911 - one return for each type
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float():
            if not math.isfinite(cell):
                return repr(cell)
            return str(int(cell)) if cell.is_integer() else format(Decimal(repr(cell)), "f")
        case dt.datetime():
            return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(timespec="seconds")
        case dt.date() | dt.time():
            return cell.isoformat()
        case _:
            return str(cell)
