"""Files attached to contacts: by their own bytes what they say they are, kept once, handed out within reach."""

import hashlib
import io
import zipfile

import grpc
import pytest
from sqlalchemy import func, select, text
from workbench.activity.v1 import contact_pb2
from workbench.operations.v1 import file_service_pb2

from services.activity.model.contact import AttachmentContent
from services.activity.usecases.contacts import attachments
from services.chassis.kernel.errors import InvalidInput, LimitReached, NotAllowed, NotFound
from services.chassis.rpc.errors import from_rpc_error
from services.chassis.rpc.wire import ASSERTION_AUDIENCE, ASSERTION_KEY

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
EXE = b"MZ" + bytes(200)


def office(*names):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("[Content_Types].xml", *names):
            archive.writestr(name, "<x/>")
    return packed.getvalue()


@pytest.fixture
def contact(town):
    customer = town.customer(town.rm1_east)
    return town.rm1_east.call("CreateContact", contact={"customer_id": customer, "kind": contact_pb2.CONTACT_KIND_VISIT})


def attach(person, contact, file_name, content, content_type="application/octet-stream"):
    body = {"content_type": content_type, "data": content}
    return person.call("AttachContactFile", contact_id=contact.contact_id, file_name=file_name, content=body)


def download(person, **which):
    """The type, the name and the bytes of a file as they come."""
    method = person.service.methods["DownloadContactAttachment"]
    invoke = person.service.channel.unary_stream(
        method.path, request_serializer=method.request.SerializeToString, response_deserializer=method.response.FromString
    )
    assertion = person.service.ring.sign(person.caller.to_claims(), ASSERTION_AUDIENCE, 60)
    try:
        first, *parts = invoke(method.request(**which), metadata=[(ASSERTION_KEY, assertion)], timeout=10)
    except grpc.RpcError as error:
        raise from_rpc_error(error) from None
    info = file_service_pb2.FileInfo()
    first.extensions[0].Unpack(info)
    return first.content_type, info.file_name, b"".join(part.data for part in parts)


def kept(town, content):
    sha256 = hashlib.sha256(content).hexdigest()
    with town.service.database.transaction(read_only=True) as work:
        of_hash = select(func.count()).select_from(AttachmentContent).where(AttachmentContent.sha256 == sha256)
        return work.session.scalar(of_hash)


def test_a_file_is_kept_by_its_hash_and_handed_out_as_it_was(town, contact):
    attached = attach(town.rm1_east, contact, "授信方案.pdf", PDF, "application/pdf")
    assert (attached.media_type, attached.size_bytes) == ("application/pdf", len(PDF))
    assert attached.sha256 == hashlib.sha256(PDF).hexdigest()
    which = {"contact_id": contact.contact_id, "attachment_id": attached.attachment_id}
    assert download(town.leader_east, **which) == ("application/pdf", "授信方案.pdf", PDF)
    assert list(town.rm1_east.call("ListContactAttachments", contact_id=contact.contact_id).attachments) == [attached]
    assert town.rm1_east.call("GetContact", contact_id=contact.contact_id).attachment_count == 1
    with pytest.raises(NotFound):
        download(town.rm1_west, **which)
    with town.service.database.transaction(read_only=True) as work:
        for table in ("attachment_contents", "contact_attachments"):
            row = work.session.execute(text(f"SELECT * FROM {table} LIMIT 1")).one()
            assert not any("授信" in str(value) or b"%PDF" in bytes(str(value), "utf8") for value in row)


def test_the_same_content_is_kept_once_and_goes_with_the_last(town, contact):
    content = PDF + contact.contact_id.encode()
    first, second = (attach(town.rm1_east, contact, name, content) for name in ("a.pdf", "b.pdf"))
    for attached, left in ((first, 1), (second, 0)):
        which = {"contact_id": contact.contact_id, "attachment_id": attached.attachment_id}
        town.rm1_east.call("DetachContactFile", **which)
        with town.service.database.transaction() as work:
            attachments.sweep(work)
        assert kept(town, content) == left
        with pytest.raises(NotFound):
            download(town.rm1_east, **which)
    assert town.rm1_east.call("GetContact", contact_id=contact.contact_id).attachment_count == 0


@pytest.mark.parametrize(
    ("file_name", "content"),
    [
        ("记录.txt", "会谈记录,下周报价。".encode()),
        ("旧系统.csv", "姓名,金额\n张三,1".encode("gb18030")),
        ("名片.png", PNG),
        ("方案.DOCX", office("word/document.xml")),
        ("测算.xlsx", office("xl/workbook.xml")),
        ("旧.doc", bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600)),
        ("录音.wav", b"RIFF\x24\0\0\0WAVEfmt " + bytes(40)),
    ],
)
def test_what_it_says_it_is_is_taken(town, contact, file_name, content):
    assert attach(town.rm1_east, contact, file_name, content).file_name == file_name


@pytest.mark.parametrize(
    ("reason", "file_name", "content", "content_type"),
    [
        ("FILE_TYPE_REFUSED", "setup.exe", EXE, "application/octet-stream"),
        ("FILE_TYPE_REFUSED", "page.html", b"<html></html>", "text/html"),
        ("FILE_TYPE_REFUSED", "noending", PDF, "application/pdf"),
        ("FILE_TYPE_REFUSED", "宏.xlsx", office("xl/workbook.xml", "xl/vbaProject.bin"), "application/octet-stream"),
        ("FILE_TYPE_MISSTATED", "报告.pdf", EXE, "application/pdf"),
        ("FILE_TYPE_MISSTATED", "报告.txt", PDF, "text/plain"),
        ("FILE_TYPE_MISSTATED", "报告.txt", b"a\0b", "text/plain"),
        ("FILE_TYPE_MISSTATED", "照片.png", PDF, "image/png"),
        ("FILE_TYPE_MISSTATED", "方案.docx", office("xl/workbook.xml"), "application/octet-stream"),
        ("FILE_TYPE_MISSTATED", "方案.docx", b"PK\x03\x04broken", "application/octet-stream"),
        ("FILE_TYPE_MISSTATED", "报告.pdf", PDF, "image/png"),
        ("FILE_EMPTY", "报告.pdf", b"", "application/pdf"),
        ("REQUEST_INVALID", "../报告.pdf", PDF, "application/pdf"),
    ],
)
def test_an_upload_that_lies_about_its_type_is_refused(town, contact, reason, file_name, content, content_type):
    with pytest.raises(InvalidInput) as refused:
        attach(town.rm1_east, contact, file_name, content, content_type)
    assert refused.value.reason == reason


def test_size_and_number_are_limited(town, contact, monkeypatch):
    with pytest.raises(LimitReached) as refused:
        attach(town.rm1_east, contact, "大.pdf", PDF + bytes(town.service.database.settings.attachment_bytes_max))
    assert refused.value.reason == "FILE_TOO_LARGE"
    monkeypatch.setattr(attachments, "ATTACHMENTS_MAX", 1)
    attach(town.rm1_east, contact, "一.pdf", PDF)
    with pytest.raises(LimitReached) as refused:
        attach(town.rm1_east, contact, "二.pdf", PDF)
    assert refused.value.reason == "ATTACHMENTS_TOO_MANY"


def test_who_only_reaches_the_customer_attaches_nothing(town, contact):
    town.reassign(contact.customer_id, town.rm1_east, town.rm2_east)
    with pytest.raises(NotAllowed):
        attach(town.rm2_east, contact, "一.pdf", PDF)
