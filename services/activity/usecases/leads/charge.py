"""Whose leads and opportunities a list is of, and who works on one: its owner, who stands in for him, and those in charge."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement

from services.activity.model.base import Working
from services.activity.usecases import reaching
from services.chassis.db.scope import below
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import InvalidInput, NotAllowed


def require_charge(work: UnitOfWork, item: Working) -> None:
    """Raises NotAllowed NOT_IN_CHARGE for whoever only sees it."""
    if not reaching.in_charge(work, item) and item.owner_person_id not in work.scope.stands_in_for:
        raise NotAllowed("NOT_IN_CHARGE", "You see it by its customer; its owner and those in charge of the unit work on it.")


def whose(work: UnitOfWork, model: type[Working], request: Any) -> ColumnElement[bool]:
    """The rows of whom a list names: a person, a customer or a unit; the caller's own where it names none.

    Raises InvalidInput LIST_UNCLEAR where it names more than one, and NotFound for what is out of the caller's scope.
    """
    customer_id = getattr(request, "customer_id", "")
    if sum(map(bool, (request.person_id, customer_id, request.organisation_path))) > 1:
        raise InvalidInput("LIST_UNCLEAR", "Name a person, a customer or a unit: one of them.")
    if customer_id:
        return model.customer_id == reaching.customer(work, customer_id).customer_id
    if request.organisation_path:
        return below(_path(work, model), reaching.unit_path(work, request.organisation_path))
    return model.owner_person_id == (
        reaching.person(work, request.person_id).person_id if request.person_id else work.caller.person_id
    )


def _path(work: UnitOfWork, model: type[Working]) -> Any:
    """The path of a row's unit. SQLite would find rows by it and then sort them all: it is led along the list's order."""
    path = model.organisation_path
    return path.op("||")("") if work.session.connection().dialect.name == "sqlite" else path
