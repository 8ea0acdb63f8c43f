"""The bank's own fields: defined without code, typed, checked, and seen and changed by whom the bank allows it."""

from __future__ import annotations

import threading
import uuid

import pytest
from sqlalchemy import text
from workbench.customer.v1 import customer_pb2, customer_service_pb2

from services.chassis.kernel.caller import Scope
from services.chassis.kernel.errors import AlreadyExists, InvalidInput, NotAllowed, NotFound, StaleVersion, WorkbenchError
from tests.component.customer.conftest import LEADS_PEOPLE, SERVES_CUSTOMERS, customer_record, run_together
from tests.component.customer.test_customers import audit_of, events_of

RETAIL, CORPORATE = customer_pb2.CUSTOMER_KIND_RETAIL, customer_pb2.CUSTOMER_KIND_CORPORATE


@pytest.fixture
def steward(town):
    """Who defines fields for the whole bank; what he defined is retired again behind each test."""
    steward = town.colleague(("customer.field.define", "customer.record.read"), Scope(organisation_paths=("/",)))
    yield steward
    for field in steward.call("ListCustomFields").custom_fields:
        steward.call("RetireCustomField", name=field.name)


def define(steward, kind, **fields):
    """A new field of that type; answers its name."""
    name = f"field_x{uuid.uuid4().hex[:12]}"
    steward.call("CreateCustomField", custom_field={"name": name, "type": f"CUSTOM_FIELD_TYPE_{kind}"} | fields)
    return name


def with_fields(town, permission, place="EAST/E01/"):
    """A relationship manager's colleague who holds one permission more in a place."""
    return town.colleague((*SERVES_CUSTOMERS, permission), Scope(organisation_paths=(f"{town.root}{place}",)))


def test_a_value_is_kept_in_its_form_and_comes_back(town, steward):
    number, choices = define(steward, "NUMBER", maximum="99.5"), define(steward, "CHOICES", choices=["a", "b", "c"])
    made = town.rm1_east.create(custom_fields={number: "007.50", choices: "c, a"})
    assert made.custom_fields == {number: "7.5", choices: "a,c"}
    assert town.rm1_east.get(made).custom_fields == made.custom_fields
    (listed,) = town.rm1_east.pages(10)
    assert listed.custom_fields == made.custom_fields
    edited = town.rm1_east.call(
        "UpdateCustomer", customer=sent(made, **{number: "8"}), update_mask=mask(f"custom_fields.{number}")
    )
    assert edited.custom_fields == {number: "8", choices: "a,c"}
    assert list(events_of(town.service, made.customer_id)[-1].changed_fields) == ["custom_fields"]
    replaced = town.rm1_east.call("UpdateCustomer", customer=sent(made, **{number: "9"}), update_mask=mask("custom_fields"))
    assert replaced.custom_fields == {number: "9"}


def sent(customer, **custom_fields):
    return customer_pb2.Customer(customer_id=customer.customer_id, custom_fields=custom_fields)


def mask(*paths):
    return {"paths": paths}


@pytest.mark.parametrize(
    ("kind", "fields", "value"),
    [
        ("TEXT", {"pattern": r"[A-Z]{2}-\d{4}"}, "AB-123"),
        ("TEXT", {"maximum": "3"}, "四个汉字"),
        ("TEXT", {}, "a\u202eb"),
        ("NUMBER", {"minimum": "0"}, "-1"),
        ("NUMBER", {}, "1e5"),
        ("DATE", {"minimum": "2026-01-01"}, "2025-12-31"),
        ("DATE", {}, "2026-02-30"),
        ("BOOLEAN", {}, "yes"),
        ("CHOICE", {"choices": ["a", "b"]}, "c"),
        ("CHOICES", {"choices": ["a", "b"]}, "a,c"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_wherever_it_comes_in(town, steward, kind, fields, value):
    name = define(steward, kind, **fields)
    record = customer_record(custom_fields={name: value})
    made = town.rm1_east.create()
    batch = customer_service_pb2.BatchCreateCustomersRequest(
        requests=[{"customer": record, "lead_person_id": town.rm1_east.person_id}]
    )
    attempts = {
        "customer": lambda: town.rm1_east.call("CreateCustomer", customer=record),
        "customer ": lambda: town.rm1_east.update(made, custom_fields={name: value}),
        "requests[0].customer": lambda: town.manager_east.call("BatchCreateCustomers", batch),
    }
    for place, attempt in attempts.items():
        with pytest.raises(InvalidInput, match="CUSTOM_FIELD_INVALID") as refused:
            attempt()
        assert [v.field for v in refused.value.violations] == [f"{place.strip()}.custom_fields.{name}"]
        assert value not in str(refused.value)


def test_what_identifies_is_encrypted_masked_and_revealed_with_a_purpose(town, steward):
    name = define(steward, "TEXT", identifying=True)
    made = town.rm1_east.create(custom_fields={name: "driver 330106123"})
    assert made.custom_fields == {name: "dri*********6123"}
    assert town.rm1_east.get(made).custom_fields == made.custom_fields
    assert not next(town.rm1_east.pages(10)).custom_fields
    revealed = town.rm1_east.call("RevealCustomer", customer_id=made.customer_id, purpose="check the licence")
    assert revealed.custom_fields == {name: "driver 330106123"}
    back = town.rm1_east.call("UpdateCustomer", customer=made, update_mask=mask("custom_fields", "display_name"))
    assert back == made
    with pytest.raises(InvalidInput, match="VALUE_MASKED"):
        town.rm1_east.update(made, custom_fields={name: "x**"})
    town.rm1_east.update(made, custom_fields={name: "another"})
    with town.service.database.transaction(read_only=True) as work:
        row = work.session.execute(text("SELECT * FROM customers WHERE customer_id = :id"), {"id": made.customer_id}).one()
    trail = [record.changes_json for record in audit_of(town.service, made.customer_id)]
    assert "driver" not in str(row) + str(trail)
    assert "another" not in str(row) + str(trail)


def test_a_field_is_seen_only_where_its_permission_holds(town, steward):
    name, open_one = define(steward, "TEXT", read_permission="customer.wealth.read"), define(steward, "TEXT")
    insider = with_fields(town, "customer.wealth.read")
    elsewhere = with_fields(town, "customer.wealth.read", "WEST/")
    made = insider.create(lead_person_id=town.rm1_east.person_id, custom_fields={name: "rich", open_one: "x"})
    assert made.custom_fields == {name: "rich", open_one: "x"}
    for outsider in (town.rm1_east, town.manager_east):
        assert outsider.get(made).custom_fields == {open_one: "x"}
        (listed,) = outsider.pages(10)
        assert listed.custom_fields == {open_one: "x"}
        revealed = outsider.call("RevealCustomer", customer_id=made.customer_id, purpose="curiosity")
        assert revealed.custom_fields == {open_one: "x"}
        with pytest.raises(InvalidInput, match="CUSTOM_FIELD_UNKNOWN"):
            outsider.update(made, custom_fields={name: "poor"})
        assert name not in [f.name for f in outsider.call("ListCustomFields").custom_fields]
    # Who holds the permission for another branch sees nothing of this one's.
    both = town.colleague(SERVES_CUSTOMERS, Scope(organisation_paths=(town.root,)))
    both.caller = type(both.caller)(both.person_id, grants=both.caller.grants + elsewhere.caller.grants)
    assert both.get(made).custom_fields == {open_one: "x"}
    # What he cannot see stays, whatever he writes.
    town.rm1_east.update(made, custom_fields={open_one: "y"})
    assert insider.get(made).custom_fields == {name: "rich", open_one: "y"}


def test_a_field_is_changed_only_where_its_permission_holds(town, steward):
    name = define(steward, "NUMBER", write_permission="customer.rating.set", required_for=[RETAIL])
    rater = with_fields(town, "customer.rating.set")
    made = town.rm1_east.create()
    with pytest.raises(NotAllowed, match="PERMISSION_DENIED"):
        town.rm1_east.create(custom_fields={name: "1"})
    rater.update(made, custom_fields={name: "1"})
    for value in ("2", ""):
        with pytest.raises(NotAllowed, match="PERMISSION_DENIED") as refused:
            town.rm1_east.update(made, custom_fields={name: value})
        assert [v.field for v in refused.value.violations] == [f"customer.custom_fields.{name}"]
    assert town.rm1_east.update(made, custom_fields={name: "1"}).custom_fields == {name: "1"}
    assert town.rm1_east.update(made, display_name="李四").custom_fields == {name: "1"}


def test_a_required_field_is_asked_for_once_there_is_a_new_record_or_a_value(town, steward):
    before = town.rm1_east.create()
    name = define(steward, "TEXT", required_for=[RETAIL])
    with pytest.raises(InvalidInput, match="CUSTOM_FIELD_INVALID"):
        town.rm1_east.create()
    town.rm1_east.create(kind=CORPORATE)
    made = town.rm1_east.create(custom_fields={name: "x"})
    with pytest.raises(InvalidInput, match="CUSTOM_FIELD_INVALID"):
        town.rm1_east.update(made, custom_fields={})
    assert town.rm1_east.update(before, display_name="李四").display_name == "李四"


def test_a_definition_changes_at_once_and_values_of_before_stay(town, steward):
    name = define(steward, "CHOICE", choices=["a", "b"])
    made = town.rm1_east.create(custom_fields={name: "a"})
    defined = next(f for f in steward.call("ListCustomFields").custom_fields if f.name == name)
    update = {"custom_field": {"name": name, "choices": ["b", "c"], "etag": defined.etag}, "update_mask": mask("choices")}
    steward.call("UpdateCustomField", **update)
    with pytest.raises(StaleVersion, match="CUSTOM_FIELD_CHANGED"):
        steward.call("UpdateCustomField", **update)
    assert town.rm1_east.update(made, display_name="李四", custom_fields={name: "a"}).custom_fields == {name: "a"}
    assert town.rm1_east.update(made, custom_fields={name: "c"}).custom_fields == {name: "c"}
    with pytest.raises(InvalidInput, match="CUSTOM_FIELD_INVALID"):
        town.rm1_east.update(made, custom_fields={name: "a"})


def test_a_retired_field_is_gone_and_its_values_come_back_with_it(town, steward):
    name = define(steward, "TEXT")
    made = town.rm1_east.create(custom_fields={name: "x"})
    assert steward.call("RetireCustomField", name=name).retired
    assert not town.rm1_east.get(made).custom_fields
    with pytest.raises(InvalidInput, match="CUSTOM_FIELD_UNKNOWN"):
        town.rm1_east.update(made, custom_fields={name: "y"})
    town.rm1_east.update(made, custom_fields={})
    assert not steward.call("RetireCustomField", name=name, reinstate=True).retired
    assert town.rm1_east.get(made).custom_fields == {name: "x"}


@pytest.mark.parametrize(
    ("fields", "reason", "field"),
    [
        ({"type": "CUSTOM_FIELD_TYPE_CHOICE"}, "CUSTOM_FIELD_DEFINITION_INVALID", "choices"),
        ({"choices": ["a"]}, "CUSTOM_FIELD_DEFINITION_INVALID", "choices"),
        ({"type": "CUSTOM_FIELD_TYPE_CHOICE", "choices": ["a,b"]}, "REQUEST_INVALID", "choices[0]"),
        ({"pattern": "(a+)+"}, "CUSTOM_FIELD_DEFINITION_INVALID", "pattern"),
        ({"pattern": "[z-a]"}, "CUSTOM_FIELD_DEFINITION_INVALID", "pattern"),
        ({"minimum": "5", "maximum": "4"}, "CUSTOM_FIELD_DEFINITION_INVALID", "maximum"),
        ({"type": "CUSTOM_FIELD_TYPE_DATE", "minimum": "5"}, "CUSTOM_FIELD_DEFINITION_INVALID", "minimum"),
        ({"searchable": True, "identifying": True}, "CUSTOM_FIELD_DEFINITION_INVALID", "searchable"),
        ({"display_name_zh": "a\u200bb"}, "TEXT_INVALID", "display_name_zh"),
        ({"name": "Upper"}, "REQUEST_INVALID", "name"),
        # JSON would read the mask `customFields.rate1` as that of rate1.
        ({"name": "rate_1"}, "REQUEST_INVALID", "name"),
        ({"read_permission": "nonsense"}, "REQUEST_INVALID", "read_permission"),
    ],
)
def test_a_definition_that_does_not_hold_is_refused(steward, fields, reason, field):
    with pytest.raises(InvalidInput, match=reason) as refused:
        steward.call("CreateCustomField", custom_field={"name": "trial", "type": "CUSTOM_FIELD_TYPE_TEXT"} | fields)
    assert [v.field for v in refused.value.violations] == [f"custom_field.{field}"]


def test_who_defines_and_what_never_changes(town, steward):
    name = define(steward, "TEXT")
    for manager in (town.manager_east, town.rm1_east):
        with pytest.raises(NotAllowed):
            manager.call("CreateCustomField", custom_field={"name": "mine", "type": "CUSTOM_FIELD_TYPE_TEXT"})
    with pytest.raises(AlreadyExists, match="CUSTOM_FIELD_EXISTS"):
        steward.call("CreateCustomField", custom_field={"name": name, "type": "CUSTOM_FIELD_TYPE_TEXT"})
    for fields in ({"type": "CUSTOM_FIELD_TYPE_DATE"}, {"identifying": True}):
        with pytest.raises(InvalidInput, match="FIELD_IMMUTABLE"):
            steward.call("UpdateCustomField", custom_field={"name": name} | fields, update_mask=mask(*fields))
    with pytest.raises(NotFound, match="CUSTOM_FIELD_NOT_FOUND"):
        steward.call("UpdateCustomField", custom_field={"name": "nobody"}, update_mask=mask("pattern"))


def test_what_several_define_at_once_is_all_in_force(town, steward):
    barrier, names = threading.Barrier(4), []

    def define_one(_):
        barrier.wait()
        names.append(define(steward, "TEXT"))

    run_together(define_one, range(4))
    assert len(town.rm1_east.create(custom_fields=dict.fromkeys(names, "x")).custom_fields) == 4


def test_a_bank_has_a_hundred_fields_and_no_more(steward):
    with pytest.raises(WorkbenchError, match="CUSTOM_FIELDS_FULL"):
        for _ in range(101):
            define(steward, "TEXT")


def test_an_unknown_name_in_the_mask_is_refused(town):
    made = town.rm1_east.create()
    for path, reason in (("preferences.colour", "FIELD_UNKNOWN"), ("addresses.line", "FIELD_UNKNOWN")):
        with pytest.raises(InvalidInput, match=reason):
            town.rm1_east.call("UpdateCustomer", customer=sent(made), update_mask=mask(path))
    with pytest.raises(InvalidInput, match="CUSTOM_FIELD_UNKNOWN"):
        town.rm1_east.call("UpdateCustomer", customer=sent(made), update_mask=mask("custom_fields.nobody"))


def test_a_caller_without_scope_for_imports_cannot_pass_a_batch_by_the_rules(town, steward):
    name = define(steward, "TEXT", read_permission="customer.wealth.read")
    record = customer_record(custom_fields={name: "x"})
    request = customer_service_pb2.BatchCreateCustomersRequest(
        requests=[{"customer": record, "lead_person_id": town.rm1_east.person_id}]
    )
    with pytest.raises(InvalidInput, match="CUSTOM_FIELD_UNKNOWN") as refused:
        town.manager_east.call("BatchCreateCustomers", request)
    assert [v.field for v in refused.value.violations] == [f"requests[0].customer.custom_fields.{name}"]
    insider = town.colleague((*LEADS_PEOPLE, "customer.wealth.read"), Scope(organisation_paths=(f"{town.root}EAST/",)))
    (customer_id,) = insider.call("BatchCreateCustomers", request).customer_ids
    assert insider.call("GetCustomer", customer_id=customer_id).custom_fields == {name: "x"}
