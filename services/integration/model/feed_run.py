"""Files that came, the runs that took them in, and the rows that could not be taken."""

from __future__ import annotations

from datetime import date, datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import BigInteger, Boolean, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.types import BusinessDate, EncryptedJson, EncryptedText, Json, UtcDateTime
from services.chassis.kernel.errors import RuleBroken
from services.integration.model.base import Base

PURPOSE = "integration.feed"
_Number = BigInteger().with_variant(Integer(), "sqlite")


class RunState(IntEnum):
    """Where a run stands; the numbers are those of `workbench.integration.v1.FeedRunState`."""

    QUEUED = 1
    RUNNING = 2
    # Published, all of it or all but the rows in quarantine.
    PUBLISHED = 3
    # The file, or what it holds, is there already: nothing changed.
    UNCHANGED = 4
    # What the file holds does not hold together: nothing of it was published.
    REFUSED = 5
    # It broke on our side, or was stopped.
    FAILED = 6
    # A dry run that came to its end.
    CHECKED = 7


ENDED_RUNS = frozenset(set(RunState) - {RunState.QUEUED, RunState.RUNNING})


class RunKind(IntEnum):
    """What is run; the numbers are those of `workbench.integration.v1.FeedRunKind`."""

    FILE = 1
    # Corrected rows of the quarantine.
    REPLAY = 2
    # A file, without publishing anything.
    CHECK = 3


class RowState(IntEnum):
    """Where a row in quarantine stands; the numbers are those of `workbench.integration.v1.QuarantinedRowState`."""

    OPEN = 1
    # Somebody has mended it; a replay takes it.
    CORRECTED = 2
    # It is in the dataset.
    REPLAYED = 3
    DISCARDED = 4
    # A later file brought its date anew.
    SUPERSEDED = 5


class LandedFile(Base):
    """A file as it came. Its content is kept sealed, for so long; its hash is kept for ever."""

    __tablename__ = "landed_files"
    __table_args__ = (Index("ix_landed_files_feed_sha256", "feed", "sha256"), Index("ix_landed_files_path", "path"))

    file_id: Mapped[str] = mapped_column(Text, primary_key=True)
    feed: Mapped[str] = mapped_column(Text)
    file_name: Mapped[str] = mapped_column(EncryptedText(PURPOSE))
    # Below the lake's root.
    path: Mapped[str] = mapped_column(Text)
    # Of the bytes as they came; empty while parts of it are still to come.
    sha256: Mapped[str] = mapped_column(Text, default="")
    size_bytes: Mapped[int] = mapped_column(_Number, default=0)
    # What brought it: the kind of the source, such as `folder`, or `push`.
    origin: Mapped[str] = mapped_column(Text)
    # A file of its own that says what this one holds, where the feed has such.
    control_text: Mapped[str] = mapped_column(EncryptedText(PURPOSE), default="")
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    # When its content was removed; None while it is kept.
    remove_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class FeedRun(Base):
    """One try to take a file, or corrected rows, into the datasets."""

    __tablename__ = "feed_runs"
    __table_args__ = (Index("ix_feed_runs_feed_run_id", "feed", "run_id"),)

    run_id: Mapped[str] = mapped_column(Text, primary_key=True)
    feed: Mapped[str] = mapped_column(Text)
    kind: Mapped[int] = mapped_column(Integer)
    state: Mapped[int] = mapped_column(Integer, default=RunState.QUEUED.value)
    # None where each row says its own.
    business_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    # Empty for a replay.
    file_id: Mapped[str] = mapped_column(Text, default="", index=True)
    sha256: Mapped[str] = mapped_column(Text, default="")
    # Taken again though it was seen before.
    again: Mapped[bool] = mapped_column(Boolean, default=False)
    # The run that had this file before, of an UNCHANGED one.
    former_run_id: Mapped[str] = mapped_column(Text, default="")
    # The definition as it was: a rerun by a mended one is told from it.
    definition_sha256: Mapped[str] = mapped_column(Text, default="")
    # The file's own columns, in their order, as its header names them.
    file_columns: Mapped[list[str]] = mapped_column(Json, default_factory=list)
    operation_id: Mapped[str] = mapped_column(Text, default="")
    person_id: Mapped[str] = mapped_column(Text, default="")
    rows_read: Mapped[int] = mapped_column(_Number, default=0)
    rows_published: Mapped[int] = mapped_column(_Number, default=0)
    rows_quarantined: Mapped[int] = mapped_column(_Number, default=0)
    # Each `{reason, column, rows}`.
    faults: Mapped[list[dict[str, Any]]] = mapped_column(Json, default_factory=list)
    # Each `{check, outcome, told}`: no amount and nothing of a row.
    checks: Mapped[list[dict[str, Any]]] = mapped_column(Json, default_factory=list)
    # Each `{check, subject, unit_number, currency_code, stated, found}`: amounts that were compared, for whoever may see them.
    comparisons: Mapped[list[dict[str, Any]]] = mapped_column(EncryptedJson(PURPOSE), default_factory=list)
    # Each `{business_date, revision, rows}`; revision 0 where the date's rows were there already.
    published: Mapped[list[dict[str, Any]]] = mapped_column(Json, default_factory=list)
    # Milliseconds by what took them.
    timings: Mapped[dict[str, int]] = mapped_column(Json, default_factory=dict)
    reason: Mapped[str] = mapped_column(Text, default="")
    message: Mapped[str] = mapped_column(Text, default="")
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    start_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    end_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

    @property
    def ended(self) -> bool:
        """Nothing more happens to it."""
        return self.state in ENDED_RUNS

    def end(self, state: RunState, now: datetime, *, reason: str = "", message: str = "") -> None:
        """Comes to its end."""
        self.state, self.end_time = state.value, now
        self.reason, self.message = reason, message


class QuarantinedRow(Base):
    """A row that was not taken: why, where it stood, and what it says."""

    __tablename__ = "quarantined_rows"
    __table_args__ = (
        Index("ix_quarantined_rows_feed_state_row_id", "feed", "state", "row_id"),
        Index("ix_quarantined_rows_run_id_row_id", "run_id", "row_id"),
    )

    row_id: Mapped[str] = mapped_column(Text, primary_key=True)
    feed: Mapped[str] = mapped_column(Text)
    # The run that put it here, and the one that took it out.
    run_id: Mapped[str] = mapped_column(Text)
    replay_run_id: Mapped[str] = mapped_column(Text, default="")
    business_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    line: Mapped[int] = mapped_column(_Number)
    reason: Mapped[str] = mapped_column(Text)
    # The canonical column at fault; empty where it is the row.
    column: Mapped[str] = mapped_column("column_name", Text, default="")
    # As the file has it; a record of a format without lines as JSON of its columns.
    raw: Mapped[str] = mapped_column(EncryptedText(PURPOSE))
    corrected: Mapped[str] = mapped_column(EncryptedText(PURPOSE), default="")
    state: Mapped[int] = mapped_column(Integer, default=RowState.OPEN.value)
    person_id: Mapped[str] = mapped_column(Text, default="")
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)

    def turn(self, state: RowState, now: datetime, *, among: frozenset[RowState]) -> None:
        """Goes on to a state; raises RuleBroken ROW_STATE_WRONG unless it stands in one of those."""
        if self.state not in among:
            wanted = ", ".join(sorted(each.name for each in among))
            name = RowState(self.state).name
            raise RuleBroken("ROW_STATE_WRONG", f"The row is {name}; this needs {wanted}.", metadata={"state": name})
        self.state, self.update_time = state.value, now
