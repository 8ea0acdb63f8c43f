"""A request through the whole gateway, to a real gRPC server and back."""

import gzip
import json
import time
import uuid

import pytest

from services.chassis.kernel.errors import (
    AlreadyExists,
    FieldViolation,
    InvalidInput,
    LimitReached,
    NotAllowed,
    NotFound,
    RuleBroken,
    StaleVersion,
    Unavailable,
)
from services.chassis.rpc.errors import InternalFault
from tests.unit.gateway.trial import trial_class

BOOK = "/v1/shelves/1/books/2"


def test_a_read_answers_the_message_as_json_with_its_etag(trial, book):
    trial.backend.answers["GetBook"] = lambda request: book(name=request.name, title="道德经", etag="7")
    answer = trial.client.get(BOOK)
    assert answer.status_code == 200
    assert answer.json == {"name": "shelves/1/books/2", "title": "道德经", "etag": "7"}
    assert answer.headers["ETag"] == '"7"'
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_read_of_what_was_seen_answers_304_without_body(trial, book):
    trial.backend.answers["GetBook"] = lambda _: book(etag="7")
    answer = trial.client.get(BOOK, headers={"If-None-Match": '"6", W/"7"'})
    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", '"7"')
    assert trial.client.get(BOOK, headers={"If-None-Match": '"6"'}).status_code == 200


def test_head_is_answered_as_get(trial, book):
    trial.backend.answers["GetBook"] = lambda _: book(etag="7")
    answer = trial.client.head(BOOK)
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"7"')


def test_a_service_learns_who_calls_from_where_and_under_which_correlation_id(trial):
    headers = {**trial.signed_in("trial.book.create"), "X-Correlation-Id": "abcdef-123"}
    answer = trial.client.post("/v1/shelves/1/books", json={}, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["X-Correlation-Id"] == "abcdef-123"
    metadata = trial.backend.metadata[-1]
    assert metadata["x-correlation-id"] == "abcdef-123"
    assert metadata["x-remote-address"] == "127.0.0.1"
    claims = trial.keys.verify(metadata["x-workbench-assertion"], "workbench-internal")
    assert (claims["sub"], claims["grt"][0]["p"]) == ("p-1", ["trial.book.create"])


@pytest.mark.parametrize("given", ["short", "with space in it", "x" * 65, "né-correlation"])
def test_a_correlation_id_of_another_form_is_replaced(trial, given):
    answer = trial.client.get("/v1/titles", headers={"X-Correlation-Id": given})
    assert uuid.UUID(answer.headers["X-Correlation-Id"]).version == 7


def test_an_idempotency_key_becomes_the_request_id(trial):
    key = str(uuid.uuid4())
    headers = {**trial.signed_in("trial.book.create"), "Idempotency-Key": key}
    assert trial.client.post("/v1/shelves/1/books", json={}, headers=headers).status_code == 200
    assert trial.backend.requests[-1].request_id == key


def test_if_match_becomes_the_etag_of_the_resource(trial):
    headers = {**trial.signed_in(), "If-Match": '"7"'}
    assert trial.client.patch(BOOK, json={"title": "x"}, headers=headers).status_code == 200
    assert trial.backend.requests[-1].book.etag == "7"


def test_only_a_field_of_the_answer_where_the_rule_says_so(trial):
    trial.backend.answers["ListTitles"] = lambda _: trial_class("ListTitlesResponse")(titles=["a", "b"])
    assert trial.client.get("/v1/titles").json == ["a", "b"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidInput("X", "x", violations=(FieldViolation("book.family_name", "must be set"),)), 400),
        (RuleBroken("X", "x"), 400),
        (NotAllowed("X", "x"), 403),
        (NotFound("X", "x"), 404),
        (AlreadyExists("X", "x"), 409),
        (StaleVersion("CONCURRENT_CHANGE", "x"), 409),
        (StaleVersion("BOOK_CHANGED", "x"), 412),
        (LimitReached("X", "x"), 429),
        (Unavailable("X", "x"), 503),
    ],
)
def test_a_refusal_of_a_service_is_told_as_a_problem(trial, error, status):
    def refuse(_request):
        raise error

    trial.backend.answers["GetBook"] = refuse
    answer = trial.client.get(BOOK)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["reason"] == error.reason
    assert answer.json["status"] == status
    assert answer.json["correlationId"] == answer.headers["X-Correlation-Id"]
    assert answer.json["violations"] == [{"field": "book.familyName", "description": "must be set"}] * len(error.violations)
    assert ("Retry-After" in answer.headers) == (status in (429, 503))


@pytest.mark.parametrize("fault", [InternalFault("SECRET_THING", "the password is x"), RuntimeError("secret")])
def test_a_fault_of_ours_tells_nothing_but_where_to_look(trial, fault):
    def fail(_request):
        raise fault

    trial.backend.answers["GetBook"] = fail
    answer = trial.client.get(BOOK)
    assert answer.status_code == 500
    assert answer.json["reason"] == "INTERNAL"
    assert "secret" not in answer.text.lower()
    assert "password" not in answer.text


def test_a_service_that_is_down_is_503_with_retry_after(trial):
    trial.backend.stop()
    answer = trial.client.get(BOOK)
    assert (answer.status_code, answer.json["reason"]) == (503, "SERVICE_UNAVAILABLE")
    assert int(answer.headers["Retry-After"]) >= 1


def test_a_service_that_is_too_slow_is_503(make_trial, book):
    trial = make_trial(deadline_ms=50)

    def dawdle(_request):
        time.sleep(0.3)
        return book()

    trial.backend.answers["GetBook"] = dawdle
    assert trial.client.get(BOOK).status_code == 503


def test_a_service_that_is_not_deployed_is_501_and_an_unknown_one_404(trial):
    answer = trial.client.get("/v1/states/customer")
    assert (answer.status_code, answer.json["reason"]) == (501, "SERVICE_NOT_DEPLOYED")
    assert trial.client.get("/v1/states/nosuch").json["reason"] == "SERVICE_NOT_FOUND"
    assert trial.client.get("/v1/states/trial").status_code == 200


def test_an_unknown_address_is_404_and_a_wrong_method_405_with_those_that_are_right(trial):
    assert trial.client.get("/v1/nothing").json["reason"] == "ROUTE_NOT_FOUND"
    answer = trial.client.delete(BOOK)
    assert (answer.status_code, answer.json["reason"]) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, PATCH"
    answer = trial.client.options(BOOK)
    assert (answer.status_code, answer.headers["Allow"]) == (204, "GET, HEAD, OPTIONS, PATCH")


def test_a_large_answer_is_compressed_for_whom_it_suits(trial, book):
    trial.backend.answers["GetBook"] = lambda _: book(title="x" * 5_000)
    answer = trial.client.get(BOOK, headers={"Accept-Encoding": "br, gzip;q=0.5"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(answer.data))["title"] == "x" * 5_000
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert "Content-Encoding" not in trial.client.get(BOOK, headers={"Accept-Encoding": "gzip;q=0"}).headers
    assert "Content-Encoding" not in trial.client.get(BOOK).headers


def test_every_answer_carries_the_headers_that_keep_browsers_safe(trial):
    for path in ("/v1/titles", "/v1/nothing", "/healthz"):
        headers = trial.client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "Strict-Transport-Security" not in headers


def test_transport_security_is_asked_for_where_all_is_https(make_trial):
    assert "Strict-Transport-Security" in make_trial(https_only=True).client.get("/healthz").headers


def test_pages_of_named_origins_may_call(make_trial):
    trial = make_trial(cors_origins="https://a.example, https://b.example")
    ask = {"Origin": "https://b.example", "Access-Control-Request-Method": "PATCH"}
    answer = trial.client.options(BOOK, headers=ask)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "https://b.example"
    assert "PATCH" in answer.headers["Access-Control-Allow-Methods"]
    assert "If-Match" in answer.headers["Access-Control-Allow-Headers"]
    assert trial.client.get("/v1/titles", headers=ask).headers["Access-Control-Allow-Origin"] == "https://b.example"
    other = trial.client.options(BOOK, headers={**ask, "Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in other.headers
    assert "Access-Control-Allow-Methods" not in other.headers


def test_requests_beyond_the_rate_are_429_with_the_time_to_wait(make_trial):
    trial = make_trial(address_requests_per_minute_max=3, person_requests_per_minute_max=5)
    codes = [trial.client.get("/v1/titles").status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    answer = trial.client.get("/v1/titles")
    assert answer.json["reason"] == "RATE_LIMIT_REACHED"
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


def test_a_signed_in_person_has_a_rate_of_his_own(make_trial):
    trial = make_trial(address_requests_per_minute_max=1, person_requests_per_minute_max=5)
    headers = trial.signed_in()
    first = trial.client.patch(BOOK, json={}, headers=headers)
    later = [trial.client.patch(BOOK, json={}, headers=headers).status_code for _ in range(6)]
    assert first.status_code == 200
    assert later == [200] * 5 + [429]


def test_behind_a_trusted_proxy_the_address_is_the_one_that_it_saw(make_trial):
    trial = make_trial(trusted_proxies="127.0.0.0/8")
    trial.client.get("/v1/titles", headers={"X-Forwarded-For": "6.6.6.6, 10.1.2.3, 127.0.0.9"})
    assert trial.backend.metadata[-1]["x-remote-address"] == "10.1.2.3"


def test_a_stranger_does_not_choose_his_address(trial):
    trial.client.get("/v1/titles", headers={"X-Forwarded-For": "6.6.6.6"})
    assert trial.backend.metadata[-1]["x-remote-address"] == "127.0.0.1"
