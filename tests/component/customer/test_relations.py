"""Relations, key persons and groups: what can be said of two, who sees it, and what stands behind it."""

from __future__ import annotations

import itertools
import threading
import uuid

import pytest
from sqlalchemy import select, text
from workbench.customer.v1 import customer_pb2, relation_events_pb2, relation_pb2

from services.chassis.db.audit import AuditRecord
from services.chassis.kernel.caller import Scope
from services.chassis.kernel.errors import AlreadyExists, InvalidInput, NotAllowed, NotFound, RuleBroken, StaleVersion
from services.chassis.outbox.table import OutboxMessage
from tests.component.customer.conftest import SERVES_CUSTOMERS, run_together

CORPORATE = customer_pb2.CUSTOMER_KIND_CORPORATE
RELATES = (*SERVES_CUSTOMERS, "customer.relation.update", "customer.group.manage")
KINDS = relation_pb2.RelationKind
SHAREHOLDER, GUARANTOR, SPOUSE = KINDS.Value("RELATION_KIND_SHAREHOLDER"), KINDS.Value("RELATION_KIND_GUARANTOR"), 4
PARENT, SUPPLIER, REPRESENTATIVE = 5, 7, 8


@pytest.fixture
def head(town):
    """Somebody of the head office, who reaches everything."""
    return town.colleague(RELATES, Scope(organisation_paths=(town.root,)), organisation_path=town.root)


@pytest.fixture
def east(town):
    """Somebody of the branch EAST, who reaches everything there."""
    return town.colleague(RELATES, Scope(organisation_paths=(f"{town.root}EAST/",)), organisation_path=f"{town.root}EAST/")


def person(town, manager=None, **fields):
    return (manager or town.rm1_east).create(**fields)


def company(town, manager=None, **fields):
    return (manager or town.rm1_east).create(kind=CORPORATE, **fields)


def relate(colleague, kind, from_party, to_party, **fields):
    key = "key_person_id" if isinstance(from_party, relation_pb2.KeyPerson) else "customer_id"
    relation = {
        "kind": kind,
        "from_party": {key: getattr(from_party, key)},
        "to_party": {"customer_id": to_party.customer_id},
    }
    return colleague.call("CreateRelation", relation=relation | fields)


def relations(colleague, customer, size=100, **fields):
    token, seen = "", []
    while True:
        page = colleague.call("ListRelations", customer_id=customer.customer_id, page_size=size, page_token=token, **fields)
        seen += page.relations
        if not (token := page.next_page_token):
            return seen


def events_of(service, subject):
    with service.database.transaction(read_only=True) as work:
        messages = work.session.scalars(select(OutboxMessage).filter_by(subject=subject).order_by(OutboxMessage.sequence))
        return [getattr(relation_events_pb2, m.type.rpartition(".")[2]).FromString(m.data) for m in messages]


# Relations
def test_a_relation_says_who_is_what_to_whom_from_either_end(town, head):
    holder, held = person(town, display_name="欧阳芳"), company(town)
    made = relate(head, SHAREHOLDER, holder, held, share_percent="33.3333", source="business_register", note="由公证处确认")
    assert (made.from_party.display_name, made.to_party.customer_number) == ("欧阳芳", held.customer_number)
    assert (made.share_percent, made.start_date, made.end_date, made.etag) == ("33.3333", made.start_date, "", "1")
    assert relations(town.rm1_east, holder) == relations(town.rm1_east, held) == [made]
    assert head.call("GetRelation", relation_id=made.relation_id.upper()) == made
    (event,) = events_of(town.service, made.relation_id)
    assert (event.from_customer_id, event.to_customer_id, event.kind) == (holder.customer_id, held.customer_id, SHAREHOLDER)
    with town.service.database.transaction(read_only=True) as work:
        kept = work.session.execute(text("SELECT note FROM customer_relations WHERE relation_id = :id"), {"id": made.relation_id})
        assert "公证处" not in kept.scalar_one()


def test_of_an_end_outside_ones_scope_only_that_there_is_one_is_told(town, head):
    ours, theirs = person(town), company(town, town.rm1_west, display_name="秘密公司")
    made = relate(head, SHAREHOLDER, ours, theirs, share_percent="5", note="知道的人不多")
    (seen,) = relations(town.rm1_east, ours)
    assert seen.to_party == relation_pb2.RelationEnd(outside_scope=True)
    assert seen.from_party.customer_id == ours.customer_id
    assert (seen.relation_id, seen.note, seen.share_percent) == (made.relation_id, "", "5")
    assert "秘密" not in str(seen)
    assert theirs.customer_id not in str(seen)
    for stranger in (town.rm2_east,):
        for relation_id in (made.relation_id, str(uuid.uuid4())):
            with pytest.raises(NotFound, match="RELATION_NOT_FOUND"):
                stranger.call("GetRelation", relation_id=relation_id)


def test_whoever_makes_or_changes_one_reaches_both_ends_and_whoever_ends_it_one(town, head, east):
    ours, theirs = person(town), company(town, town.rm1_west)
    refusals = set()
    for other in (theirs, customer_pb2.Customer(customer_id=str(uuid.uuid4()))):
        with pytest.raises(NotFound) as refused:
            relate(east, SHAREHOLDER, ours, other)
        refusals.add((refused.value.reason, refused.value.message, refused.value.violations))
    assert len(refusals) == 1
    made = relate(head, SHAREHOLDER, ours, theirs)
    with pytest.raises(NotFound, match="RELATION_NOT_FOUND"):
        east.call("UpdateRelation", relation={"relation_id": made.relation_id, "source": "x"}, update_mask={"paths": ["source"]})
    with pytest.raises(NotFound, match="RELATION_NOT_FOUND"):
        east.call("DeleteRelation", relation_id=made.relation_id)
    with pytest.raises(NotAllowed):
        town.rm1_east.call("EndRelation", relation_id=made.relation_id)
    ended = east.call("EndRelation", relation_id=made.relation_id)
    assert ended.end_date == made.start_date
    with pytest.raises(RuleBroken, match="RELATION_ENDED"):
        head.call("EndRelation", relation_id=made.relation_id)


@pytest.mark.parametrize(
    ("kind", "from_kind", "to_kind", "fields", "field"),
    [
        (SHAREHOLDER, 1, 1, {}, "to_party"),
        (REPRESENTATIVE, 2, 2, {}, "from_party"),
        (SPOUSE, 1, 2, {}, "to_party"),
        (SUPPLIER, 1, 2, {}, "from_party"),
        (12, 1, 1, {}, "label"),
        (GUARANTOR, 1, 1, {"label": "x"}, "label"),
        (GUARANTOR, 1, 1, {"share_percent": "5"}, "share_percent"),
        (SHAREHOLDER, 1, 2, {"share_percent": "0.0000"}, "share_percent"),
        (SHAREHOLDER, 1, 2, {"guaranteed_amount": {"currency_code": "CNY", "amount": "1"}}, "guaranteed_amount"),
        (GUARANTOR, 1, 1, {"guaranteed_amount": {"currency_code": "CNY", "amount": "-1"}}, "guaranteed_amount"),
    ],
)
def test_what_cannot_be_is_refused_and_says_where(town, head, kind, from_kind, to_kind, fields, field):
    with pytest.raises(InvalidInput, match="RELATION_UNFIT") as refused:
        relate(head, kind, town.rm1_east.create(kind=from_kind), town.rm1_east.create(kind=to_kind), **fields)
    assert refused.value.violations[0].field == f"relation.{field}"


def test_nobody_is_related_to_himself_and_nobody_twice_in_the_same_days(town, head):
    one, two = person(town), person(town)
    with pytest.raises(InvalidInput, match="RELATION_TO_SELF"):
        relate(head, GUARANTOR, one, one)
    first = relate(head, SPOUSE, one, two, start_date="2010-01-01", end_date="2015-12-31")
    assert relate(head, SPOUSE, two, one, start_date="2016-01-01").relation_id != first.relation_id
    for again in ((one, two), (two, one)):
        with pytest.raises(AlreadyExists, match="RELATION_EXISTS"):
            relate(head, SPOUSE, *again, start_date="2015-12-31")
    with pytest.raises(InvalidInput, match="DATES_INVALID"):
        relate(head, GUARANTOR, one, two, start_date="2016-01-02", end_date="2016-01-01")
    assert len(relations(head, one)) == 1
    assert [r.start_date for r in relations(head, one, size=1, past_and_future=True)] == ["2016-01-01", "2010-01-01"]


def test_a_guarantor_has_an_exact_amount(town, head):
    made = relate(
        head, GUARANTOR, person(town), company(town), guaranteed_amount={"currency_code": "CNY", "amount": "1000000000000.01"}
    )
    assert made.guaranteed_amount.amount == "1000000000000.01"


def test_shareholders_of_a_day_hold_no_more_than_the_whole(town, head):
    held, holders = company(town), [person(town) for _ in range(4)]
    for holder in holders[:3]:
        relate(head, SHAREHOLDER, holder, held, share_percent="33.3333", start_date="2020-01-01", end_date="2024-12-31")
    with pytest.raises(RuleBroken, match="SHARES_EXCEED"):
        relate(head, SHAREHOLDER, holders[3], held, share_percent="0.0002", start_date="2024-12-31")
    late = relate(head, SHAREHOLDER, holders[3], held, share_percent="100", start_date="2025-01-01")
    with pytest.raises(RuleBroken, match="SHARES_EXCEED"):
        head.call(
            "UpdateRelation",
            relation={"relation_id": late.relation_id, "start_date": "2024-12-31"},
            update_mask={"paths": ["start_date"]},
        )


def test_of_shareholders_who_come_at_once_no_more_come_in_than_there_is(town, head):
    held, holders = company(town), [person(town) for _ in range(4)]
    barrier, outcomes = threading.Barrier(len(holders)), []

    def buy(holder):
        barrier.wait()
        try:
            outcomes.append(relate(head, SHAREHOLDER, holder, held, share_percent="50").share_percent)
        except RuleBroken as told:
            outcomes.append(told.reason)

    run_together(buy, holders)
    assert sorted(outcomes) == ["50", "50", "SHARES_EXCEED", "SHARES_EXCEED"]
    assert len(relations(head, held)) == 2


def test_one_legal_representative_at_a_time(town, head):
    firm = company(town)
    first = relate(head, REPRESENTATIVE, person(town), firm, start_date="2020-01-01")
    with pytest.raises(RuleBroken, match="LEGAL_REPRESENTATIVE_EXISTS"):
        relate(head, REPRESENTATIVE, person(town), firm)
    head.call("EndRelation", relation_id=first.relation_id, end_date="2024-12-31")
    relate(head, REPRESENTATIVE, person(town), firm, start_date="2025-01-01")


def test_a_change_takes_what_the_mask_names_and_is_refused_where_it_is_stale(town, head):
    made = relate(head, SHAREHOLDER, person(town), company(town), share_percent="10", note="a")

    def change(etag, paths, **fields):
        relation = {"relation_id": made.relation_id, "etag": etag, **fields}
        return head.call("UpdateRelation", relation=relation, update_mask={"paths": paths})

    changed = change(made.etag, ["share_percent", "note"], share_percent="20", note="b", source="not taken")
    assert (changed.share_percent, changed.note, changed.source) == ("20", "b", "")
    assert change("", ["note"], note="b") == changed
    with pytest.raises(StaleVersion, match="RELATION_CHANGED"):
        change(made.etag, ["note"], note="c")
    with pytest.raises(InvalidInput, match="FIELD_IMMUTABLE"):
        change("", ["kind"], kind=GUARANTOR)
    with pytest.raises(InvalidInput, match="FIELD_UNKNOWN"):
        change("", ["colour"])
    whole = relation_pb2.Relation()
    whole.CopyFrom(changed)
    whole.share_percent = ""
    paths = [field.name for field in relation_pb2.Relation.DESCRIPTOR.fields]
    assert head.call("UpdateRelation", relation=whole, update_mask={"paths": paths}).share_percent == ""
    assert [list(event.changed_fields) for event in events_of(town.service, made.relation_id)[1:]] == [
        ["share_percent", "note"],
        ["share_percent"],
    ]
    head.call("DeleteRelation", relation_id=made.relation_id)
    with pytest.raises(NotFound):
        head.call("GetRelation", relation_id=made.relation_id)


def test_of_two_who_end_a_relation_at_once_one_does_and_the_other_is_told(town, head, east):
    made = relate(head, SHAREHOLDER, person(town), company(town))
    barrier, outcomes = threading.Barrier(3), []

    def act(colleague):
        barrier.wait()
        try:
            outcomes.append(colleague.call("EndRelation", relation_id=made.relation_id, etag=made.etag).end_date)
        except (RuleBroken, StaleVersion) as told:
            outcomes.append(told.reason)

    run_together(act, [head, east, head])
    assert sorted(outcomes) in (
        [made.start_date, "RELATION_CHANGED", "RELATION_CHANGED"],
        [made.start_date, "RELATION_ENDED", "RELATION_ENDED"],
    )


def test_of_two_who_make_the_same_relation_at_once_one_does(town, head):
    one, two = person(town), person(town)
    barrier, outcomes = threading.Barrier(4), []

    def act(ends):
        barrier.wait()
        try:
            outcomes.append(relate(head, SPOUSE, *ends).kind)
        except AlreadyExists as told:
            outcomes.append(told.reason)

    run_together(act, [(one, two), (two, one)] * 2)
    assert sorted(map(str, outcomes)) == sorted([str(SPOUSE), *["RELATION_EXISTS"] * 3])


# Key persons
def key_person(colleague, firm, **fields):
    fields = {"display_name": "李财务", "position": "财务总监"} | fields
    return colleague.call("CreateKeyPerson", key_person={"customer_id": firm.customer_id, **fields})


MOBILE = {"kind": customer_pb2.CONTACT_KIND_MOBILE, "value": "+8613912345678", "label": "办公"}


def test_a_key_person_is_kept_encrypted_shown_masked_and_revealed_with_a_purpose(town, head):
    firm = company(town)
    made = key_person(head, firm, contact_points=[MOBILE], birthday="--02-29", preferences="喜欢喝茶", decision_role=1)
    assert (made.contact_points[0].value, made.birthday, made.preferences) == ("+86*******5678", "--02-29", "喜欢喝茶")
    assert town.rm1_east.call("GetKeyPerson", key_person_id=made.key_person_id) == made
    assert list(town.rm1_east.call("ListKeyPersons", customer_id=firm.customer_id).key_persons) == [made]
    shown = town.rm1_east.call("RevealKeyPerson", key_person_id=made.key_person_id, purpose="call about a visit")
    assert shown.contact_points[0].value == "+8613912345678"
    with town.service.database.transaction(read_only=True) as work:
        row = work.session.execute(text("SELECT * FROM key_persons WHERE key_person_id = :id"), {"id": made.key_person_id}).one()
        trail = work.session.scalars(select(AuditRecord).filter_by(resource_id=made.key_person_id).order_by("sequence")).all()
    assert not any("13912345678" in str(value) or "喝茶" in str(value) for value in row)
    assert [(record.method, record.purpose) for record in trail][-1] == ("RevealKeyPerson", "call about a visit")
    assert not any("13912345678" in record.changes_json for record in trail)
    for stranger in (town.rm2_east, town.rm1_west):
        for method in ("GetKeyPerson", "RevealKeyPerson"):
            purpose = {"purpose": "curiosity"} if method == "RevealKeyPerson" else {}
            with pytest.raises(NotFound, match="KEY_PERSON_NOT_FOUND"):
                stranger.call(method, key_person_id=made.key_person_id, **purpose)


def test_a_masked_contact_sent_back_stays_and_any_other_is_refused(town, head):
    made = key_person(head, company(town), contact_points=[MOBILE])
    made.position = "总经理"
    paths = [field.name for field in relation_pb2.KeyPerson.DESCRIPTOR.fields]
    head.call("UpdateKeyPerson", key_person=made, update_mask={"paths": paths})
    shown = head.call("RevealKeyPerson", key_person_id=made.key_person_id, purpose="look it up")
    assert (shown.position, shown.contact_points[0].value) == ("总经理", "+8613912345678")
    made.contact_points[0].value, made.etag = "+86*******0000", ""
    with pytest.raises(InvalidInput, match="VALUE_MASKED"):
        head.call("UpdateKeyPerson", key_person=made, update_mask={"paths": ["contact_points"]})
    made.etag = "1"
    with pytest.raises(StaleVersion, match="KEY_PERSON_CHANGED"):
        head.call("UpdateKeyPerson", key_person=made, update_mask={"paths": ["position"]})


def test_key_persons_are_of_companies_and_linked_to_records_of_people(town, head, east):
    firm, own = company(town), person(town, town.rm1_west)
    with pytest.raises(InvalidInput, match="KEY_PERSON_UNFIT"):
        key_person(head, own)
    with pytest.raises(InvalidInput, match="KEY_PERSON_UNFIT"):
        key_person(head, firm, person_customer_id=company(town).customer_id)
    for customer_id in (own.customer_id, str(uuid.uuid4())):
        with pytest.raises(NotFound, match="CUSTOMER_NOT_FOUND"):
            key_person(east, firm, person_customer_id=customer_id)
    made = key_person(head, firm, person_customer_id=own.customer_id, end_date="2020-01-01", start_date="2019-01-01")
    seen = east.call("GetKeyPerson", key_person_id=made.key_person_id)
    assert (made.person_customer_id, seen.person_customer_id) == (own.customer_id, "")
    seen.position = "顾问"
    east.call("UpdateKeyPerson", key_person=seen, update_mask={"paths": ["position", "person_customer_id"]})
    assert head.call("GetKeyPerson", key_person_id=made.key_person_id).person_customer_id == own.customer_id
    assert not head.call("ListKeyPersons", customer_id=firm.customer_id).key_persons
    assert len(head.call("ListKeyPersons", customer_id=firm.customer_id, past=True).key_persons) == 1


def test_a_key_person_has_relations_that_go_when_the_person_is_taken_out(town, head):
    firm, other = company(town), company(town)
    made = key_person(head, firm)
    represents = relate(head, REPRESENTATIVE, made, other)
    assert represents.from_party.display_name == "李财务"
    assert relations(head, other) == [represents]
    head.call("DeleteKeyPerson", key_person_id=made.key_person_id)
    assert not relations(head, other)
    with pytest.raises(NotFound):
        head.call("GetKeyPerson", key_person_id=made.key_person_id)


# The graph
def graph(colleague, customer, **fields):
    return colleague.call("GetRelationGraph", customer_id=customer.customer_id, **fields)


def named(graph):
    names = {node.node_id: node.party.display_name for node in graph.nodes}
    return {(names[edge.from_node_id], names[edge.to_node_id]) for edge in graph.edges}


def chain(town, head, length, kind=SHAREHOLDER, manager=None):
    firms = [company(town, manager, display_name=f"公司{place}") for place in range(length)]
    for holder, held in itertools.pairwise(firms):
        relate(head, kind, holder, held)
    return firms


def test_a_graph_goes_to_the_depth_asked_for_and_handles_circles(town, head):
    firms = chain(town, head, 5)
    relate(head, SHAREHOLDER, firms[4], firms[0])
    near = graph(head, firms[0], depth=1)
    assert named(near) == {("公司0", "公司1"), ("公司4", "公司0")}
    assert [node.distance for node in near.nodes] == [0, 1, 1]
    far = graph(head, firms[0], depth=6)
    assert (len(far.nodes), len(far.edges), far.truncated) == (5, 5, False)
    assert not graph(head, firms[0], depth=6, kinds=[SUPPLIER]).edges
    assert len(graph(head, firms[0], depth=6, on_date="2000-01-01").nodes) == 1


def test_a_graph_does_not_go_through_whom_one_does_not_reach(town, head):
    ours, further = company(town, display_name="我们的"), company(town, display_name="后面的")
    hidden = company(town, town.rm1_west, display_name="别人的")
    relate(head, SHAREHOLDER, ours, hidden)
    relate(head, SHAREHOLDER, hidden, further)
    seen = graph(town.rm1_east, ours, depth=6)
    assert [node.party.display_name for node in seen.nodes] == ["我们的", ""]
    assert seen.nodes[1].party == relation_pb2.RelationEnd(outside_scope=True)
    assert hidden.customer_id not in str(seen)
    assert {node.party.display_name for node in graph(head, ours, depth=2).nodes} == {"我们的", "别人的", "后面的"}


def test_a_graph_has_its_limit_and_says_so(town, head):
    firm = company(town)
    for _ in range(6):
        relate(head, SHAREHOLDER, person(town), firm)
    seen = graph(head, firm, nodes_max=4)
    assert (len(seen.nodes), len(seen.edges), seen.truncated) == (4, 3, True)
    assert not graph(head, firm, nodes_max=7).truncated


def test_key_persons_stand_in_the_graph(town, head):
    firm, other = company(town, display_name="甲"), company(town, display_name="乙")
    made = key_person(head, firm)
    relate(head, REPRESENTATIVE, made, firm)
    relate(head, REPRESENTATIVE, made, other)
    assert named(graph(head, firm)) == {("李财务", "甲"), ("李财务", "乙")}


def test_holdings_multiply_along_chains_and_add_up(town, head):
    root, left, right, firm = (company(town, display_name=name) for name in ("根", "左", "右", "底"))
    for holder, held, share in (
        (root, left, "60"), (root, right, "50"), (left, firm, "50"), (right, firm, "30"), (root, firm, "5"), (firm, left, "10"),
    ):  # fmt: skip
        relate(head, SHAREHOLDER, holder, held, share_percent=share)
    up = head.call("GetEffectiveHoldings", customer_id=firm.customer_id)
    shares = {h.party.display_name: (h.share_percent, h.direct_percent, h.ultimate) for h in up.holdings}
    # 60 % of 50 %, 50 % of 30 %, and 5 % directly; what the firm holds of its own holder is cut.
    assert shares == {"根": ("50", "5", True), "左": ("50", "50", False), "右": ("30", "30", False)}
    down = head.call("GetEffectiveHoldings", customer_id=root.customer_id, direction=2)
    assert {h.party.display_name: h.share_percent for h in down.holdings}["底"] == "50"
    assert not up.truncated


# Groups
def group(colleague, name="东方集团", **fields):
    return colleague.call("CreateCustomerGroup", group={"display_name": name, **fields})


def join(colleague, made, customer, **fields):
    return colleague.call("AddCustomerGroupMember", group_id=made.group_id, customer_id=customer.customer_id, **fields)


def test_a_group_counts_its_members_and_those_of_the_groups_in_it_once(town, head, east):
    top = group(head)
    below = group(head, "东方地产", parent_group_id=top.group_id)
    shared, ours, theirs = company(town), person(town), company(town, town.rm1_west)
    for made, customer in ((top, shared), (below, shared), (below, ours), (below, theirs)):
        join(head, made, customer)
    left = join(head, top, company(town), start_date="2020-01-01")
    head.call("EndCustomerGroupMember", group_id=top.group_id, member_id=left.member_id, end_date="2020-12-31")
    whole = head.call("GetCustomerGroupSummary", group_id=top.group_id)
    assert (whole.sub_groups, whole.customers, whole.customers_outside_scope) == (1, 3, 0)
    assert {count.kind: count.customers for count in whole.kinds} == {1: 1, CORPORATE: 2}
    assert {count.organisation_path for count in whole.units} == {ours.organisation_path, theirs.organisation_path}
    part = town.rm1_east.call("GetCustomerGroupSummary", group_id=top.group_id)
    assert (part.customers, part.customers_outside_scope) == (2, 0)
    # Who may manage groups, but not this one, learns no more.
    assert east.call("GetCustomerGroupSummary", group_id=top.group_id).customers_outside_scope == 0
    managed = group(east, "分行的集团")
    join(east, managed, ours)
    with pytest.raises(NotFound, match="CUSTOMER_NOT_FOUND"):
        join(east, managed, theirs)
    join(head, managed, theirs)
    seen = east.call("GetCustomerGroupSummary", group_id=managed.group_id)
    assert (seen.customers, seen.customers_outside_scope) == (1, 1)
    ends = [member.customer for member in east.call("ListCustomerGroupMembers", group_id=managed.group_id).members]
    assert sorted(end.outside_scope for end in ends) == [False, True]
    assert theirs.customer_id not in str(ends)


def test_whoever_reaches_a_member_reaches_the_group_and_nobody_else(town, head):
    made, ours = group(head, note="x"), person(town)
    join(head, made, ours, role=2)
    for colleague in (town.rm1_east, head):
        assert colleague.call("GetCustomerGroup", group_id=made.group_id) == made
        assert made in colleague.call("ListCustomerGroups").groups
        (membership,) = colleague.call("ListGroupsOfCustomer", customer_id=ours.customer_id).groups
        assert (membership.group, membership.member.role) == (made, 2)
    for group_id in (made.group_id, str(uuid.uuid4())):
        with pytest.raises(NotFound, match="GROUP_NOT_FOUND"):
            town.rm1_west.call("GetCustomerGroup", group_id=group_id)
    assert made not in town.rm1_west.call("ListCustomerGroups").groups


def test_members_and_parent_companies_are_one_at_a_time(town, head):
    made, first, second = group(head), company(town), company(town)
    join(head, made, first, role=1, start_date="2020-01-01")
    with pytest.raises(AlreadyExists, match="MEMBER_EXISTS"):
        join(head, made, first)
    with pytest.raises(RuleBroken, match="PARENT_EXISTS"):
        join(head, made, second, role=1)
    with pytest.raises(RuleBroken, match="GROUP_IN_USE"):
        head.call("DeleteCustomerGroup", group_id=made.group_id)
    empty = group(head)
    head.call("DeleteCustomerGroup", group_id=empty.group_id)
    with pytest.raises(NotFound):
        head.call("GetCustomerGroup", group_id=empty.group_id)


def move(colleague, made, parent):
    sent = {"group_id": made.group_id, "parent_group_id": parent.group_id if parent else ""}
    return colleague.call("UpdateCustomerGroup", group=sent, update_mask={"paths": ["parent_group_id"]})


def test_no_group_stands_in_itself(town, head):
    top = group(head)
    middle = group(head, parent_group_id=top.group_id)
    bottom = group(head, parent_group_id=middle.group_id)
    for parent in (top, middle, bottom):
        with pytest.raises(RuleBroken, match="GROUP_CYCLE"):
            move(head, top, parent)
    assert move(head, bottom, top).parent_group_id == top.group_id
    line = top
    with pytest.raises(RuleBroken, match="GROUPS_TOO_DEEP"):
        for _ in range(11):
            line = group(head, parent_group_id=line.group_id)


def test_groups_that_move_at_once_make_no_circle(town, head):
    one, two, three = group(head), group(head), group(head)
    barrier, outcomes = threading.Barrier(3), []

    def act(pair):
        barrier.wait()
        try:
            move(head, *pair)
            outcomes.append("moved")
        except RuleBroken as told:
            outcomes.append(told.reason)

    run_together(act, [(one, two), (two, three), (three, one)])
    assert sorted(outcomes) == ["GROUP_CYCLE", "moved", "moved"]
