"""Serves `workbench.operations.v1.FileService`: hands files out to whoever has a link."""

from __future__ import annotations

from collections.abc import Iterator

from google.api.httpbody_pb2 import HttpBody
from google.protobuf.any_pb2 import Any as AnyMessage
from sqlalchemy import select
from workbench.operations.v1 import file_service_pb2

from services.chassis.files import links, storage
from services.chassis.files.table import FilePart, StoredFile
from services.chassis.service import Stream


def download_file(stream: Stream, request: file_service_pb2.DownloadFileRequest) -> Iterator[HttpBody]:
    """The file's parts; the first says what it is. Each part is read in a transaction of its own: a slow reader holds none."""
    with stream.act() as work:
        file = storage.find(work, links.verify(request.service, request.link, work.now))
        if not file.sha256:
            raise storage.not_found()
        starts = work.session.scalars(select(FilePart.start).filter_by(file_id=file.file_id).order_by(FilePart.start)).all()
        # Who fetched it is not known, since the link alone lets in; from where, is.
        work.resource = f"stored_files/{file.file_id}"
        work.audit()
    yield HttpBody(content_type=file.media_type, extensions=[_info(file)])
    for start in starts:
        with stream.transaction() as work:
            part = storage.part_at(work.session, file.file_id, start)
        if part is None:
            raise storage.not_found()
        yield HttpBody(data=part)


def _info(file: StoredFile) -> AnyMessage:
    packed = AnyMessage()
    packed.Pack(file_service_pb2.FileInfo(file_name=file.file_name, size_bytes=file.size_bytes))
    return packed
