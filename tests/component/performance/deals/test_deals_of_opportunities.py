"""Deals and the opportunities that were won, with their contacts, in whatever order they are told."""

import uuid
from datetime import timedelta

from sqlalchemy import select
from workbench.activity.v1 import lead_events_pb2
from workbench.customer.v1 import duplicate_events_pb2
from workbench.performance.v1 import deal_pb2

from services.performance.model import ContactTouch
from tests.component.performance.deals.builders import (
    CANCELLED,
    SCHEMES,
    WON,
    compared,
    contact,
    deals_of,
    decided,
    draft,
    points,
    refused,
    step,
    touch,
    won,
)


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


def test_a_deal_by_hand_takes_the_contacts_of_its_own_customers_opportunity(town):
    opportunity_id, foreign, customer_id = str(uuid.uuid4()), str(uuid.uuid4()), town.customer(town.rm1_east)
    town.announce(contact(town.rm1_east, opportunity_id, 5, customer_id=customer_id))
    town.announce(contact(town.rm1_west, foreign, 5, customer_id=town.customer(town.rm1_west)))
    for unknown in (foreign, str(uuid.uuid4())):
        with refused("OPPORTUNITY_NOT_FOUND"):
            town.rm1_east.call("CreateDeal", deal=draft(customer_id, opportunity_id=unknown))
    deal = town.rm1_east.call("CreateDeal", deal=draft(customer_id, opportunity_id=opportunity_id))
    assert points(compared(town.rm1_east, deal)[SCHEMES["first"]]) == {town.rm1_east.person_id: 10_000}


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
