"""What nobody should send: a 4xx with a stable reason, no stack trace, and no call to a service."""

import json

import pytest

BOOK = "/v1/shelves/1/books/2"
ECHO = "/v1/echo"
DEEP = b'{"child":' * 40 + b"{}" + b"}" * 40


@pytest.mark.parametrize(
    ("body", "reason", "field"),
    [
        (b"", None, None),
        (b"{", "BODY_NOT_JSON", None),
        (b"{'a':1}", "BODY_NOT_JSON", None),
        (b'{"aDouble":NaN}', "BODY_NOT_JSON", None),
        (b'{"aDouble":Infinity}', "BODY_NOT_JSON", None),
        (b'{"aString":"\xff"}', "BODY_NOT_JSON", None),
        (b'\xef\xbb\xbf{"aString":"x"}', "BODY_NOT_JSON", None),
        (b'{"aString":"x"} x', "BODY_NOT_JSON", None),
        (b'{"anInt64":' + b"9" * 5_000 + b"}", "BODY_NOT_JSON", None),
        (DEEP, "BODY_TOO_DEEP", None),
        (b"[" * 100_000, "BODY_TOO_DEEP", None),
        (b'{"aValue":' + b"[" * 50 + b"]" * 50 + b"}", "BODY_TOO_DEEP", None),
        (b'{"aString":"x","aString":"y"}', "FIELD_REPEATED", "aString"),
        (b'{"aString":"x","a_string":"y"}', "FIELD_INVALID", "aString"),
        (b"[]", "FIELD_INVALID", ""),
        (b"null", "FIELD_INVALID", ""),
        (b'{"nope":1}', "FIELD_UNKNOWN", "nope"),
        (b'{"child":{"nope":1}}', "FIELD_UNKNOWN", "child.nope"),
        (b'{"children":[{},{"aBool":1}]}', "FIELD_INVALID", "children[1].aBool"),
        (b'{"aString":"a\\u0000b"}', "FIELD_INVALID", "aString"),
        (b'{"aString":"\\ud800"}', "FIELD_INVALID", "aString"),
        (b'{"labels":{"a\\u0000":"b"}}', "FIELD_INVALID", "labels[0]"),
        (b'{"aStruct":{"x":["\\u0000"]}}', "FIELD_INVALID", "aStruct.x[0]"),
        (b'{"aString":7}', "FIELD_INVALID", "aString"),
        (b'{"aBool":"true"}', "FIELD_INVALID", "aBool"),
        (b'{"anInt32":2147483648}', "FIELD_INVALID", "anInt32"),
        (b'{"anInt32":1.5}', "FIELD_INVALID", "anInt32"),
        (b'{"anInt32":true}', "FIELD_INVALID", "anInt32"),
        (b'{"anInt64":"9223372036854775808"}', "FIELD_INVALID", "anInt64"),
        (b'{"aUint32":-1}', "FIELD_INVALID", "aUint32"),
        (b'{"aFloat":3.5e38}', "FIELD_INVALID", "aFloat"),
        (b'{"aDouble":1e400}', "FIELD_INVALID", "aDouble"),
        (b'{"aDouble":' + b"9" * 400 + b"}", "FIELD_INVALID", "aDouble"),
        (b'{"aValue":1e400}', "FIELD_INVALID", "aValue"),
        (b'{"colour":"COLOUR_GREEN"}', "FIELD_INVALID", "colour"),
        (b'{"colour":2147483648}', "FIELD_INVALID", "colour"),
        (b'{"someBytes":"***"}', "FIELD_INVALID", "someBytes"),
        (b'{"strings":"x"}', "FIELD_INVALID", "strings"),
        (b'{"strings":["x",null]}', "FIELD_INVALID", "strings[1]"),
        (b'{"aTime":"2026-02-30T00:00:00Z"}', "FIELD_INVALID", "aTime"),
        (b'{"aTime":"2026-02-03"}', "FIELD_INVALID", "aTime"),
        (b'{"aTime":0}', "FIELD_INVALID", "aTime"),
        (b'{"aDuration":"1"}', "FIELD_INVALID", "aDuration"),
        (b'{"aMask":"a_b"}', "FIELD_INVALID", "aMask"),
        (b'{"anAny":{"@type":"type.googleapis.com/no.Such"}}', "FIELD_INVALID", "anAny.@type"),
        (b'{"anAny":{"@type":7}}', "FIELD_INVALID", "anAny.@type"),
        (b'{"chosenText":"a","chosenNumber":1}', "FIELD_INVALID", "chosenNumber"),
    ],
)
def test_a_body_that_does_not_fit(trial, body, reason, field):
    answer = trial.client.post(ECHO, data=body, content_type="application/json")
    if reason is None:
        assert answer.status_code == 200
        return
    assert (answer.status_code, answer.json["reason"]) == (400, reason)
    if field is not None:
        assert answer.json["violations"][0]["field"] == field
    assert "Traceback" not in answer.text
    assert trial.backend.requests == []


def test_all_faults_are_told_at_once_up_to_a_bound(trial):
    body = {"anInt32": "x", "aBool": 1, "child": {"nope": 1, "strings": 7}}
    fields = [each["field"] for each in trial.client.post(ECHO, json=body).json["violations"]]
    assert fields == ["anInt32", "aBool", "child.nope", "child.strings"]
    many = trial.client.post(ECHO, json={f"nope{number}": 1 for number in range(1_000)})
    assert len(many.json["violations"]) == 20


def test_no_value_of_a_request_comes_back_in_a_refusal(trial):
    body = {"anInt32": "110101199003077934", "nope": "13800138000", "aTime": "6222021234567890"}
    text = trial.client.post(ECHO, json=body).text
    assert not any(value in text for value in body.values())


def test_a_body_beyond_the_limit_is_413_whether_its_length_is_told_or_not(make_trial):
    trial = make_trial(body_bytes_max=1_024)
    body = json.dumps({"aString": "x" * 2_000}).encode()
    assert trial.client.post(ECHO, data=body, content_type="application/json").status_code == 413
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
    answer = trial.client.post(ECHO, data=body, content_type="application/json", environ_overrides=chunked)
    assert (answer.status_code, answer.json["reason"]) == (413, "BODY_TOO_LARGE")


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp", "application/json; charset=utf-16"],
)
def test_a_body_of_another_type_is_415(trial, content_type):
    answer = trial.client.post(ECHO, data=b"{}", content_type=content_type)
    assert (answer.status_code, answer.json["reason"]) == (415, "CONTENT_TYPE_UNSUPPORTED")


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON; charset=UTF-8"])
def test_json_by_any_of_its_names_is_taken(trial, content_type):
    assert trial.client.post(ECHO, data=b"{}", content_type=content_type).status_code == 200


def test_a_body_where_none_belongs_is_refused(trial):
    answer = trial.client.get(BOOK, data=b"{}", content_type="application/json")
    assert (answer.status_code, answer.json["reason"]) == (400, "BODY_UNEXPECTED")


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("nope=1", "QUERY_UNKNOWN"),
        ("name=x", "QUERY_UNKNOWN"),
        ("by=x", "QUERY_UNKNOWN"),
        ("labels=x", "QUERY_UNKNOWN"),
        ("by.nope=x", "QUERY_UNKNOWN"),
        ("by.familyName.x=x", "QUERY_UNKNOWN"),
        ("%00=x", "QUERY_UNKNOWN"),
        ("tags=%FF", "QUERY_INVALID"),
        ("&".join(["tags=x"] * 300), "QUERY_INVALID"),
        ("revision=x", "FIELD_INVALID"),
        ("revision=9223372036854775808", "FIELD_INVALID"),
        ("revision=1&revision=2", "FIELD_INVALID"),
        ("colours=COLOUR_GREEN", "FIELD_INVALID"),
        ("readTime=yesterday", "FIELD_INVALID"),
        ("whole=yes", "FIELD_INVALID"),
        ("whole=", "FIELD_INVALID"),
        ("tags=%00", "FIELD_INVALID"),
        ("by.birthYear=1e2", "FIELD_INVALID"),
        ("ratio=abc", "FIELD_INVALID"),
    ],
)
def test_a_query_that_does_not_fit(trial, query, reason):
    answer = trial.client.get(f"{BOOK}?{query}")
    assert (answer.status_code, answer.json["reason"]) == (400, reason)
    assert trial.backend.requests == []


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Idempotency-Key": "7"}, "IDEMPOTENCY_KEY_INVALID"),
        ({"Idempotency-Key": "{0199c0de-0000-7000-8000-000000000001}"}, "IDEMPOTENCY_KEY_INVALID"),
        ({"If-Match": '"1", "2"'}, "IF_MATCH_INVALID"),
        ({"If-Match": '""'}, "IF_MATCH_INVALID"),
    ],
)
def test_a_header_that_does_not_fit(trial, headers, reason):
    answer = trial.client.patch(BOOK, json={"title": "x"}, headers={**trial.signed_in(), **headers})
    assert (answer.status_code, answer.json["reason"]) == (400, reason)


def test_headers_that_a_method_cannot_honour_are_refused_not_passed_over(trial):
    signed_in = trial.signed_in("trial.book.create")
    key = {"Idempotency-Key": "0199c0de-0000-7000-8000-000000000001"}
    answer = trial.client.post("/v1/books/1:archive", json={}, headers={**signed_in, **key})
    assert answer.json["reason"] == "IDEMPOTENCY_KEY_UNSUPPORTED"


def test_a_contradiction_within_a_request_is_refused(trial):
    signed_in = trial.signed_in()
    answer = trial.client.patch(BOOK, json={"name": "shelves/9/books/9"}, headers=signed_in)
    assert answer.json["violations"][0] == {"field": "book.name", "description": "differs from the path"}
    answer = trial.client.patch(BOOK, json={"etag": "1"}, headers={**signed_in, "If-Match": '"2"'})
    assert answer.json["reason"] == "ETAG_CONTRADICTS"


def test_an_address_beyond_the_limit_is_414(trial):
    assert trial.client.get(f"{BOOK}?tags={'x' * 10_000}").status_code == 414


@pytest.mark.parametrize("path", ["/v1/books/\xff", "/v1/books/a\0b"])
def test_a_path_of_odd_bytes_is_400(trial, path):
    # As a WSGI server gives the path: percent-decoded, its bytes as Latin-1.
    answer = trial.client.get("/", environ_overrides={"PATH_INFO": path})
    assert answer.status_code == 400
    assert trial.backend.requests == []


@pytest.mark.parametrize(
    "path", ["/v1/shelves//books/1", "/v1/shelves/1/books/", "/v1/books/", "//v1/titles", "/v1/titles/", "/v1"]
)
def test_an_empty_segment_is_nobodys_name(trial, path):
    assert trial.client.get(path).status_code == 404
