"""Satisfaction: templates keep what was asked, chance draws the same again, a link answers once, figures say how sure."""

import time
from datetime import UTC, datetime

import pytest
from workbench.activity.v1 import (
    contact_events_pb2,
    contact_pb2,
    lead_events_pb2,
    survey_events_pb2,
    survey_pb2,
    survey_service_pb2,
)
from workbench.activity.v1.survey_pb2 import (
    SURVEY_CHANNEL_IMPORT,
    SURVEY_CHANNEL_LINK,
    SURVEY_CHANNEL_RELATIONSHIP_MANAGER,
    SURVEY_INVITATION_STATE_ANSWERED,
    SURVEY_INVITATION_STATE_DECLINED,
    SURVEY_INVITATION_STATE_EXPIRED,
    SURVEY_INVITATION_STATE_OPEN,
    SURVEY_INVITATION_STATE_REVOKED,
    SURVEY_OCCASION_CONTACT_DONE,
    SURVEY_OCCASION_FEEDBACK_CLOSED,
    SURVEY_OCCASION_OPPORTUNITY_WON,
    SURVEY_QUESTION_KIND_RECOMMENDATION,
    SURVEY_QUESTION_KIND_TEXT,
    SURVEY_SAMPLING_AFTER_EVENT,
    SURVEY_SAMPLING_PERIODIC,
    SURVEY_SAMPLING_RANDOM,
)
from workbench.customer.v1 import customer_pb2, exchange_events_pb2
from workbench.timeline.v1 import events_pb2 as timeline_events_pb2

from services.activity.model.survey import SurveyInvitation
from services.activity.model.task import Task
from services.activity.rules.surveys import chance
from services.activity.usecases.surveys import answering
from services.chassis.db import listing
from services.chassis.kernel.caller import NOBODY
from services.chassis.kernel.errors import InvalidInput, NotAllowed, NotFound, RuleBroken, StaleVersion, WorkbenchError
from services.chassis.kernel.paging import PageToken
from services.chassis.rpc.client import Client
from tests.component.town import Colleague, run_together

TEMPLATE_ID = "0198c000-0000-7000-8000-000000000001"
WEDNESDAY = datetime(2026, 11, 25, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_a_wednesday(at):
    at(WEDNESDAY)


@pytest.fixture
def nobody(town):
    """Whoever has a link: the customer, whom the bank does not know here."""

    class Stranger(Colleague):
        @property
        def client(self):
            return Client(self.service.channel, {})

    return Stranger(town.service, NOBODY)


def refused(error, reason, call, /, *arguments, **fields):
    with pytest.raises(error) as refusal:
        call(*arguments, **fields)
    assert refusal.value.reason == reason
    return refusal.value


def begin(town, sampling=SURVEY_SAMPLING_RANDOM, **fields):
    told = {"display_name": "Autumn", "survey_template_id": TEMPLATE_ID, "sampling": sampling, "organisation_path": town.root}
    if sampling != SURVEY_SAMPLING_AFTER_EVENT:
        told["sample_size"] = 5
    return town.product_manager.call("CreateSurvey", survey=told | fields)


def invite(town, person, survey, customer_id=None):
    customer_id = customer_id or town.customer(person)
    return person.call("CreateSurveyInvitation", survey_id=survey.survey_id, customer_id=customer_id)


def scored(recommend, satisfied=None, text=""):
    answers = [{"question_id": "recommend", "score": recommend}]
    answers += [{"question_id": "satisfied", "score": satisfied}] if satisfied is not None else []
    return answers + ([{"question_id": "remark", "text": text}] if text else [])


def drawn(town, survey, count):
    """The ids of the customers whom the survey asked, once it has asked so many."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        waves = town.recorded(survey_events_pb2.SurveyWaveDrawn, survey_id=survey.survey_id)
        if len(waves) >= count:
            asked = town.recorded(survey_events_pb2.SurveyInvitationCreated, survey_id=survey.survey_id)
            return [each.customer_id for each in asked]
        time.sleep(0.05)
    raise AssertionError("nobody was drawn")


def test_a_template_changes_and_what_was_published_stays(town):
    question = {"question_id": "q", "kind": SURVEY_QUESTION_KIND_RECOMMENDATION, "text_en": "Likely?", "text_zh": "推荐吗"}
    template = town.product_manager.call(
        "CreateSurveyTemplate", survey_template={"display_name": "Short", "questions": [question]}
    )
    assert (template.version, template.changed) == (0, True)
    wanted = {"survey_template_id": template.survey_template_id}
    refused(RuleBroken, "SURVEY_TEMPLATE_UNPUBLISHED", begin, town, **wanted)
    published = town.product_manager.call("PublishSurveyTemplate", **wanted)
    assert (published.version, published.changed) == (1, False)
    refused(RuleBroken, "SURVEY_TEMPLATE_UNCHANGED", town.product_manager.call, "PublishSurveyTemplate", **wanted)
    changed = {"survey_template": wanted | {"greeting_en": "Hello."}, "update_mask": {"paths": ["greeting_en"]}}
    assert town.product_manager.call("UpdateSurveyTemplate", **changed).changed
    changed["survey_template"]["etag"] = published.etag
    refused(StaleVersion, "SURVEY_TEMPLATE_CHANGED", town.product_manager.call, "UpdateSurveyTemplate", **changed)
    assert town.product_manager.call("PublishSurveyTemplate", **wanted).version == 2
    assert town.rm1_east.call("GetSurveyTemplate", **wanted, version=1).greeting_en == ""
    assert town.rm1_east.call("GetSurveyTemplate", **wanted).greeting_en == "Hello."
    refused(NotFound, "SURVEY_TEMPLATE_NOT_FOUND", town.rm1_east.call, "GetSurveyTemplate", **wanted, version=3)
    refused(NotAllowed, "PERMISSION_DENIED", town.rm1_east.call, "PublishSurveyTemplate", **wanted)
    twice = {"display_name": "Twice", "questions": [question, question]}
    refused(InvalidInput, "SURVEY_QUESTIONS_INVALID", town.product_manager.call, "CreateSurveyTemplate", survey_template=twice)


def test_one_template_is_there_to_begin_with(town):
    template = town.rm1_east.call("GetSurveyTemplate", survey_template_id=TEMPLATE_ID)
    assert (template.version, template.changed, len(template.questions)) == (1, False, 7)
    listed = town.rm1_east.call("ListSurveyTemplates", page_size=1000).survey_templates
    assert TEMPLATE_ID in {each.survey_template_id for each in listed}


def test_an_rm_takes_answers_down_and_a_low_score_opens_one_task(town):
    invitation = invite(town, town.rm1_east, begin(town))
    answer = {"survey_invitation_id": invitation.survey_invitation_id, "answers": scored(3, 2, "排队太久")}
    answered = town.rm1_east.call("AnswerSurveyInvitation", etag=invitation.etag, **answer)
    assert answered.state == SURVEY_INVITATION_STATE_ANSWERED
    assert (answered.recommendation_score, answered.satisfaction_score, answered.low) == (3, 2, True)
    assert answered.channel == SURVEY_CHANNEL_RELATIONSHIP_MANAGER
    assert answered.answers[-1].text == "排队太久"
    refused(RuleBroken, "SURVEY_ANSWERED", town.rm1_east.call, "AnswerSurveyInvitation", **answer)
    (event,) = town.recorded(survey_events_pb2.SurveyAnswered, survey_invitation_id=invitation.survey_invitation_id)
    assert (event.recommendation_score, event.low, event.business_date) == (3, True, "2026-11-25")
    assert "排队" not in str(event)
    with town.service.database.transaction(read_only=True) as work:
        (kept,) = work.session.query(SurveyInvitation).filter_by(survey_invitation_id=invitation.survey_invitation_id).all()
        assert answering.announced(kept).answer == event
        (task,) = work.session.query(Task).filter_by(source="survey", source_key=invitation.survey_invitation_id).all()
    assert (task.owner_person_id, task.customer_id) == (town.rm1_east.person_id, invitation.customer_id)
    told = town.recorded(timeline_events_pb2.CustomerTimelineEntryRecorded, customer_id=invitation.customer_id)
    assert dict(next(entry for entry in told if entry.kind == "survey_answered").parameters) == {
        "recommendation": "3", "satisfaction": "2",
    }  # fmt: skip
    # The list shows scores and no words.
    (listed,) = town.rm1_east.call("ListSurveyInvitations", low=True).survey_invitations
    assert [each.text for each in listed.answers] == ["", ""]
    assert town.rm1_east.call("ListSurveyInvitations", state=SURVEY_INVITATION_STATE_OPEN).survey_invitations == []


def test_nobody_is_asked_twice_within_the_days_of_cooling_off(town, at):
    survey, customer = begin(town), town.customer(town.rm1_east)
    invite(town, town.rm1_east, survey, customer)
    other = begin(town, cooling_off_days=30)
    error = refused(RuleBroken, "CUSTOMER_COOLING_OFF", invite, town, town.rm1_east, other, customer)
    assert error.metadata == {"askableDate": "2026-12-25"}
    at(datetime(2026, 12, 25, 2, tzinfo=UTC))
    assert invite(town, town.rm1_east, other, customer).state == SURVEY_INVITATION_STATE_OPEN


def test_two_who_ask_a_customer_at_once_ask_it_once(town):
    survey, customer = begin(town), town.customer(town.rm1_east)
    outcomes = []

    def ask(_):
        try:
            outcomes.append(invite(town, town.rm1_east, survey, customer).survey_id)
        except WorkbenchError as refusal:
            outcomes.append(refusal.reason)

    run_together(ask, range(2))
    assert sorted(outcomes) == sorted([survey.survey_id, "CUSTOMER_COOLING_OFF"])


def test_a_draw_takes_so_many_by_chance_and_the_same_again(town):
    customers = [town.customer(town.rm1_east) for _ in range(12)]
    town.customer(town.rm1_east, tier=customer_pb2.CUSTOMER_TIER_PRIVATE)
    town.customer(town.rm1_west)
    about = {
        "organisation_path": town.manager_east.organisation_path, "customer_tiers": [customer_pb2.CUSTOMER_TIER_MASS],
        "seed": 42,
    }  # fmt: skip
    first = begin(town, **about)
    town.run_timer("surveys.draw")
    asked = drawn(town, first, 1)
    assert len(asked) == 5
    assert set(asked) < set(customers)
    shown = town.rm1_east.call("GetSurvey", survey_id=first.survey_id)
    assert (shown.wave, shown.next_wave_date) == (1, "")
    # They cool off: a second draw takes others, and a third those that are left.
    town.product_manager.call("SampleSurvey", survey_id=first.survey_id)
    assert len(set(drawn(town, first, 2))) == 10
    town.product_manager.call("SampleSurvey", survey_id=first.survey_id)
    assert set(drawn(town, first, 3)) == set(customers)
    # The same seed draws the same from the same customers, where nobody cools off.
    numbers = begin(town, **about | {"cooling_off_days": 1})
    assert numbers.seed == 42
    assert sorted(asked) == sorted(sorted(customers, key=lambda each: chance(42, 1, each))[:5])
    assert town.rm1_east.call("ListSurveyInvitations", survey_id=first.survey_id, page_size=3).next_page_token


def test_a_periodic_survey_draws_again_and_ends_by_itself(town, at):
    for _ in range(4):
        town.customer(town.rm1_east)
    survey = begin(town, SURVEY_SAMPLING_PERIODIC, period_days=7, sample_size=2, end_date="2026-12-03")
    town.run_timer("surveys.draw")
    assert len(drawn(town, survey, 1)) == 2
    assert town.rm1_east.call("GetSurvey", survey_id=survey.survey_id).next_wave_date == "2026-12-02"
    at(datetime(2026, 12, 2, 2, tzinfo=UTC))
    town.run_timer("surveys.draw")
    assert len(set(drawn(town, survey, 2))) == 4
    at(datetime(2026, 12, 4, 2, tzinfo=UTC))
    town.run_timer("surveys.draw")
    assert town.rm1_east.call("GetSurvey", survey_id=survey.survey_id).ended
    refused(RuleBroken, "SURVEY_ENDED", town.product_manager.call, "SampleSurvey", survey_id=survey.survey_id)
    refused(RuleBroken, "SURVEY_ENDED", town.product_manager.call, "EndSurvey", survey_id=survey.survey_id)
    refused(RuleBroken, "SURVEY_ENDED", invite, town, town.rm1_east, survey)


def test_after_a_contact_closed_feedback_or_a_deal_the_customer_is_asked_once(town):
    after = SURVEY_SAMPLING_AFTER_EVENT
    contacts = begin(town, after, occasion=SURVEY_OCCASION_CONTACT_DONE)
    feedback = begin(town, after, occasion=SURVEY_OCCASION_FEEDBACK_CLOSED)
    customer = town.customer(town.rm1_east)
    event = contact_events_pb2.ContactRecorded(
        contact_id=f"c-{customer}", customer_id=customer, state=contact_pb2.CONTACT_STATE_DONE, business_date="2026-11-25"
    )
    for _ in range(2):
        town.announce(event)
    (asked,) = town.rm1_east.call("ListSurveyInvitations", customer_id=customer).survey_invitations
    assert asked.survey_id == contacts.survey_id
    # Long ago, only planned, or of history taken over: no occasion.
    for fields in ({"business_date": "2026-11-01"}, {"state": contact_pb2.CONTACT_STATE_PLANNED}, {"imported": True}):
        other = town.customer(town.rm1_east)
        told = {"state": contact_pb2.CONTACT_STATE_DONE, "business_date": "2026-11-25"} | fields
        town.announce(contact_events_pb2.ContactRecorded(contact_id=f"c-{other}", customer_id=other, **told))
        assert town.rm1_east.call("ListSurveyInvitations", customer_id=other).survey_invitations == []
    complaining = town.customer(town.rm1_east)
    said = town.rm1_east.call("CreateFeedback", feedback={"customer_id": complaining, "kind": 4, "words": "慢"})
    town.manager_east.call("AnswerFeedback", feedback_id=said.feedback_id, answer="Soon.", outcome=1)
    town.rm1_east.call("TellFeedbackAnswer", feedback_id=said.feedback_id, channel=2, close=True)
    (asked,) = town.rm1_east.call("ListSurveyInvitations", customer_id=complaining).survey_invitations
    assert asked.survey_id == feedback.survey_id
    winning, won = town.customer(town.rm1_east), begin(town, after, occasion=SURVEY_OCCASION_OPPORTUNITY_WON)
    town.announce(lead_events_pb2.OpportunityWon(opportunity_id=f"o-{winning}", customer_id=winning, business_date="2026-11-24"))
    (asked,) = town.rm1_east.call("ListSurveyInvitations", customer_id=winning).survey_invitations
    assert asked.survey_id == won.survey_id
    for survey in (contacts, feedback, won):
        town.product_manager.call("EndSurvey", survey_id=survey.survey_id)


def link_of(person, invitation):
    made = person.call("CreateSurveyLink", survey_invitation_id=invitation.survey_invitation_id)
    assert made.path.startswith("/s/")
    return made.path.removeprefix("/s/")


def test_a_link_answers_once_and_says_nothing_of_the_customer(town, nobody):
    customer = town.customer(town.rm1_east, display_name="欧阳芳芳")
    invitation = invite(town, town.rm1_east, begin(town), customer)
    token = link_of(town.rm1_east, invitation)
    form = nobody.call("GetSurveyForm", token=token)
    assert len(form.questions) == 7
    shown = str(form)
    assert not [told for told in ("欧阳", customer, town.rm1_east.person_id, "王雅婷", town.root) if told in shown]
    refused(InvalidInput, "ANSWERS_INVALID", nobody.call, "AnswerSurveyForm", token=token, answers=scored(11))
    nobody.call("AnswerSurveyForm", token=token, answers=scored(10, 5, "谢谢"))
    answered = town.rm1_east.call("GetSurveyInvitation", survey_invitation_id=invitation.survey_invitation_id)
    assert (answered.channel, answered.low, answered.collected_by_person_id) == (SURVEY_CHANNEL_LINK, False, "")
    for method, fields in (("GetSurveyForm", {}), ("AnswerSurveyForm", {"answers": scored(1)})):
        refused(RuleBroken, "SURVEY_ANSWERED", nobody.call, method, token=token, **fields)


def test_a_low_answer_by_a_link_is_seen_to(town, nobody):
    invitation = invite(town, town.rm1_east, begin(town))
    nobody.call("AnswerSurveyForm", token=link_of(town.rm1_east, invitation), answers=scored(0))
    with town.service.database.transaction(read_only=True) as work:
        (task,) = work.session.query(Task).filter_by(source="survey", source_key=invitation.survey_invitation_id).all()
    assert task.owner_person_id == town.rm1_east.person_id


def test_a_link_that_was_changed_or_taken_back_or_is_over_holds_no_more(town, nobody, at):
    survey = begin(town)
    invitation = invite(town, town.rm1_east, survey)
    token = link_of(town.rm1_east, invitation)
    head, number, day, signature = token.split(".")
    forged = [
        "x", f"{head}.2.{day}.{signature}", f"{head}.{number}.2099-12-31.{signature}", f"{head}.01.{day}.{signature}",
        f"{head}.{number}.{day}.", f"{invite(town, town.rm1_east, survey).survey_invitation_id}.{number}.{day}.{signature}",
        f"{head}.{number}.{day}.{signature}x", f"{head}.{'9' * 50}.{day}.{signature}", f"{head}.{number}.20261209.{signature}",
    ]  # fmt: skip
    for each in forged:
        refused(NotFound, "SURVEY_LINK_NOT_FOUND", nobody.call, "GetSurveyForm", token=each)
    newer = link_of(town.rm1_east, invitation)
    refused(NotFound, "SURVEY_LINK_NOT_FOUND", nobody.call, "GetSurveyForm", token=token)
    assert nobody.call("GetSurveyForm", token=newer).expire_date == "2026-12-09"
    at(datetime(2026, 12, 10, 2, tzinfo=UTC))
    refused(RuleBroken, "SURVEY_LINK_EXPIRED", nobody.call, "AnswerSurveyForm", token=newer, answers=scored(9))
    town.run_timer("surveys.expire")
    expired = town.rm1_east.call("GetSurveyInvitation", survey_invitation_id=invitation.survey_invitation_id)
    assert (expired.state, expired.linked) == (SURVEY_INVITATION_STATE_EXPIRED, False)
    refused(RuleBroken, "SURVEY_LINK_EXPIRED", nobody.call, "GetSurveyForm", token=newer)


@pytest.mark.parametrize(
    ("method", "state"),
    [
        ("RevokeSurveyInvitation", SURVEY_INVITATION_STATE_REVOKED),
        ("DeclineSurveyInvitation", SURVEY_INVITATION_STATE_DECLINED),
    ],
)
def test_revoked_or_declined_it_takes_no_answer(town, nobody, method, state):
    invitation = invite(town, town.rm1_east, begin(town))
    token, wanted = link_of(town.rm1_east, invitation), {"survey_invitation_id": invitation.survey_invitation_id}
    assert town.rm1_east.call(method, **wanted).state == state
    refused(NotFound, "SURVEY_LINK_NOT_FOUND", nobody.call, "GetSurveyForm", token=token)
    refused(RuleBroken, "SURVEY_INVITATION_OVER", town.rm1_east.call, method, **wanted)
    refused(RuleBroken, "SURVEY_INVITATION_OVER", town.rm1_east.call, "AnswerSurveyInvitation", **wanted, answers=scored(9))
    refused(RuleBroken, "SURVEY_INVITATION_OVER", town.rm1_east.call, "CreateSurveyLink", **wanted)


def test_two_who_answer_by_one_link_at_once_answer_once(town, nobody):
    token = link_of(town.rm1_east, invite(town, town.rm1_east, begin(town)))
    outcomes = []

    def answer(score):
        try:
            nobody.call("AnswerSurveyForm", token=token, answers=scored(score))
            outcomes.append("answered")
        except WorkbenchError as refusal:
            outcomes.append(refusal.reason)

    run_together(answer, [9, 10])
    assert sorted(outcomes) == ["SURVEY_ANSWERED", "answered"]


def test_an_erased_customers_link_holds_no_more_and_the_words_are_gone(town, nobody):
    survey = begin(town)
    still_open, answered = invite(town, town.rm1_east, survey), invite(town, town.rm1_east, survey)
    token = link_of(town.rm1_east, still_open)
    wanted = {"survey_invitation_id": answered.survey_invitation_id}
    town.rm1_east.call("AnswerSurveyInvitation", **wanted, answers=scored(9, 4, "我是欧阳芳"))
    for invitation in (still_open, answered):
        town.announce(exchange_events_pb2.CustomerErased(customer_id=invitation.customer_id, erasure_id="e"))
    refused(NotFound, "SURVEY_LINK_NOT_FOUND", nobody.call, "GetSurveyForm", token=token)
    shown = town.rm1_east.call("GetSurveyInvitation", **wanted)
    assert (list(shown.answers), shown.recommendation_score) == ([], 9)


def test_who_does_not_reach_the_customer_learns_nothing(town):
    invitation = invite(town, town.rm1_east, begin(town))
    wanted = {"survey_invitation_id": invitation.survey_invitation_id}
    for person in (town.rm2_east, town.rm1_west, town.manager_west):
        refused(NotFound, "SURVEY_INVITATION_NOT_FOUND", person.call, "GetSurveyInvitation", **wanted)
        refused(NotFound, "SURVEY_INVITATION_NOT_FOUND", person.call, "CreateSurveyLink", **wanted)
        refused(NotFound, "CUSTOMER_NOT_FOUND", person.call, "ListSurveyInvitations", customer_id=invitation.customer_id)
    assert town.manager_west.call("GetSurveyStatistics").recommendation.answer_count == 0


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"sampling": SURVEY_SAMPLING_PERIODIC}, "SAMPLING_INVALID"),
        ({"start_date": "2026-11-24"}, "DATES_REVERSED"),
        ({"start_date": "2026-12-24", "end_date": "2026-12-23"}, "DATES_REVERSED"),
        ({"end_date": "2026-02-30"}, "DATE_INVALID"),
        ({"organisation_path": "/ELSEWHERE/"}, "UNIT_NOT_FOUND"),
        ({"survey_template_id": "0198c000-0000-7000-8000-0000000000ff"}, "SURVEY_TEMPLATE_NOT_FOUND"),
        ({"sample_size": 20_001}, "REQUEST_INVALID"),
    ],
)
def test_a_survey_that_cannot_be_is_refused(town, fields, reason):
    if fields.get("organisation_path") == "/ELSEWHERE/":
        with pytest.raises(NotFound) as refusal:
            begin(town, **fields)
        assert refusal.value.reason == reason
        return
    refused(WorkbenchError, reason, begin, town, **fields)


def test_answers_from_elsewhere_come_in_once(town):
    survey, system = begin(town), "panel"
    customer, answers = town.customer(town.rm1_east), scored(9, 5)
    rows = [
        {"source_number": "1", "customer_id": customer, "answer_date": "2025-05-05", "answers": answers},
        {"source_number": "2", "customer_id": customer, "answer_date": "2025-05-06"},
        {"source_number": "3", "customer_id": customer, "answer_date": "2027-05-06", "answers": answers},
        {"source_number": "4", "customer_id": customer, "answer_date": "2025-05-06", "answers": scored(99)},
        {"source_number": "5", "customer_id": "0198c000-0000-7000-8000-0000000000ff", "answer_date": "2025-05-06"},
    ]
    request = {"survey_id": survey.survey_id, "source_system": system, "rows": rows}
    taken = town.product_manager.call("ImportSurveyAnswers", **request)
    assert taken.created == 2
    assert [(each.index, each.reason) for each in taken.refused] == [
        (2, "DATE_AHEAD"), (3, "ANSWERS_INVALID"), (4, "CUSTOMER_NOT_FOUND"),
    ]  # fmt: skip
    assert town.product_manager.call("ImportSurveyAnswers", **request).unchanged == 2
    listed = town.rm1_east.call("ListSurveyInvitations", customer_id=customer).survey_invitations
    assert [(each.answer_date, each.channel) for each in listed if each.state == SURVEY_INVITATION_STATE_ANSWERED] == [
        ("2025-05-05", SURVEY_CHANNEL_IMPORT)
    ]
    statistics = town.product_manager.call("GetSurveyStatistics", survey_id=survey.survey_id, start_date="2025-01-01")
    assert (statistics.asked_count, statistics.further_count) == (0, 1)


def test_figures_say_how_sure_they_are_and_who_did_not_answer(town, at):
    mass = [town.customer(town.rm1_east) for _ in range(20)]
    private = [
        town.customer(town.rm2_east, tier=customer_pb2.CUSTOMER_TIER_PRIVATE, kind=customer_pb2.CUSTOMER_KIND_CORPORATE)
        for _ in range(20)
    ]
    survey = begin(town, sample_size=40)
    town.run_timer("surveys.draw")
    assert len(drawn(town, survey, 1)) == 40

    def answer(person, customer, *scores):
        (invitation,) = person.call("ListSurveyInvitations", customer_id=customer).survey_invitations
        wanted = {"survey_invitation_id": invitation.survey_invitation_id}
        ratings = [{"question_id": "service", "score": scores[1]}]
        person.call("AnswerSurveyInvitation", **wanted, answers=[*scored(*scores), *ratings])

    for place in range(4):
        answer(town.rm1_east, mass[place], 0, 1)
    few = town.product_manager.call("GetSurveyStatistics", survey_id=survey.survey_id)
    assert (few.recommendation.enough, few.recommendation.estimate, few.recommendation.answer_count) == (False, "", 4)
    for place in range(16):
        answer(town.rm2_east, private[place], 10, 5)
    at(datetime(2026, 12, 20, 2, tzinfo=UTC))
    told = town.product_manager.call("GetSurveyStatistics", survey_id=survey.survey_id)
    assert (told.asked_count, told.answered_count, told.response_rate.estimate) == (40, 20, "50.0")
    # 16 of 20 recommend, 4 do not; as the tiers were asked it is nothing.
    assert (told.recommendation.estimate, told.recommendation.mean) == ("60.0", "8.00")
    assert float(told.recommendation.low) < 60 < float(told.recommendation.high)
    assert told.weighted_recommendation == "0.0"
    assert (told.satisfaction.estimate, told.satisfaction.low, told.satisfaction.high) == ("80.0", "58.4", "91.9")
    assert [(each.name, each.estimate) for each in told.dimensions] == [("service", "80.0")]
    by_tier = {each.group: each for each in told.bias if each.by == "tier"}
    assert (by_tier["4"].asked_share, by_tier["4"].answered_share, by_tier["4"].difference) == ("50.0", "80.0", "60.0")
    assert by_tier["4"].differs
    # All are of one branch: there is nobody to compare it with.
    assert [(each.group, each.difference) for each in told.bias if each.by == "unit"] == [(f"{town.root}EAST/", "")]
    east = town.manager_east.call("GetSurveyStatistics", survey_id=survey.survey_id)
    assert {each.group.removeprefix(town.root) for each in east.bias if each.by == "unit"} == {"EAST/E01/", "EAST/E02/"}
    mine = town.rm1_east.call("GetSurveyStatistics", survey_id=survey.survey_id)
    assert (mine.asked_count, mine.answered_count, mine.recommendation.enough) == (20, 4, False)
    for dates in ({"start_date": "9999-12-31"}, {"start_date": "2026-02-02", "end_date": "2026-02-01"}):
        refused(InvalidInput, "DATES_REVERSED", town.rm1_east.call, "GetSurveyStatistics", **dates)
    assert town.rm1_east.call("GetSurveyStatistics", end_date="0001-01-01").asked_count == 0
    refused(InvalidInput, "DATE_INVALID", town.rm1_east.call, "GetSurveyStatistics", end_date="0000-01-01")


def test_a_text_question_takes_no_number(town):
    question = {"question_id": "t", "kind": SURVEY_QUESTION_KIND_TEXT, "text_en": "What?", "text_zh": "什么"}
    template = survey_pb2.SurveyTemplate(display_name="Words", questions=[survey_pb2.SurveyQuestion(**question)])
    made = town.product_manager.call("CreateSurveyTemplate", survey_template=template)
    town.product_manager.call("PublishSurveyTemplate", survey_template_id=made.survey_template_id)
    invitation = invite(town, town.rm1_east, begin(town, survey_template_id=made.survey_template_id))
    wanted = {"survey_invitation_id": invitation.survey_invitation_id}
    answer = town.rm1_east.call
    refused(
        InvalidInput, "ANSWERS_INVALID", answer, "AnswerSurveyInvitation", **wanted, answers=[{"question_id": "t", "score": 1}]
    )
    answered = answer("AnswerSurveyInvitation", **wanted, answers=[{"question_id": "t", "text": "好"}])
    assert not answered.HasField("recommendation_score")
    assert not answered.low


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00", "x"])
def test_a_page_token_with_an_instant_that_is_none_is_refused(town, moment):
    token = PageToken((moment, "x")).encode(listing.query(survey_service_pb2.ListSurveysRequest()))
    refused(InvalidInput, "PAGE_TOKEN_INVALID", town.rm1_east.call, "ListSurveys", page_token=token)
