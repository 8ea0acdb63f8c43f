"""Whose figures are asked for: a person's or a unit's, within the caller's scope."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

from services.chassis.db.scope import below, reached
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import InvalidInput
from services.performance.model.result import Result
from services.performance.usecases import reaching


@dataclass(frozen=True, slots=True)
class Subject:
    """A person, or a unit with those below it."""

    person_id: str = ""
    person_name: str = ""
    organisation_path: str = ""

    def rows(self, work: UnitOfWork) -> list[ColumnElement[bool]]:
        """Which rows of `results` are its, and in the caller's reach: of somebody else what he has in the caller's units."""
        if self.organisation_path:
            return [below(Result.organisation_path, self.organisation_path)]
        own = self.person_id == work.caller.person_id
        return [Result.person_id == self.person_id, *([] if own else [reached(Result, work.scope.by_post, work.caller)])]

    @contextmanager
    def read(self, work: UnitOfWork) -> Iterator[None]:
        """While `rows` are read: of himself the caller sees all, wherever he earned it."""
        with work.whole_bank() if self.person_id == work.caller.person_id else nullcontext():
            yield


def subject(work: UnitOfWork, request: Any) -> Subject:
    """Of a request with `person_id` and `organisation_path`: the caller where both are empty.

    Raises InvalidInput SUBJECT_INVALID, NotFound PERSON_NOT_FOUND and UNIT_NOT_FOUND.
    """
    if request.person_id and request.organisation_path:
        raise InvalidInput("SUBJECT_INVALID", "Name a person or a unit.")
    if request.organisation_path:
        return Subject(organisation_path=reaching.unit_path(work, request.organisation_path))
    person = reaching.earner(work, request.person_id)
    return Subject(person.person_id, person.display_name)


def unit(work: UnitOfWork, organisation_path: str) -> Subject:
    """A unit in the caller's charge, his own where empty; raises NotFound UNIT_NOT_FOUND."""
    return Subject(organisation_path=reaching.unit_path(work, organisation_path or work.caller.organisation_path))
