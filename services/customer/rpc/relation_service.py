"""Serves `workbench.customer.v1.RelationService`: request to use case to answer."""

from __future__ import annotations

from google.protobuf import empty_pb2
from workbench.customer.v1 import relation_pb2, relation_service_pb2

from services.chassis.db.session import UnitOfWork
from services.customer.usecases import graph, groups, key_persons, relations


def create_relation(work: UnitOfWork, request: relation_service_pb2.CreateRelationRequest) -> relation_pb2.Relation:
    return relations.as_message(*relations.create(work, request.relation))


def get_relation(work: UnitOfWork, request: relation_service_pb2.GetRelationRequest) -> relation_pb2.Relation:
    return relations.as_message(*relations.found(work, request.relation_id))


def list_relations(
    work: UnitOfWork, request: relation_service_pb2.ListRelationsRequest
) -> relation_service_pb2.ListRelationsResponse:
    page, ends = relations.of_customer(work, request)
    shown = [relations.as_message(relation, ends) for relation in page.rows]
    return relation_service_pb2.ListRelationsResponse(relations=shown, next_page_token=page.next_page_token)


def update_relation(work: UnitOfWork, request: relation_service_pb2.UpdateRelationRequest) -> relation_pb2.Relation:
    return relations.as_message(*relations.change(work, request.relation, request.update_mask.paths))


def end_relation(work: UnitOfWork, request: relation_service_pb2.EndRelationRequest) -> relation_pb2.Relation:
    return relations.as_message(*relations.end(work, request))


def delete_relation(work: UnitOfWork, request: relation_service_pb2.DeleteRelationRequest) -> empty_pb2.Empty:
    relations.delete(work, request.relation_id, request.etag)
    return empty_pb2.Empty()


def get_relation_graph(
    work: UnitOfWork, request: relation_service_pb2.GetRelationGraphRequest
) -> relation_service_pb2.RelationGraph:
    return graph.around(work, request)


def get_effective_holdings(
    work: UnitOfWork, request: relation_service_pb2.GetEffectiveHoldingsRequest
) -> relation_service_pb2.EffectiveHoldings:
    return graph.holdings(work, request)


def create_key_person(work: UnitOfWork, request: relation_service_pb2.CreateKeyPersonRequest) -> relation_pb2.KeyPerson:
    return key_persons.add(work, request.key_person)


def get_key_person(work: UnitOfWork, request: relation_service_pb2.GetKeyPersonRequest) -> relation_pb2.KeyPerson:
    return key_persons.found(work, request.key_person_id)


def list_key_persons(
    work: UnitOfWork, request: relation_service_pb2.ListKeyPersonsRequest
) -> relation_service_pb2.ListKeyPersonsResponse:
    page = key_persons.of_company(work, request)
    return relation_service_pb2.ListKeyPersonsResponse(key_persons=page.rows, next_page_token=page.next_page_token)


def update_key_person(work: UnitOfWork, request: relation_service_pb2.UpdateKeyPersonRequest) -> relation_pb2.KeyPerson:
    return key_persons.change(work, request.key_person, request.update_mask.paths)


def delete_key_person(work: UnitOfWork, request: relation_service_pb2.DeleteKeyPersonRequest) -> empty_pb2.Empty:
    key_persons.delete(work, request.key_person_id, request.etag)
    return empty_pb2.Empty()


def reveal_key_person(work: UnitOfWork, request: relation_service_pb2.RevealKeyPersonRequest) -> relation_pb2.KeyPerson:
    return key_persons.reveal(work, request.key_person_id, request.purpose)


def create_customer_group(
    work: UnitOfWork, request: relation_service_pb2.CreateCustomerGroupRequest
) -> relation_pb2.CustomerGroup:
    return groups.as_messages(work, [groups.create(work, request.group)])[0]


def get_customer_group(work: UnitOfWork, request: relation_service_pb2.GetCustomerGroupRequest) -> relation_pb2.CustomerGroup:
    return groups.as_messages(work, [groups.found(work, request.group_id)])[0]


def list_customer_groups(
    work: UnitOfWork, request: relation_service_pb2.ListCustomerGroupsRequest
) -> relation_service_pb2.ListCustomerGroupsResponse:
    page = groups.list_groups(work, request)
    shown = groups.as_messages(work, page.rows)
    return relation_service_pb2.ListCustomerGroupsResponse(groups=shown, next_page_token=page.next_page_token)


def update_customer_group(
    work: UnitOfWork, request: relation_service_pb2.UpdateCustomerGroupRequest
) -> relation_pb2.CustomerGroup:
    return groups.as_messages(work, [groups.change(work, request.group, request.update_mask.paths)])[0]


def delete_customer_group(work: UnitOfWork, request: relation_service_pb2.DeleteCustomerGroupRequest) -> empty_pb2.Empty:
    groups.delete(work, request.group_id, request.etag)
    return empty_pb2.Empty()


def add_customer_group_member(
    work: UnitOfWork, request: relation_service_pb2.AddCustomerGroupMemberRequest
) -> relation_pb2.CustomerGroupMember:
    return groups.members_as_messages(work, [groups.add_member(work, request)])[0]


def end_customer_group_member(
    work: UnitOfWork, request: relation_service_pb2.EndCustomerGroupMemberRequest
) -> relation_pb2.CustomerGroupMember:
    return groups.members_as_messages(work, [groups.end_member(work, request)])[0]


def list_customer_group_members(
    work: UnitOfWork, request: relation_service_pb2.ListCustomerGroupMembersRequest
) -> relation_service_pb2.ListCustomerGroupMembersResponse:
    page = groups.list_members(work, request)
    shown = groups.members_as_messages(work, page.rows)
    return relation_service_pb2.ListCustomerGroupMembersResponse(members=shown, next_page_token=page.next_page_token)


def list_groups_of_customer(
    work: UnitOfWork, request: relation_service_pb2.ListGroupsOfCustomerRequest
) -> relation_service_pb2.ListGroupsOfCustomerResponse:
    page = groups.of_customer(work, request)
    by_id = groups.groups_by_id(work, page.rows)
    shown = [
        relation_service_pb2.GroupOfCustomer(group=by_id[member.group_id], member=member)
        for member in groups.members_as_messages(work, page.rows)
    ]
    return relation_service_pb2.ListGroupsOfCustomerResponse(groups=shown, next_page_token=page.next_page_token)


def get_customer_group_summary(
    work: UnitOfWork, request: relation_service_pb2.GetCustomerGroupSummaryRequest
) -> relation_service_pb2.CustomerGroupSummary:
    return groups.summary(work, request.group_id)
