"""The inbox has what waits for a second person, for whoever may decide it and for nobody else."""

import uuid
from datetime import UTC, datetime

import pytest
from workbench.analytics.v1 import signal_events_pb2
from workbench.customer.v1 import coverage_events_pb2, exchange_events_pb2
from workbench.performance.v1 import claim_events_pb2, claim_pb2, deal_events_pb2, product_events_pb2

from services.activity.usecases import approvals

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(at):
    at(NOW)


def propose(town, hand_over_id, path, proposer, **fields):
    told = {
        "hand_over_id": hand_over_id,
        "organisation_path": path,
        "proposer_person_id": proposer.person_id,
        "customer_count": 60,
    }
    town.announce(coverage_events_pb2.HandOverProposed(**told, expire_date="2026-12-09", **fields))


def waiting(person, **fields):
    return [each.resource for each in person.call("ListApprovals", **fields).approvals]


def test_the_inbox_has_what_the_reader_may_decide(town, at):
    second = town.colleague("branch_manager", "EAST/")
    hand_over = str(uuid.uuid4())
    for _ in range(2):
        propose(town, hand_over, town.manager_east.organisation_path, town.manager_east)
    assert waiting(second) == [f"handOvers/{hand_over}"]
    assert second.call("CountApprovals").count == 1
    (shown,) = second.call("ListApprovals").approvals
    assert (shown.kind, shown.requester_person_id, shown.parameters["customerCount"]) == (
        "hand_over", town.manager_east.person_id, "60",
    )  # fmt: skip
    # Nobody decides what he asked for; he sees that it waits.
    assert waiting(town.manager_east) == []
    assert waiting(town.manager_east, own=True) == [f"handOvers/{hand_over}"]
    for person in (town.manager_west, town.leader_east, town.rm1_east):
        assert waiting(person) == []
    assert waiting(second, kind="work_report") == []
    at(datetime(2026, 12, 10, 2, 0, tzinfo=UTC))
    assert waiting(second) == []
    town.run_timer("approvals.forget")


def test_what_is_decided_waits_for_nobody(town):
    second = town.colleague("branch_manager", "EAST/")
    rejected, withdrawn, executed = (str(uuid.uuid4()) for _ in range(3))
    for each in (rejected, withdrawn, executed):
        propose(town, each, town.manager_east.organisation_path, town.manager_east)
    town.announce(coverage_events_pb2.HandOverRejected(hand_over_id=rejected, proposer_person_id=town.manager_east.person_id))
    town.announce(coverage_events_pb2.HandOverWithdrawn(hand_over_id=withdrawn, proposer_person_id=town.manager_east.person_id))
    town.announce(coverage_events_pb2.CoverageHandedOver(hand_over_id=executed, customer_count=60))
    assert waiting(second) == []


def test_what_nobody_could_see_is_not_noted(town):
    with town.service.database.transaction() as work, pytest.raises(ValueError, match="Nobody"):
        approvals.ask_decision(
            work, kind="x", resource="x/1", organisation_path="/", permission="none.such", requester_person_id=""
        )


def test_an_erasure_waits_for_another_steward_until_it_is_decided(town):
    second, customer = town.colleague("data_steward", ""), town.customer(town.rm1_east)
    told = {"customer_id": customer, "organisation_path": town.rm1_east.organisation_path}
    refused, done = str(uuid.uuid4()), str(uuid.uuid4())
    for each in (refused, done):
        requested = {"erasure_id": each, "request_person_id": town.steward.person_id} | told
        town.announce(exchange_events_pb2.ErasureRequested(**requested))
    assert set(waiting(second)) == {f"erasures/{refused}", f"erasures/{done}"}
    assert waiting(town.steward) == waiting(town.manager_east) == []
    town.announce(exchange_events_pb2.ErasureRejected(erasure_id=refused, customer_id=customer))
    town.announce(exchange_events_pb2.CustomerErased(erasure_id=done, customer_id=customer))
    assert waiting(second) == []


def test_a_version_of_a_product_waits_for_another_product_manager_until_it_is_decided(town):
    author, second = (town.colleague("product_manager", "") for _ in range(2))
    ends = (
        product_events_pb2.ProductVersionPublished,
        product_events_pb2.ProductVersionRejected,
        product_events_pb2.ProductVersionWithdrawn,
    )
    for end in ends:
        version = str(uuid.uuid4())
        told = {"product_version_id": version, "product_code": "LOAN", "start_date": "2027-01-01"}
        submitted = told | {"author_person_id": author.person_id, "organisation_path": town.root}
        town.announce(product_events_pb2.ProductVersionSubmitted(**submitted))
        assert waiting(second) == [f"productVersions/{version}"]
        assert waiting(author) == waiting(town.manager_east) == []
        town.announce(end(product_version_id=version))
        assert waiting(second) == []


def test_a_rule_of_signals_waits_for_another_analyst_until_it_is_decided(town):
    author, second = (town.colleague("performance_analyst", "") for _ in range(2))
    ends = (
        signal_events_pb2.SignalRuleApproved,
        signal_events_pb2.SignalRuleRejected,
        signal_events_pb2.SignalRuleWithdrawn,
    )
    for end in ends:
        version = str(uuid.uuid4())
        told = {"signal_rule_version_id": version, "rule_code": "RATE_GAP", "version_number": 2}
        proposed = told | {"author_person_id": author.person_id, "organisation_path": town.root}
        town.announce(signal_events_pb2.SignalRuleProposed(**proposed))
        assert waiting(second) == [f"signalRuleVersions/{version}"]
        assert waiting(author) == waiting(town.manager_east) == []
        town.announce(end(signal_rule_version_id=version))
        assert waiting(second) == []


def test_claims_objections_and_splits_of_deals_wait_for_whoever_is_in_charge(town):
    claim, objection, deal = (str(uuid.uuid4()) for _ in range(3))
    path, asks = f"{town.root}EAST/", town.rm1_east.person_id
    told = {"claim_id": claim, "claimant_person_id": asks, "person_ids": [asks], "start_date": "2026-11-25"}
    town.announce(claim_events_pb2.ClaimMade(**told, organisation_path=path))
    raised = {"objection_id": objection, "objector_person_id": asks, "due_date": "2026-12-05"}
    town.announce(claim_events_pb2.ObjectionRaised(**raised, organisation_path=path))
    proposed = {"deal_id": deal, "proposer_person_id": asks, "member_person_ids": [asks]}
    town.announce(deal_events_pb2.DealSplitProposed(**proposed, organisation_path=path))
    assert set(waiting(town.manager_east)) == {f"claims/{claim}", f"objections/{objection}", f"deals/{deal}"}
    assert waiting(town.leader_east) == waiting(town.manager_west) == waiting(town.rm1_east) == []
    # The branch's deadline passed: it is the head office's now.
    town.announce(claim_events_pb2.ObjectionEscalated(**raised, organisation_path=town.root, escalation_level=1))
    assert f"objections/{objection}" not in waiting(town.manager_east)
    assert waiting(town.analyst, kind="objection") == [f"objections/{objection}"]
    town.announce(claim_events_pb2.ClaimDecided(claim_id=claim, state=claim_pb2.CLAIM_STATE_APPROVED))
    dismissed = claim_pb2.OBJECTION_STATE_DISMISSED
    town.announce(claim_events_pb2.ObjectionDecided(objection_id=objection, state=dismissed))
    town.announce(deal_events_pb2.DealDecided(deal_id=deal))
    assert waiting(town.manager_east) == waiting(town.analyst) == []
