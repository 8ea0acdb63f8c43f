"""What customers, their parts and coverages can be, numbered as the contract numbers them."""

from __future__ import annotations

from enum import IntEnum


class CustomerKind(IntEnum):
    """A person 对私, a company 对公, a financial institution 金融同业 or a public body 机关事业单位."""

    RETAIL = 1
    CORPORATE = 2
    FINANCIAL_INSTITUTION = 3
    PUBLIC_SECTOR = 4


class CustomerState(IntEnum):
    """Where a customer stands in its life with the bank."""

    ACTIVE = 1
    CLOSED = 2
    PROSPECT = 3
    DORMANT = 4
    MERGED = 5
    ERASED = 6


class IdentifierKind(IntEnum):
    """What a number says of a customer."""

    RESIDENT_ID_CARD = 1
    PASSPORT = 2
    UNIFIED_SOCIAL_CREDIT_CODE = 3
    LEI = 4
    TAX_NUMBER = 5
    TRAVEL_PERMIT = 6
    PERMANENT_RESIDENCE_CARD = 7
    SYSTEM_NUMBER = 8
    OTHER = 9


class ContactKind(IntEnum):
    """What a contact point is."""

    MOBILE = 1
    LANDLINE = 2
    FAX = 3
    EMAIL = 4
    WECHAT = 5
    WEBSITE = 6


class CoverageRole(IntEnum):
    """Leads 主办, one at a time, or supports 协办."""

    LEAD = 1
    SUPPORTING = 2


class DuplicateState(IntEnum):
    """Where a pair of likely duplicates stands."""

    OPEN = 1
    DISMISSED = 2
    MERGED = 3
    CLEARED = 4


class SegmentKind(IntEnum):
    """How a segment knows its members: by a filter, or by name."""

    DYNAMIC = 1
    STATIC = 2
