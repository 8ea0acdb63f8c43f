"""Identifying fields leave in part only, wherever they stand in an answer."""

from hypothesis import given
from hypothesis import strategies as st
from workbench.customer.v1 import customer_pb2, customer_service_pb2
from workbench.operations.v1 import operations_service_pb2

from services.chassis.rpc.masking import mask_for, masked


def test_masked_shows_head_and_tail_of_a_long_value():
    assert masked("13812345678") == "138****5678"
    assert masked("11010519491231002X") == "110***********002X"


@given(st.text())
def test_masked_keeps_the_length_and_never_shows_a_short_value(value):
    hidden = masked(value)
    assert len(hidden) == len(value)
    assert len(value) >= 8 or set(hidden) <= {"*"}


def test_nested_and_repeated_customers_are_masked():
    customers = [customer_pb2.Customer(phone="13812345678", display_name="王芳") for _ in range(2)]
    answer = customer_service_pb2.ListCustomersResponse(customers=customers)
    mask_for(answer.DESCRIPTOR)(answer)
    assert {customer.phone for customer in answer.customers} == {"138****5678"}
    assert {customer.display_name for customer in answer.customers} == {"王芳"}


def test_a_type_without_identifying_fields_costs_nothing():
    assert mask_for(operations_service_pb2.EventLag.DESCRIPTOR) is None
