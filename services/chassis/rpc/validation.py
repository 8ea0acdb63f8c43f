"""Limits that the contract sets (`buf.validate`), checked against a message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.message import Message

from services.chassis.kernel.errors import FieldViolation, InvalidInput

if TYPE_CHECKING:
    import protovalidate

VIOLATIONS_MAX = 20


class Validation:
    """Checks messages; compiles the rules of each type once, so one is made per process."""

    def __init__(self) -> None:
        # Not at the head: only a process that serves checks messages.
        import protovalidate

        self._validator = protovalidate.Validator()
        self._refused = protovalidate.ValidationError

    def check(self, message: Message, prefix: str = "") -> None:
        """Raises InvalidInput with every field that does not fit; no value is repeated in it."""
        try:
            self._validator.validate(message)
        except self._refused as error:
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
