"""Serves `workbench.identity.v1.SessionService`: request to use case to answer."""

from __future__ import annotations

from datetime import UTC

from google.protobuf.empty_pb2 import Empty
from workbench.identity.v1 import directory_pb2
from workbench.identity.v1 import session_service_pb2 as pb

from gateway.identity.model.session import Session
from gateway.identity.rpc.messages import person_message
from gateway.identity.usecases import me, sessions
from gateway.identity.usecases.tokens import Tokens
from services.chassis.db.session import UnitOfWork
from services.chassis.mapping import Mapper

TOKEN_TYPE = "Bearer"  # noqa: S105 - how a token is presented, not one

_session = Mapper(pb.Session, omitted=("current",))


def create_session(work: UnitOfWork, request: pb.CreateSessionRequest) -> pb.SessionTokens:
    tokens = sessions.sign_in(
        work, request.login, request.password, totp_code=request.totp_code, new_password=request.new_password
    )
    return _tokens(tokens)


def refresh_session(work: UnitOfWork, request: pb.RefreshSessionRequest) -> pb.SessionTokens:
    return _tokens(sessions.refresh(work, request.refresh_token))


def create_federated_session(work: UnitOfWork, request: pb.CreateFederatedSessionRequest) -> pb.SessionTokens:
    return _tokens(sessions.sign_in_federated(work, request.issuer, request.subject))


def sign_out(work: UnitOfWork, _request: pb.SignOutRequest) -> Empty:
    sessions.sign_out(work)
    return Empty()


def list_sessions(work: UnitOfWork, request: pb.ListSessionsRequest) -> pb.ListSessionsResponse:
    rows, following = sessions.list_own(work, size=request.page_size, token=request.page_token)
    return pb.ListSessionsResponse(sessions=[_shown(work, row) for row in rows], next_page_token=following)


def revoke_session(work: UnitOfWork, request: pb.RevokeSessionRequest) -> Empty:
    sessions.revoke_own(work, request.session_id)
    return Empty()


def list_person_sessions(work: UnitOfWork, request: pb.ListPersonSessionsRequest) -> pb.ListPersonSessionsResponse:
    rows, following = sessions.list_of_person(work, request.person_id, size=request.page_size, token=request.page_token)
    return pb.ListPersonSessionsResponse(sessions=[_shown(work, row) for row in rows], next_page_token=following)


def revoke_person_sessions(work: UnitOfWork, request: pb.RevokePersonSessionsRequest) -> pb.RevokePersonSessionsResponse:
    return pb.RevokePersonSessionsResponse(
        revoked_sessions=sessions.revoke_of_person(work, request.person_id, request.session_id)
    )


def change_password(work: UnitOfWork, request: pb.ChangePasswordRequest) -> Empty:
    me.change_password(work, request.current_password, request.new_password)
    return Empty()


def start_totp_enrolment(work: UnitOfWork, request: pb.StartTotpEnrolmentRequest) -> pb.StartTotpEnrolmentResponse:
    secret, otpauth_uri = me.start_totp_enrolment(work, request.password)
    return pb.StartTotpEnrolmentResponse(secret=secret, otpauth_uri=otpauth_uri)


def confirm_totp_enrolment(work: UnitOfWork, request: pb.ConfirmTotpEnrolmentRequest) -> Empty:
    me.confirm_totp_enrolment(work, request.totp_code)
    return Empty()


def remove_totp(work: UnitOfWork, request: pb.RemoveTotpRequest) -> Empty:
    me.remove_totp(work, request.password, request.totp_code)
    return Empty()


def get_me(work: UnitOfWork, _request: pb.GetMeRequest) -> pb.Me:
    return _me(me.profile(work))


def list_revocations(work: UnitOfWork, request: pb.ListRevocationsRequest) -> pb.ListRevocationsResponse:
    after = request.revoked_after.ToDatetime(UTC) if request.HasField("revoked_after") else None
    return pb.ListRevocationsResponse(
        revocations=[
            pb.Revocation(
                session_id=session.session_id,
                revoke_time=session.tokens_void_time,
                expire_time=sessions.last_token_expires(work, session),
            )
            for session in sessions.list_revocations(work, after)
        ],
        as_of_time=work.now,
    )


def _tokens(tokens: Tokens) -> pb.SessionTokens:
    return pb.SessionTokens(
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token,
        token_type=TOKEN_TYPE,
        expires_in_seconds=tokens.expires_in_seconds,
        session_id=tokens.session.session_id,
        person=person_message(tokens.person),
    )


def _shown(work: UnitOfWork, session: Session) -> pb.Session:
    message = _session(session)
    message.current = session.session_id == work.caller.session_id
    return message


def _me(profile: me.Profile) -> pb.Me:
    posts = [_post(post) for post in profile.posts]
    return pb.Me(
        person=person_message(profile.person),
        posts=posts,
        permissions=sorted({permission for post in posts for permission in post.permissions}),
        # All posts are of one duty: that is the rule by which they are granted.
        duty=profile.posts[0].role.duty if profile.posts else directory_pb2.ROLE_DUTY_UNSPECIFIED,
        totp_enrolled=profile.totp_enrolled,
    )


def _post(post: me.OwnPost) -> pb.Post:
    return pb.Post(
        grant_id=post.grant.grant_id,
        role=post.role.name,
        role_display_name=post.role.display_name,
        organisation_unit_id=post.unit.organisation_unit_id,
        organisation_unit_display_name=post.unit.display_name,
        organisation_path=post.unit.organisation_path,
        scope=post.grant.scope,
        scope_path=post.grant.post.subtree(),
        permissions=sorted(post.role.permissions),
    )
