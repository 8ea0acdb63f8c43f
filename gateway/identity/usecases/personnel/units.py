"""Brings the organisation tree to what the personnel system says: opens, renames and moves; never closes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from gateway.identity.model.organisation import OrganisationUnit
from gateway.identity.rules.organisation import UnitKind
from gateway.identity.rules.personnel import UnitRow, unit_fault, without
from gateway.identity.usecases.organisation import add_unit, change_name, lock_tree, relocate
from gateway.identity.usecases.personnel.reports import Report
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import RuleBroken


def apply_units(work: UnitOfWork, rows: Sequence[UnitRow], report: Report) -> None:
    """Takes over the rows, a parent before its children; what a rule of the tree forbids is reported, and the rest goes on."""
    lock_tree(work)
    by_code = {unit.code: unit for unit in work.session.scalars(select(OrganisationUnit))}
    for row in rows:
        try:
            fault = unit_fault(row) or _apply(work, row, by_code, report)
        except RuleBroken as refusal:
            fault = refusal.reason
        if fault:
            report.find(fault, row.code)


def report_gone(work: UnitOfWork, rows: Sequence[UnitRow], report: Report) -> None:
    """Units that the personnel system does not have. Teams are the workbench's own, and a unit may have people and customers."""
    known = select(OrganisationUnit.code).where(OrganisationUnit.kind != UnitKind.TEAM)
    report.find("UNIT_NOT_IN_PERSONNEL", *without([row.code for row in rows], work.session.scalars(known)))


def _apply(work: UnitOfWork, row: UnitRow, by_code: dict[str, OrganisationUnit], report: Report) -> str:
    """Answers the reason why the row is not taken over; empty where it is."""
    parent = by_code.get(row.parent_code) if row.parent_code else None
    if row.parent_code and parent is None:
        return "PARENT_UNKNOWN"
    unit = by_code.get(row.code)
    if unit is None:
        return _open(work, row, parent, by_code, report)
    if unit.kind != UnitKind[row.kind]:
        return "KIND_DIFFERS"
    if unit.display_name != row.display_name:
        change_name(work, unit, row.display_name)
        report.count("changed")
    if (parent.organisation_unit_id if parent else None) != unit.parent_unit_id:
        if parent is None:
            return "PARENT_UNKNOWN"
        relocate(work, unit, parent)
        report.count("moved")
    return ""


def _open(
    work: UnitOfWork, row: UnitRow, parent: OrganisationUnit | None, by_code: dict[str, OrganisationUnit], report: Report
) -> str:
    if parent is None and any(unit.parent_unit_id is None for unit in by_code.values()):
        # There is one head office: theirs is ours by its number, or the bank has to say which number is right.
        return "HEAD_OFFICE_DIFFERS"
    unit = OrganisationUnit.opened(work.new_id(), row.code, UnitKind[row.kind], row.display_name, parent=parent, now=work.now)
    add_unit(work, unit)
    by_code[row.code] = unit
    report.count("created")
    return ""
