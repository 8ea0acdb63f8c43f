"""The timeline of a customer: what sort of thing an entry tells of."""

from __future__ import annotations

from enum import IntEnum


class Category(IntEnum):
    """What sort of thing an entry tells of, numbered as the contract numbers it."""

    RECORD = 1
    COVERAGE = 2
    RELATION = 3
    CONSENT = 4
    CONTACT = 5
    SALES = 6
    FEEDBACK = 7
    WARNING = 8
    ACCOUNT = 9
