"""Coverage of two records that become one, and two again: nobody who looked after one of them loses sight of the customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from services.chassis.db.session import UnitOfWork
from services.customer.model.coverage import Coverage
from services.customer.model.customer import Customer
from services.customer.rules.coverage import last_day
from services.customer.rules.kinds import CoverageRole

# Why a coverage stands with the survivor.
REASON = "merge"


def join(work: UnitOfWork, survivor: Customer, other: Customer) -> dict[str, Any]:
    """Gives the other record's coverages to the survivor: the history as it is, supporters as supporters.

    The other record's lead, whose lead ends, supports the survivor from today. Answers what `part` needs.
    """
    theirs = _coverages(work, survivor.customer_id)
    looking_after = {each.person_id for each in theirs if each.days.hold_on(work.business_date)}
    moved = []
    for coverage in _coverages(work, other.customer_id):
        before = _ends(coverage)
        leads = coverage.role == CoverageRole.LEAD and coverage.end_date is None
        repeats = coverage.days.hold_on(work.business_date) and coverage.person_id in looking_after
        if leads or repeats:
            _end(coverage, work.business_date)
        coverage.customer_id = survivor.customer_id
        moved.append({"coverage_id": coverage.coverage_id, "before": before, "after": _ends(coverage)})
    # What ended must be so in the database before anything begins: never two open supports of one person.
    work.session.flush()
    supports = None
    if other.lead_person_id not in looking_after and not _supports(work, survivor, other.lead_person_id):
        supports = _begin_support(work, survivor, other)
    return {
        "survivor_customer_id": survivor.customer_id,
        "merged_customer_id": other.customer_id,
        "moved": moved,
        "new": supports,
    }


def part(work: UnitOfWork, joined: Mapping[str, Any]) -> list[str]:
    """Gives back what `join` took; answers `coverages` where something had changed since and stays so."""
    kept: list[str] = []
    if (coverage := work.session.get(Coverage, joined["new"] or "")) is not None:
        if coverage.end_date is None and not coverage.revoked:
            work.session.delete(coverage)
        else:
            kept.append("coverages")
    work.session.flush()
    for entry in joined["moved"]:
        moved = work.session.get(Coverage, entry["coverage_id"])
        if moved is None or moved.customer_id != joined["survivor_customer_id"]:
            continue
        moved.customer_id = joined["merged_customer_id"]
        if _ends(moved) == entry["after"]:
            moved.end_date, moved.revoked = _day(entry["before"]["end_date"]), entry["before"]["revoked"]
        else:
            kept.append("coverages")
    work.session.flush()
    return kept


def _coverages(work: UnitOfWork, customer_id: str) -> Sequence[Coverage]:
    statement = select(Coverage).where(Coverage.customer_id == customer_id).order_by(Coverage.coverage_id).with_for_update()
    return work.session.scalars(statement).all()


def _supports(work: UnitOfWork, survivor: Customer, person_id: str) -> bool:
    return any(
        each.person_id == person_id and each.days.hold_on(work.business_date) for each in _coverages(work, survivor.customer_id)
    )


def _begin_support(work: UnitOfWork, survivor: Customer, other: Customer) -> str:
    coverage = Coverage(
        coverage_id=work.new_id(),
        customer_id=survivor.customer_id,
        person_id=other.lead_person_id,
        organisation_path=other.organisation_path,
        role=CoverageRole.SUPPORTING.value,
        start_date=work.business_date,
        reason=REASON,
    )
    work.session.add(coverage)
    work.session.flush()
    return coverage.coverage_id


def _end(coverage: Coverage, today: date) -> None:
    """As a hand-over ends a lead: with yesterday; who began today ends today, and counts no more."""
    coverage.end_date = last_day(coverage.start_date, today)
    coverage.revoked = coverage.start_date > today - timedelta(days=1)


def _ends(coverage: Coverage) -> dict[str, Any]:
    return {"end_date": coverage.end_date.isoformat() if coverage.end_date else None, "revoked": coverage.revoked}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
