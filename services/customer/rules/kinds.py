"""What customers and coverages can be, numbered as the contract numbers them."""

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


class CoverageRole(IntEnum):
    """Leads 主办, one at a time, or supports 协办."""

    LEAD = 1
    SUPPORTING = 2
