"""Whoever leaves leads on until his customers are handed over."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from workbench.customer.v1 import coverage_events_pb2
from workbench.identity.v1 import events_pb2 as identity_events

from services.chassis.kernel.caller import Scope
from services.chassis.kernel.errors import NotFound
from tests.component.customer.conftest import post_granted
from tests.component.customer.hand_overs.acts import (
    TRANSFERS,
    act,
    leads,
    plan,
)
from tests.component.customer.test_supporting import told


def test_a_leavers_customers_stay_led_and_in_sight_until_they_are_handed_over_in_one_act(office):
    granted = post_granted(leaver := office.relationship_manager("EAST/E09/"), f"{office.root}EAST/E09/")
    office.announce(granted)
    made = [leaver.create() for _ in range(3)]
    near = office.relationship_manager("EAST/E09/")
    with office.service.database.transaction(read_only=True) as work:
        from services.customer.model.relationship_manager import ManagerPost

        grants = work.session.scalars(select(ManagerPost.grant_id).filter_by(person_id=leaver.person_id)).all()

    def uncovered(colleague):
        found = colleague.call("ListUncoveredPortfolios", page_size=10).uncovered_portfolios
        return {portfolio.person_id: portfolio for portfolio in found}

    assert uncovered(office.manager_east) == {}
    for grant in grants:
        office.announce(identity_events.PostRevoked(person_id=leaver.person_id, grant_id=grant, role="relationship_manager"))
    (event,) = told(office.service, coverage_events_pb2.RelationshipManagerLeft, leaver.person_id)
    assert (event.customer_count, event.organisation_path) == (3, f"{office.root}EAST/E09/")
    portfolio = uncovered(office.manager_east)[leaver.person_id]
    assert (portfolio.customer_count, portfolio.left_date) == (3, event.left_date)
    assert portfolio.suggested_receivers[0].person_id == near.person_id
    assert {s.person_id for s in portfolio.suggested_receivers} == {p.person_id for p in (near, office.rm1_east, office.rm2_east)}
    west = office.colleague(TRANSFERS, Scope(organisation_paths=(f"{office.root}WEST/",)))
    assert uncovered(west) == {}
    assert set(leads(office.manager_east, made)) == {leaver.person_id}
    with pytest.raises(NotFound, match="PERSON_NOT_FOUND"):
        office.manager_east.create(lead_person_id=leaver.person_id)
    with pytest.raises(NotFound, match="PERSON_NOT_FOUND"):
        plan(office.manager_east, [leaver], [office.rm1_east.create()])
    act(office.manager_east, "Execute", plan(office.manager_east, [near], from_person_id=leaver))
    assert uncovered(office.manager_east) == {}
    assert set(leads(near, made)) == {near.person_id}


def test_a_shut_out_rm_shows_until_he_is_let_in_again(office):
    office.rm1_east.create()
    shut = office.rm1_east.person_id

    def uncovered():
        return {p.person_id for p in office.manager_east.call("ListUncoveredPortfolios").uncovered_portfolios}

    for _ in range(2):
        office.announce(identity_events.PersonDisabled(person_id=shut))
    assert uncovered() == {shut}
    assert len(told(office.service, coverage_events_pb2.RelationshipManagerLeft, shut)) == 1
    office.announce(identity_events.PersonEnabled(person_id=shut))
    assert uncovered() == set()
