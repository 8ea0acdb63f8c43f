"""The frame of SWIFT FIN messages: blocks in braces, or a bare text block as banks write it to files; fields by tag.

Written by hand: mt-940 takes a whole file into memory, knows no lines, and refuses all of it for one field that it cannot read;
it knows statements only. Tests hold the two to the same result wherever mt-940 has one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from services.integration.connectors.formats.encodings import Line
from services.integration.connectors.formats.records import unreadable

MESSAGE_CHARACTERS_MAX = 16_000_000
HEADER_CHARACTERS_MAX = 20_000
# Lines before a message that are none of it: a sender's address, the type of message, a banner.
PREAMBLE_LINES_MAX = 20

_TAG = re.compile(r"^\s*:([0-9]{2}[A-Z]?|[0-9]{3}|NS):(.*)$", re.DOTALL)
_TYPE_LINE = re.compile(r"^(?:MT)?([1-9][0-9]{2})(?: [0-9]{2})?$")
_BASIC_HEADER = re.compile(r"^([A-Z])([0-9]{2})([A-Z0-9]{8})[A-Z0-9]([A-Z0-9]{3})")
_APPLICATION_SENT = re.compile(r"^I([0-9]{3})([A-Z0-9]{8})[A-Z0-9]?([A-Z0-9]{3})?")
_APPLICATION_RECEIVED = re.compile(r"^O([0-9]{3})[0-9]{10}([A-Z0-9]{8})[A-Z0-9]?([A-Z0-9]{3})?")
_UNIQUE_REFERENCE = re.compile(r"\{121:([0-9a-fA-F-]{36})\}")
# What stands between messages in files of other kinds: RJE's `$`, DOS-PCC's control characters and padding.
_BETWEEN = " \t\x00\x01\x03\x1a$\x0c"


@dataclass(slots=True)
class Field:
    """One field: its tag without colons, such as `32A`, and its lines as they are."""

    tag: str
    lines: list[str]
    line: int

    @property
    def text(self) -> str:
        """Its lines, parted by LF."""
        return "\n".join(self.lines)


@dataclass(slots=True)
class Message:
    """One message. What a bare text block does not say is empty, its direction `unknown`."""

    line: int
    # Such as `940`.
    type: str = ""
    # `sent` from here into the network, `received` from it, or `unknown`.
    direction: str = "unknown"
    sender: str = ""
    receiver: str = ""
    unique_reference: str = ""
    bare: bool = True
    fields: list[Field] = field(default_factory=list)
    # Whether its end is there; of a bare one, whether its last line has an end.
    complete: bool = True
    characters: int = 0

    def first(self, *tags: str) -> Field | None:
        """The first field with one of the tags."""
        return next((each for each in self.fields if each.tag in tags), None)

    def text(self, *tags: str) -> str:
        """The text of the first field with one of the tags; empty where there is none."""
        found = self.first(*tags)
        return found.text.strip() if found else ""

    @property
    def raw(self) -> str:
        """Its fields, as they were."""
        return raw_of(self.fields)


def raw_of(fields: Iterable[Field]) -> str:
    """Fields as they were in the file."""
    return "\n".join(f":{each.tag}:{each.text}" for each in fields)


def messages(lines: Iterable[Line]) -> Iterator[Message]:
    """The messages of a file, one at a time; raises InvalidInput FILE_UNREADABLE where it is no file of messages."""
    frame = _Frame()
    for line in lines:
        for part in _parts(line, first=frame.untouched):
            yield from frame.take(part)
    yield from frame.end()
    if not frame.messages_count:
        raise unreadable("the file holds no SWIFT message")


def _parts(line: Line, *, first: bool) -> list[Line]:
    # The German home banking rules let `@@` stand for a line's end.
    if (first and line.text.startswith("@@")) or "@@:" in line.text[:40]:
        return [Line(line.number, part) for part in line.text.split("@@")]
    return [line]


class _Frame:
    """Where in a file of messages the reader is."""

    def __init__(self) -> None:
        self.messages_count = 0
        self.untouched = True
        self._message: Message | None = None
        # Blocks that stand before a text block, and a piece of one whose end is yet to come.
        self._blocks: list[str] = []
        self._piece = ""
        self._type = ""
        self._preamble_lines = 0
        # A line of one dash ends a bare message, unless the message goes on after it.
        self._dash: Line | None = None
        self._last_ended = True
        self._last_line = 1

    def take(self, line: Line) -> Iterator[Message]:
        self._last_ended, self._last_line = line.ended, line.number
        self.untouched = self.untouched and not line.text.strip()
        if self._message is None:
            yield from self._outside(line, line.text)
        else:
            yield from self._inside(self._message, line)

    def end(self) -> Iterator[Message]:
        if self._piece:
            raise unreadable("a block of a message has no end")
        if self._message is not None:
            complete = self._dash is not None or (self._message.bare and self._last_ended)
            yield from self._close(complete=complete)
        yield from self._without_text(self._last_line)

    def _outside(self, line: Line, text: str) -> Iterator[Message]:
        text = text.strip(_BETWEEN)
        if not text:
            return
        if self._piece or text.startswith("{"):
            yield from self._take_blocks(line, f"{self._piece}\n{text}" if self._piece else text)
        elif tag := _TAG.match(text):
            if _names_a_type(tag):
                # Some banks write the type of message as a tag: `:940:`.
                self._type = tag[1]
                return
            self._message, self._type = Message(line.number, self._type), ""
            yield from self._inside(self._message, line)
        else:
            self._take_preamble(line, text)

    def _take_preamble(self, line: Line, text: str) -> None:
        self._preamble_lines += 1
        if self._preamble_lines > PREAMBLE_LINES_MAX:
            raise unreadable("text that is no SWIFT message", line.number)
        if found := _TYPE_LINE.match(text):
            self._type = found[1]

    def _take_blocks(self, line: Line, text: str) -> Iterator[Message]:
        self._piece = ""
        while text := text.lstrip(_BETWEEN + "\n"):
            if not text.startswith("{"):
                raise unreadable("text between the blocks of a message", line.number)
            if text.startswith("{4:") and not text.startswith("{4:{"):
                self._message = _message_of(self._blocks, line.number)
                self._blocks = []
                if rest := text[3:].strip():
                    yield from self._inside(self._message, Line(line.number, rest, line.ended))
                return
            size = _block_size(text)
            if not size:
                self._piece = text
                break
            if text.startswith("{1:"):
                yield from self._without_text(line.number)
            self._blocks.append(text[1 : size - 1])
            text = text[size:]
        if len(self._piece) > HEADER_CHARACTERS_MAX or len(self._blocks) > _BLOCKS_MAX:
            raise unreadable("the blocks of a message have no end", line.number)

    def _without_text(self, line: int) -> Iterator[Message]:
        """The message that the blocks so far are, where there is one: of the network's own, not of a bank's."""
        blocks, self._blocks = self._blocks, []
        if any(block.startswith("1:") for block in blocks):
            message = _message_of(blocks, line)
            # An acknowledgement of the network's belongs to the message that follows.
            if not any(block.startswith("1:F21") for block in blocks):
                self.messages_count += 1
                yield message

    def _inside(self, message: Message, line: Line) -> Iterator[Message]:
        text = line.text
        tag = _TAG.match(text)
        if self._dash is not None:
            dash, self._dash = self._dash, None
            if not text.strip():
                self._dash = dash
                return
            if not tag or tag[1] == "20" or _names_a_type(tag):
                yield from self._close(complete=True)
                yield from self._outside(line, text)
                return
            self._continue(message, dash)
        if text.startswith("{1:") or (tag and message.bare and self._begins_another(message, tag)):
            yield from self._close(complete=message.bare)
            yield from self._outside(line, text)
        elif "}" in text and (not message.bare or text.startswith("-}")):
            # No brace is a letter of SWIFT's: it ends the text block, also at the end of a line.
            before, _, rest = text.partition("}")
            if before := before.removesuffix("-"):
                self._take_text(message, Line(line.number, before), _TAG.match(before))
            yield from self._close(complete=True)
            yield from self._outside(line, rest)
        elif message.bare and text.strip(_BETWEEN) == "-":
            self._dash = line
        elif text.strip(_BETWEEN) or not text:
            self._take_text(message, line, tag)

    def _take_text(self, message: Message, line: Line, tag: re.Match[str] | None) -> None:
        if tag:
            self._append(message, Field(tag[1], [tag[2]], line.number))
        else:
            self._continue(message, line)

    @staticmethod
    def _begins_another(message: Message, tag: re.Match[str]) -> bool:
        if _names_a_type(tag):
            return True
        # In MT201 and MT203 the reference repeats for each transfer of the message.
        return tag[1] == "20" and message.first("20") is not None and message.first("19") is None

    def _append(self, message: Message, field_: Field) -> None:
        message.characters += len(field_.lines[0])
        message.fields.append(field_)
        self._hold_to_limit(message, field_.line)

    def _continue(self, message: Message, line: Line) -> None:
        if message.fields:
            message.fields[-1].lines.append(line.text)
            message.characters += len(line.text)
            self._hold_to_limit(message, line.number)
        elif line.text.strip():
            raise unreadable("the text of a message does not begin with a field", line.number)

    @staticmethod
    def _hold_to_limit(message: Message, line: int) -> None:
        if message.characters > MESSAGE_CHARACTERS_MAX:
            raise unreadable(f"a message of more than {MESSAGE_CHARACTERS_MAX} characters", line)

    def _close(self, *, complete: bool) -> Iterator[Message]:
        message, self._message, self._dash = self._message, None, None
        if message is not None:
            message.complete = complete
            self.messages_count += 1
            self._preamble_lines = 0
            yield message


_BLOCKS_MAX = 50


def _names_a_type(tag: re.Match[str]) -> bool:
    return len(tag[1]) == 3 and tag[1].isdigit()


def _block_size(text: str) -> int:
    """How long the block is with which the text begins; 0 where its end is not there."""
    depth = 0
    for found in re.finditer(r"[{}]", text):
        depth += 1 if found[0] == "{" else -1
        if depth == 0:
            return found.end()
    return 0


def _message_of(blocks: list[str], line: int) -> Message:
    message = Message(line, bare=False)
    for block in blocks:
        kind, _, content = block.partition(":")
        if kind == "1" and (found := _BASIC_HEADER.match(content)):
            message.sender = found[3] + found[4]
        elif kind == "2":
            _read_application_header(message, content)
        elif kind == "3" and (found := _UNIQUE_REFERENCE.search(content)):
            message.unique_reference = found[1]
    return message


def _read_application_header(message: Message, content: str) -> None:
    own = message.sender
    if found := _APPLICATION_SENT.match(content):
        message.type, message.direction, message.receiver = found[1], "sent", found[2] + (found[3] or "")
    elif found := _APPLICATION_RECEIVED.match(content):
        # In a message that was received, block 1 names the receiver.
        message.type, message.direction, message.sender, message.receiver = found[1], "received", found[2] + (found[3] or ""), own
    elif found := re.match(r"^[IO]([0-9]{3})", content):
        message.type, message.direction = found[1], "sent" if content.startswith("I") else "received"
