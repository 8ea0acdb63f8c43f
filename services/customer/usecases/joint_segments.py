"""Static segments of two records that become one, and two again: whoever put one of them in finds the customer there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from services.chassis.db.session import UnitOfWork
from services.customer.model.segment import Segment, SegmentMember


def join(work: UnitOfWork, survivor_id: str, merged_id: str) -> list[dict[str, Any]]:
    """Puts the survivor in the other record's place; answers what `part` needs, by segment."""
    ours = {member.segment_id for member in _members(work, survivor_id)}
    moved = []
    for member in _members(work, merged_id):
        entry = {"segment_id": member.segment_id, "customer_id": merged_id, "add_time": member.add_time.isoformat()}
        moved.append(entry | {"survivor_customer_id": "" if member.segment_id in ours else survivor_id})
        work.session.delete(member)
    work.session.flush()
    work.session.add_all(
        SegmentMember(segment_id=entry["segment_id"], customer_id=survivor_id, add_time=_instant(entry))
        for entry in moved
        if entry["survivor_customer_id"]
    )
    work.session.flush()
    return moved


def part(work: UnitOfWork, moved: Sequence[dict[str, Any]]) -> None:
    """Puts the other record back where it was, as far as the segment is still there and nobody took the customer out of it."""
    for entry in moved:
        survivor_id = entry["survivor_customer_id"]
        stands_in = work.session.get(SegmentMember, (entry["segment_id"], survivor_id)) if survivor_id else None
        if work.session.get(Segment, entry["segment_id"]) is None or (survivor_id and stands_in is None):
            continue
        if stands_in is not None:
            work.session.delete(stands_in)
        work.session.add(
            SegmentMember(segment_id=entry["segment_id"], customer_id=entry["customer_id"], add_time=_instant(entry))
        )
    work.session.flush()


def _members(work: UnitOfWork, customer_id: str) -> Sequence[SegmentMember]:
    statement = select(SegmentMember).where(SegmentMember.customer_id == customer_id).order_by(SegmentMember.segment_id)
    return work.session.scalars(statement.with_for_update()).all()


def _instant(entry: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(entry["add_time"])
