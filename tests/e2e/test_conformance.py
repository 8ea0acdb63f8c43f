"""The OpenAPI document is the truth: whatever schemathesis makes of it, no 5xx comes back and no answer that it does not name.

A request that breaks the contract is refused before a database is asked, by the same code in both profiles: a branch proves it,
with one request for all that are refused alike (`representative_cases`). A head office meets all that keeps the contract, every
boundary value of it, because that goes on to PostgreSQL, which takes less than SQLite does.

What a user administrator may do to sign-ins, schemathesis does; so it has deployments of its own to do it to, and does it last.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.deployments import PASSWORD
from tests.e2e.conftest import running_deployment

ROOT = Path(__file__).parents[2]
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "missing_required_header", "unsupported_method",
)  # fmt: skip
# By profile. What is made up at random reaches a service as what the coverage phase makes does: a branch alone meets it, and two
# a method are enough.
BUDGETS = {
    "branch": ("--phases", "examples,coverage,fuzzing", "--max-examples", "2", "--mode", "all"),
    "head-office": ("--phases", "examples,coverage", "--mode", "positive"),
}
HOOKS = {"branch": "tests.e2e.representative_cases", "head-office": "tests.e2e.path_lengths"}
# A sign-out ends the run's own session, and a stream does not end by itself; both have tests of their own.
EXCLUDED = ("--exclude-path", "/v1/sessions/current", "--exclude-path-regex", ":watch$")
BUSINESS_POST = "manager.east"
# Who meets what the business post does not. Of what serves customers a system post meets refusals alone, which `test_permissions`
# proves method by method: here it meets what it may call.
SERVICES = {
    "analyst.ho": ("AnalysisService", "ModelService", "RunService", "SignalService"),
    "product.ho": ("KnowledgeService", "PipelineService", "ProductService", "SchemeService", "SurveyService"),
    "feeds.ho": ("CalendarService", "DatasetService", "FeedService"),
    "steward.ho": ("QuarantineService", "ReconciliationService"),
}
# Of a service that the business post meets, what another may call alone.
PATHS = {"steward.ho": "/v1/claims:import"}
ADMINISTRATOR, ADMINISTRATION = "useradmin.ho", ("DirectoryService", "GrantService", "SessionService")


@pytest.fixture(scope="module", params=["branch", "head-office"])
def victim(request, tmp_path_factory):
    yield from running_deployment(request, tmp_path_factory.mktemp(request.param))


@pytest.mark.timeout(700)
@pytest.mark.parametrize("administration", [False, True], ids=["services", "administration"])
def test_schemathesis_finds_no_server_error_and_no_undocumented_answer(victim, administration):
    profile = victim.environment["WORKBENCH_PROFILE"]
    config = victim.home / "schemathesis.toml"
    config.write_text(configuration(victim, HOOKS[profile], ADMINISTRATOR if administration else BUSINESS_POST))
    run = subprocess.run(
        [
            str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(config), "run",
            f"{victim.url}/v1/openapi.json", *BUDGETS[profile], "--seed", "1",
            # One worker: Python 3.11 loses count of its parser's depth when two threads parse at once (CPython 106905).
            "--workers", "1",
            "--checks", ",".join(CHECKS), "--no-color", "--warnings", "off", *EXCLUDED,
            *(word for service in ADMINISTRATION for word in ("--include-tag" if administration else "--exclude-tag", service)),
        ],
        capture_output=True, text=True, check=False, timeout=680, cwd=victim.home,
        # Nothing else: the client looks for a proxy among all variables at each request.
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert run.returncode == 0, victim.logs() + run.stdout[-8_000:] + run.stderr[-2_000:]


def configuration(deployment, hooks, login):
    """Everything is asked as `login`, but what the others are there for."""
    asked = [(login, "")]
    # What comes first goes before what comes later.
    asked += [(who, f'include-path = "{path}"') for who, path in PATHS.items()]
    asked += [(who, f"include-tag = {list(services)}") for who, services in SERVICES.items()]
    lines = [f'hooks = "{hooks}"']
    for who, which in asked:
        answer = requests.post(f"{deployment.url}/v1/sessions", json={"login": who, "password": PASSWORD}, timeout=10)
        if which:
            lines += ["[[operations]]", which]
        lines.append(f'headers = {{ Authorization = "Bearer {answer.json()["accessToken"]}" }}')
    return "\n".join(lines)
