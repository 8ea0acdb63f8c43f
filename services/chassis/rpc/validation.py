"""Limits that the contract sets (`buf.validate`), checked against a message."""

from __future__ import annotations

import protovalidate
from google.protobuf.message import Message
from protovalidate import ValidationError

from services.chassis.kernel.errors import FieldViolation, InvalidInput

VIOLATIONS_MAX = 20


class Validation:
    """Checks messages; compiles the rules of each type once, so one is made per process."""

    def __init__(self) -> None:
        self._validator = protovalidate.Validator()

    def check(self, message: Message, prefix: str = "") -> None:
        """Raises InvalidInput with every field that does not fit; no value is repeated in it."""
        try:
            self._validator.validate(message)
        except ValidationError as error:
            violations = tuple(
                FieldViolation(prefix + _path(violation), violation.proto.message)
                for violation in error.violations[:VIOLATIONS_MAX]
            )
            fields = ", ".join(violation.field for violation in violations)
            raise InvalidInput("REQUEST_INVALID", f"These fields do not fit: {fields}.", violations=violations) from None


def _path(violation: protovalidate.Violation) -> str:
    parts = []
    for element in violation.proto.field.elements:
        subscript = element.subscript
        parts.append(element.field_name + (f"[{subscript.value}]" if subscript else ""))
    return ".".join(parts)
