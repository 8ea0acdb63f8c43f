"""What a decoder found wrong, and where. Paths grow while the exception passes the levels, so the good case pays nothing."""

from __future__ import annotations

from services.chassis.kernel.errors import FieldViolation, InvalidInput

# Faults told at once; a body may hold any number.
VIOLATIONS_MAX = 20

FIELD_INVALID = "FIELD_INVALID"
FIELD_UNKNOWN = "FIELD_UNKNOWN"


class Misfit(Exception):
    """Values that do not fit their fields: (reason, path, description) each. No description repeats a value."""

    def __init__(self, description: str, reason: str = FIELD_INVALID, path: str = "") -> None:
        super().__init__(description)
        self.found = [(reason, path, description)]

    def below(self, name: str) -> Misfit:
        """The same faults, seen from one level further out: `name` is a field, or an index such as `[2]`."""
        self.found = [(reason, _joined(name, path), text) for reason, path, text in self.found]
        return self

    def merge(self, earlier: Misfit | None) -> Misfit:
        """Both in one, up to the number that is told at once."""
        if earlier is not None:
            self.found = [*earlier.found, *self.found][:VIOLATIONS_MAX]
        return self

    def to_error(self) -> InvalidInput:
        """The refusal; its reason is that of the first fault."""
        reason = self.found[0][0]
        violations = tuple(FieldViolation(path, text) for _, path, text in self.found)
        first = violations[0]
        where = f"{first.field}: " if first.field else ""
        return InvalidInput(reason, f"The request does not fit the contract. {where}{first.description}", violations=violations)


def _joined(name: str, path: str) -> str:
    if not path or path.startswith("["):
        return name + path
    return f"{name}.{path}"
