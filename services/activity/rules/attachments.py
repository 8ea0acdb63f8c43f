"""Which files are kept with what was done, and whether one is what it says it is: by its own bytes, not by its name alone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from functools import cache

from services.chassis.kernel.errors import FieldViolation, InvalidInput

_OFFICE = "application/vnd.openxmlformats-officedocument"
# By the ending of its name: the type as which a file is handed out.
MEDIA_TYPES: Mapping[str, str] = {
    ".amr": "audio/amr",
    ".csv": "text/csv",
    ".doc": "application/msword",
    ".docx": f"{_OFFICE}.wordprocessingml.document",
    ".gif": "image/gif",
    ".heic": "image/heic",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".ppt": "application/vnd.ms-powerpoint",
    ".pptx": f"{_OFFICE}.presentationml.presentation",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".txt": "text/plain",
    ".wav": "audio/wav",
    ".webp": "image/webp",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": f"{_OFFICE}.spreadsheetml.sheet",
}
_TEXTS = frozenset({".csv", ".txt"})
# Where an office document has its main part.
_PARTS = {".docx": "word/", ".pptx": "ppt/", ".xlsx": "xl/"}
_MACROS = "vbaproject.bin"
# The three old office formats are one container, which does not say at its beginning what it holds.
_CONTAINER = bytes.fromhex("D0CF11E0A1B11AE1")
_CONTAINED = frozenset({".doc", ".ppt", ".xls"})
# Endings under which the same bytes are known as well.
_ALSO = {".jpg": ".jpeg", ".tif": ".tiff", ".heic": ".heif"}
# Names of types that mean the same, as browsers send them.
_SYNONYMS = {
    "audio/mp3": "audio/mpeg",
    "audio/vnd.wave": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/x-m4a": "audio/mp4",
    "audio/x-wav": "audio/wav",
    "image/heif": "image/heic",
    "image/jpg": "image/jpeg",
}
# A text that a spreadsheet wrote is said to be a sheet by some browsers.
_SAID_OF_TEXT = frozenset({"text/plain", "text/csv", "application/csv", "application/vnd.ms-excel"})
_NOTHING_SAID = frozenset({"", "application/octet-stream"})
# So much of a text is looked at.
_LOOKED_AT_BYTES = 64 * 1024


def media_type_of(file_name: str, said: str, content: bytes) -> str:
    """The type of a file that may be kept.

    Raises InvalidInput FILE_TYPE_REFUSED where files of that ending are not kept, or it holds macros; FILE_TYPE_MISSTATED where
    its bytes are not what its name, or the type that was sent with it, says.
    """
    ending = _ending(file_name)
    if ending not in MEDIA_TYPES:
        raise _refused("FILE_TYPE_REFUSED", "Files of this type are not kept.", f"One of: {' '.join(sorted(MEDIA_TYPES))}.")
    if not _is(ending, content):
        raise _refused("FILE_TYPE_MISSTATED", "The file is not what its name says.", f"A file that is what {ending} says.")
    said = said.partition(";")[0].strip().lower()
    media_type = MEDIA_TYPES[ending]
    fits = _SYNONYMS.get(said, said) == media_type or (ending in _TEXTS and said in _SAID_OF_TEXT)
    if said not in _NOTHING_SAID and not fits:
        violation = FieldViolation("content", f"{media_type}, or no type at all.")
        raise InvalidInput("FILE_TYPE_MISSTATED", "The file is not of the type that was sent with it.", violations=(violation,))
    return media_type


def _is(ending: str, content: bytes) -> bool:
    if ending in _TEXTS:
        return _is_text(content)
    if ending in _PARTS:
        return _is_office(ending, content)
    if ending in _CONTAINED:
        return content.startswith(_CONTAINER)
    known = _known(content)
    return ending in known or _ALSO.get(ending) in known


def _is_text(content: bytes) -> bool:
    if b"\0" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    return not _known(content[:_LOOKED_AT_BYTES]) & _dangerous()


def _is_office(ending: str, content: bytes) -> bool:
    try:
        # The directory alone is read: nothing is unpacked, however much it would be.
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = packed.namelist()
    # `zipfile` says NotImplementedError of a format newer than it knows: such a file is none that we take.
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError):
        return False
    if any(name.lower().endswith(_MACROS) for name in names):
        raise _refused("FILE_TYPE_REFUSED", "Documents with macros are not kept.", "The document without its macros.")
    return content.startswith(b"PK") and "[Content_Types].xml" in names and any(n.startswith(_PARTS[ending]) for n in names)


def _known(content: bytes) -> frozenset[str]:
    """The endings of files that begin and end as this one does."""
    import puremagic

    try:
        return frozenset(match.extension.lower() for match in puremagic.magic_string(content))
    except (puremagic.PureError, ValueError):
        return frozenset()


@cache
def _dangerous() -> frozenset[str]:
    """What is never taken for text, though it may be read as such."""
    return frozenset({".exe", ".dll", ".elf", ".zip", ".jar", ".pdf", ".rar", ".7z", ".gz", ".doc"})


def _ending(file_name: str) -> str:
    _, dot, ending = file_name.strip().rpartition(".")
    return f"{dot}{ending.lower()}"


def _refused(reason: str, message: str, fits: str) -> InvalidInput:
    return InvalidInput(reason, message, violations=(FieldViolation("file_name", fits),))
