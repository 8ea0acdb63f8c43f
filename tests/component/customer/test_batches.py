"""Opening many customers in one act: all or none, and the one that does not fit is named."""

from __future__ import annotations

import uuid

import pytest
from workbench.customer.v1 import customer_service_pb2

from services.chassis.kernel.errors import AlreadyExists, InvalidInput, NotFound, RuleBroken, WorkbenchError
from tests.component.customer.conftest import customer_record, new_id_card
from tests.component.customer.test_customers import audit_of, events_of


def batch(*records, lead=None, request_id=""):
    requests = [{"customer": record, "lead_person_id": lead.person_id if lead else ""} for record in records]
    return customer_service_pb2.BatchCreateCustomersRequest(requests=requests, request_id=request_id)


def test_a_batch_is_opened_whole_in_its_order(town):
    records = [customer_record(identifier=new_id_card()) for _ in range(250)]
    answer = town.manager_east.call("BatchCreateCustomers", batch(*records, lead=town.rm1_east))
    listed = {c.customer_id: c for c in town.rm1_east.pages(1000)}
    assert [listed[customer_id].customer_number for customer_id in answer.customer_ids] == [r.customer_number for r in records]
    last = listed[answer.customer_ids[-1]]
    (event,) = events_of(town.service, last.customer_id)
    assert event.customer_number == last.customer_number
    coverages = town.rm1_east.call("ListCoverages", customer_id=last.customer_id).coverages
    assert [c.person_id for c in coverages] == [town.rm1_east.person_id]
    assert town.rm1_east.update(last, display_name="李四").etag != last.etag


@pytest.mark.parametrize(
    ("fault", "kind", "reason", "field"),
    [
        ({"identifier": "110101199003078888"}, InvalidInput, "IDENTIFIER_INVALID", "requests[7].customer.identifier"),
        ({"display_name": "王\u061c"}, InvalidInput, "DISPLAY_NAME_INVALID", "requests[7].customer.display_name"),
        ({"kind": 0}, InvalidInput, "REQUEST_INVALID", "requests[7].customer.kind"),
        ({"customer_number": "TAKEN"}, AlreadyExists, "CUSTOMER_NUMBER_TAKEN", "requests[7].customer.customer_number"),
        ({"identifier": "TAKEN"}, AlreadyExists, "IDENTIFIER_TAKEN", "requests[7].customer.identifier"),
        ({"customer_number": "REPEATED"}, AlreadyExists, "CUSTOMER_NUMBER_TAKEN", "requests[7].customer.customer_number"),
        ({"identifier": "REPEATED"}, AlreadyExists, "IDENTIFIER_TAKEN", "requests[7].customer.identifier"),
    ],
)
def test_one_that_does_not_fit_stops_all_and_is_named(town, fault, kind, reason, field):
    # Of another branch: the number is taken though the caller cannot see by whom.
    holder = customer_record(identifier=new_id_card())
    town.rm1_west.call("CreateCustomer", customer=holder)
    records = [customer_record(identifier=new_id_card()) for _ in range(10)]
    stand_ins = {"TAKEN": holder, "REPEATED": records[2]}
    for name, value in fault.items():
        setattr(records[7], name, getattr(stand_ins[value], name) if value in stand_ins else value)
    with pytest.raises(kind, match=reason) as refused:
        town.manager_east.call("BatchCreateCustomers", batch(*records, lead=town.rm1_east))
    assert [v.field for v in refused.value.violations] == [field]
    assert town.rm1_east.numbers() == []


def test_a_lead_out_of_scope_is_named(town):
    request = batch(customer_record(), lead=town.rm1_east)
    request.requests.add(customer=customer_record(), lead_person_id=town.rm1_west.person_id)
    with pytest.raises(NotFound, match="PERSON_NOT_FOUND") as refused:
        town.manager_east.call("BatchCreateCustomers", request)
    assert [v.field for v in refused.value.violations] == ["requests[1].lead_person_id"]


def test_a_repeat_gets_the_first_answer(town):
    request = batch(customer_record(), customer_record(), lead=town.rm1_east, request_id=str(uuid.uuid4()))
    first = town.manager_east.call("BatchCreateCustomers", request)
    assert town.manager_east.call("BatchCreateCustomers", request) == first
    assert len(town.rm1_east.numbers()) == 2
    request.requests[0].customer.display_name = "李四"
    with pytest.raises(RuleBroken, match="REQUEST_ID_REUSED"):
        town.manager_east.call("BatchCreateCustomers", request)


def test_limits(town):
    for records in ([], [customer_record()] * 1_001):
        with pytest.raises(WorkbenchError, match="REQUEST_INVALID"):
            town.manager_east.call("BatchCreateCustomers", batch(*records, lead=town.rm1_east))


def test_the_trail_has_each_record_that_was_opened(town):
    records = [customer_record(), customer_record()]
    answer = town.manager_east.call("BatchCreateCustomers", batch(*records, lead=town.rm1_east))
    (record,) = audit_of(town.service, answer.customer_ids[0])
    assert record.method == "BatchCreateCustomers"
    assert all(r.customer_number in record.changes_json for r in records)
