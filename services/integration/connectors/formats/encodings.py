"""Bytes to text, a line at a time, for formats whose lines are text.

Any codec that Python has: utf-8 and utf-16 with or without a byte order mark, gb18030, gbk, big5, cp1252, EBCDIC cp037, cp500,
cp1140, cp1026, cp273 and the like. Python has no cp1141 (German EBCDIC with the euro sign: cp273 is the same but for that sign)
and no cp1388 or cp935 (Chinese EBCDIC, in which single and double bytes are shifted); a feed that names one is refused.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from services.chassis.kernel.errors import InvalidInput
from services.integration.connectors.formats.records import unreadable

CHUNK_BYTES = 1 << 16
# A line without an end may not fill the memory.
LINE_CHARACTERS_MAX = 4_000_000

# Stands in a text where bytes were no text. A lone surrogate: no codec yields it, so it cannot be mistaken for the file's own.
UNDECODABLE = "\udcff"
_MARK = "workbench-mark-undecodable"
# Codecs that make other things than text of bytes, or text by rules of their own.
_NO_TEXTS = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "utf-7", "mbcs", "oem"})


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its end; its number from 1. Where bytes were no text it holds `UNDECODABLE`."""

    number: int
    text: str
    # Whether a line's end followed: a file may stop in the midst of its last line.
    ended: bool = True

    @property
    def decodable(self) -> bool:
        """Whether all its bytes were text."""
        return UNDECODABLE not in self.text


def check(encoding: str) -> codecs.CodecInfo:
    """The codec; raises InvalidInput ENCODING_UNKNOWN where there is none that makes bytes into text."""
    try:
        info = codecs.lookup(encoding)
        bytes("0", encoding)
    except (LookupError, ValueError):
        info = None
    if info is None or info.name in _NO_TEXTS:
        raise InvalidInput("ENCODING_UNKNOWN", f"There is no encoding {encoding[:40]!r} here.")
    return info


def text_chunks(stream: BinaryIO, encoding: str) -> Iterator[str]:
    """The text of the stream, a chunk at a time, without a byte order mark; `UNDECODABLE` for bytes that are no text."""
    first = stream.read(CHUNK_BYTES)
    decoder = codecs.getincrementaldecoder(_named(encoding, first))(_MARK)
    chunk = first
    begun = False
    while chunk:
        text = decoder.decode(chunk)
        if text and not begun:
            begun, text = True, text.removeprefix("\ufeff")
        if text:
            yield text
        chunk = stream.read(CHUNK_BYTES)
    if text := decoder.decode(b"", final=True):
        yield text


def lines(stream: BinaryIO, encoding: str) -> Iterator[Line]:
    """The lines of the stream: ended by LF, CR LF or CR, and in EBCDIC by NEL too; InvalidInput where one has no end."""
    breaks = "\n\r\x85" if _is_ebcdic(encoding) else "\n\r"
    number, held = 1, ""
    for text in text_chunks(stream, encoding):
        whole, held = _whole_lines(held + text, breaks)
        for line in whole:
            yield Line(number, line)
            number += 1
        if len(held) > LINE_CHARACTERS_MAX:
            raise unreadable(f"a line of more than {LINE_CHARACTERS_MAX} characters", number)
    if held:
        yield Line(number, held.removesuffix("\r"), ended=held.endswith("\r"))


def _whole_lines(text: str, breaks: str) -> tuple[list[str], str]:
    # A CR at the end may be the first half of CR LF: it waits for the next chunk.
    waiting = "\r" if text.endswith("\r") else ""
    text = text.removesuffix("\r").replace("\r\n", "\n")
    for other in breaks[1:]:
        text = text.replace(other, "\n")
    *whole, rest = text.split("\n")
    return whole, rest + waiting


def _named(encoding: str, first: bytes) -> str:
    name = check(encoding).name
    if name == "utf-16" and not first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        # Without a mark Python takes the machine's own order. Text that begins with ASCII shows the order by where its zero is.
        return "utf-16-be" if first[:1] == b"\x00" else "utf-16-le"
    return name


def _is_ebcdic(encoding: str) -> bool:
    return bytes("A", encoding)[-1:] == b"\xc1"


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return UNDECODABLE, error.end


codecs.register_error(_MARK, _mark)
