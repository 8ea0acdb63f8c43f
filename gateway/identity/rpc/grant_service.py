"""Serves `workbench.identity.v1.GrantService`: request to use case to answer."""

from __future__ import annotations

from workbench.identity.v1 import grant_service_pb2 as pb

from gateway.identity.usecases import grants
from services.chassis.db.session import UnitOfWork
from services.chassis.mapping import Mapper

_grant = Mapper(pb.Grant, computed={"display_name": lambda row: row.person.display_name})


def propose_grant(work: UnitOfWork, request: pb.ProposeGrantRequest) -> pb.Grant:
    proposed = grants.propose_grant(
        work,
        request.person_id,
        role=request.role,
        unit_id=request.organisation_unit_id,
        scope=request.scope,
        scope_unit_id=request.scope_unit_id,
        reason=request.reason,
    )
    return _grant(proposed)


def approve_grant(work: UnitOfWork, request: pb.ApproveGrantRequest) -> pb.Grant:
    return _grant(grants.approve_grant(work, request.grant_id))


def reject_grant(work: UnitOfWork, request: pb.RejectGrantRequest) -> pb.Grant:
    return _grant(grants.reject_grant(work, request.grant_id, request.reason))


def revoke_grant(work: UnitOfWork, request: pb.RevokeGrantRequest) -> pb.Grant:
    return _grant(grants.revoke_grant(work, request.grant_id, request.reason))


def get_grant(work: UnitOfWork, request: pb.GetGrantRequest) -> pb.Grant:
    return _grant(grants.get_grant(work, request.grant_id))


def list_grants(work: UnitOfWork, request: pb.ListGrantsRequest) -> pb.ListGrantsResponse:
    rows, following = grants.list_grants(
        work,
        person_id=request.person_id,
        states=request.states,
        role=request.role,
        size=request.page_size,
        token=request.page_token,
    )
    return pb.ListGrantsResponse(grants=map(_grant, rows), next_page_token=following)
