"""Units and people follow the bank's personnel system; a broken file locks nobody out, and a second reading changes nothing."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from workbench.identity.v1 import events_pb2 as events
from workbench.integration.v1 import events_pb2

from gateway.identity.__main__ import SERVICE
from gateway.identity.model.account import Account
from gateway.identity.model.person import Person, PersonState
from gateway.identity.model.personnel import PersonnelFeed
from gateway.identity.usecases.personnel import following
from services.chassis.lake.lake import Lake, Pin
from services.chassis.lake.schemas import SCHEMAS
from services.chassis.longwork.runner import Runner
from services.chassis.longwork.table import Operation
from tests.component.identity.conftest import STAFF, UNITS

DAY = date(2026, 11, 24)
# As the demonstration bank of these tests stands.
HR_UNITS = tuple((unit.code, unit.parent_code, unit.kind.name, unit.display_name) for unit in UNITS)
HR_PEOPLE = tuple((f"{number:06}", login.title(), unit, "ACTIVE", None) for number, (login, _, unit) in enumerate(STAFF, 1))
UNIT_COLUMNS = ("unit_number", "parent_unit_number", "kind", "display_name")
PERSON_COLUMNS = ("staff_number", "display_name", "unit_number", "state", "leave_date")


@dataclass
class Personnel:
    """The personnel system beside a running identity service."""

    identity: object
    lake: Lake
    runner: Runner
    revisions: dict = field(default_factory=dict)

    def publish(self, dataset, rows, day=DAY, feed=""):
        """Publishes a snapshot, tells identity, and lets it go through it."""
        self.tell(self.write(dataset, rows, day, feed))
        self.follow()

    def write(self, dataset, rows, day=DAY, feed=""):
        schema = SCHEMAS[dataset]
        columns = UNIT_COLUMNS if dataset == "org_units" else PERSON_COLUMNS
        values = ", ".join("(" + ", ".join(_literal(value) for value in row) + ")" for row in rows)
        found = f"(SELECT {', '.join('NULL' for _ in columns)} WHERE false)" if not rows else f"(VALUES {values})"
        wanted = ", ".join(name if name in columns else f"NULL AS {name}" for name in schema.names)
        feed = feed or f"hr.{dataset}"
        revision = self.revisions[feed, day] = self.revisions.get((feed, day), 0) + 1
        pin = Pin(feed, dataset, "hr", day, revision)
        with self.lake.connection() as connection:
            self.lake.write(connection, f"SELECT {wanted} FROM {found} t({', '.join(columns)})", schema, pin)
        return pin

    def tell(self, pin):
        event = events_pb2.DatasetPublished(
            feed=pin.feed, dataset=pin.dataset, source_system=pin.source_system,
            business_date=pin.business_date.isoformat(), revision=pin.revision,
        )  # fmt: skip
        handle = next(s.handle for s in SERVICE.subscriptions if s.event is type(event))
        with self.identity.database.transaction() as work:
            handle(work, event)

    def follow(self):
        while self.runner.run_due():
            pass

    def tick(self):
        with self.identity.database.transaction() as work:
            following.ask_due(work)
        self.follow()

    def person(self, staff_number):
        with self.identity.database.transaction(read_only=True) as work:
            return work.session.scalars(select(Person).where(Person.staff_number == staff_number)).one_or_none()

    def report(self, feed="hr.employees"):
        with self.identity.database.transaction(read_only=True) as work:
            return work.session.get_one(PersonnelFeed, feed).report

    def findings(self, feed="hr.employees"):
        return {reason: found["examples"] for reason, found in self.report(feed).get("findings", {}).items()}


def _literal(value):
    return "NULL" if value is None else f"DATE '{value}'" if isinstance(value, date) else f"'{value}'"


@pytest.fixture
def personnel(identity, tmp_path):
    lake = Lake(tmp_path / "lake")
    identity.database._lake = lake
    return Personnel(identity, lake, Runner(identity.database, SERVICE.works))


def changed(rows, **staff):
    """The rows, with some people's changed by their staff numbers."""
    return tuple(staff.get(f"p{row[0]}", row) for row in rows)


def test_what_is_there_already_stays_as_it_is(personnel):
    before = personnel.identity.events()
    personnel.publish("org_units", HR_UNITS)
    personnel.publish("employees", HR_PEOPLE)
    assert personnel.identity.events() == before
    assert personnel.report() == {"counts": {}, "findings": {}}
    assert personnel.findings("hr.org_units") == {}


def test_units_are_opened_renamed_and_moved_and_those_gone_are_reported(personnel):
    units = (
        ("N0101", "N01", "OUTLET", "一号网点"), ("N01", "NORTH", "SUB_BRANCH", "北一支行"), ("NORTH", "HO", "BRANCH", "北区分行"),
        ("HO", None, "HEAD_OFFICE", "总行"), ("EAST", "HO", "BRANCH", "东区一级分行"), ("E01", "WEST", "OUTLET", "一号网点"),
        ("WEST", "HO", "BRANCH", "西区分行"),
        # What cannot be is reported, and the rest goes on.
        ("lower", "HO", "BRANCH", "x"), ("ORPHAN", "NOWHERE", "OUTLET", "x"), ("RING1", "RING2", "BRANCH", "x"),
        ("RING2", "RING1", "BRANCH", "x"), ("TOP", None, "HEAD_OFFICE", "x"), ("MISFIT", "N0101", "BRANCH", "x"),
    )  # fmt: skip
    count = len(personnel.identity.events())
    personnel.publish("org_units", units)
    listed = personnel.identity.sign_in_free("useradmin.ho").call("ListOrganisationUnits").organisation_units
    paths = {unit.code: (unit.organisation_path, unit.display_name) for unit in listed}
    assert paths["N0101"] == ("/HO/NORTH/N01/N0101/", "一号网点")
    assert paths["E01"][0] == "/HO/WEST/E01/"
    assert paths["EAST"][1] == "东区一级分行"
    assert personnel.person("000001").organisation_path == "/HO/WEST/E01/"
    assert personnel.findings("hr.org_units") == {
        "UNIT_NUMBER_UNFIT": ["lower"], "PARENT_UNKNOWN": ["ORPHAN", "RING1", "RING2"], "HEAD_OFFICE_DIFFERS": ["TOP"],
        "UNIT_PARENT_UNFIT": ["MISFIT"], "UNIT_NOT_IN_PERSONNEL": ["W01"],
    }  # fmt: skip
    told = [type(event).__name__ for event in personnel.identity.events()[count:]]
    assert sorted(told) == ["OrganisationUnitCreated"] * 3 + ["OrganisationUnitMoved", "OrganisationUnitUpdated"]


def test_whoever_joins_is_known_and_comes_in_only_once_an_administrator_lets_him(personnel):
    personnel.publish("employees", (*HR_PEOPLE, ("Z100", "新人", "E01", "ACTIVE", None), ("Z101", "老人", "E01", "LEFT", None)))
    person = personnel.person("Z100")
    assert (person.login, person.organisation_path, person.state) == ("z100", "/HO/EAST/E01/", PersonState.DISABLED)
    assert personnel.person("Z101") is None
    created, disabled = personnel.identity.events()[-2:]
    assert (created.staff_number, disabled.person_id) == ("Z100", created.person_id)
    assert isinstance(disabled, events.PersonDisabled)
    assert personnel.identity.nobody.refusal("CreateSession", login="z100", password="guess") == "SIGN_IN_REFUSED"
    administrator = personnel.identity.sign_in("useradmin.ho")
    administrator.call("EnablePerson", person_id=person.person_id)
    password = administrator.call("ResetPassword", person_id=person.person_id).temporary_password
    personnel.publish("employees", (*HR_PEOPLE, ("Z100", "新人", "W01", "ON_LEAVE", None)))
    assert personnel.person("Z100").state == PersonState.ACTIVE
    assert personnel.person("Z100").organisation_path == "/HO/WEST/W01/"
    assert password
    acts = {record.method for record in personnel.identity.trail()}
    assert "identity.personnel" in acts


def test_leavers_are_shut_out_the_same_day_with_their_sessions_and_a_last_day_passes_without_a_new_file(personnel):
    session = personnel.identity.sign_in("rm1.east")
    clock = personnel.identity.clock
    with personnel.identity.database.transaction(read_only=True) as work:
        today = work.business_date
    left = ("000001", "Rm1.East", "E01", "LEFT", today - timedelta(days=30))
    leaving = ("000002", "Rm1.West", "W01", "ACTIVE", today)
    personnel.publish("employees", changed(HR_PEOPLE, p000001=left, p000002=leaving))
    assert personnel.person("000001").state == PersonState.DISABLED
    assert personnel.identity.void(session.session)
    assert personnel.person("000002").state == PersonState.ACTIVE
    personnel.tick()
    assert personnel.person("000002").state == PersonState.ACTIVE
    clock.forward(days=1)
    personnel.tick()
    assert personnel.person("000002").state == PersonState.DISABLED
    kinds = [type(event).__name__ for event in personnel.identity.events()]
    assert kinds[-3:] == ["SessionRevoked", "PersonDisabled", "PersonDisabled"]
    # He who comes back is let in by a person, not by a file.
    personnel.publish("employees", HR_PEOPLE, DAY + timedelta(days=1))
    assert personnel.person("000001").state == PersonState.DISABLED


def test_more_leavers_than_can_be_believed_are_reported_and_stay(personnel):
    personnel.publish("employees", [(*row[:3], "LEFT", None) for row in HR_PEOPLE])
    assert personnel.findings() == {"LEAVERS_HELD_BACK": [row[0] for row in HR_PEOPLE]}
    assert all(personnel.person(row[0]).state == PersonState.ACTIVE for row in HR_PEOPLE)


@pytest.mark.parametrize("share_max", [0.0, 0.5])
def test_whom_the_file_has_lost_is_reported_and_shut_out_only_where_the_bank_wants_that(personnel, share_max):
    settings = personnel.identity.database.settings
    personnel.identity.database.settings = settings.model_copy(update={"personnel_missing_share_max": share_max})
    # 000009 was never in the file: entered by hand.
    personnel.publish("employees", HR_PEOPLE[:-1])
    personnel.publish("employees", HR_PEOPLE[1:-1], DAY + timedelta(days=1))
    assert personnel.findings() == {"PERSON_NOT_IN_PERSONNEL": ["000001"]}
    assert personnel.person("000001").state == (PersonState.DISABLED if share_max else PersonState.ACTIVE)
    personnel.publish("employees", (), DAY + timedelta(days=2))
    assert personnel.person("000002").state == PersonState.ACTIVE
    assert personnel.person("000009").state == PersonState.ACTIVE


def test_an_older_snapshot_and_one_told_again_change_nothing_and_people_wait_for_their_unit(personnel):
    people = (*HR_PEOPLE, ("Z100", "新人", "NORTH", "ACTIVE", None))
    latest = personnel.write("employees", people, DAY)
    older = personnel.write(
        "employees", changed(HR_PEOPLE, p000001=("000001", "旧名", "W01", "ACTIVE", None)), DAY - timedelta(1)
    )
    for pin in (latest, older, latest):
        personnel.tell(pin)
    with personnel.identity.database.transaction(read_only=True) as work:
        assert work.session.scalar(select(func.count()).select_from(Operation)) == 1
    personnel.follow()
    assert personnel.person("000001").display_name == "Rm1.East"
    assert personnel.findings() == {"UNIT_UNKNOWN": ["Z100"]}
    personnel.publish("org_units", (*HR_UNITS, ("NORTH", "HO", "BRANCH", "北区分行")))
    assert personnel.person("Z100").organisation_path == "/HO/NORTH/"
    before = personnel.identity.events()
    personnel.tell(latest)
    personnel.tick()
    assert personnel.identity.events() == before


def test_rows_that_are_nobody_and_names_that_are_taken_are_reported(personnel):
    strange = (
        ("bad number", "x", "E01", "ACTIVE", None), ("Z1", "", "E01", "ACTIVE", None), ("-1", "x", "E01", "ACTIVE", None),
        ("Z2", "x", "NOWHERE", "ACTIVE", None), ("RM1.EAST", "x", "E01", "ACTIVE", None),
    )  # fmt: skip
    personnel.publish("employees", (*HR_PEOPLE, *strange))
    assert personnel.findings() == {
        "STAFF_NUMBER_UNFIT": ["RM1.EAST", "bad number"], "NAME_UNFIT": ["Z1"], "LOGIN_TAKEN": ["-1"], "UNIT_UNKNOWN": ["Z2"],
    }  # fmt: skip
    assert personnel.person("-1").login is None
    (told,) = personnel.identity.sign_in("useradmin.ho").call("ListPersonnelFeeds").personnel_feeds
    assert (told.feed, told.business_date, told.created_count) == ("hr.employees", "2026-11-24", 1)
    finding = told.findings[0]
    assert (finding.reason, finding.count, list(finding.numbers)) == ("LOGIN_TAKEN", 1, ["-1"])
    assert personnel.identity.sign_in("rm1.east").refusal("ListPersonnelFeeds") == "PERMISSION_DENIED"


def test_a_snapshot_whose_files_are_gone_is_reported_and_a_later_one_goes_on(personnel):
    personnel.tell(Pin("hr.employees", "employees", "hr", DAY, 7))
    personnel.follow()
    assert personnel.findings() == {"DATASET_MISSING": ["hr.employees"]}
    personnel.publish("employees", HR_PEOPLE, DAY + timedelta(days=1))
    assert personnel.findings() == {}


def test_many_people_join_in_steps_and_each_has_an_account(personnel):
    count = following.PEOPLE_PER_STEP + 1
    rows = [(f"N{number:06}", f"新人{number}", "E01", "ACTIVE", None) for number in range(count)]
    personnel.publish("employees", rows)
    assert personnel.report()["counts"] == {"created": count}
    with personnel.identity.database.transaction(read_only=True) as work:
        accounts = select(func.count()).select_from(Account).join(Person).where(Person.staff_number.startswith("N"))
        assert work.session.scalar(accounts) == count
    before = len(personnel.identity.events())
    personnel.publish("employees", rows, DAY + timedelta(days=1))
    assert len(personnel.identity.events()) == before
