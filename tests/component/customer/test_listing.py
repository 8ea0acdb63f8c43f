"""Lists: whole, in order, in scope, and the same on both databases."""

from __future__ import annotations

import itertools
import uuid

import pytest
from workbench.customer.v1 import customer_pb2
from workbench.customer.v1.customer_service_pb2 import ListCustomersRequest

from services.chassis.kernel.errors import InvalidInput
from services.chassis.kernel.paging import PageToken
from services.customer.usecases.listing import _query

NAMES = ["b", "B", "a", "é", "王", "王芳", "𠮷野家", "Z", "张三", "张", "👍👍", "َمحمد"]


@pytest.fixture
def portfolio(town):
    """Customers of rm1.east, named so that databases could disagree about their order."""
    return [town.rm1_east.create(display_name=name, tier=1 + i % 4, kind=1 + i % 2) for i, name in enumerate(NAMES)]


@pytest.mark.parametrize("name", ["customer_number", "display_name", "create_time", "update_time"])
def test_pages_join_to_the_whole_in_order(town, portfolio, name):
    def key(customer):
        value = getattr(customer, name)
        return (value.ToNanoseconds() if name.endswith("time") else value, customer.customer_id)

    for direction, size in itertools.product(("", " desc"), (1, 2, 5, 1000)):
        listed = list(town.rm1_east.pages(size, order_by=name + direction))
        assert listed == sorted(listed, key=key, reverse=bool(direction)), (direction, size)
        assert {c.customer_id for c in listed} == {c.customer_id for c in portfolio}
        assert len(listed) == len(portfolio)


def test_equal_keys_are_neither_lost_nor_repeated(town):
    made = {town.rm1_east.create(display_name="王伟").customer_id for _ in range(7)}
    listed = [c.customer_id for c in town.rm1_east.pages(2, order_by="display_name desc")]
    assert len(listed) == 7
    assert set(listed) == made


def test_rows_that_come_in_between_disturb_no_page(town):
    first = [town.rm1_east.create(customer_number=f"{town.root[3:11]}-{number}") for number in (10, 20, 30, 40)]
    pages = town.rm1_east.pages(2)
    seen = [next(pages).customer_number, next(pages).customer_number]
    town.rm1_east.create(customer_number=f"{town.root[3:11]}-15")
    town.rm1_east.create(customer_number=f"{town.root[3:11]}-35")
    seen += [customer.customer_number for customer in pages]
    assert seen == sorted(seen)
    assert {customer.customer_number for customer in first} <= set(seen)
    assert seen[-2].endswith("-35")


def test_filters_join(town, portfolio):
    corporate, premier = customer_pb2.CUSTOMER_KIND_CORPORATE, customer_pb2.CUSTOMER_TIER_PRIVATE
    listed = list(town.rm1_east.pages(100, kinds=[corporate], tiers=[premier]))
    assert {c.customer_id for c in listed} == {c.customer_id for c in portfolio if (c.kind, c.tier) == (corporate, premier)}
    assert town.manager_east.numbers(lead_person_id=town.rm2_east.person_id) == []
    assert len(town.manager_east.numbers(lead_person_id=town.rm1_east.person_id)) == len(portfolio)
    assert town.rm1_east.numbers(customer_number=portfolio[3].customer_number) == [portfolio[3].customer_number]


def test_a_prefix_finds_what_begins_so_and_nothing_else(town, portfolio):
    assert portfolio
    wanted = {"王": {"王", "王芳"}, "张三": {"张三"}, "b": {"b"}, "e\u0301": {"é"}, "👍": {"👍👍"}, "%": set(), "_": set()}
    assert {prefix: {c.display_name for c in town.rm1_east.pages(100, name_prefix=prefix)} for prefix in wanted} == wanted


def test_a_list_is_in_scope_whatever_it_filters_by(town, portfolio):
    number = portfolio[0].customer_number
    for stranger in (town.rm2_east, town.rm1_west, town.manager_west):
        assert stranger.numbers(customer_number=number) == []
        assert stranger.numbers(lead_person_id=town.rm1_east.person_id) == []
        assert stranger.numbers(name_prefix="王") == []


def test_identifying_fields_are_masked_in_lists(town):
    town.rm1_east.create(phone="13812345678")
    assert [c.phone for c in town.rm1_east.pages(10)] == ["138****5678"]


@pytest.mark.parametrize(
    "order", ["salary", "display_name descending", "display_name desc,kind", "identifier", "1", "display_name  desc"]
)
def test_an_order_that_there_is_not_is_refused(town, order):
    with pytest.raises(InvalidInput, match="ORDER_INVALID"):
        town.rm1_east.call("ListCustomers", order_by=order)


def test_an_order_may_be_written_as_json_writes_it(town, portfolio):
    listed = town.rm1_east.numbers(order_by="displayName desc")
    assert listed == town.rm1_east.numbers(order_by="display_name desc")
    assert len(listed) == len(portfolio)


def test_a_token_belongs_to_its_list(town, portfolio):
    page = town.rm1_east.call("ListCustomers", page_size=2, order_by="create_time")
    assert portfolio
    for fields in ({"order_by": "display_name"}, {"order_by": "create_time", "tiers": [1]}, {}):
        with pytest.raises(InvalidInput, match="PAGE_TOKEN_INVALID"):
            town.rm1_east.call("ListCustomers", page_size=2, page_token=page.next_page_token, **fields)
    # Another page size is the same list.
    assert town.rm1_east.call("ListCustomers", page_size=3, page_token=page.next_page_token, order_by="create_time").customers


@pytest.mark.parametrize("keys", [("x", "y"), ("2026-01-01T00:00:00", "y"), ("2026-01-01T00:00:00+00:00",), ("", "")])
def test_a_forged_place_that_is_none_is_refused(town, keys):
    token = PageToken(keys).encode(_query(ListCustomersRequest(order_by="create_time")))
    with pytest.raises(InvalidInput, match="PAGE_TOKEN_INVALID"):
        town.rm1_east.call("ListCustomers", page_token=token, order_by="create_time")


def test_a_forged_place_reaches_nothing_out_of_scope(town, portfolio):
    token = PageToken(("", "")).encode(_query(ListCustomersRequest(order_by="display_name")))
    assert len(town.rm1_east.call("ListCustomers", page_token=token, order_by="display_name").customers) == len(portfolio)
    assert not town.rm1_west.call("ListCustomers", page_token=token, order_by="display_name").customers


def test_the_longest_name_is_a_place_to_go_on_from(town):
    for last in "甲乙丙":
        town.rm1_east.create(display_name="𠮷" * 199 + last)
    assert len(list(town.rm1_east.pages(1, order_by="display_name"))) == 3


def test_a_person_nobody_knows_leads_nobody(town):
    assert town.analyst.numbers(lead_person_id=str(uuid.uuid4())) == []


@pytest.mark.parametrize("fields", [{"name_prefix": "\0"}, {"customer_number": "x\0"}, {"page_token": "\0"}, {"order_by": "\0"}])
def test_a_nul_is_refused_and_breaks_nothing(town, fields):
    with pytest.raises(InvalidInput):
        town.rm1_east.call("ListCustomers", **fields)
