"""Files as answers: the bytes of `google.api.HttpBody`, whole or in parts, to be kept and never to be shown by a browser."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from workbench.operations.v1 import file_service_pb2

from gateway.exchange import Answer
from gateway.headers import NO_STORE
from gateway.transcoding.raw import tidy_content_type
from gateway.upstream import Stream
from services.chassis.rpc.errors import InternalFault

FILE_NAME_LENGTH_MAX = 120
# The file's name comes in a message of this type in the extensions of the first part.
_INFO = f"/{file_service_pb2.FileInfo.DESCRIPTOR.full_name}"


def whole(body: Any) -> Answer:
    """The answer of a call that gives a file in one message."""
    return Answer(200, bytes(body.data), tidy_content_type(body.content_type), _headers(_info(body)))


def in_parts(source: Stream, *, head_only: bool = False) -> Answer:
    """The answer of a stream of parts. The first is awaited, so that a refusal is still an answer of its own."""
    parts = iter(source)
    try:
        first = next(parts, None)
    except BaseException:  # the call ends whatever ends the wait for it, and the error goes on
        source.cancel()
        raise
    if first is None:
        raise InternalFault("INTERNAL", "A file without any part.")
    info = _info(first)
    headers = _headers(info, info.size_bytes)
    if head_only:
        source.cancel()
        return Answer(200, b"", tidy_content_type(first.content_type), headers)
    return Answer(200, _FileBody(source, parts, first), tidy_content_type(first.content_type), headers)


class _FileBody:
    """The bytes of a stream; closing it, as a server does when the client leaves, cancels the call."""

    def __init__(self, source: Stream, parts: Iterator[Any], first: Any) -> None:
        self._source, self._parts, self._first = source, parts, first

    def __iter__(self) -> Iterator[bytes]:
        try:
            if self._first.data:
                yield bytes(self._first.data)
            for part in self._parts:
                yield bytes(part.data)
        finally:
            self.close()

    def close(self) -> None:
        """Ends the call, whatever of it is left."""
        self._source.cancel()


def _info(body: Any) -> file_service_pb2.FileInfo:
    for packed in body.extensions:
        if packed.type_url.endswith(_INFO):
            return file_service_pb2.FileInfo.FromString(packed.value)
    return file_service_pb2.FileInfo(size_bytes=len(body.data))


def _headers(info: file_service_pb2.FileInfo, size_bytes: int = 0) -> list[tuple[str, str]]:
    # Of a whole answer the server knows the length, which is another one where it is compressed on its way.
    headers = [("Cache-Control", NO_STORE), ("Content-Disposition", disposition(info.file_name))]
    return [*headers, ("Content-Length", str(size_bytes))] if size_bytes else headers


def disposition(file_name: str) -> str:
    """`attachment` with the name, by RFC 6266: an ASCII form for old clients, the whole one beside it. No name says a path."""
    visible = "".join(
        character
        for character in unicodedata.normalize("NFC", file_name)
        if unicodedata.category(character)[0] not in "CZ" or character == " "
    )
    name = visible.replace("/", "_").replace("\\", "_").strip(". ")[-FILE_NAME_LENGTH_MAX:] or "download"
    plain = "".join(character if character.isascii() and character not in '"%' else "_" for character in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
