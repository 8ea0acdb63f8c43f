"""Deals: compared by all schemes, proposed, answered, decided, seen by whom they concern."""

import hashlib
import uuid

import pytest
from google.protobuf.json_format import MessageToDict
from workbench.customer.v1 import exchange_events_pb2
from workbench.performance.v1 import deal_events_pb2, deal_pb2, scheme_pb2, share_pb2

from services.chassis.kernel.errors import WorkbenchError
from services.performance.rules.attribution import kinds
from services.performance.rules.attribution.freezing import thawed
from services.performance.rules.attribution.schemes import lines, split
from tests.component.performance.deals.builders import (
    CO_WORKER,
    OWNER,
    REFERRER,
    SCHEMES,
    WON,
    account,
    agreed,
    change,
    compared,
    contact,
    deals_of,
    decided,
    draft,
    money,
    points,
    refused,
    share_lines,
)
from tests.component.town import Town, run_together


@pytest.mark.parametrize("name", ["DealState", "MemberAnswer"])
def test_enums_are_the_contracts(name):
    prefix = {"DealState": "DEAL_STATE_", "MemberAnswer": "MEMBER_ANSWER_"}[name]
    assert {each.name: each.value for each in getattr(kinds, name)} == {
        key.removeprefix(prefix): value for key, value in getattr(deal_pb2, name).items()
    }


def test_an_opportunity_that_is_won_is_a_deal_with_its_contacts(team):
    assert (team.deal.owner_person_id, team.deal.state) == (team.rm1_east.person_id, deal_pb2.DEAL_STATE_OPEN)
    roles = {each.person_id: each.role for each in team.deal.members}
    assert roles == {team.rm1_east.person_id: OWNER, team.rm2_east.person_id: CO_WORKER}
    assert team.deal.amount.amount == "1000000.00"
    touches = team.rm2_east.call("ListDealTouches", deal_id=team.deal.deal_id).touches
    assert [each.person_id for each in touches[:2]] == [team.rm1_east.person_id, team.rm2_east.person_id]
    assert len(touches) == 4
    assert all(each.counted for each in touches)
    (told,) = team.recorded(deal_events_pb2.DealOpened, deal_id=team.deal.deal_id)
    assert told.opportunity_id == team.opportunity_id


def test_all_schemes_stand_side_by_side_on_the_deals_own_numbers(team):
    shown = compared(team.manager_east, team.deal, language_code="en")
    rm1, rm2 = team.rm1_east.person_id, team.rm2_east.person_id
    assert points(shown[SCHEMES["single_owner"]]) == {rm1: 10_000}
    assert points(shown[SCHEMES["equal_members"]]) == {rm1: 5_000, rm2: 5_000}
    # Three contacts of 30, 90 and (both of them) 30 minutes.
    assert points(shown[SCHEMES["effort"]]) == {rm1: 3_333, rm2: 6_667}
    assert points(shown[SCHEMES["u"]]) == {rm1: 6_000, rm2: 4_000}
    assert points(shown[SCHEMES["first"]]) == {rm1: 10_000}
    for each in shown.values():
        if each.offered:
            assert sum(part.basis_points for part in each.parts) == 10_000
            assert sum(round(float(part.amount.amount) * 100) for part in each.parts) == 100_000_000
            for band in each.bands:
                assert sum(part.basis_points for part in band.parts) == 10_000
    effort = {part.person_id: part for part in shown[SCHEMES["effort"]].parts}
    assert effort[rm2].reason == "contacts: 2, effort: 120"
    assert len(effort[rm2].resources) == 2
    for name in ("agreed", "amount_band", "stock_increment", "blend"):
        assert (shown[SCHEMES[name]].offered, shown[SCHEMES[name]].refusal_reason) == (False, "TERMS_MISSING")


def test_what_was_agreed_is_the_measure_of_the_others(team):
    terms = agreed(**{team.rm1_east.person_id: 7_000, team.rm2_east.person_id: 3_000})
    change(team.rm2_east, team.deal, terms=terms)
    shown = compared(team.rm1_east, team.deal)
    by_person = {each.person_id: each for each in shown[SCHEMES["equal_members"]].parts}
    assert by_person[team.rm1_east.person_id].agreed_difference_basis_points == -2_000
    assert points(shown[SCHEMES["blend"]]) == {team.rm1_east.person_id: 5_167, team.rm2_east.person_id: 4_833}


def test_a_relationship_manager_sees_his_own_amount_and_of_others_the_basis_points(team):
    parts = {each.person_id: each for each in compared(team.rm1_east, team.deal)[SCHEMES["equal_members"]].parts}
    assert parts[team.rm1_east.person_id].amount.amount == "500000.00"
    assert not parts[team.rm2_east.person_id].HasField("amount")
    assert parts[team.rm2_east.person_id].basis_points == 5_000
    assert parts[team.rm2_east.person_id].display_name == "王雅婷"


def test_a_deal_without_contacts_has_no_schemes_by_evidence(town):
    customer_id = town.customer(town.rm1_east)
    deal = town.rm1_east.call("CreateDeal", deal=draft(customer_id, town.rm2_east))
    shown = compared(town.rm1_east, deal)
    for name in ("equal_touches", "time_decay", "u", "w", "first", "last", "effort", "markov", "shapley"):
        assert (shown[SCHEMES[name]].refusal_reason, shown[SCHEMES[name]].offered) == ("NO_EVIDENCE", False)
    with refused("NO_EVIDENCE"):
        town.rm1_east.call("ProposeSplit", deal_id=deal.deal_id, scheme_id=SCHEMES["shapley"])


def test_members_accept_the_leader_decides_and_the_accounts_are_shared(team):
    thing = account()
    deal = decided(team, "effort", thing)
    assert (deal.state, deal.version_number) == (deal_pb2.DEAL_STATE_DECIDED, 1)
    rm1, rm2 = team.rm1_east.person_id, team.rm2_east.person_id
    assert share_lines(team, thing) == [(rm2, 6_667, WON, None, 0, None), (rm1, 3_333, WON, None, 0, None)]
    (told,) = team.recorded(deal_events_pb2.DealDecided, deal_id=deal.deal_id)
    assert (told.approved, told.kind, told.start_date) == (True, scheme_pb2.SCHEME_KIND_EFFORT, WON.isoformat())
    (version,) = team.rm2_east.call("ListDealVersions", deal_id=deal.deal_id).deal_versions
    assert version.inputs_sha256 == hashlib.sha256(version.inputs.encode()).hexdigest()
    kind, parameters, facts = thawed(version.inputs)
    again = lines(split(kind, parameters, facts), facts)
    assert {(each.person_id, each.basis_points) for each in again} == {(rm1, 3_333), (rm2, 6_667)}
    # What is told of contacts later changes nothing of it.
    team.announce(contact(team.rm1_east, team.opportunity_id, 2, minutes=400))
    assert team.rm1_east.call("ListDealVersions", deal_id=deal.deal_id).deal_versions[0] == version
    with refused("DEAL_CLOSED"):
        team.rm1_east.call("ProposeSplit", deal_id=deal.deal_id, scheme_id=SCHEMES["first"])


def test_a_leader_needs_reasons_to_pass_over_somebody(team):
    deal_id = team.deal.deal_id
    with refused("NOTHING_PROPOSED"):
        team.manager_east.call("DecideDeal", deal_id=deal_id, approve=True)
    team.rm1_east.call("ProposeSplit", deal_id=deal_id, scheme_id=SCHEMES["single_owner"])
    with refused("REASON_NEEDED") as refusal:
        team.manager_east.call("DecideDeal", deal_id=deal_id, approve=True)
    assert refusal.value.metadata["because"] == "NOT_ANSWERED"
    with refused("REASON_NEEDED"):
        team.rm2_east.call("AnswerProposal", deal_id=deal_id, reason="  ")
    deal = team.rm2_east.call("AnswerProposal", deal_id=deal_id, reason="三次联系有两次是我做的。")
    assert [each.objection for each in deal.members if each.objection] == ["三次联系有两次是我做的。"]
    with refused("REASON_NEEDED") as refusal:
        team.manager_east.call("DecideDeal", deal_id=deal_id, approve=True, scheme_id=SCHEMES["effort"])
    assert refusal.value.metadata["because"] == "OBJECTED, ANOTHER_SCHEME"
    deal = team.manager_east.call("DecideDeal", deal_id=deal_id, approve=True, scheme_id=SCHEMES["effort"], reason="按实际投入。")
    assert deal.proposed_scheme_id == SCHEMES["effort"]
    (version,) = team.rm1_east.call("ListDealVersions", deal_id=deal_id).deal_versions
    assert (version.reason, version.kind) == ("按实际投入。", scheme_pb2.SCHEME_KIND_EFFORT)


def test_evidence_that_came_since_is_told(team):
    team.rm1_east.call("ProposeSplit", deal_id=team.deal.deal_id, scheme_id=SCHEMES["effort"])
    team.rm2_east.call("AnswerProposal", deal_id=team.deal.deal_id, accept=True)
    team.announce(contact(team.rm1_east, team.opportunity_id, 3, minutes=200))
    with refused("REASON_NEEDED") as refusal:
        team.manager_east.call("DecideDeal", deal_id=team.deal.deal_id, approve=True)
    assert refusal.value.metadata["because"] == "OTHER_NUMBERS"


def test_what_is_sent_back_can_be_proposed_again(team):
    team.rm1_east.call("ProposeSplit", deal_id=team.deal.deal_id, scheme_id=SCHEMES["first"])
    with refused("REASON_NEEDED"):
        team.manager_east.call("DecideDeal", deal_id=team.deal.deal_id)
    back = team.manager_east.call("DecideDeal", deal_id=team.deal.deal_id, reason="请再商量。")
    assert (back.state, back.leader_note, back.proposed_scheme_id) == (deal_pb2.DEAL_STATE_OPEN, "请再商量。", "")
    assert all(each.answer == deal_pb2.MEMBER_ANSWER_UNSPECIFIED for each in back.members)
    assert decided(team).state == deal_pb2.DEAL_STATE_DECIDED


def test_a_change_takes_a_proposal_back(team):
    team.rm1_east.call("ProposeSplit", deal_id=team.deal.deal_id, scheme_id=SCHEMES["first"])
    after = change(team.rm2_east, team.deal, amount=money("5.00"))
    assert (after.state, after.amount.amount) == (deal_pb2.DEAL_STATE_OPEN, "5.00")
    assert team.recorded(deal_events_pb2.DealSplitWithdrawn, deal_id=team.deal.deal_id)
    same = team.rm2_east.call("UpdateDeal", deal=after, update_mask={"paths": ["amount", "members", "terms", "title"]})
    assert same.etag == after.etag
    with refused("DEAL_CHANGED"):
        team.rm1_east.call("UpdateDeal", deal=team.deal, update_mask={"paths": ["title"]})


def test_who_has_a_part_in_it_does_not_decide(team):
    leader = team.leader_east
    members = [*team.deal.members, deal_pb2.DealMember(person_id=leader.person_id, role=REFERRER)]
    deal = change(team.rm1_east, team.deal, members=members)
    team.rm1_east.call("ProposeSplit", deal_id=deal.deal_id, scheme_id=SCHEMES["role"])
    with refused("OWN_DEAL"):
        leader.call("DecideDeal", deal_id=deal.deal_id, approve=True, reason="x")
    team.manager_east.call("ProposeSplit", deal_id=deal.deal_id, scheme_id=SCHEMES["role"])
    with refused("OWN_DEAL"):
        team.manager_east.call("DecideDeal", deal_id=deal.deal_id, approve=True, reason="x")
    with refused("PERMISSION_DENIED"):
        team.rm1_east.call("DecideDeal", deal_id=deal.deal_id, approve=True, reason="x")


def test_out_of_reach_a_deal_is_not_there(team):
    stranger = team.colleague("relationship_manager", "EAST/E01/")
    for person in (team.rm1_west, team.manager_west, stranger):
        for method, fields in (
            ("GetDeal", {}), ("CompareSchemes", {}), ("ListDealTouches", {}), ("ListDealVersions", {}),
            ("ProposeSplit", {"scheme_id": SCHEMES["u"]}), ("AnswerProposal", {"accept": True}),
        ):  # fmt: skip
            with refused("DEAL_NOT_FOUND"):
                person.call(method, deal_id=team.deal.deal_id, **fields)
    with refused("DEAL_NOT_FOUND"):
        team.manager_west.call("DecideDeal", deal_id=team.deal.deal_id, approve=True)
    with refused("CUSTOMER_NOT_FOUND"):
        deals_of(team.rm2_east, customer_id=team.customer_id)
    with refused("PERMISSION_DENIED"):
        deals_of(team.product_manager)
    assert not deals_of(stranger)


def test_deals_are_listed_by_person_customer_and_unit(service, team):
    outside = Town(service).manager_east
    second = team.rm2_east.call("CreateDeal", deal=draft(team.customer(team.rm2_east)))
    assert [each.deal_id for each in deals_of(team.rm2_east)] == [second.deal_id, team.deal.deal_id]
    first = team.rm2_east.call("ListDeals", page_size=1)
    rest = deals_of(team.rm2_east, page_size=1, page_token=first.next_page_token)
    assert [each.deal_id for each in rest] == [team.deal.deal_id]
    assert [each.deal_id for each in deals_of(team.rm1_east, customer_id=team.customer_id)] == [team.deal.deal_id]
    east = f"{team.root}EAST/"
    assert [each.deal_id for each in deals_of(team.manager_east, organisation_path=east)][:2] == [
        second.deal_id,
        team.deal.deal_id,
    ]
    assert [each.deal_id for each in deals_of(team.auditor, organisation_path=team.root)][:2] == [
        second.deal_id,
        team.deal.deal_id,
    ]
    assert not deals_of(team.manager_east, organisation_path=f"{east}E02/", state=deal_pb2.DEAL_STATE_DECIDED)
    with refused("SUBJECT_UNCLEAR"):
        deals_of(team.manager_east, organisation_path=east, person_id=team.rm1_east.person_id)
    for person in (team.manager_west, outside):
        with refused("UNIT_NOT_FOUND"):
            deals_of(person, organisation_path=east)


BANDS = [
    ("gap", [("0.00", "10.00", 10_000), ("11.00", None, 10_000)], "bands[1].from_amount"),
    ("overlap", [("0.00", "10.00", 10_000), ("9.00", None, 10_000)], "bands[1].from_amount"),
    ("no end", [("0.00", "10.00", 10_000)], "bands[0].to_amount"),
    ("end before the last", [("0.00", None, 10_000), ("9.00", None, 10_000)], "bands[0].to_amount"),
    ("backwards", [("0.00", "0.00", 10_000), ("0.00", None, 10_000)], "bands[0].to_amount"),
    ("not whole", [("0.00", None, 9_999)], "bands[0].parts"),
]


@pytest.mark.parametrize(("bands", "field"), [each[1:] for each in BANDS], ids=[each[0] for each in BANDS])
def test_bands_have_neither_gap_nor_overlap(team, bands, field):
    rm1 = team.rm1_east.person_id
    terms = deal_pb2.DealTerms(
        bands=[
            deal_pb2.AgreedBand(
                from_amount=money(start),
                to_amount=money(end) if end else None,
                parts=[deal_pb2.AgreedPart(person_id=rm1, basis_points=each)],
            )
            for start, end, each in bands
        ]
    )
    with refused("TERMS_INVALID") as refusal:
        change(team.rm1_east, team.deal, terms=terms)
    assert [each.field for each in refusal.value.violations] == [f"deal.terms.{field}"]


def test_bad_terms_members_and_days_are_refused(town):
    customer_id, rm1, rm2 = town.customer(town.rm1_east), town.rm1_east.person_id, town.rm2_east.person_id
    member = deal_pb2.DealMember
    bad = [
        ("TERMS_INVALID", {"terms": agreed(**{rm1: 9_999})}),
        ("TERMS_INVALID", {"terms": agreed(**{rm2: 10_000}), "members": []}),
        ("TERMS_INVALID", {"terms": deal_pb2.DealTerms(base_amount=money("1.00", "USD"))}),
        ("TERMS_INVALID", {"terms": deal_pb2.DealTerms(single_owner_person_id=str(uuid.uuid4()))}),
        ("PERSON_NOT_FOUND", {"terms": deal_pb2.DealTerms(former_owner_person_id=str(uuid.uuid4()))}),
        ("PERSON_NOT_FOUND", {"members": [member(person_id=str(uuid.uuid4()), role=CO_WORKER)]}),
        ("MEMBERS_INVALID", {"members": [member(person_id=rm2, role=OWNER)]}),
        ("MEMBERS_INVALID", {"members": [member(person_id=rm1, role=CO_WORKER)]}),
        ("MEMBERS_INVALID", {"members": [member(person_id=rm2, role=CO_WORKER)] * 2}),
        ("AMOUNT_INVALID", {"amount": money("-1.00")}),
        ("AMOUNT_INVALID", {"amount": money("1.001")}),
        ("AMOUNT_INVALID", {"amount": money("999999999999999999")}),
        ("DATE_INVALID", {"close_date": "2026-02-30"}),
        ("DATE_UNFIT", {"close_date": "9999-12-31"}),
        ("DATE_UNFIT", {"close_date": "0001-01-01"}),
        ("TEXT_EMPTY", {"title": " "}),
        ("OBJECTS_INVALID", {"objects": [account("6222")] * 2}),
        ("REQUEST_INVALID", {"objects": [deal_pb2.DealObject(kind=share_pb2.OBJECT_KIND_CUSTOMER, object_key="core/1")]}),
        ("CUSTOMER_NOT_FOUND", {"customer_id": ""}),
        ("CUSTOMER_NOT_FOUND", {"customer_id": town.customer(town.rm1_west)}),
        ("PERSON_NOT_FOUND", {"owner_person_id": rm2}),
    ]
    for reason, fields in bad:
        with refused(reason):
            town.rm1_east.call("CreateDeal", deal=draft(customer_id, town.rm2_east, **fields))
    assert not deals_of(town.rm1_east)


def test_two_decisions_at_once_are_one(team):
    thing = account()
    team.manager_east.call("LinkDealObjects", deal_id=team.deal.deal_id, objects=[thing])
    team.rm1_east.call("ProposeSplit", deal_id=team.deal.deal_id, scheme_id=SCHEMES["equal_members"])
    team.rm2_east.call("AnswerProposal", deal_id=team.deal.deal_id, accept=True)
    other, outcomes = team.colleague("branch_manager", "EAST/"), []

    def decide(person):
        try:
            outcomes.append(person.call("DecideDeal", deal_id=team.deal.deal_id, approve=True).version_number)
        except WorkbenchError as refusal:
            outcomes.append(refusal.reason)

    run_together(decide, [team.manager_east, other])
    assert sorted(outcomes, key=str) == [1, "NOTHING_PROPOSED"]
    assert sum(each[1] for each in share_lines(team, thing)) == 10_000


def test_who_only_reaches_the_customer_sees_the_deal_and_does_not_change_it(town):
    customer_id = town.customer(town.rm1_east)
    deal = town.manager_east.call("CreateDeal", deal=draft(customer_id, owner_person_id=town.rm2_east.person_id))
    assert town.rm1_east.call("GetDeal", deal_id=deal.deal_id).owner_person_id == town.rm2_east.person_id
    with refused("NOT_IN_CHARGE"):
        change(town.rm1_east, deal, title="x")
    with refused("NOT_A_MEMBER"):
        town.rm1_east.call("AnswerProposal", deal_id=deal.deal_id, accept=True)


def test_an_erasure_takes_what_was_written(team):
    change(team.rm1_east, team.deal, title="张三的贷款")
    team.rm1_east.call("ProposeSplit", deal_id=team.deal.deal_id, scheme_id=SCHEMES["u"])
    team.rm2_east.call("AnswerProposal", deal_id=team.deal.deal_id, reason="张三是我介绍的。")
    team.manager_east.call("DecideDeal", deal_id=team.deal.deal_id, approve=True, reason="张三同意。")
    team.announce(exchange_events_pb2.CustomerErased(customer_id=team.customer_id))
    shown = team.rm1_east.call("GetDeal", deal_id=team.deal.deal_id)
    versions = team.rm1_east.call("ListDealVersions", deal_id=team.deal.deal_id)
    assert "张三" not in f"{MessageToDict(shown)}{MessageToDict(versions)}"


def test_words_are_not_kept_readable(team):
    team.rm1_east.call("ProposeSplit", deal_id=team.deal.deal_id, scheme_id=SCHEMES["u"])
    team.rm2_east.call("AnswerProposal", deal_id=team.deal.deal_id, reason="原文不落库")
    with team.service.database.transaction(read_only=True) as work:
        connection = work.session.connection()
        kept = connection.exec_driver_sql("SELECT objection FROM deal_members WHERE objection <> ''").all()
    assert kept
    assert "原文不落库" not in str(kept)
