"""The demonstration bank goes into a running customer service, also in several goes."""

from __future__ import annotations

import pytest
from workbench.identity.v1 import events_pb2

from deploy.demonstration import loading
from deploy.demonstration.bank import Bank
from deploy.demonstration.organisation import BRANCHES
from deploy.demonstration.relations import load_relations
from services.chassis.kernel.caller import Scope
from services.chassis.kernel.errors import Unavailable


@pytest.fixture
def bank(town):
    """A bank whose people the service knows."""
    bank = Bank(seed=7)
    people = {person.person_id: person for person in bank.organisation.people}
    for post in bank.organisation.posts:
        person = people[post.person_id]
        told = {"staff_number": person.staff_number, "display_name": person.display_name, "grant_id": post.post_id}
        town.announce(
            events_pb2.PostGranted(person_id=post.person_id, role=post.role, organisation_path=post.organisation_path, **told)
        )
    return bank


@pytest.fixture
def door(service):
    return loading.CustomerDoor(service.channel, service.ring)


def test_a_load_that_was_interrupted_goes_on_where_it_stopped_and_a_larger_one_behind_it(town, bank, door, monkeypatch):
    monkeypatch.setattr(loading, "BATCH_CUSTOMERS", 100)
    loading.wait_for_people(door, bank.organisation)
    interrupted = loading.load_customers(door, bank, 350)
    assert [next(interrupted) for _ in range(3)] == [0, 100, 200]
    assert list(loading.load_customers(door, bank, 350)) == [200, 300, 350]
    assert list(loading.load_customers(door, bank, 350)) == [350]
    assert list(loading.load_customers(door, bank, 420)) == [350, 420]
    analyst = town.colleague(("customer.record.read",), Scope(organisation_paths=("/HO/",)))
    loaded = list(analyst.pages(1_000))
    made = list(bank.customers.between(0, 420))
    assert [c.customer_number for c in loaded] == [c.customer_number for c in made]
    assert [(c.display_name, c.lead_person_id, c.organisation_path, c.kind, c.tier) for c in loaded] == [
        (c.display_name, c.lead_person_id, c.organisation_path, c.kind, c.tier) for c in made
    ]


def test_a_batch_whose_answer_was_lost_is_not_opened_twice(bank, door):
    present = next(loading.load_customers(door, bank, 1_000))
    request = loading._batch(bank, present, present + 5)
    assert door.call("BatchCreateCustomers", request) == door.call("BatchCreateCustomers", request)


def test_a_newcomer_sees_a_graph_and_groups_and_what_is_there_is_not_made_twice(town, bank, door, service):
    list(loading.load_customers(door, bank, 420))
    for _ in range(2):
        load_relations(service.channel, service.ring, bank)
        analyst = town.colleague(("customer.record.read",), Scope(organisation_paths=("/HO/",)))
        firms = list(analyst.pages(1_000, kinds=[2]))
        graphs = [analyst.call("GetRelationGraph", customer_id=firm.customer_id, depth=3) for firm in firms[:12]]
        assert max(len(graph.nodes) for graph in graphs) >= 5
        assert all(len(analyst.call("ListKeyPersons", customer_id=firm.customer_id).key_persons) == 1 for firm in firms[:12])
        groups = analyst.call("ListCustomerGroups").groups
        assert len(groups) >= len(BRANCHES)
        summary = analyst.call("GetCustomerGroupSummary", group_id=groups[0].group_id)
        assert summary.customers


def test_people_who_do_not_come_are_not_waited_for_without_end(door, monkeypatch):
    monkeypatch.setattr(loading, "PEOPLE_DEADLINE_SECONDS", 0.2)
    with pytest.raises(Unavailable, match="EVENTS_LATE"):
        loading.wait_for_people(door, Bank(seed=8).organisation)
