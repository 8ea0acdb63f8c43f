"""The specification of `google.api.http`, sentence by sentence, as this gateway keeps it (google/api/http.proto)."""

import pytest

from gateway.transcoding.contract import ContractFault
from gateway.transcoding.request import Incoming
from gateway.transcoding.routes import Routes
from gateway.transcoding.template import Template
from services.chassis.kernel.errors import InvalidInput
from tests.unit.gateway.trial import compile_contract, trial_contract

ROUTES = Routes(trial_contract())


def read(http_method, path, query="", body=b"", **headers):
    endpoints, segments = ROUTES.find(path)
    assert endpoints is not None, f"nothing at {path}"
    route = endpoints[http_method]
    return route.rpc.method.name, route.reader.read(Incoming(segments, query, body, **headers))


def test_a_variable_without_a_pattern_takes_one_segment():
    method, request = read("GET", "/v1/books/faust")
    assert (method, request.name) == ("GetBook", "faust")


def test_a_variable_with_a_pattern_takes_what_the_pattern_matches():
    _, request = read("GET", "/v1/shelves/1/books/2")
    assert request.name == "shelves/1/books/2"
    assert ROUTES.find("/v1/shelves/1/books/2/x")[0] is None


def test_two_stars_take_any_number_of_segments_none_included():
    assert read("GET", "/v1/shelves/1/files/a/b/c.txt")[1].path == "a/b/c.txt"
    assert read("GET", "/v1/shelves/1/files")[1].path == ""


def test_a_variable_may_be_a_nested_field():
    _, request = read("PATCH", "/v1/shelves/1/books/2", body=b'{"title":"x"}')
    assert request.book.name == "shelves/1/books/2"


def test_a_verb_stands_after_the_last_segment():
    method, request = read("POST", "/v1/books/faust:archive", body=b'{"reason":"old"}')
    assert (method, request.name, request.reason) == ("ArchiveBook", "faust", "old")
    method, _ = read("GET", "/v1/books:watch")
    assert method == "WatchBooks"


def test_a_colon_that_begins_no_verb_belongs_to_the_segment():
    assert read("GET", "/v1/books/a:b")[1].name == "a:b"


def test_additional_bindings_lead_to_the_same_method():
    assert read("GET", "/v1/books/1")[0] == read("GET", "/v1/shelves/1/books/2")[0] == "GetBook"


def test_a_custom_kind_is_an_http_method_of_that_name():
    assert read("REPORT", "/v1/books")[0] == "SearchBooks"


def test_a_method_without_a_rule_has_no_route():
    assert "Internal" not in {route.rpc.method.name for route in ROUTES}


def test_a_body_that_names_a_field_is_that_field_and_the_rest_are_query_parameters():
    _, request = read("POST", "/v1/shelves/7/books", "dryRun=true&request_id=r", b'{"title":"x"}')
    assert (request.shelf, request.book.title, request.dry_run, request.request_id) == ("7", "x", True, "r")


def test_a_body_of_a_star_is_the_whole_message_and_there_are_no_query_parameters():
    with pytest.raises(InvalidInput, match="QUERY_UNKNOWN"):
        read("POST", "/v1/books/faust:archive", "reason=old")


def test_without_a_body_every_field_that_the_path_leaves_is_a_query_parameter():
    _, request = read("GET", "/v1/books/1", "revision=3&ratio=0.5&token=AQI&whole=false&tags=a&tags=b")
    assert (request.revision, request.ratio, request.token, list(request.tags)) == (3, 0.5, b"\1\2", ["a", "b"])
    assert request.HasField("whole")


def test_query_parameters_know_enums_times_masks_and_wrappers():
    query = "colours=COLOUR_RED&colours=-2&readTime=2026-01-01T08:00:00%2B08:00&readMask=title,author.familyName&limit=0"
    _, request = read("GET", "/v1/books/1", query)
    assert list(request.colours) == [1, -2]
    assert request.read_time.seconds == 1_767_225_600
    assert list(request.read_mask.paths) == ["title", "author.family_name"]
    assert request.HasField("limit")


def test_query_parameters_reach_fields_of_fields_by_either_name():
    _, request = read("GET", "/v1/books/1", "by.familyName=Goethe&by.birth_year=1749")
    assert (request.by.family_name, request.by.birth_year) == ("Goethe", 1749)


def test_path_and_query_are_utf_8():
    _, request = read("GET", "/v1/books/道德经", "tags=%E8%80%81%E5%AD%90&tags=a+b")
    assert (request.name, list(request.tags)) == ("道德经", ["老子", "a b"])


def test_an_empty_update_mask_is_filled_with_the_fields_of_the_body():
    body = b'{"title":null,"author":{"birthYear":1},"etag":"1","name":"shelves/1/books/2","createTime":"2026-01-01T00:00:00Z"}'
    _, request = read("PATCH", "/v1/shelves/1/books/2", body=body)
    assert list(request.update_mask.paths) == ["title", "author"]


def test_an_update_mask_that_is_given_stays():
    _, request = read("PATCH", "/v1/shelves/1/books/2", "updateMask=author.familyName", b'{"title":"x"}')
    assert list(request.update_mask.paths) == ["author.family_name"]


@pytest.mark.parametrize("text", ["7", "W/7", '"7"', 'W/"7"'])
def test_if_match_is_read_as_it_was_given_or_as_it_is_often_written(text):
    assert read("PATCH", "/v1/shelves/1/books/2", body=b"{}", if_match=text)[1].book.etag == "7"


def test_if_match_of_a_star_matches_any_state():
    assert read("PATCH", "/v1/shelves/1/books/2", body=b"{}", if_match="*")[1].book.etag == ""


@pytest.mark.parametrize(
    "text",
    ["", "v1/x", "/v1//x", "/v1/", "/v1/{", "/v1/{x", "/v1/{}", "/v1/{1x}", "/v1/{x=**}/y", "/v1/**/y", "/v1/{x}{y}",
     "/v1/{x}/{x}", "/v1/{x=}", "/v1/{x={y}}", "/v1/a b", "/v1/x:a b", "/v1/x:"],
)  # fmt: skip
def test_what_is_no_template_is_refused_at_start(text):
    with pytest.raises(ContractFault, match="is not a path template"):
        Template.parse(text)


def service(*rpcs):
    return "\n".join([
        'syntax = "proto3";', "package workbench.trial.v1;",
        'import "google/api/annotations.proto";', 'import "workbench/options/v1/options.proto";',
        "message M { string name = 1; repeated string names = 2; M child = 3; }", "service S {", *rpcs, "}",
    ])  # fmt: skip


def rpc(name, rule, access="open: true"):
    options = f"option (google.api.http) = {{{rule}}};" + (
        f"option (workbench.options.v1.access) = {{{access}}};" if access else ""
    )
    return f"rpc {name}(M) returns (M) {{{options}}}"


@pytest.mark.parametrize(
    ("rpcs", "fault"),
    [
        ([rpc("A", 'get: "/v1/x"', access="")], "has no"),
        ([rpc("A", 'get: "/v1/x"', access="audit: AUDIT_WRITE")], "says neither"),
        ([rpc("A", 'get: "/v1/{nope}"')], "no scalar field nope"),
        ([rpc("A", 'get: "/v1/{names}"')], "no scalar field names"),
        ([rpc("A", 'get: "/v1/{child}"')], "no scalar field child"),
        ([rpc("A", 'post: "/v1/x" body: "nope"')], "no field nope for a body"),
        ([rpc("A", 'get: "/v1/x" response_body: "nope"')], "no field nope for a response body"),
        ([rpc("A", 'body: "*"')], "has no pattern"),
        ([rpc("A", 'get: "/v1/x"'), rpc("B", 'get: "/v1/x"')], "bound to"),
        ([rpc("A", 'get: "/v1/{name}"'), rpc("B", 'get: "/v1/{child.name}"')], "bound to"),
        ([rpc("A", 'get: "/v1/x"', access="open: true every_service: true")], "no field `service`"),
    ],
)
def test_a_contract_that_contradicts_itself_is_refused_at_start(rpcs, fault):
    with pytest.raises(ContractFault, match=fault):
        Routes(compile_contract(service(*rpcs)))


def test_all_contradictions_are_told_at_once():
    with pytest.raises(ContractFault) as caught:
        Routes(compile_contract(service(rpc("A", 'get: "/v1/{nope}"'), rpc("B", 'get: "x"'))))
    assert len(str(caught.value).splitlines()) == 2
