"""What the service follows and does by itself."""

from collections import Counter

from services.analytics.__main__ import SERVICE


def test_each_timer_and_each_work_has_a_name_of_its_own():
    for named in (SERVICE.timers, SERVICE.works):
        assert not [name for name, count in Counter(each.name for each in named).items() if count > 1]


def test_no_handler_follows_one_event_twice():
    followed = Counter((each.event.DESCRIPTOR.full_name, each.handle) for each in SERVICE.subscriptions)
    assert not [event for (event, _), count in followed.items() if count > 1]


def test_replicas_follow_before_whatever_stands_on_them():
    places = {}
    for place, each in enumerate(SERVICE.subscriptions):
        places.setdefault(each.event.DESCRIPTOR.full_name, []).append((place, each.handle.__module__))
    for handlers in places.values():
        replicas = [place for place, module in handlers if module.startswith("services.chassis.replicas")]
        others = [place for place, module in handlers if not module.startswith("services.chassis.replicas")]
        assert not replicas or not others or max(replicas) < min(others)
