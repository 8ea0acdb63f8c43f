"""Relations, key persons and groups of the demonstration bank: enough that a newcomer sees a graph.

Each branch's manager makes them among the first customers of the branch, as a person would. What is made follows from the
seed, and each request has an id of its own: loading may be interrupted and begun anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import grpc
from workbench.customer.v1 import customer_pb2, customer_service_pb2, relation_pb2, relation_service_pb2

from deploy.demonstration.bank import Bank
from deploy.demonstration.customers import Kind, customer_number
from deploy.demonstration.draws import Draw
from deploy.demonstration.names import chinese_name
from deploy.demonstration.organisation import BRANCHES, Branch
from services.chassis.kernel.caller import Caller, Grant, Scope
from services.chassis.kernel.errors import AlreadyExists, RuleBroken
from services.chassis.keys import KeyRing
from services.chassis.rpc.client import Client
from services.chassis.rpc.wire import ASSERTION_AUDIENCE, ASSERTION_KEY

# So many of the bank's customers, from the first on, are related: a graph of thousands shows a newcomer no more.
RELATED_CUSTOMERS = 120
COMPANIES_PER_GROUP = 3
CALL_SECONDS = 30.0
ASSERTION_SECONDS = 600

_PERMISSIONS = frozenset({"customer.record.read", "customer.relation.update", "customer.group.manage"})
_RELATIONS, _CUSTOMERS = "workbench.customer.v1.RelationService", "workbench.customer.v1.CustomerService"
_POSITIONS = ("总经理", "财务总监", "采购经理", "出纳", "董事会秘书")
_SHARES = ("30", "35", "51", "60.5")


@dataclass(frozen=True, slots=True)
class _Book:
    """One branch's first customers, and the way in as its manager."""

    bank: Bank
    branch: Branch
    client: Client
    people: Sequence[customer_pb2.Customer]
    companies: Sequence[customer_pb2.Customer]

    def make(self, method: str, request: Any, place: str) -> Any:
        """Calls a method that writes; None where what it would make is there already."""
        request.request_id = self.bank.id_of(f"{place}/{self.branch.code}")
        try:
            return self.client.call(f"{_RELATIONS}/{method}", request, deadline_seconds=CALL_SECONDS)
        except (AlreadyExists, RuleBroken):
            return None

    def relate(self, kind: int, from_id: str, to_id: str, **fields: Any) -> None:
        """Makes a relation between two customers."""
        relation = {"kind": kind, "from_party": {"customer_id": from_id}, "to_party": {"customer_id": to_id}, **fields}
        request = relation_service_pb2.CreateRelationRequest(relation={"start_date": "2020-01-01"} | relation)
        self.make("CreateRelation", request, f"relation/{kind}/{from_id}/{to_id}")


def load_relations(channel: grpc.Channel, ring: KeyRing, bank: Bank) -> None:
    """Makes what is missing in each branch."""
    for branch in BRANCHES:
        assertion = ring.sign(_manager(bank, branch).to_claims(), ASSERTION_AUDIENCE, ASSERTION_SECONDS)
        client = Client(channel, {ASSERTION_KEY: assertion})
        # Groups come last: where they are, all is.
        asked = relation_service_pb2.ListCustomerGroupsRequest(page_size=1)
        if client.call(f"{_RELATIONS}/ListCustomerGroups", asked).groups:
            continue
        customers = list(_first_customers(client))
        people = [customer for customer in customers if customer.kind == Kind.RETAIL]
        companies = [customer for customer in customers if customer.kind == Kind.CORPORATE]
        if people and companies:
            book = _Book(bank, branch, client, people, companies)
            _relate_companies(book)
            _relate_families(book)
            _make_groups(book)


def _manager(bank: Bank, branch: Branch) -> Caller:
    person = bank.organisation.person(f"manager.{branch.code.lower()}")
    grants = (Grant(_PERMISSIONS, Scope(organisation_paths=(branch.path,))),)
    return Caller(person.person_id, login=person.login, organisation_path=branch.path, grants=grants)


def _first_customers(client: Client) -> Iterator[customer_pb2.Customer]:
    request = customer_service_pb2.ListCustomersRequest(page_size=RELATED_CUSTOMERS)
    for customer in client.call(f"{_CUSTOMERS}/ListCustomers", request, deadline_seconds=CALL_SECONDS).customers:
        if customer.customer_number < customer_number(RELATED_CUSTOMERS):
            yield customer


def _relate_companies(book: _Book) -> None:
    for place, company in enumerate(book.companies):
        draw = Draw(book.bank.seed, f"relations/{company.customer_number}")
        owner = draw.one_of(book.people).customer_id
        book.relate(relation_pb2.RELATION_KIND_LEGAL_REPRESENTATIVE, owner, company.customer_id, source="business_register")
        share = draw.one_of(_SHARES)
        book.relate(relation_pb2.RELATION_KIND_SHAREHOLDER, owner, company.customer_id, share_percent=share)
        # Chains of three companies, so that who holds one in the end is a question worth asking.
        if place % 3:
            holder = book.companies[place - 1].customer_id
            book.relate(relation_pb2.RELATION_KIND_SHAREHOLDER, holder, company.customer_id, share_percent="25")
        supplier = draw.one_of(book.companies).customer_id
        if supplier != company.customer_id:
            book.relate(relation_pb2.RELATION_KIND_SUPPLIER, supplier, company.customer_id)
        if draw.below(4) == 0:
            amount = {"currency_code": "CNY", "amount": f"{draw.below(90) + 10}0000.00"}
            book.relate(relation_pb2.RELATION_KIND_GUARANTOR, owner, company.customer_id, guaranteed_amount=amount)
        _add_key_person(book, company, draw)


def _add_key_person(book: _Book, company: customer_pb2.Customer, draw: Draw) -> None:
    name = chinese_name(draw, male=bool(draw.below(2)))
    person = relation_pb2.KeyPerson(
        customer_id=company.customer_id,
        display_name=name.display,
        position=draw.one_of(_POSITIONS),
        decision_role=draw.below(4) + 1,
        contact_points=[{"kind": customer_pb2.CONTACT_KIND_MOBILE, "value": f"138{draw.below(10**8):08d}"}],
    )
    request = relation_service_pb2.CreateKeyPersonRequest(key_person=person)
    book.make("CreateKeyPerson", request, f"key_person/{company.customer_number}")


def _relate_families(book: _Book) -> None:
    for one, other in list(pairwise(book.people))[: len(book.people) // 5 : 2]:
        book.relate(relation_pb2.RELATION_KIND_SPOUSE, one.customer_id, other.customer_id)


def _make_groups(book: _Book) -> None:
    above = ""
    for start in range(0, len(book.companies), COMPANIES_PER_GROUP):
        companies = book.companies[start : start + COMPANIES_PER_GROUP]
        name = f"{companies[0].display_name[:4]}集团"
        draft = relation_pb2.CustomerGroup(display_name=name, parent_group_id=above)
        request = relation_service_pb2.CreateCustomerGroupRequest(group=draft)
        group = book.make("CreateCustomerGroup", request, f"group/{companies[0].customer_number}")
        for place, company in enumerate(companies):
            role = relation_pb2.GROUP_ROLE_MEMBER if place else relation_pb2.GROUP_ROLE_PARENT
            member = relation_service_pb2.AddCustomerGroupMemberRequest(
                group_id=group.group_id, customer_id=company.customer_id, role=role, start_date="2020-01-01"
            )
            book.make("AddCustomerGroupMember", member, f"member/{company.customer_number}")
        # Every second group stands in the one before.
        above = "" if above else group.group_id
