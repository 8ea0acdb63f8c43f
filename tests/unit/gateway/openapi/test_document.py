"""The OpenAPI document: valid, complete, and true in its examples."""

import re

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from gateway.openapi import build_document, document_text
from gateway.openapi.constraints import ecma_pattern
from gateway.transcoding.contract import Contract
from gateway.transcoding.routes import Routes
from tests.unit.gateway.trial import trial_contract

CONTRACT = Contract.load()
AGAIN = Contract.of(CONTRACT.files)
DOCUMENT = build_document(CONTRACT)
TRIAL = build_document(trial_contract())
OPERATIONS = [(path, method, each) for path, item in DOCUMENT["paths"].items() for method, each in item.items()]


def operation(path, method="get", document=DOCUMENT):
    return document["paths"][path][method]


def parameters(path, method="get", document=DOCUMENT):
    return {(each["in"], each["name"]): each for each in operation(path, method, document)["parameters"]}


def check(schema, value):
    """Refuses a value that does not fit a schema of the document."""
    registry = Registry().with_resource("urn:document", Resource(DOCUMENT, DRAFT202012))
    absolute = {"$ref": "urn:document" + schema["$ref"]} if "$ref" in schema else rebase(schema)
    Draft202012Validator(absolute, registry=registry).validate(value)


def rebase(schema):
    if isinstance(schema, dict):
        return {key: "urn:document" + each if key == "$ref" else rebase(each) for key, each in schema.items()}
    return [rebase(each) for each in schema] if isinstance(schema, list) else schema


@pytest.mark.parametrize("document", [DOCUMENT, TRIAL])
def test_the_document_is_valid(document):
    validate(document)


def test_the_same_contract_gives_the_same_text():
    assert document_text(AGAIN) == document_text(CONTRACT)


def test_every_route_is_an_operation_of_its_own():
    routes = list(Routes(CONTRACT))
    assert len(OPERATIONS) == len(routes)
    assert len({each["operationId"] for _, _, each in OPERATIONS}) == len(routes)


def test_every_operation_is_documented_and_says_who_may_call():
    for path, method, each in OPERATIONS:
        assert each["summary"], f"{method} {path} has no comment in the contract"
        assert each["x-permission"]
        assert (each.get("security") == []) == (each["x-permission"] == "open")


def test_every_field_is_documented():
    without = [
        f"{name}.{field}"
        for name, schema in DOCUMENT["components"]["schemas"].items()
        for field, each in schema.get("properties", {}).items()
        if name != "Problem" and "description" not in each
    ]
    assert without == []


@pytest.mark.parametrize(("path", "method", "each"), OPERATIONS, ids=[each["operationId"] for _, _, each in OPERATIONS])
def test_every_example_fits_its_schema(path, method, each):
    bodies = [each["requestBody"]] if "requestBody" in each else []
    for holder in (*bodies, each["responses"]["200"]):
        for media in holder["content"].values():
            if "example" in media:
                check(media["schema"], media["example"])
    for parameter in each["parameters"]:
        if "example" in parameter:
            check(parameter["schema"], parameter["example"])


def test_every_pattern_compiles_where_it_will_be_read():
    patterns = re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', document_text(CONTRACT))
    assert patterns
    for pattern in set(patterns):
        re.compile(pattern.encode().decode("unicode_escape"))


def test_every_status_that_can_occur_is_told():
    assert {"200", "304", "400", "401", "403", "404", "429", "500", "501", "503"} <= set(
        operation("/v1/customers/{customerId}")["responses"]
    )
    assert {"409", "412", "413", "415"} <= set(operation("/v1/customers/{customerId}", "patch")["responses"])


def test_a_resource_in_a_patch_demands_no_field_and_leaves_out_what_the_path_says():
    body = operation("/v1/customers/{customerId}", "patch")["requestBody"]["content"]["application/json"]["schema"]
    assert "required" not in body
    assert "customerId" not in body["properties"]
    assert "displayName" in body["properties"]


def test_limits_of_the_contract_are_limits_of_the_schema():
    customer = DOCUMENT["components"]["schemas"]["customer.v1.Customer"]["properties"]
    assert customer["displayName"]["minLength"] == 1
    assert customer["displayName"]["maxLength"] == 200
    assert customer["kind"]["enum"][0] == "CUSTOMER_KIND_RETAIL"
    assert customer["createTime"]["format"] == "date-time"
    assert customer["leadPersonId"]["readOnly"]
    assert parameters("/v1/customers")["query", "pageSize"]["schema"]["minimum"] == 0
    assert parameters("/v1/customers")["query", "kinds"]["schema"]["maxItems"] == 8


def test_secrets_are_marked_and_those_that_only_go_in_are_write_only():
    properties = DOCUMENT["components"]["schemas"]["identity.v1.CreateSessionRequest"]["properties"]
    assert (properties["password"]["format"], properties["password"]["writeOnly"]) == ("password", True)
    tokens = DOCUMENT["components"]["schemas"]["identity.v1.SessionTokens"]["properties"]
    assert "writeOnly" not in tokens["accessToken"]


def test_headers_that_mean_something_are_parameters():
    assert ("header", "If-Match") in parameters("/v1/customers/{customerId}", "patch")
    assert ("header", "Idempotency-Key") in parameters("/v1/customers", "post")
    assert ("header", "If-None-Match") in parameters("/v1/customers/{customerId}")


def test_a_stream_is_an_event_stream():
    assert "text/event-stream" in operation("/v1/customers:watch")["responses"]["200"]["content"]


def test_a_variable_of_several_segments_is_several_parameters():
    assert {("path", "name1"), ("path", "name2"), ("query", "by.familyName"), ("query", "readTime")} <= set(
        parameters("/v1/shelves/{name1}/books/{name2}", document=TRIAL)
    )


def test_business_dates_are_dates():
    assert {"format": "date"} in DOCUMENT["components"]["schemas"]["customer.v1.Coverage"]["properties"]["startDate"]["anyOf"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"^[^\p{Cc}\x{200B}]*$", r"^[^\u0000-\u001f\u007f-\u009f\u200B]*$"),
        (r"^[A-Z]{3}$", r"^[A-Z]{3}$"),
        (r"^\P{Cc}*$", r"^[^\u0000-\u001f\u007f-\u009f]*$"),
        (r"^\p{Han}+$", ""),
    ],
)
def test_a_pattern_is_told_in_the_syntax_of_ecma(pattern, expected):
    assert ecma_pattern(pattern) == expected
