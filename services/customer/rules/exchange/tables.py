"""A file of customers as rows of cells, whatever it is: delimited text, an Excel workbook, vCards. Bounded, and never trusted."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import islice
from typing import Any

from services.chassis.kernel.errors import FieldViolation, InvalidInput
from services.customer.rules.exchange.cards import Card, cards_of
from services.customer.rules.exchange.columns import HEADING_ROWS_MAX, heading_place, suggested
from services.customer.rules.exchange.texts import decoded, delimiter_of, lines_of

COLUMNS_MAX = 200
ROWS_MAX = 200_000
# A workbook unpacks to so much at most; one of 200,000 customers stays far below.
UNPACKED_BYTES_MAX = 256 * 1024 * 1024
PARTS_MAX = 2_000
# A larger whole number has lost digits where a spreadsheet keeps it as a number.
EXACT_NUMBER_MAX = 10**15

CSV, XLSX, VCARD = "CSV", "XLSX", "VCARD"
_OTHER_FORMATS = (
    (b"%PDF", "PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls): save it as .xlsx"),
    (b"\x89PNG", "an image"),
)
_CARD_COLUMNS = (
    "display_name", "kind", "phone", "email", "birth_or_founding_date", "address", "postal_code", "customer_number", "card_key",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it begins in, its cells, and what keeps it from being read."""

    line: int
    cells: tuple[str, ...]
    fault: str = ""
    # The column at fault, from 0; -1 where it is the row itself.
    fault_column: int = -1


@dataclass(frozen=True, slots=True)
class Shape:
    """How a file is read: what it is, and where its columns are."""

    format: str
    encoding: str = ""
    delimiter: str = ""
    # The line of the heading; 0 where there is none.
    heading_line: int = 0
    headings: tuple[str, ...] = ()
    fields: tuple[str, ...] = field(default=())


def shape_of(content: bytes, *, encoding: str = "", delimiter: str = "") -> Shape:
    """What the file is, with the fields that its headings suggest; raises InvalidInput for what is no table at all."""
    kind = _format_of(content)
    if kind == VCARD:
        text, used = decoded(content, encoding)
        if next(cards_of(text), None) is None:
            raise _unusable("FILE_EMPTY", "The file holds no card.")
        return Shape(VCARD, used, headings=_CARD_COLUMNS, fields=_CARD_COLUMNS)
    if kind == XLSX:
        shape, rows = Shape(XLSX), _workbook_rows(content)
    else:
        text, used = decoded(content, encoding)
        shape = Shape(CSV, used, delimiter or delimiter_of(text))
        rows = _text_rows(text, shape.delimiter)
    first = [row for row in islice(rows, HEADING_ROWS_MAX) if any(cell.strip() for cell in row.cells)]
    if not first:
        raise _unusable("FILE_EMPTY", "The file holds no row.")
    heading = first[heading_place([row.cells for row in first])]
    headings = tuple(cell.strip() for cell in heading.cells)
    return Shape(shape.format, shape.encoding, shape.delimiter, heading.line, headings, tuple(suggested(headings)))


def rows_of(content: bytes, shape: Shape) -> Iterator[Row]:
    """The rows below the heading, without empty ones; one that cannot be read is a row with its fault."""
    rows: Iterator[Row]
    if shape.format == VCARD:
        rows = (_card_row(card) for card in cards_of(decoded(content, shape.encoding)[0]))
    elif shape.format == XLSX:
        rows = _workbook_rows(content)
    else:
        rows = _text_rows(decoded(content, shape.encoding)[0], shape.delimiter)
    width = len(shape.headings)
    for number, row in enumerate(
        row for row in rows if row.line > shape.heading_line and (row.fault or any(map(str.strip, row.cells)))
    ):
        if number == ROWS_MAX:
            yield Row(row.line, (), f"A file has at most {ROWS_MAX} rows; divide it.")
            return
        if not row.fault and any(cell.strip() for cell in row.cells[width:]):
            yield Row(row.line, row.cells, "The row has more cells than the heading has columns.")
        else:
            yield Row(row.line, (*row.cells[:width], *[""] * (width - len(row.cells))), row.fault, row.fault_column)


def _format_of(content: bytes) -> str:
    if not content.strip():
        raise _unusable("FILE_EMPTY", "The file is empty.")
    if content.startswith(b"PK\x03\x04"):
        return XLSX
    for start, name in _OTHER_FORMATS:
        if content.startswith(start):
            raise _unusable("FORMAT_UNSUPPORTED", f"The file is {name}; CSV, Excel (.xlsx) and vCard are read.")
    head = content[:200].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t").upper()
    return VCARD if head.startswith((b"BEGIN:VCARD", b"BEGIN :VCARD")) else CSV


def _text_rows(text: str, delimiter: str) -> Iterator[Row]:
    line = 0
    try:
        for line, cells in lines_of(text, delimiter):
            if len(cells) > COLUMNS_MAX:
                yield Row(line, (), f"A row has at most {COLUMNS_MAX} columns.")
            else:
                yield Row(line, tuple(cells))
    except csv.Error:
        # Nothing behind it can be told apart any more.
        yield Row(line + 1, (), "From here on the text is no table: a quotation mark may be missing.")


def _card_row(card: Card) -> Row:
    return Row(card.line, tuple(card.fields.get(name, "") for name in _CARD_COLUMNS), card.fault)


def _workbook_rows(content: bytes) -> Iterator[Row]:
    """The rows of the first sheet, as text."""
    from openpyxl import load_workbook  # type: ignore[import-untyped]

    _check_parts(content)
    try:
        with warnings.catch_warnings():
            # Styles and extensions that the library does not know are of no matter here.
            warnings.simplefilter("ignore")
            workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            sheet = workbook.worksheets[0]
            # What the sheet says of its size may be wrong, and is looked at by the reader.
            sheet.reset_dimensions()
            for line, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
                yield _workbook_row(line, cells)
    except InvalidInput:
        raise
    except Exception:  # noqa: BLE001 - the library raises whatever a broken part makes it stumble over
        raise _unusable("WORKBOOK_BROKEN", "The workbook cannot be read.") from None


def _workbook_row(line: int, cells: tuple[Any, ...]) -> Row:
    last = max((place for place, cell in enumerate(cells) if cell is not None), default=-1)
    if last >= COLUMNS_MAX:
        return Row(line, (), f"A row has at most {COLUMNS_MAX} columns.")
    for place, cell in enumerate(cells):
        if isinstance(cell, (int, float)) and abs(cell) >= EXACT_NUMBER_MAX:
            fault = "The number has lost digits in the workbook: format the column as text and enter it anew."
            return Row(line, tuple(map(_cell_text, cells[: last + 1])), fault, place)
    return Row(line, tuple(map(_cell_text, cells[: last + 1])))


def _cell_text(cell: Any) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime() | date() | time():
            return cell.isoformat()
    return str(cell)


def _check_parts(content: bytes) -> None:
    """Refuses a file that unpacks to more than it may, or whose XML declares what it stands for."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNPACKED_BYTES_MAX:
                raise _unusable("WORKBOOK_TOO_LARGE", f"The workbook unpacks to more than {UNPACKED_BYTES_MAX} bytes.")
            if "xl/workbook.xml" not in archive.namelist():
                raise _unusable("FORMAT_UNSUPPORTED", "The file is an archive, and no Excel workbook.")
            for part in parts:
                with archive.open(part) as opened:
                    if b"<!DOCTYPE" in opened.read(1_024).upper():
                        raise _unusable("WORKBOOK_BROKEN", "A part of the workbook declares a document type, which none needs.")
    # `zipfile` says so of compressions that it does not know (NotImplementedError) and of parts with a password (RuntimeError).
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        raise _unusable("WORKBOOK_BROKEN", "The workbook cannot be read.") from None


def _unusable(reason: str, description: str) -> InvalidInput:
    return InvalidInput(reason, description, violations=(FieldViolation("file", description),))
