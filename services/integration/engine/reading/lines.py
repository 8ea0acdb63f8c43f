"""A file's lines, in chunks of whole lines: numbered, decoded, without what can be no text."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from services.chassis.kernel.errors import InvalidInput
from services.integration.connectors.formats.records import RAW_CHARACTERS_MAX, Fault
from services.integration.model.feed_definition import Format

READ_BYTES = 4 * 1024 * 1024
# A line of more is none: it would be read into memory whole.
LINE_BYTES_MAX = 1024 * 1024
_NEXT_LINE = "\x85"


@dataclass(frozen=True, slots=True)
class Chunk:
    """Whole lines, each with a line feed at its end. What was left out of the file is an empty line here."""

    first_line: int
    content: bytes

    @property
    def lines(self) -> list[bytes]:
        """Each by itself, without its end."""
        return self.content.split(b"\n")[:-1]


class Lines:
    """The lines of one file.

    Chunks are UTF-8, unless `as_it_is` leaves them in the file's own encoding. What is at the file's head and tail is kept aside:
    `header` is there once the first chunk is, `trailer` once all are.
    """

    def __init__(
        self,
        file: BinaryIO,
        format_: Format,
        tell: Callable[[Fault], None],
        *,
        as_it_is: bool = False,
        has_header: bool = False,
        record_bytes: int = 0,
    ) -> None:
        self._file = file
        self._format = format_
        self._tell = tell
        self._as_it_is = as_it_is
        self._has_header = has_header
        self._record_bytes = record_bytes
        self._encoding = codec(format_.encoding)
        self.header = b""
        self.trailer: list[str] = []
        # The number of the line after those that came.
        self.next_line = 1

    def chunks(self) -> Iterator[Chunk]:
        """All chunks, from the first line after the header to the last before the trailer."""
        line = 1
        leading = self._format.skip_lines + self._has_header
        for content in self._without_trailer(self._whole_lines()):
            rest = content
            while leading and rest:
                head, _, rest = rest.partition(b"\n")
                leading, line = leading - 1, line + 1
                if not leading and self._has_header:
                    self.header = self._header_of(head)
            if rest:
                yield Chunk(line, self._clean(line, rest))
                line += rest.count(b"\n")
                self.next_line = line

    def _whole_lines(self) -> Iterator[bytes]:
        blocks = self._blocks()
        kept = b""
        first = True
        for block in blocks:
            content = kept + block
            if first:
                content, first = content.removeprefix(codecs.BOM_UTF8), False
                if self._record_bytes and b"\n" not in content and b"\r" not in content:
                    yield from self._records(content, blocks)
                    return
            end = content.rfind(b"\n") + 1
            if not end and b"\r" in content[:-1]:
                # Line ends of their own kind; the last byte may be the first half of one.
                end = content.rfind(b"\r", 0, len(content) - 1) + 1
            kept = content[end:]
            if len(kept) > LINE_BYTES_MAX:
                raise InvalidInput("FILE_UNREADABLE", f"A line has more than {LINE_BYTES_MAX} bytes.")
            if end:
                yield _ended(content[:end])
        if kept:
            yield _ended(kept + b"\n")

    def _records(self, content: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Records of one length without line ends between them, as mainframes write them; each becomes a line."""
        size = self._record_bytes
        while content:
            end = len(content) - len(content) % size
            yield b"".join(content[start : start + size] + b"\n" for start in range(0, end, size))
            content = content[end:]
            following = next(blocks, b"")
            if not following and content:
                yield content + b"\n"
                return
            content += following

    def _blocks(self) -> Iterator[bytes]:
        if splits_as_ascii(self._encoding):
            while block := self._file.read(READ_BYTES):
                yield block
            return
        if self._as_it_is:
            # One byte is one character, of another alphabet's order; its two line ends become the usual one.
            table = bytes.maketrans("\n\x85".encode(self._encoding), b"\n\n")
            while block := self._file.read(READ_BYTES):
                yield block.translate(table)
            return
        decoder = codecs.getincrementaldecoder(self._encoding)("replace")
        while block := self._file.read(READ_BYTES):
            yield decoder.decode(block).replace(_NEXT_LINE, "\n").removeprefix("\ufeff").encode()
        yield decoder.decode(b"", final=True).encode()

    def _without_trailer(self, contents: Iterator[bytes]) -> Iterator[bytes]:
        count = self._format.trailer_lines
        held = b""
        for content in contents:
            held += content
            if not count:
                yield held
                held = b""
                continue
            place = _start_of_last(held, count)
            if place:
                yield held[:place]
                held = held[place:]
        if held:
            self.trailer = [self._text(line) for line in held.split(b"\n")[:-1]]

    def _clean(self, first_line: int, content: bytes) -> bytes:
        """The lines as UTF-8; those that hold a NUL or no text are told and left empty."""
        if b"\0" in content:
            content = self._without(first_line, content, lambda line: b"\0" in line, "NUL_CHARACTER", "The line holds a NUL.")
        if self._as_it_is:
            return content
        if not splits_as_ascii(self._encoding):
            mark = "\ufffd".encode()
            if mark in content:
                content = self._without(first_line, content, lambda line: mark in line, *_UNDECODABLE)
            return content
        if content.isascii() and self._encoding in _ASCII_ALIKE:
            return content
        try:
            text = content.decode(self._encoding)
        except UnicodeDecodeError:
            content = self._without(first_line, content, self._undecodable, *_UNDECODABLE)
            text = content.decode(self._encoding)
        return content if self._encoding == "utf-8" else text.encode()

    def _without(self, first_line: int, content: bytes, is_bad: Callable[[bytes], bool], reason: str, description: str) -> bytes:
        lines = content.split(b"\n")
        for place, line in enumerate(lines):
            if is_bad(line):
                self._tell(Fault(first_line + place, self._text(line), reason, description))
                lines[place] = b""
        return b"\n".join(lines)

    def _undecodable(self, line: bytes) -> bool:
        try:
            line.decode(self._encoding)
        except UnicodeDecodeError:
            return True
        return False

    def _header_of(self, line: bytes) -> bytes:
        try:
            return line if not splits_as_ascii(self._encoding) else line.decode(self._encoding).encode()
        except UnicodeDecodeError:
            raise InvalidInput("HEADER_UNREADABLE", f"The header is no {self._format.encoding}.") from None

    def _text(self, line: bytes) -> str:
        encoding = self._encoding if self._as_it_is or splits_as_ascii(self._encoding) else "utf-8"
        return line.decode(encoding, "backslashreplace").replace("\0", "\\x00")[:RAW_CHARACTERS_MAX]


def codec(encoding: str) -> str:
    """The codec's own name; raises InvalidInput FEED_FAULTY where there is none for text."""
    try:
        name = codecs.lookup(encoding).name
        "\n".encode(name)
    except (LookupError, UnicodeError, TypeError):
        raise InvalidInput("FEED_FAULTY", f"[format] encoding: there is no encoding {encoding}.") from None
    return "utf-8" if name == "utf-8-sig" else name


def splits_as_ascii(encoding: str) -> bool:
    """Whether line ends are the bytes that they are in ASCII, wherever those bytes stand."""
    # No double-byte encoding of these has either byte inside of a character; those that shift between sets do.
    return "\r\n\t0A".encode(encoding) == b"\r\n\t0A" and not encoding.startswith(("iso2022", "hz", "utf-7"))


_ASCII_ALIKE = {"utf-8", "gbk", "gb18030", "gb2312", "big5", "big5hkscs", "cp950", "cp936", "ascii", "iso8859-1", "cp1252"}
_UNDECODABLE = ("BYTES_UNDECODABLE", "The line has bytes that are no text in the feed's encoding.")


def _ended(content: bytes) -> bytes:
    """With a line feed alone at the end of each line, whatever stood there."""
    return content.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in content else content


def _start_of_last(content: bytes, count: int) -> int:
    """Where the last so many lines begin; 0 where there are no more."""
    place = len(content) - 1
    for _ in range(count):
        place = content.rfind(b"\n", 0, place)
        if place < 0:
            return 0
    return place + 1
