"""Likely duplicates: told to whoever opens a record, queued where he may not know, reviewed by whoever reaches both."""

import itertools
import threading
import time
import uuid

import pytest
from sqlalchemy import func, select
from workbench.customer.v1 import customer_pb2, duplicate_pb2

from services.chassis.kernel.caller import Scope
from services.chassis.kernel.errors import AlreadyExists, NotAllowed, NotFound, RuleBroken, StaleVersion
from services.customer.model.duplicate import DuplicateBlock
from services.customer.usecases import scanning
from tests.component.customer.conftest import LEADS_PEOPLE, customer_record, new_id_card

REVIEWS = ("customer.record.read", "customer.duplicate.review", "customer.record.merge")
OPEN, DISMISSED, CLEARED = (
    duplicate_pb2.DUPLICATE_STATE_OPEN,
    duplicate_pb2.DUPLICATE_STATE_DISMISSED,
    duplicate_pb2.DUPLICATE_STATE_CLEARED,
)
PHONES = itertools.count(10_000_000)


def new_phone():
    return f"139{next(PHONES)}"


def new_name():
    """A name of this test's own, of Chinese characters."""
    return "".join(chr(0x4E00 + digit * 80 + 13) for digit in uuid.uuid4().bytes[:4])


@pytest.fixture
def reviewer(town):
    """Who reviews for the whole of this test's bank."""
    return town.colleague((*LEADS_PEOPLE, *REVIEWS), Scope(organisation_paths=(town.root,)))


@pytest.fixture
def steward(town):
    """Who may have the whole bank scanned, and reviews this test's."""
    return town.colleague((*REVIEWS, "customer.duplicate.scan"), Scope(organisation_paths=(town.root,)))


def candidates(colleague, **filters):
    return list(colleague.call("ListDuplicateCandidates", **filters).duplicate_candidates)


def twins(town, **fields):
    """Two records of one person, led in two branches."""
    fields = {"display_name": new_name(), "phone": new_phone()} | fields
    return town.rm1_east.create(**fields), town.rm1_west.create(**fields)


def test_a_record_that_is_nearly_certainly_there_is_refused_with_its_id_and_reasons(town):
    name, phone = new_name(), new_phone()
    known = town.rm1_east.create(display_name=name, phone=phone)
    with pytest.raises(AlreadyExists) as caught:
        town.rm1_east.create(display_name=name, phone=f"+86 {phone}")
    assert caught.value.reason == "LIKELY_DUPLICATE"
    assert caught.value.metadata["customerIds"] == known.customer_id
    assert caught.value.metadata["reasons"] == "SAME_PHONE,SAME_NAME"
    assert {violation.field for violation in caught.value.violations} == {"customer.phone", "customer.display_name"}
    assert phone not in str(caught.value.metadata) + str(caught.value.violations) + caught.value.message
    # Nothing of the refused record stays.
    assert len([c for c in town.rm1_east.pages(100) if c.display_name == name]) == 1


def test_whoever_says_that_it_is_another_customer_opens_it_and_a_reviewer_sees_both(town, reviewer):
    name, phone = new_name(), new_phone()
    known = town.rm1_east.create(display_name=name, phone=phone)
    other = town.rm1_east.create(display_name=name, phone=phone, accept_likely_duplicates=True)
    (candidate,) = candidates(reviewer)
    assert {candidate.first_customer.customer_id, candidate.second_customer.customer_id} == {known.customer_id, other.customer_id}
    assert candidate.score == 85
    assert "*" in candidate.first_customer.phone


def test_a_likely_duplicate_that_is_not_certain_is_opened_and_queued(town, reviewer):
    phone = new_phone()
    town.rm1_east.create(display_name="张婧", phone=phone)
    town.rm1_east.create(display_name="章静", phone=phone)
    (candidate,) = candidates(reviewer)
    assert 60 <= candidate.score < 85
    assert [reason.points for reason in candidate.reasons] == sorted((r.points for r in candidate.reasons), reverse=True)
    assert all(reason.description for reason in candidate.reasons)


def test_out_of_scope_nothing_is_revealed_and_whoever_reaches_both_reviews(town, reviewer):
    in_east, in_west = twins(town)
    assert {in_east.lead_person_id, in_west.lead_person_id} == {town.rm1_east.person_id, town.rm1_west.person_id}
    (candidate,) = candidates(reviewer)
    one_sided = town.colleague(REVIEWS, Scope(organisation_paths=(f"{town.root}EAST/",)))
    assert candidates(one_sided) == candidates(one_sided, customer_id=in_east.customer_id) == []
    for method, fields in (("GetDuplicateCandidate", {}), ("DismissDuplicateCandidate", {"reason": "two"})):
        with pytest.raises(NotFound, match="CANDIDATE_NOT_FOUND"):
            one_sided.call(method, candidate_id=candidate.candidate_id, **fields)
    with pytest.raises(NotAllowed):
        town.rm1_east.call("ListDuplicateCandidates")


def test_a_batch_is_never_held_up_and_what_it_repeats_is_queued(town, reviewer):
    name, phone = new_name(), new_phone()
    known = town.rm1_east.create(display_name=name, phone=phone)
    records = [customer_record(display_name=name, phone=phone) for _ in range(2)] + [customer_record() for _ in range(20)]
    requests = [{"customer": record, "lead_person_id": town.rm1_west.person_id} for record in records]
    ids = list(reviewer.call("BatchCreateCustomers", requests=requests).customer_ids)
    pairs = {frozenset((each.first_customer.customer_id, each.second_customer.customer_id)) for each in candidates(reviewer)}
    assert pairs == {frozenset(pair) for pair in itertools.combinations((known.customer_id, *ids[:2]), 2)}


def test_a_birth_date_is_read_from_an_id_card_and_two_id_cards_are_two_people(town, reviewer):
    name, card = new_name(), new_id_card()
    born = f"{card[6:10]}-{card[10:12]}-{card[12:14]}"
    town.rm1_east.create(display_name=name, identifier=card)
    town.rm1_west.create(display_name=name, birth_or_founding_date=born)
    (candidate,) = candidates(reviewer)
    assert candidate.score == 68
    town.rm1_west.create(display_name=name, identifier=new_id_card(), birth_or_founding_date=born)
    assert len(candidates(reviewer)) == 2, "with the one without a card, and not with the other card"


def test_both_records_are_shown_side_by_side_masked(town, reviewer):
    addresses = [{"kind": customer_pb2.ADDRESS_KIND_HOME, "division_code": "330106", "line": "文三路 1 号"}]
    twins(town, addresses=addresses, contact_points=[{"kind": customer_pb2.CONTACT_KIND_EMAIL, "value": f"{uuid.uuid4()}@x.cn"}])
    (listed,) = candidates(reviewer)
    shown = reviewer.call("GetDuplicateCandidate", candidate_id=listed.candidate_id)
    for record in (shown.first_customer, shown.second_customer):
        assert record.addresses[0].line == "文三路 1 号"
        assert "*" in record.contact_points[0].value
        assert "*" in record.phone
    assert shown.score == 100


def test_candidates_come_the_most_alike_first_page_by_page_and_filtered(town, reviewer):
    twins(town)
    phone = new_phone()
    town.rm1_east.create(display_name="张婧", phone=phone)
    town.rm1_west.create(display_name="章静", phone=phone)
    one, _ = twins(town, birth_or_founding_date="1988-08-08")
    scores = [candidate.score for candidate in candidates(reviewer)]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 3
    paged, token = [], ""
    while True:
        page = reviewer.call("ListDuplicateCandidates", page_size=1, page_token=token)
        paged += [candidate.score for candidate in page.duplicate_candidates]
        token = page.next_page_token
        if not token:
            break
    assert paged == scores
    assert len(candidates(reviewer, score_min=85)) == 2
    assert [c.score for c in candidates(reviewer, customer_id=one.customer_id)] == [100]
    assert candidates(reviewer, states=[DISMISSED]) == []


def test_a_dismissed_pair_stays_dismissed_until_more_agrees(town, reviewer, steward):
    in_east, in_west = twins(town)
    (candidate,) = candidates(reviewer)
    with pytest.raises(StaleVersion):
        reviewer.call("DismissDuplicateCandidate", candidate_id=candidate.candidate_id, reason="brothers", etag="99")
    dismissed = reviewer.call(
        "DismissDuplicateCandidate", candidate_id=candidate.candidate_id, reason="brothers", etag=candidate.etag
    )
    assert (dismissed.state, dismissed.dismiss_reason, dismissed.decided_by_person_id) == (
        DISMISSED,
        "brothers",
        reviewer.person_id,
    )
    with pytest.raises(RuleBroken, match="CANDIDATE_CLOSED"):
        reviewer.call("DismissDuplicateCandidate", candidate_id=candidate.candidate_id, reason="again")
    scan(steward)
    assert candidates(reviewer) == []
    for customer, person in ((in_east, town.rm1_east), (in_west, town.rm1_west)):
        person.update(customer, birth_or_founding_date="1990-01-01")
    scan(steward)
    (again,) = candidates(reviewer)
    assert (again.candidate_id, again.score, again.dismiss_reason) == (candidate.candidate_id, 100, "")


def test_a_candidate_can_be_given_to_somebody(town, reviewer):
    twins(town)
    (candidate,) = candidates(reviewer)
    asked = str(uuid.uuid4())
    reviewer.call("AssignDuplicateCandidate", candidate_id=candidate.candidate_id, person_id=asked)
    assert [c.candidate_id for c in candidates(reviewer, assigned_person_id=asked)] == [candidate.candidate_id]
    reviewer.call("AssignDuplicateCandidate", candidate_id=candidate.candidate_id)
    assert candidates(reviewer, assigned_person_id=asked) == []


def scan(steward):
    """Has the bank scanned, to the end."""
    deadline = time.monotonic() + 60
    while True:
        try:
            operation_id = steward.call("StartDuplicateScan").operation_id
            break
        except RuleBroken:
            # Another test's scan is under way.
            assert time.monotonic() < deadline
            time.sleep(0.05)
    while (operation := steward.call("GetOperation", service="customer", operation_id=operation_id)).state < 3:
        assert time.monotonic() < deadline, operation
        time.sleep(0.02)
    assert operation.state == 3, operation
    return operation


def test_a_scan_finds_what_changes_brought_together_and_clears_what_they_parted(town, steward, reviewer, monkeypatch):
    monkeypatch.setattr(scanning, "SHARED_AT_ONCE", 3)
    one, other = town.rm1_east.create(display_name=new_name()), town.rm1_west.create(display_name=new_name())
    stays, goes = twins(town)
    name, phone = new_name(), new_phone()
    town.rm1_east.update(one, display_name=name, phone=phone)
    town.rm1_west.update(other, display_name=name, phone=phone)
    town.rm1_west.update(goes, display_name=new_name(), phone=new_phone())
    assert {c.first_customer.customer_id for c in candidates(reviewer)} <= {stays.customer_id, goes.customer_id}
    operation = scan(steward)
    assert operation.done == operation.total > 0
    assert "candidates found" in operation.message
    (found,) = candidates(reviewer)
    assert {found.first_customer.customer_id, found.second_customer.customer_id} == {one.customer_id, other.customer_id}
    assert len(candidates(reviewer, states=[CLEARED])) == 1


def test_one_scan_runs_at_a_time(town, steward):
    with steward.service.database.transaction(steward.caller) as work:
        scanning.start(work)
        with pytest.raises(RuleBroken, match="SCAN_UNDER_WAY"):
            scanning.start(work)
    scan(steward)


def test_blocks_follow_the_record(town):
    def blocks(customer):
        with town.service.database.transaction(read_only=True) as work:
            return work.session.scalar(
                select(func.count()).select_from(DuplicateBlock).where(DuplicateBlock.customer_id == customer.customer_id)
            )

    customer = town.rm1_east.create(display_name=new_name())
    assert blocks(customer) == 0, "a name alone makes no likely duplicate, and so no block"
    customer = town.rm1_east.update(customer, birth_or_founding_date="1990-01-01")
    assert blocks(customer) == 1
    town.rm1_east.update(customer, addresses=[{"kind": 2, "division_code": "330106", "line": "文三路 1 号"}])
    assert blocks(customer) == 3
    town.rm1_east.update(customer, birth_or_founding_date="", addresses=[])
    assert blocks(customer) == 0


def test_two_who_open_the_same_customer_at_once_leave_a_candidate(town, reviewer):
    """Neither sees the other's record before it has committed: the next scan, or look, finds the pair."""
    name, phone = new_name(), new_phone()
    barrier = threading.Barrier(2)
    outcomes = []

    def open_record(person):
        barrier.wait()
        try:
            outcomes.append(person.create(display_name=name, phone=phone).customer_id)
        except AlreadyExists as refusal:
            outcomes.append(refusal.reason)

    threads = [threading.Thread(target=open_record, args=(person,)) for person in (town.rm1_east, town.rm1_west)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 2
    assert "LIKELY_DUPLICATE" not in outcomes
    scan(town.colleague(("customer.duplicate.scan",), Scope(organisation_paths=(town.root,))))
    assert len(candidates(reviewer)) == 1
