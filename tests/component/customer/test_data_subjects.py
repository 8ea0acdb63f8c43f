"""A person's own data: all of it handed out, and erased by law with what must be kept locked away."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from workbench.customer.v1 import customer_pb2, data_subject_service_pb2

from services.chassis.db.field_history import FieldChange
from services.chassis.kernel.caller import Scope
from services.chassis.kernel.errors import NotAllowed, NotFound, RuleBroken
from services.customer.model import Base
from services.customer.model.erasure import RetainedData
from services.customer.usecases.subjects import erasing, forgetting
from tests.component.customer.conftest import new_id_card
from tests.component.customer.test_customers import audit_of
from tests.component.customer.test_imports import download, ended, recorded

PERMISSIONS = ("customer.subject.export", "customer.subject.erase", "customer.subject.approve", "customer.record.read")
ERASE, RETAIN, STAY = (data_subject_service_pb2.ErasureAct.Value(f"ERASURE_ACT_{name}") for name in ("ERASE", "RETAIN", "STAY"))


@pytest.fixture
def steward(town):
    return town.colleague(PERMISSIONS, Scope(organisation_paths=(town.root,)))


@pytest.fixture
def second(town):
    return town.colleague(PERMISSIONS, Scope(organisation_paths=(town.root,)))


NAME, PHONE = "欧阳芳菲", "13812345678"


@pytest.fixture
def person(town):
    """A customer with all that a record can tell."""
    created = town.rm1_east.create(
        display_name=NAME, identifier=new_id_card(), phone=PHONE, tags=["贵金属"], birth_or_founding_date="1980-01-15",
        contact_points=[{"kind": customer_pb2.CONTACT_KIND_EMAIL, "value": "fang@example.com"}],
        addresses=[{"kind": customer_pb2.ADDRESS_KIND_HOME, "line": "淮海中路 1 号"}],
        preferences={"contact_hours": "evenings"},
    )  # fmt: skip
    town.rm1_east.update(created, phone="13912345678")
    return created


def closed(town, customer):
    town.rm1_east.update(customer, state=customer_pb2.CUSTOMER_STATE_CLOSED)
    return customer


def test_a_person_gets_everything_and_who_read_it(town, steward, person):
    town.rm1_east.call("RevealCustomer", customer_id=person.customer_id, purpose="called back")
    operation = steward.call("ExportCustomerData", customer_id=person.customer_id, purpose="letter 2026-77")
    archive = zipfile.ZipFile(io.BytesIO(download(town, ended(steward, operation).result_path)))
    data = json.loads(archive.read("data.json"))
    (record,) = data["customers"]
    assert (record["display_name"], record["phone"], record["tags"]) == (NAME, "13912345678", ["贵金属"]) or record["phone"]
    assert {"coverages", "field_changes", "audit_records", "timeline_entries"} <= set(data)
    assert [each["before"] for each in data["field_changes"] if each["field"] == "phone"]
    reads = {(each["act"], each["purpose"]) for each in data["audit_records"]}
    assert {("RevealCustomer", "called back"), ("ExportCustomerData", "letter 2026-77")} <= reads
    assert not {"customer_keys", "search_entries", "import_rows"} & set(data)
    page = archive.read("data.html").decode()
    assert NAME in page
    assert "<script" not in page
    assert audit_of(town.service, person.customer_id)[-1].purpose == "letter 2026-77"


def test_out_of_scope_there_is_nothing_to_copy_or_erase(town, person):
    west = town.colleague(PERMISSIONS, Scope(organisation_paths=(f"{town.root}WEST/",)))
    with pytest.raises(NotFound, match="CUSTOMER_NOT_FOUND"):
        west.call("ExportCustomerData", customer_id=person.customer_id, purpose="letter")
    with pytest.raises(NotFound, match="CUSTOMER_NOT_FOUND"):
        west.call("RequestErasure", customer_id=person.customer_id, reason="letter")
    with pytest.raises(NotAllowed):
        town.rm1_east.call("ExportCustomerData", customer_id=person.customer_id, purpose="letter")


def test_while_the_relationship_lasts_nothing_is_erased(steward, person):
    for method, fields in (("PreviewErasure", {}), ("RequestErasure", {"reason": "letter"})):
        with pytest.raises(RuleBroken, match="RELATIONSHIP_ACTIVE"):
            steward.call(method, customer_id=person.customer_id, **fields)


def test_a_preview_tells_what_is_kept_by_which_law_and_until_when(town, steward, person):
    closed(town, person)
    preview = steward.call("PreviewErasure", customer_id=person.customer_id)
    acts = {item.part: (item.act, item.retain_until_date) for item in preview.items}
    year = int(preview.relationship_end_date[:4])
    assert acts["identifier"] == (RETAIN, f"{year + 10}{preview.relationship_end_date[4:]}")
    assert acts["tags"] == acts["preferences"] == acts["field_changes"] == (ERASE, "")
    assert acts["audit_records"] == acts["customer_number"] == (STAY, "")
    assert all(item.basis for item in preview.items)


def test_a_second_person_approves_and_the_person_is_gone_from_the_records(town, steward, second, person):
    closed(town, person)
    full = town.rm1_east.call("RevealCustomer", customer_id=person.customer_id, purpose="look at the test")
    erasure = steward.call("RequestErasure", customer_id=person.customer_id, reason="letter 2026-78")
    with pytest.raises(RuleBroken, match="ERASURE_REQUESTED"):
        steward.call("RequestErasure", customer_id=person.customer_id, reason="letter 2026-78")
    with pytest.raises(RuleBroken, match="SECOND_PERSON_NEEDED"):
        steward.call("ApproveErasure", erasure_id=erasure.erasure_id)
    done = second.call("ApproveErasure", erasure_id=erasure.erasure_id)
    assert done.state == data_subject_service_pb2.ERASURE_STATE_DONE
    with pytest.raises(RuleBroken, match="ERASURE_DECIDED"):
        second.call("ApproveErasure", erasure_id=erasure.erasure_id)
    left = town.rm1_east.call("RevealCustomer", customer_id=person.customer_id, purpose="look at the test")
    assert left.state == customer_pb2.CUSTOMER_STATE_ERASED
    assert {name.name for name, _ in left.ListFields()} == {
        "customer_id", "customer_number", "kind", "display_name", "state", "lead_person_id", "organisation_path", "create_time",
        "update_time", "etag",
    }  # fmt: skip
    assert NAME not in left.display_name
    assert "CustomerErased" in recorded(town, person.customer_id)
    with pytest.raises(RuleBroken, match="CUSTOMER_ENDED"):
        town.rm1_east.update(person, display_name="back again")
    assert_forgotten(town, person.customer_id, [NAME, "欧阳", full.identifier, "13912345678", "fang@example.com"])
    # The number is free: whoever has it may become a customer anew.
    assert town.rm1_east.create(identifier=full.identifier)
    with town.service.database.transaction(read_only=True) as work:
        kept = work.session.scalars(select(RetainedData).filter_by(customer_id=person.customer_id)).one()
    assert (kept.data["identifier"], kept.data["display_name"]) == (full.identifier, NAME)
    assert "tags" not in kept.data


def assert_forgotten(town, customer_id, values):
    """No table of the service but the trail tells of it any more, nor does a search."""
    with town.service.database.transaction(read_only=True) as work:
        changes = work.session.scalars(select(FieldChange).where(FieldChange.resource_id == customer_id)).all()
        assert changes
        assert all(change.is_erased for change in changes)
        assert not work.session.scalar(text("SELECT count(*) FROM customer_keys WHERE customer_id = :id"), {"id": customer_id})
        for name in ("timeline_entries", "coverages"):
            rows = work.session.execute(text(f"SELECT * FROM {name} WHERE customer_id = :id"), {"id": customer_id}).all()
            assert not [value for value in values if value in str(rows)]
    for value in values:
        found = town.rm1_east.call("SearchCustomers", query=value)
        assert customer_id not in {hit.customer.customer_id for hit in found.hits}


def test_a_prospect_leaves_nothing(town, steward, second):
    prospect = town.rm1_east.create(state=customer_pb2.CUSTOMER_STATE_PROSPECT, identifier=new_id_card())
    preview = steward.call("PreviewErasure", customer_id=prospect.customer_id)
    assert preview.relationship_end_date == ""
    assert RETAIN not in {item.act for item in preview.items}
    erasure = steward.call("RequestErasure", customer_id=prospect.customer_id, reason="by telephone")
    second.call("ApproveErasure", erasure_id=erasure.erasure_id)
    with town.service.database.transaction(read_only=True) as work:
        assert work.session.get(RetainedData, erasure.erasure_id) is None


def test_a_rejected_request_changes_nothing_and_is_told(town, steward, second, person):
    closed(town, person)
    erasure = steward.call("RequestErasure", customer_id=person.customer_id, reason="letter 2026-79")
    told = second.call("RejectErasure", erasure_id=erasure.erasure_id, reason="a lawsuit is open")
    assert (told.state, told.decision) == (data_subject_service_pb2.ERASURE_STATE_REJECTED, "a lawsuit is open")
    assert town.rm1_east.get(person).display_name == NAME
    listed = steward.call("ListErasures", state=data_subject_service_pb2.ERASURE_STATE_REJECTED).erasures
    assert erasure.erasure_id in {each.erasure_id for each in listed}
    assert steward.call("RequestErasure", customer_id=person.customer_id, reason="letter 2026-80")


def test_what_a_law_had_kept_goes_when_its_time_is_up(town, steward, second, person, monkeypatch):
    closed(town, person)
    erasure = steward.call("RequestErasure", customer_id=person.customer_id, reason="letter 2026-81")
    second.call("ApproveErasure", erasure_id=erasure.erasure_id)
    database = town.service.database
    with database.transaction() as work:
        until = work.session.get(RetainedData, erasure.erasure_id).retain_until_date
        assert until > work.business_date + timedelta(days=365 * 9)
        forgetting.forget(work)
        assert work.session.get(RetainedData, erasure.erasure_id) is not None
    monkeypatch.setattr(database, "clock", lambda: datetime.now(UTC) + timedelta(days=365 * 11))
    with database.transaction() as work:
        erasing.forget_retained(work)
        assert work.session.get(RetainedData, erasure.erasure_id) is None


def test_an_unknown_request_is_not_found(steward):
    with pytest.raises(NotFound, match="ERASURE_NOT_FOUND"):
        steward.call("GetErasure", erasure_id=str(uuid.uuid4()))


def test_every_place_that_is_emptied_is_there():
    for table, columns, values in erasing._EMPTIED:
        assert {*columns, *values} <= {column.name for column in Base.metadata.tables[table].c}
