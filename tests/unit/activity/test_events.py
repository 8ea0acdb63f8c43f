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
