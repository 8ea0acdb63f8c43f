"""Whom an objection concerns beside whoever raised it."""

from __future__ import annotations

from sqlalchemy import select

from services.chassis.db.session import UnitOfWork
from services.performance.model.claim import Claim, Objection
from services.performance.model.share import ShareLine
from services.performance.rules.shares import STANDING, SharedObject


def parties(work: UnitOfWork, objection: Objection) -> set[str]:
    """Who has a part of what it is about, or is to have one, and who asked for it; never whoever raised it."""
    concerned = _holders(work, objection.thing)
    if (claim := claim_of(work, objection)) is not None:
        concerned |= {claim.owner_person_id, *claim.person_ids}
    return concerned - {objection.owner_person_id, ""}


def claim_of(work: UnitOfWork, objection: Objection, *, to_change: bool = False) -> Claim | None:
    """The claim to which it is, held against other writers where it is to be changed."""
    if not objection.claim_id:
        return None
    with work.whole_bank():
        if not to_change:
            return work.session.get_one(Claim, objection.claim_id)
        return work.session.get_one(Claim, objection.claim_id, with_for_update=True, populate_existing=True)


def _holders(work: UnitOfWork, thing: SharedObject) -> set[str]:
    statement = select(ShareLine.person_id).where(
        ShareLine.object_kind == int(thing.kind),
        ShareLine.object_key == thing.key,
        ShareLine.state.in_(tuple(map(int, STANDING))),
    )
    with work.whole_bank():
        return set(work.session.scalars(statement))
