"""Calendars: appointments, series and their parts, what stands in them, conflicts, reminders."""

from datetime import UTC, date, datetime, timedelta

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.timestamp_pb2 import Timestamp
from sqlalchemy import text
from workbench.activity.v1 import schedule_events_pb2, schedule_pb2
from workbench.customer.v1 import coverage_events_pb2, exchange_events_pb2

from services.chassis.kernel.errors import InvalidInput, NotAllowed, NotFound, RuleBroken, StaleVersion
from tests.component.town import run_together

MONDAY = datetime(2026, 11, 30, 1, tzinfo=UTC)
MEETING, VISIT = schedule_pb2.APPOINTMENT_KIND_MEETING, schedule_pb2.APPOINTMENT_KIND_CUSTOMER_VISIT
THIS, FOLLOWING = schedule_pb2.SERIES_PART_THIS, schedule_pb2.SERIES_PART_THIS_AND_FOLLOWING
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def stamp(moment):
    message = Timestamp()
    message.FromDatetime(moment)
    return message


def create(person, start=MONDAY, minutes=60, *, refuse_conflicts=False, **fields):
    times = {} if "start_date" in fields else {"start_time": start, "end_time": start + timedelta(minutes=minutes)}
    appointment = {"kind": MEETING, "title": "晨会"} | times | fields
    return person.call("CreateAppointment", appointment=appointment, refuse_conflicts=refuse_conflicts)


def update(person, appointment_id, part=0, original=None, etag="", *, refuse_conflicts=False, **fields):
    return person.call(
        "UpdateAppointment",
        appointment={"appointment_id": appointment_id, "etag": etag} | fields,
        update_mask=FieldMask(paths=list(fields)),
        part=part,
        original_start_time=original and stamp(original),
        refuse_conflicts=refuse_conflicts,
    )


def calendar(person, start=MONDAY - 7 * DAY, days=60, **fields):
    entries, token = [], ""
    while True:
        page = person.call("ListCalendar", start_time=start, end_time=start + timedelta(days=days), page_token=token, **fields)
        entries += page.entries
        token = page.next_page_token
        if not token:
            return entries


def starts(entries):
    return [entry.start_time.ToDatetime(tzinfo=UTC) for entry in entries]


def test_an_appointment_is_kept_told_and_read(town):
    customer = town.customer(town.rm1_east)
    made = create(
        town.rm1_east, kind=VISIT, customer_id=customer, participant_person_ids=[town.rm1_west.person_id], reminder_minutes=15
    )
    assert made.customer_display_name == "欧阳芳"
    for person in (town.rm1_east, town.leader_east, town.rm1_west):
        assert person.call("GetAppointment", appointment_id=made.appointment_id).title == "晨会"
    with pytest.raises(NotFound):
        town.rm2_east.call("GetAppointment", appointment_id=made.appointment_id)
    (event,) = town.recorded(schedule_events_pb2.AppointmentRecorded, appointment_id=made.appointment_id)
    assert event.version == 1
    (listed,) = town.rm1_east.call("ListAppointments").appointments
    assert listed == town.rm1_east.call("GetAppointment", appointment_id=made.appointment_id)
    assert [each.appointment_id for each in town.leader_east.call("ListAppointments", customer_id=customer).appointments]


def test_who_takes_part_sees_it_in_his_own_calendar_and_changes_nothing(town):
    made = create(town.rm1_east, participant_person_ids=[town.rm1_west.person_id])
    (entry,) = calendar(town.rm1_west)
    assert (entry.resource, entry.title) == (f"appointments/{made.appointment_id}", "晨会")
    with pytest.raises(NotAllowed):
        update(town.rm1_west, made.appointment_id, title="x")
    update(town.rm1_east, made.appointment_id, participant_person_ids=[])
    assert calendar(town.rm1_west) == []


def test_what_is_private_is_nobody_elses_but_takes_time(town):
    made = create(town.rm1_east, private=True, place="医院")
    seen = town.leader_east.call("GetAppointment", appointment_id=made.appointment_id)
    assert (seen.title, seen.place) == ("", "")
    (entry,) = calendar(town.leader_east, person_id=town.rm1_east.person_id)
    assert entry.title == ""
    assert starts([entry]) == [MONDAY]


@pytest.mark.parametrize(
    "fields",
    [
        {"start_time": MONDAY, "end_time": MONDAY - HOUR},
        {"start_time": MONDAY, "end_time": MONDAY + 367 * DAY},
        {"start_time": datetime(1, 1, 1, tzinfo=UTC), "end_time": datetime(1, 1, 1, tzinfo=UTC)},
        {"start_time": datetime(9999, 12, 31, tzinfo=UTC), "end_time": datetime(9999, 12, 31, tzinfo=UTC)},
        {"start_time": MONDAY},
        {"start_date": "2026-02-30", "end_date": "2026-03-01"},
        {"start_date": "2026-03-02", "end_date": "2026-03-01"},
        {"start_date": "0001-01-01", "end_date": "0001-01-01"},
        {"start_date": "9999-12-31", "end_date": "9999-12-31"},
        {"start_date": "2026-03-02", "start_time": MONDAY, "end_time": MONDAY},
        {"start_time": MONDAY, "end_time": MONDAY + HOUR, "time_zone": "Mars/Base"},
        {"start_time": MONDAY, "end_time": MONDAY + HOUR, "recurrence": ["RRULE:FREQ=SECONDLY"]},
        {"start_time": MONDAY, "end_time": MONDAY + 40 * DAY, "recurrence": ["RRULE:FREQ=DAILY"]},
        {"start_time": MONDAY, "end_time": MONDAY + HOUR, "recurrence": ["RRULE:FREQ=DAILY"] * 2},
        {"start_date": "2026-03-02", "recurrence": ["RRULE:FREQ=DAILY;COUNT=1", "EXDATE;VALUE=DATE:20260302"]},
    ],
)
def test_times_that_are_none_are_refused(town, fields):
    with pytest.raises(InvalidInput):
        town.rm1_east.call("CreateAppointment", appointment={"kind": MEETING} | fields)


def test_a_customer_out_of_scope_is_not_found(town):
    with pytest.raises(NotFound):
        create(town.rm1_east, customer_id=town.customer(town.rm1_west))
    with pytest.raises(NotFound):
        create(town.rm1_east, owner_person_id=town.rm1_west.person_id)
    with pytest.raises(NotFound):
        create(town.rm1_east, participant_person_ids=["00000000-0000-4000-8000-000000000000"])


def test_a_series_with_one_moved_one_cancelled_and_the_rest_changed(town):
    rm = town.rm1_east
    series = create(rm, recurrence=["RRULE:FREQ=WEEKLY;COUNT=6"])
    weeks = [MONDAY + 7 * place * DAY for place in range(6)]
    assert starts(calendar(rm)) == weeks
    moved = update(rm, series.appointment_id, THIS, weeks[1], start_time=weeks[1] + HOUR, end_time=weeks[1] + 2 * HOUR)
    assert (moved.series_id, moved.original_start_time.ToDatetime(tzinfo=UTC)) == (series.appointment_id, weeks[1])
    rm.call("CancelAppointment", appointment_id=series.appointment_id, part=THIS, original_start_time=stamp(weeks[2]))
    assert starts(calendar(rm)) == [weeks[0], weeks[1] + HOUR, *weeks[3:]]
    # Once more: what was moved keeps its time.
    update(rm, series.appointment_id, THIS, weeks[1], title="周会")
    assert starts(calendar(rm)) == [weeks[0], weeks[1] + HOUR, *weeks[3:]]
    later = update(rm, series.appointment_id, FOLLOWING, weeks[4], start_time=weeks[4] + 3 * HOUR, end_time=weeks[4] + 4 * HOUR)
    assert later.appointment_id != series.appointment_id
    after = [weeks[0], weeks[1] + HOUR, weeks[3], weeks[4] + 3 * HOUR, weeks[5] + 3 * HOUR]
    assert starts(calendar(rm)) == after
    # The whole of what is left moves by a day; what was moved and cancelled goes along by its place in the series.
    update(rm, series.appointment_id, start_time=weeks[0] + DAY, end_time=weeks[0] + DAY + HOUR)
    assert starts(calendar(rm)) == [weeks[0] + DAY, weeks[1] + HOUR, weeks[3] + DAY, *after[3:]]
    with pytest.raises(NotFound):
        update(rm, series.appointment_id, THIS, weeks[0], title="x")
    rm.call("CancelAppointment", appointment_id=series.appointment_id)
    assert starts(calendar(rm)) == after[3:]


def test_a_series_that_goes_to_another_zone_or_rule_keeps_what_was_moved(town):
    rm = town.rm1_east
    series = create(rm, recurrence=["RRULE:FREQ=DAILY;COUNT=4", "EXDATE:20261203T090000"])
    update(rm, series.appointment_id, THIS, MONDAY + DAY, place="二楼")
    update(rm, series.appointment_id, time_zone="Asia/Tokyo", start_time=MONDAY + 2 * HOUR, end_time=MONDAY + 3 * HOUR)
    entries = calendar(rm)
    assert [(each.place, start.day, start.hour) for each, start in zip(entries, starts(entries), strict=True)] == [
        ("", 30, 3), ("二楼", 1, 1), ("", 2, 3)
    ]  # fmt: skip
    update(rm, series.appointment_id, recurrence=["RRULE:FREQ=WEEKLY;COUNT=2"])
    assert [(start.day, start.hour) for start in starts(calendar(rm))] == [(30, 3), (1, 1), (7, 3)]


def test_following_from_the_first_is_the_whole_and_what_has_no_rest_ends(town):
    rm = town.rm1_east
    series = create(rm, recurrence=["RRULE:FREQ=DAILY;COUNT=4"])
    same = update(rm, series.appointment_id, FOLLOWING, MONDAY, title="晨会二")
    assert same.appointment_id == series.appointment_id
    rm.call("CancelAppointment", appointment_id=series.appointment_id, part=FOLLOWING, original_start_time=stamp(MONDAY + DAY))
    assert starts(calendar(rm)) == [MONDAY]


@pytest.mark.parametrize("moment", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC)])
def test_the_ends_of_time_are_refused_and_nothing_breaks(town, moment):
    rm = town.rm1_east
    series = create(rm, recurrence=["RRULE:FREQ=DAILY"], reminder_minutes=40_320)
    with pytest.raises(NotFound):
        update(rm, series.appointment_id, THIS, moment, title="x")
    for method in ("ListCalendar", "ListConflicts"):
        with pytest.raises(InvalidInput):
            rm.call(method, start_time=moment, end_time=moment + timedelta(minutes=30))
    with pytest.raises(InvalidInput):
        rm.call("ListBusyTimes", person_ids=[rm.person_id], start_time=moment, end_time=moment + timedelta(minutes=30))
    rm.call("ListAppointments", start_time=moment)
    for day in ("0001-01-01", "9999-12-31"):
        rm.call("ListWorkdays", start_date=day, end_date=day)
        town.manager_east.call("SetBankDays", bank_days=[{"day_date": day}])
    one = update(rm, series.appointment_id, THIS, MONDAY, title="x")
    with pytest.raises(InvalidInput):
        update(rm, one.appointment_id, recurrence=["RRULE:FREQ=DAILY"])
    with pytest.raises(InvalidInput):
        rm.call("ListCalendar", start_time=MONDAY, end_time=MONDAY + DAY, page_token="x")


def test_a_series_keeps_its_hour_where_clocks_change_and_days_stay_days(town):
    rm, new_york = town.rm1_east, "America/New_York"
    first = datetime(2026, 10, 30, 13, tzinfo=UTC)
    create(rm, first, time_zone=new_york, recurrence=["RRULE:FREQ=DAILY;COUNT=4"])
    assert [each.hour for each in starts(calendar(rm, first - DAY, 10))] == [13, 13, 14, 14]
    days = create(
        rm, start_date="2026-10-31", end_date="2026-11-01", time_zone=new_york, recurrence=["RRULE:FREQ=WEEKLY;COUNT=2"]
    )
    shown = [each for each in calendar(rm, first, 20) if each.all_day]
    assert [(each.start_date, each.end_date) for each in shown] == [("2026-10-31", "2026-11-01"), ("2026-11-07", "2026-11-08")]
    assert (days.start_date, days.end_date, days.HasField("start_time")) == ("2026-10-31", "2026-11-01", False)


def test_holidays_are_skipped_by_the_banks_own_calendar_too(town):
    rm = town.rm1_east
    create(rm, recurrence=["RRULE:FREQ=DAILY;COUNT=8"], non_workdays=schedule_pb2.NON_WORKDAYS_SKIP)
    assert [each.day for each in starts(calendar(rm))] == [30, 1, 2, 3, 4, 7]
    town.manager_east.call("SetBankDays", bank_days=[{"day_date": "2026-12-02"}, {"day_date": "2026-12-05", "working": True}])
    assert [each.day for each in starts(calendar(rm))] == [30, 1, 3, 4, 5, 7]
    days = rm.call("ListWorkdays", start_date="2026-11-30", end_date="2026-12-06")
    assert [day.working for day in days.days] == [True, True, False, True, True, True, False]
    assert days.workday_count == 5
    # Elsewhere in the bank it is not known.
    assert town.rm1_west.call("ListWorkdays", start_date="2026-12-02", end_date="2026-12-02").days[0].working
    with pytest.raises(NotFound):
        town.manager_east.call("SetBankDays", organisation_path=town.root, bank_days=[{"day_date": "2026-12-02"}])
    kept = town.manager_east.call("ListBankDays").bank_days
    town.manager_east.call("DeleteBankDay", bank_day_id=kept[0].bank_day_id)
    assert [each.day for each in starts(calendar(rm))] == [30, 1, 2, 3, 4, 5, 7]
    assert rm.call("ListWorkdays", start_date="2026-10-03", end_date="2026-10-03", country_code="DE").days[0].name


def test_stale_etags_are_refused_and_only_one_of_two_edits_wins(town):
    rm = town.rm1_east
    series = create(rm, recurrence=["RRULE:FREQ=DAILY"])
    update(rm, series.appointment_id, THIS, MONDAY + DAY, etag=series.etag, title="另")
    with pytest.raises(StaleVersion):
        update(rm, series.appointment_id, etag=series.etag, title="x")
    etag, outcomes = rm.call("GetAppointment", appointment_id=series.appointment_id).etag, []

    def edit(place):
        try:
            outcomes.append(update(rm, series.appointment_id, FOLLOWING, MONDAY + 5 * DAY, etag=etag, title=f"{place}"))
        except StaleVersion:
            outcomes.append(None)

    run_together(edit, range(4))
    assert len(list(filter(None, outcomes))) == 1
    assert len(calendar(rm, MONDAY, 10)) == 10
    with pytest.raises(InvalidInput):
        update(rm, series.appointment_id, owner_person_id=town.rm2_east.person_id)


def test_of_two_who_want_the_same_hour_one_gets_it(town):
    outcomes = []

    def take(person):
        try:
            outcomes.append(create(person, participant_person_ids=[town.rm1_east.person_id], refuse_conflicts=True))
        except RuleBroken as refusal:
            outcomes.append(refusal.reason)

    run_together(take, [town.rm2_east, town.rm1_west, town.leader_east])
    assert outcomes.count("TIME_CONFLICTS") == 2
    # What begins as the other ends is no conflict.
    create(town.rm1_east, MONDAY + HOUR, refuse_conflicts=True)


def test_conflicts_and_busy_times(town):
    rm = town.rm1_east
    customer = town.customer(rm)
    create(rm, recurrence=["RRULE:FREQ=DAILY;COUNT=3"])
    contact = {"customer_id": customer, "kind": 1, "state": 1, "start_time": MONDAY + HOUR / 2, "minutes": 60}
    rm.call("CreateContact", contact=contact)
    absence = {"absence_id": f"a-{customer}", "person_id": rm.person_id, "start_date": "2026-12-02", "end_date": "2026-12-02"}
    town.announce(coverage_events_pb2.AbsenceCreated(**absence, deputies=[{"person_id": town.rm2_east.person_id}]))
    kinds = [
        (each.entry.kind, each.other.kind)
        for each in rm.call("ListConflicts", start_time=MONDAY, end_time=MONDAY + 9 * DAY).conflicts
    ]
    assert kinds == [(1, 2), (3, 1)]
    busy = town.rm1_west.call("ListBusyTimes", person_ids=[rm.person_id], start_time=MONDAY, end_time=MONDAY + 9 * DAY).busy_times
    told = [(each.end_time.ToDatetime() - each.start_time.ToDatetime(), each.absent) for each in busy]
    assert told == [(1.5 * HOUR, False), (HOUR, False), (DAY, True), (HOUR, False)]
    with pytest.raises(RuleBroken):
        create(rm, datetime(2026, 12, 2, 8, tzinfo=UTC), refuse_conflicts=True)
    # The customer's calendar has what is planned with it, whoever does it.
    assert [each.kind for each in calendar(town.leader_east, customer_id=customer)] == [2]
    # The deputy sees the absent's calendar while he is away, and in his own for whom he stands in.
    assert [each.absent_person_id for each in calendar(town.rm2_east)] == [rm.person_id]


def test_a_deputy_sees_and_keeps_the_absents_calendar(town):
    made = create(town.rm1_east)
    with pytest.raises(NotFound):
        calendar(town.rm2_east, person_id=town.rm1_east.person_id)
    absence = {"absence_id": f"a-{made.appointment_id}", "person_id": town.rm1_east.person_id}
    days = {"start_date": "2020-01-01", "end_date": "2099-12-31"}
    town.announce(coverage_events_pb2.AbsenceCreated(**absence, **days, deputies=[{"person_id": town.rm2_east.person_id}]))
    assert [each.kind for each in calendar(town.rm2_east, person_id=town.rm1_east.person_id)] == [3, 1]
    customer = town.customer(town.rm1_east)
    for_customer = create(town.rm1_east, customer_id=customer)
    assert update(town.rm2_east, for_customer.appointment_id, title="代理").title == "代理"


def test_a_teams_calendar_page_by_page(town):
    create(town.rm1_east, recurrence=["RRULE:FREQ=DAILY;COUNT=20"], participant_person_ids=[town.rm2_east.person_id])
    create(town.rm2_east, recurrence=["RRULE:FREQ=DAILY;COUNT=20"])
    for place in range(15):
        create(town.rm1_east, MONDAY + place * HOUR)
    path = f"{town.root}EAST/"
    for _ in range(20):
        create(town.rm1_east, MONDAY + 3 * DAY)
    whole = calendar(town.manager_east, MONDAY - DAY, 30, organisation_path=path)
    pages = calendar(town.manager_east, MONDAY - DAY, 30, organisation_path=path, page_size=7)
    assert len(whole) == 95
    assert whole == pages
    assert starts(whole) == sorted(starts(whole))
    with pytest.raises(NotFound):
        calendar(town.manager_west, MONDAY, 5, organisation_path=path)
    for bad in ({"days": 32, "organisation_path": path}, {"days": 101}, {"days": -1}, {"days": 0}):
        with pytest.raises(InvalidInput):
            calendar(town.manager_east, **bad)


def test_reminders_come_once_also_of_series(town, at):
    at(MONDAY - DAY)
    rm = town.rm1_east
    made = create(
        rm, recurrence=["RRULE:FREQ=DAILY;COUNT=3"], reminder_minutes=10, participant_person_ids=[town.rm1_west.person_id]
    )

    def reminded(moment):
        at(moment)
        town.run_timer("schedule.remind")
        town.run_timer("schedule.remind")
        with town.service.database.transaction(read_only=True) as work:
            rows = work.session.execute(text("SELECT person_id FROM notifications WHERE kind = 'appointment_due'")).scalars()
            return sum(row in (rm.person_id, town.rm1_west.person_id) for row in rows)

    assert reminded(MONDAY - timedelta(minutes=11)) == 0
    assert reminded(MONDAY - timedelta(minutes=10)) == 2
    assert reminded(MONDAY) == 2
    # Nobody is reminded of what is long over, such as after the service was down.
    assert reminded(MONDAY + DAY + 3 * HOUR) == 2
    rm.call("CancelAppointment", appointment_id=made.appointment_id, part=THIS, original_start_time=stamp(MONDAY + 2 * DAY))
    assert reminded(MONDAY + 2 * DAY) == 2


def test_an_appointment_goes_with_its_customer(town):
    customer = town.customer(town.rm1_east)
    made = create(town.rm1_east, customer_id=customer, kind=VISIT)
    town.reassign(customer, town.rm1_east, town.rm2_east)
    assert [each.resource for each in calendar(town.rm2_east)] == [f"appointments/{made.appointment_id}"]
    assert calendar(town.rm1_east) == []
    assert date(2026, 11, 30) == MONDAY.date()


def test_an_erasure_leaves_that_something_took_place(town):
    customer = town.customer(town.rm1_east)
    made = create(town.rm1_east, customer_id=customer, title="欧阳芳贷款", place="她家", recurrence=["RRULE:FREQ=DAILY;COUNT=2"])
    update(town.rm1_east, made.appointment_id, THIS, MONDAY, description="病情")
    town.announce(exchange_events_pb2.CustomerErased(customer_id=customer, erasure_id="e"))
    entries = calendar(town.rm1_east)
    assert starts(entries) == [MONDAY, MONDAY + DAY]
    assert {(each.title, each.place) for each in entries} == {("", "")}
    kept = town.rm1_east.call("ListAppointments", customer_id=customer).appointments
    assert [each.description for each in kept] == ["", ""]
    with pytest.raises(RuleBroken):
        create(town.rm1_east, customer_id=customer)


def test_an_entry_carries_the_etag_by_which_it_is_moved_and_a_move_of_what_changed_since_is_refused(town):
    once = create(town.rm1_east)
    daily = create(town.rm1_east, MONDAY + HOUR, 30, recurrence=["RRULE:FREQ=DAILY;COUNT=3"])
    etags = {entry.resource: entry.etag for entry in calendar(town.rm1_east)}
    assert etags == {f"appointments/{each.appointment_id}": each.etag for each in (once, daily)}
    moved = {"start_time": stamp(MONDAY + 2 * HOUR), "end_time": stamp(MONDAY + 3 * HOUR)}
    update(town.leader_east, once.appointment_id, title="晨会改期")
    with pytest.raises(StaleVersion, match="APPOINTMENT_CHANGED"):
        update(town.rm1_east, once.appointment_id, etag=once.etag, **moved)
    (now,) = (entry for entry in calendar(town.rm1_east) if entry.resource.endswith(once.appointment_id))
    assert now.etag != once.etag
    assert update(town.rm1_east, once.appointment_id, etag=now.etag, **moved).start_time == moved["start_time"]
    update(town.rm1_east, daily.appointment_id, THIS, MONDAY + HOUR + DAY, title="一次")
    with pytest.raises(StaleVersion, match="APPOINTMENT_CHANGED"):
        update(town.rm1_east, daily.appointment_id, THIS, MONDAY + HOUR, etag=daily.etag, title="另一次")
