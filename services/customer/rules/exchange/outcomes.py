"""Where an import stands and what becomes of its rows, numbered as the contract numbers them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from services.chassis.kernel.errors import WorkbenchError


class ImportState(IntEnum):
    """Where an import stands."""

    UPLOADING = 1
    CHECKING = 2
    CHECKED = 3
    RUNNING = 4
    DONE = 5
    UNDOING = 6
    UNDONE = 7


class Outcome(IntEnum):
    """What becomes of a row."""

    CREATED = 1
    UPDATED = 2
    UNCHANGED = 3
    REFUSED = 4


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one row, and of which record; a refused one says why, and never what stands in it."""

    outcome: Outcome
    customer_id: str = ""
    reason: str = ""
    # The field of the record that does not fit, as an import's columns name it.
    field: str = ""
    description: str = ""


def refused(error: WorkbenchError) -> Verdict:
    """The verdict of a refusal."""
    violation = error.violations[0] if error.violations else None
    field = column_field(violation.field) if violation else ""
    return Verdict(Outcome.REFUSED, "", error.reason, field, violation.description if violation else error.message)


def column_field(path: str) -> str:
    """The import's name of a field that a refusal names: `requests[3].customer.contact_points[0].value` is `email`."""
    name = path.rpartition("customer.")[2]
    first = name.partition("[")[0].partition(".")[0]
    if first == "custom_fields":
        return f"custom.{name.partition('.')[2]}" if "." in name else "custom"
    return _NAMES.get(name.rpartition(".")[2]) or _NAMES.get(first, first)


# Parts of lists, by the column that fills them.
_NAMES = {
    "contact_points": "email",
    "division_code": "division_code",
    "postal_code": "postal_code",
    "addresses": "address",
    "other_names": "former_name",
    "lead_person_id": "lead_staff_number",
}
