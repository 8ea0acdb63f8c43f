"""Deals from the opportunity that was won to the share lines of their accounts."""

import hashlib
import uuid
from datetime import date, timedelta

import pytest
from google.protobuf.json_format import MessageToDict
from sqlalchemy import select
from workbench.activity.v1 import lead_events_pb2
from workbench.customer.v1 import duplicate_events_pb2, exchange_events_pb2
from workbench.performance.v1 import deal_events_pb2, deal_pb2, scheme_pb2, share_pb2

from services.chassis.kernel.errors import WorkbenchError
from services.performance.model import ContactTouch, ShareLine
from services.performance.rules.attribution import kinds
from services.performance.rules.attribution.freezing import thawed
from services.performance.rules.attribution.schemes import lines, split
from services.performance.rules.shares import ObjectKind, Part, SharedObject, ShareState
from services.performance.usecases.shares.lines import put_lines
from tests.component.performance.deal_builders import (
    CANCELLED,
    CO_WORKER,
    OWNER,
    REFERRER,
    SCHEMES,
    WON,
    account,
    agreed,
    contact,
    draft,
    money,
    step,
    touch,
    won,
)
from tests.component.town import Town, run_together


def refused(reason):
    return pytest.raises(WorkbenchError, match=reason)


@pytest.fixture(scope="module")
def bank(service):
    return Town(service)


@pytest.fixture
def town(bank):
    """One bank for all tests here, in which each has two relationship managers of its own."""
    bank.rm1_east = bank.colleague("relationship_manager", "EAST/E01/")
    bank.rm2_east = bank.colleague("relationship_manager", "EAST/E02/")
    return bank


@pytest.fixture
def team(town):
    """Two relationship managers of one branch, and the deal that they won together, with its contacts."""
    town.opportunity_id = str(uuid.uuid4())
    town.customer_id = town.customer(town.rm1_east)
    of = {"opportunity_id": town.opportunity_id, "customer_id": town.customer_id}
    town.announce(contact(town.rm1_east, days=60, **of))
    town.announce(contact(town.rm2_east, days=30, minutes=90, **of))
    town.announce(contact(town.rm1_east, days=1, colleagues=[town.rm2_east], **of))
    town.announce(won(town.rm1_east, town.customer_id, town.opportunity_id, town.rm2_east))
    (town.deal,) = deals_of(town.rm1_east)
    return town


def test_a_deal_is_called_by_what_was_won_as_the_catalogue_names_it(town):
    for place, (codes, title) in enumerate(
        (
            (["LOAN", "TERM_DEPOSIT"], "贷款、定期存款"),
            (["LOAN", "core_9137"], "贷款、core_9137"),
            ([], "商机成交 Won opportunity"),
            ([f"core_{number:032}" for number in range(20)], None),
        )
    ):
        opportunity_id = str(uuid.UUID(int=place + 1, version=4))
        event = won(town.rm1_east, "", opportunity_id)
        event.product_codes[:] = codes
        town.announce(event)
        (deal,) = [each for each in deals_of(town.rm1_east) if each.opportunity_id == opportunity_id]
        assert deal.title == title or (title is None and len(deal.title) == 200 and deal.title.endswith("…"))
        assert list(deal.product_codes) == codes


def deals_of(person, **fields):
    return person.call("ListDeals", **fields).deals


def compared(person, deal, **fields):
    splits = person.call("CompareSchemes", deal_id=deal.deal_id, **fields).splits
    return {each.scheme_id: each for each in splits}


def points(split_shown):
    return {each.person_id: each.basis_points for each in split_shown.parts if each.basis_points}


def change(person, deal, **fields):
    """Sets these fields of a deal, whatever its ETag."""
    sent = deal_pb2.Deal(deal_id=deal.deal_id, **fields)
    return person.call("UpdateDeal", deal=sent, update_mask={"paths": sorted(fields)})


def share_lines(town, thing, *, void=False):
    with town.service.database.transaction(read_only=True) as work:
        statement = select(ShareLine).where(ShareLine.object_key == thing.object_key)
        if not void:
            statement = statement.where(ShareLine.state == ShareState.APPROVED.value)
        order = ShareLine.start_date, ShareLine.from_minor_units, ShareLine.basis_points.desc()
        rows = work.session.scalars(statement.order_by(*order))
        return [
            (each.person_id, each.basis_points, each.start_date, each.end_date, each.from_minor_units, each.to_minor_units)
            for each in rows
        ]


def decided(town, scheme="equal_members", *objects, deal=None, **fields):
    """A deal that its members accepted and the branch manager approved."""
    deal = deal or town.deal
    if objects:
        town.manager_east.call("LinkDealObjects", deal_id=deal.deal_id, objects=objects)
    town.rm1_east.call("ProposeSplit", deal_id=deal.deal_id, scheme_id=SCHEMES[scheme])
    town.rm2_east.call("AnswerProposal", deal_id=deal.deal_id, accept=True)
    return town.manager_east.call("DecideDeal", deal_id=deal.deal_id, approve=True, **fields)


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


def test_accounts_that_come_later_are_shared_at_once_and_those_taken_off_no_more(team):
    decided(team)
    first, second = account(), account()
    team.manager_east.call("LinkDealObjects", deal_id=team.deal.deal_id, objects=[first, second])
    assert len(share_lines(team, first)) == len(share_lines(team, second)) == 2
    team.manager_east.call("LinkDealObjects", deal_id=team.deal.deal_id, objects=[second])
    assert share_lines(team, first) == []
    assert len(share_lines(team, second)) == 2
    with refused("OBJECTS_INVALID"):
        team.manager_east.call("LinkDealObjects", deal_id=team.deal.deal_id, objects=[second, second])


def test_an_account_is_never_given_away_twice(team):
    thing = account()
    decided(team, "equal_members", thing)
    other = team.rm1_east.call("CreateDeal", deal=draft(team.customer_id, team.rm2_east, objects=[thing]))
    with refused("SHARES_EXCEEDED"):
        decided(team, deal=other)
    assert team.rm1_east.call("GetDeal", deal_id=other.deal_id).state == deal_pb2.DEAL_STATE_PROPOSED


def test_opened_again_it_is_shared_anew_from_a_day_on(team):
    thing = account()
    decided(team, "equal_members", thing)
    deal_id, rm1, rm2 = team.deal.deal_id, team.rm1_east.person_id, team.rm2_east.person_id
    anew = WON + timedelta(days=10)
    with refused("REASON_NEEDED"):
        team.manager_east.call("ReopenDeal", deal_id=deal_id, start_date=anew.isoformat())
    with refused("DATE_UNFIT"):
        team.manager_east.call("ReopenDeal", deal_id=deal_id, start_date="2026-11-19", reason="x")
    deal = team.manager_east.call("ReopenDeal", deal_id=deal_id, start_date=anew.isoformat(), reason="角色变了。")
    assert (deal.state, deal.restart_date, deal.leader_note) == (deal_pb2.DEAL_STATE_OPEN, anew.isoformat(), "角色变了。")
    # Until it is decided anew nobody loses anything.
    assert [each[1:4] for each in share_lines(team, thing)] == [(5_000, WON, None)] * 2
    with refused("DEAL_CLOSED"):
        change(team.rm1_east, team.deal, objects=[account()])
    with refused("DATE_UNFIT"):
        decided(team, "first", start_date=WON.isoformat())
    team.manager_east.call("DecideDeal", deal_id=deal_id, approve=True)
    last = anew - timedelta(days=1)
    assert sorted(share_lines(team, thing), key=str) == sorted(
        [(rm1, 5_000, WON, last, 0, None), (rm2, 5_000, WON, last, 0, None), (rm1, 10_000, anew, None, 0, None)], key=str
    )
    second, first = team.rm1_east.call("ListDealVersions", deal_id=deal_id).deal_versions
    assert (first.end_date, first.end_reason, second.version_number) == (last.isoformat(), "角色变了。", 2)


def test_a_deal_that_was_opened_again_can_stay_as_it_was(team):
    thing = account()
    decided(team, "equal_members", thing)
    team.manager_east.call("ReopenDeal", deal_id=team.deal.deal_id, reason="x")
    team.rm1_east.call("ProposeSplit", deal_id=team.deal.deal_id, scheme_id=SCHEMES["first"])
    deal = team.manager_east.call("CancelDeal", deal_id=team.deal.deal_id)
    assert (deal.state, deal.restart_date) == (deal_pb2.DEAL_STATE_DECIDED, "")
    assert len(share_lines(team, thing)) == 2


def test_a_reversal_takes_all_of_it_back(team):
    thing = account()
    decided(team, "time_decay", thing)
    deal = team.manager_east.call("ReverseDeal", deal_id=team.deal.deal_id, reason="合同撤销。")
    assert deal.state == deal_pb2.DEAL_STATE_REVERSED
    assert share_lines(team, thing) == []
    assert len(share_lines(team, thing, void=True)) == 2
    with refused("DEAL_NOT_DECIDED"):
        team.manager_east.call("ReverseDeal", deal_id=team.deal.deal_id, reason="x")
    (version,) = team.rm1_east.call("ListDealVersions", deal_id=deal.deal_id).deal_versions
    assert (version.end_date, version.end_reason) == ("2026-11-19", "合同撤销。")


def test_a_reversal_from_a_day_on_leaves_what_was_before(team):
    thing = account()
    decided(team, "equal_members", thing)
    day = WON + timedelta(days=3)
    team.manager_east.call("ReverseDeal", deal_id=team.deal.deal_id, start_date=day.isoformat(), reason="x")
    assert [each[1:4] for each in share_lines(team, thing)] == [(5_000, WON, WON + timedelta(days=2))] * 2


def test_stock_stays_with_whoever_had_it_and_bands_become_lines(team):
    former = team.colleague("relationship_manager", "EAST/E01/")
    terms = deal_pb2.DealTerms(former_owner_person_id=former.person_id, base_amount=money("400000.00"))
    change(team.rm1_east, team.deal, terms=terms)
    thing = account()
    shown = decided(team, "stock_increment", thing)
    rm1, rm2 = team.rm1_east.person_id, team.rm2_east.person_id
    # By role 50 and 30.
    assert share_lines(team, thing) == [
        (former.person_id, 10_000, WON, None, 0, 40_000_000),
        (rm1, 6_250, WON, None, 40_000_000, None),
        (rm2, 3_750, WON, None, 40_000_000, None),
    ]
    assert [each.from_amount.amount for each in shown.proposed_bands] == ["0.00", "400000.00"]
    parts = points(compared(team.manager_east, team.deal)[SCHEMES["stock_increment"]])
    assert parts == {former.person_id: 4_000, rm1: 3_750, rm2: 2_250}


def test_stock_that_was_claimed_is_the_deals_and_given_back_where_that_is_taken_back(team):
    former, thing = team.colleague("relationship_manager", "EAST/E01/"), account()
    before = date(2026, 1, 1)
    with team.service.database.transaction() as work:
        of = SharedObject(ObjectKind.ACCOUNT, thing.object_key, team.customer_id)
        put_lines(work, of, [Part(former.person_id, 10_000, before)], "claims/1")
    terms = deal_pb2.DealTerms(former_owner_person_id=former.person_id, base_amount=money("400000.00"))
    change(team.rm1_east, team.deal, terms=terms)
    decided(team, "stock_increment", thing)
    assert share_lines(team, thing)[:2] == [
        (former.person_id, 10_000, before, WON - timedelta(days=1), 0, None),
        (former.person_id, 10_000, WON, None, 0, 40_000_000),
    ]
    day = WON + timedelta(days=5)
    team.manager_east.call("ReverseDeal", deal_id=team.deal.deal_id, start_date=day.isoformat(), reason="x")
    lines_after = share_lines(team, thing)
    assert lines_after[-1] == (former.person_id, 10_000, day, None, 0, None)
    assert [each[3] for each in lines_after[1:-1]] == [day - timedelta(days=1)] * 3


def test_an_account_that_is_taken_off_is_whose_it_was(team):
    former, thing = team.colleague("relationship_manager", "EAST/E01/"), account()
    with team.service.database.transaction() as work:
        of = SharedObject(ObjectKind.ACCOUNT, thing.object_key, team.customer_id)
        put_lines(work, of, [Part(former.person_id, 10_000, date(2026, 1, 1))], "claims/1")
    terms = deal_pb2.DealTerms(former_owner_person_id=former.person_id, base_amount=money("1.00"))
    change(team.rm1_east, team.deal, terms=terms)
    decided(team, "stock_increment")
    team.manager_east.call("LinkDealObjects", deal_id=team.deal.deal_id, objects=[thing])
    assert len(share_lines(team, thing)) == 4
    deal = team.manager_east.call("LinkDealObjects", deal_id=team.deal.deal_id, objects=[])
    assert [each[:3] for each in share_lines(team, thing)] == [
        (former.person_id, 10_000, date(2026, 1, 1)), (former.person_id, 10_000, WON),
    ]  # fmt: skip
    assert team.rm1_east.call("GetDeal", deal_id=deal.deal_id).etag == deal.etag


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


def test_two_deals_at_once_of_one_account_give_it_away_once(team):
    thing = account()
    deals = [team.rm1_east.call("CreateDeal", deal=draft(team.customer_id, team.rm2_east, objects=[thing])) for _ in range(2)]
    for deal in deals:
        team.rm1_east.call("ProposeSplit", deal_id=deal.deal_id, scheme_id=SCHEMES["equal_members"])
        team.rm2_east.call("AnswerProposal", deal_id=deal.deal_id, accept=True)
    outcomes = []

    def decide(deal):
        try:
            outcomes.append(team.manager_east.call("DecideDeal", deal_id=deal.deal_id, approve=True).state)
        except WorkbenchError as refusal:
            outcomes.append(refusal.reason)

    run_together(decide, deals)
    assert sorted(outcomes, key=str) == [deal_pb2.DEAL_STATE_DECIDED, "SHARES_EXCEEDED"]
    assert sum(each[1] for each in share_lines(team, thing)) == 10_000


def test_a_deal_by_hand_takes_the_contacts_of_its_own_customers_opportunity(town):
    opportunity_id, foreign, customer_id = str(uuid.uuid4()), str(uuid.uuid4()), town.customer(town.rm1_east)
    town.announce(contact(town.rm1_east, opportunity_id, 5, customer_id=customer_id))
    town.announce(contact(town.rm1_west, foreign, 5, customer_id=town.customer(town.rm1_west)))
    for unknown in (foreign, str(uuid.uuid4())):
        with refused("OPPORTUNITY_NOT_FOUND"):
            town.rm1_east.call("CreateDeal", deal=draft(customer_id, opportunity_id=unknown))
    deal = town.rm1_east.call("CreateDeal", deal=draft(customer_id, opportunity_id=opportunity_id))
    assert points(compared(town.rm1_east, deal)[SCHEMES["first"]]) == {town.rm1_east.person_id: 10_000}


def test_who_only_reaches_the_customer_sees_the_deal_and_does_not_change_it(town):
    customer_id = town.customer(town.rm1_east)
    deal = town.manager_east.call("CreateDeal", deal=draft(customer_id, owner_person_id=town.rm2_east.person_id))
    assert town.rm1_east.call("GetDeal", deal_id=deal.deal_id).owner_person_id == town.rm2_east.person_id
    with refused("NOT_IN_CHARGE"):
        change(town.rm1_east, deal, title="x")
    with refused("NOT_A_MEMBER"):
        town.rm1_east.call("AnswerProposal", deal_id=deal.deal_id, accept=True)


def test_an_opportunity_has_one_deal(team):
    with refused("OPPORTUNITY_TAKEN"):
        team.rm1_east.call("CreateDeal", deal=draft(team.customer_id, opportunity_id=team.opportunity_id))
    team.announce(won(team.rm1_east, team.customer_id, team.opportunity_id, team.rm2_east, amount="7.00"))
    (deal,) = deals_of(team.rm1_east)
    assert deal.amount.amount == "7.00"


def test_an_opportunity_that_is_open_again_is_no_deal_until_it_is_won_again(team):
    team.rm1_east.call("ProposeSplit", deal_id=team.deal.deal_id, scheme_id=SCHEMES["u"])
    team.announce(lead_events_pb2.OpportunityReopened(opportunity_id=team.opportunity_id, business_date="2026-11-22"))
    assert team.rm1_east.call("GetDeal", deal_id=team.deal.deal_id).state == deal_pb2.DEAL_STATE_CANCELLED
    team.announce(won(team.rm1_east, team.customer_id, team.opportunity_id, amount="9.00"))
    deal = team.rm1_east.call("GetDeal", deal_id=team.deal.deal_id)
    assert (deal.state, len(deal.members), deal.amount.amount) == (deal_pb2.DEAL_STATE_OPEN, 1, "9.00")


def test_what_is_decided_stands_whatever_becomes_of_the_opportunity(team):
    decided(team)
    before = team.rm1_east.call("GetDeal", deal_id=team.deal.deal_id)
    team.announce(lead_events_pb2.OpportunityReopened(opportunity_id=team.opportunity_id, business_date="2026-11-22"))
    team.announce(won(team.rm1_east, team.customer_id, team.opportunity_id, amount="9.00"))
    assert team.rm1_east.call("GetDeal", deal_id=team.deal.deal_id) == before


def test_contacts_and_their_opportunity_may_come_in_any_order(town):
    opportunity_id, customer_id, contact_ids = (
        str(uuid.uuid4()),
        town.customer(town.rm1_east),
        [str(uuid.uuid4()) for _ in range(3)],
    )
    told = [
        step("OPENED", 40, "contact"),
        touch(town.rm1_east, 30, contact_ids[0], "contact"),
        step("STAGE_CHANGED", 20, "proposal"),
        touch(town.rm1_east, 10, contact_ids[1], "proposal"),
        touch(town.rm2_east, 5, contact_ids[2], "proposal"),
    ]
    # The second was withdrawn before the opportunity tells of it; the third is told by itself later, longer than it was.
    town.announce(contact(town.rm1_east, opportunity_id, 10, contact_id=contact_ids[1]))
    town.announce(contact(town.rm1_east, opportunity_id, 10, contact_id=contact_ids[1], version=3, state=CANCELLED))
    town.announce(won(town.rm1_east, customer_id, opportunity_id, town.rm2_east, touches=told))
    town.announce(contact(town.rm2_east, opportunity_id, 5, contact_id=contact_ids[2], minutes=240))
    town.announce(contact(town.rm2_east, opportunity_id, 5, contact_id=contact_ids[2], version=1, minutes=1))
    late = contact(town.rm1_east, opportunity_id, 15, minutes=20)
    town.announce(late)
    (deal,) = deals_of(town.rm1_east)
    touches = town.rm1_east.call("ListDealTouches", deal_id=deal.deal_id, page_size=2)
    rest = town.rm1_east.call("ListDealTouches", deal_id=deal.deal_id, page_size=2, page_token=touches.next_page_token)
    shown = [(each.resource, each.stage_code, each.minutes) for each in (*touches.touches, *rest.touches)]
    assert shown == [
        (f"contacts/{contact_ids[0]}", "contact", 30),
        (f"contacts/{late.contact_id}", "proposal", 20),
        (f"contacts/{contact_ids[2]}", "proposal", 240),
    ]


def test_a_contact_of_another_opportunity_counts_there(town):
    one, other, contact_id = str(uuid.uuid4()), str(uuid.uuid4()), str(uuid.uuid4())
    town.announce(contact(town.rm1_east, one, 5, contact_id=contact_id, colleagues=[town.rm2_east]))
    town.announce(contact(town.rm1_east, other, 5, contact_id=contact_id, version=3))
    with town.service.database.transaction(read_only=True) as work:
        rows = work.session.scalars(select(ContactTouch).where(ContactTouch.contact_id == contact_id)).all()
    assert {(row.person_id, row.opportunity_id) for row in rows if row.counted} == {(town.rm1_east.person_id, other)}


def test_past_opportunities_of_members_are_what_markov_learns_from(team):
    for person, is_won in ((team.rm1_east, True), (team.rm1_east, True), (team.rm1_east, False), (team.rm2_east, False)):
        opportunity_id = str(uuid.uuid4())
        team.announce(contact(person, opportunity_id, 100))
        day = (WON - timedelta(days=90)).isoformat()
        ended = lead_events_pb2.OpportunityLost(opportunity_id=opportunity_id, business_date=day)
        team.announce(won(person, "", opportunity_id, day=WON - timedelta(days=90)) if is_won else ended)
    answer = team.manager_east.call("CompareSchemes", deal_id=team.deal.deal_id)
    assert answer.journey_count == 4
    shown = {each.scheme_id: each for each in answer.splits}
    parts = points(shown[SCHEMES["markov"]])
    assert parts[team.rm1_east.person_id] > parts[team.rm2_east.person_id] > 0


def test_a_prospects_deal_is_the_customers_once_he_is_known(town):
    opportunity_id, customer_id = str(uuid.uuid4()), town.customer(town.rm1_east)
    town.announce(won(town.rm1_east, "", opportunity_id))
    town.announce(lead_events_pb2.OpportunityCustomerLinked(opportunity_id=opportunity_id, customer_id=customer_id))
    (deal,) = deals_of(town.rm1_east, customer_id=customer_id)
    survivor = town.customer(town.rm1_east)
    merged = duplicate_events_pb2.CustomersMerged(
        survivor_customer_id=survivor, merged_customer_id=customer_id, lead_person_id=town.rm1_east.person_id,
        organisation_path=town.rm1_east.organisation_path, display_name="欧阳芳",
    )  # fmt: skip
    town.announce(merged)
    assert [each.deal_id for each in deals_of(town.rm1_east, customer_id=survivor)] == [deal.deal_id]


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
