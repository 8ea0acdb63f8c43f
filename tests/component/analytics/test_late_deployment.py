"""Analytics that is deployed into a bank that works already learns of contacts and complaints that it never heard of."""

from __future__ import annotations

import uuid
from contextlib import ExitStack
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from services.activity.__main__ import SERVICE as ACTIVITY
from services.activity.model.contact import Contact
from services.activity.model.feedback import Feedback
from services.activity.rules.contacts import ContactChannel, ContactKind, ContactState
from services.activity.rules.feedback import FeedbackKind, FeedbackSeverity
from services.analytics.__main__ import SERVICE as ANALYTICS
from services.analytics.model.happening import Happening
from services.analytics.rules.happenings import HappeningKind
from services.chassis import keys, runtime
from services.chassis.announcing import THINGS_AT_ONCE, AnnouncementAsking
from services.chassis.bus.embedded import EmbeddedBus
from services.chassis.db import migrations
from services.chassis.db.engine import create_engine
from services.chassis.db.session import Database
from services.chassis.longwork.runner import Runner
from services.chassis.outbox.relay import Relay
from services.chassis.timers import tick
from tests.deployments import wait_until

SERVICES = {service.name: runtime.following(service) for service in (ACTIVITY, ANALYTICS)}
# More than one step tells.
CONTACTS = THINGS_AT_ONCE + 5
NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)
OF_CUSTOMER = {"customer_id": str(uuid.UUID(int=1)), "owner_person_id": str(uuid.UUID(int=2)), "organisation_path": "/HO/EAST/"}


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
            opened[name] = Database(engine, name, settings=service.settings(), on_record=service.on_record)
        yield opened


def work_before(database):
    """What was recorded while nobody else was there: contacts, one of them with a prospect, and a complaint."""
    times = {"create_time": NOON, "update_time": NOON}
    with database.transaction() as work:
        for place in range(CONTACTS + 1):
            of_prospect = {"customer_id": None, "lead_id": str(uuid.uuid4())} if place == CONTACTS else {}
            work.session.add(
                Contact(
                    contact_id=work.new_id(),
                    kind=ContactKind.VISIT.value,
                    state=ContactState.DONE.value,
                    channel=ContactChannel.ON_SITE.value,
                    start_time=NOON,
                    business_date=date(2026, 11, 2),
                    create_person_id=OF_CUSTOMER["owner_person_id"],
                    **OF_CUSTOMER | of_prospect,
                    **times,
                )
            )
        work.session.add(
            Feedback(
                feedback_id=work.new_id(),
                kind=FeedbackKind.COMPLAINT.value,
                severity=FeedbackSeverity.MAJOR.value,
                category="digital",
                words="转账失败",
                received_date=date(2026, 11, 2),
                answer_due_date=date(2026, 11, 9),
                **OF_CUSTOMER,
                **times,
            )
        )


def test_it_asks_once_and_is_told_all(databases):
    work_before(databases["activity"])
    analytics = databases["analytics"]

    def count(model, *where):
        with analytics.transaction(read_only=True) as work:
            return work.session.scalar(select(func.count()).select_from(model).where(*where))

    with ExitStack() as stack:
        subscriptions = {name: (databases[name], SERVICES[name].subscriptions) for name in SERVICES}
        bus = stack.enter_context(EmbeddedBus(subscriptions))
        for name, service in SERVICES.items():
            stack.enter_context(Relay(databases[name], bus, poll_seconds=0.02))
            stack.enter_context(Runner(databases[name], service.works))
        tick(analytics, next(timer for timer in SERVICES["analytics"].timers if timer.name == "announcements.ask"))
        of_activity = (AnnouncementAsking.owner_service == "activity", AnnouncementAsking.complete_time.is_not(None))
        wait_until(lambda: count(AnnouncementAsking, *of_activity) == 1, 60, "the activity service told all")
        wait_until(lambda: count(Happening) == CONTACTS + 1, what="all of it was kept")
    assert count(Happening, Happening.kind == HappeningKind.CONTACT.value) == CONTACTS
    with analytics.transaction(read_only=True) as work:
        (complaint,) = work.session.scalars(select(Happening).where(Happening.kind == HappeningKind.COMPLAINT.value))
    assert (complaint.due_date, complaint.sort) == (date(2026, 11, 9), FeedbackSeverity.MAJOR)
