"""XML from outside, a piece at a time: no document type, no entity but the five of XML itself, nothing fetched, nothing unbounded.

A document type is refused before anything of it is read: it is what entity bombs, external entities and remote DTDs need, and no
format that is read here has one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from lxml import etree

from services.integration.connectors.formats.records import clipped, unreadable

CHUNK_BYTES = 1 << 16
DEPTH_MAX = 100
# To fetch the value of an attribute costs as much as there are others.
ATTRIBUTES_MAX = 1_000
# Elements that are kept between two rows: a message's header and one row, never a file.
ELEMENTS_HELD_MAX = 500_000

_DECLARED = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*\bencoding\s*=")


class Walk:
    """The elements of a document as they begin and end. Whoever is through with one says so, and it leaves the memory."""

    def __init__(self, stream: BinaryIO, encoding: str = "utf-8", lines_before: int = 0) -> None:
        self._stream = stream
        self._encoding = encoding
        self._lines_before = lines_before
        self._held = 0
        # The local names of the elements that the present one is in, and its own.
        self.path: list[str] = []

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """`start` or `end`, and the element; raises InvalidInput FILE_UNREADABLE where it is not well-formed or over a limit."""
        chunk = self._stream.read(CHUNK_BYTES)
        parser = self._parser_for(chunk)
        try:
            while chunk:
                parser.feed(chunk)
                yield from self._events(parser)
                chunk = self._stream.read(CHUNK_BYTES)
            parser.close()
            yield from self._events(parser)
        except etree.XMLSyntaxError as error:
            kind = error.error_log.last_error.type_name if error.error_log.last_error else "ERR_DOCUMENT_END"
            raise unreadable(f"the XML is not well-formed ({kind})", (error.lineno or 1) + self._lines_before) from None
        except LookupError:
            raise unreadable("the XML names an encoding that is unknown here", 1 + self._lines_before) from None

    def line_of(self, element: Any) -> int:
        """The line of the file in which it begins."""
        return (element.sourceline or 1) + self._lines_before

    def forget(self, element: Any) -> None:
        """Its content leaves the memory, as does a sibling of its name before it."""
        element.clear()
        before, parent = element.getprevious(), element.getparent()
        if before is not None and before.tag == element.tag and parent is not None:
            parent.remove(before)
        self._held = 0

    def _parser_for(self, first: bytes) -> etree.XMLPullParser:
        if not first.strip():
            raise unreadable("the file is empty", 1)
        if _has_document_type(first):
            raise unreadable("the XML has a document type, which is not taken", 1 + self._lines_before)
        # What the document says of itself goes before what the feed says.
        declared = _DECLARED.match(first) or first.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"))
        try:
            return etree.XMLPullParser(
                events=("start", "end"),
                encoding=None if declared else self._encoding,
                resolve_entities=False,
                load_dtd=False,
                dtd_validation=False,
                no_network=True,
                huge_tree=False,
                collect_ids=False,
                remove_comments=True,
                remove_pis=True,
            )
        except LookupError:
            raise unreadable(f"XML in the encoding {self._encoding!r} cannot be read", 1) from None

    def _events(self, parser: etree.XMLPullParser) -> Iterator[tuple[str, Any]]:
        for event, element in parser.read_events():
            if event == "start":
                self._begin(element)
                yield event, element
            else:
                yield event, element
                self.path.pop()

    def _begin(self, element: Any) -> None:
        if not self.path and element.getroottree().docinfo.doctype:
            raise unreadable("the XML has a document type, which is not taken", 1 + self._lines_before)
        self.path.append(local_name(element))
        self._held += 1
        if len(self.path) > DEPTH_MAX:
            raise unreadable(f"XML that is more than {DEPTH_MAX} elements deep", self.line_of(element))
        if len(element.attrib) > ATTRIBUTES_MAX:
            raise unreadable(f"an element of more than {ATTRIBUTES_MAX} attributes", self.line_of(element))
        if self._held > ELEMENTS_HELD_MAX:
            raise unreadable(f"more than {ELEMENTS_HELD_MAX} elements without a row", self.line_of(element))


def _has_document_type(first: bytes) -> bool:
    """Whether one stands before the root element; steps over the declaration, comments and instructions."""
    text = first.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    while text.startswith((b"<?", b"<!--")):
        text = text.partition(b"?>" if text.startswith(b"<?") else b"-->")[2].lstrip()
    return text.startswith(b"<!DOCTYPE")


def local_name(element: Any) -> str:
    """The name without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def text_at(element: Any, *paths: str) -> str:
    """The text at the first of the paths that has one, such as `Acct/Id/IBAN`, whatever the namespace."""
    for path in paths:
        found = element.find(_any_namespace(path))
        if found is not None and (text := (found.text or "").strip()):
            return text
    return ""


def element_at(element: Any, path: str) -> Any:
    """The first element at the path, or None."""
    return element.find(_any_namespace(path))


def elements_at(element: Any, path: str) -> list[Any]:
    """All elements at the path."""
    return element.findall(_any_namespace(path))


def raw_of(element: Any) -> str:
    """The element as text."""
    return clipped(etree.tostring(element, encoding="unicode", with_tail=False))


def _any_namespace(path: str) -> str:
    return "/".join(f"{{*}}{name}" if name not in (".", "..") else name for name in path.split("/"))
