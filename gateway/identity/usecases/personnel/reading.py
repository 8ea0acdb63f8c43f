"""Reads units and people from their datasets."""

from __future__ import annotations

from datetime import date

from gateway.identity.rules.personnel import PersonRow, UnitRow, ordered
from services.chassis.lake.lake import Lake, Pin
from services.chassis.lake.schemas import SCHEMAS


def units(lake: Lake, pin: Pin) -> list[UnitRow]:
    """The units, each parent before its children; those in a ring come last, and find no parent. NotFound DATASET_MISSING."""
    with lake.connection() as connection:
        rows = lake.relation(connection, SCHEMAS["org_units"], [pin])
        wanted = "unit_number, coalesce(parent_unit_number, ''), kind, display_name"
        placed, in_rings = ordered(UnitRow(*row) for row in rows.order("unit_number").project(wanted).fetchall())
    return [*placed, *in_rings]


def people(lake: Lake, pin: Pin, today: date) -> list[PersonRow]:
    """The people by staff number, and who of them has left by that day. NotFound DATASET_MISSING."""
    with lake.connection() as connection:
        rows = lake.relation(connection, SCHEMAS["employees"], [pin])
        left = f"state = 'LEFT' OR coalesce(leave_date < DATE '{today.isoformat()}', false)"
        wanted = f"staff_number, display_name, unit_number, {left}"
        return [PersonRow(*row) for row in rows.order("staff_number").project(wanted).fetchall()]
