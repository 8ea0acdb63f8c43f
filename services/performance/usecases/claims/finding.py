"""Finds claims and objections within the caller's reach, one or a page of them."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, exists, func, or_, select, true

from services.chassis.db import listing
from services.chassis.db.scope import below, reached
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import PATH_SEPARATOR
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotFound, StaleVersion
from services.chassis.kernel.paging import Page
from services.performance.model.claim import Claim, Objection
from services.performance.model.customer import Customer
from services.performance.model.share import ShareLine
from services.performance.usecases import reaching
from services.performance.usecases.claims import things

# How the lines of claims name their source.
_CLAIMS = "claims/"
_Model = TypeVar("_Model", Claim, Objection)


def found(work: UnitOfWork, model: type[_Model], item_id: str, *, to_change: bool = False, etag: str = "") -> _Model:
    """One in reach, held against other writers where it is to be changed.

    It is reached by whoever made it, by those in charge of his unit, by whoever reaches the customer; a claim also by whoever has
    a part in it, an objection by whoever has one of what it is about. Raises NotFound `<KIND>_NOT_FOUND`, and StaleVersion
    `<KIND>_CHANGED` where an ETag is given that is no longer its own.
    """
    key = model.__mapper__.primary_key[0]
    statement = select(model).where(key == item_id.lower(), _in_reach(work, model))
    if to_change:
        # As it is once whoever held it has committed, not as it was read before.
        statement = statement.with_for_update().execution_options(populate_existing=True)
    with work.whole_bank():
        item: _Model | None = work.session.scalars(statement).one_or_none()
    kind = reaching.upper_snake(model.__name__)
    if item is None:
        raise NotFound(f"{kind}_NOT_FOUND", f"There is no such {kind.lower()} within your reach.")
    if etag and etag != item.etag:
        raise StaleVersion(f"{kind}_CHANGED", "It changed since you read it; read it again and repeat.")
    return item


def read_page(work: UnitOfWork, model: type[_Model], request: Any) -> Page:
    """A page of those of a person, about a customer or of a unit, the last first; the caller's own where none is named.

    Raises InvalidInput SUBJECT_UNCLEAR, and NotFound where what is named is out of reach.
    """
    statement = select(model).where(_of_subject(work, model, request))
    if request.state:
        statement = statement.where(model.state == request.state)
    key = model.__mapper__.attrs[model.__mapper__.primary_key[0].key].class_attribute
    with work.whole_bank():
        return listing.read_page(work, statement, request, ((key, listing.text),), downwards=True)


def check_subject(*named: str) -> None:
    """Raises InvalidInput SUBJECT_UNCLEAR where more than one is named."""
    if sum(map(bool, named)) > 1:
        violation = FieldViolation("person_id", "One of the person, the customer and the unit.")
        raise InvalidInput("SUBJECT_UNCLEAR", "Name one of them.", violations=(violation,))


def _has_part(person_id: str) -> ColumnElement[bool]:
    """Whether somebody has, had or is to have a part in a claim: his lines say so, which are few."""
    of_person = select(func.substr(ShareLine.source, len(_CLAIMS) + 1)).where(
        ShareLine.person_id == person_id, ShareLine.source.startswith(_CLAIMS, autoescape=True)
    )
    return Claim.claim_id.in_(of_person)


def _has_part_of_object(person_id: str) -> ColumnElement[bool]:
    """Whether somebody has, had or is to have a part of what an objection is about."""
    return exists().where(
        ShareLine.person_id == person_id,
        ShareLine.object_kind == Objection.object_kind,
        ShareLine.object_key == Objection.object_key,
    )


def _of_subject(work: UnitOfWork, model: type[_Model], request: Any) -> ColumnElement[bool]:
    check_subject(request.person_id, request.customer_id, request.organisation_path)
    if request.customer_id:
        records = things.with_merged(work, reaching.customer(work, request.customer_id))
        return model.customer_id.in_([record.customer_id for record in records])
    if request.organisation_path:
        return below(model.organisation_path, reaching.unit_path(work, request.organisation_path))
    person_id = reaching.person(work, request.person_id).person_id
    if model is Claim:
        return or_(model.owner_person_id == person_id, _has_part(person_id))
    return model.owner_person_id == person_id


def _in_reach(work: UnitOfWork, model: type[_Model]) -> ColumnElement[bool]:
    if PATH_SEPARATOR in work.scope.organisation_paths:
        return true()
    of_customer = exists().where(Customer.customer_id == model.customer_id, reached(Customer, work.scope, work.caller))
    person_id = work.caller.person_id
    of_part = _has_part(person_id) if model is Claim else _has_part_of_object(person_id)
    return or_(reached(model, work.scope, work.caller), of_customer, of_part)
