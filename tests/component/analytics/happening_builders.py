"""What the activity and customer services tell, as they tell it."""

import uuid
from datetime import UTC, date, datetime

from sqlalchemy import select
from workbench.activity.v1 import contact_events_pb2, contact_pb2, feedback_events_pb2, feedback_pb2, survey_events_pb2
from workbench.customer.v1 import duplicate_events_pb2

from services.analytics.model.happening import Happening

NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)


def contact(customer_id, person, day="2026-11-02", **fields):
    """A visit that took place, of version 1."""
    told = {
        "contact_id": str(uuid.uuid4()),
        "customer_id": customer_id,
        "owner_person_id": person.person_id,
        "organisation_path": person.caller.organisation_path,
        "kind": contact_pb2.CONTACT_KIND_VISIT,
        "state": contact_pb2.CONTACT_STATE_DONE,
        "channel": contact_pb2.CONTACT_CHANNEL_ON_SITE,
        "business_date": day,
        "minutes": 45,
        "people_met_count": 2,
        "start_time": NOON,
        "version": 1,
    }
    return contact_events_pb2.ContactRecorded(**told | fields)


def feedback(event_type, customer_id, person, feedback_id, version, **standing):
    """One step of a complaint, with how it stands by it."""
    stands = {
        "kind": feedback_pb2.FEEDBACK_KIND_COMPLAINT,
        "severity": feedback_pb2.FEEDBACK_SEVERITY_MAJOR,
        "state": feedback_pb2.FEEDBACK_STATE_OPEN,
        "owner_person_id": person.person_id,
        "received_date": "2026-11-02",
        "answer_due_date": "2026-11-10",
        "version": version,
    }
    told = {"feedback_id": feedback_id, "customer_id": customer_id, "organisation_path": person.caller.organisation_path}
    return event_type(**told, standing=feedback_events_pb2.FeedbackStanding(**stands | standing))


def survey_answer(customer_id, person, *, low=False, day="2026-11-05"):
    """An answered survey."""
    return survey_events_pb2.SurveyAnswered(
        survey_invitation_id=str(uuid.uuid4()),
        survey_id=str(uuid.uuid4()),
        customer_id=customer_id,
        owner_person_id=person.person_id,
        organisation_path=person.caller.organisation_path,
        low=low,
        business_date=day,
    )


def happenings(town, customer_id, *kinds):
    """What is kept of a customer, in the order of its beginning."""
    statement = select(Happening).where(Happening.customer_id == customer_id).order_by(Happening.start_date, Happening.source)
    with town.service.database.transaction(read_only=True) as work:
        return [row for row in work.session.scalars(statement) if not kinds or row.kind in kinds]


def day(text):
    """A business date."""
    return date.fromisoformat(text)


def merged(town, survivor, gone):
    """One record is taken into another."""
    town.announce(
        duplicate_events_pb2.CustomersMerged(
            survivor_customer_id=survivor,
            merged_customer_id=gone,
            merge_id=str(uuid.uuid4()),
            display_name="欧阳芳",
            lead_person_id=town.rm1_east.person_id,
            organisation_path=town.rm1_east.organisation_path,
        )
    )
