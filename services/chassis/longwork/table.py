"""Long work as the database keeps it: who asked, how far it is, and who is at it."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.tables import ChassisBase
from services.chassis.db.types import EncryptedJson, UtcDateTime

_Number = BigInteger().with_variant(Integer(), "sqlite")


class OperationState(IntEnum):
    """Where it stands; the numbers are those of `workbench.operations.v1.OperationState`."""

    QUEUED = 1
    RUNNING = 2
    SUCCEEDED = 3
    FAILED = 4
    CANCELLED = 5


ENDED = frozenset({OperationState.SUCCEEDED, OperationState.FAILED, OperationState.CANCELLED})
_OPEN = f"state <= {OperationState.RUNNING.value}"


class Operation(ChassisBase, kw_only=True):
    """One piece of long work. Whoever holds the lease takes its next step, and everything that a step does commits with it."""

    __tablename__ = "operations"

    operation_id: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text, default="")
    person_id: Mapped[str] = mapped_column(Text)
    # The caller's claims as he asked: the work has his permissions and his scope of then, and never more.
    caller: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("chassis.operation"))
    parameters: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("chassis.operation"))
    # Where the next step goes on.
    checkpoint: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("chassis.operation"))
    state: Mapped[int] = mapped_column(Integer, default=OperationState.QUEUED.value)
    done: Mapped[int] = mapped_column(_Number, default=0)
    total: Mapped[int] = mapped_column(_Number, default=0)
    message: Mapped[str] = mapped_column(Text, default="")
    error_reason: Mapped[str] = mapped_column(Text, default="")
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    result_file_id: Mapped[str] = mapped_column(Text, default="")
    # Of the call that asked.
    correlation_id: Mapped[str] = mapped_column(Text, default="")
    remote_address: Mapped[str] = mapped_column(Text, default="")
    # Failures in a row, and when the next try is due.
    failures: Mapped[int] = mapped_column(Integer, default=0)
    due_time: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_holder: Mapped[str] = mapped_column(Text, default="")
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    start_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    end_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

    __table_args__ = (
        Index("ix_operations_person_id_operation_id", "person_id", "operation_id"),
        Index("ix_operations_open", "due_time", sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        Index("ix_operations_end_time", "end_time"),
    )

    @property
    def ended(self) -> bool:
        """Nothing more happens to it."""
        return self.state in ENDED

    def end(self, state: OperationState, now: datetime, *, reason: str = "", message: str = "") -> None:
        """Comes to its end, and lets go of the lease."""
        self.state, self.end_time, self.update_time = state.value, now, now
        self.error_reason = reason
        self.message = message or self.message
        self.lease_holder, self.lease_until = "", None
