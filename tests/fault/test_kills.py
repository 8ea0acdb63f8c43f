"""Whatever dies or restarts in mid-load, process or server: no acknowledged write is lost, and each event takes effect once."""

import itertools
import os
import signal
import time

import pytest
import requests

from tests.deployments import wait_until
from tests.fault.writers import Writers, assert_nothing_lost, query, unpublished

WRITING_SECONDS = 0.2
PROCESSES = {
    "breakable_branch": ("services", "gateway"),
    "breakable_head_office": ("customer.serve", "customer.work", "identity.serve", "gateway", "identity.work"),
}
# Fifty in all: each process of a branch meets ten, each of a head office six.
KILLS = {"breakable_branch": 20, "breakable_head_office": 30}


def answers(deployment):
    try:
        return requests.get(f"{deployment.url}/readyz", timeout=2).status_code == 200
    except requests.RequestException:
        return False


@pytest.mark.timeout(700)
@pytest.mark.parametrize("fixture", PROCESSES)
def test_no_acknowledged_write_is_lost_in_fifty_kills(request, fixture):
    deployment = request.getfixturevalue(fixture)
    with Writers(deployment).writing() as writers:
        for _, name in zip(range(KILLS[fixture]), itertools.cycle(PROCESSES[fixture]), strict=False):
            time.sleep(WRITING_SECONDS)
            deployment.kill(name)
            wait_until(lambda: answers(deployment), seconds=30, what=f"recovery from the death of {name}")
    assert writers.troubles, "No kill met a write: the test proved nothing."
    wait_until(lambda: unpublished(deployment, "customer") == 0, seconds=60, what="all events published")
    assert_nothing_lost(deployment, writers)
    wait_until(lambda: effects(deployment) == recorded_grants(deployment), seconds=60, what="each grant in effect once")
    assert recorded_grants(deployment)


def recorded_grants(deployment):
    """The ids of identity's events that the customer service follows."""
    types = "('workbench.identity.v1.PostGranted', 'workbench.identity.v1.PostRevoked')"
    return {row[0] for row in query(deployment, "identity", f"SELECT event_id FROM outbox_messages WHERE type IN {types}")}


def effects(deployment):
    """The ids of those that it handled; the inbox holds each once."""
    types = "('workbench.identity.v1.PostGranted', 'workbench.identity.v1.PostRevoked')"
    return {row[0] for row in query(deployment, "customer", f"SELECT event_id FROM inbox_messages WHERE type IN {types}")}


@pytest.mark.parametrize("fixture", PROCESSES)
def test_sigterm_drains(request, fixture):
    """A process that is asked to end answers what it has begun: no write fails that was accepted."""
    deployment = request.getfixturevalue(fixture)
    name = PROCESSES[fixture][0]
    with Writers(deployment).writing() as writers:
        time.sleep(0.5)
        asked = deployment.process_id(name)
        os.kill(asked, signal.SIGTERM)
        wait_until(lambda: deployment.process_id(name) != asked, seconds=20, what="another process")
        wait_until(lambda: answers(deployment), seconds=30, what="readiness")
        time.sleep(0.5)
    assert_nothing_lost(deployment, writers)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("fixture", ["breakable_head_office"])
@pytest.mark.parametrize("server", ["breakable_postgresql", "breakable_rabbitmq"])
@pytest.mark.parametrize("how", ["restart", "crash"])
def test_load_goes_on_after_a_server_comes_back(request, fixture, server, how):
    """It causes retries and 503s, loses nothing, and no process of ours has to be started again."""
    deployment = request.getfixturevalue(fixture)
    broken = request.getfixturevalue(server)
    ids_before = {name: deployment.process_id(name) for name in PROCESSES[fixture]}
    with Writers(deployment).writing() as writers:
        time.sleep(0.7)
        if how == "crash":
            broken.kill()
            time.sleep(0.5)
            broken.start()
        else:
            broken.restart()
        wait_until(lambda: answers(deployment), seconds=60, what="readiness")
        written = len(writers.acknowledged)
        wait_until(lambda: len(writers.acknowledged) > written + 20, seconds=60, what="writes after the restart")
    wait_until(lambda: unpublished(deployment, "customer") == 0, seconds=60, what="all events published")
    assert_nothing_lost(deployment, writers)
    assert {name: deployment.process_id(name) for name in PROCESSES[fixture]} == ids_before
