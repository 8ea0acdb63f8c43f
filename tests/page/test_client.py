"""The client package as another front-end team takes it: packed, installed, run as its README says, on the mock and a bank."""

import re
import subprocess
import time
from pathlib import Path

import pytest
import requests

from gateway.web.build import node_environment
from tests.servers import free_port

WEB = Path(__file__).parents[2] / "gateway/web"
README = WEB / "client/README.md"
INSTALL = ("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project with the packed client and the README's first script."""
    folder = tmp_path_factory.mktemp("front-end")
    subprocess.run(
        ["npm", "pack", "--silent", "--workspace", "@rm-workbench/client", "--pack-destination", str(folder)],
        cwd=WEB, check=True, stdout=subprocess.DEVNULL, env=node_environment(),
    )  # fmt: skip
    (folder / "package.json").write_text('{"name": "front-end", "type": "module", "private": true}')
    subprocess.run([*INSTALL, str(next(folder.glob("*.tgz")))], cwd=folder, check=True, env=node_environment())
    script = re.search(r"```js\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)[1]
    (folder / "first.mjs").write_text(script, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def mock(project):
    """The address of the mock gateway."""
    port = free_port()
    command = [project / "node_modules/.bin/rm-workbench-mock", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=node_environment()) as process:
        assert "http://127.0.0.1" in process.stdout.readline()
        yield f"http://127.0.0.1:{port}"
        process.terminate()


def first_calls(project, url):
    run = subprocess.run(
        ["node", "first.mjs"],
        cwd=project,
        env=node_environment() | {"WORKBENCH_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


def test_the_first_calls_work_against_the_mock(project, mock):
    me, *customers = first_calls(project, mock)
    assert re.fullmatch(r".+ \d+", me)
    assert customers


def test_the_first_calls_work_against_a_bank(project, bank):
    me, *customers, refusal = first_calls(project, bank.url)
    assert int(me.rsplit(" ", 1)[1]) > 30
    assert 0 < len(customers) <= 20
    assert refusal.startswith("400 REQUEST_INVALID")


def test_the_mock_checks_as_the_gateway_does(mock):
    contact = f"{mock}/v1/contacts"
    assert requests.get(f"{mock}/v1/nothing", timeout=5).json()["status"] == 404
    assert requests.post(contact, json={}, timeout=5).json()["reason"] == "NOT_SIGNED_IN"
    signed_in = {"Authorization": "Bearer any"}
    unfit = requests.post(contact, json={"kind": "NONE", "minuets": 1}, headers=signed_in, timeout=5)
    assert (unfit.status_code, unfit.headers["Content-Type"]) == (400, "application/problem+json")
    assert {violation["field"] for violation in unfit.json()["violations"]} >= {"kind", "minuets"}
    made = requests.post(contact, json={"kind": "CONTACT_KIND_CALL"}, headers=signed_in, timeout=5)
    assert made.json()["contactId"]
    stale = requests.patch(f"{contact}/1", json={}, headers=signed_in | {"Prefer": "code=412"}, timeout=5)
    assert (stale.status_code, stale.json()["reason"]) == (412, "CONCURRENT_CHANGE")
    custom = requests.post(f"{contact}/1:complete", json={"outcome": "CONTACT_OUTCOME_SOLVED"}, headers=signed_in, timeout=5)
    assert custom.status_code == 200


def test_a_stream_of_the_mock_ends(mock):
    started = time.monotonic()
    stream = requests.get(f"{mock}/v1/notifications:watch", headers={"Authorization": "Bearer any"}, timeout=5)
    assert stream.headers["Content-Type"] == "text/event-stream"
    assert time.monotonic() - started < 5
