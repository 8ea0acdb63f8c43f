"""Writes a contact that changes, and keeps what it was before."""

from __future__ import annotations

from typing import Any

from google.protobuf import json_format
from workbench.activity.v1 import contact_pb2

from services.activity.model.contact import Contact, ContactVersion
from services.activity.usecases import reaching
from services.activity.usecases.contacts import filling
from services.activity.usecases.contacts.answering import bare
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import NotAllowed

_TEXTS = ("subject", "summary", "place", "people_met", "cancel_reason")


def found_to_change(work: UnitOfWork, contact_id: str, etag: str) -> Contact:
    """A contact that the caller may change, held against other writers.

    Raises NotFound CONTACT_NOT_FOUND, StaleVersion CONTACT_CHANGED, and NotAllowed CONTACT_NOT_YOURS for who only reaches it.
    """
    contact = reaching.found(work, Contact, contact_id, to_change=True, etag=etag)
    if not reaching.in_charge(work, contact):
        raise NotAllowed("CONTACT_NOT_YOURS", "Whose contact it is changes it, or whoever is in charge of him.")
    work.resource = f"contacts/{contact.contact_id}"
    return contact


def keep_version(work: UnitOfWork, contact: Contact) -> None:
    """Keeps what the contact is now, before it changes."""
    fields = json_format.MessageToDict(bare(contact), preserving_proto_field_name=True)
    texts = {name: fields.pop(name) for name in _TEXTS if name in fields}
    work.session.add(
        ContactVersion(
            contact_version_id=work.new_id(),
            contact_id=contact.contact_id,
            customer_id=contact.customer_id,
            owner_person_id=contact.owner_person_id,
            organisation_path=contact.organisation_path,
            facts=fields,
            texts=texts,
            change_person_id=work.caller.person_id,
            change_time=work.now,
        )
    )
    contact.former_version_count += 1


def write(work: UnitOfWork, contact: Contact) -> None:
    """Writes what changed, and what is found by it."""
    contact.update_time = work.now
    work.session.flush()
    filling.keep_colleagues(work, contact)


def former(version: ContactVersion) -> contact_pb2.Contact:
    """The contact as it was."""
    fields: dict[str, Any] = version.facts | (version.texts or {})
    return json_format.ParseDict(fields, contact_pb2.Contact(), ignore_unknown_fields=True)
