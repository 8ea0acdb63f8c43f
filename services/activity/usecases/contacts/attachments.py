"""Attaches files to contacts, hands them out, takes them off. Content is kept once by its hash, while something refers to it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import delete, exists, select
from workbench.activity.v1 import contact_service_pb2

from services.activity.model.contact import AttachmentContent, Contact, ContactAttachment
from services.activity.rules import attachments as rules
from services.activity.usecases import reaching
from services.activity.usecases.contacts import keeping
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, LimitReached, NotFound

ATTACHMENTS_MAX = 20
# So many contents that nothing refers to are removed in one turn.
_SWEPT_AT_ONCE = 50


def attach(work: UnitOfWork, request: contact_service_pb2.AttachContactFileRequest) -> ContactAttachment:
    """Keeps a file with a contact; raises InvalidInput and LimitReached as the contract says."""
    content = request.content.data
    limit = work.settings.attachment_bytes_max
    if not content:
        violation = FieldViolation("content", "The file's bytes.")
        raise InvalidInput("FILE_EMPTY", "There is nothing in the body.", violations=(violation,))
    if len(content) > limit:
        raise LimitReached("FILE_TOO_LARGE", f"An attached file has at most {limit} bytes.", metadata={"bytesMax": str(limit)})
    contact = keeping.found_to_change(work, request.contact_id, "")
    if contact.attachment_count >= ATTACHMENTS_MAX:
        raise LimitReached("ATTACHMENTS_TOO_MANY", f"A contact has at most {ATTACHMENTS_MAX} files.")
    attachment = ContactAttachment(
        attachment_id=work.new_id(),
        contact_id=contact.contact_id,
        customer_id=contact.customer_id,
        owner_person_id=contact.owner_person_id,
        organisation_path=contact.organisation_path,
        file_name=request.file_name.strip(),
        media_type=rules.media_type_of(request.file_name, request.content.content_type, content),
        size_bytes=len(content),
        sha256=_keep(work, content),
        create_person_id=work.caller.person_id,
        create_time=work.now,
    )
    work.session.add(attachment)
    contact.attachment_count += 1
    return attachment


def attachments_of(work: UnitOfWork, contact_id: str) -> Sequence[ContactAttachment]:
    """The files of a contact in reach, the oldest first."""
    contact = reaching.found(work, Contact, contact_id)
    of_contact = select(ContactAttachment).where(
        ContactAttachment.contact_id == contact.contact_id, ContactAttachment.sha256.is_not(None)
    )
    return work.session.scalars(of_contact.order_by(ContactAttachment.attachment_id)).all()


def content_of(work: UnitOfWork, contact_id: str, attachment_id: str) -> tuple[ContactAttachment, bytes]:
    """A file of a contact in reach, with its bytes; raises NotFound ATTACHMENT_NOT_FOUND."""
    attachment = _found(work, reaching.found(work, Contact, contact_id), attachment_id)
    work.resource = f"contact_attachments/{attachment.attachment_id}"
    return attachment, work.session.get_one(AttachmentContent, attachment.sha256).content


def detach(work: UnitOfWork, contact_id: str, attachment_id: str) -> None:
    """Takes a file off; its content is removed by `sweep`, unless another attachment has the same."""
    contact = keeping.found_to_change(work, contact_id, "")
    work.session.delete(_found(work, contact, attachment_id))
    contact.attachment_count -= 1


def sweep(work: UnitOfWork) -> None:
    """Removes contents to which nothing refers any more, a bounded number of them in a turn."""
    referred = exists().where(ContactAttachment.sha256 == AttachmentContent.sha256)
    orphans = select(AttachmentContent.sha256).where(~referred).order_by(AttachmentContent.sha256).limit(_SWEPT_AT_ONCE)
    for sha256 in work.session.scalars(orphans).all():
        work.hold(_name(sha256))
        # Asked anew: somebody may just have attached the same.
        gone = delete(AttachmentContent).where(AttachmentContent.sha256 == sha256, ~referred)
        work.session.execute(gone.execution_options(synchronize_session=False))


def _keep(work: UnitOfWork, content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    work.hold(_name(sha256))
    if work.session.scalar(select(AttachmentContent.sha256).where(AttachmentContent.sha256 == sha256)) is None:
        work.session.add(AttachmentContent(sha256=sha256, content=content, create_time=work.now))
        work.session.flush()
    return sha256


def _found(work: UnitOfWork, contact: Contact, attachment_id: str) -> ContactAttachment:
    of_contact = select(ContactAttachment).where(
        ContactAttachment.contact_id == contact.contact_id,
        ContactAttachment.attachment_id == attachment_id.lower(),
        ContactAttachment.sha256.is_not(None),
    )
    found: ContactAttachment | None = work.session.scalars(of_contact).one_or_none()
    if found is None:
        raise NotFound("ATTACHMENT_NOT_FOUND", "The contact has no such file.")
    return found


def _name(sha256: str) -> str:
    return f"attachment {sha256}"
