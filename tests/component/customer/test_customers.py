"""Opening, reading and changing one customer."""

from __future__ import annotations

import json
import threading
import uuid

import pytest
from sqlalchemy import select, text
from workbench.customer.v1 import customer_pb2, customer_service_pb2, events_pb2

from services.chassis.db.audit import AuditRecord
from services.chassis.kernel.errors import AlreadyExists, InvalidInput, NotAllowed, NotFound, StaleVersion
from services.chassis.outbox.table import OutboxMessage
from tests.component.customer.conftest import customer_record, new_id_card, run_together

CORPORATE = customer_pb2.CUSTOMER_KIND_CORPORATE


def events_of(service, customer_id):
    with service.database.transaction(read_only=True) as work:
        messages = work.session.scalars(select(OutboxMessage).filter_by(subject=customer_id).order_by(OutboxMessage.sequence))
        return [getattr(events_pb2, m.type.rpartition(".")[2]).FromString(m.data) for m in messages]


def audit_of(service, customer_id):
    with service.database.transaction(read_only=True) as work:
        return work.session.scalars(select(AuditRecord).filter_by(resource_id=customer_id).order_by(AuditRecord.sequence)).all()


def test_a_new_customer_is_the_callers_and_says_so_to_others(town):
    made = town.rm1_east.create(display_name="欧阳芳", tier=customer_pb2.CUSTOMER_TIER_PREMIER)
    assert made.lead_person_id == town.rm1_east.person_id
    assert made.organisation_path == f"{town.root}EAST/E01/"
    assert made.state == customer_pb2.CUSTOMER_STATE_ACTIVE
    assert made.etag
    assert town.rm1_east.get(made) == made
    (event,) = events_of(town.service, made.customer_id)
    assert (event.display_name, event.lead_person_id, event.create_time) == ("欧阳芳", made.lead_person_id, made.create_time)


def test_a_manager_opens_for_an_rm_in_scope_and_for_nobody_else(town):
    made = town.manager_east.create(lead_person_id=town.rm2_east.person_id.upper())
    assert town.rm2_east.get(made).customer_id == made.customer_id
    for stranger in (town.rm1_west.person_id, str(uuid.uuid4()), ""):
        with pytest.raises(NotFound, match="PERSON_NOT_FOUND"):
            town.manager_east.create(lead_person_id=stranger)
    with pytest.raises(NotFound, match="PERSON_NOT_FOUND"):
        town.rm1_east.create(lead_person_id=town.rm2_east.person_id)


def test_who_sees_a_customer(town):
    made = town.rm1_east.create()
    for colleague in (town.rm1_east, town.manager_east, town.analyst):
        assert colleague.get(made).customer_id == made.customer_id
        assert made.customer_number in colleague.numbers()
    refusals = set()
    for stranger in (town.rm2_east, town.rm1_west, town.manager_west):
        assert made.customer_number not in stranger.numbers()
        for customer_id in (made.customer_id, str(uuid.uuid4())):
            with pytest.raises(NotFound) as refused:
                stranger.call("GetCustomer", customer_id=customer_id)
            refusals.add(str(refused.value))
    assert len(refusals) == 1


@pytest.mark.parametrize("method", ["GetCustomer", "ListCoverages", "UpdateCustomer", "RevealCustomer", "ReassignCustomer"])
def test_out_of_scope_and_missing_answer_alike_in_each_method(town, method):
    made = town.rm1_west.create()

    def refusal(customer_id):
        requests = {
            "UpdateCustomer": {
                "customer": {"customer_id": customer_id, "display_name": "x"},
                "update_mask": {"paths": ["display_name"]},
            },
            "RevealCustomer": {"customer_id": customer_id, "purpose": "curiosity"},
            "ReassignCustomer": {"customer_id": customer_id, "lead_person_id": town.rm1_east.person_id, "reason": "x"},
        }
        with pytest.raises(NotFound) as refused:
            town.manager_east.call(method, **requests.get(method, {"customer_id": customer_id}))
        return refused.value.reason, refused.value.message, refused.value.violations

    assert (
        refusal(made.customer_id)
        == refusal(str(uuid.uuid4()))
        == (*refusal(made.customer_id)[:1], *refusal(made.customer_id)[1:])
    )
    assert refusal(made.customer_id)[0] == "CUSTOMER_NOT_FOUND"


def test_identifying_fields_are_masked_and_unreadable_at_rest(town):
    id_card = new_id_card()
    made = town.rm1_east.create(identifier=id_card, phone="13812345678")
    assert (made.identifier, made.phone) == (f"{id_card[:3]}***********{id_card[-4:]}", "138****5678")
    with town.service.database.transaction(read_only=True) as work:
        row = work.session.execute(text("SELECT * FROM customers WHERE customer_id = :id"), {"id": made.customer_id}).one()
    assert id_card not in str(row)
    assert "13812345678" not in str(row)


def test_revealing_is_kept_with_its_purpose(town):
    made = town.rm1_east.create(phone="13812345678")
    revealed = town.rm1_east.call("RevealCustomer", customer_id=made.customer_id, purpose="call back about a complaint")
    assert revealed.phone == "13812345678"
    *_, record = audit_of(town.service, made.customer_id)
    assert (record.method, record.purpose) == ("RevealCustomer", "call back about a complaint")
    with pytest.raises(NotAllowed):
        town.analyst.call("RevealCustomer", customer_id=made.customer_id, purpose="curiosity")


def test_the_trail_holds_the_change_and_no_identifying_value(town):
    id_card = new_id_card()
    made = town.rm1_east.create(identifier=id_card, display_name="欧阳芳")
    town.rm1_east.update(made, display_name="欧阳方", phone="13812345678")
    created, updated = audit_of(town.service, made.customer_id)
    assert json.loads(updated.changes_json)[0]["fields"]["display_name"] == ["欧阳芳", "欧阳方"]
    assert id_card not in created.changes_json
    assert "13812345678" not in updated.changes_json


@pytest.mark.parametrize(("field", "reason"), [("customer_number", "CUSTOMER_NUMBER_TAKEN"), ("identifier", "IDENTIFIER_TAKEN")])
def test_a_taken_key_is_told_even_where_its_holder_is_out_of_scope(town, field, reason):
    value = new_id_card()
    town.rm1_west.create(**{field: value})
    with pytest.raises(AlreadyExists, match=reason) as refused:
        town.rm1_east.create(**{field: value})
    assert [v.field for v in refused.value.violations] == [f"customer.{field}"]
    assert value not in str(refused.value)


def test_an_identifier_may_be_unknown_for_many(town):
    assert town.rm1_east.create().identifier == town.rm1_east.create().identifier == ""


@pytest.mark.parametrize(
    ("fields", "reason", "field"),
    [
        ({"identifier": "110101199003078888"}, "IDENTIFIER_INVALID", "customer.identifier"),
        ({"identifier": "110***********7887"}, "VALUE_MASKED", "customer.identifier"),
        ({"phone": "138****5678"}, "VALUE_MASKED", "customer.phone"),
        ({"phone": "1"}, "PHONE_INVALID", "customer.phone"),
        ({"display_name": " \u3000 "}, "DISPLAY_NAME_INVALID", "customer.display_name"),
        ({"display_name": "王\u200b芳"}, "REQUEST_INVALID", "customer.display_name"),
        ({"display_name": "王\u202e芳"}, "REQUEST_INVALID", "customer.display_name"),
        ({"display_name": "王\u061c芳"}, "DISPLAY_NAME_INVALID", "customer.display_name"),
        ({"display_name": "x" * 201}, "REQUEST_INVALID", "customer.display_name"),
        ({"display_name": ""}, "REQUEST_INVALID", "customer.display_name"),
        ({"customer_number": "a b"}, "REQUEST_INVALID", "customer.customer_number"),
        ({"kind": 0}, "REQUEST_INVALID", "customer.kind"),
        ({"kind": 99}, "REQUEST_INVALID", "customer.kind"),
        ({"tier": 99}, "REQUEST_INVALID", "customer.tier"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_name(town, fields, reason, field):
    with pytest.raises(InvalidInput, match=reason) as refused:
        town.rm1_east.create(**fields)
    assert [v.field for v in refused.value.violations] == [field]
    for value in fields.values():
        assert not value or str(value) not in str(refused.value)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("王", "王"),
        ("  王　芳 ", "王 芳"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("José", "José"),
        ("𠮷野家 👨‍👩‍👧", "𠮷野家 👨‍👩‍👧"),
        ("محمد بن سلمان", "محمد بن سلمان"),
        ("می‌خواهم", "می‌خواهم"),
        ("龘" * 200, "龘" * 200),
    ],
)
def test_names_of_any_script_come_back_as_written(town, written, kept):
    assert town.rm1_east.get(town.rm1_east.create(display_name=written)).display_name == kept


def test_an_edit_changes_what_the_mask_names_and_tells_what_changed(town):
    made = town.rm1_east.create(display_name="欧阳芳", phone="13812345678")
    edited = town.rm1_east.update(made, display_name="欧阳方", tier=customer_pb2.CUSTOMER_TIER_PRIVATE)
    assert (edited.display_name, edited.tier, edited.phone) == ("欧阳方", customer_pb2.CUSTOMER_TIER_PRIVATE, "138****5678")
    assert edited.etag != made.etag
    _, event = events_of(town.service, made.customer_id)
    assert list(event.changed_fields) == ["display_name", "tier"]


def test_what_was_shown_masked_may_be_sent_back(town):
    made = town.rm1_east.create(identifier=new_id_card(), phone="13812345678")
    same = town.rm1_east.update(made, identifier=made.identifier, phone=made.phone, display_name=made.display_name)
    assert same == made
    assert len(events_of(town.service, made.customer_id)) == 1
    with pytest.raises(InvalidInput, match="VALUE_MASKED"):
        town.rm1_east.update(made, phone="139****5678")


def test_a_whole_record_may_be_sent_back_but_not_with_another_number(town):
    made = town.rm1_east.create()
    names = [f.name for f in customer_pb2.Customer.DESCRIPTOR.fields]
    whole = customer_pb2.Customer()
    whole.CopyFrom(made)
    whole.display_name = "李四"
    assert town.rm1_east.call("UpdateCustomer", customer=whole, update_mask={"paths": names}).display_name == "李四"
    for field, value in (("customer_number", "other"), ("kind", CORPORATE)):
        with pytest.raises(InvalidInput, match="FIELD_IMMUTABLE"):
            town.rm1_east.update(made, **{field: value})
    with pytest.raises(InvalidInput, match="FIELD_UNKNOWN"):
        town.rm1_east.call("UpdateCustomer", customer=made, update_mask={"paths": ["salary"]})


def test_an_identifier_can_be_given_corrected_and_taken_away(town):
    first, second = new_id_card(), new_id_card()
    made = town.rm1_east.create()
    for identifier in (first, second.lower(), ""):
        town.rm1_east.update(made, identifier=identifier)
        revealed = town.rm1_east.call("RevealCustomer", customer_id=made.customer_id, purpose="check")
        assert revealed.identifier == identifier.upper()
    town.rm1_west.create(identifier=first)


def test_an_edit_is_checked_whole(town):
    made = town.rm1_east.create()
    for fields in ({"display_name": ""}, {"tier": 99}, {"phone": "abc"}, {"display_name": "王\x00"}):
        with pytest.raises(InvalidInput, match="REQUEST_INVALID") as refused:
            town.rm1_east.update(made, **fields)
        assert [v.field for v in refused.value.violations] == [f"customer.{next(iter(fields))}"]
    with pytest.raises(InvalidInput, match="REQUEST_INVALID"):
        town.rm1_east.update(customer_pb2.Customer(customer_id="x\0"), display_name="x")


def test_an_etag_that_is_no_longer_the_records_is_refused(town):
    made = town.rm1_east.create()
    town.rm1_east.update(made, etag=made.etag, display_name="李四")
    with pytest.raises(StaleVersion, match="CUSTOMER_CHANGED"):
        town.rm1_east.update(made, etag=made.etag, display_name="李五")
    assert town.rm1_east.get(made).display_name == "李四"


def test_of_many_edits_of_one_state_one_wins_and_the_others_are_told(town):
    made = town.rm1_east.create()
    barrier, outcomes = threading.Barrier(6), []

    def edit(name):
        barrier.wait()
        try:
            town.rm1_east.update(made, etag=made.etag, display_name=name)
            outcomes.append("won")
        except StaleVersion as told:
            outcomes.append(told.reason)

    run_together(edit, "甲乙丙丁戊己")
    assert sorted(outcomes) == ["CUSTOMER_CHANGED"] * 5 + ["won"]


def test_edits_that_saw_nothing_all_take_effect_one_after_the_other(town):
    made = town.rm1_east.create()
    barrier = threading.Barrier(4)

    def edit(field_and_value):
        barrier.wait()
        town.rm1_east.update(made, **dict([field_and_value]))

    run_together(edit, [("display_name", "李四"), ("phone", "13812345678"), ("tier", 2), ("identifier", new_id_card())])
    kept = town.rm1_east.get(made)
    assert (kept.display_name, kept.phone, kept.tier, len(kept.identifier)) == ("李四", "138****5678", 2, 18)
    assert len(events_of(town.service, made.customer_id)) == 5


def test_a_repeat_of_a_request_gets_the_first_answer_and_changes_nothing(town):
    request = customer_service_pb2.CreateCustomerRequest(customer=customer_record(), request_id=str(uuid.uuid4()))
    barrier, answers = threading.Barrier(4), []

    def create(_):
        barrier.wait()
        answers.append(town.rm1_east.call("CreateCustomer", request))

    run_together(create, range(4))
    assert len({answer.customer_id for answer in answers}) == 1
    assert len(events_of(town.service, answers[0].customer_id)) == 1
