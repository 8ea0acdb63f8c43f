"""The timeline of a customer: what sort of thing an entry tells of, and what an entry may hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import IntEnum

from services.chassis.kernel.errors import FieldViolation, InvalidInput


class Category(IntEnum):
    """What sort of thing an entry tells of, numbered as the contract numbers it."""

    RECORD = 1
    COVERAGE = 2
    RELATION = 3
    CONSENT = 4
    CONTACT = 5
    SALES = 6
    FEEDBACK = 7
    WARNING = 8
    ACCOUNT = 9


# An entry names what a sentence about it needs and nothing else; these are far more than any needs.
PARAMETERS_MAX = 20
PARAMETER_LENGTH_MAX = 500
RESOURCE_LENGTH_MAX = 200

_KIND = re.compile(r"[a-z][a-z0-9_]{0,59}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def check_entry(kind: str, parameters: Mapping[str, str], resource: str) -> None:
    """Raises InvalidInput TIMELINE_ENTRY_INVALID, naming the field, for what another service may not tell so."""
    if not _KIND.fullmatch(kind):
        raise _invalid("kind", "A name in small letters, such as visit_recorded.")
    if len(parameters) > PARAMETERS_MAX or not all(map(_NAME.fullmatch, parameters)):
        raise _invalid("parameters", f"At most {PARAMETERS_MAX}, with names in small letters.")
    if any(len(value) > PARAMETER_LENGTH_MAX for value in parameters.values()):
        raise _invalid("parameters", f"Each at most {PARAMETER_LENGTH_MAX} characters.")
    if len(resource) > RESOURCE_LENGTH_MAX:
        raise _invalid("resource", f"At most {RESOURCE_LENGTH_MAX} characters.")


def _invalid(field: str, fault: str) -> InvalidInput:
    return InvalidInput("TIMELINE_ENTRY_INVALID", "The entry cannot be kept.", violations=(FieldViolation(field, fault),))
