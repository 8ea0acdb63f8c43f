"""What this service tells once more to services that did not follow from the beginning: as it stands, and page by page."""

from datetime import UTC, datetime, timedelta

import pytest
from workbench.activity.v1 import contact_events_pb2, contact_pb2, feedback_events_pb2, feedback_pb2

from services.activity.usecases.restating import ANNOUNCEMENTS

WEDNESDAY = datetime(2026, 11, 25, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_a_wednesday(at):
    at(WEDNESDAY)


def announced(town, name, of):
    """The keys and events of a kind that are of one customer; pages of three."""
    (announcement,) = (each for each in ANNOUNCEMENTS if each.name == name)
    told, after = [], ""
    while True:
        with town.service.database.transaction() as work:
            page = announcement.page(work, after, 3)
        assert [key for key, _ in page] == sorted(key for key, _ in page)
        told += page
        if len(page) < 3:
            return [event for _, event in told if of(event)]
        after = page[-1][0]


def test_contacts_are_told_of_as_their_latest_event_did(town):
    customer_id = town.customer(town.rm1_east)
    for hours in range(1, 5):
        start_time = WEDNESDAY - timedelta(hours=3 * hours)
        said = {"customer_id": customer_id, "kind": contact_pb2.CONTACT_KIND_CALL, "start_time": start_time, "minutes": 10}
        town.rm1_east.call("CreateContact", contact=contact_pb2.Contact(**said))
    recorded = town.recorded(contact_events_pb2.ContactRecorded, customer_id=customer_id)
    told = announced(town, "contacts", lambda event: event.contact.customer_id == customer_id)
    assert [event.contact for event in told] == recorded
    assert [event.contact_id for event in told] == [event.contact_id for event in recorded]


def test_feedback_is_told_of_as_it_stands(town):
    customer_id = town.customer(town.rm1_east)
    said = {"customer_id": customer_id, "kind": feedback_pb2.FEEDBACK_KIND_NEED, "words": "想贷款", "category": "digital"}
    need = town.rm1_east.call("CreateFeedback", feedback=feedback_pb2.Feedback(**said))
    assignee = town.manager_east
    town.manager_east.call("AssignFeedback", feedback_id=need.feedback_id, assignee_person_id=assignee.person_id, etag=need.etag)
    (recorded,) = town.recorded(feedback_events_pb2.FeedbackRecorded, feedback_id=need.feedback_id)
    (assigned,) = town.recorded(feedback_events_pb2.FeedbackAssigned, feedback_id=need.feedback_id)
    assert recorded.standing.version < assigned.standing.version
    assert recorded.standing.received_date == "2026-11-25"
    (told,) = announced(town, "feedback", lambda event: event.customer_id == customer_id)
    assert told.standing == assigned.standing
    assert (told.standing.assignee_person_id, told.category) == (assignee.person_id, "digital")
