"""What a bus promises, whichever it is (`services/chassis/bus/port.py`)."""

from __future__ import annotations

import time

import pytest

from services.chassis.outbox.relay import Relay


def test_an_event_takes_effect(deployment, customer_id):
    deployment.record(customer_id, "first")
    deployment.await_entries(customer_id, "first")
    deployment.wait_until(lambda: deployment.unpublished() == 0)


def test_events_of_one_subject_take_effect_in_their_order(deployment, customer_id):
    texts = [f"{number}" for number in range(60)]
    for start in range(0, 60, 20):
        deployment.record(customer_id, *texts[start : start + 20])
    deployment.await_entries(customer_id, *texts)


def test_a_failure_is_retried_and_holds_back_only_its_subject(deployment, customer_id):
    deployment.record(customer_id, f"needs {customer_id}", "second", "third")
    deployment.record(f"{customer_id}-other", "goes on")
    deployment.await_entries(f"{customer_id}-other", "goes on")
    assert deployment.entries(customer_id) == []
    deployment.turn_on(customer_id)
    deployment.await_entries(customer_id, f"needs {customer_id}", "second", "third")


@pytest.mark.parametrize(("verb", "error"), [("needs", "RuleBroken[SWITCH_OFF]"), ("breaks", "ValueError")])
def test_what_keeps_failing_is_parked_with_its_error_and_redriven(deployment, customer_id, verb, error):
    deployment.record(customer_id, f"{verb} {customer_id}", "second")
    deployment.await_entries(customer_id, "second")
    (parked,) = deployment.parked(customer_id)
    assert (parked.type, parked.attempts) == ("workbench.customer.v1.CustomerReassigned", 3)
    assert parked.error.startswith(f"{error} at tests.contract.bus.ledger:")
    assert f"{verb} {customer_id}" not in deployment.log.read_text() + parked.error
    # Looking does not take it away.
    assert len(deployment.parked(customer_id)) == 1
    deployment.turn_on(customer_id)
    assert deployment.redrive("no such event") == 0
    assert deployment.redrive(parked.event_id) == 1
    deployment.await_entries(customer_id, "second", f"{verb} {customer_id}")
    assert deployment.parked(customer_id) == []


def test_who_looks_again_at_once_finds_what_was_looked_at(deployment, customer_id):
    deployment.record(customer_id, f"needs {customer_id}")
    deployment.wait_until(lambda: deployment.parked(customer_id))
    assert [len(deployment.parked(customer_id)) for _ in range(20)] == [1] * 20
    assert [deployment.redrive("no such event") for _ in range(10)] == [0] * 10
    deployment.turn_on(customer_id)
    assert deployment.redrive(deployment.parked(customer_id)[0].event_id) == 1
    deployment.await_entries(customer_id, f"needs {customer_id}")


def test_all_that_is_parked_is_redriven(deployment, customer_id):
    for number in range(3):
        deployment.record(f"{customer_id}-{number}", f"needs {customer_id}")
    deployment.wait_until(lambda: deployment.depth()[1] == 3)
    deployment.turn_on(customer_id)
    assert deployment.redrive() == 3
    for number in range(3):
        deployment.await_entries(f"{customer_id}-{number}", f"needs {customer_id}")
    assert deployment.depth() == (0, 0)


class DiesAfterPublishing:
    """A relay's process that ends between the bus' confirmation and its own mark."""

    def __init__(self, publisher):
        self.publisher = publisher

    def publish(self, messages):
        assert self.publisher.publish(messages) == frozenset()
        raise KeyboardInterrupt


def test_a_relay_that_dies_before_its_mark_causes_one_effect(deployment, customer_id):
    with pytest.raises(KeyboardInterrupt):
        # Whichever relay comes first; the one of the deployment is quick, so there is a lot to do.
        for number in range(1_000):
            deployment.record(f"{customer_id}-{number}", "once")
            Relay(deployment.source, DiesAfterPublishing(deployment.publisher)).publish_once()
    deployment.wait_until(lambda: deployment.unpublished() == 0)
    deployment.record(f"{customer_id}-{number}", "last")
    deployment.await_entries(f"{customer_id}-{number}", "once", "last")


def test_a_handler_whose_process_is_killed_takes_effect_once(deployment, customer_id):
    deployment.record(customer_id, "before", "takes 0.6 seconds", "after")
    deployment.await_entries(customer_id, "before")
    time.sleep(0.2)
    deployment.kill()
    assert deployment.entries(customer_id) == ["before"]
    deployment.start()
    deployment.await_entries(customer_id, "before", "takes 0.6 seconds", "after")


def test_a_stop_lets_the_running_handler_end(deployment, customer_id):
    deployment.record(customer_id, "before", "takes 0.6 seconds", "after")
    deployment.await_entries(customer_id, "before")
    time.sleep(0.2)
    assert deployment.terminate() == 0
    assert deployment.entries(customer_id) == ["before", "takes 0.6 seconds"]
    deployment.start()
    deployment.await_entries(customer_id, "before", "takes 0.6 seconds", "after")


def test_a_crash_of_the_bus_in_mid_load_loses_nothing(deployment, customer_id):
    texts = [f"{number}" for number in range(40)]
    for number in range(40):
        for each in range(5):
            deployment.record(f"{customer_id}-{each}", texts[number])
        if number == 20:
            deployment.crash_the_bus()
    for each in range(5):
        deployment.await_entries(f"{customer_id}-{each}", *texts)
    deployment.wait_until(lambda: deployment.unpublished() == 0 and deployment.depth() == (0, 0))
