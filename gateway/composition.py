"""What a gateway is made of, put together in one place from the deployment's settings."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import grpc
from flask import Flask
from prometheus_client import CollectorRegistry

from gateway import openapi, page, revocations, survey_pages
from gateway.application import Application
from gateway.authentication import Authenticator
from gateway.exchange import Endpoint, Exchange
from gateway.health import Health
from gateway.rates import Rates
from gateway.revocations import Revocations, RevocationsPoll
from gateway.rpc_endpoint import RpcEndpoint
from gateway.settings import GatewaySettings
from gateway.streams import Streams
from gateway.telemetry import AccessLog, Metrics
from gateway.transcoding import contract as contracts
from gateway.transcoding.contract import Contract, message_class
from gateway.transcoding.routes import Routes, rpc_of
from gateway.transcoding.trie import Trie
from gateway.upstream import Upstream
from gateway.views import Shown, Views
from services.chassis.keys import DATA_KEYS_FILE, SIGNING_KEYS_FILE, DataKeys, KeyRing
from services.chassis.rpc.wire import ASSERTION_KEY, CORRELATION_KEY, REMOTE_ADDRESS_KEY
from services.chassis.settings import DeploymentSettings, parse_section

# The services of the product; a deployment that does not name one does not have it.
SERVICES = ("activity", "analytics", "customer", "identity", "integration", "performance")
DISTRIBUTION = "rm-workbench"


@dataclass(frozen=True)
class Gateway:
    """A gateway that is running; `close` ends what it runs beside requests."""

    # The WSGI callable.
    flask: Flask
    streams: Streams
    close: Callable[[], None]


def compose(
    settings: DeploymentSettings, *, contract: Contract | None = None, keys: Any = None, registry: CollectorRegistry | None = None
) -> Gateway:
    """Builds and starts a gateway. Raises SettingsFault or ContractFault with every fault found."""
    own: GatewaySettings = parse_section(GatewaySettings, settings.gateway, "gateway")
    contract = contract or Contract.load()
    keys = keys or KeyRing.load(settings.secrets / SIGNING_KEYS_FILE)
    metrics = Metrics(registry) if registry else Metrics()
    with ExitStack() as stack:
        upstream = Upstream(_addresses(settings), own.deadline_ms / 1_000, channel_credentials(settings))
        stack.callback(upstream.close)
        streams = Streams(own.streams_max, own.stream_heartbeat_seconds)
        stack.callback(streams.close)
        closed_sessions = Revocations()
        authenticator = Authenticator(keys, closed_sessions, own.verified_tokens_max)
        if upstream.addresses.get("identity"):
            poll = _poll(contract, upstream, authenticator, closed_sessions, keys, own.revocations_poll_ms / 1_000)
            poll.start()
            stack.callback(poll.stop)
        views = Views(_shown(settings, own, contract, upstream, authenticator, keys, metrics, streams))
        if upstream.addresses.get(survey_pages.SERVICE):
            _add_survey_pages(views, contract, upstream)
        if upstream.addresses.get(page.SERVICE):
            _add_page(views, own, contract, upstream)
        if own.federation.providers:
            _add_federation(views, settings, own, contract, upstream, authenticator)
        find = _finder(contract, views, lambda route: RpcEndpoint(route, upstream, authenticator, streams, own))
        rates = Rates(own.person_requests_per_minute_max, own.address_requests_per_minute_max)
        access_log = AccessLog(enabled=own.access_log)
        # Flask's documented place for what stands in front of its views.
        views.flask.wsgi_app = Application(find, authenticator, rates, metrics, access_log, own)  # type: ignore[method-assign]
        return Gateway(views.flask, streams, stack.pop_all().close)
    raise AssertionError("unreachable: the block returns")


def channel_credentials(settings: DeploymentSettings) -> grpc.ChannelCredentials | None:
    """Mutual TLS towards the services where the deployment has certificates."""
    tls = settings.tls
    if not (tls.certificate and tls.key and tls.authority):
        return None
    return grpc.ssl_channel_credentials(tls.authority.read_bytes(), tls.key.read_bytes(), tls.certificate.read_bytes())


def _addresses(settings: DeploymentSettings) -> dict[str, str | None]:
    deployed = {name: placement.address for name, placement in settings.services.items() if placement.run != "absent"}
    return {name: deployed.get(name) for name in {*SERVICES, *settings.services}}


def _finder(
    contract: Contract, views: Views, endpoint_of: Callable[[Any], RpcEndpoint]
) -> Callable[[str], tuple[Mapping[str, Endpoint] | None, Sequence[str]]]:
    """Finds a path among the contract's routes, then among the views."""
    trie: Trie[Endpoint] = Trie()
    for route in Routes(contract):
        trie.bind(route.template, route.http_method, endpoint_of(route))

    def find(path: str) -> tuple[Mapping[str, Endpoint] | None, Sequence[str]]:
        found = trie.find(path)
        return views.find(path) if found[0] is None else found

    return find


def _calling(contract: Contract, upstream: Upstream, name: str) -> Callable[[Exchange, Mapping[str, Any]], Any]:
    """Calls an open method for a view, with fields of its request."""
    method = contract.pool.FindMethodByName(name)
    rpc, make_request = rpc_of(method, contracts.access_of(method)), message_class(method.input_type)

    def call(exchange: Exchange, fields: Mapping[str, Any]) -> Any:
        metadata = [(CORRELATION_KEY, exchange.correlation_id), (REMOTE_ADDRESS_KEY, exchange.remote_address)]
        return upstream.call(rpc, make_request(**fields), metadata)

    return call


def _add_survey_pages(views: Views, contract: Contract, upstream: Upstream) -> None:
    form, answer = (_calling(contract, upstream, name) for name in (survey_pages.FORM_METHOD, survey_pages.ANSWER_METHOD))
    views.flask.register_blueprint(survey_pages.survey_pages(form, answer))


def _add_page(views: Views, own: GatewaySettings, contract: Contract, upstream: Upstream) -> None:
    create, refresh = (_calling(contract, upstream, name) for name in (page.CREATE_METHOD, page.REFRESH_METHOD))
    https_only, sign_on = own.https_only or own.tls_certificate is not None, sorted(own.federation.providers)
    pages = page.page_views(page.BUILT, create=create, refresh=refresh, https_only=https_only, sign_on=sign_on)
    views.flask.register_blueprint(pages)


def _add_federation(
    views: Views,
    settings: DeploymentSettings,
    own: GatewaySettings,
    contract: Contract,
    upstream: Upstream,
    authenticator: Authenticator,
) -> None:
    # Only a deployment that has a single sign-on pays for the client's library.
    from gateway import federation

    method = contract.pool.FindMethodByName(federation.METHOD)
    rpc, make_request = rpc_of(method, contracts.access_of(method)), message_class(method.input_type)

    def sign_in(vouched: federation.Vouched) -> Any:
        metadata = [
            (ASSERTION_KEY, authenticator.assertion_of_gateway(federation.GATEWAY)),
            (CORRELATION_KEY, vouched.exchange.correlation_id),
            (REMOTE_ADDRESS_KEY, vouched.exchange.remote_address),
        ]
        return upstream.call(rpc, make_request(issuer=vouched.issuer, subject=vouched.subject), metadata)

    cookie_key = DataKeys.load(settings.secrets / DATA_KEYS_FILE).blind_index("gateway.cookie", federation.COOKIE)
    views.flask.register_blueprint(federation.federation_views(own.federation, cookie_key=cookie_key, sign_in=sign_in))


def _poll(
    contract: Contract,
    upstream: Upstream,
    authenticator: Authenticator,
    closed_sessions: Revocations,
    keys: Any,
    every_seconds: float,
) -> RevocationsPoll:
    method = contract.pool.FindMethodByName(revocations.METHOD)
    rpc = rpc_of(method, contracts.access_of(method))

    def ask(request: Any) -> Any:
        return upstream.call(rpc, request, [(ASSERTION_KEY, authenticator.assertion_of_gateway(revocations.GATEWAY))])

    return RevocationsPoll(
        closed_sessions, ask, message_class(method.input_type), keys.public_jwks, authenticator.forget, every_seconds
    )


def _shown(
    settings: DeploymentSettings,
    own: GatewaySettings,
    contract: Contract,
    upstream: Upstream,
    authenticator: Authenticator,
    keys: Any,
    metrics: Metrics,
    streams: Streams,
) -> Shown:
    document = openapi.document_text(contract).encode()
    placements = {name: placement.run for name, placement in settings.services.items()}
    return Shown(
        version=version(DISTRIBUTION),
        placements={name: placements.get(name, "absent") for name in upstream.addresses},
        openapi=document,
        openapi_etag=hashlib.sha256(document).hexdigest()[:32],
        health=Health(upstream),
        authenticator=authenticator,
        public_jwks=keys.public_jwks,
        metrics=metrics,
        streams=streams,
        scrape_token=own.scrape_token.get_secret_value(),
    )
