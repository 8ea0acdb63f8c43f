"""What the protos say of a method: its permission, its audit class, how it may be repeated."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor import Descriptor, MethodDescriptor, ServiceDescriptor
from google.protobuf.message import Message
from workbench.options.v1 import options_pb2


class ContractFault(Exception):
    """A proto that a server cannot serve as it stands."""


@dataclass(frozen=True, slots=True)
class Method:
    """One RPC as its contract declares it."""

    # `workbench.customer.v1.CustomerService/GetCustomer`
    full_name: str
    # `get_customer`: the function that serves it.
    function: str
    request: type[Message]
    response: type[Message]
    streams: bool
    permission: str
    open: bool
    signed_in: bool
    audit: int
    safe: bool
    takes_request_id: bool
    reveals: bool
    every_service: bool
    duty: int

    @property
    def path(self) -> str:
        """The method's path on the wire."""
        return "/" + self.full_name


@cache
def methods(service_full_name: str) -> tuple[Method, ...]:
    """The methods of a proto service whose generated module is imported; raises ContractFault where one is not complete."""
    service: ServiceDescriptor = descriptor_pool.Default().FindServiceByName(service_full_name)
    return tuple(_method(method) for method in service.methods)


def snake_case(name: str) -> str:
    """`GetCustomer` as `get_customer`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def restates(event: Descriptor) -> bool:
    """Whether an event of this type only says how something stands."""
    return bool(event.GetOptions().Extensions[options_pb2.event].restates)


def _method(method: MethodDescriptor) -> Method:
    access: Any = method.GetOptions().Extensions[options_pb2.access]
    full_name = f"{method.containing_service.full_name}/{method.name}"
    if bool(access.permission) + access.open + access.signed_in != 1:
        raise ContractFault(f"{full_name}: its access option names no permission, or more than one way in.")
    if access.permission and not access.duty:
        raise ContractFault(f"{full_name}: its access option does not say which duty may hold {access.permission}.")
    if not access.idempotency:
        raise ContractFault(f"{full_name}: its access option does not say how the method may be repeated.")
    takes_request_id = access.idempotency == options_pb2.IDEMPOTENCY_REQUEST_ID
    if takes_request_id and "request_id" not in method.input_type.fields_by_name:
        raise ContractFault(f"{full_name}: its request has no field request_id.")
    return Method(
        full_name=full_name,
        function=snake_case(method.name),
        request=message_factory.GetMessageClass(method.input_type),
        response=message_factory.GetMessageClass(method.output_type),
        streams=method.server_streaming,
        permission=access.permission,
        open=access.open,
        signed_in=access.signed_in,
        audit=access.audit,
        safe=access.idempotency == options_pb2.IDEMPOTENCY_SAFE,
        takes_request_id=takes_request_id,
        reveals=access.reveals,
        every_service=access.every_service,
        duty=access.duty,
    )
