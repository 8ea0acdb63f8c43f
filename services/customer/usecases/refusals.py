"""Refusals as the caller reads them: each names the place in his request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError

from services.chassis.kernel.errors import AlreadyExists, FieldViolation, InvalidInput, WorkbenchError

# What stands in a masked value, and in no real one.
MASK_CHARACTER = "*"


@contextmanager
def located(place: str) -> Iterator[None]:
    """Puts the place in the request, such as `requests[3].customer`, before each field that a refusal from within names."""
    try:
        yield
    except WorkbenchError as refusal:
        refusal.violations = tuple(FieldViolation(f"{place}.{v.field}", v.description) for v in refusal.violations)
        raise


@contextmanager
def taken_keys_told() -> Iterator[None]:
    """Turns the database's refusal of a second equal key into AlreadyExists; any other one passes."""
    try:
        yield
    except IntegrityError as error:
        # Both databases name the columns of the broken constraint; the value beside them holds no underscore.
        text = str(error.orig)
        for column, refuse in (("customer_number", number_taken), ("identifier_index", identifier_taken)):
            if column in text:
                raise refuse() from None
        raise


def number_taken() -> AlreadyExists:
    """A customer with this number exists, or comes twice in one request."""
    violation = FieldViolation("customer_number", "Another customer has this number.")
    return AlreadyExists("CUSTOMER_NUMBER_TAKEN", "The customer number is in use.", violations=(violation,))


def identifier_taken() -> AlreadyExists:
    """A customer of this kind with this identifier exists, or comes twice in one request."""
    violation = FieldViolation("identifier", "Another customer of this kind has this identifier.")
    return AlreadyExists("IDENTIFIER_TAKEN", "The identifier is in use.", violations=(violation,))


def masked_value(field: str) -> InvalidInput:
    """A value with asterisks came to be kept."""
    violation = FieldViolation(field, "Give the whole value, or leave the field out to keep it.")
    return InvalidInput("VALUE_MASKED", "A masked value cannot be kept.", violations=(violation,))
