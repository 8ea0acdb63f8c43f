"""What customers say: recorded with their words, routed, answered in time or taken further up, told to the customer, closed."""

from datetime import UTC, date, datetime

import pytest
from workbench.activity.v1 import feedback_events_pb2 as events
from workbench.activity.v1 import feedback_pb2
from workbench.activity.v1.feedback_pb2 import (
    FEEDBACK_CHANNEL_CALL,
    FEEDBACK_KIND_COMPLAINT,
    FEEDBACK_KIND_NEED,
    FEEDBACK_KIND_SUGGESTION,
    FEEDBACK_OUTCOME_DECLINED,
    FEEDBACK_OUTCOME_DONE,
    FEEDBACK_ROUTE_BRANCH_MANAGER,
    FEEDBACK_SEVERITY_CRITICAL,
    FEEDBACK_SEVERITY_MAJOR,
    FEEDBACK_SEVERITY_MINOR,
    FEEDBACK_STATE_ANSWERED,
    FEEDBACK_STATE_CLOSED,
    FEEDBACK_STATE_OPEN,
    FEEDBACK_STATE_TOLD,
    FEEDBACK_TOPIC_STATE_DELIVERED,
)
from workbench.customer.v1 import customer_pb2, exchange_events_pb2
from workbench.identity.v1 import events_pb2
from workbench.timeline.v1 import events_pb2 as timeline_events_pb2

from services.activity.model.feedback import Feedback
from services.activity.model.notification import Notification
from services.chassis.kernel.errors import (
    AlreadyExists,
    InvalidInput,
    NotAllowed,
    NotFound,
    RuleBroken,
    StaleVersion,
    WorkbenchError,
)
from tests.component.town import run_together

WORDS = "手机银行转账总是失败，我要投诉"
# A Wednesday, the day before a week without holidays.
WEDNESDAY = datetime(2026, 11, 25, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_a_wednesday(at):
    at(WEDNESDAY)


def say(town, person, customer_id, kind=FEEDBACK_KIND_COMPLAINT, **fields):
    """Records that a customer said something."""
    feedback = feedback_pb2.Feedback(customer_id=customer_id, kind=kind, **{"words": WORDS, "category": "digital"} | fields)
    return person.call("CreateFeedback", feedback=feedback)


def refused(error, reason, call, /, *arguments, **fields):
    with pytest.raises(error) as refusal:
        call(*arguments, **fields)
    assert refusal.value.reason == reason
    return refusal.value


def told_to(town, person, kind):
    """What somebody was told of, by the resource."""
    with town.service.database.transaction(read_only=True) as work:
        rows = work.session.query(Notification).filter_by(person_id=person.person_id, kind=kind).all()
        return [row.resource for row in rows]


def test_a_complaint_goes_from_the_customers_words_to_its_end(town):
    customer = town.customer(town.rm1_east, tier=customer_pb2.CUSTOMER_TIER_PRIVATE)
    said = say(town, town.rm1_east, customer, severity=FEEDBACK_SEVERITY_MAJOR, product="手机银行")
    assert said.words == WORDS
    assert said.customer_name == "欧阳芳"
    assert said.assignee_person_id == town.product_manager.person_id
    # Three workdays from Wednesday.
    assert said.answer_due_date == "2026-11-30"
    assert told_to(town, town.product_manager, "feedback_assigned") == [f"feedback/{said.feedback_id}"]
    refused(RuleBroken, "FEEDBACK_NOT_TOLD", town.rm1_east.call, "CloseFeedback", feedback_id=said.feedback_id)
    refused(
        RuleBroken, "FEEDBACK_NOT_ANSWERED", town.rm1_east.call, "TellFeedbackAnswer",
        feedback_id=said.feedback_id, channel=FEEDBACK_CHANNEL_CALL,
    )  # fmt: skip
    answered = town.product_manager.call(
        "AnswerFeedback", feedback_id=said.feedback_id, answer="已修复", outcome=FEEDBACK_OUTCOME_DONE, etag=said.etag
    )
    assert answered.state == FEEDBACK_STATE_ANSWERED
    assert told_to(town, town.rm1_east, "feedback_answered") == [f"feedback/{said.feedback_id}"]
    refused(RuleBroken, "FEEDBACK_NOT_TOLD", town.rm1_east.call, "CloseFeedback", feedback_id=said.feedback_id)
    told = town.rm1_east.call("TellFeedbackAnswer", feedback_id=said.feedback_id, channel=FEEDBACK_CHANNEL_CALL, note="客户满意")
    assert (told.state, told.told_date) == (FEEDBACK_STATE_TOLD, "2026-11-25")
    closed = town.rm1_east.call("CloseFeedback", feedback_id=said.feedback_id)
    assert closed.state == FEEDBACK_STATE_CLOSED
    assert [step.text for step in closed.steps] == ["", "已修复", "客户满意", ""]
    names = [events.FeedbackRecorded, events.FeedbackAnswered, events.FeedbackAnswerTold, events.FeedbackClosed]
    for event in names:
        (recorded,) = town.recorded(event, feedback_id=said.feedback_id)
        assert (recorded.kind, recorded.severity) == (FEEDBACK_KIND_COMPLAINT, FEEDBACK_SEVERITY_MAJOR)
        assert WORDS not in str(recorded)
    timeline = town.recorded(timeline_events_pb2.CustomerTimelineEntryRecorded, customer_id=customer)
    assert [entry.kind for entry in timeline] == [
        "feedback_recorded", "feedback_answered", "feedback_answer_told", "feedback_closed",
    ]  # fmt: skip


def test_opened_again_it_waits_for_another_answer_of_whoever_leads_the_customer_now(town):
    customer = town.customer(town.rm1_east)
    said = say(town, town.rm1_east, customer)
    answer = {"answer": "No.", "outcome": FEEDBACK_OUTCOME_DECLINED}
    town.product_manager.call("AnswerFeedback", feedback_id=said.feedback_id, **answer)
    tell = {"feedback_id": said.feedback_id, "channel": FEEDBACK_CHANNEL_CALL, "close": True}
    assert town.rm1_east.call("TellFeedbackAnswer", **tell).state == FEEDBACK_STATE_CLOSED
    town.reassign(customer, town.rm1_east, town.rm2_east)
    refused(InvalidInput, "FEEDBACK_BLANK", town.rm2_east.call, "ReopenFeedback", feedback_id=said.feedback_id, reason=" ")
    again = town.rm2_east.call("ReopenFeedback", feedback_id=said.feedback_id, reason="The customer is not content.")
    assert (again.state, again.answer, again.told_date) == (FEEDBACK_STATE_OPEN, "", "")
    assert again.owner_person_id == town.rm2_east.person_id
    assert [step.text for step in again.steps if step.text == "No."] == ["No."]
    refused(RuleBroken, "FEEDBACK_OPEN", town.rm2_east.call, "ReopenFeedback", feedback_id=said.feedback_id, reason="x")


def test_a_complaint_that_is_late_goes_up_step_by_step_and_what_is_answered_does_not(town, at):
    customer = town.customer(town.rm1_east)
    critical = say(town, town.rm1_east, customer, severity=FEEDBACK_SEVERITY_CRITICAL)
    answered = say(town, town.rm1_east, customer, severity=FEEDBACK_SEVERITY_CRITICAL)
    need = say(town, town.rm1_east, customer, FEEDBACK_KIND_NEED)
    town.product_manager.call("AnswerFeedback", feedback_id=answered.feedback_id, answer="Done.", outcome=FEEDBACK_OUTCOME_DONE)
    assert critical.answer_due_date == "2026-11-26"

    def level_on(*day):
        at(datetime(*day, 2, tzinfo=UTC))
        town.run_timer("feedback.take_up_late")
        shown = town.rm1_east.call("GetFeedback", feedback_id=critical.feedback_id)
        return shown.escalation_level, shown.overdue

    assert level_on(2026, 11, 26) == (0, False)
    assert level_on(2026, 11, 27) == (1, True)
    assert level_on(2026, 11, 27) == (1, True)
    resource = f"feedback/{critical.feedback_id}"
    assert told_to(town, town.leader_east, "complaint_escalated") == [resource]
    # The weekend is nobody's delay.
    assert level_on(2026, 11, 29) == (1, True)
    assert level_on(2026, 11, 30) == (2, True)
    assert told_to(town, town.manager_east, "complaint_escalated") == [resource]
    # Nobody is above: whoever is there is reminded.
    assert level_on(2026, 12, 1) == (2, True)
    assert told_to(town, town.manager_east, "complaint_late") == [resource]
    assert len(town.recorded(events.FeedbackEscalated, feedback_id=critical.feedback_id)) == 2
    assert town.recorded(events.FeedbackEscalated, feedback_id=answered.feedback_id) == []
    # A need is due after ten workdays, and goes to nobody above.
    at(datetime(2026, 12, 10, 2, tzinfo=UTC))
    town.run_timer("feedback.take_up_late")
    assert told_to(town, town.product_manager, "feedback_late") == [f"feedback/{need.feedback_id}"]
    assert town.rm1_east.call("GetFeedback", feedback_id=need.feedback_id).escalation_level == 0


def test_an_rm_takes_a_complaint_up_before_it_is_late(town):
    said = say(town, town.rm1_east, town.customer(town.rm1_east))
    escalate = {"feedback_id": said.feedback_id, "reason": "A journalist called."}
    assert town.rm1_east.call("EscalateFeedback", **escalate).escalation_level == 1
    assert town.rm1_east.call("EscalateFeedback", **escalate).escalation_level == 2
    refused(RuleBroken, "ESCALATION_EXHAUSTED", town.rm1_east.call, "EscalateFeedback", **escalate)
    need = say(town, town.rm1_east, town.customer(town.rm1_east), FEEDBACK_KIND_NEED)
    refused(RuleBroken, "NOT_COMPLAINT", town.rm1_east.call, "EscalateFeedback", feedback_id=need.feedback_id, reason="x")


def test_when_whoever_answers_has_left_somebody_else_does(town, at):
    said = say(town, town.rm1_east, town.customer(town.rm1_east), FEEDBACK_KIND_NEED)
    successor = town.colleague("product_manager", "")
    town.announce(events_pb2.PersonDisabled(person_id=town.product_manager.person_id))
    at(datetime(2026, 12, 15, 2, tzinfo=UTC))
    town.run_timer("feedback.take_up_late")
    shown = town.rm1_east.call("GetFeedback", feedback_id=said.feedback_id)
    assert shown.assignee_person_id == successor.person_id


def test_routes_follow_the_category_and_the_load(town):
    customer = town.customer(town.rm1_east)
    assert say(town, town.rm1_east, customer, category="service").assignee_person_id == town.manager_east.person_id
    second = town.colleague("product_manager", "")
    people = [say(town, town.rm1_east, customer).assignee_person_id for _ in range(4)]
    assert sorted(people) == sorted([town.product_manager.person_id, second.person_id] * 2)
    name = f"a{town.root[3:-1].lower()}"
    category = feedback_pb2.FeedbackCategory(
        feedback_category_id=name, answerer_person_ids=[second.person_id], display_name="App 手机银行", route=1,
        deadlines=[{"kind": FEEDBACK_KIND_COMPLAINT, "severity": 1, "answer_workdays": 2, "escalate_workdays": 1}],
    )  # fmt: skip
    mask = {"paths": ["answerer_person_ids", "display_name", "route", "deadlines"]}
    define = {"feedback_category": category, "update_mask": mask, "allow_missing": True}
    assert town.product_manager.call("UpdateFeedbackCategory", **define).defined
    said = say(town, town.rm1_east, customer, category=name)
    assert (said.assignee_person_id, said.answer_due_date) == (second.person_id, "2026-11-27")


def test_categories_are_defined_with_care(town):
    listed = town.rm1_east.call("ListFeedbackCategories")
    assert {"digital", "other", "service"} <= {each.feedback_category_id for each in listed.categories}
    assert len(listed.deadlines) == 6
    change, name = town.product_manager.call, f"c{town.root[3:-1].lower()}"

    def update(*fields, allow_missing=False, **values):
        category = feedback_pb2.FeedbackCategory(feedback_category_id=name, **values)
        mask = {"paths": fields or list(values)}
        return change("UpdateFeedbackCategory", feedback_category=category, update_mask=mask, allow_missing=allow_missing)

    refused(NotFound, "FEEDBACK_CATEGORY_NOT_FOUND", update, display_name="Leasing")
    made = update(display_name="Leasing", route=FEEDBACK_ROUTE_BRANCH_MANAGER, allow_missing=True)
    refused(StaleVersion, "FEEDBACK_CATEGORY_CHANGED", update, "display_name", display_name="Other", etag="7")
    late = [{"kind": FEEDBACK_KIND_COMPLAINT, "severity": 2, "answer_workdays": 16, "escalate_workdays": 1}]
    refused(InvalidInput, "DEADLINE_TOO_LATE", update, deadlines=late)
    twice = [{"kind": FEEDBACK_KIND_NEED, "answer_workdays": 5, "escalate_workdays": 1}] * 2
    refused(InvalidInput, "DEADLINE_TWICE", update, deadlines=twice)
    refused(InvalidInput, "SEVERITY_UNFIT", update, deadlines=[late[0] | {"severity": 0}])
    refused(NotFound, "PERSON_NOT_FOUND", update, answerer_person_ids=["0198c000-0000-7000-8000-0000000000ff"])
    assert update("retired", retired=True, etag=made.etag).retired
    customer = town.customer(town.rm1_east)
    refused(NotFound, "FEEDBACK_CATEGORY_NOT_FOUND", say, town, town.rm1_east, customer, category=name)


def test_who_does_not_reach_it_learns_nothing(town):
    customer = town.customer(town.rm1_east)
    said = say(town, town.rm1_east, customer)
    for person in (town.rm2_east, town.rm1_west, town.manager_west):
        refused(NotFound, "FEEDBACK_NOT_FOUND", person.call, "GetFeedback", feedback_id=said.feedback_id)
        refused(NotFound, "CUSTOMER_NOT_FOUND", person.call, "ListFeedback", customer_id=customer)
    refused(NotFound, "CUSTOMER_NOT_FOUND", say, town, town.rm1_west, customer)
    answer = {"feedback_id": said.feedback_id, "answer": "x", "outcome": FEEDBACK_OUTCOME_DONE}
    refused(NotFound, "FEEDBACK_NOT_FOUND", town.manager_west.call, "AnswerFeedback", **answer)
    refused(NotAllowed, "PERMISSION_DENIED", town.rm1_east.call, "AnswerFeedback", **answer)
    for person in (town.leader_east, town.manager_east, town.product_manager, town.analyst, town.auditor):
        assert person.call("GetFeedback", feedback_id=said.feedback_id).feedback_id == said.feedback_id


def test_lists_are_of_a_person_a_customer_a_unit_or_of_whoever_answers(town):
    customer, other = town.customer(town.rm1_east), town.customer(town.rm2_east)
    mine = [say(town, town.rm1_east, customer, received_date=f"2026-11-{day}") for day in (20, 22, 21)]
    theirs = say(town, town.rm2_east, other, FEEDBACK_KIND_NEED)

    def listed(person, **fields):
        return [each.feedback_id for each in person.call("ListFeedback", **fields).feedback]

    latest_first = [mine[place].feedback_id for place in (1, 2, 0)]
    assert listed(town.rm1_east) == latest_first
    assert listed(town.rm1_east, customer_id=customer) == latest_first
    assert listed(town.manager_east, organisation_path=town.manager_east.organisation_path) == [
        theirs.feedback_id, *latest_first,
    ]  # fmt: skip
    assert listed(town.product_manager, assignee_person_id=town.product_manager.person_id, kind=FEEDBACK_KIND_NEED) == [
        theirs.feedback_id
    ]
    assert listed(town.rm1_east, states=[FEEDBACK_STATE_CLOSED]) == []
    first = town.rm1_east.call("ListFeedback", page_size=2)
    rest = town.rm1_east.call("ListFeedback", page_size=2, page_token=first.next_page_token)
    assert [each.feedback_id for each in (*first.feedback, *rest.feedback)] == latest_first
    both = {"customer_id": customer, "person_id": town.rm1_east.person_id}
    refused(InvalidInput, "LIST_AMBIGUOUS", town.rm1_east.call, "ListFeedback", **both)
    refused(NotFound, "PERSON_NOT_FOUND", town.rm1_east.call, "ListFeedback", assignee_person_id=town.rm2_east.person_id)


def test_corrections_keep_what_was_there(town):
    said = say(town, town.rm1_east, town.customer(town.rm1_east), FEEDBACK_KIND_SUGGESTION)
    change = feedback_pb2.Feedback(
        feedback_id=said.feedback_id, words="更正：转账限额太低", kind=FEEDBACK_KIND_COMPLAINT, etag=said.etag
    )
    corrected = town.rm1_east.call("UpdateFeedback", feedback=change, update_mask={"paths": ["words", "kind"]})
    assert (corrected.words, corrected.severity) == ("更正：转账限额太低", FEEDBACK_SEVERITY_MINOR)
    # A complaint is due sooner than a suggestion.
    assert corrected.answer_due_date == "2026-12-02"
    assert [step.text for step in corrected.steps] == ["", WORDS]
    stale = {"feedback": change, "update_mask": {"paths": ["words"]}}
    refused(StaleVersion, "FEEDBACK_CHANGED", town.rm1_east.call, "UpdateFeedback", **stale)
    refused(
        InvalidInput, "FIELD_UNKNOWN", town.rm1_east.call, "UpdateFeedback",
        feedback={"feedback_id": said.feedback_id}, update_mask={"paths": ["mood"]},
    )  # fmt: skip


def test_whoever_answers_classifies_and_hands_on(town):
    said = say(town, town.rm1_east, town.customer(town.rm1_east))
    topic = new_topic(town, "Higher limits")
    classify = {"feedback_id": said.feedback_id, "feedback_topic_id": topic.feedback_topic_id, "category": "service"}
    classified = town.product_manager.call("ClassifyFeedback", severity=FEEDBACK_SEVERITY_CRITICAL, **classify)
    assert classified.feedback_topic_id == topic.feedback_topic_id
    # Another category is another one's, and what is graver is due sooner.
    assert (classified.assignee_person_id, classified.answer_due_date) == (town.manager_east.person_id, "2026-11-26")
    (told,) = town.recorded(events.FeedbackClassified, feedback_id=said.feedback_id)
    assert told.severity == FEEDBACK_SEVERITY_CRITICAL
    assign = {"feedback_id": said.feedback_id, "assignee_person_id": town.product_manager.person_id}
    assert town.manager_east.call("AssignFeedback", **assign).assignee_person_id == town.product_manager.person_id
    unfit = assign | {"assignee_person_id": town.manager_west.person_id}
    refused(RuleBroken, "PERSON_UNFIT", town.manager_east.call, "AssignFeedback", **unfit)


def test_the_board_counts_customers_and_what_they_are_worth(town):
    limits, cards = new_topic(town, "Limits"), new_topic(town, "Cards")
    private = town.customer(town.rm1_east, tier=customer_pb2.CUSTOMER_TIER_PRIVATE)
    mass = [town.customer(town.rm1_east) for _ in range(3)]
    for _ in range(2):
        say(town, town.rm1_east, private, FEEDBACK_KIND_NEED, feedback_topic_id=limits.feedback_topic_id)
    for customer in mass:
        say(town, town.rm1_east, customer, FEEDBACK_KIND_SUGGESTION, feedback_topic_id=cards.feedback_topic_id)
    say(town, town.rm1_east, mass[0], FEEDBACK_KIND_NEED, category="loans", product="经营贷", received_date="2026-11-01")
    before = {"received_date": "2026-10-20", "feedback_topic_id": cards.feedback_topic_id}
    say(town, town.rm1_east, mass[0], FEEDBACK_KIND_NEED, **before)
    # A complaint is not a wish.
    say(town, town.rm1_east, mass[0])
    board = town.product_manager.call("GetWantedBoard", organisation_path=town.root, days=30)
    assert [(each.display_name, each.customer_count, each.weight, each.former_customer_count) for each in board.entries] == [
        ("Limits" + town.root, 1, 8, 0), ("Cards" + town.root, 3, 3, 1), ("Loans 贷款", 1, 1, 0),
    ]  # fmt: skip
    assert board.entries[0].feedback_count == 2
    # In another branch's scope there is nothing of it.
    assert list(town.manager_west.call("GetWantedBoard").entries) == []
    assert [each.customer_count for each in town.rm1_east.call("GetWantedBoard", days=30).entries] == [1, 3, 1]
    refused(NotFound, "UNIT_NOT_FOUND", town.manager_west.call, "GetWantedBoard", organisation_path=town.root)


def test_a_delivered_topic_is_told_to_those_whose_customers_wanted_it(town):
    topic = new_topic(town, "Night banking")
    say(town, town.rm1_east, town.customer(town.rm1_east), FEEDBACK_KIND_NEED, feedback_topic_id=topic.feedback_topic_id)
    delivered = feedback_pb2.FeedbackTopic(
        feedback_topic_id=topic.feedback_topic_id, state=FEEDBACK_TOPIC_STATE_DELIVERED, etag=topic.etag
    )
    change = {"feedback_topic": delivered, "update_mask": {"paths": ["state"]}}
    assert town.product_manager.call("UpdateFeedbackTopic", **change).state == FEEDBACK_TOPIC_STATE_DELIVERED
    resource = f"feedbackTopics/{topic.feedback_topic_id}"
    assert told_to(town, town.rm1_east, "feedback_topic_delivered") == [resource]
    refused(StaleVersion, "FEEDBACK_TOPIC_CHANGED", town.product_manager.call, "UpdateFeedbackTopic", **change)
    refused(AlreadyExists, "FEEDBACK_TOPIC_EXISTS", new_topic, town, "Night banking")
    assert topic.feedback_topic_id in {
        each.feedback_topic_id for each in town.rm1_east.call("ListFeedbackTopics", page_size=1000).feedback_topics
    }


def new_topic(town, name):
    topic = feedback_pb2.FeedbackTopic(display_name=name + town.root, category="digital")
    return town.product_manager.call("CreateFeedbackTopic", feedback_topic=topic)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"words": " \n "}, "FEEDBACK_BLANK"),
        ({"kind": FEEDBACK_KIND_NEED, "severity": FEEDBACK_SEVERITY_MINOR}, "SEVERITY_UNFIT"),
        ({"received_date": "2026-11-26"}, "DATE_AHEAD"),
        ({"received_date": "9999-12-31"}, "DATE_AHEAD"),
        ({"received_date": "0001-01-01"}, "DATE_AHEAD"),
        ({"received_date": "2026-02-30"}, "DATE_INVALID"),
        ({"category": "no_such"}, "FEEDBACK_CATEGORY_NOT_FOUND"),
        ({"feedback_topic_id": "0198c000-0000-7000-8000-0000000000ff"}, "FEEDBACK_TOPIC_NOT_FOUND"),
        ({"contact_id": "0198c000-0000-7000-8000-0000000000ff"}, "CONTACT_NOT_FOUND"),
        ({"words": "a\0b"}, "REQUEST_INVALID"),
        ({"words": "x" * 4_001}, "REQUEST_INVALID"),
        ({"kind": 0}, "REQUEST_INVALID"),
        ({"kind": 9}, "REQUEST_INVALID"),
    ],
)
def test_what_cannot_be_is_refused(town, fields, reason):
    customer = town.customer(town.rm1_east)
    refused(WorkbenchError, reason, say, town, town.rm1_east, customer, **fields)


def test_answers_and_telling_have_their_days(town):
    said = say(town, town.rm1_east, town.customer(town.rm1_east))
    answer = {"feedback_id": said.feedback_id, "answer": "Soon.", "outcome": FEEDBACK_OUTCOME_DONE}
    refused(InvalidInput, "DATE_PAST", town.product_manager.call, "AnswerFeedback", promised_date="2026-11-24", **answer)
    town.product_manager.call("AnswerFeedback", promised_date="2026-12-24", **answer)
    tell = {"feedback_id": said.feedback_id}
    refused(InvalidInput, "TELLING_UNKNOWN", town.rm1_east.call, "TellFeedbackAnswer", **tell)
    for day in ("2026-11-24", "2026-11-26", "9999-12-31"):
        refused(
            InvalidInput, "DATE_AHEAD", town.rm1_east.call, "TellFeedbackAnswer",
            channel=FEEDBACK_CHANNEL_CALL, told_date=day, **tell,
        )  # fmt: skip


def test_two_who_answer_at_once_do_not_both(town):
    said = say(town, town.rm1_east, town.customer(town.rm1_east))
    outcomes = []

    def answer(text):
        try:
            town.product_manager.call("AnswerFeedback", feedback_id=said.feedback_id, answer=text, outcome=FEEDBACK_OUTCOME_DONE)
            outcomes.append("answered")
        except WorkbenchError as refusal:
            outcomes.append(refusal.reason)

    run_together(answer, ["one", "two"])
    assert sorted(outcomes) == ["FEEDBACK_NOT_OPEN", "answered"]
    assert len(town.recorded(events.FeedbackAnswered, feedback_id=said.feedback_id)) == 1


def test_history_comes_in_once_with_its_dates(town):
    customer = town.customer(town.rm1_east)
    system = f"old{town.root[3:-1].lower()}"
    row = {"customer_id": customer, "kind": FEEDBACK_KIND_COMPLAINT, "words": WORDS, "received_date": "2025-03-03"}
    settled = {"answer": "解释", "answered_date": "2025-03-10", "told_channel": 2, "told_date": "2025-03-11"}
    rows = [
        row | settled | {"source_number": "1"},
        row | {"source_number": "2"},
        row | {"source_number": "3", "received_date": "2027-01-01"},
        row | {"source_number": "4", "told_date": "2025-03-11"},
        row | {"source_number": "5", "customer_id": town.customer(town.rm1_west, lead_person_id="", organisation_path="")},
    ]
    taken = town.steward.call("ImportFeedback", source_system=system, rows=rows)
    assert (taken.created, taken.unchanged) == (2, 0)
    assert [(each.index, each.reason) for each in taken.refused] == [
        (2, "DATE_AHEAD"), (3, "FEEDBACK_NOT_ANSWERED"), (4, "CUSTOMER_NOT_FOUND"),
    ]  # fmt: skip
    again = town.steward.call("ImportFeedback", source_system=system, rows=rows)
    assert (again.created, again.unchanged) == (0, 2)
    closed, still_open = town.rm1_east.call("ListFeedback", customer_id=customer).feedback[::-1]
    assert (closed.state, closed.told_date, closed.source_number) == (FEEDBACK_STATE_CLOSED, "2025-03-11", "1")
    assert (still_open.state, still_open.overdue) == (FEEDBACK_STATE_OPEN, True)
    (answered,) = town.recorded(events.FeedbackAnswered, feedback_id=closed.feedback_id)
    assert (answered.business_date, answered.late) == ("2025-03-10", False)
    assert told_to(town, town.product_manager, "feedback_assigned") == []


def test_an_erasure_leaves_that_it_was_said_and_when(town):
    customer = town.customer(town.rm1_east)
    said = say(town, town.rm1_east, customer)
    town.product_manager.call("AnswerFeedback", feedback_id=said.feedback_id, answer="Ms Ou.", outcome=FEEDBACK_OUTCOME_DONE)
    town.announce(exchange_events_pb2.CustomerErased(customer_id=customer, erasure_id="e"))
    shown = town.rm1_east.call("GetFeedback", feedback_id=said.feedback_id)
    assert (shown.words, shown.answer, [step.text for step in shown.steps]) == ("", "", ["", ""])
    assert shown.received_date == "2026-11-25"
    refused(RuleBroken, "CUSTOMER_GONE", town.rm1_east.call, "ReopenFeedback", feedback_id=said.feedback_id, reason="x")


def test_words_are_not_readable_in_the_database(town):
    said = say(town, town.rm1_east, town.customer(town.rm1_east))
    with town.service.database.transaction(read_only=True) as work:
        row = work.session.connection().exec_driver_sql(
            f"SELECT * FROM feedback WHERE feedback_id = '{said.feedback_id}'"
        ).mappings().one()  # fmt: skip
        assert WORDS not in str(dict(row))
        assert work.session.get(Feedback, said.feedback_id).received_date == date(2026, 11, 25)
