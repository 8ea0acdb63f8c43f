"""Files that a service keeps for a while: what was uploaded to be read, what long work made to be fetched.

Content lies in parts in the service's own database, encrypted, so that a file commits with the rows that speak of it, needs no
second store at a branch, and is there for each copy of a service at head office.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.tables import ChassisBase
from services.chassis.db.types import EncryptedBytes, EncryptedText, UtcDateTime

_Number = BigInteger().with_variant(Integer(), "sqlite")


class StoredFile(ChassisBase, kw_only=True):
    """One file; it grows until it is complete, and is gone once it has expired."""

    __tablename__ = "stored_files"

    file_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # A name may name a person.
    file_name: Mapped[str] = mapped_column(EncryptedText("chassis.file_name"))
    media_type: Mapped[str] = mapped_column(Text)
    # Whose it is: the person who uploaded it, or for whom it was made.
    person_id: Mapped[str] = mapped_column(Text)
    size_bytes: Mapped[int] = mapped_column(_Number, default=0)
    # Of the whole content, hexadecimal; empty until the file is complete.
    sha256: Mapped[str] = mapped_column(Text, default="")
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    expire_time: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class FilePart(ChassisBase, kw_only=True):
    """Some of a file's content, by the place of its first byte."""

    __tablename__ = "stored_file_parts"

    file_id: Mapped[str] = mapped_column(Text, ForeignKey("stored_files.file_id", ondelete="CASCADE"), primary_key=True)
    start: Mapped[int] = mapped_column(_Number, primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(EncryptedBytes("chassis.file"))
