<<<<<<< HEAD
"""What the service follows: an event has one handler, and the inbox would take the last of two in silence."""

from collections import Counter

from services.activity.events import SUBSCRIPTIONS, TIMERS


def test_no_event_and_no_timer_stands_twice():
    followed = Counter(subscription.event.DESCRIPTOR.full_name for subscription in SUBSCRIPTIONS)
    timers = Counter(timer.name for timer in TIMERS)
    assert [name for name, count in (followed + timers).items() if count > 1] == []
=======
"""What the service follows."""

from collections import Counter

from services.activity.__main__ import SERVICE


def test_each_event_has_one_subscription():
    # Of two, the one that comes last would be the only one.
    followed = Counter(each.event.DESCRIPTOR.full_name for each in SERVICE.subscriptions)
    assert not [name for name, count in followed.items() if count > 1]


def test_each_timer_and_each_work_has_a_name_of_its_own():
    for named in (SERVICE.timers, SERVICE.works):
        assert not [name for name, count in Counter(each.name for each in named).items() if count > 1]
>>>>>>> e
