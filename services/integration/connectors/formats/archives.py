"""What is looked at before a ZIP archive from outside is opened: its size unpacked, and what its parts are called and declare."""

from __future__ import annotations

import zipfile
import zlib
from typing import BinaryIO

from services.integration.connectors.formats.records import unreadable

PARTS_MAX = 2_000
CONTENT_BYTES_MAX = 1 << 30
# What is held whole in memory while the rest is read: texts, styles.
HELD_PART_BYTES_MAX = 64 << 20
# Text shrinks to a twentieth or a fiftieth; bombs shrink to a thousandth.
RATIO_MAX = 200
RATIO_FROM_BYTES = 10 << 20
_HEAD_BYTES = 4_096
_ENCRYPTED = 0x1
# What zipfile raises on an archive that is damaged, cut short or made up.
_DAMAGES = (zipfile.BadZipFile, OSError, ValueError, RuntimeError, EOFError, KeyError, zlib.error)


def check_workbook(stream: BinaryIO) -> None:
    """Raises InvalidInput FILE_UNREADABLE where the archive may not be opened; leaves the stream at its begin."""
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            _check_sizes(parts)
            for part in parts:
                _check_part(archive, part)
    except _DAMAGES as error:
        raise unreadable(f"the archive is damaged ({type(error).__name__})") from None
    stream.seek(0)


def _check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > PARTS_MAX:
        raise unreadable(f"an archive of more than {PARTS_MAX} parts")
    content, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if content > CONTENT_BYTES_MAX or (content > RATIO_FROM_BYTES and content > RATIO_MAX * max(packed, 1)):
        raise unreadable("the archive would become too large when it is unpacked")


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    names = part.filename.replace("\\", "/").split("/")
    if part.filename.startswith(("/", "\\")) or ".." in names or ":" in names[0]:
        raise unreadable("a part of the archive has a name that leads out of it")
    if part.flag_bits & _ENCRYPTED:
        raise unreadable("the archive is locked with a password")
    if part.file_size > HELD_PART_BYTES_MAX and "worksheets/" not in part.filename:
        raise unreadable(f"a part of the archive, other than a sheet, has more than {HELD_PART_BYTES_MAX} bytes")
    if part.filename.endswith((".xml", ".rels")):
        with archive.open(part) as content:
            head = content.read(_HEAD_BYTES)
        if b"<!DOCTYPE" in head.replace(b"\x00", b""):
            raise unreadable("a part of the archive has a document type, which is not taken")
