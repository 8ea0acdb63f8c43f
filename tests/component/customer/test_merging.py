"""Two records become one and lose nothing; they can be parted again; of two who decide at once one wins and the other is told."""

import itertools
import threading
import uuid

import pytest
from sqlalchemy import func, select
from workbench.customer.v1 import customer_pb2, duplicate_pb2

from services.chassis.db.audit import AuditRecord
from services.chassis.kernel.caller import Scope
from services.chassis.kernel.errors import (
    AlreadyExists,
    InvalidInput,
    NotAllowed,
    NotFound,
    RuleBroken,
    StaleVersion,
    WorkbenchError,
)
from services.chassis.outbox.table import OutboxMessage
from services.customer.model.merge import CustomerMerge
from tests.component.customer.conftest import LEADS_PEOPLE, new_id_card
from tests.component.customer.test_duplicates import REVIEWS, candidates, new_name, new_phone, twins

MERGED, ACTIVE = customer_pb2.CUSTOMER_STATE_MERGED, customer_pb2.CUSTOMER_STATE_ACTIVE
EVERYTHING = (*LEADS_PEOPLE, *REVIEWS, "customer.relation.update", "customer.group.manage", "customer.coverage.transfer")
EMAIL = customer_pb2.CONTACT_KIND_EMAIL


@pytest.fixture
def manager(town):
    """Who may do everything with customers in the whole of this test's bank."""
    return town.colleague(EVERYTHING, Scope(organisation_paths=(town.root,)), organisation_path=town.root)


def merge(manager, survivor, merged, **fields):
    ids = {"survivor_customer_id": survivor.customer_id, "merged_customer_id": merged.customer_id}
    return manager.call("MergeCustomers", **ids, **fields)


def undo(manager, made, reason="They are two."):
    return manager.call("UndoMerge", merge_id=made.merge_id, reason=reason)


def revealed(manager, customer):
    shown = manager.call("RevealCustomer", customer_id=customer.customer_id, purpose="look at a merge")
    shown.ClearField("etag")
    shown.ClearField("update_time")
    return shown


def coverages(manager, customer):
    page = manager.call("ListCoverages", customer_id=customer.customer_id).coverages
    return sorted((each.person_id, each.role, bool(each.end_date)) for each in page)


@pytest.fixture
def pair(town):
    """Two records with everything that a record has, of one person."""
    name = new_name()
    full = {
        "display_name": name,
        "phone": new_phone(),
        "identifier": new_id_card(),
        "tier": customer_pb2.CUSTOMER_TIER_MASS,
        "birth_or_founding_date": "1980-01-15",
        "other_names": [{"kind": 1, "name": "旧名"}],
        "contact_points": [{"kind": EMAIL, "value": f"{uuid.uuid4()}@example.cn"}],
        "addresses": [{"kind": 2, "division_code": "330106", "line": "文三路 1 号"}],
        "tags": ["来自网点"],
        "preferences": {"language_code": "zh-CN"},
        "consents": [{"purpose": "marketing", "state": 1, "effective_date": "2024-01-01"}],
        "documents": [{"sha256": "a" * 64, "title": "开户申请"}],
    }  # fmt: skip
    sparse = {
        "display_name": f"{name}二",
        "phone": new_phone(),
        "other_identifiers": [{"kind": 2, "number": f"E{uuid.uuid4().int % 10**8:08}"}],
        "tier": customer_pb2.CUSTOMER_TIER_PREMIER,
        "addresses": [{"kind": 2, "division_code": "330106", "line": "文三路1号"}, {"kind": 4, "line": "信箱 9"}],
        "tags": ["来自网点", "理财"],
        "preferences": {"channel": 2, "no_offers": True},
        "consents": [{"purpose": "marketing", "state": 2, "effective_date": "2025-01-01"}],
        "documents": [{"sha256": "b" * 64, "title": "授权书"}],
    }  # fmt: skip
    return town.rm1_east.create(**full), town.rm1_west.create(**sparse)


def test_the_survivor_says_what_both_said(manager, pair):
    survivor, other = pair
    before, taken = revealed(manager, survivor), revealed(manager, other)
    made = merge(manager, survivor, other, reason="one person")
    after = revealed(manager, survivor)
    assert after.display_name == before.display_name
    assert {name.name for name in after.other_names} == {"旧名", taken.display_name}
    assert [number.number for number in after.other_identifiers] == [taken.other_identifiers[0].number]
    assert after.phone == before.phone
    assert {contact.value for contact in after.contact_points} == {before.contact_points[0].value, f"+86{taken.phone}"}
    assert [address.line for address in after.addresses] == ["文三路 1 号", "信箱 9"]
    assert after.tier == before.tier
    assert list(after.tags) == ["来自网点", "理财"]
    assert (after.preferences.language_code, after.preferences.channel, after.preferences.no_offers) == ("zh-CN", 2, True)
    assert {document.sha256 for document in after.documents} == {"a" * 64, "b" * 64}
    # Agreed in 2024, refused in 2025: from then on the refusal holds.
    assert [(c.state, c.effective_date, c.end_date) for c in after.consents] == [
        (1, "2024-01-01", "2024-12-31"),
        (2, "2025-01-01", ""),
    ]
    notes = {(note.kind, note.field) for note in made.notes}
    assert notes == {
        (duplicate_pb2.MERGE_NOTE_KIND_VALUE_LEFT_OUT, "tier"),
        (duplicate_pb2.MERGE_NOTE_KIND_CONSENT_STRICTER, "consents"),
    }
    assert "*" in made.survivor.phone


def test_fields_are_taken_from_the_merged_record_where_they_are_chosen(manager, pair):
    survivor, other = pair
    before, taken = revealed(manager, survivor), revealed(manager, other)
    chosen = {"paths": ["display_name", "phone", "tier"]}
    preview = manager.call(
        "PreviewMerge", survivor_customer_id=survivor.customer_id, merged_customer_id=other.customer_id, take_from_merged=chosen
    )
    assert revealed(manager, survivor) == before
    made = merge(manager, survivor, other, take_from_merged=chosen)
    assert (preview.changed_fields, preview.notes, preview.moved) == (made.changed_fields, made.notes, made.moved)
    after = revealed(manager, survivor)
    assert (after.display_name, after.phone, after.tier) == (taken.display_name, taken.phone, taken.tier)
    assert before.display_name in {name.name for name in after.other_names}
    assert f"+86{before.phone}" in {contact.value for contact in after.contact_points}
    with pytest.raises(InvalidInput, match="FIELD_UNKNOWN"):
        merge(manager, survivor, other, take_from_merged={"paths": ["lead_person_id"]})


def test_the_merged_record_says_into_which_it_was_merged_and_takes_no_more_writes(town, manager, pair):
    survivor, other = pair
    merge(manager, survivor, other)
    shown = manager.get(other)
    assert (shown.state, shown.merged_into_customer_id) == (MERGED, survivor.customer_id)
    for attempt in (
        lambda: manager.update(other, tags=["x"]),
        lambda: manager.reassign(other, town.rm2_east),
        lambda: merge(manager, other, survivor),
        lambda: merge(manager, survivor, other),
    ):
        with pytest.raises(RuleBroken) as caught:
            attempt()
        assert caught.value.reason == "CUSTOMER_MERGED"
        assert caught.value.metadata["mergedIntoCustomerId"] == survivor.customer_id
    numbers = manager.numbers()
    assert survivor.customer_number in numbers
    assert other.customer_number not in numbers
    assert manager.numbers(customer_number=other.customer_number) == [other.customer_number]


def test_numbers_move_with_the_record_and_stay_exclusive(town, manager):
    card = new_id_card()
    survivor = town.rm1_east.create(display_name="李雷")
    other = town.rm1_west.create(display_name="李雷", identifier=card)
    made = merge(manager, survivor, other)
    assert revealed(manager, survivor).identifier == card
    with pytest.raises(AlreadyExists, match="IDENTIFIER_TAKEN"):
        town.rm1_west.create(identifier=card)
    undo(manager, made)
    assert revealed(manager, survivor).identifier == ""
    assert revealed(manager, other).identifier == card
    with pytest.raises(AlreadyExists, match="IDENTIFIER_TAKEN"):
        town.rm1_west.create(identifier=card)


def test_two_id_cards_are_merged_only_where_somebody_says_that_they_are_one(town, manager):
    first, second = new_id_card(), new_id_card()
    survivor, other = town.rm1_east.create(identifier=first), town.rm1_west.create(identifier=second)
    with pytest.raises(RuleBroken) as caught:
        merge(manager, survivor, other)
    assert caught.value.reason == "IDENTIFIERS_DIFFER"
    assert [violation.field for violation in caught.value.violations] == ["acknowledge_identifiers_differ"]
    made = merge(manager, survivor, other, acknowledge_identifiers_differ=True)
    assert duplicate_pb2.MERGE_NOTE_KIND_IDENTIFIERS_DIFFER in {note.kind for note in made.notes}
    after = revealed(manager, survivor)
    assert (after.identifier, [each.number for each in after.other_identifiers]) == (first, [second])


def test_what_cannot_be_merged_is_refused(town, manager):
    person = town.rm1_east.create()
    company = town.rm1_east.create(kind=customer_pb2.CUSTOMER_KIND_CORPORATE)
    with pytest.raises(RuleBroken, match="KINDS_DIFFER"):
        merge(manager, person, company)
    with pytest.raises(InvalidInput, match="MERGE_WITH_SELF"):
        merge(manager, person, person)
    with pytest.raises(StaleVersion, match="CUSTOMER_CHANGED"):
        merge(manager, person, town.rm1_west.create(), merged_etag="7")
    one_sided = town.colleague(EVERYTHING, Scope(organisation_paths=(f"{town.root}EAST/",)))
    with pytest.raises(NotFound) as caught:
        merge(one_sided, person, town.rm1_west.create())
    assert [violation.field for violation in caught.value.violations] == ["merged_customer_id"]
    with pytest.raises(NotAllowed):
        merge(town.rm1_east, person, town.rm1_east.create())


def test_both_together_must_fit_into_one_record(town, manager):
    survivor, other = (town.rm1_east.create(tags=[f"{side}{place}" for place in range(30)]) for side in "ab")
    with pytest.raises(InvalidInput) as caught:
        merge(manager, survivor, other)
    assert [violation.field for violation in caught.value.violations] == ["survivor.tags"]


def test_coverage_keeps_everybody_who_looked_after_one_of_them(town, manager, pair):
    survivor, other = pair
    manager.reassign(survivor, town.rm2_east)
    lead, support = customer_pb2.COVERAGE_ROLE_LEAD, customer_pb2.COVERAGE_ROLE_SUPPORTING
    made = merge(manager, survivor, other)
    assert coverages(manager, survivor) == sorted(
        [
            (town.rm1_east.person_id, lead, True),
            (town.rm2_east.person_id, lead, False),
            (town.rm1_west.person_id, lead, True),
            (town.rm1_west.person_id, support, False),
        ]
    )
    assert coverages(manager, other) == []
    # Who led the other record supports this one, and so still sees his customer.
    assert town.rm1_west.get(survivor).customer_id == survivor.customer_id
    undo(manager, made)
    assert coverages(manager, other) == [(town.rm1_west.person_id, lead, False)]
    assert coverages(manager, survivor) == sorted([(town.rm1_east.person_id, lead, True), (town.rm2_east.person_id, lead, False)])
    with pytest.raises(NotFound):
        town.rm1_west.get(survivor)


def relations(manager, customer):
    found = manager.call("ListRelations", customer_id=customer.customer_id).relations
    return sorted((each.kind, each.from_party.customer_id, each.to_party.customer_id) for each in found)


def relate(manager, kind, one, other):
    ends = {"from_party": {"customer_id": one.customer_id}, "to_party": {"customer_id": other.customer_id}}
    return manager.call("CreateRelation", relation={"kind": kind, **ends})


def test_relations_people_groups_and_timeline_come_along_and_go_back(town, manager):
    survivor, other, company = (
        town.rm1_east.create(),
        town.rm1_west.create(),
        town.rm1_east.create(kind=customer_pb2.CUSTOMER_KIND_CORPORATE),
    )
    shareholder = 1
    relate(manager, shareholder, other, company)
    group = manager.call("CreateCustomerGroup", group={"display_name": "集团"})
    manager.call("AddCustomerGroupMember", group_id=group.group_id, customer_id=other.customer_id, role=2)
    told = len(manager.call("ListTimelineEntries", customer_id=other.customer_id).entries)
    assert told > 0
    made = merge(manager, survivor, other)
    moved = {row.kind: row.rows for row in made.moved}
    assert moved == {"coverages": 1, "relations": 1, "group_members": 1, "timeline_entries": told}
    assert relations(manager, survivor) == [(shareholder, survivor.customer_id, company.customer_id)]
    kinds = [entry.kind for entry in manager.call("ListTimelineEntries", customer_id=survivor.customer_id).entries]
    assert "customers_merged" in kinds
    undo(manager, made)
    assert relations(manager, survivor) == []
    assert relations(manager, other) == [(shareholder, other.customer_id, company.customer_id)]
    members = manager.call("ListCustomerGroupMembers", group_id=group.group_id).members
    assert [member.customer.customer_id for member in members] == [other.customer_id]


def test_places_in_segments_come_along_and_go_back(town, manager):
    survivor, other = town.rm1_east.create(), town.rm1_west.create()
    alone, together, gone = (
        manager.call("CreateSegment", segment={"display_name": name, "kind": 2}).segment_id for name in ("独", "共", "废")
    )
    for segment_id, customers in ((alone, [other]), (together, [survivor, other]), (gone, [other])):
        ids = [each.customer_id for each in customers]
        manager.call("AddSegmentMembers", segment_id=segment_id, customer_ids=ids)

    def members(segment_id):
        return {each.customer_id for each in manager.call("ListSegmentMembers", segment_id=segment_id).members}

    made = merge(manager, survivor, other)
    assert {row.kind: row.rows for row in made.moved}["segment_members"] == 3
    assert members(alone) == members(together) == {survivor.customer_id}
    manager.call("DeleteSegment", segment_id=gone)
    undo(manager, made)
    assert members(alone) == {other.customer_id}
    assert members(together) == {survivor.customer_id, other.customer_id}


def test_undo_restores_both_records_exactly(manager, pair):
    survivor, other = pair
    before = [revealed(manager, each) for each in pair]
    made = merge(manager, survivor, other, take_from_merged={"paths": ["display_name", "tier", "preferences"]})
    undone = undo(manager, made)
    assert undone.undone
    assert list(undone.notes) == []
    assert [revealed(manager, each) for each in pair] == before
    with pytest.raises(RuleBroken, match="MERGE_UNDONE"):
        undo(manager, made)
    # And once more, from the start.
    again = merge(manager, other, survivor, acknowledge_identifiers_differ=True)
    undo(manager, again)
    assert [revealed(manager, each) for each in pair] == before
    merges = manager.call("ListCustomerMerges", customer_id=other.customer_id).customer_merges
    assert [(each.merge_id, each.undone) for each in merges] == [(again.merge_id, True), (made.merge_id, True)]


def test_undo_keeps_what_came_to_the_survivor_since_and_says_so(manager, pair):
    survivor, other = pair
    made = merge(manager, survivor, other)
    shown = manager.get(survivor)
    tags, phone = [*shown.tags, "新"], new_phone()
    manager.update(survivor, tags=tags, phone=phone, preferences={"language_code": "en", "channel": 2, "no_offers": True})
    undone = undo(manager, made)
    after = revealed(manager, survivor)
    assert list(after.tags) == ["来自网点", "新"]
    assert after.phone == phone
    assert (after.preferences.language_code, after.preferences.channel, after.preferences.no_offers) == ("en", 0, False)
    assert {note.field for note in undone.notes} == {"tags", "preferences"}
    assert {note.kind for note in undone.notes} == {duplicate_pb2.MERGE_NOTE_KIND_CHANGED_SINCE}


def test_chains_end_at_the_record_that_stands_and_are_undone_from_their_end(town, manager):
    first, second, third = (town.rm1_east.create() for _ in range(3))
    one = merge(manager, second, first)
    two = merge(manager, third, second)
    assert [manager.get(each).merged_into_customer_id for each in (first, second)] == [third.customer_id] * 2
    with pytest.raises(RuleBroken, match="CUSTOMER_MERGED"):
        merge(manager, first, third)
    with pytest.raises(RuleBroken, match="MERGE_NOT_LATEST"):
        undo(manager, one)
    undo(manager, two)
    assert [manager.get(each).merged_into_customer_id for each in (first, second)] == [second.customer_id, ""]
    undo(manager, one)
    assert [manager.get(each).state for each in (first, second, third)] == [ACTIVE] * 3


def test_a_merge_is_undone_only_after_those_that_came_later(town, manager):
    survivor, first, second = (town.rm1_east.create() for _ in range(3))
    one, two = merge(manager, survivor, first), merge(manager, survivor, second)
    with pytest.raises(RuleBroken, match="MERGE_NOT_LATEST"):
        undo(manager, one)
    undo(manager, two)
    undo(manager, one)


def test_what_the_law_has_erased_is_erased_in_both_records_and_never_parted(town, manager):
    name, phone = new_name(), new_phone()
    prospect = {"state": customer_pb2.CUSTOMER_STATE_PROSPECT}
    survivor, other = town.rm1_east.create(**prospect), town.rm1_west.create(display_name=name, phone=phone, **prospect)
    made = merge(manager, survivor, other)
    subject = ("customer.record.read", "customer.subject.erase", "customer.subject.approve")
    asks, approves = (town.colleague(subject, Scope(organisation_paths=(town.root,))) for _ in range(2))
    erasure = asks.call("RequestErasure", customer_id=survivor.customer_id, reason="letter 2026-90")
    approves.call("ApproveErasure", erasure_id=erasure.erasure_id)
    for record in (survivor, other):
        left = revealed(manager, record)
        assert left.state == customer_pb2.CUSTOMER_STATE_ERASED
        assert (name in str(left), phone in str(left)) == (False, False)
    with pytest.raises(RuleBroken, match="MERGE_ERASED"):
        undo(manager, made)


def segment_members(manager, kept):
    found = manager.call("ListSegmentMembers", segment_id=kept.segment_id).members
    return sorted(member.customer_id for member in found)


def test_segments_hold_the_customer_under_whichever_record_was_put_in(town, manager):
    survivor, other = town.rm1_east.create(), town.rm1_west.create()
    static = {"display_name": "春季回访", "kind": 2}
    both, one = (manager.call("CreateSegment", segment=static) for _ in range(2))
    for kept, customers in ((both, (survivor, other)), (one, (other,))):
        manager.call("AddSegmentMembers", segment_id=kept.segment_id, customer_ids=[each.customer_id for each in customers])
    made = merge(manager, survivor, other)
    assert segment_members(manager, both) == segment_members(manager, one) == [survivor.customer_id]
    with pytest.raises(RuleBroken, match="CUSTOMER_MERGED"):
        manager.call("AddSegmentMembers", segment_id=one.segment_id, customer_ids=[other.customer_id])
    undo(manager, made)
    assert segment_members(manager, both) == sorted((survivor.customer_id, other.customer_id))
    assert segment_members(manager, one) == [other.customer_id]


def test_a_merged_record_is_in_nobodys_portfolio(town, manager):
    survivor, other = town.rm1_east.create(), town.rm1_west.create()
    merge(manager, survivor, other)
    with pytest.raises(RuleBroken, match="NOTHING_TO_HAND_OVER"):
        manager.call(
            "CreateHandOver",
            from_person_id=town.rm1_west.person_id,
            receiver_person_ids=[town.rm2_east.person_id],
            rule=1,
            reason="leaves",
        )


def test_a_candidate_is_closed_by_the_merge_and_not_raised_again_after_an_undo(town, manager):
    in_east, in_west = twins(town)
    (candidate,) = candidates(manager)
    made = merge(manager, in_east, in_west)
    assert candidates(manager) == []
    (closed,) = candidates(manager, states=[duplicate_pb2.DUPLICATE_STATE_MERGED])
    assert (closed.candidate_id, closed.decided_by_person_id) == (candidate.candidate_id, manager.person_id)
    undo(manager, made)
    assert [each.candidate_id for each in candidates(manager, states=[duplicate_pb2.DUPLICATE_STATE_DISMISSED])] == [
        candidate.candidate_id
    ]


def test_a_merge_is_told_to_other_services_kept_in_the_trail_and_encrypted(town, manager, pair):
    survivor, other = pair
    made = merge(manager, survivor, other, reason="one person")
    for value in kept_of(town, made):
        assert value.partition(".")[0]
        assert "{" not in value
    undo(manager, made)
    assert kept_of(town, made) == [None, None]
    with town.service.database.transaction(read_only=True) as work:
        types = work.session.scalars(
            select(OutboxMessage.type).where(OutboxMessage.subject == survivor.customer_id).order_by(OutboxMessage.sequence)
        ).all()
        assert [each.rpartition(".")[2] for each in types if each.endswith(("merged", "Merged"))] == [
            "CustomersMerged",
            "CustomersUnmerged",
        ]
        (record,) = work.session.scalars(
            select(AuditRecord).where(AuditRecord.method == "MergeCustomers", AuditRecord.resource_id == survivor.customer_id)
        )
        assert other.customer_id in record.changes_json
    history = manager.call("ListFieldChanges", customer_id=survivor.customer_id).field_changes
    assert {"MergeCustomers", "UndoMerge"} <= {change.method for change in history}


def kept_of(town, made):
    """What the database has of the two records, as it stands there."""
    statement = f"SELECT snapshot, moved FROM customer_merges WHERE merge_id = '{made.merge_id}'"
    with town.service.database.transaction(read_only=True) as work:
        return list(work.session.connection().exec_driver_sql(statement).one())


def test_a_repeated_request_merges_once(town, manager):
    survivor, other = town.rm1_east.create(), town.rm1_west.create()
    request_id = str(uuid.uuid4())
    first, second = (merge(manager, survivor, other, request_id=request_id) for _ in range(2))
    assert first == second


def raced(*acts):
    """What becomes of acts that begin at one moment: their answers, or the reasons of their refusals."""
    barrier = threading.Barrier(len(acts))
    outcomes = [None] * len(acts)

    def run(place, act):
        barrier.wait()
        try:
            outcomes[place] = act()
        except WorkbenchError as refusal:
            outcomes[place] = refusal.reason

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads), "two wait for each other"
    return outcomes


def test_of_two_who_merge_the_same_pair_one_wins_in_either_direction(town, manager):
    for crossed in (False, True, True, True):
        one, other = town.rm1_east.create(), town.rm1_west.create()
        second = (other, one) if crossed else (one, other)
        outcomes = raced(lambda: merge(manager, one, other), lambda: merge(manager, *second))  # noqa: B023 - runs at once
        refused = [outcome for outcome in outcomes if isinstance(outcome, str)]
        assert refused == ["CUSTOMER_MERGED"], outcomes
        states = sorted(manager.get(each).state for each in (one, other))
        assert states == [ACTIVE, MERGED]


def test_of_a_circle_of_merges_no_record_stands_for_itself(town, manager):
    records = [town.rm1_east.create() for _ in range(3)]
    outcomes = raced(*(lambda a=a, b=b: merge(manager, a, b) for a, b in itertools.pairwise([*records, records[0]])))
    assert "DATABASE_UNAVAILABLE" not in outcomes
    shown = [manager.get(each) for each in records]
    standing = [each.customer_id for each in shown if each.state == ACTIVE]
    assert standing
    assert {each.merged_into_customer_id for each in shown if each.state == MERGED} <= set(standing)


def test_of_a_merge_and_an_edit_one_wins_and_the_other_is_told(town, manager):
    for _ in range(4):
        one, other = town.rm1_east.create(), town.rm1_west.create()
        outcomes = raced(
            lambda: merge(manager, one, other, survivor_etag=one.etag, merged_etag=other.etag),  # noqa: B023
            lambda: manager.update(other, etag=other.etag, tags=["edited"]),  # noqa: B023
        )
        shown = manager.get(one)
        if isinstance(outcomes[0], str):
            assert outcomes[0] == "CUSTOMER_CHANGED"
            assert list(manager.get(other).tags) == ["edited"]
            assert list(shown.tags) == []
        else:
            assert outcomes[1] == "CUSTOMER_MERGED"
            assert list(manager.get(other).tags) == list(shown.tags) == []


def test_of_a_merge_and_a_hand_over_nothing_is_half_done(town, manager):
    rm2_west = town.relationship_manager("WEST/W02/")
    for _ in range(4):
        one, other = town.rm1_east.create(), town.rm1_west.create()
        outcomes = raced(
            lambda: merge(manager, one, other),  # noqa: B023
            lambda: manager.reassign(other, rm2_west),  # noqa: B023
            lambda: manager.reassign(one, town.rm2_east),  # noqa: B023
        )
        assert not isinstance(outcomes[0], str), outcomes
        assert outcomes[1] == "CUSTOMER_MERGED" or outcomes[1].lead_person_id == rm2_west.person_id
        leads = [each for each in coverages(manager, one) if each[1] == 1 and not each[2]]
        assert leads == [(town.rm2_east.person_id, 1, False)]
        assert coverages(manager, other) == []
        undo(manager, outcomes[0])
        expected = town.rm1_west if outcomes[1] == "CUSTOMER_MERGED" else rm2_west
        assert [each for each in coverages(manager, other) if not each[2]] == [(expected.person_id, 1, False)]


def test_of_a_merge_and_a_new_relation_neither_waits_for_the_other(town, manager):
    company = town.rm1_east.create(kind=customer_pb2.CUSTOMER_KIND_CORPORATE)
    for _ in range(4):
        one, other = town.rm1_east.create(), town.rm1_west.create()
        outcomes = raced(lambda: merge(manager, one, other), lambda: relate(manager, 1, other, company))  # noqa: B023
        assert not isinstance(outcomes[0], str), outcomes
        ends = {end for _, end, _ in relations(manager, company)}
        assert other.customer_id not in ends
        if isinstance(outcomes[1], str):
            assert outcomes[1] == "CUSTOMER_MERGED"
        else:
            assert one.customer_id in ends


def test_of_two_who_undo_one_merge_one_wins(town, manager):
    made = merge(manager, town.rm1_east.create(), town.rm1_west.create())
    outcomes = raced(lambda: undo(manager, made), lambda: undo(manager, made))
    assert [outcome for outcome in outcomes if isinstance(outcome, str)] == ["MERGE_UNDONE"]
    with town.service.database.transaction(read_only=True) as work:
        assert work.session.scalar(select(func.count()).select_from(CustomerMerge).filter_by(merge_id=made.merge_id)) == 1
