"""How an event is addressed and what of it travels as headers."""

from datetime import UTC, datetime

import pytest
from google.protobuf import timestamp_pb2
from workbench.customer.v1 import events_pb2

from services.chassis.contract import ContractFault
from services.chassis.outbox.messages import EventMessage, address

MESSAGE = EventMessage(
    event_id="0198",
    type="workbench.customer.v1.CustomerReassigned",
    source="customer",
    subject="c-1",
    routing_key="customer.customer.reassigned.v1",
    time=datetime(2026, 11, 25, 3, 4, 5, 678901, tzinfo=UTC),
    data=b"\x0a\x03c-1",
    correlation_id="r-1",
    person_id="p-1",
)


@pytest.mark.parametrize(
    ("event", "routing_key"),
    [
        (events_pb2.CustomerCreated, "customer.customer.created.v1"),
        (events_pb2.CustomerReassigned, "customer.customer.reassigned.v1"),
    ],
)
def test_the_contract_says_where_an_event_goes(event, routing_key):
    assert (address(event.DESCRIPTOR).routing_key, address(event.DESCRIPTOR).key_field) == (routing_key, "customer_id")


def test_a_message_that_is_no_event_has_no_address():
    with pytest.raises(ContractFault, match=r"google\.protobuf\.Timestamp"):
        address(timestamp_pb2.Timestamp.DESCRIPTOR)


def test_headers_are_those_of_a_cloud_event():
    assert MESSAGE.to_headers() == {
        "cloudEvents:specversion": "1.0",
        "cloudEvents:id": "0198",
        "cloudEvents:type": "workbench.customer.v1.CustomerReassigned",
        "cloudEvents:source": "customer",
        "cloudEvents:subject": "c-1",
        "cloudEvents:time": "2026-11-25T03:04:05.678901+00:00",
        "cloudEvents:correlationid": "r-1",
        "cloudEvents:personid": "p-1",
        "cloudEvents:routingkey": "customer.customer.reassigned.v1",
    }


def test_a_message_comes_back_as_it_was():
    assert EventMessage.from_headers({**MESSAGE.to_headers(), "x-death": []}, MESSAGE.data) == MESSAGE


def test_headers_that_lack_an_attribute_are_refused_by_name():
    headers = MESSAGE.to_headers()
    del headers["cloudEvents:subject"], headers["cloudEvents:id"]
    with pytest.raises(ValueError, match="id, subject"):
        EventMessage.from_headers(headers, b"")
