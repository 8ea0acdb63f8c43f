"""Formats whose index stands at the end need to jump about in their file: from a stream that cannot, they are held in memory."""

from __future__ import annotations

import io
from typing import BinaryIO

from services.integration.connectors.formats.records import unreadable


def seekable(stream: BinaryIO, bytes_max: int) -> BinaryIO:
    """The stream itself where it can jump, otherwise its content; raises InvalidInput where that is more than may be held."""
    if stream.seekable():
        return stream
    content = stream.read(bytes_max + 1)
    if len(content) > bytes_max:
        raise unreadable(f"a file of this kind may have {bytes_max} bytes, and this one has more")
    return io.BytesIO(content)
