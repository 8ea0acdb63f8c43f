"""What happens around customers is kept once, in its latest state, in whichever order it is told, and goes where they go."""

import itertools
import uuid
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from workbench.activity.v1 import (
    contact_events_pb2,
    contact_pb2,
    feedback_events_pb2,
    feedback_pb2,
    lead_events_pb2,
    lead_pb2,
    opportunity_pb2,
    survey_events_pb2,
    task_events_pb2,
    task_pb2,
)
from workbench.customer.v1 import (
    announcement_events_pb2,
    coverage_events_pb2,
    customer_pb2,
    duplicate_events_pb2,
    exchange_events_pb2,
)
from workbench.identity.v1 import events_pb2 as identity_events_pb2

from services.analytics.model.happening import Happening
from services.analytics.rules.happenings import HappeningKind
from tests.component.analytics.happening_builders import NOON, contact, day, feedback, happenings, merged, survey_answer
from tests.component.town import run_together


def test_a_contact_counts_as_its_latest_version_says(town):
    customer_id = town.customer(town.rm1_east)
    first = contact(customer_id, town.rm1_east, colleague_person_ids=[town.rm2_east.person_id])
    later = contact_events_pb2.ContactRecorded()
    later.CopyFrom(first)
    later.version, later.state = 2, contact_pb2.CONTACT_STATE_CANCELLED
    for told in (first, first):
        town.announce(told)
    (kept,) = happenings(town, customer_id)
    assert (kept.kind, kept.start_date, kept.person_id) == (HappeningKind.CONTACT, day("2026-11-02"), town.rm1_east.person_id)
    assert (kept.other_person_ids, kept.minutes, kept.people_met_count) == ([town.rm2_east.person_id], 45, 2)
    assert kept.source == f"contacts/{first.contact_id}"
    for told in (later, first, later):
        town.announce(told)
    (kept,) = happenings(town, customer_id)
    assert (kept.kind, kept.version, kept.end_date) == (HappeningKind.CONTACT_NOT_DONE, 2, None)


def test_contacts_of_another_system_and_announced_ones_are_the_same_contacts(town):
    customer_id = town.customer(town.rm1_east)
    told = [contact(customer_id, town.rm1_east, f"2025-01-{1 + n:02}") for n in range(3)]
    town.announce(contact_events_pb2.ContactsTakenOver(customer_id=customer_id, contacts=told))
    town.announce(contact_events_pb2.ContactAnnounced(contact_id=told[0].contact_id, contact=told[0]))
    town.announce(contact(customer_id="", person=town.rm1_east))
    assert [row.start_date for row in happenings(town, customer_id)] == [day(f"2025-01-{1 + n:02}") for n in range(3)]


def test_a_complaint_waits_until_it_is_answered_in_whichever_order_that_is_told(town):
    customer_id, person = town.customer(town.rm1_east), town.rm1_east
    answered = {"state": feedback_pb2.FEEDBACK_STATE_ANSWERED, "answered_date": "2026-11-09"}
    for order in itertools.permutations(range(4)):
        feedback_id = str(uuid.uuid4())
        steps = [
            feedback(feedback_events_pb2.FeedbackRecorded, customer_id, person, feedback_id, 1),
            feedback(
                feedback_events_pb2.FeedbackAssigned, customer_id, person, feedback_id, 2, assignee_person_id="a-colleague"
            ),
            feedback(feedback_events_pb2.FeedbackAnswered, customer_id, person, feedback_id, 3, **answered),
            feedback(
                feedback_events_pb2.FeedbackReopened, customer_id, person, feedback_id, 4,
                assignee_person_id="another", answer_due_date="2026-11-20",
            ),
        ]  # fmt: skip
        for place in order:
            town.announce(steps[place])
        (kept,) = (row for row in happenings(town, customer_id) if row.source == f"feedback/{feedback_id}")
        assert (kept.kind, kept.start_date, kept.end_date) == (HappeningKind.COMPLAINT, day("2026-11-02"), None)
        assert (kept.due_date, kept.person_id) == (day("2026-11-20"), "another")
        assert kept.other_person_ids == [person.person_id]
        assert kept.sort == feedback_pb2.FEEDBACK_SEVERITY_MAJOR
        town.announce(feedback(feedback_events_pb2.FeedbackAnswered, customer_id, person, feedback_id, 5, **answered))
        (kept,) = (row for row in happenings(town, customer_id) if row.source == f"feedback/{feedback_id}")
        assert (kept.end_date, kept.state) == (day("2026-11-09"), feedback_pb2.FEEDBACK_STATE_ANSWERED)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (feedback_pb2.FEEDBACK_KIND_NEED, HappeningKind.NEED),
        (feedback_pb2.FEEDBACK_KIND_OPINION, HappeningKind.OPINION),
        (feedback_pb2.FEEDBACK_KIND_SUGGESTION, HappeningKind.OPINION),
    ],
)
def test_feedback_is_of_its_kind(town, told, kept):
    customer_id = town.customer(town.rm1_east)
    event = feedback(feedback_events_pb2.FeedbackAnnounced, customer_id, town.rm1_east, "f", 3, kind=told, severity=0)
    event.feedback_id = str(uuid.uuid4())
    town.announce(event)
    (row,) = happenings(town, customer_id)
    assert (row.kind, row.sort) == (kept, told)
    # Of an activity service that says no standing yet, nothing can be kept.
    town.announce(feedback_events_pb2.FeedbackRecorded(feedback_id=str(uuid.uuid4()), customer_id=customer_id))
    assert len(happenings(town, customer_id)) == 1


def test_an_answer_to_a_survey_is_kept_once(town):
    customer_id = town.customer(town.rm1_east)
    answer = survey_answer(customer_id, town.rm1_east, low=True)
    town.announce(answer)
    town.announce(survey_events_pb2.SurveyAnswerAnnounced(customer_id=customer_id, answer=answer))
    (row,) = happenings(town, customer_id)
    assert (row.kind, row.low, row.start_date) == (HappeningKind.SURVEY_ANSWER, True, day("2026-11-05"))


def test_an_opportunity_is_open_until_it_is_won_or_lost(town):
    customer_id, opportunity_id = town.customer(town.rm1_east), str(uuid.uuid4())
    told = {"opportunity_id": opportunity_id, "owner_person_id": town.rm1_east.person_id}
    # What is told late says when it began, and brings nothing back.
    town.announce(lead_events_pb2.OpportunityWon(**told, customer_id=customer_id, business_date="2026-11-20"))
    town.announce(lead_events_pb2.OpportunityOpened(**told, business_date="2026-11-01"))
    (row,) = happenings(town, customer_id)
    assert (row.kind, row.start_date, row.end_date) == (HappeningKind.OPPORTUNITY, day("2026-11-01"), day("2026-11-20"))
    assert row.state == opportunity_pb2.OPPORTUNITY_STATE_WON
    town.announce(lead_events_pb2.OpportunityReassigned(**told, customer_id=customer_id, business_date="2026-11-10"))
    town.announce(lead_events_pb2.OpportunityReopened(**told, customer_id=customer_id, business_date="2026-11-20"))
    (row,) = happenings(town, customer_id)
    assert (row.state, row.end_date) == (opportunity_pb2.OPPORTUNITY_STATE_OPEN, None)


def test_a_prospect_that_became_a_customer_brings_its_opportunity(town):
    customer_id, opportunity_id = town.customer(town.rm1_east), str(uuid.uuid4())
    told = {"opportunity_id": opportunity_id, "owner_person_id": town.rm1_east.person_id}
    town.announce(lead_events_pb2.OpportunityOpened(**told, business_date="2026-11-01"))
    assert happenings(town, customer_id) == []
    town.announce(lead_events_pb2.OpportunityCustomerLinked(**told, customer_id=customer_id, business_date="2026-11-03"))
    (row,) = happenings(town, customer_id)
    assert (row.start_date, row.origin_customer_id) == (day("2026-11-01"), customer_id)


def test_a_lead_ends(town):
    customer_id, lead_id = town.customer(town.rm1_east), str(uuid.uuid4())
    told = {"lead_id": lead_id, "customer_id": customer_id}
    town.announce(
        lead_events_pb2.LeadCaptured(
            **told, source=lead_pb2.LEAD_SOURCE_ONLINE, business_date="2026-11-01", capturer_person_id="c"
        )
    )
    town.announce(lead_events_pb2.LeadAssigned(**told, owner_person_id="o", business_date="2026-11-02"))
    town.announce(lead_events_pb2.LeadConverted(**told, owner_person_id="o", business_date="2026-11-05"))
    (row,) = happenings(town, customer_id)
    assert (row.kind, row.sort, row.person_id) == (HappeningKind.LEAD_CAPTURED, lead_pb2.LEAD_SOURCE_ONLINE, "o")
    assert (row.start_date, row.end_date, row.state) == (day("2026-11-01"), day("2026-11-05"), lead_pb2.LEAD_STATE_CONVERTED)


def test_a_task_for_a_customer_is_kept_through_its_life(town):
    customer_id, task_id = town.customer(town.rm1_east), str(uuid.uuid4())
    of_task = {"task_id": task_id, "owner_person_id": "o"}
    told = of_task | {"customer_id": customer_id, "kind": task_pb2.TASK_KIND_VISIT, "due_date": "2026-11-09"}
    town.announce(task_events_pb2.TaskCreated(**told, business_date="2026-11-01"))
    town.announce(task_events_pb2.TaskReassigned(task_id=task_id, owner_person_id="p", organisation_path=f"{town.root}EAST/"))
    (row,) = happenings(town, customer_id)
    assert (row.kind, row.person_id, row.due_date, row.end_date) == (HappeningKind.TASK, "p", day("2026-11-09"), None)
    done = task_events_pb2.TaskCompleted(**told, business_date="2026-11-08", result=task_pb2.TASK_RESULT_SUCCESS)
    for event, end_date, state in (
        (done, day("2026-11-08"), task_pb2.TASK_STATE_DONE),
        (task_events_pb2.TaskReopened(**of_task), None, task_pb2.TASK_STATE_OPEN),
    ):
        town.announce(event)
        (row,) = happenings(town, customer_id)
        assert (row.end_date, row.state) == (end_date, state)
    town.announce(task_events_pb2.TaskCancelled(**of_task))
    (row,) = happenings(town, customer_id)
    assert row.state == task_pb2.TASK_STATE_CANCELLED
    town.announce(task_events_pb2.TaskCancelled(task_id="of nobody"))


def test_a_change_of_lead_is_kept_once(town):
    customer_id = town.customer(town.rm1_east)
    nobody = SimpleNamespace(person_id="", organisation_path="")
    for _ in range(2):
        town.reassign(customer_id, town.rm1_east, town.rm2_east)
    town.reassign(customer_id, town.rm2_east, town.rm2_east)
    (row,) = happenings(town, customer_id)
    assert (row.kind, row.person_id) == (HappeningKind.LEAD_CHANGED, town.rm2_east.person_id)
    assert (row.other_person_ids, row.start_date) == ([town.rm1_east.person_id], day("2026-11-25"))
    other = town.customer(nobody, lead_person_id="")
    town.reassign(other, nobody, town.rm1_east)
    (first_lead,) = happenings(town, other)
    assert first_lead.other_person_ids == []


def test_who_leaves_is_lost_to_each_customer_he_leads_also_where_the_hand_over_was_told_first(town):
    left = town.colleague("relationship_manager", "EAST/E01/")
    stays, went, long_ago = (town.customer(left) for _ in range(3))
    town.reassign(went, left, town.rm2_east)
    town.reassign(long_ago, left, town.rm2_east)
    with town.service.database.transaction() as work:
        work.session.query(Happening).filter_by(customer_id=long_ago).update({"start_date": day("2026-11-01")})
    for _ in range(2):
        town.announce(departed(left))
    for customer_id in (stays, went):
        (row,) = happenings(town, customer_id, HappeningKind.LEAD_LEFT)
        assert (row.person_id, row.start_date) == (left.person_id, day("2026-11-20"))
    assert happenings(town, long_ago, HappeningKind.LEAD_LEFT) == []


def departed(person):
    told = {"person_id": person.person_id, "organisation_path": person.organisation_path, "left_date": "2026-11-20"}
    return coverage_events_pb2.RelationshipManagerLeft(**told)


def unmerged(town, survivor, gone):
    told = {"lead_person_id": town.rm1_east.person_id, "organisation_path": town.rm1_east.organisation_path}
    town.announce(duplicate_events_pb2.CustomersUnmerged(survivor_customer_id=survivor, merged_customer_id=gone, **told))


def test_who_comes_back_was_not_lost_to_those_whom_he_still_leads(town):
    left = town.colleague("relationship_manager", "EAST/E01/")
    stays, went = town.customer(left), town.customer(left)
    town.announce(identity_events_pb2.PersonDisabled(person_id=left.person_id))
    town.announce(departed(left))
    town.reassign(went, left, town.rm2_east)
    post = {"person_id": left.person_id, "role": "relationship_manager", "organisation_path": f"{town.root}EAST/E02/"}
    # Shut out he is still gone, whatever post he is given.
    town.announce(identity_events_pb2.PostGranted(**post, grant_id=str(uuid.uuid4()), display_name="王雅婷"))
    assert len(happenings(town, stays, HappeningKind.LEAD_LEFT)) == 1
    town.announce(identity_events_pb2.PersonEnabled(person_id=left.person_id))
    assert happenings(town, stays) == []
    assert len(happenings(town, went, HappeningKind.LEAD_LEFT)) == 1


def test_what_happened_goes_with_a_merge_and_comes_back(town):
    first, second, third = (town.customer(town.rm1_east) for _ in range(3))
    of_first, of_second, of_third = (contact(each, town.rm1_east) for each in (first, second, third))
    for event in (of_first, of_second, of_third):
        town.announce(event)
    merged(town, second, first)
    merged(town, third, second)
    assert len(happenings(town, third)) == 3
    # What is told late under the old id, or corrected under the new one, belongs to whichever stands.
    late = contact(first, town.rm1_east)
    town.announce(late)
    corrected = contact(third, town.rm1_east, contact_id=of_second.contact_id, version=2)
    town.announce(corrected)
    assert len(happenings(town, third)) == 4
    new = contact(third, town.rm1_east)
    town.announce(new)
    unmerged(town, third, second)
    assert {row.source for row in happenings(town, third)} == {f"contacts/{each.contact_id}" for each in (of_third, new)}
    assert len(happenings(town, second)) == 3
    unmerged(town, second, first)
    assert {row.source for row in happenings(town, first)} == {f"contacts/{each.contact_id}" for each in (of_first, late)}
    assert {row.source for row in happenings(town, second)} == {f"contacts/{of_second.contact_id}"}


def test_of_an_erased_customer_nothing_is_kept_any_more(town):
    survivor, taken_in, removed = (town.customer(town.rm1_east) for _ in range(3))
    for customer_id in (survivor, taken_in, removed):
        town.announce(contact(customer_id, town.rm1_east))
    merged(town, survivor, taken_in)
    town.announce(exchange_events_pb2.CustomerErased(customer_id=survivor, erasure_id="e"))
    town.announce(exchange_events_pb2.CustomerRemoved(customer_id=removed))
    for customer_id in (survivor, taken_in, removed):
        town.announce(contact(customer_id, town.rm1_east))
        assert happenings(town, customer_id) == []


def test_announced_customers_bring_order_into_what_was_told_before(town):
    stands, taken_in, erased = str(uuid.uuid4()), str(uuid.uuid4()), str(uuid.uuid4())
    for customer_id in (stands, taken_in, erased):
        town.announce(contact(customer_id, town.rm1_east))
    for customer_id, fields in (
        (stands, {}),
        (taken_in, {"merged_into_customer_id": stands}),
        (erased, {"state": customer_pb2.CUSTOMER_STATE_ERASED}),
    ):
        told = {"customer_id": customer_id, "customer_number": customer_id[:8], "organisation_path": town.root}
        event = announcement_events_pb2.CustomerAnnounced(**told, **fields)
        event.create_time.FromDatetime(NOON)
        town.announce(event)
    assert len(happenings(town, stands)) == 2
    assert happenings(town, taken_in) == happenings(town, erased) == []


def test_told_at_once_by_many_it_is_kept_once_in_its_latest_state(town):
    customer_id = town.customer(town.rm1_east)
    contact_id = str(uuid.uuid4())
    run_together(town.announce, [contact(customer_id, town.rm1_east, contact_id=contact_id, version=n) for n in (3, 1, 4, 2)])
    (row,) = happenings(town, customer_id)
    assert row.version == 4


def test_a_merge_waits_for_what_is_just_being_taken_in(town):
    for _ in range(5):
        survivor, taken_in = town.customer(town.rm1_east), town.customer(town.rm1_east)
        acts = [
            lambda taken_in=taken_in: town.announce(contact(taken_in, town.rm1_east)),
            lambda survivor=survivor, taken_in=taken_in: merged(town, survivor, taken_in),
        ]
        run_together(lambda act: act(), acts)
        with town.service.database.transaction(read_only=True) as work:
            rows = work.session.scalars(select(Happening).where(Happening.origin_customer_id == taken_in)).all()
        assert [row.customer_id for row in rows] == [survivor]
