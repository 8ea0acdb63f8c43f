"""People are told once, when they want to be, and of nothing that is somebody else's."""

import queue
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta

import grpc
import pytest
from workbench.activity.v1 import notification_pb2, notification_service_pb2

from services.activity.model.notification import NotificationPreferences
from services.activity.usecases.notifications import digests, watching
from services.activity.usecases.notifying import notify
from services.chassis.kernel.errors import InvalidInput, StaleVersion
from tests.component.town import run_together

WAIT_SECONDS = 5
EVENING = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)  # 22:00 in Shanghai


def tell(town, *people, kind="task_assigned", urgent=False, resource="tasks/1"):
    with town.service.database.transaction() as work:
        notify(work, [each.person_id for each in people], kind, resource=resource, parameters={"count": "3"}, urgent=urgent)


def listed(person, **fields):
    return list(person.call("ListNotifications", **fields).notifications)


def prefer(person, *, etag="", **fields):
    return person.call(
        "UpdateNotificationPreferences",
        notification_preferences=notification_pb2.NotificationPreferences(etag=etag, **fields),
        update_mask={"paths": list(fields)},
    )


def test_each_is_told_of_his_own_once_and_whoever_acts_is_not(town):
    (grant,) = town.leader_east.caller.grants
    people = [town.rm1_east.person_id, town.rm1_east.person_id, town.leader_east.person_id, ""]
    with town.service.database.transaction(town.leader_east.caller, scope=grant.scope) as work:
        notify(work, people, "task_assigned", resource="tasks/1", parameters={"task_id": "1"})
    (told,) = listed(town.rm1_east)
    assert (told.kind, told.resource, dict(told.parameters)) == ("task_assigned", "tasks/1", {"task_id": "1"})
    assert listed(town.leader_east) == listed(town.rm2_east) == []


def test_lists_come_latest_first_in_pages_and_by_kind(town):
    for number in range(5):
        tell(town, town.rm1_east, resource=f"tasks/{number}", kind="task_assigned" if number % 2 else "work_report_confirmed")
        time.sleep(0.002)
    first = town.rm1_east.call("ListNotifications", page_size=3)
    second = town.rm1_east.call("ListNotifications", page_size=3, page_token=first.next_page_token)
    assert [each.resource for each in [*first.notifications, *second.notifications]] == [f"tasks/{n}" for n in (4, 3, 2, 1, 0)]
    assert not second.next_page_token
    assert len(listed(town.rm1_east, kinds=["task_assigned"])) == 2


def test_what_was_read_counts_no_more(town):
    for _ in range(3):
        tell(town, town.rm1_east)
        time.sleep(0.002)
    newest, middle, oldest = (each.notification_id for each in listed(town.rm1_east))
    assert town.rm1_east.call("CountUnreadNotifications").count == 3
    assert town.rm1_east.call("MarkNotificationsRead", notification_ids=[oldest.upper(), str(uuid.uuid4())]).marked_count == 1
    assert town.rm1_east.call("MarkNotificationsRead", newest_notification_id=middle).marked_count == 1
    assert [each.notification_id for each in listed(town.rm1_east, unread_only=True)] == [newest]
    assert town.rm1_east.call("MarkNotificationsRead").marked_count == 1
    assert town.rm1_east.call("CountUnreadNotifications").count == 0


def test_nobody_marks_anothers(town):
    tell(town, town.rm1_east)
    (told,) = listed(town.rm1_east)
    assert town.manager_east.call("MarkNotificationsRead", notification_ids=[told.notification_id]).marked_count == 0
    assert town.rm1_east.call("CountUnreadNotifications").count == 1


def test_more_than_a_thousand_are_counted_as_more(town, monkeypatch):
    monkeypatch.setattr("services.activity.usecases.notifications.reading.COUNTED_MAX", 2)
    for _ in range(3):
        tell(town, town.rm1_east)
    counted = town.rm1_east.call("CountUnreadNotifications")
    assert (counted.count, counted.more) == (2, True)


def test_a_kind_that_is_not_wanted_is_not_told_unless_it_is_urgent(town):
    prefer(town.rm1_east, channels={"task_assigned": notification_pb2.NOTIFICATION_CHANNEL_NONE})
    tell(town, town.rm1_east)
    assert listed(town.rm1_east) == []
    tell(town, town.rm1_east, kind="work_report_confirmed")
    tell(town, town.rm1_east, urgent=True)
    assert len(listed(town.rm1_east)) == 2


def test_where_there_is_no_mail_what_was_to_be_mailed_is_shown(town):
    prefer(town.rm1_east, channels={"task_assigned": notification_pb2.NOTIFICATION_CHANNEL_EMAIL})
    tell(town, town.rm1_east)
    assert len(listed(town.rm1_east)) == 1


def test_preferences_are_kept_and_the_address_is_shown_masked(town):
    before = town.rm1_east.call("GetNotificationPreferences")
    assert (before.email_address, before.etag) == ("", "0")
    after = prefer(town.rm1_east, etag="0", email_address="zhang.wei@bank.example", quiet_start="21:00", quiet_end="08:00",
                   digest_times=["17:00", "08:30"])  # fmt: skip
    assert after.email_address == "zha***************mple"
    assert list(after.digest_times) == ["08:30", "17:00"]
    assert town.rm1_east.call("GetNotificationPreferences") == after
    with pytest.raises(StaleVersion) as refused:
        prefer(town.rm1_east, etag="0", language=2)
    assert refused.value.reason == "NOTIFICATION_PREFERENCES_CHANGED"
    assert prefer(town.rm1_east, etag=after.etag, language=2).quiet_start == "21:00"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"time_zone": "Asia/Nowhere"}, "TIME_ZONE_UNKNOWN"),
        ({"time_zone": "/etc/passwd"}, "TIME_ZONE_UNKNOWN"),
        ({"time_zone": "America"}, "TIME_ZONE_UNKNOWN"),
        ({"quiet_start": "21:00"}, "QUIET_HOURS_INVALID"),
        ({"quiet_start": "21:00", "quiet_end": "21:00"}, "QUIET_HOURS_INVALID"),
        ({"quiet_start": "24:00", "quiet_end": "08:00"}, "REQUEST_INVALID"),
        ({"email_address": "a@b.example\r\nBcc: c@d.example"}, "REQUEST_INVALID"),
        ({"email_address": "zha***************mple"}, "REQUEST_INVALID"),
        ({"digest_times": ["8:30"]}, "REQUEST_INVALID"),
    ],
)  # fmt: skip
def test_preferences_that_do_not_fit_are_refused(town, fields, reason):
    with pytest.raises(InvalidInput) as refused:
        prefer(town.rm1_east, **fields)
    assert refused.value.reason == reason
    assert town.rm1_east.call("GetNotificationPreferences").etag in ("0", "1")


def test_two_who_change_the_same_preferences_lose_nothing(town):
    outcomes = []

    def change(fields):
        try:
            prefer(town.rm1_east, **fields)
            outcomes.append("done")
        except StaleVersion:
            outcomes.append("stale")

    run_together(change, [{"language": 2}, {"time_zone": "Europe/Berlin"}])
    after = town.rm1_east.call("GetNotificationPreferences")
    assert outcomes == ["done", "done"]
    assert (after.language, after.time_zone) == (2, "Europe/Berlin")


def test_what_comes_in_quiet_hours_waits_and_what_is_urgent_does_not(town, at):
    prefer(town.rm1_east, quiet_start="21:00", quiet_end="08:00")
    at(EVENING)
    tell(town, town.rm1_east)
    tell(town, town.rm1_east, urgent=True)
    due = {each.urgent: each.due_time.ToDatetime(tzinfo=UTC) for each in listed(town.rm1_east)}
    assert due == {False: datetime(2026, 11, 26, 0, 0, tzinfo=UTC), True: EVENING}
    prefer(town.rm1_east, time_zone="America/New_York")
    assert {each.due_time.ToDatetime(tzinfo=UTC) for each in listed(town.rm1_east)} == {EVENING}


def test_a_zone_that_is_no_more_keeps_nobody_from_telling(town, at):
    prefer(town.rm1_east, quiet_start="21:00", quiet_end="08:00", time_zone="Europe/Berlin")
    with town.service.database.transaction() as work:
        work.session.get(NotificationPreferences, town.rm1_east.person_id).time_zone = "Europe/Atlantis"
    at(EVENING)
    tell(town, town.rm1_east)
    assert listed(town.rm1_east)[0].due_time.ToDatetime(tzinfo=UTC) == datetime(2026, 11, 26, 0, 0, tzinfo=UTC)


def test_kinds_are_listed_with_their_sentences(town):
    kinds = town.auditor.call("ListNotificationKinds").notification_kinds
    assert [each.kind for each in kinds] == sorted(each.kind for each in kinds)
    assert all(each.text_zh and each.text_en for each in kinds)


def test_what_is_old_is_forgotten(town, at):
    at(EVENING)
    tell(town, town.rm1_east)
    at(EVENING + timedelta(days=100))
    tell(town, town.rm1_east)
    at(EVENING + timedelta(days=181))
    with town.service.database.transaction() as work:
        digests.forget(work)
    assert len(listed(town.rm1_east)) == 1


@pytest.fixture
def watch(service, monkeypatch):
    """Opens a watch as a colleague; answers the queue into which its messages come."""
    monkeypatch.setattr(watching, "POLL_SECONDS", 0.05)
    calls = []

    def begin(person):
        invoke = service.channel.unary_stream(
            service.methods["WatchNotifications"].path,
            request_serializer=notification_service_pb2.WatchNotificationsRequest.SerializeToString,
            response_deserializer=notification_service_pb2.WatchNotificationsResponse.FromString,
        )
        metadata = tuple(person.client._metadata)
        call = invoke(notification_service_pb2.WatchNotificationsRequest(), metadata=metadata)
        calls.append(call)
        came: queue.Queue = queue.Queue()

        def read():
            try:
                for message in call:
                    came.put(message)
            except grpc.RpcError as ended:
                came.put(ended)

        threading.Thread(target=read, daemon=True).start()
        return came

    yield begin
    for call in calls:
        call.cancel()


def test_a_stream_tells_each_once_with_the_number_of_unread_ones(town, watch):
    tell(town, town.rm1_east, resource="tasks/before")
    mine, others = watch(town.rm1_east), watch(town.rm2_east)
    assert mine.get(timeout=WAIT_SECONDS).unread_count == 1
    assert others.get(timeout=WAIT_SECONDS).unread_count == 0
    tell(town, town.rm1_east, resource="tasks/after")
    came = mine.get(timeout=WAIT_SECONDS)
    assert (came.notification.resource, came.unread_count) == ("tasks/after", 2)
    town.rm1_east.call("MarkNotificationsRead")
    counted = mine.get(timeout=WAIT_SECONDS)
    assert (counted.HasField("notification"), counted.unread_count) == (False, 0)
    time.sleep(0.3)
    assert mine.empty()
    assert others.empty()


def test_a_stream_tells_at_the_end_of_quiet_hours(town, watch, at):
    prefer(town.rm1_east, quiet_start="21:00", quiet_end="08:00")
    at(EVENING)
    came = watch(town.rm1_east)
    came.get(timeout=WAIT_SECONDS)
    tell(town, town.rm1_east)
    assert came.get(timeout=WAIT_SECONDS).unread_count == 1
    time.sleep(0.3)
    assert came.empty()
    at(datetime(2026, 11, 26, 0, 0, 1, tzinfo=UTC))
    assert came.get(timeout=WAIT_SECONDS).notification.resource == "tasks/1"
    time.sleep(0.3)
    assert came.empty()
