"""The OpenAPI document is the truth: whatever schemathesis makes of it, no 5xx comes back and no answer that it does not name.

What a user administrator may do to sign-ins, schemathesis does; so it has deployments of its own to do it to.
"""

import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.deployments import PASSWORD
from tests.e2e.conftest import running_deployment

EXAMPLES = "25"
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "missing_required_header", "unsupported_method",
)  # fmt: skip
# A sign-out ends the run's own session, and a stream does not end by itself; both have tests of their own.
EXCLUDED = (("--exclude-path", "/v1/sessions/current"), ("--exclude-path", "/v1/customers:watch"))
# A business post meets everything. Of what serves customers a system post meets refusals alone, which `test_permissions` proves
# method by method: here it meets what it may call.
_SERVICES = {
    "useradmin.ho": ("DirectoryService", "GrantService", "SessionService", "OperationService", "FileService"),
    "feeds.ho": ("CalendarService", "DatasetService", "FeedService"),
    "steward.ho": ("QuarantineService", "ReconciliationService"),
}
LOGINS = {"manager.east": ("--include-tag","TaskService","--include-tag","CampaignService","--include-tag","ApprovalService","--include-tag","VisitCycleService"), "analyst.ho": ("--include-tag","VisitCycleService")}


@pytest.fixture(scope="module", params=["branch"])
def victim(request, tmp_path_factory):
    yield from running_deployment(request, tmp_path_factory.mktemp(request.param))


@pytest.mark.timeout(400)
@pytest.mark.parametrize("login", LOGINS)
def test_schemathesis_finds_no_server_error_and_no_undocumented_answer(victim, login):
    session = requests.post(f"{victim.url}/v1/sessions", json={"login": login, "password": PASSWORD}, timeout=10).json()
    run = subprocess.run(
        [
            str(Path(sys.executable).parent / "schemathesis"), "run", f"{victim.url}/v1/openapi.json",
            "--header", f"Authorization: Bearer {session['accessToken']}",
            "--phases", "examples,coverage,fuzzing", "--max-examples", EXAMPLES, "--seed", "1",
            # One worker: Python 3.11 loses count of its parser's depth when two threads parse at once (CPython 106905).
            "--workers", "1",
            "--checks", ",".join(CHECKS), "--no-color", "--warnings", "off",
            *(argument for pair in EXCLUDED for argument in pair), *LOGINS[login],
        ],
        capture_output=True, text=True, check=False, timeout=380, cwd=victim.home,
    )  # fmt: skip
    assert run.returncode == 0, victim.logs() + run.stdout[-8_000:] + run.stderr[-2_000:]
