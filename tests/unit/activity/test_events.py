"""What the service follows: an event has one handler, and the inbox would take the last of two in silence."""

from collections import Counter

from services.activity.events import SUBSCRIPTIONS, TIMERS


def test_no_event_and_no_timer_stands_twice():
    followed = Counter(subscription.event.DESCRIPTOR.full_name for subscription in SUBSCRIPTIONS)
    timers = Counter(timer.name for timer in TIMERS)
    assert [name for name, count in (followed + timers).items() if count > 1] == []
