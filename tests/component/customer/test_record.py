"""The whole record: what goes in comes back, and what is sent back unchanged changes nothing."""

from __future__ import annotations

import pytest
from workbench.customer.v1 import customer_pb2

from services.chassis.kernel.errors import AlreadyExists, InvalidInput
from tests.component.customer.conftest import customer_record, new_id_card
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
