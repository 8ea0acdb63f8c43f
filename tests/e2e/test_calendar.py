"""A calendar that comes from outside and is read outside, through the gateway, on both profiles."""

import uuid

import requests

FILE = (
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART;TZID=China Standard Time:20261130T090000\r\nDURATION:PT1H\r\n"
    "RRULE:FREQ=DAILY;COUNT=20\r\nSUMMARY:晨会\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def test_a_calendar_is_imported_shown_and_subscribed_to(deployment):
    uid = str(uuid.uuid4())
    window = {"startTime": "2026-11-29T00:00:00Z", "endTime": "2026-12-05T00:00:00Z", "pageSize": 1000}

    def upload():
        content, headers = FILE.format(uid=uid).encode(), {"Content-Type": "text/calendar"}
        answer = deployment.call("rm1.east", "POST", "/v1/appointments:import", data=content, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    imported, again = upload(), upload()
    assert (imported["createdCount"], again["unchangedCount"]) == (1, 1)
    resource = f"appointments/{imported['events'][0]['appointmentId']}"
    shown = [each for each in deployment.get("rm1.east", "/v1/calendar", **window)["entries"] if each["resource"] == resource]
    days = ("11-30", "12-01", "12-02", "12-03", "12-04")
    assert [each["startTime"] for each in shown] == [f"2026-{day}T01:00:00Z" for day in days]
    made = deployment.call(
        "rm1.east", "POST", "/v1/calendarFeeds", json={"displayName": "手机", "detail": "CALENDAR_FEED_DETAIL_TITLES"}
    ).json()
    url = f"{deployment.url}{made['path']}"
    # A calendar program has no token, only the link.
    feed = requests.get(url, timeout=10)
    assert feed.status_code == 200, feed.text
    assert feed.headers["Content-Type"].startswith("text/calendar")
    # Long enough to be compressed on its way.
    assert feed.content.count(b"BEGIN:VEVENT") >= 20
    assert feed.headers["Content-Encoding"] == "gzip"
    assert requests.get(url, headers={"If-None-Match": feed.headers["ETag"]}, timeout=10).status_code == 304
    revoked = deployment.call("rm1.east", "DELETE", f"/v1/calendarFeeds/{made['calendarFeed']['calendarFeedId']}")
    assert revoked.status_code == 200, revoked.text
    assert requests.get(url, timeout=10).status_code == 404
    assert deployment.call("rm1.east", "POST", f"/v1/{resource}:cancel", json={}).status_code == 200
