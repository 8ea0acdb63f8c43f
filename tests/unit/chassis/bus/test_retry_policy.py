"""How long a failed event waits."""

from services.chassis.bus.port import RetryPolicy
from services.chassis.bus.topology import Topology


def test_delays_double_up_to_the_cap():
    policy = RetryPolicy(attempts_max=6, first_delay_seconds=1.0, delay_max_seconds=5.0)
    assert [policy.delay_seconds(attempts) for attempts in range(1, 7)] == [1, 2, 4, 5, 5, 5]
    assert policy.delay_seconds(100_000) == 5
    assert [policy.gives_up(attempts) for attempts in (5, 6)] == [False, True]


def test_each_delay_has_one_queue():
    topology = Topology("ledger", RetryPolicy(attempts_max=6, first_delay_seconds=0.5, delay_max_seconds=2.0))
    assert topology.retry_queues == ["ledger.retry.500", "ledger.retry.1000", "ledger.retry.2000"]
    assert set(topology.queue_arguments()) == {"ledger.events", "ledger.parked", *topology.retry_queues}


def test_what_waits_goes_back_to_where_it_came_from():
    arguments = Topology("ledger").queue_arguments()["ledger.retry.1000"]
    assert arguments["x-dead-letter-routing-key"] == "ledger.events"
    assert (arguments["x-message-ttl"], arguments["x-dead-letter-strategy"]) == (1_000, "at-least-once")
