"""Contacts as they are answered."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.activity.v1 import contact_pb2

from services.activity.model.contact import Contact
from services.activity.usecases import reaching
from services.chassis.db.session import UnitOfWork
from services.chassis.mapping import Mapper

_NAMES = ("customer_name", "owner_name")
# The contact by itself, without the names of others.
bare = Mapper(contact_pb2.Contact, omitted=_NAMES)
_listed = Mapper(contact_pb2.Contact, omitted=(*_NAMES, "summary"))


def as_answer(work: UnitOfWork, contact: Contact) -> contact_pb2.Contact:
    """One contact, whole."""
    return _named(work, [contact], bare)[0]


def as_answers(work: UnitOfWork, contacts: Iterable[Contact]) -> list[contact_pb2.Contact]:
    """Several contacts, each whole."""
    return _named(work, list(contacts), bare)


def as_listed(work: UnitOfWork, contacts: Iterable[Contact]) -> list[contact_pb2.Contact]:
    """Contacts as a list shows them, without their summaries."""
    return _named(work, list(contacts), _listed)


def _named(work: UnitOfWork, contacts: list[Contact], mapper: Mapper[contact_pb2.Contact]) -> list[contact_pb2.Contact]:
    customers, owners = reaching.names_shown(work, contacts)
    answers = []
    for contact in contacts:
        answer = mapper(contact)
        answer.customer_name = customers.get(contact.customer_id or "", "")
        answer.owner_name = owners.get(contact.owner_person_id, "")
        answers.append(answer)
    return answers
