"""Tells people what happened to claims, objections, deals and products' rules that are theirs: whose their results are, and why.

Whoever is to decide finds it in the inbox (`usecases.approvals`).
"""

from __future__ import annotations

from collections.abc import Iterable

from workbench.performance.v1 import claim_events_pb2, claim_pb2, deal_events_pb2, deal_pb2, product_events_pb2

from services.activity.usecases.notifying import notify
from services.chassis.db.session import UnitOfWork

_CLAIM_KINDS = {
    claim_pb2.CLAIM_STATE_APPROVED: "claim_approved",
    claim_pb2.CLAIM_STATE_REJECTED: "claim_rejected",
    claim_pb2.CLAIM_STATE_WITHDRAWN: "claim_withdrawn",
}
_OBJECTION_KINDS = {
    claim_pb2.OBJECTION_STATE_UPHELD: "objection_upheld",
    claim_pb2.OBJECTION_STATE_DISMISSED: "objection_dismissed",
    claim_pb2.OBJECTION_STATE_WITHDRAWN: "objection_withdrawn",
}


def claim_made(work: UnitOfWork, event: claim_events_pb2.ClaimMade) -> None:
    """Tells those who are to have a part in what a colleague claims."""
    _tell_of_claim(work, event.person_ids, "claim_shared", event.claim_id, by=event.claimant_person_id)


def claim_decided(work: UnitOfWork, event: claim_events_pb2.ClaimDecided) -> None:
    """Tells whoever claimed, and who was to have a part, what came of it."""
    people = [event.claimant_person_id, *event.person_ids]
    _tell_of_claim(work, people, _CLAIM_KINDS[event.state], event.claim_id, by=event.decider_person_id)


def objection_raised(work: UnitOfWork, event: claim_events_pb2.ObjectionRaised) -> None:
    """Tells those whose parts a colleague objects to."""
    resource, told = f"objections/{event.objection_id}", {"dueDate": event.due_date}
    notify(work, event.party_person_ids, "objection_raised", resource=resource, parameters=told)


def objection_decided(work: UnitOfWork, event: claim_events_pb2.ObjectionDecided) -> None:
    """Tells whoever objected, and whom it concerns, what was found."""
    # Taken back it was by whoever raised it.
    by = event.adjudicator_person_id or event.objector_person_id
    people = [event.objector_person_id, *event.party_person_ids]
    _tell(work, people, _OBJECTION_KINDS[event.state], f"objections/{event.objection_id}", by=by)


def split_proposed(work: UnitOfWork, event: deal_events_pb2.DealSplitProposed) -> None:
    """Asks the others of a team to answer."""
    _tell(work, event.member_person_ids, "deal_proposed", f"deals/{event.deal_id}", by=event.proposer_person_id)


def proposal_answered(work: UnitOfWork, event: deal_events_pb2.DealProposalAnswered) -> None:
    """Tells whoever proposed that somebody objects."""
    if event.answer == deal_pb2.MEMBER_ANSWER_OBJECTED:
        _tell(work, [event.proposer_person_id], "deal_objected", f"deals/{event.deal_id}", by=event.person_id)


def deal_decided(work: UnitOfWork, event: deal_events_pb2.DealDecided) -> None:
    """Tells the team how it is shared, or that it was sent back."""
    kind = "deal_decided" if event.approved else "deal_sent_back"
    _tell(work, event.member_person_ids, kind, f"deals/{event.deal_id}", by=event.decider_person_id)


def deal_reopened(work: UnitOfWork, event: deal_events_pb2.DealReopened) -> None:
    """Tells the team that it is to be decided anew."""
    _tell(work, event.member_person_ids, "deal_reopened", f"deals/{event.deal_id}", by=event.decider_person_id)


def deal_reversed(work: UnitOfWork, event: deal_events_pb2.DealReversed) -> None:
    """Tells the team that what was shared was taken back."""
    _tell(work, event.member_person_ids, "deal_reversed", f"deals/{event.deal_id}", by=event.decider_person_id)


def product_version_published(work: UnitOfWork, event: product_events_pb2.ProductVersionPublished) -> None:
    """Tells whoever wrote them that a product's rules will hold."""
    _tell_author(work, event, "product_version_published")


def product_version_rejected(work: UnitOfWork, event: product_events_pb2.ProductVersionRejected) -> None:
    """Tells whoever wrote them that a product's rules were given back."""
    _tell_author(work, event, "product_version_rejected")


def _tell_author(
    work: UnitOfWork, event: product_events_pb2.ProductVersionPublished | product_events_pb2.ProductVersionRejected, kind: str
) -> None:
    resource = f"productVersions/{event.product_version_id}"
    _tell(work, [event.author_person_id], kind, resource, by=event.decider_person_id)


def _tell_of_claim(work: UnitOfWork, person_ids: Iterable[str], kind: str, claim_id: str, *, by: str) -> None:
    """A portfolio is claimed and decided at once: hundreds of claims of which one notification tells."""
    others = [person_id for person_id in person_ids if person_id != by]
    notify(work, others, kind, resource=f"claims/{claim_id}", together="claims")


def _tell(work: UnitOfWork, person_ids: Iterable[str], kind: str, resource: str, *, by: str) -> None:
    """Nobody is told of what he did himself: an event's receiver acts for nobody."""
    notify(work, [person_id for person_id in person_ids if person_id != by], kind, resource=resource)
