"""A customer's timeline, the history of its fields, and what a merge does to what stands around it."""

from __future__ import annotations

import json
import threading
import uuid
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from workbench.customer.v1 import customer_pb2, customer_service_pb2
from workbench.timeline.v1 import events_pb2

from services.chassis.db import field_history
from services.chassis.db.audit import AuditRecord
from services.chassis.kernel.caller import Scope
from services.chassis.kernel.errors import InvalidInput, NotFound, RuleBroken, StaleVersion
from services.customer.model.customer import Customer
from services.customer.model.timeline import TimelineEntry
from services.customer.usecases import moves
from tests.component.customer.conftest import customer_record, new_id_card, run_together
from tests.component.customer.test_custom_fields import define, steward, with_fields  # noqa: F401 - a fixture
from tests.component.customer.test_relations import (
    GUARANTOR,
    RELATES,
    REPRESENTATIVE,
    SHAREHOLDER,
    SPOUSE,
    company,
    group,
    join,
    key_person,
    person,
    relate,
    relations,
)

RECORD, COVERAGE, RELATION, CONSENT, CONTACT = 1, 2, 3, 4, 5


@pytest.fixture
def head(town):
    return town.colleague(RELATES, Scope(organisation_paths=(town.root,)), organisation_path=town.root)


def changes(colleague, customer, size=100, **fields):
    token, seen = "", []
    while True:
        page = colleague.call("ListFieldChanges", customer_id=customer.customer_id, page_size=size, page_token=token, **fields)
        seen += page.field_changes
        if not (token := page.next_page_token):
            return seen


def values(change):
    return tuple(getattr(side, "string_value", None) if side.WhichOneof("kind") == "string_value" else None
                 for side in (change.before, change.after))  # fmt: skip


def timeline(colleague, customer, size=100, **fields):
    token, seen = "", []
    while True:
        page = colleague.call("ListTimelineEntries", customer_id=customer.customer_id, page_size=size, page_token=token, **fields)
        seen += page.entries
        if not (token := page.next_page_token):
            return seen


def kinds(colleague, customer, **fields):
    return [entry.kind for entry in timeline(colleague, customer, **fields)]


# Field history
def test_each_change_of_a_field_is_told_with_who_when_before_and_after(town):
    made = town.rm1_east.create(display_name="欧阳方", tier=customer_pb2.CUSTOMER_TIER_MASS)
    town.rm1_east.update(made, display_name="欧阳芳", tier=customer_pb2.CUSTOMER_TIER_PREMIER)
    town.manager_east.update(made, display_name="欧阳方芳")
    latest, *first = changes(town.rm1_east, made, fields=["displayName", "tier"])
    assert (latest.field, *values(latest)) == ("display_name", "欧阳芳", "欧阳方芳")
    assert (latest.person_id, latest.method) == (town.manager_east.person_id, "UpdateCustomer")
    assert {(change.field, *values(change)) for change in first} == {
        ("display_name", "欧阳方", "欧阳芳"),
        ("tier", "CUSTOMER_TIER_MASS", "CUSTOMER_TIER_PREMIER"),
    }
    assert {change.person_name for change in first} == {"王雅婷"}
    assert [c.change_id for c in changes(town.rm1_east, made, size=1)] == [c.change_id for c in changes(town.rm1_east, made)]
    assert {change.field for change in changes(town.rm1_east, made, fields=["tier"])} == {"tier"}


def test_what_identifies_is_masked_in_the_history_and_revealed_with_a_purpose(town):
    number, contact = new_id_card(), {"kind": 1, "value": "+8613912345678"}
    made = town.rm1_east.create(phone="13812345678", identifier=number)
    town.rm1_east.update(made, phone="13987654321", contact_points=[contact])
    town.rm1_east.update(made, phone="")
    seen = changes(town.rm1_east, made)
    phones = [change for change in seen if change.field == "phone"]
    assert [values(change) for change in phones] == [("139****4321", None), ("138****5678", "139****4321")]
    assert "13912345678" not in str(seen)
    (contacts,) = (change for change in seen if change.field == "contact_points")
    assert contacts.before.WhichOneof("kind") == "null_value"
    assert contacts.after.list_value.values[0].struct_value["value"] == "+86*******5678"
    asked = {"customer_id": made.customer_id, "change_id": phones[1].change_id, "purpose": "a call that never came"}
    assert values(town.rm1_east.call("RevealFieldChange", **asked)) == ("13812345678", "13987654321")
    with town.service.database.transaction(read_only=True) as work:
        record = work.session.scalars(select(AuditRecord).where(AuditRecord.purpose == asked["purpose"])).one()
    assert (record.method, record.resource_id) == ("RevealFieldChange", made.customer_id)


def test_the_history_is_as_far_as_the_customer(town):
    made, other = town.rm1_east.create(), town.rm1_east.create()
    town.rm1_east.update(made, display_name="新名字")
    (change,) = changes(town.rm1_east, made, fields=["display_name"])
    purpose = {"purpose": "curiosity"}
    reads = (("ListFieldChanges", {}), ("ListTimelineEntries", {}), ("RevealFieldChange", purpose))
    for method, fields in (*reads, ("RestoreField", {})):
        change_id = {} if method.startswith("List") else {"change_id": change.change_id}
        refusals = set()
        for customer_id in (made.customer_id, str(uuid.uuid4())):
            with pytest.raises(NotFound) as refused:
                town.rm1_west.call(method, customer_id=customer_id, **change_id, **fields)
            refusals.add((refused.value.reason, refused.value.message))
        assert refusals == {("CUSTOMER_NOT_FOUND", "There is no such customer in your scope.")}
    for method, fields in (("RevealFieldChange", purpose), ("RestoreField", {})):
        with pytest.raises(NotFound, match="CHANGE_NOT_FOUND"):
            town.rm1_east.call(method, customer_id=other.customer_id, change_id=change.change_id, **fields)


def restore(colleague, customer, change, **fields):
    return colleague.call("RestoreField", customer_id=customer.customer_id, change_id=change.change_id, **fields)


@pytest.mark.parametrize(
    ("field", "first", "second"),
    [
        ("display_name", "欧阳方", "欧阳芳"),
        ("phone", "13812345678", ""),
        ("tier", customer_pb2.CUSTOMER_TIER_PREMIER, customer_pb2.CUSTOMER_TIER_MASS),
        ("birth_or_founding_date", "1990-02-28", ""),
        ("tags", ["甲", "乙"], ["丙"]),
        ("contact_points", [{"kind": 1, "value": "+8613912345678", "label": "家"}], []),
        ("preferences", {"language_code": "zh-CN", "no_offers": True}, {}),
        ("consents", [{"purpose": "marketing", "state": 1, "effective_date": "2020-01-01"}], []),
    ],
)
def test_a_field_of_any_sort_is_put_back_and_that_is_a_change_as_well(town, field, first, second):
    made = town.rm1_east.create(**{field: first})
    before = town.rm1_east.call("RevealCustomer", customer_id=made.customer_id, purpose="compare it later")
    changed = town.rm1_east.update(made, **{field: second})
    (change,) = changes(town.rm1_east, made, fields=[field])
    with pytest.raises(StaleVersion, match="CUSTOMER_CHANGED"):
        restore(town.rm1_east, made, change, etag=made.etag)
    restored = restore(town.rm1_east, made, change, etag=changed.etag)
    assert restored.etag not in (made.etag, changed.etag)
    after = town.rm1_east.call("RevealCustomer", customer_id=made.customer_id, purpose="compare it now")
    assert getattr(after, field) == getattr(before, field)
    latest, _ = changes(town.rm1_east, made, fields=[field])
    assert (latest.restored_from_change_id, latest.method) == (change.change_id, "RestoreField")
    assert restore(town.rm1_east, made, change) == restored
    again = restore(town.rm1_east, made, change, side=2)
    assert getattr(again, field) == getattr(changed, field)


def test_what_is_put_back_is_checked_as_any_change_is(town):
    made = town.rm1_east.create(identifier=new_id_card())
    taken = town.rm1_east.call("RevealCustomer", customer_id=made.customer_id, purpose="take it over").identifier
    town.rm1_east.update(made, identifier="")
    town.rm1_east.create(identifier=taken)
    change = changes(town.rm1_east, made, fields=["identifier"])[0]
    with pytest.raises(Exception, match="IDENTIFIER_TAKEN"):
        restore(town.rm1_east, made, change)
    analyst_change = changes(town.analyst, made)[0]
    with pytest.raises(Exception, match="PERMISSION_DENIED"):
        restore(town.analyst, made, analyst_change)


def test_the_banks_own_fields_have_a_history_for_whoever_may_read_them(town, steward):  # noqa: F811 - the fixture
    permission = "customer.record.import"
    open_field, identifying = define(steward, "TEXT"), define(steward, "TEXT", identifying=True)
    secret = define(steward, "TEXT", read_permission=permission, write_permission=permission)
    reader = with_fields(town, permission)
    made = reader.create(lead_person_id=town.rm1_east.person_id, custom_fields={open_field: "a", identifying: "13812345678"})
    for values_now in ({secret: "s1"}, {open_field: "b", secret: "s2"}, {identifying: "13912345678"}):
        sent = customer_pb2.Customer(customer_id=made.customer_id, custom_fields=values_now)
        paths = [f"custom_fields.{name}" for name in values_now]
        reader.call("UpdateCustomer", customer=sent, update_mask={"paths": paths})

    def told(colleague):
        return [dict(change.after.struct_value) for change in changes(colleague, made, fields=["customFields"])]

    assert told(town.rm1_east) == [{identifying: "139****5678"}, {open_field: "b"}]
    assert told(reader) == [{identifying: "139****5678"}, {open_field: "b", secret: "s2"}, {open_field: "a", secret: "s1"}]
    hidden = changes(reader, made, fields=["custom_fields"])[-1]
    with pytest.raises(NotFound, match="CHANGE_NOT_FOUND"):
        restore(town.rm1_east, made, hidden)
    number, named = changes(town.rm1_east, made, fields=["custom_fields"])
    asked = {"customer_id": made.customer_id, "change_id": number.change_id, "purpose": "compare with the paper"}
    assert town.rm1_east.call("RevealFieldChange", **asked).before.struct_value[identifying] == "13812345678"
    # What he may not read stays as it is.
    restore(town.rm1_east, made, number)
    restored = restore(town.rm1_east, made, named)
    assert restored.custom_fields == {open_field: "a", identifying: "138****5678"}
    assert reader.get(made).custom_fields[secret] == "s2"


def test_of_two_who_put_a_field_back_at_once_one_does_and_the_other_is_told(town):
    made = town.rm1_east.create(display_name="一")
    changed = town.rm1_east.update(made, display_name="二")
    (change,) = changes(town.rm1_east, made, fields=["display_name"])
    barrier, outcomes = threading.Barrier(2), []

    def act(colleague):
        barrier.wait()
        try:
            outcomes.append(restore(colleague, made, change, etag=changed.etag).display_name)
        except StaleVersion as told:
            outcomes.append(told.reason)

    run_together(act, [town.rm1_east, town.manager_east])
    assert sorted(outcomes) == ["CUSTOMER_CHANGED", "一"]
    assert len(changes(town.rm1_east, made, fields=["display_name"])) == 2


def test_what_was_erased_by_law_is_not_put_back(town):
    made = town.rm1_east.create(display_name="一")
    town.rm1_east.update(made, display_name="二")
    with town.service.database.transaction() as work:
        field_history.erase(work.session, "customers", made.customer_id)
    (change,) = changes(town.rm1_east, made, fields=["display_name"])
    assert change.erased
    assert values(change) == (None, None)
    with pytest.raises(RuleBroken, match="CHANGE_ERASED"):
        restore(town.rm1_east, made, change)


# Timeline
def test_what_the_service_does_to_a_customer_stands_in_its_timeline(town, head):
    made = town.rm1_east.create()
    town.rm1_east.update(made, tier=customer_pb2.CUSTOMER_TIER_PREMIER)
    consent = {"purpose": "marketing", "state": 1, "effective_date": "2020-01-01"}
    town.rm1_east.update(made, consents=[consent])
    relate(head, GUARANTOR, made, company(town))
    join(head, group(head), made)
    town.rm1_east.reassign(made, town.rm2_east)
    entries = timeline(town.rm2_east, made)
    assert [(entry.kind, entry.category) for entry in entries] == [
        ("customer_reassigned", COVERAGE),
        ("customer_group_member_added", RELATION),
        ("relation_created", RELATION),
        ("customer_updated", CONSENT),
        ("customer_updated", RECORD),
        ("customer_created", RECORD),
    ]
    handed, _, related, _, changed, opened = entries
    assert (handed.parameters["lead_person_id"], handed.person_id) == (town.rm2_east.person_id, town.rm1_east.person_id)
    assert "reason" not in handed.parameters
    assert (changed.parameters["changed_fields"], changed.person_name) == ("tier", "王雅婷")
    assert related.parameters["kind"] == "RELATION_KIND_GUARANTOR"
    assert related.resource.startswith("relations/")
    assert not any("customer_id" in name for name in related.parameters)
    assert opened.source_service == "customer"
    assert made.display_name not in str(entries)


def test_a_batch_stands_in_each_timeline(town):
    requests = [{"customer": customer_record(), "lead_person_id": town.rm1_east.person_id} for _ in range(3)]
    request = customer_service_pb2.BatchCreateCustomersRequest(requests=requests)
    ids = town.manager_east.call("BatchCreateCustomers", request).customer_ids
    for customer_id in ids:
        assert kinds(town.rm1_east, customer_pb2.Customer(customer_id=customer_id)) == ["customer_created"]


def test_a_timeline_is_paged_and_filtered(town):
    made = town.rm1_east.create()
    for name in ("二", "三", "四"):
        town.rm1_east.update(made, display_name=name)
    tell(town, made, kind="visit_recorded", category=CONTACT, occur_time=datetime(2020, 1, 2, 20, tzinfo=UTC))
    whole = timeline(town.rm1_east, made)
    assert timeline(town.rm1_east, made, size=2) == whole
    assert kinds(town.rm1_east, made, categories=[CONTACT]) == ["visit_recorded"]
    assert kinds(town.rm1_east, made, source_service="activity") == ["visit_recorded"]
    assert len(kinds(town.rm1_east, made, source_service="customer")) == 4
    # Eight in the evening by Greenwich is the next day in the bank.
    assert kinds(town.rm1_east, made, start_date="2020-01-03", end_date="2020-01-03") == ["visit_recorded"]
    assert not kinds(town.rm1_east, made, end_date="2020-01-02")
    with pytest.raises(InvalidInput, match="PAGE_TOKEN_INVALID"):
        town.rm1_east.call("ListTimelineEntries", customer_id=made.customer_id, page_token="x")


def tell(town, customer, source_entry_id="", **fields):
    told = {"source_service": "activity", "source_entry_id": source_entry_id or str(uuid.uuid4())}
    town.announce(events_pb2.CustomerTimelineEntryRecorded(customer_id=customer.customer_id, **told | fields))


def test_what_another_service_tells_twice_stands_once(town):
    made = town.rm1_east.create()
    for _ in range(2):
        tell(town, made, source_entry_id=f"v-{made.customer_id}", kind="visit_recorded", parameters={"minutes": "45"},
             occur_time=datetime(2026, 1, 1, tzinfo=UTC), resource="visits/1", category=CONTACT)  # fmt: skip
    latest, *_ = timeline(town.rm1_east, made, categories=[CONTACT])
    assert len(timeline(town.rm1_east, made)) == 2
    assert (dict(latest.parameters), latest.resource, latest.business_date) == ({"minutes": "45"}, "visits/1", "2026-01-01")


@pytest.mark.parametrize(
    "misfit",
    [
        {"kind": ""}, {"kind": "Visit!"}, {"kind": "v", "parameters": {"note": "x" * 501}}, {"kind": "v", "resource": "x" * 201},
        {"kind": "v", "parameters": {f"p{number}": "1" for number in range(21)}}, {"kind": "v", "parameters": {"dueDate": "1"}},
    ],
)  # fmt: skip
def test_an_entry_that_is_none_is_refused(town, misfit):
    made = town.rm1_east.create()
    with pytest.raises(InvalidInput, match="REQUEST_INVALID"):
        tell(town, made, **misfit)
    assert kinds(town.rm1_east, made) == ["customer_created"]


# Merges
def move(town, old, new):
    with town.service.database.transaction() as work:
        return json.loads(json.dumps(moves.move(work, old.customer_id, new.customer_id)))


def move_back(town, moved):
    with town.service.database.transaction() as work:
        moves.move_back(work, moved)


def around(colleague, *customers):
    """What stands around customers, without what tells that it was touched."""
    seen = []
    for customer in customers:
        for relation in relations(colleague, customer, past_and_future=True):
            ends = [(p.customer_id, p.key_person_id) for p in (relation.from_party, relation.to_party)]
            seen.append((relation.relation_id, relation.kind, *ends, relation.start_date, relation.end_date, relation.note))
        people = colleague.call("ListKeyPersons", customer_id=customer.customer_id).key_persons
        seen += [(p.key_person_id, p.customer_id, p.person_customer_id) for p in people]
        members = colleague.call("ListGroupsOfCustomer", customer_id=customer.customer_id).groups
        seen += [(m.member.member_id, m.member.group_id, m.member.customer.customer_id) for m in members]
        seen += [entry.entry_id for entry in timeline(colleague, customer) if not entry.kind.startswith("relation_")]
    return sorted(map(str, seen))


def test_a_merge_keeps_what_stands_around_both_and_gives_it_back(town, head):
    old, new, firm, other = (company(town) for _ in range(4))
    one = person(town)
    relate(head, SHAREHOLDER, old, firm, share_percent="10")
    relate(head, GUARANTOR, firm, old, note="只有旧的")
    relate(head, SHAREHOLDER, old, new, note="其间的")
    twice = [relate(head, 7, ours, other, source=name) for ours, name in ((old, "old"), (new, "new"))]
    before_representatives = [relate(head, REPRESENTATIVE, key_person(head, ours), ours) for ours in (old, new)]
    key_person(head, old, person_customer_id=one.customer_id)
    shared, single = group(head), group(head)
    for made, customer in ((shared, old), (shared, new), (single, old)):
        join(head, made, customer)
    tell(town, old, kind="visit_recorded")
    before = around(head, old, new, firm, other)
    moved = move(town, old, new)
    assert around(head, old) == []
    seen = relations(head, new, past_and_future=True)
    assert {relation.relation_id for relation in seen} >= {twice[1].relation_id, before_representatives[1].relation_id}
    assert twice[0].relation_id not in {relation.relation_id for relation in seen}
    assert all(r.from_party.customer_id != r.to_party.customer_id for r in seen)
    open_representatives = [r for r in relations(head, new, kinds=[REPRESENTATIVE], past_and_future=True) if not r.end_date]
    assert [r.relation_id for r in open_representatives] == [before_representatives[1].relation_id]
    assert len(head.call("ListKeyPersons", customer_id=new.customer_id).key_persons) == 3
    assert len(head.call("ListGroupsOfCustomer", customer_id=new.customer_id).groups) == 2
    assert [e.merged_customer_id for e in timeline(head, new) if e.kind == "visit_recorded"] == [old.customer_id]
    move_back(town, moved)
    assert around(head, old, new, firm, other) == before


def test_people_merged_who_were_married_are_married_to_nobody_in_the_end(town, head):
    old, new, third = person(town), person(town), person(town)
    relate(head, SPOUSE, old, new)
    relate(head, SPOUSE, old, third)
    key_person(head, company(town), person_customer_id=old.customer_id)
    before = around(head, old, new, third)
    moved = move(town, old, new)
    (left,) = relations(head, new)
    assert {left.from_party.customer_id, left.to_party.customer_id} == {new.customer_id, third.customer_id}
    move_back(town, moved)
    assert around(head, old, new, third) == before


def test_what_is_told_late_of_a_merged_record_goes_to_the_one_that_stands_for_it(town):
    old, new = person(town), person(town)
    moved = move(town, old, new)
    with town.service.database.transaction() as work:
        merged = work.session.get(Customer, old.customer_id)
        merged.merged_into_customer_id = new.customer_id
    tell(town, old, kind="visit_recorded")
    assert "visit_recorded" in kinds(town.rm1_east, new)
    move_back(town, moved)
    assert "visit_recorded" in kinds(town.rm1_east, old)
    assert "visit_recorded" not in kinds(town.rm1_east, new)


def test_nothing_of_a_timeline_is_left_of_an_act_that_failed(town):
    made = town.rm1_east.create()
    with pytest.raises(NotFound):
        town.rm1_east.reassign(made, town.rm1_west)
    with town.service.database.transaction(read_only=True) as work:
        count = select(func.count()).select_from(TimelineEntry).where(TimelineEntry.customer_id == made.customer_id)
        assert work.session.scalar(count) == 1
