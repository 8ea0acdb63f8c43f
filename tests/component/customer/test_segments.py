"""Saved views and segments: kept, shared within a unit, and told to each reader within his own scope."""

from __future__ import annotations

import threading
import uuid

import pytest
from workbench.customer.v1 import segment_pb2

from services.chassis.kernel.caller import Scope
from services.chassis.kernel.errors import InvalidInput, NotAllowed, NotFound, RuleBroken, StaleVersion, WorkbenchError
from tests.component.customer.conftest import SERVES_CUSTOMERS
from tests.component.customer.test_customers import audit_of

DYNAMIC, STATIC = segment_pb2.SEGMENT_KIND_DYNAMIC, segment_pb2.SEGMENT_KIND_STATIC
SHARE = "customer.segment.share"


@pytest.fixture
def leader(town):
    """Whoever is in charge of EAST, and may share."""
    path = f"{town.root}EAST/"
    return town.colleague((*SERVES_CUSTOMERS, SHARE), Scope(organisation_paths=(path,)), organisation_path=path)


def segment(colleague, text="", kind=None, **fields):
    kind = kind or (DYNAMIC if text else STATIC)
    return colleague.call("CreateSegment", segment={"display_name": "春季回访", "kind": kind, "filter": text} | fields)


def members(colleague, kept, size=100):
    token, found = "", []
    while True:
        page = colleague.call("ListSegmentMembers", segment_id=kept.segment_id, page_size=size, page_token=token)
        found += [member.display_name for member in page.members]
        if not (token := page.next_page_token):
            return found


def count(colleague, kept):
    answer = colleague.call("CountSegmentMembers", segment_id=kept.segment_id)
    return answer.count, answer.more


def test_a_view_is_kept_changed_and_taken_out(town):
    rm = town.rm1_east
    kept = {
        "display_name": " 高端 客户 ",
        "filter": "tier >= PREMIER",
        "order_by": "displayName desc",
        "columns": ["displayName", "tier", "assets"],
    }
    view = rm.call("CreateSavedView", saved_view=kept)
    assert (view.display_name, view.filter) == ("高端 客户", "tier >= PREMIER")
    assert list(view.columns) == ["display_name", "tier", "assets"]
    assert rm.call("GetSavedView", saved_view_id=view.saved_view_id) == view
    sent = {"saved_view_id": view.saved_view_id, "etag": view.etag, "filter": "tier = PRIVATE"}
    changed = rm.call("UpdateSavedView", saved_view=sent, update_mask={"paths": ["filter"]})
    assert (changed.filter, changed.display_name) == ("tier = PRIVATE", view.display_name)
    with pytest.raises(StaleVersion, match="SAVED_VIEW_CHANGED"):
        rm.call("UpdateSavedView", saved_view=sent, update_mask={"paths": ["filter"]})
    assert [each.saved_view_id for each in rm.call("ListSavedViews").saved_views] == [view.saved_view_id]
    rm.call("DeleteSavedView", saved_view_id=view.saved_view_id)
    with pytest.raises(NotFound, match="SAVED_VIEW_NOT_FOUND"):
        rm.call("GetSavedView", saved_view_id=view.saved_view_id)


@pytest.mark.parametrize(
    ("fields", "reason", "field"),
    [
        ({"filter": "salary > 1"}, "FILTER_INVALID", "saved_view.filter"),
        ({"order_by": "salary"}, "ORDER_INVALID", "saved_view.order_by"),
        ({"columns": ["display_name", "salary"]}, "COLUMN_UNKNOWN", "saved_view.columns[1]"),
        ({"display_name": ""}, "REQUEST_INVALID", "saved_view.display_name"),
    ],
)
def test_a_view_that_cannot_be_shown_is_refused(town, fields, reason, field):
    with pytest.raises(InvalidInput, match=reason) as refused:
        town.rm1_east.call("CreateSavedView", saved_view={"display_name": "x"} | fields)
    assert [violation.field for violation in refused.value.violations] == [field]


def test_what_is_kept_is_its_owners_alone_until_it_is_shared(town, leader):
    kept = segment(leader, "tier = MASS")
    outsiders = (town.rm1_east, town.rm2_east, town.rm1_west, town.manager_west)
    for other in outsiders:
        with pytest.raises(NotFound, match="SEGMENT_NOT_FOUND"):
            other.call("GetSegment", segment_id=kept.segment_id)
    shared = leader.call("ShareSegment", segment_id=kept.segment_id, organisation_path=f"{town.root}EAST/")
    for reader in (town.rm1_east, town.rm2_east, town.manager_east, town.analyst):
        assert reader.call("GetSegment", segment_id=kept.segment_id) == shared
        assert shared in reader.call("ListSegments").segments
        with pytest.raises(NotAllowed, match="NOT_OWNER"):
            reader.call("DeleteSegment", segment_id=kept.segment_id)
    for other in (town.rm1_west, town.manager_west):
        assert not other.call("ListSegments").segments
        with pytest.raises(NotFound, match="SEGMENT_NOT_FOUND"):
            other.call("ListSegmentMembers", segment_id=kept.segment_id)
    leader.call("ShareSegment", segment_id=kept.segment_id, organisation_path="")
    assert not town.rm1_east.call("ListSegments").segments


def test_sharing_stays_in_the_scope_in_which_one_may(town, leader):
    kept = segment(leader, "tier = MASS")
    for path in (town.root, f"{town.root}WEST/", "/"):
        with pytest.raises(NotFound, match="UNIT_NOT_FOUND"):
            leader.call("ShareSegment", segment_id=kept.segment_id, organisation_path=path)
    with pytest.raises(NotAllowed, match="PERMISSION_DENIED"):
        town.rm1_east.call("ShareSegment", segment_id=segment(town.rm1_east, "tier = MASS").segment_id)


def test_a_dynamic_segment_is_told_within_the_readers_scope(town, leader):
    for colleague, name in ((town.rm1_east, "甲"), (town.rm2_east, "乙"), (town.rm1_west, "丙")):
        colleague.create(display_name=name, tier=4)
        colleague.create(display_name=f"{name}二", tier=1)
    kept = segment(leader, "tier = PRIVATE")
    leader.call("ShareSegment", segment_id=kept.segment_id, organisation_path=f"{town.root}EAST/")
    assert (set(members(leader, kept)), count(leader, kept)) == ({"甲", "乙"}, (2, False))
    assert (members(town.rm1_east, kept), count(town.rm1_east, kept)) == (["甲"], (1, False))
    town.rm1_east.create(display_name="丁", tier=4)
    assert set(members(town.rm1_east, kept)) == {"甲", "丁"}
    mine = segment(leader, "lead_person_id = me()")
    leader.call("ShareSegment", segment_id=mine.segment_id, organisation_path=f"{town.root}EAST/")
    assert (members(leader, mine), count(town.rm2_east, mine)) == ([], (2, False))


def test_a_static_segment_keeps_who_was_put_in(town, leader):
    first, second = town.rm1_east.create(display_name="甲", tier=4), town.rm2_east.create(display_name="乙", tier=4)
    kept = segment(leader)
    assert leader.call("AddSegmentMembers", segment_id=kept.segment_id, filter="tier = PRIVATE").added == 2
    assert leader.call("AddSegmentMembers", segment_id=kept.segment_id, customer_ids=[first.customer_id.upper()]).added == 0
    town.rm1_east.update(first, tier=1)
    assert set(members(leader, kept)) == {"甲", "乙"}
    leader.call("ShareSegment", segment_id=kept.segment_id, organisation_path=f"{town.root}EAST/")
    assert members(town.rm2_east, kept) == ["乙"]
    gone = leader.call("RemoveSegmentMembers", segment_id=kept.segment_id, customer_ids=[second.customer_id, str(uuid.uuid4())])
    assert (gone.removed, members(leader, kept)) == (1, ["甲"])
    assert "RemoveSegmentMembers" in [r.method for r in audit_of(town.service, f"{kept.segment_id},{second.customer_id}")]
    leader.call("DeleteSegment", segment_id=kept.segment_id)


def test_whom_one_does_not_reach_one_cannot_put_in(town, leader):
    stranger = town.rm1_west.create(display_name="丙", tier=4)
    kept = segment(leader)
    for customer_id in (stranger.customer_id, str(uuid.uuid4())):
        with pytest.raises(NotFound, match="CUSTOMER_NOT_FOUND") as refused:
            leader.call("AddSegmentMembers", segment_id=kept.segment_id, customer_ids=[customer_id])
        assert [violation.field for violation in refused.value.violations] == ["customer_ids[0]"]
    assert leader.call("AddSegmentMembers", segment_id=kept.segment_id, filter="tier = PRIVATE").added == 0


def test_members_are_paged_by_number_to_the_last(town):
    for number in range(7):
        town.rm1_east.create(customer_number=f"{town.root[3:11]}-{number}", display_name=f"丙{number}", tier=4)
    kept = segment(town.rm1_east, "tier = PRIVATE")
    for size in (1, 3, 7, 100):
        assert members(town.rm1_east, kept, size) == [f"丙{number}" for number in range(7)]


@pytest.mark.parametrize(
    ("text", "kind", "reason"),
    [("", DYNAMIC, "FILTER_INVALID"), ("tier = MASS", STATIC, "FILTER_INVALID"), ("salary = 1", DYNAMIC, "FILTER_INVALID")],
)
def test_a_segment_has_a_filter_where_it_is_dynamic_and_nowhere_else(town, text, kind, reason):
    with pytest.raises(InvalidInput, match=reason) as refused:
        segment(town.rm1_east, text, kind)
    assert [violation.field for violation in refused.value.violations] == ["segment.filter"]


def test_a_dynamic_segment_takes_no_members(town):
    kept = segment(town.rm1_east, "tier = MASS")
    customer = town.rm1_east.create()
    for method in ("AddSegmentMembers", "RemoveSegmentMembers"):
        with pytest.raises(RuleBroken, match="SEGMENT_DYNAMIC"):
            town.rm1_east.call(method, segment_id=kept.segment_id, customer_ids=[customer.customer_id])


def test_a_filter_whose_field_is_gone_says_so(town):
    steward = town.colleague(("customer.record.read", "customer.field.define"), Scope(organisation_paths=("/",)))
    name = f"f{uuid.uuid4().hex[:8]}"
    steward.call("CreateCustomField", custom_field={"name": name, "type": "CUSTOM_FIELD_TYPE_NUMBER", "display_name_en": "Score"})
    town.rm1_east.create(display_name="甲", custom_fields={name: "12.5"})
    town.rm1_east.create(display_name="乙", custom_fields={name: "-3"})
    town.rm1_east.create(display_name="丙")
    kept = segment(town.rm1_east, f"custom_fields.{name} >= 0")
    assert members(town.rm1_east, kept) == ["甲"]
    assert {c.display_name for c in town.rm1_east.pages(10, filter=f"NOT custom_fields.{name}:*")} == {"丙"}
    steward.call("RetireCustomField", name=name)
    for method in ("ListSegmentMembers", "CountSegmentMembers"):
        with pytest.raises(RuleBroken, match="FILTER_OUTDATED") as refused:
            town.rm1_east.call(method, segment_id=kept.segment_id)
        assert refused.value.metadata["column"] == "1"
    assert town.rm1_east.call("GetSegment", segment_id=kept.segment_id) == kept


def test_a_field_that_one_may_not_read_is_none_to_ask_or_to_search_by(town):
    steward = town.colleague(("customer.record.read", "customer.field.define"), Scope(organisation_paths=("/",)))
    names = {key: f"{key}{uuid.uuid4().hex[:8]}" for key in ("open", "closed")}
    for key, name in names.items():
        permission = {"read_permission": "customer.coverage.assign"} if key == "closed" else {}
        field = {
            "name": name,
            "type": "CUSTOM_FIELD_TYPE_CHOICES",
            "choices": ["黄金", "白银"],
            "display_name_en": "x",
            "searchable": True,
        }
        steward.call("CreateCustomField", custom_field=field | permission)
    town.rm1_east.create(display_name="甲", custom_fields={names["open"]: "黄金,白银"})
    town.rm1_east.create(display_name="乙", custom_fields={names["closed"]: "白银"})
    assert {c.display_name for c in town.rm1_east.pages(10, filter=f"custom_fields.{names['closed']}:白银")} == {"乙"}
    assert {c.display_name for c in town.analyst.pages(10, filter=f"custom_fields.{names['open']}:白银")} == {"甲"}
    with pytest.raises(InvalidInput, match="FILTER_INVALID"):
        town.analyst.call("ListCustomers", filter=f"custom_fields.{names['closed']}:白银")
    for reader in (town.rm1_east, town.analyst):
        assert [h.customer.display_name for h in reader.call("SearchCustomers", query="白银").hits] == ["甲"]


def test_a_repeat_gets_the_first_answer(town):
    again = {"segment": {"display_name": "x", "kind": STATIC}, "request_id": str(uuid.uuid4())}
    assert town.rm1_east.call("CreateSegment", **again) == town.rm1_east.call("CreateSegment", **again)


def test_two_who_put_the_same_customers_in_at_once_put_them_in_once(town):
    ids = [town.rm1_east.create().customer_id for _ in range(5)]
    kept, together, added = segment(town.rm1_east), threading.Barrier(4), []

    def add():
        together.wait()
        added.append(town.rm1_east.call("AddSegmentMembers", segment_id=kept.segment_id, customer_ids=ids).added)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(added) == [0, 0, 0, 5]
    assert count(town.rm1_east, kept) == (5, False)


def test_limits(town):
    for fields in ({}, {"customer_ids": [str(uuid.uuid4())], "filter": "tier = MASS"}):
        with pytest.raises(WorkbenchError, match="MEMBERS_UNCLEAR"):
            town.rm1_east.call("AddSegmentMembers", segment_id=segment(town.rm1_east).segment_id, **fields)


def test_a_merged_customer_is_followed_by_its_survivor_and_comes_back_when_parted(town):
    steward = town.colleague(
        (*SERVES_CUSTOMERS, "customer.record.merge"), Scope(organisation_paths=(town.root,)), organisation_path=town.root
    )
    survivor, other = town.rm1_east.create(display_name="王芳"), town.rm1_east.create(display_name="王芳芳")
    kept = segment(town.rm1_east)
    town.rm1_east.call("AddSegmentMembers", segment_id=kept.segment_id, customer_ids=[other.customer_id])
    named = {"survivor_customer_id": survivor.customer_id, "merged_customer_id": other.customer_id}
    made = steward.call("MergeCustomers", **named, reason="one and the same")
    assert members(town.rm1_east, kept) == ["王芳"]
    assert [hit.customer.display_name for hit in town.rm1_east.call("SearchCustomers", query="王芳").hits] == ["王芳"]
    steward.call("UndoMerge", merge_id=made.merge_id, reason="they are two")
    assert members(town.rm1_east, kept) == ["王芳芳"]
    assert len(town.rm1_east.call("SearchCustomers", query="王芳").hits) == 2
