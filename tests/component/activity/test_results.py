"""Of claims, objections and deals those are told whose results they are, and nobody of what he did himself."""

import uuid
from datetime import UTC, datetime, timedelta

from workbench.performance.v1 import claim_events_pb2, claim_pb2, deal_events_pb2, deal_pb2, product_events_pb2

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


def told(*people):
    """What each was told: kinds and what there is to look at, the first first."""
    return [[(each.kind, each.resource) for each in person.call("ListNotifications").notifications][::-1] for person in people]


def test_of_a_claim_those_are_told_who_are_to_have_a_part(town):
    one, other, leader = town.rm1_east, town.rm2_east, town.manager_east
    claim = str(uuid.uuid4())
    both = [one.person_id, other.person_id]
    made = {"claim_id": claim, "claimant_person_id": one.person_id, "person_ids": both}
    town.announce(claim_events_pb2.ClaimMade(**made, organisation_path=leader.organisation_path, start_date="2026-11-25"))
    decided = claim_events_pb2.ClaimDecided(**made, state=claim_pb2.CLAIM_STATE_APPROVED, decider_person_id=leader.person_id)
    town.announce(decided)
    approved, resource = ("claim_approved", f"claims/{claim}"), f"claims/{claim}"
    assert told(one, other, leader) == [[approved], [("claim_shared", resource), approved], []]


def test_of_many_claims_at_once_one_notification_tells(town, at):
    one, leader = town.rm1_east, town.manager_east
    at(NOW)

    def decide():
        claim = str(uuid.uuid4())
        told = {"claim_id": claim, "claimant_person_id": one.person_id, "decider_person_id": leader.person_id}
        town.announce(claim_events_pb2.ClaimDecided(**told, state=claim_pb2.CLAIM_STATE_APPROVED))
        return [(each.kind, each.resource) for each in one.call("ListNotifications", unread_only=True).notifications], claim

    ((kind, resource),), claim = decide()
    assert (kind, resource) == ("claim_approved", f"claims/{claim}")
    for _ in range(3):
        unread, _ = decide()
        assert unread == [("claim_approved", "claims")]
    # Once it is read, or has stood for a while, the next is news.
    one.call("MarkNotificationsRead")
    unread, claim = decide()
    assert unread == [("claim_approved", f"claims/{claim}")]
    at(NOW + timedelta(minutes=11))
    unread, _ = decide()
    assert len(unread) == 2


def test_what_is_taken_back_the_others_are_told(town):
    one, other = town.rm1_east, town.rm2_east
    claim, objection = str(uuid.uuid4()), str(uuid.uuid4())
    both = [one.person_id, other.person_id]
    made = {"claim_id": claim, "claimant_person_id": one.person_id, "person_ids": both}
    withdrawn = claim_pb2.CLAIM_STATE_WITHDRAWN
    town.announce(claim_events_pb2.ClaimDecided(**made, state=withdrawn, decider_person_id=one.person_id))
    raised = {"objection_id": objection, "objector_person_id": other.person_id, "party_person_ids": [one.person_id]}
    town.announce(claim_events_pb2.ObjectionDecided(**raised, state=claim_pb2.OBJECTION_STATE_WITHDRAWN))
    assert told(one, other) == [
        [("objection_withdrawn", f"objections/{objection}")],
        [("claim_withdrawn", f"claims/{claim}")],
    ]


def test_of_an_objection_both_sides_are_told_what_was_found(town):
    objector, holder, leader = town.rm2_east, town.rm1_east, town.manager_east
    objection = str(uuid.uuid4())
    raised = {"objection_id": objection, "objector_person_id": objector.person_id, "party_person_ids": [holder.person_id]}
    where = {"organisation_path": leader.organisation_path, "due_date": "2026-12-05"}
    town.announce(claim_events_pb2.ObjectionRaised(**raised, **where))
    upheld = {"state": claim_pb2.OBJECTION_STATE_UPHELD, "adjudicator_person_id": leader.person_id}
    town.announce(claim_events_pb2.ObjectionDecided(**raised, **upheld))
    found, resource = ("objection_upheld", f"objections/{objection}"), f"objections/{objection}"
    assert told(objector, holder, leader) == [[found], [("objection_raised", resource), found], []]


def test_a_team_is_asked_for_its_answer_and_told_what_was_decided(town):
    proposer, member, leader = town.rm1_east, town.rm2_east, town.manager_east
    deal = str(uuid.uuid4())
    resource = f"deals/{deal}"
    team = {"deal_id": deal, "member_person_ids": [proposer.person_id, member.person_id]}
    by_leader = {**team, "decider_person_id": leader.person_id}
    where = {"organisation_path": leader.organisation_path}
    town.announce(deal_events_pb2.DealSplitProposed(**team, **where, proposer_person_id=proposer.person_id))
    answered = {"deal_id": deal, "proposer_person_id": proposer.person_id, "person_id": member.person_id}
    town.announce(deal_events_pb2.DealProposalAnswered(**answered, answer=deal_pb2.MEMBER_ANSWER_ACCEPTED))
    town.announce(deal_events_pb2.DealProposalAnswered(**answered, answer=deal_pb2.MEMBER_ANSWER_OBJECTED))
    town.announce(deal_events_pb2.DealDecided(**by_leader))
    town.announce(deal_events_pb2.DealDecided(**by_leader, approved=True, version_number=1))
    town.announce(deal_events_pb2.DealReopened(**by_leader))
    town.announce(deal_events_pb2.DealReversed(**by_leader))
    of_both = [(kind, resource) for kind in ("deal_sent_back", "deal_decided", "deal_reopened", "deal_reversed")]
    assert told(proposer, member, leader) == [
        [("deal_objected", resource), *of_both],
        [("deal_proposed", resource), *of_both],
        [],
    ]


def test_whoever_wrote_a_products_rules_is_told_what_became_of_them(town):
    author, version = town.product_manager, str(uuid.uuid4())
    of = {"product_version_id": version, "product_code": "LOAN", "author_person_id": author.person_id}
    town.announce(product_events_pb2.ProductVersionRejected(**of, decider_person_id=town.analyst.person_id))
    town.announce(product_events_pb2.ProductVersionPublished(**of, decider_person_id=town.analyst.person_id))
    resource = f"productVersions/{version}"
    assert told(author, town.analyst) == [[("product_version_rejected", resource), ("product_version_published", resource)], []]
