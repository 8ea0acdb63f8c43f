"""Imports of customers from files, and what became of each row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.types import EncryptedJson, EncryptedText, Json, UtcDateTime
from services.chassis.kernel.errors import RuleBroken
from services.customer.model.base import Base
from services.customer.rules.exchange.outcomes import ImportState

IMPORT_PURPOSE = "customer.import"
_Number = BigInteger().with_variant(Integer(), "sqlite")


class Import(Base):
    """One file on its way into the records."""

    __tablename__ = "imports"

    import_id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text)
    file_id: Mapped[str] = mapped_column(Text)
    file_name: Mapped[str] = mapped_column(EncryptedText(IMPORT_PURPOSE))
    size_bytes: Mapped[int] = mapped_column(_Number, default=0)
    state: Mapped[int] = mapped_column(Integer, default=ImportState.UPLOADING.value)
    # How the file is read, and what was said of its rows: headings may be values where a file has no heading.
    shape: Mapped[dict[str, Any]] = mapped_column(EncryptedJson(IMPORT_PURPOSE), default_factory=dict)
    options: Mapped[dict[str, Any]] = mapped_column(Json, default_factory=dict)
    fault: Mapped[str] = mapped_column(Text, default="")
    counts: Mapped[dict[str, int]] = mapped_column(Json, default_factory=dict)
    operation_id: Mapped[str] = mapped_column(Text, default="")
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_imports_person_id_import_id", "person_id", "import_id"),)

    def turn(self, state: ImportState, now: datetime, *, among: frozenset[ImportState]) -> None:
        """Goes on to a state; raises RuleBroken IMPORT_STATE_WRONG unless it stands in one of those."""
        if self.state not in among:
            wanted = ", ".join(sorted(each.name for each in among))
            raise RuleBroken(
                "IMPORT_STATE_WRONG",
                f"The import is {ImportState(self.state).name}; this needs {wanted}.",
                metadata={"state": ImportState(self.state).name},
            )
        self.state, self.update_time = state.value, now

    def count(self, **counts: int) -> None:
        """Adds to the counts."""
        self.counts = self.counts | {name: self.counts.get(name, 0) + number for name, number in counts.items()}


class ImportRow(Base):
    """One row of the file: what it says, what became of it, and how to take it back."""

    __tablename__ = "import_rows"

    import_id: Mapped[str] = mapped_column(Text, primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    line: Mapped[int] = mapped_column(Integer)
    # Finds a natural key that comes twice in one file; empty for a row that has none.
    key_index: Mapped[str] = mapped_column(Text, info={"secret": True})
    # By field; None once nothing is to be done with it any more.
    values: Mapped[dict[str, Any] | None] = mapped_column("cell_values", EncryptedJson(IMPORT_PURPOSE))
    outcome: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text, default="")
    field: Mapped[str] = mapped_column(Text, default="")
    description: Mapped[str] = mapped_column(Text, default="")
    customer_id: Mapped[str] = mapped_column(Text, default="", index=True)
    # Of a record that was changed, the changed fields before and after.
    before: Mapped[dict[str, Any] | None] = mapped_column("values_before", EncryptedJson(IMPORT_PURPOSE), default=None)
    after: Mapped[dict[str, Any] | None] = mapped_column("values_after", EncryptedJson(IMPORT_PURPOSE), default=None)
    # Of a record that was opened, its version then: whoever touches it counts it up.
    version: Mapped[int] = mapped_column(Integer, default=0)
    undone: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        Index("ix_import_rows_import_id_outcome_position", "import_id", "outcome", "position"),
        Index("ix_import_rows_import_id_key_index", "import_id", "key_index"),
    )
