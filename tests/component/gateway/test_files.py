"""Files through the gateway: bytes go up as they are, and come down to be kept, never to be shown."""

import time

import pytest
from google.api.httpbody_pb2 import HttpBody
from google.protobuf.any_pb2 import Any as AnyMessage
from workbench.operations.v1.file_service_pb2 import FileInfo

from gateway.downloads import disposition
from gateway.openapi import build_document
from gateway.transcoding.contract import message_class
from services.chassis.kernel.errors import NotFound
from tests.unit.gateway.trial import trial_contract

UPLOAD = "/v1/books/faust:upload"


def body(**fields):
    # Of the trial's own pool: its types are other classes than those of the product.
    return trial_class_of("google.api.HttpBody").FromString(HttpBody(**fields).SerializeToString())


def trial_class_of(name):
    return message_class(trial_contract().pool.FindMessageTypeByName(name))


def info(name, size=0):
    packed = AnyMessage()
    packed.Pack(FileInfo(file_name=name, size_bytes=size))
    return packed


def test_bytes_go_up_as_they_are_with_their_type_and_their_query(trial, book):
    content = bytes(range(256)) * 10
    trial.backend.answers["UploadPages"] = lambda request: book(title=str(len(request.content.data)))
    answer = trial.client.post(f"{UPLOAD}?offset=7", data=content, content_type="text/csv; charset=gb18030")
    assert (answer.status_code, answer.json["title"]) == (200, "2560")
    (request,) = trial.backend.requests
    assert (request.name, request.offset, request.content.data) == ("faust", 7, content)
    assert request.content.content_type == "text/csv; charset=gb18030"


@pytest.mark.parametrize("content_type", ["", "nonsense", "a/" + "b" * 300])
def test_a_type_that_is_none_is_the_general_one(trial, content_type):
    assert trial.client.post(UPLOAD, data=b"x", content_type=content_type).status_code == 200
    assert trial.backend.requests[0].content.content_type == "application/octet-stream"


def test_json_is_bytes_as_well_where_bytes_are_taken(trial):
    assert trial.client.post(UPLOAD, data=b'{"a":', content_type="application/json").status_code == 200
    assert trial.backend.requests[0].content.data == b'{"a":'


def test_a_file_is_bounded_as_any_body(make_trial):
    answer = make_trial(body_bytes_max=1_024).client.post(UPLOAD, data=b"x" * 1_025)
    assert (answer.status_code, answer.json["reason"]) == (413, "BODY_TOO_LARGE")


def test_a_file_in_one_message_comes_down_to_be_kept(trial):
    trial.backend.answers["GetCover"] = lambda _request: body(
        content_type="image/png", data=b"\x89PNG", extensions=[info("封面.png")]
    )
    answer = trial.client.get("/v1/covers/1")
    assert (answer.status_code, answer.data, answer.content_type) == (200, b"\x89PNG", "image/png")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].endswith("filename*=UTF-8''%E5%B0%81%E9%9D%A2.png")


def test_a_file_that_is_still_the_same_is_not_sent_again(trial):
    trial.backend.answers["GetCover"] = lambda _request: body(content_type="image/png", data=b"\x89PNG")
    etag = trial.client.get("/v1/covers/1").headers["ETag"]
    same = trial.client.get("/v1/covers/1", headers={"If-None-Match": etag})
    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", etag)
    trial.backend.answers["GetCover"] = lambda _request: body(content_type="image/png", data=b"other")
    assert trial.client.get("/v1/covers/1", headers={"If-None-Match": etag}).data == b"other"


def test_a_file_in_parts_comes_down_part_by_part(trial):
    def parts(_request, _context):
        yield body(content_type="text/csv", extensions=[info("customers.csv", 6)])
        yield body(data=b"abc")
        yield body(data=b"def")

    trial.backend.answers["DownloadPages"] = parts
    answer = trial.client.get("/v1/pages/1")
    assert answer.data == b"abcdef"
    assert answer.headers["Content-Length"] == "6"
    assert answer.headers["Content-Disposition"] == "attachment; filename=\"customers.csv\"; filename*=UTF-8''customers.csv"
    head = trial.client.head("/v1/pages/1")
    assert (head.status_code, head.data) == (200, b"")


def test_a_refusal_before_the_first_part_is_an_answer_of_its_own(trial):
    def refuse(_request, _context):
        raise NotFound("FILE_NOT_FOUND", "There is no such file.")
        yield

    trial.backend.answers["DownloadPages"] = refuse
    answer = trial.client.get("/v1/pages/1")
    assert (answer.status_code, answer.json["reason"]) == (404, "FILE_NOT_FOUND")


def test_a_client_that_leaves_ends_the_call(trial):
    def forever(_request, context):
        while context.is_active():
            yield body(content_type="text/csv", data=b"x")
            time.sleep(0.01)

    trial.backend.answers["DownloadPages"] = forever
    answer = trial.client.get("/v1/pages/1")
    assert next(iter(answer.response)) == b"x"
    answer.close()
    assert trial.backend.ended_streams.acquire(timeout=5)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("a.csv", "a.csv"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ('x"; filename="evil.exe', "x_; filename=_evil.exe"),
        ("a\r\nSet-Cookie: b", "aSet-Cookie: b"),
        ("\u202egnp.exe", "gnp.exe"),
        ("", "download"),
        ("客户.csv", "__.csv"),
    ],
)
def test_a_name_says_neither_a_path_nor_a_header(name, plain):
    assert disposition(name).startswith(f'attachment; filename="{plain}"; ')


def test_the_document_says_that_it_is_bytes():
    paths = build_document(trial_contract())["paths"]
    upload = paths["/v1/books/{name}:upload"]["post"]
    assert upload["requestBody"]["content"] == {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    assert "415" not in upload["responses"]
    assert {each["name"] for each in upload["parameters"]} == {"name", "offset"}
    for path in ("/v1/covers/{shelf}", "/v1/pages/{shelf}"):
        assert list(paths[path]["get"]["responses"]["200"]["content"]) == ["*/*"]
