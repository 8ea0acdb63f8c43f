"""The routes of a contract: one per binding of `google.api.http`, compiled at start."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from google.api.http_pb2 import HttpRule
from google.protobuf.descriptor import Descriptor, MethodDescriptor
from google.protobuf.message import Message
from workbench.options.v1 import options_pb2
from workbench.options.v1.options_pb2 import Access

from gateway.transcoding import contract as contracts
from gateway.transcoding.contract import Contract, ContractFault, message_class
from gateway.transcoding.decoding import Decoders
from gateway.transcoding.encoding import Encoders
from gateway.transcoding.raw import is_raw, is_raw_field
from gateway.transcoding.request import RequestReader
from gateway.transcoding.template import Template
from gateway.transcoding.trie import Trie

SERVICE_FIELD = "service"


@dataclass(frozen=True, slots=True)
class Rpc:
    """One method as the gateway calls it, whatever its bindings."""

    method: MethodDescriptor
    # `/workbench.customer.v1.CustomerService/GetCustomer`
    path: str
    # The deployed service that serves it; empty where the request's `service` field says which one.
    service: str
    access: Access
    response_class: type[Message]

    @property
    def streams(self) -> bool:
        """Whether the answer is a stream of messages."""
        return bool(self.method.server_streaming)

    @property
    def safe(self) -> bool:
        """Whether the method changes nothing."""
        return bool(self.access.idempotency == options_pb2.IDEMPOTENCY_SAFE)

    @property
    def takes_request_id(self) -> bool:
        """Whether a repeat with the same `request_id` gets the first answer."""
        return bool(self.access.idempotency == options_pb2.IDEMPOTENCY_REQUEST_ID)


@dataclass(frozen=True, slots=True)
class Route:
    """One binding of an RPC to an HTTP method and a path."""

    rpc: Rpc
    http_method: str
    template: Template
    body: str
    response_body: str
    reader: RequestReader
    # The whole answer, or the field that `response_body` names, as JSON.
    encode: Callable[[Message], bytes]
    # The answer has a top-level etag.
    has_etag: bool

    @property
    def answers_bytes(self) -> bool:
        """Whether the answer is a file and no JSON."""
        return is_raw(self.rpc.method.output_type) and not self.response_body

    @property
    def answers_whole_file(self) -> bool:
        """Whether the answer is a file in one message, whose hash is its ETag."""
        return self.answers_bytes and not self.rpc.streams

    @property
    def takes_bytes(self) -> bool:
        """Whether the request's body is taken as it is."""
        return is_raw_field(self.rpc.method.input_type.fields_by_name.get(self.body))


class Routes:
    """All routes of a contract."""

    def __init__(self, contract: Contract) -> None:
        """Raises ContractFault with every contradiction of the contract at once."""
        self._decoders, self._encoders = Decoders(contract.pool), Encoders(contract.pool)
        self._trie: Trie[Route] = Trie()
        self._all: list[Route] = []
        faults: list[str] = []
        for method in contract.methods():
            try:
                self._bind(method)
            except ContractFault as fault:
                faults.append(f"{method.full_name}: {fault}")
        if faults:
            raise ContractFault("\n".join(faults))

    def __iter__(self) -> Iterator[Route]:
        return iter(self._all)

    def find(self, path: str) -> tuple[Mapping[str, Route] | None, Sequence[str]]:
        """The routes at a percent-decoded path, by HTTP method, with the path's segments; None where there are none."""
        return self._trie.find(path)

    def _bind(self, method: MethodDescriptor) -> None:
        access = contracts.access_of(method)
        rule = contracts.http_rule(method)
        if rule is None:
            return
        if method.client_streaming:
            raise ContractFault("a stream of requests has no form in HTTP and JSON")
        rpc = rpc_of(method, access)
        for each in (rule, *rule.additional_bindings):
            route = self._route(rpc, each)
            earlier = self._trie.bind(route.template, route.http_method, route)
            if earlier is not None:
                raise ContractFault(f"{route.http_method} {route.template.text} is bound to {earlier.rpc.path} as well")
            self._all.append(route)

    def _route(self, rpc: Rpc, rule: HttpRule) -> Route:
        http_method, text = _pattern(rule)
        template = Template.parse(text)
        request, response = rpc.method.input_type, rpc.method.output_type
        reader = RequestReader(request, template, rule.body, self._decoders, partial=http_method == "PATCH")
        etag = response.fields_by_name.get("etag")
        return Route(
            rpc=rpc,
            http_method=http_method,
            template=template,
            body=rule.body,
            response_body=rule.response_body,
            reader=reader,
            encode=self._encode(response, rule.response_body),
            has_etag=etag is not None and etag.type == etag.TYPE_STRING and not etag.is_repeated,
        )

    def _encode(self, response: Descriptor, response_body: str) -> Callable[[Message], bytes]:
        if not response_body:
            encode = self._encoders.of(response)
        elif response_body in response.fields_by_name:
            encode = self._encoders.of_field(response.fields_by_name[response_body])
        else:
            raise ContractFault(f"{response.full_name} has no field {response_body} for a response body")
        dumps = orjson.dumps

        def encode_json(message: Any) -> bytes:
            return dumps(encode(message))

        return encode_json


def rpc_of(method: MethodDescriptor, access: Access) -> Rpc:
    """The method as the gateway calls it; raises ContractFault where the request cannot say which service is meant."""
    path = f"/{method.containing_service.full_name}/{method.name}"
    return Rpc(method, path, _service(method, access), access, message_class(method.output_type))


def _service(method: MethodDescriptor, access: Access) -> str:
    if not access.every_service:
        return contracts.service_of(method)
    if SERVICE_FIELD not in method.input_type.fields_by_name:
        raise ContractFault("it is served by every service, but its request has no field `service`")
    return ""


def _pattern(rule: HttpRule) -> tuple[str, str]:
    kind = rule.WhichOneof("pattern")
    if kind is None:
        raise ContractFault("a google.api.http rule has no pattern")
    if kind == "custom":
        return rule.custom.kind, rule.custom.path
    return kind.upper(), getattr(rule, kind)
