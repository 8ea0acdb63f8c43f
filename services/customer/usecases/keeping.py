"""What is derived from a customer's row, wherever it is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.chassis.db.session import UnitOfWork
from services.customer.usecases import indexing
from services.customer.usecases.blocks import keep_blocks
from services.customer.usecases.datasets import linking
from services.customer.usecases.keys import keep_keys


def keep(work: UnitOfWork, customers: Sequence[Any], *, new: bool = False, places: Sequence[str] = ()) -> None:
    """Brings everything that is derived from customers up to date: whoever writes customers calls it in the same transaction.

    `customers` are mapped objects, or rows with a customer's columns, as they stand after the write; `new` says that nothing is
    derived from them yet. `places` are theirs in the caller's request, such as `requests[3].customer`, for refusals to name.

    Raises AlreadyExists IDENTIFIER_TAKEN where a number is another customer's.
    """
    keep_keys(work, customers, new=new, places=places)
    keep_blocks(work, customers, new=new)
    indexing.index(work, customers)
    if new:
        linking.take_waiting(work, customers)


def keep_led(work: UnitOfWork, customer_ids: Sequence[str], former: tuple[str, str], now: tuple[str, str]) -> None:
    """Does the same where nothing of customers changed but who leads them and from which unit, given as person and path.

    Thousands change so at once; whatever else is derived from a row and asks for its lead is brought up to date here too.
    """
    indexing.relead(work, customer_ids, former, now)
