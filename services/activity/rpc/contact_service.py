"""Serves `workbench.activity.v1.ContactService`: request to use case to answer."""

from __future__ import annotations

from collections.abc import Iterator

from google.api.httpbody_pb2 import HttpBody
from google.protobuf import empty_pb2
from google.protobuf.any_pb2 import Any as AnyMessage
from workbench.activity.v1 import contact_pb2, contact_service_pb2
from workbench.operations.v1 import file_service_pb2

from services.activity.model.contact import Contact
from services.activity.usecases import reaching
from services.activity.usecases.contacts import attachments, changing, importing, keeping, listing, recording
from services.activity.usecases.contacts.answering import as_answer, as_answers, as_listed
from services.chassis.db.session import UnitOfWork
from services.chassis.files.storage import PART_BYTES_MAX
from services.chassis.mapping import Mapper
from services.chassis.service import Stream

_attachment = Mapper(contact_pb2.ContactAttachment)
_version = Mapper(contact_pb2.ContactVersion, computed={"contact": keeping.former})


def create_contact(work: UnitOfWork, request: contact_service_pb2.CreateContactRequest) -> contact_pb2.Contact:
    return as_answer(work, recording.record(work, request.contact, request.on_duplicate))


def batch_create_contacts(
    work: UnitOfWork, request: contact_service_pb2.BatchCreateContactsRequest
) -> contact_service_pb2.BatchCreateContactsResponse:
    recorded = as_answers(work, recording.record_all(work, request.requests))
    return contact_service_pb2.BatchCreateContactsResponse(contacts=recorded)


def batch_import_contacts(
    work: UnitOfWork, request: contact_service_pb2.BatchImportContactsRequest
) -> contact_service_pb2.BatchImportContactsResponse:
    return importing.take_over(work, request)


def get_contact(work: UnitOfWork, request: contact_service_pb2.GetContactRequest) -> contact_pb2.Contact:
    return as_answer(work, reaching.found(work, Contact, request.contact_id))


def list_contacts(work: UnitOfWork, request: contact_service_pb2.ListContactsRequest) -> contact_service_pb2.ListContactsResponse:
    page = listing.list_contacts(work, request)
    return contact_service_pb2.ListContactsResponse(contacts=as_listed(work, page.rows), next_page_token=page.next_page_token)


def update_contact(work: UnitOfWork, request: contact_service_pb2.UpdateContactRequest) -> contact_pb2.Contact:
    return as_answer(work, changing.correct(work, request.contact, request.update_mask.paths))


def complete_contact(work: UnitOfWork, request: contact_service_pb2.CompleteContactRequest) -> contact_pb2.Contact:
    return as_answer(work, changing.complete(work, request))


def cancel_contact(work: UnitOfWork, request: contact_service_pb2.CancelContactRequest) -> contact_pb2.Contact:
    return as_answer(work, changing.cancel(work, request))


def list_contact_versions(
    work: UnitOfWork, request: contact_service_pb2.ListContactVersionsRequest
) -> contact_service_pb2.ListContactVersionsResponse:
    page = listing.list_versions(work, request)
    versions = map(_version, page.rows)
    return contact_service_pb2.ListContactVersionsResponse(versions=versions, next_page_token=page.next_page_token)


def attach_contact_file(work: UnitOfWork, request: contact_service_pb2.AttachContactFileRequest) -> contact_pb2.ContactAttachment:
    return _attachment(attachments.attach(work, request))


def list_contact_attachments(
    work: UnitOfWork, request: contact_service_pb2.ListContactAttachmentsRequest
) -> contact_service_pb2.ListContactAttachmentsResponse:
    found = map(_attachment, attachments.attachments_of(work, request.contact_id))
    return contact_service_pb2.ListContactAttachmentsResponse(attachments=found)


def download_contact_attachment(
    stream: Stream, request: contact_service_pb2.DownloadContactAttachmentRequest
) -> Iterator[HttpBody]:
    with stream.act() as work:
        attachment, content = attachments.content_of(work, request.contact_id, request.attachment_id)
        work.audit()
    info = AnyMessage()
    info.Pack(file_service_pb2.FileInfo(file_name=attachment.file_name, size_bytes=attachment.size_bytes))
    yield HttpBody(content_type=attachment.media_type, extensions=[info])
    for start in range(0, len(content), PART_BYTES_MAX):
        yield HttpBody(data=content[start : start + PART_BYTES_MAX])


def detach_contact_file(work: UnitOfWork, request: contact_service_pb2.DetachContactFileRequest) -> empty_pb2.Empty:
    attachments.detach(work, request.contact_id, request.attachment_id)
    return empty_pb2.Empty()
