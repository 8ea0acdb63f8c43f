"""Signing in through a bank's own single sign-on: OpenID Connect, authorisation code with PKCE, state and nonce (Authlib).

The provider says who somebody is there; identity knows which person that account belongs to. Nobody is created on the way, and
no claim of the provider's is believed beyond `iss` and `sub`: what somebody may do, posts say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from flask import Blueprint, Response, jsonify, redirect, request, session
from flask.blueprints import BlueprintSetupState
from google.protobuf.json_format import MessageToDict
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response as AnyResponse

from gateway.exchange import EXCHANGE_KEY, Exchange
from gateway.federation_settings import FederationSettings
from gateway.headers import NO_STORE
from services.chassis import telemetry
from services.chassis.kernel.caller import Caller, Grant, Scope
from services.chassis.kernel.errors import NotAuthenticated, NotFound, Unavailable

METHOD = "workbench.identity.v1.SessionService.CreateFederatedSession"
# Who the gateway is to identity when a provider has vouched for somebody; no role of a person holds this permission.
GATEWAY = Caller(
    person_id="gateway",
    login="gateway",
    grants=(Grant(frozenset({"identity.sessions.federate"}), Scope(organisation_paths=("/",))),),
)
FOLDER = "/v1/federation"
COOKIE = "workbench_sign_in"
# How long somebody may take at the provider's page.
SIGN_IN_MINUTES_MAX = 10
PROVIDER_TIMEOUT_SECONDS = 5
# Only signatures whose proving key is public: `none` and shared secrets prove nothing here.
SIGNATURES = ("ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512")

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom a provider vouched for, and the request in which it did."""

    issuer: str
    subject: str
    exchange: Exchange


# Opens a session; answers its tokens (`workbench.identity.v1.SessionTokens`), or raises the kernel error of identity's refusal.
SignIn = Callable[[Vouched], Any]


def federation_views(settings: FederationSettings, *, cookie_key: str, sign_in: SignIn) -> Blueprint:
    """`/v1/federation/<provider>/start` sends a browser to a provider, `…/callback` takes it back.

    `cookie_key` signs what the browser keeps meanwhile; all copies of a gateway share it. Answers NotFound
    PROVIDER_NOT_FOUND, NotAuthenticated FEDERATION_REFUSED, Unavailable PROVIDER_UNAVAILABLE, and identity's own refusals.
    """
    views = Blueprint("federation", __name__, url_prefix=FOLDER)
    oauth = OAuth()
    providers = _Providers(settings, oauth)

    @views.record_once
    def _set_up(state: BlueprintSetupState) -> None:
        state.app.config.update(_cookie_settings(cookie_key, https=settings.public_url.startswith("https:")))
        oauth.init_app(state.app)

    @views.get("/<provider>/start")
    def start(provider: str) -> AnyResponse:
        client = providers.client(provider)
        # One sign-in at a time per browser: what an earlier one left would only make the cookie grow.
        session.clear()
        answer: AnyResponse = client.authorize_redirect(f"{settings.public_url}{FOLDER}/{provider}/callback")
        answer.headers["Cache-Control"] = NO_STORE
        return answer

    @views.get("/<provider>/callback")
    def callback(provider: str) -> AnyResponse:
        vouched = Vouched(*providers.vouched(provider), exchange=request.environ[EXCHANGE_KEY])
        return _handed_over(MessageToDict(sign_in(vouched), always_print_fields_with_no_presence=True), settings.page_path)

    return views


class _Providers:
    """The providers, each asked for its metadata when it is first used: one that is down keeps nothing from starting."""

    def __init__(self, settings: FederationSettings, oauth: OAuth) -> None:
        self._settings, self._oauth = settings.providers, oauth
        for name, provider in settings.providers.items():
            oauth.register(
                name,
                client_id=provider.client_id,
                client_secret=provider.client_secret_file.read_text(encoding="utf-8").strip(),
                server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
                client_kwargs={
                    "scope": "openid",
                    "code_challenge_method": "S256",
                    "default_timeout": PROVIDER_TIMEOUT_SECONDS,
                },
            )

    def client(self, name: str) -> FlaskOAuth2App:
        """The client of a provider, with metadata that can be relied on."""
        if name not in self._settings:
            raise NotFound("PROVIDER_NOT_FOUND", "There is no single sign-on of this name.")
        client: FlaskOAuth2App = self._oauth.create_client(name)
        try:
            metadata = client.load_server_metadata()
        except (RequestException, ValueError) as error:
            raise _unavailable(name, error) from None
        if metadata.get("issuer") != self._settings[name].issuer:
            _log.error("provider_misconfigured", provider=name, fault="its metadata names another issuer than the settings")
            raise _refused()
        offered = metadata.get("id_token_signing_alg_values_supported", ())
        metadata["id_token_signing_alg_values_supported"] = [signature for signature in offered if signature in SIGNATURES]
        return client

    def vouched(self, name: str) -> tuple[str, str]:
        """Issuer and subject of whom the provider has just vouched for, in the request at hand."""
        client = self.client(name)
        try:
            token = client.authorize_access_token()
        except RequestException as error:
            raise _unavailable(name, error) from None
        except (AuthlibBaseError, JoseError, ValueError, KeyError) as error:
            # A code that was used before, a state of another browser, a token that does not hold: all the same to whoever
            # asks, and the log has the kind.
            _log.warning("federation_refused", provider=name, error=telemetry.kind_and_place(error))
            raise _refused() from None
        claims = token.get("userinfo")
        if not claims or not claims.get("sub"):
            _log.warning("federation_refused", provider=name, error="the answer holds no id_token")
            raise _refused()
        return self._settings[name].issuer, str(claims["sub"])


def _handed_over(tokens: Mapping[str, Any], page_path: str) -> AnyResponse:
    answer: AnyResponse = jsonify(tokens)
    if page_path:
        kept = {name: tokens[name] for name in ("accessToken", "refreshToken", "tokenType", "expiresInSeconds", "sessionId")}
        answer = redirect(f"{page_path}#{urlencode(kept)}", 303, Response)
    answer.headers["Cache-Control"] = NO_STORE
    return answer


def _cookie_settings(key: str, *, https: bool) -> dict[str, Any]:
    return {
        "SECRET_KEY": key,
        "SESSION_COOKIE_NAME": COOKIE,
        "SESSION_COOKIE_PATH": FOLDER,
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        # Lax: the provider's redirect back is a navigation from another site, and must bring the cookie along.
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(minutes=SIGN_IN_MINUTES_MAX),
    }


def _refused() -> NotAuthenticated:
    return NotAuthenticated("FEDERATION_REFUSED", "The single sign-on did not vouch for you; start again.")


def _unavailable(name: str, error: Exception) -> Unavailable:
    _log.error("provider_unavailable", provider=name, error=telemetry.kind_and_place(error))
    return Unavailable("PROVIDER_UNAVAILABLE", "The single sign-on does not answer; try again in a moment.")
