"""Asks for long work, in the transaction of whoever asks: it begins once that has committed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import NOBODY, Caller
from services.chassis.kernel.errors import LimitReached
from services.chassis.longwork.table import ENDED, Operation

RETENTION = timedelta(days=30)
# Of one person, waiting or under way.
OPEN_OPERATIONS_MAX = 20


def ask(work: UnitOfWork, kind: str, parameters: Mapping[str, Any], *, subject: str = "", total: int = 0) -> Operation:
    """Long work for the caller; raises LimitReached OPERATIONS_TOO_MANY where he has too much of it open."""
    open_of_person = select(func.count()).where(Operation.person_id == work.caller.person_id, Operation.state.not_in(ENDED))
    if (work.session.scalar(open_of_person) or 0) >= OPEN_OPERATIONS_MAX:
        raise LimitReached("OPERATIONS_TOO_MANY", f"You have {OPEN_OPERATIONS_MAX} long tasks open; wait for one to end.")
    return _asked(work, kind, parameters, work.caller, subject, total)


def ask_of_itself(work: UnitOfWork, kind: str, parameters: Mapping[str, Any], *, subject: str = "") -> Operation:
    """Long work that an event or a timer calls for, of a kind that needs no permission: the service does it on its own behalf."""
    return _asked(work, kind, parameters, NOBODY, subject, 0)


def _asked(work: UnitOfWork, kind: str, parameters: Mapping[str, Any], caller: Caller, subject: str, total: int) -> Operation:
    operation = Operation(
        operation_id=work.new_id(),
        kind=kind,
        subject=subject,
        person_id=caller.person_id,
        caller=caller.to_claims(),
        parameters=dict(parameters),
        checkpoint={},
        total=total,
        correlation_id=work.call.correlation_id,
        remote_address=work.call.remote_address,
        due_time=work.now,
        create_time=work.now,
        update_time=work.now,
    )
    work.session.add(operation)
    work.session.flush()
    work.after_commit.append(work.database.on_operations)
    return operation


def forget_ended(session: Session, now: datetime) -> None:
    """Drops what ended long ago."""
    session.execute(delete(Operation).where(Operation.end_time < now - RETENTION).execution_options(synchronize_session=False))
