"""The pages beside the contract's routes."""

import json
import re

import pytest
from openapi_spec_validator import validate

DOCS_ASSETS = ("swagger-ui.css", "swagger-ui-bundle.js", "start.js", "favicon-32x32.png")


def test_health_is_of_the_process_and_readiness_of_its_services(trial):
    assert trial.client.get("/healthz").json == {"state": "SERVING"}
    answer = trial.client.get("/readyz")
    assert (answer.status_code, answer.json["state"], answer.json["services"]["trial"]) == (200, "READY", "SERVING")


def test_it_is_not_ready_while_a_service_of_its_own_is_down(trial):
    trial.backend.stop()
    answer = trial.client.get("/readyz")
    assert (answer.status_code, answer.json["services"]["trial"]) == (503, "NOT_SERVING")
    assert trial.client.get("/healthz").status_code == 200


def test_capabilities_tell_which_services_there_are_but_not_where(trial):
    content = trial.client.get("/v1/capabilities").json
    services = {each["name"]: (each["placement"], each["state"]) for each in content["services"]}
    assert services["trial"] == ("here", "SERVING")
    assert services["customer"] == ("absent", "NOT_DEPLOYED")
    assert services["performance"] == ("absent", "NOT_DEPLOYED")
    assert str(trial.backend.port) not in json.dumps(content)


def test_the_contract_is_served_whole_and_not_twice(trial):
    answer = trial.client.get("/v1/openapi.json")
    validate(answer.json)
    again = trial.client.get("/v1/openapi.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("path", ["/docs", "/docs/"])
def test_the_documents_page_needs_no_other_host_and_keeps_its_policy(trial, path):
    answer = trial.client.get(path)
    assert answer.status_code == 200
    assert not re.search(r"https?://|//[a-z]", answer.text)
    assert not re.search(r"<script[^>]*>[^<]", answer.text)
    assert "script-src 'self';" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", DOCS_ASSETS)
def test_what_the_documents_page_loads_is_there(trial, name):
    assert trial.client.get(f"/docs/{name}").status_code == 200
    if name != "start.js":
        assert name in trial.client.get("/docs").text or name.startswith("favicon")


@pytest.mark.parametrize("path", ["/docs/nope", "/docs/..%2f__init__.py", "/docs/../views.py", "/docs/%2e%2e/__init__.py"])
def test_no_other_file_is_served(trial, path):
    assert trial.client.get(path).status_code == 404


def test_the_public_keys_hold_nothing_secret(trial):
    (key,) = trial.client.get("/.well-known/jwks.json").json["keys"]
    assert key["kty"] == "EC"
    assert "d" not in key


def test_metrics_are_for_a_scraper_with_the_token_or_a_person_with_the_permission(make_trial):
    trial = make_trial(scrape_token="a-long-token")
    trial.client.get("/v1/titles")
    assert trial.client.get("/metrics").status_code == 401
    assert trial.client.get("/metrics", headers={"Authorization": "Bearer a-wrong-token"}).status_code == 401
    assert trial.client.get("/metrics", headers=trial.signed_in("trial.book.read")).status_code == 403
    for headers in ({"Authorization": "Bearer a-long-token"}, trial.signed_in("operations.metrics.read")):
        answer = trial.client.get("/metrics", headers=headers)
        assert answer.status_code == 200
        assert 'workbench_gateway_requests_total{method="GET",route="/v1/titles",status="200"} 1.0' in answer.text


def test_without_a_scrape_token_an_empty_one_opens_nothing(trial):
    for authorization in ("", "Bearer", "Bearer "):
        assert trial.client.get("/metrics", headers={"Authorization": authorization}).status_code == 401


def test_labels_of_metrics_are_a_closed_set(trial):
    for number in range(20):
        trial.client.get(f"/v1/books/{number}")
        trial.client.get(f"/nowhere/{number}")
        trial.client.open(f"/v1/books/{number}", method=f"ODD{number}")
    text = trial.client.get("/metrics", headers=trial.signed_in("operations.metrics.read")).text
    routes = set(re.findall(r'workbench_gateway_requests_total\{method="(\w+)",route="([^"]+)"', text))
    assert routes == {("GET", "/v1/books/{name}"), ("GET", "none"), ("other", "none")}


@pytest.mark.parametrize("path", ["/healthz", "/docs", "/v1/capabilities"])
def test_a_page_answers_only_to_reading(trial, path):
    answer = trial.client.post(path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert answer.headers["Content-Type"] == "application/problem+json"
