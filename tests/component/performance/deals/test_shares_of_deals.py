"""What becomes of a decided deal: the share lines of its accounts, opened again, taken back."""

from datetime import date, timedelta

from workbench.performance.v1 import deal_pb2

from services.chassis.kernel.errors import WorkbenchError
from services.performance.rules.shares import ObjectKind, Part, SharedObject
from services.performance.usecases.shares.lines import put_lines
from tests.component.performance.deals.builders import (
    SCHEMES,
    WON,
    account,
    change,
    compared,
    decided,
    draft,
    money,
    points,
    refused,
    share_lines,
)
from tests.component.town import run_together


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
