"""Serves `workbench.identity.v1.DirectoryService`: request to use case to answer."""

from __future__ import annotations

from google.protobuf.empty_pb2 import Empty
from workbench.identity.v1 import directory_pb2
from workbench.identity.v1 import directory_service_pb2 as pb

from gateway.identity.rpc.messages import merged, person_message, personnel_message, unit_message
from gateway.identity.rules.roles import ROLES, Duty, Role
from gateway.identity.usecases import catalogue, organisation, people
from gateway.identity.usecases.personnel import following
from services.chassis.db.session import UnitOfWork


def list_organisation_units(work: UnitOfWork, request: pb.ListOrganisationUnitsRequest) -> pb.ListOrganisationUnitsResponse:
    rows, following = organisation.list_units(
        work, parent_unit_id=request.parent_unit_id, kinds=request.kinds, size=request.page_size, token=request.page_token
    )
    return pb.ListOrganisationUnitsResponse(organisation_units=map(unit_message, rows), next_page_token=following)


def get_organisation_unit(work: UnitOfWork, request: pb.GetOrganisationUnitRequest) -> directory_pb2.OrganisationUnit:
    return unit_message(organisation.get_unit(work, request.organisation_unit_id))


def create_organisation_unit(work: UnitOfWork, request: pb.CreateOrganisationUnitRequest) -> directory_pb2.OrganisationUnit:
    unit = request.organisation_unit
    created = organisation.create_unit(
        work, code=unit.code, kind=unit.kind, display_name=unit.display_name, parent_unit_id=unit.parent_unit_id
    )
    return unit_message(created)


def update_organisation_unit(work: UnitOfWork, request: pb.UpdateOrganisationUnitRequest) -> directory_pb2.OrganisationUnit:
    sent = request.organisation_unit
    present = unit_message(organisation.unit_in_scope(work, sent.organisation_unit_id))
    whole = merged(present, sent, request.update_mask.paths, ("display_name",))
    return unit_message(
        organisation.rename_unit(work, sent.organisation_unit_id, display_name=whole.display_name, etag=sent.etag)
    )


def move_organisation_unit(work: UnitOfWork, request: pb.MoveOrganisationUnitRequest) -> directory_pb2.OrganisationUnit:
    return unit_message(
        organisation.move_unit(work, request.organisation_unit_id, parent_unit_id=request.parent_unit_id, etag=request.etag)
    )


def list_people(work: UnitOfWork, request: pb.ListPeopleRequest) -> pb.ListPeopleResponse:
    rows, following = people.list_people(
        work,
        unit_id=request.organisation_unit_id,
        name_prefix=request.name_prefix,
        login=request.login,
        states=request.states,
        size=request.page_size,
        token=request.page_token,
    )
    return pb.ListPeopleResponse(people=map(person_message, rows), next_page_token=following)


def get_person(work: UnitOfWork, request: pb.GetPersonRequest) -> directory_pb2.Person:
    return person_message(people.person_in_scope(work, request.person_id))


def create_person(work: UnitOfWork, request: pb.CreatePersonRequest) -> directory_pb2.Person:
    sent = request.person
    created = people.create_person(
        work,
        staff_number=sent.staff_number,
        login=sent.login,
        display_name=sent.display_name,
        unit_id=sent.organisation_unit_id,
    )
    return person_message(created)


def update_person(work: UnitOfWork, request: pb.UpdatePersonRequest) -> directory_pb2.Person:
    sent = request.person
    present = person_message(people.person_in_scope(work, sent.person_id))
    whole = merged(present, sent, request.update_mask.paths, ("display_name", "organisation_unit_id"))
    changed = people.update_person(
        work, sent.person_id, display_name=whole.display_name, unit_id=whole.organisation_unit_id, etag=sent.etag
    )
    return person_message(changed)


def disable_person(work: UnitOfWork, request: pb.DisablePersonRequest) -> directory_pb2.Person:
    return person_message(people.disable_person(work, request.person_id, request.reason))


def enable_person(work: UnitOfWork, request: pb.EnablePersonRequest) -> directory_pb2.Person:
    return person_message(people.enable_person(work, request.person_id))


def reset_password(work: UnitOfWork, request: pb.ResetPasswordRequest) -> pb.ResetPasswordResponse:
    password = people.reset_password(work, request.person_id, remove_totp=request.remove_totp)
    return pb.ResetPasswordResponse(temporary_password=password)


def link_federated_identity(work: UnitOfWork, request: pb.LinkFederatedIdentityRequest) -> Empty:
    people.link_federated_identity(work, request.person_id, request.issuer, request.subject)
    return Empty()


def unlink_federated_identity(work: UnitOfWork, request: pb.UnlinkFederatedIdentityRequest) -> Empty:
    people.unlink_federated_identity(work, request.person_id, request.issuer)
    return Empty()


def list_personnel_feeds(work: UnitOfWork, _request: pb.ListPersonnelFeedsRequest) -> pb.ListPersonnelFeedsResponse:
    return pb.ListPersonnelFeedsResponse(personnel_feeds=map(personnel_message, following.list_feeds(work)))


def list_roles(_work: UnitOfWork, _request: pb.ListRolesRequest) -> pb.ListRolesResponse:
    return pb.ListRolesResponse(roles=[_role(ROLES[name]) for name in sorted(ROLES)])


def list_permissions(_work: UnitOfWork, _request: pb.ListPermissionsRequest) -> pb.ListPermissionsResponse:
    return pb.ListPermissionsResponse(permissions=map(_permission, catalogue.catalogue().values()))


def _role(role: Role) -> directory_pb2.Role:
    return directory_pb2.Role(
        role=role.name,
        display_name=role.display_name,
        duty=role.duty,
        permissions=sorted(role.permissions),
        scopes=role.scopes,
        conflicting_roles=sorted(role.conflicts),
    )


def _permission(entry: catalogue.PermissionEntry) -> directory_pb2.Permission:
    return directory_pb2.Permission(
        permission=entry.permission,
        business=Duty.BUSINESS in entry.duties,
        system=Duty.SYSTEM in entry.duties,
        methods=entry.methods,
    )
