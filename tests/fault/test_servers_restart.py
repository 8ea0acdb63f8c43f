"""PostgreSQL or RabbitMQ restarting in mid-load causes retries and 503s, loses nothing, and ends without a restart of ours."""

import time

import pytest

from tests.deployments import wait_until
from tests.fault.test_kills import answers
from tests.fault.writers import Writers, assert_nothing_lost, unpublished

PROCESSES = ("customer.serve", "customer.work", "identity.serve", "identity.work", "gateway")


@pytest.mark.timeout(240)
@pytest.mark.parametrize("server", ["breakable_postgresql", "breakable_rabbitmq"])
@pytest.mark.parametrize("how", ["restart", "crash"])
def test_load_goes_on_after_a_server_comes_back(request, breakable_head_office, server, how):
    broken = request.getfixturevalue(server)
    ids_before = {name: breakable_head_office.process_id(name) for name in PROCESSES}
    with Writers(breakable_head_office).writing() as writers:
        time.sleep(0.7)
        if how == "crash":
            broken.kill()
            time.sleep(0.5)
            broken.start()
        else:
            broken.restart()
        wait_until(lambda: answers(breakable_head_office), seconds=60, what="readiness")
        written = len(writers.acknowledged)
        wait_until(lambda: len(writers.acknowledged) > written + 20, seconds=60, what="writes after the restart")
    wait_until(lambda: unpublished(breakable_head_office, "customer") == 0, seconds=60, what="all events published")
    assert_nothing_lost(breakable_head_office, writers)
    assert {name: breakable_head_office.process_id(name) for name in PROCESSES} == ids_before
