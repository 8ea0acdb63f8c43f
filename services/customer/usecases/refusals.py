"""Refusals as the caller reads them: each names the place in his request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError

from services.chassis.kernel.errors import AlreadyExists, FieldViolation, InvalidInput

# What stands in a masked value, and in no real one that identifies.
MASK_CHARACTER = "*"


@contextmanager
def taken_number_told() -> Iterator[None]:
    """Turns the database's refusal of a second equal customer number into AlreadyExists; any other one passes."""
    try:
        yield
    except IntegrityError as error:
        # Both databases name the column of the broken constraint; the value beside it holds no underscore.
        if "customer_number" in str(error.orig):
            raise number_taken() from None
        raise


def number_taken() -> AlreadyExists:
    """A customer with this number exists, or comes twice in one request."""
    violation = FieldViolation("customer_number", "Another customer has this number.")
    return AlreadyExists("CUSTOMER_NUMBER_TAKEN", "The customer number is in use.", violations=(violation,))


def identifier_taken(field: str = "identifier") -> AlreadyExists:
    """A customer with this number of this kind exists, or comes twice in one request."""
    violation = FieldViolation(field, "Another customer has this number.")
    return AlreadyExists("IDENTIFIER_TAKEN", "The identifier is in use.", violations=(violation,))


def masked_value(field: str) -> InvalidInput:
    """A value with asterisks came to be kept."""
    violation = FieldViolation(field, "Give the whole value, or leave the field out to keep it.")
    return InvalidInput("VALUE_MASKED", "A masked value cannot be kept.", violations=(violation,))
