"""Shares of credit 业绩归属: what may be owned, and how an owner's line stands."""

from __future__ import annotations

from enum import IntEnum

# All of an object, in basis points.
WHOLE_BASIS_POINTS = 10_000


class ObjectKind(IntEnum):
    """What a share is of; the numbers are the contract's."""

    UNSPECIFIED = 0
    CUSTOMER = 1
    ACCOUNT = 2
    CONTRACT = 3
    FEE_FLOW = 4


class ShareState(IntEnum):
    """How a line stands; the numbers are the contract's. Pending and approved lines together never exceed the whole."""

    UNSPECIFIED = 0
    # Waits for approval: it keeps others out, and gives nobody anything yet.
    PENDING = 1
    APPROVED = 2
    # Withdrawn, rejected, or taken away by adjudication.
    VOID = 3
