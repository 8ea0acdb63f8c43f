"""An event on its way: a CloudEvent, whose attributes travel as AMQP headers (binary mode) and whose data is protobuf."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from google.protobuf.descriptor import Descriptor
from workbench.options.v1 import options_pb2

from services.chassis.contract import ContractFault, snake_case

CONTENT_TYPE = "application/protobuf"
SPEC_VERSION = "1.0"
# CloudEvents, AMQP protocol binding 1.0.2, section 3.1.3.1.
_PREFIX = "cloudEvents:"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventMessage:
    """One event with its CloudEvents attributes. `data` is the serialized message and never leaves for a log."""

    event_id: str
    # The full name of the message, `workbench.customer.v1.CustomerReassigned`.
    type: str
    # The service in which it happened.
    source: str
    # The id of the aggregate to which it happened; events of one subject are handled in order.
    subject: str
    routing_key: str
    time: datetime
    data: bytes
    correlation_id: str = ""
    # The event that caused this one; empty where a person did.
    causation_id: str = ""
    # Who caused it.
    person_id: str = ""
    # W3C trace context, empty where nothing is traced.
    traceparent: str = ""

    def to_headers(self) -> dict[str, str]:
        """The attributes as AMQP headers; those that are empty stay away, as CloudEvents wants it."""
        attributes = {
            "specversion": SPEC_VERSION,
            "id": self.event_id,
            "type": self.type,
            "source": self.source,
            "subject": self.subject,
            "time": self.time.astimezone(UTC).isoformat(timespec="microseconds"),
            "correlationid": self.correlation_id,
            "causationid": self.causation_id,
            "personid": self.person_id,
            "traceparent": self.traceparent,
            # A retry arrives by another key than the first delivery.
            "routingkey": self.routing_key,
        }
        return {_PREFIX + name: value for name, value in attributes.items() if value}

    @classmethod
    def from_headers(cls, headers: Mapping[str, Any], data: bytes) -> EventMessage:
        """The event that a delivery carries; ValueError where its headers are not those of a CloudEvent."""
        attributes = {name.removeprefix(_PREFIX): str(value) for name, value in headers.items() if name.startswith(_PREFIX)}
        missing = {"id", "type", "source", "subject", "time"} - attributes.keys()
        if missing:
            raise ValueError(f"The message lacks the CloudEvents attributes {', '.join(sorted(missing))}.")
        return cls(
            event_id=attributes["id"],
            type=attributes["type"],
            source=attributes["source"],
            subject=attributes["subject"],
            routing_key=attributes.get("routingkey", ""),
            time=datetime.fromisoformat(attributes["time"]),
            data=data,
            correlation_id=attributes.get("correlationid", ""),
            causation_id=attributes.get("causationid", ""),
            person_id=attributes.get("personid", ""),
            traceparent=attributes.get("traceparent", ""),
        )


@dataclass(frozen=True, slots=True)
class Address:
    """Where events of one type go, and which field says of which aggregate they tell."""

    routing_key: str
    key_field: str


@cache
def address(event: Descriptor) -> Address:
    """The address that an event's contract gives it; ContractFault where the message is no event.

    `workbench.customer.v1.CustomerReassigned` about the aggregate `customer` goes to `customer.customer.reassigned.v1`.
    """
    option: Any = event.GetOptions().Extensions[options_pb2.event]
    if not option.aggregate or option.key_field not in event.fields_by_name:
        raise ContractFault(f"{event.full_name}: its event option names no aggregate, or no field that holds the aggregate's id.")
    *_, service, version = event.file.package.split(".")
    name = snake_case(event.name).removeprefix(f"{option.aggregate}_")
    return Address(f"{service}.{option.aggregate}.{name}.{version}", option.key_field)
