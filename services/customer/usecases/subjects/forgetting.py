"""Forgets what has had its time: rows of imports, and data of erased customers that a law had kept."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select

from services.chassis.db.session import UnitOfWork
from services.customer.model.imports import Import, ImportRow
from services.customer.usecases.subjects.erasing import forget_retained

# So long an import can be undone.
IMPORT_RETENTION = timedelta(days=30)


def forget(work: UnitOfWork) -> None:
    """Drops old imports with their rows, and retained data whose last day is over."""
    before = work.now - IMPORT_RETENTION
    old = select(Import.import_id).where(Import.update_time < before)
    work.session.execute(delete(ImportRow).where(ImportRow.import_id.in_(old)).execution_options(synchronize_session=False))
    work.session.execute(delete(Import).where(Import.update_time < before).execution_options(synchronize_session=False))
    forget_retained(work)
