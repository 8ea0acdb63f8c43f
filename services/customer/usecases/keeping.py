"""What follows from a customer's row, wherever it is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.chassis.db.session import UnitOfWork
from services.customer.usecases import indexing


def keep(work: UnitOfWork, customers: Sequence[Any]) -> None:
    """Brings everything that is derived from customers up to date: whoever writes customers calls it in the same transaction.

    `customers` are mapped objects, or rows with a customer's columns, as they stand after the write.
    """
    indexing.index(work, customers)
