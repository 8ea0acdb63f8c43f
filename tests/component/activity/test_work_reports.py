"""A report drafts itself from the trace, is handed in and confirmed by another, and then stays as it is."""

import time
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from workbench.activity.v1 import contact_pb2, work_report_events_pb2, work_report_pb2, work_report_service_pb2
from workbench.customer.v1 import coverage_events_pb2, customer_pb2
from workbench.identity.v1 import events_pb2

from services.activity.model.contact import Contact
from services.activity.model.lead import Lead
from services.activity.model.opportunity import Opportunity
from services.activity.model.task import Task
from services.activity.rules.contacts import ContactKind, ContactState
from services.activity.rules.leads.kinds import OpportunityState
from services.activity.rules.tasks import TaskState
from services.activity.usecases.work_reports import drafting
from services.chassis.kernel.errors import AlreadyExists, InvalidInput, NotAllowed, NotFound, RuleBroken, StaleVersion
from services.chassis.longwork.table import ENDED, Operation
from tests.component.town import run_together

TODAY = date(2026, 11, 25)  # a Wednesday
NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
DAY, WEEK, MONTH = work_report_pb2.WORK_PERIOD_DAY, work_report_pb2.WORK_PERIOD_WEEK, work_report_pb2.WORK_PERIOD_MONTH
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def noon(at):
    at(NOON)


def keep(town, *rows):
    with town.service.database.transaction() as work:
        for row in rows:
            work.session.add(row)


def contact(town, person, *, kind=ContactKind.VISIT, state=ContactState.DONE, when=NOON, planned=None, **fields):
    """A contact as the area of contacts keeps it; answers its id."""
    contact_id = str(uuid.uuid4())
    given = {
        "customer_id": None, "lead_id": "l", "minutes": 30, "channel": 1, "business_date": (when + 8 * HOUR).date(),
        "create_person_id": person.person_id, "create_time": NOON - 48 * HOUR, "update_time": NOON,
    }  # fmt: skip
    row = Contact(
        contact_id=contact_id, owner_person_id=person.person_id, organisation_path=person.organisation_path,
        kind=kind.value, state=state.value, start_time=when, plan_start_time=planned, **given | fields,
    )  # fmt: skip
    keep(town, row)
    return contact_id


def task(town, person, *, due_date=TODAY, finish_date=None):
    done = finish_date is not None
    row = Task(
        task_id=str(uuid.uuid4()), owner_person_id=person.person_id, organisation_path=person.organisation_path, kind=1,
        title="回访", due_date=due_date, state=(TaskState.DONE if done else TaskState.OPEN).value, open=not done,
        finish_date=finish_date, create_time=NOON, update_time=NOON,
    )  # fmt: skip
    keep(town, row)


def lead(town, person, *, deadline=NOON + HOUR, followed=None):
    row = Lead(
        lead_id=str(uuid.uuid4()), owner_person_id=person.person_id, organisation_path=person.organisation_path,
        title="存款", source=1, state=1, capturer_person_id=person.person_id, capture_date=TODAY, follow_deadline=deadline,
        followed_time=followed, create_time=NOON, update_time=NOON,
    )  # fmt: skip
    keep(town, row)


def opportunity(town, person, state, amount=None, currency=None):
    row = Opportunity(
        opportunity_id=str(uuid.uuid4()), owner_person_id=person.person_id, organisation_path=person.organisation_path,
        title="存款", pipeline_id="p", pipeline_version_number=1, stage_code="s", stage_enter_time=NOON, state=state.value,
        open_date=TODAY - timedelta(days=9), close_date=TODAY, expected_minor_units=amount, expected_currency=currency,
        create_time=NOON, update_time=NOON,
    )  # fmt: skip
    keep(town, row)


def draft(person, period=DAY, day_date=""):
    return person.call("DraftWorkReport", period=period, day_date=day_date)


def submit(person, report):
    return person.call("SubmitWorkReport", work_report_id=report.work_report_id, etag=report.etag)


def confirm(person, report, note=""):
    return person.call("ConfirmWorkReport", work_report_id=report.work_report_id, etag=report.etag, note=note)


def comment(person, report, text):
    sent = work_report_pb2.WorkReport(work_report_id=report.work_report_id, comment=text, etag=report.etag)
    return person.call("UpdateWorkReport", work_report=sent, update_mask={"paths": ["comment"]})


def plan(person, *targets, period=DAY, start_date="2026-01-01", **fields):
    built = [work_report_pb2.WorkTarget(**target) for target in targets]
    return person.call(
        "CreateWorkPlan",
        work_plan=work_report_pb2.WorkPlan(period=period, start_date=start_date, targets=built, **fields),
    )


def completion(person, **fields):
    return person.call("GetWorkCompletion", **{"period": DAY} | fields)


VISITS = {"kind": work_report_pb2.WORK_KIND_VISIT, "weight": 1, "planned_count": 4}


def a_days_work(town, person):
    customer = town.customer(person)
    contact(town, person, planned=NOON, customer_id=customer)
    contact(town, person, state=ContactState.PLANNED, when=NOON + HOUR, planned=NOON + HOUR, customer_id=customer)
    contact(town, person, state=ContactState.NO_SHOW, planned=NOON, customer_id=customer)
    contact(town, person, kind=ContactKind.CALL, minutes=7, customer_id=customer)
    lead(town, person, followed=NOON)
    lead(town, person)
    task(town, person, finish_date=TODAY)
    task(town, person)
    opportunity(town, person, OpportunityState.WON, 500_000_00, "CNY")
    opportunity(town, person, OpportunityState.LOST)
    return customer


def test_a_report_drafts_itself_from_what_was_done(town):
    customer = a_days_work(town, town.rm1_east)
    contact(town, town.rm2_east)
    report = draft(town.rm1_east)
    assert (report.start_date, report.end_date, report.state) == ("2026-11-25", "2026-11-25", 1)
    figures = report.figures
    counted = {(each.contact_kind, each.planned_count, each.done_count, each.minutes, each.missed_count)
               for each in figures.contacts}  # fmt: skip
    assert counted == {(contact_pb2.CONTACT_KIND_VISIT, 3, 1, 30, 1), (contact_pb2.CONTACT_KIND_CALL, 0, 1, 7, 0)}
    assert (figures.customer_count, figures.captured_lead_count, figures.done_task_count) == (1, 2, 1)
    assert (figures.won_opportunity_count, figures.lost_opportunity_count, figures.overdue_task_count) == (1, 1, 0)
    assert [(each.currency_code, each.amount) for each in figures.won_amounts] == [("CNY", "500000.00")]
    # 40 · 1/3 + 20 · 1/2 + 10 · 1/2 over 70.
    assert (figures.completion.exact_rate, figures.completion.rate) == ("17/42", "0.404762")
    lines = town.rm1_east.call("ListWorkReportLines", work_report_id=report.work_report_id).lines
    assert len(lines) == 12
    assert {line.customer_name for line in lines if line.customer_id == customer} == {"欧阳芳"}


def test_the_lines_of_a_figure_are_what_it_counts(town):
    a_days_work(town, town.rm1_east)
    asked = {"period": DAY, "person_id": town.rm1_east.person_id}
    lines, token = [], None
    while token != "":
        page = town.leader_east.call("ListWorkTrace", **asked, page_size=5, page_token=token or "")
        lines += page.lines
        token = page.next_page_token
    assert len({(line.kind, line.resource) for line in lines}) == len(lines) == 12
    for part in completion(town.leader_east, person_id=town.rm1_east.person_id).parts:
        of_part = town.leader_east.call("ListWorkTrace", **asked, kinds=[part.kind]).lines
        assert sum(line.planned for line in of_part) == part.planned_count
        assert sum(line.planned and line.done for line in of_part) == part.done_count
    report = confirm(town.leader_east, submit(town.rm1_east, draft(town.rm1_east)))
    contact(town, town.rm1_east)
    kept = town.rm1_east.call("ListWorkReportLines", work_report_id=report.work_report_id).lines
    assert town.rm1_east.call("ListWorkTrace", period=DAY).lines == kept
    with pytest.raises(NotFound):
        town.rm2_east.call("ListWorkTrace", **asked)


def test_a_draft_again_counts_anew_and_keeps_what_was_written(town):
    report = comment(town.rm1_east, draft(town.rm1_east), "客户对利率不满意\n下周回访")
    assert report.figures.contacts == []
    contact(town, town.rm1_east)
    again = draft(town.rm1_east)
    assert again.work_report_id == report.work_report_id
    assert again.comment == "客户对利率不满意\n下周回访"
    assert again.figures.contacts[0].done_count == 1


def test_another_confirms_it_and_it_stays_as_it_is(town):
    contact(town, town.rm1_east)
    report = submit(town.rm1_east, draft(town.rm1_east))
    assert [n.kind for n in town.leader_east.call("ListNotifications").notifications] == ["work_report_submitted"]
    (waiting,) = town.manager_east.call("ListApprovals").approvals
    assert (waiting.kind, waiting.resource) == ("work_report", f"workReports/{report.work_report_id}")
    confirmed = confirm(town.leader_east, report, "很好")
    assert town.manager_east.call("ListApprovals").approvals == []
    assert (confirmed.state, confirmed.confirm_person_id) == (3, town.leader_east.person_id)
    assert [(n.text, n.person_id) for n in confirmed.notes] == [("很好", town.leader_east.person_id)]
    assert [n.kind for n in town.rm1_east.call("ListNotifications").notifications] == ["work_report_confirmed"]
    contact(town, town.rm1_east)
    after = draft(town.rm1_east)
    assert (after.figures, after.etag) == (confirmed.figures, confirmed.etag)
    assert len(town.rm1_east.call("ListWorkReportLines", work_report_id=report.work_report_id).lines) == 1
    assert completion(town.rm1_east) == confirmed.figures.completion
    for act in (lambda: comment(town.rm1_east, confirmed, "x"), lambda: submit(town.rm1_east, confirmed),
                lambda: confirm(town.manager_east, confirmed)):  # fmt: skip
        with pytest.raises(RuleBroken) as refused:
            act()
        assert refused.value.reason == "WORK_REPORT_CONFIRMED"
    (told,) = town.recorded(work_report_events_pb2.WorkReportConfirmed, work_report_id=report.work_report_id)
    assert (told.figures, told.confirm_person_id) == (confirmed.figures, town.leader_east.person_id)


def test_a_report_is_given_back_and_handed_in_again(town):
    report = submit(town.rm1_east, draft(town.rm1_east))
    with pytest.raises(InvalidInput):
        town.leader_east.call("ReturnWorkReport", work_report_id=report.work_report_id)
    back = town.leader_east.call("ReturnWorkReport", work_report_id=report.work_report_id, note="请补充", etag=report.etag)
    assert back.state == work_report_pb2.WORK_REPORT_STATE_RETURNED
    with pytest.raises(RuleBroken) as refused:
        confirm(town.leader_east, back)
    assert refused.value.reason == "WORK_REPORT_NOT_SUBMITTED"
    assert submit(town.rm1_east, back).state == work_report_pb2.WORK_REPORT_STATE_SUBMITTED


def test_nobody_confirms_his_own_and_who_is_in_charge_elsewhere_finds_none(town):
    report = submit(town.leader_east, draft(town.leader_east))
    with pytest.raises(NotAllowed) as refused:
        confirm(town.leader_east, report)
    assert refused.value.reason == "OWN_REPORT"
    assert [n.kind for n in town.manager_east.call("ListNotifications").notifications] == ["work_report_submitted"]
    with pytest.raises(NotFound) as missing:
        confirm(town.manager_west, report)
    assert missing.value.reason == "WORK_REPORT_NOT_FOUND"
    assert confirm(town.manager_east, report).state == work_report_pb2.WORK_REPORT_STATE_CONFIRMED


def test_only_its_owner_writes_in_it(town):
    report = draft(town.rm1_east)
    with pytest.raises(NotAllowed) as refused:
        comment(town.leader_east, report, "x")
    assert refused.value.reason == "NOT_WRITER"
    with pytest.raises(NotFound):
        comment(town.rm2_east, report, "x")
    noted = town.leader_east.call("AddWorkReportNote", work_report_id=report.work_report_id, text="多拜访")
    assert [each.text for each in noted.notes] == ["多拜访"]


def test_a_stale_etag_is_refused(town):
    report = draft(town.rm1_east)
    comment(town.rm1_east, report, "first")
    with pytest.raises(StaleVersion) as refused:
        comment(town.rm1_east, report, "second")
    assert refused.value.reason == "WORK_REPORT_CHANGED"


def test_of_two_who_confirm_at_once_one_does(town):
    report = submit(town.rm1_east, draft(town.rm1_east))
    outcomes = []

    def attempt(person):
        try:
            person.call("ConfirmWorkReport", work_report_id=report.work_report_id)
            outcomes.append("done")
        except RuleBroken as refused:
            outcomes.append(refused.reason)

    run_together(attempt, [town.leader_east, town.manager_east])
    assert sorted(outcomes) == ["WORK_REPORT_CONFIRMED", "done"]


def test_drafts_at_once_are_one_report(town):
    contact(town, town.rm1_east)
    found = []
    run_together(lambda _: found.append(draft(town.rm1_east).work_report_id), range(4))
    assert len(found) == 4
    assert len(set(found)) == 1
    assert len(town.rm1_east.call("ListWorkReportLines", work_report_id=found[0]).lines) == 1


@pytest.mark.parametrize(
    ("fields", "error", "reason"),
    [
        ({"period": DAY, "day_date": "2026-11-26"}, RuleBroken, "PERIOD_NOT_BEGUN"),
        ({"period": MONTH, "day_date": "9999-12-31"}, InvalidInput, "PERIOD_INVALID"),
        ({"period": WEEK, "day_date": "0001-01-01"}, InvalidInput, "PERIOD_INVALID"),
        ({"period": DAY, "day_date": "2026-02-30"}, InvalidInput, "DATE_INVALID"),
        ({"day_date": "2026-11-25"}, InvalidInput, "REQUEST_INVALID"),
        ({"period": 9}, InvalidInput, "REQUEST_INVALID"),
    ],
)
def test_days_that_do_not_fit_are_refused(town, fields, error, reason):
    with pytest.raises(error) as refused:
        town.rm1_east.call("DraftWorkReport", **fields)
    assert refused.value.reason == reason


def test_midnight_is_the_banks(town):
    contact(town, town.rm1_east, when=datetime(2026, 11, 25, 15, 59, 59, tzinfo=UTC))
    contact(town, town.rm1_east, when=datetime(2026, 11, 24, 16, 0, tzinfo=UTC))
    contact(town, town.rm1_east, when=datetime(2026, 11, 25, 16, 0, tzinfo=UTC))
    contact(town, town.rm1_east, when=datetime(2026, 11, 24, 15, 59, 59, tzinfo=UTC))
    assert draft(town.rm1_east).figures.contacts[0].done_count == 2


def test_what_was_cancelled_before_its_day_was_not_planned(town):
    cancelled = {"state": ContactState.CANCELLED, "planned": NOON}
    contact(town, town.rm1_east, **cancelled, update_time=NOON - 24 * HOUR)
    assert not completion(town.rm1_east).assessed
    contact(town, town.rm1_east, **cancelled, update_time=NOON)
    assert (completion(town.rm1_east).assessed, completion(town.rm1_east).exact_rate) == (True, "0/1")


def test_a_visit_that_was_planned_for_the_week_and_paid_in_the_next_was_not_done_in_it(town):
    contact(town, town.rm1_east, planned=NOON, when=NOON + 24 * 7 * HOUR)
    assert completion(town.rm1_east, period=WEEK).exact_rate == "0/1"
    assert completion(town.rm1_east, period=MONTH).exact_rate == "0/1"


def test_a_week_counts_the_reports_of_its_days(town):
    draft(town.rm1_east, day_date="2026-11-24")
    confirm(town.leader_east, submit(town.rm1_east, draft(town.rm1_east)))
    (counted,) = [part for part in completion(town.rm1_east, period=WEEK).parts if part.planned_count]
    assert (counted.kind, counted.planned_count, counted.done_count) == (work_report_pb2.WORK_KIND_REPORT, 2, 1)


def test_a_plan_that_a_leader_sets_is_what_counts(town):
    contact(town, town.rm1_east)
    for_all = plan(town.manager_east, VISITS)
    for_team = plan(town.leader_east, VISITS | {"planned_count": 2}, level_basis_points=[5_000])
    own = plan(town.leader_east, VISITS | {"planned_count": 1}, person_id=town.rm1_east.person_id, start_date="2026-11-26")
    told = completion(town.rm1_east)
    assert (told.exact_rate, told.level, told.work_plan_id) == ("1/2", 1, for_team.work_plan_id)
    assert completion(town.rm2_east).work_plan_id == for_all.work_plan_id
    assert completion(town.rm1_east, day_date="2026-11-26").work_plan_id == own.work_plan_id
    assert completion(town.rm1_east, period=WEEK).work_plan_id == ""
    changed = town.leader_east.call(
        "UpdateWorkPlan",
        work_plan=work_report_pb2.WorkPlan(
            work_plan_id=for_team.work_plan_id, targets=[work_report_pb2.WorkTarget(**VISITS | {"planned_count": 0})],
            etag=for_team.etag,
        ),
        update_mask={"paths": ["targets"]},
    )  # fmt: skip
    assert changed.version == 2
    assert not completion(town.rm1_east).assessed
    town.leader_east.call("DeleteWorkPlan", work_plan_id=for_team.work_plan_id, etag=changed.etag)
    assert completion(town.rm1_east).work_plan_id == for_all.work_plan_id


def test_visits_are_planned_by_tier(town):
    rich = town.customer(town.rm1_east, tier=customer_pb2.CUSTOMER_TIER_MASS + 1)
    contact(town, town.rm1_east, customer_id=rich)
    contact(town, town.rm1_east, customer_id=town.customer(town.rm1_east))
    tiers = [VISITS | {"customer_tier": customer_pb2.CUSTOMER_TIER_MASS + more, "weight": 1 + more} for more in (0, 1)]
    plan(town.leader_east, *tiers)
    assert [part.done_count for part in completion(town.rm1_east).parts] == [1, 1]


def test_plans_are_set_by_whoever_is_in_charge_alone(town):
    for fields, error, reason in (
        ({"organisation_path": f"{town.root}WEST/"}, NotFound, "UNIT_NOT_FOUND"),
        ({"person_id": town.rm1_west.person_id}, NotFound, "PERSON_NOT_FOUND"),
        ({"person_id": town.leader_east.person_id}, NotAllowed, "OWN_PLAN"),
        ({"start_date": "9999-12-31"}, InvalidInput, "PERIOD_INVALID"),
    ):
        with pytest.raises(error) as refused:
            plan(town.leader_east, VISITS, **fields)
        assert refused.value.reason == reason
    with pytest.raises(InvalidInput) as twice:
        plan(town.leader_east, VISITS, VISITS)
    assert twice.value.reason == "TARGETS_INVALID"
    with pytest.raises(NotAllowed):
        plan(town.rm1_east, VISITS)
    kept = plan(town.manager_east, VISITS)
    with pytest.raises(AlreadyExists):
        plan(town.manager_east, VISITS)
    assert [each.work_plan_id for each in town.rm1_east.call("ListWorkPlans").work_plans] == [kept.work_plan_id]
    assert town.rm1_east.call("GetWorkPlan", work_plan_id=kept.work_plan_id) == kept
    with pytest.raises(NotAllowed) as refused:
        town.leader_east.call("DeleteWorkPlan", work_plan_id=kept.work_plan_id)
    assert refused.value.reason == "NOT_IN_CHARGE"
    with pytest.raises(NotFound):
        town.rm1_west.call("GetWorkPlan", work_plan_id=kept.work_plan_id)


def test_a_leader_sees_whose_report_is_missing(town):
    contact(town, town.rm1_east, when=NOON - 24 * HOUR)
    submit(town.rm1_east, draft(town.rm1_east, day_date="2026-11-24"))
    town.colleague("relationship_manager", "WEST/W02/")
    asked = {"organisation_path": f"{town.root}EAST/", "period": DAY, "day_date": "2026-11-24"}
    rows = town.manager_east.call("ListTeamWorkReports", **asked).team_work_reports
    assert {row.person_id: row.missing for row in rows} == {town.rm1_east.person_id: False, town.rm2_east.person_id: True}
    missing = town.manager_east.call("ListTeamWorkReports", **asked, unsubmitted_only=True).team_work_reports
    assert [row.person_id for row in missing] == [town.rm2_east.person_id]
    pages, token = [], None
    while token != "":
        page = town.manager_east.call("ListTeamWorkReports", **asked, page_size=1, page_token=token or "")
        pages += [row.person_id for row in page.team_work_reports]
        token = page.next_page_token
    assert sorted(pages) == sorted([town.rm1_east.person_id, town.rm2_east.person_id])
    with pytest.raises(NotFound):
        town.manager_west.call("ListTeamWorkReports", **asked)


def test_of_who_was_away_and_of_days_off_no_report_is_missing(town):
    def missing(period, day_date):
        asked = {"organisation_path": f"{town.root}EAST/", "period": period, "day_date": day_date}
        rows = town.manager_east.call("ListTeamWorkReports", **asked).team_work_reports
        return {row.person_id for row in rows if row.missing}

    both = {town.rm1_east.person_id, town.rm2_east.person_id}
    days = {"start_date": "2026-11-16", "end_date": "2026-11-19"}
    town.announce(coverage_events_pb2.AbsenceCreated(absence_id=str(uuid.uuid4()), person_id=town.rm1_east.person_id, **days))
    assert missing(DAY, "2026-11-19") == both - {town.rm1_east.person_id}
    assert missing(DAY, "2026-11-20") == both
    assert missing(DAY, "2026-11-22") == set()  # a Sunday
    assert missing(WEEK, "2026-11-16") == both
    assert missing(DAY, "2026-11-25") == set()  # not over
    assert missing(MONTH, "1970-01-01") == both


def test_the_team_is_counted_as_each_alone(town):
    contact(town, town.rm1_east, planned=NOON)
    contact(town, town.rm2_east, planned=NOON, state=ContactState.PLANNED)
    rows = town.manager_east.call("ListTeamWorkReports", organisation_path=f"{town.root}EAST/", period=DAY).team_work_reports
    assert {row.person_id: row.completion for row in rows} == {
        person.person_id: completion(person) for person in (town.rm1_east, town.rm2_east)
    }


def test_reports_are_listed_by_person_unit_and_state(town):
    first = draft(town.rm1_east, day_date="2026-11-24")
    second = submit(town.rm1_east, draft(town.rm1_east))
    draft(town.rm1_west)
    mine = town.rm1_east.call("ListWorkReports").work_reports
    assert [each.work_report_id for each in mine] == [second.work_report_id, first.work_report_id]
    waiting = town.manager_east.call("ListWorkReports", organisation_path=f"{town.root}EAST/", states=[2]).work_reports
    assert [each.work_report_id for each in waiting] == [second.work_report_id]
    person_id = town.rm1_east.person_id
    assert len(town.leader_east.call("ListWorkReports", person_id=person_id, end_date="2026-11-24").work_reports) == 1
    with pytest.raises(NotFound):
        town.rm2_east.call("ListWorkReports", person_id=person_id)
    with pytest.raises(NotFound):
        town.manager_west.call("GetWorkReport", work_report_id=first.work_report_id)


def test_a_customer_out_of_reach_is_not_named_in_the_lines(town):
    customer = town.customer(town.rm1_east)
    contact(town, town.rm1_east, customer_id=customer)
    report = draft(town.rm1_east)
    town.reassign(customer, town.rm1_east, town.rm1_west)
    (line,) = town.rm1_east.call("ListWorkReportLines", work_report_id=report.work_report_id).lines
    assert (line.customer_id, line.customer_name, line.done) == ("", "", True)
    (line,) = town.analyst.call("ListWorkReportLines", work_report_id=report.work_report_id).lines
    assert line.customer_name == "欧阳芳"


def _open_drafts(service):
    with service.database.transaction(read_only=True) as work:
        statement = select(Operation).where(Operation.kind == drafting.DRAFT, Operation.state.not_in(ENDED))
        return work.session.scalars(statement).all()


def test_drafts_are_made_for_everybody_once_a_day_is_over(town, service, at, monkeypatch):
    # Everybody is everybody of every other test too.
    monkeypatch.setattr(drafting, "_PEOPLE_AT_ONCE", 1_000)
    contact(town, town.rm1_east)
    handed_in = submit(town.rm2_east, draft(town.rm2_east))
    at(NOON + 24 * HOUR)
    with service.database.transaction() as work:
        work.session.execute(drafting._DRAFTINGS.delete())
        drafted = [{"period": WEEK, "start_date": date(2026, 11, 16)}, {"period": MONTH, "start_date": date(2026, 10, 1)}]
        work.session.execute(drafting._DRAFTINGS.insert(), drafted)
    town.run_timer("work_reports.draft")
    town.run_timer("work_reports.draft")
    until = time.monotonic() + 10
    while _open_drafts(service) and time.monotonic() < until:
        time.sleep(0.05)
    days = {"start_date": "2026-11-25", "period": DAY}
    (made,) = town.rm1_east.call("ListWorkReports", **days).work_reports
    assert (made.state, made.figures.contacts[0].done_count) == (1, 1)
    (kept,) = town.rm2_east.call("ListWorkReports", **days).work_reports
    assert kept.etag == handed_in.etag
    assert town.rm1_west.call("ListWorkReports", **days).work_reports == []


def test_a_repeat_with_the_same_request_id_changes_nothing(town):
    report = draft(town.rm1_east)
    request = work_report_service_pb2.SubmitWorkReportRequest(
        work_report_id=report.work_report_id, etag=report.etag, request_id=str(uuid.uuid4())
    )
    first, second = (town.rm1_east.call("SubmitWorkReport", request) for _ in range(2))
    assert first == second
    assert len(town.recorded(work_report_events_pb2.WorkReportSubmitted, work_report_id=report.work_report_id)) == 1


def test_a_unit_that_moves_takes_its_plans_along(town):
    kept = plan(town.manager_east, VISITS)
    town.announce(
        events_pb2.OrganisationUnitMoved(
            organisation_unit_id="u", former_organisation_path=f"{town.root}EAST/", organisation_path=f"{town.root}WEST/EAST/"
        )
    )
    assert town.manager_west.call("GetWorkPlan", work_plan_id=kept.work_plan_id).organisation_path == f"{town.root}WEST/EAST/"
