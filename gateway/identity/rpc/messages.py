"""The messages that more than one of the services answers, and the merge of a partial update."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from typing import TypeVar

from google.protobuf.message import Message
from workbench.identity.v1 import directory_pb2

from gateway.identity.model.personnel import PersonnelFeed
from services.chassis.kernel.errors import FieldViolation, InvalidInput
from services.chassis.mapping import Mapper
from services.chassis.rpc.validation import Validation

_Message = TypeVar("_Message", bound=Message)


def _counted(what: str, row: PersonnelFeed) -> int:
    return row.report.get("counts", {}).get(what, 0)


person_message = Mapper(directory_pb2.Person)
unit_message = Mapper(directory_pb2.OrganisationUnit)
personnel_message = Mapper(
    directory_pb2.PersonnelFeed,
    computed={
        **{f"{what}_count": partial(_counted, what) for what in ("created", "changed", "moved", "disabled")},
        "findings": lambda row: [
            directory_pb2.PersonnelFinding(reason=reason, count=found["count"], numbers=found["examples"])
            for reason, found in sorted(row.report.get("findings", {}).items())
        ],
    },
)


def merged(present: _Message, sent: _Message, mask: Sequence[str], changeable: Sequence[str]) -> _Message:
    """The record as it would stand after the update, checked whole against the contract's limits.

    Takes the changeable fields that the mask names, or those that are set where it names none (AIP-134). What else was sent is
    left as it is, so that a reader may send back all he was shown. Raises InvalidInput for a field that there is not, and
    where the whole does not fit.
    """
    if unknown := sorted(set(mask) - set(present.DESCRIPTOR.fields_by_name)):
        violation = FieldViolation("update_mask", f"There is no {', '.join(unknown)}.")
        raise InvalidInput("FIELD_UNKNOWN", "The mask names a field that does not exist.", violations=(violation,))
    named = set(mask) or {field.name for field, _ in sent.ListFields()}
    whole = type(present)()
    whole.CopyFrom(present)
    for name in named.intersection(changeable):
        setattr(whole, name, getattr(sent, name))
    _validation().check(whole)
    return whole


@cache
def _validation() -> Validation:
    return Validation()
