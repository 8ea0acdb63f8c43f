"""Writes an Excel workbook of one sheet of texts as it goes: no row stays in memory, nothing lies on a disk unencrypted.

Office Open XML (ECMA-376), the least that spreadsheets open: each cell an inline string, so that nothing is taken for a number, a
date or a formula. The archive goes to a sink that cannot be wound back, which ZIP allows (data descriptors).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence
from typing import IO, cast
from xml.sax.saxutils import escape

# What a sheet holds at most; the last row but one is enough for us.
ROWS_MAX = 1_000_000
CELL_LENGTH_MAX = 32_767
_FLUSH_CHARACTERS = 64 * 1024
# XML 1.0 has no place for these.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_NAMESPACE = "http://schemas.openxmlformats.org"
_HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_NAMESPACE}/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_NAMESPACE}/package/2006/relationships"><Relationship Id="rId1" '
    f'Type="{_NAMESPACE}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_NAMESPACE}/spreadsheetml/2006/main" '
    f'xmlns:r="{_NAMESPACE}/officeDocument/2006/relationships"><sheets><sheet name="{{sheet}}" sheetId="1" r:id="rId1"/>'
    "</sheets></workbook>",
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_NAMESPACE}/package/2006/relationships"><Relationship Id="rId1" '
    f'Type="{_NAMESPACE}/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


class WorkbookWriter:
    """Writes rows, in order; `sink` is given the file's bytes as they come, `sheet` is a plain word."""

    def __init__(self, sink: Callable[[bytes], None], sheet: str) -> None:
        self._archive = zipfile.ZipFile(cast("IO[bytes]", _Sink(sink)), "w", zipfile.ZIP_DEFLATED)
        for name, content in _PARTS.items():
            self._archive.writestr(zipfile.ZipInfo(name), _HEADER + content.replace("{sheet}", sheet))
        # The size is not known beforehand, and may pass what the short form of a ZIP holds.
        self._sheet = self._archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True)
        self._rows = 0
        self._pending = [_HEADER, f'<worksheet xmlns="{_NAMESPACE}/spreadsheetml/2006/main"><sheetData>']
        self._pending_characters = 0

    def write(self, cells: Sequence[str]) -> None:
        """One row."""
        self._rows += 1
        row = "".join(_cell(text) for text in cells)
        self._pending.append(f'<row r="{self._rows}">{row}</row>')
        self._pending_characters += len(row)
        if self._pending_characters > _FLUSH_CHARACTERS:
            self._flush()

    def close(self) -> None:
        """Writes the end of the file."""
        self._pending.append("</sheetData></worksheet>")
        self._flush()
        self._sheet.close()
        self._archive.close()

    def _flush(self) -> None:
        self._sheet.write("".join(self._pending).encode())
        self._pending, self._pending_characters = [], 0


class _Sink:
    """A file that can only be written on."""

    def __init__(self, sink: Callable[[bytes], None]) -> None:
        self._sink = sink

    def write(self, content: bytes) -> int:
        self._sink(bytes(content))
        return len(content)

    def flush(self) -> None:
        """There is nothing between the archive and the sink."""


def _cell(text: str) -> str:
    if not text:
        return "<c/>"
    shown = escape(_NOT_XML.sub("", text)[:CELL_LENGTH_MAX])
    return f'<c t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'
