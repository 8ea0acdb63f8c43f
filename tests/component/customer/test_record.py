"""The whole record: what goes in comes back, and what is sent back unchanged changes nothing."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select
from workbench.customer.v1 import customer_pb2

from services.chassis.kernel.errors import AlreadyExists, InvalidInput, RuleBroken
from services.customer.model.customer import Customer
from services.customer.model.key import CustomerKey, key_index
from services.customer.rules.kinds import CustomerState
from services.customer.usecases.keeping import keep
from tests.component.customer.conftest import customer_record, new_id_card, run_together
from tests.component.customer.test_customers import audit_of, events_of

LEFT_OUT_OF_LISTS = ("other_identifiers", "contact_points", "addresses", "consents", "documents")


def whole_record(**fields):
    """Every part of a record, filled."""
    passport = new_id_card()[8:17]
    return {
        "display_name": "单雪",
        "identifier": new_id_card(),
        "phone": "13812345678",
        "tier": customer_pb2.CUSTOMER_TIER_PREMIER,
        "state": customer_pb2.CUSTOMER_STATE_PROSPECT,
        "other_identifiers": [
            {"kind": "IDENTIFIER_KIND_PASSPORT", "number": passport, "country_code": "US", "valid_until_date": "2030-01-31"},
            {"kind": "IDENTIFIER_KIND_SYSTEM_NUMBER", "number": "core/77"},
        ],
        "other_names": [{"kind": "OTHER_NAME_KIND_FORMER", "name": "单雪梅", "until_date": "2020-02-29"}],
        "contact_points": [
            {"kind": "CONTACT_KIND_MOBILE", "value": "139 1234 5678", "label": "home"},
            {"kind": "CONTACT_KIND_EMAIL", "value": "Xue.Shan@Example.com"},
        ],
        "addresses": [{"kind": "ADDRESS_KIND_HOME", "division_code": "310104", "line": "漕溪北路1号", "postal_code": "200030"}],
        "birth_or_founding_date": "1980-01-15",
        "industry_code": "C3911",
        "size": customer_pb2.ENTERPRISE_SIZE_SMALL,
        "ownership": customer_pb2.OWNERSHIP_PRIVATE,
        "listing": "SSE:600000",
        "tags": ["重点", "golf"],
        "preferences": {"language_code": "zh-CN", "channel": "CHANNEL_WECHAT", "contact_hours": "after 18:00", "no_offers": True},
        "consents": [{"purpose": "marketing", "state": "CONSENT_STATE_GRANTED", "effective_date": "2026-01-01"}],
        "documents": [{"sha256": "ab" * 32, "title": "身份证", "media_type": "image/png", "size_bytes": 2**40}],
    } | fields


def reveal(colleague, customer):
    return colleague.call("RevealCustomer", customer_id=customer.customer_id, purpose="check the record")


def test_a_whole_record_goes_in_and_comes_back(town):
    sent = whole_record()
    made = town.rm1_east.create(**sent)
    kept = reveal(town.rm1_east, made)
    wanted = customer_record(**sent)
    wanted.contact_points[0].value = "+8613912345678"
    wanted.contact_points[1].value = "Xue.Shan@example.com"
    wanted.addresses[0].division_name = "上海市徐汇区"
    wanted.identifier_kind = customer_pb2.IDENTIFIER_KIND_RESIDENT_ID_CARD
    wanted.pinyin = "shan xue"
    for name in [*sent, "identifier_kind", "pinyin"]:
        assert getattr(kept, name) == getattr(wanted, name), name
    assert town.rm1_east.get(made).contact_points[0].value == "+86*******5678"


def test_lists_leave_out_what_only_a_reader_of_one_record_needs(town):
    made = town.rm1_east.create(**whole_record())
    (listed,) = town.rm1_east.pages(10)
    whole = town.rm1_east.get(made)
    for name in LEFT_OUT_OF_LISTS:
        assert getattr(whole, name)
        whole.ClearField(name)
    assert listed == whole


def test_a_whole_record_sent_back_changes_nothing(town):
    made = town.rm1_east.create(**whole_record())
    names = [f.name for f in customer_pb2.Customer.DESCRIPTOR.fields]
    assert town.rm1_east.call("UpdateCustomer", customer=town.rm1_east.get(made), update_mask={"paths": names}) == made
    assert len(events_of(town.service, made.customer_id)) == 1
    assert len(audit_of(town.service, made.customer_id)) == 1


def test_nothing_that_identifies_stands_in_the_trail(town):
    sent = whole_record()
    made = town.rm1_east.create(**sent)
    town.rm1_east.update(made, addresses=[], contact_points=[], tags=["golf"])
    trail = "".join(record.changes_json for record in audit_of(town.service, made.customer_id))
    for value in (sent["identifier"], sent["other_identifiers"][0]["number"], "39 1234", "Shan@", "漕溪北路"):
        assert value not in trail
    assert '"tags":[["重点","golf"],["golf"]]' in trail


@pytest.mark.parametrize("place", ["identifier", "other_identifiers[1].number"])
def test_a_number_belongs_to_one_customer_wherever_it_stands(town, place):
    number = new_id_card()
    town.rm1_west.create(other_identifiers=[{"kind": "IDENTIFIER_KIND_RESIDENT_ID_CARD", "number": number}])
    others = [{"kind": "IDENTIFIER_KIND_OTHER", "number": "1"}, {"kind": "IDENTIFIER_KIND_RESIDENT_ID_CARD", "number": number}]
    fields = {"identifier": number} if place == "identifier" else {"other_identifiers": others}
    made = town.rm1_east.create()
    for attempt in (lambda: town.rm1_east.create(**fields), lambda: town.rm1_east.update(made, **fields)):
        with pytest.raises(AlreadyExists, match="IDENTIFIER_TAKEN") as refused:
            attempt()
        assert [v.field for v in refused.value.violations] == [f"customer.{place}"]
    assert town.rm1_east.get(made) == made


def test_a_masked_entry_is_known_again_in_any_order_and_refused_where_it_could_be_two(town):
    mobile = {"kind": "CONTACT_KIND_MOBILE"}
    points = [mobile | {"value": f"1391{n}345678", "label": label} for n, label in ((1, "home"), (2, "work"))]
    points += [mobile | {"value": "13800005678"}, {"kind": "CONTACT_KIND_EMAIL", "value": "a@b.cn"}]
    made = town.rm1_east.create(contact_points=points)
    shown = town.rm1_east.get(made).contact_points
    assert len({point.value for point in shown}) == 2
    # The first is gone, the others come in another order, one with another label's new neighbour.
    new = customer_pb2.ContactPoint(kind="CONTACT_KIND_WECHAT", value="shanxue1")
    town.rm1_east.update(made, contact_points=[shown[3], new, shown[1], shown[2]])
    values = [point.value for point in reveal(town.rm1_east, made).contact_points]
    assert values == ["a@b.cn", "shanxue1", "+8613912345678", "+8613800005678"]
    unclear = customer_pb2.ContactPoint()
    unclear.CopyFrom(shown[1])
    unclear.label = "another"
    with pytest.raises(InvalidInput, match="VALUE_MASKED") as refused:
        town.rm1_east.update(made, contact_points=[unclear])
    assert [v.field for v in refused.value.violations] == ["customer.contact_points[0].value"]


@pytest.mark.parametrize(
    ("fields", "reason", "place"),
    [
        ({"other_names": [{"kind": 1, "name": "王\u200b芳"}]}, "NAME_INVALID", "other_names[0].name"),
        ({"other_names": [{"kind": 1, "name": "x" * 10_000}]}, "REQUEST_INVALID", "other_names[0].name"),
        ({"other_names": [{"kind": 1, "name": "x", "until_date": "2023-02-29"}]}, "DATE_INVALID", "other_names[0].until_date"),
        ({"other_identifiers": [{"kind": 2, "number": "12***78"}]}, "VALUE_MASKED", "other_identifiers[0].number"),
        ({"other_identifiers": [{"kind": 2, "number": "A"}]}, "IDENTIFIER_INVALID", "other_identifiers[0].number"),
        ({"other_identifiers": [{"kind": 9, "number": "A"}] * 2}, "IDENTIFIER_REPEATED", "other_identifiers[1].number"),
        ({"contact_points": [{"kind": 4, "value": "nobody"}]}, "CONTACT_INVALID", "contact_points[0].value"),
        ({"contact_points": [{"kind": 1, "value": "138****5678"}]}, "VALUE_MASKED", "contact_points[0].value"),
        ({"contact_points": [{"kind": 1, "value": "95588", "label": "\u202ehome"}]}, "TEXT_INVALID", "contact_points[0].label"),
        ({"addresses": [{"kind": 1, "division_code": "999999"}]}, "ADDRESS_INVALID", "addresses[0].division_code"),
        ({"addresses": [{"kind": 1, "line": "\u2066x"}]}, "TEXT_INVALID", "addresses[0].line"),
        ({"birth_or_founding_date": "2999-01-01"}, "DATE_INVALID", "birth_or_founding_date"),
        ({"birth_or_founding_date": "1999-13-01"}, "DATE_INVALID", "birth_or_founding_date"),
        ({"industry_code": "A99"}, "INDUSTRY_INVALID", "industry_code"),
        ({"tags": ["a\u200e"]}, "TEXT_INVALID", "tags[0]"),
        ({"preferences": {"contact_hours": "\u2067"}}, "TEXT_INVALID", "preferences.contact_hours"),
        ({"documents": [{"sha256": "ab" * 32, "title": "\u3000"}]}, "DOCUMENT_INVALID", "documents[0].title"),
        ({"documents": [{"sha256": "ab" * 32, "title": "x"}] * 2}, "DOCUMENT_INVALID", "documents[1].sha256"),
        ({"consents": [{"purpose": "x", "state": 1, "effective_date": "2026-01-01"}] * 2}, "CONSENTS_OVERLAP",
         "consents[1].effective_date"),
        ({"state": customer_pb2.CUSTOMER_STATE_MERGED}, "STATE_INVALID", "state"),
        ({"custom_fields": {"nobody": "x"}}, "CUSTOM_FIELD_UNKNOWN", "custom_fields.nobody"),
    ],
)  # fmt: skip
def test_a_part_that_cannot_be_kept_is_refused_by_its_place(town, fields, reason, place):
    with pytest.raises(InvalidInput, match=reason) as refused:
        town.rm1_east.create(**fields)
    assert [v.field for v in refused.value.violations] == [f"customer.{place}"]
    assert town.rm1_east.numbers() == []


@pytest.mark.parametrize(
    "name", ["王", "p\u0430ypal", "‌می‌خواهم", "😀", "𠮷" * 200, "=1+1", "<b>&amp;</b>", "Ωμέγα 株式会社", "O\u2019Brien"]
)
def test_hard_names_are_kept_as_they_are_seen(town, name):
    names = [{"kind": "OTHER_NAME_KIND_ALIAS", "name": name}]
    made = town.rm1_east.create(display_name=name, other_names=names, tags=[name[:40]], addresses=[{"kind": 1, "line": name}])
    kept = town.rm1_east.get(made)
    assert (kept.display_name, kept.other_names[0].name, kept.tags[0], kept.addresses[0].line) == (name, name, name[:40], name)
    assert town.rm1_east.update(made, display_name=name, tags=[name[:40]]) == made


def test_a_life_with_the_bank(town):
    made = town.rm1_east.create(state=customer_pb2.CUSTOMER_STATE_PROSPECT)
    for state in ("ACTIVE", "DORMANT", "ACTIVE", "CLOSED", "ACTIVE"):
        number = customer_pb2.CustomerState.Value(f"CUSTOMER_STATE_{state}")
        assert town.rm1_east.update(made, state=number).state == number
    for state in ("PROSPECT", "MERGED", "ERASED"):
        with pytest.raises(RuleBroken, match="STATE_CHANGE_REFUSED"):
            town.rm1_east.update(made, state=customer_pb2.CustomerState.Value(f"CUSTOMER_STATE_{state}"))


def test_a_record_that_has_ended_is_read_and_no_longer_changed(town):
    number, state = new_id_card(), CustomerState.ERASED
    made = town.rm1_east.create(identifier=number)
    with town.service.database.transaction() as work:
        customer = work.session.get(Customer, made.customer_id)
        customer.state = state.value
        keep(work, [customer])
    assert town.rm1_east.get(made).state == state
    assert town.rm1_east.update(made, display_name=made.display_name).state == state
    with pytest.raises(RuleBroken, match="CUSTOMER_ENDED"):
        town.rm1_east.update(made, display_name="李四")
    # Its numbers are another's to have.
    town.rm1_east.create(identifier=number)


def test_one_part_of_the_preferences_can_be_named(town):
    made = town.rm1_east.create(preferences={"language_code": "zh-CN", "no_offers": True})
    sent = customer_pb2.Customer(customer_id=made.customer_id, preferences={"language_code": "en"})
    mask = {"paths": ["preferences.language_code"]}
    edited = town.rm1_east.call("UpdateCustomer", customer=sent, update_mask=mask)
    assert (edited.preferences.language_code, edited.preferences.no_offers) == ("en", True)
    cleared = town.rm1_east.update(made, preferences=None)
    assert not cleared.HasField("preferences")


def test_a_code_that_was_issued_wrong_is_kept_with_its_reason_for_all_to_see(town):
    wrong = "91350211M0000XUF46"
    fields = {"kind": customer_pb2.CUSTOMER_KIND_CORPORATE, "identifier": wrong}
    with pytest.raises(InvalidInput, match="IDENTIFIER_INVALID"):
        town.rm1_east.create(**fields)
    made = town.rm1_east.create(**fields, identifier_exception="营业执照原件如此")
    assert town.rm1_east.get(made).identifier_exception == "营业执照原件如此"
    assert "营业执照原件如此" in audit_of(town.service, made.customer_id)[0].changes_json
    with pytest.raises(AlreadyExists, match="IDENTIFIER_TAKEN"):
        town.rm1_west.create(**fields, identifier_exception="another reason")
    corrected = town.rm1_east.update(made, identifier="91110000600037341L")
    assert corrected.identifier_exception == ""


def test_keys_follow_the_record(town):
    def keys():
        with town.service.database.transaction(read_only=True) as work:
            of_this = select(CustomerKey.name, CustomerKey.value_index).where(CustomerKey.customer_id == made.customer_id)
            return set(map(tuple, work.session.execute(of_this)))

    made = town.rm1_east.create(phone="138 1234 5678")
    mobile = {"kind": "CONTACT_KIND_MOBILE", "value": "+86-13812345678"}
    email = {"kind": "CONTACT_KIND_EMAIL", "value": "Fang@Example.com"}
    assert keys() == {("phone", key_index("phone", "+8613812345678"))}
    town.rm1_east.update(made, contact_points=[mobile, email])
    assert keys() == {
        ("phone", key_index("phone", "+8613812345678")),
        ("email", key_index("email", "fang@example.com")),
    }
    town.rm1_east.update(made, phone="", contact_points=[email])
    assert keys() == {("email", key_index("email", "fang@example.com"))}


def test_of_many_who_claim_one_number_at_once_one_gets_it(town):
    barrier, outcomes, number = threading.Barrier(6), [], new_id_card()
    others = [town.rm1_east.create() for _ in range(3)]

    def claim(customer):
        barrier.wait()
        try:
            if customer is None:
                town.rm1_east.create(identifier=number)
            else:
                town.rm1_east.update(customer, identifier=number)
            outcomes.append("won")
        except AlreadyExists as told:
            outcomes.append(told.reason)

    run_together(claim, [*others, None, None, None])
    assert sorted(outcomes) == ["IDENTIFIER_TAKEN"] * 5 + ["won"]


def test_a_batch_names_the_other_number_that_is_taken(town):
    numbers = [{"kind": "IDENTIFIER_KIND_RESIDENT_ID_CARD", "number": new_id_card()}]
    town.rm1_west.create(other_identifiers=numbers)
    records = [customer_record(identifier=new_id_card()) for _ in range(3)]
    lead = {"lead_person_id": town.rm1_east.person_id}
    asked = [{"customer": record} | lead for record in (*records, customer_record(other_identifiers=numbers))]
    with pytest.raises(AlreadyExists, match="IDENTIFIER_TAKEN") as refused:
        town.manager_east.call("BatchCreateCustomers", requests=asked)
    assert [v.field for v in refused.value.violations] == ["requests[3].customer.other_identifiers[0].number"]
    assert town.rm1_east.numbers() == []
