"""A service that is deployed into a bank that works already learns of its people and customers what it never heard by events."""

from __future__ import annotations

import uuid
from contextlib import ExitStack, contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from workbench.customer.v1 import coverage_service_pb2, customer_pb2, customer_service_pb2

from gateway.identity.__main__ import SERVICE as IDENTITY
from gateway.identity.rules.organisation import UnitKind
from gateway.identity.usecases.provisioning import PersonEntry, PostEntry, UnitEntry, provision
from services.activity.__main__ import SERVICE as ACTIVITY
from services.activity.model.customer import Absence, Customer, Reach
from services.activity.model.person import Person, Unit
from services.chassis import keys, runtime
from services.chassis.announcing import THINGS_AT_ONCE, AnnouncementAsking
from services.chassis.bus.embedded import EmbeddedBus
from services.chassis.db import migrations
from services.chassis.db.engine import create_engine
from services.chassis.db.session import Database
from services.chassis.longwork.runner import Runner
from services.chassis.outbox.relay import Relay
from services.chassis.timers import tick
from services.customer.__main__ import SERVICE as CUSTOMER
from services.customer.model.customer import Customer as CustomerRecord
from services.customer.model.relationship_manager import RelationshipManager
from services.customer.model.timeline import TimelineEntry
from services.customer.usecases import absences, coverages, customers
from tests.deployments import wait_until

SERVICES = {service.name: runtime.following(service) for service in (IDENTITY, CUSTOMER, ACTIVITY)}
# More than one step tells.
CUSTOMERS = THINGS_AT_ONCE + 20
FIRST, SECOND = (str(uuid.UUID(int=number)) for number in (1, 2))


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request, tmp_path):
    """A database of each service."""
    keys.create_keys(tmp_path)
    keys.use_data_keys(keys.DataKeys.load(tmp_path / keys.DATA_KEYS_FILE))
    with ExitStack() as stack:
        opened = {}
        for name, service in SERVICES.items():
            sqlite = f"sqlite:///{tmp_path}/{name}.db"
            engine = create_engine(sqlite if request.param == "sqlite" else request.getfixturevalue("new_postgresql_url")())
            stack.callback(engine.dispose)
            migrations.migrate(engine, service.package)
            settings = service.settings(secrets=tmp_path) if name == "identity" else service.settings()
            opened[name] = Database(engine, name, settings=settings, on_record=service.on_record)
        yield opened


@contextmanager
def running(databases, *names):
    """The services of these names, with their events and their long work."""
    with ExitStack() as stack:
        bus = stack.enter_context(EmbeddedBus({name: (databases[name], SERVICES[name].subscriptions) for name in names}))
        for name in names:
            stack.enter_context(Relay(databases[name], bus, poll_seconds=0.02))
            stack.enter_context(Runner(databases[name], SERVICES[name].works))
        yield


def count(database, model, *where):
    with database.transaction(read_only=True) as work:
        return work.session.scalar(select(func.count()).select_from(model).where(*where))


def open_bank(databases):
    """Two relationship managers, a customer whom the second supports, more customers, and a planned absence."""
    with databases["identity"].transaction() as work:
        units = [UnitEntry("HO", UnitKind.HEAD_OFFICE, "总行", "", ""), UnitEntry("EAST", UnitKind.BRANCH, "东区分行", "HO", "")]
        people = [PersonEntry(f"10000{n}", "王雅婷", "EAST", person_id=each) for n, each in enumerate((FIRST, SECOND))]
        provision(work, units, people, [PostEntry(person.staff_number, "relationship_manager", "EAST") for person in people])
    wait_until(lambda: count(databases["customer"], RelationshipManager) == 2, what="the relationship managers came")
    with databases["customer"].transaction() as work:
        opened = customers.open_customers(work, [draft(number) for number in range(CUSTOMERS)])
    with databases["customer"].transaction() as work:
        request = {"customer_id": opened[0], "person_id": SECOND}
        coverages.create_coverage(work, coverage_service_pb2.CreateCoverageRequest(**request))
        deputies = [{"person_id": SECOND, "customer_ids": [opened[1]]}]
        day = work.business_date + timedelta(days=1)
        days = {"start_date": str(day), "end_date": str(day)}
        absence = {"person_id": FIRST, "deputies": deputies, "reason": "休假"} | days
        absences.create_absence(work, coverage_service_pb2.CreateAbsenceRequest(**absence))
    return opened


def draft(number):
    record = {"customer_number": f"N{number:05}", "kind": customer_pb2.CUSTOMER_KIND_RETAIL, "display_name": f"欧阳{number}"}
    return customer_service_pb2.CreateCustomerRequest(customer=record, lead_person_id=FIRST)


def test_who_comes_late_asks_once_and_is_told_all(databases):
    with running(databases, "identity", "customer"):
        opened = open_bank(databases)
        wait_until(lambda: count(databases["customer"], RelationshipManager) == 2)
    entries = count(databases["customer"], TimelineEntry)
    with running(databases, *SERVICES):
        asks = next(timer for timer in SERVICES["activity"].timers if timer.name == "announcements.ask")
        tick(databases["activity"], asks)
        completed = AnnouncementAsking.complete_time.is_not(None)
        wait_until(lambda: count(databases["activity"], AnnouncementAsking, completed) == 2, 60, "both owners told all")
        wait_until(lambda: count(databases["activity"], Customer) == CUSTOMERS, what="all customers came")
    activity = databases["activity"]
    assert (count(activity, Person), count(activity, Unit), count(activity, Absence)) == (2, 2, 1)
    assert count(activity, Customer, Customer.lead_person_id == FIRST, Customer.organisation_path == "/HO/EAST/") == CUSTOMERS
    reached = {(SECOND, opened[0], None), (SECOND, opened[1], FIRST)}
    with activity.transaction() as work:
        found = work.session.execute(select(Reach.person_id, Reach.customer_id, Reach.lead_person_id)).all()
        assert {tuple(row) for row in found} == reached
        asks.run(work)
    # Nothing happened to any customer, and nobody is asked twice.
    assert count(databases["customer"], TimelineEntry) == entries
    with databases["activity"].transaction(read_only=True) as work:
        assert len(work.session.scalars(select(AnnouncementAsking)).all()) == 2
    assert count(databases["customer"], CustomerRecord) == CUSTOMERS
