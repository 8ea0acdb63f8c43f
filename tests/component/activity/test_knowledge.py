"""The knowledge base: who reads what on which day, how it is found, and what is learnt."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time

import pytest
from sqlalchemy import select
from workbench.activity.v1 import document_pb2, knowledge_events_pb2
from workbench.identity.v1 import events_pb2
from workbench.integration.v1 import events_pb2 as integration_events_pb2

from services.activity.model.document import PolicyDataset
from services.activity.model.notification import Notification
from services.activity.usecases.knowledge import announcing, policies
from services.chassis.kernel.errors import InvalidInput, NotAllowed, NotFound, RuleBroken, StaleVersion
from services.chassis.lake.lake import Pin
from services.chassis.lake.schemas import SCHEMAS
from tests.component.town import run_together

KIND = document_pb2.DocumentKind
STATE = document_pb2.DocumentState
QUIZ = {
    "questions": [
        {"text": "几天内答复?", "choices": ["3", "5", "10"], "right_choices": [1]},
        {"text": "Who signs?", "choices": ["RM", "leader", "manager"], "right_choices": [0, 2]},
    ],
    "pass_percent": 100,
    "attempts_max": 2,
}


def quiz_of(choices, right):
    return {"questions": [{"text": "?", "choices": choices, "right_choices": right}], "pass_percent": 60}


def some_word():
    """A word that stands in no other test's documents, and whose plural is a regular one."""
    return "zq" + "".join(chr(ord("a") + int(digit, 16)) for digit in uuid.uuid4().hex[:12]) + "k"


def today(town):
    with town.service.database.transaction(read_only=True) as work:
        return work.business_date


def draft(town, **fields):
    fields = {"kind": KIND.DOCUMENT_KIND_BANK_POLICY, "title": "客户拜访管理办法"} | fields
    return town.product_manager.call("CreateDocument", document=fields)


def published(town, **fields):
    return publish(town, draft(town, **fields))


def publish(town, document):
    return town.product_manager.call("PublishDocument", document_id=document.document_id, etag=document.etag)


def changed(town, document, **fields):
    fields |= {"document_id": document.document_id}
    return town.product_manager.call("UpdateDocument", document=fields, update_mask={"paths": sorted(fields)})


def unit(town, place):
    """The id of a unit of the town, which identity announced."""
    unit_id = str(uuid.uuid4())
    told = {"organisation_unit_id": unit_id, "organisation_path": f"{town.root}{place}", "display_name": place}
    town.announce(events_pb2.OrganisationUnitCreated(**told))
    return unit_id


def reads(person, document):
    try:
        return person.call("GetDocument", document_id=document.document_id).version
    except NotFound:
        return 0


def refused_of(person, document, method="GetDocument", **fields):
    """The reason why somebody is refused a document."""
    with pytest.raises((NotFound, StaleVersion, RuleBroken, InvalidInput)) as refused:
        person.call(method, document_id=document.document_id, **fields)
    return refused.value.reason


def found(person, query, **fields):
    answer = person.call("SearchDocuments", query=query, **fields)
    return [(hit.document.document_id, hit.points) for hit in answer.hits]


def refusal(error, call, *arguments, **fields):
    with pytest.raises(error) as refused:
        call(*arguments, **fields)
    return refused.value.reason


def test_a_draft_is_for_publishers_until_it_is_published(town):
    document = draft(town, body="第一条 每月至少拜访一次。")
    assert (document.version, document.state) == (1, STATE.DOCUMENT_STATE_DRAFT)
    assert reads(town.rm1_east, document) == 0
    assert reads(town.product_manager, document) == 1
    document = publish(town, document)
    assert document.state == STATE.DOCUMENT_STATE_PUBLISHED
    assert document.start_date == today(town).isoformat()
    assert all(reads(person, document) == 1 for person in (town.rm1_east, town.auditor, town.manager_west))
    (event,) = town.recorded(knowledge_events_pb2.DocumentPublished, document_id=document.document_id)
    assert (event.version, event.publisher_person_id) == (1, town.product_manager.person_id)


def test_who_is_not_of_the_audience_finds_nothing_of_it(town):
    east, word = unit(town, "EAST/"), some_word()
    audiences = [{"role": "relationship_manager", "organisation_unit_id": east}]
    document = published(town, title=f"东部 {word}", body=f"{word} 内部", audiences=audiences, read_by_date="2999-01-01")
    assert [reads(person, document) for person in (town.rm1_east, town.rm2_east)] == [1, 1]
    for person in (town.rm1_west, town.leader_east, town.manager_west, town.auditor):
        assert reads(person, document) == 0
        assert found(person, word) == []
        assert document.document_id not in {d.document_id for d in person.call("ListDocuments", unread_only=True).documents}
        assert refusal(NotFound, person.call, "AcknowledgeDocument", document_id=document.document_id) == "DOCUMENT_NOT_FOUND"
        assert (
            refusal(NotFound, person.call, "AttemptQuiz", document_id=document.document_id, answers=[{}]) == "DOCUMENT_NOT_FOUND"
        )
    assert [each for each, _ in found(town.rm1_east, word)] == [document.document_id]


def test_the_audience_stays_with_its_unit_where_that_moves(town):
    east = unit(town, "EAST/")
    document = published(town, audiences=[{"organisation_unit_id": east}])
    former, moved = f"{town.root}EAST/", f"{town.root}NORTH/EAST/"
    told = {"organisation_unit_id": east, "former_organisation_path": former, "organisation_path": moved}
    town.announce(events_pb2.OrganisationUnitMoved(**told))
    assert reads(town.rm1_east, document) == 1


def test_versions_follow_each_other_by_business_date(town, at):
    day = today(town)
    document = published(town, title="第一版", start_date=(day - timedelta(days=9)).isoformat())
    second = changed(town, document, title="第二版", start_date=(day + timedelta(days=3)).isoformat())
    assert (second.version, second.state) == (2, STATE.DOCUMENT_STATE_DRAFT)
    publish(town, second)
    seen, noon = [], clock_time(4)
    for ahead in (0, 2, 3, 30):
        at(datetime.combine(day + timedelta(days=ahead), noon, UTC))
        seen.append(reads(town.rm1_east, document))
    assert seen == [1, 1, 2, 2]
    versions = town.product_manager.call("ListDocumentVersions", document_id=document.document_id).versions
    assert [(v.version, v.state) for v in versions] == [
        (2, STATE.DOCUMENT_STATE_PUBLISHED),
        (1, STATE.DOCUMENT_STATE_SUPERSEDED),
    ]
    assert versions[1].end_date == (day + timedelta(days=2)).isoformat()
    # What was is read by publishers, and by nobody else.
    assert town.product_manager.call("GetDocument", document_id=document.document_id, version=1).title == "第一版"
    assert (
        refusal(StaleVersion, town.rm1_east.call, "GetDocument", document_id=document.document_id, version=1)
        == "DOCUMENT_CHANGED"
    )


def test_a_document_is_over_after_its_last_day_and_gone_when_it_is_taken_back(town):
    day, word = today(town), some_word()
    over = draft(town, start_date="2020-01-01", end_date="2020-02-29")
    assert refusal(RuleBroken, publish, town, over) == "DOCUMENT_OVER"
    last_day = published(town, title=word, start_date="2020-01-01", end_date=day.isoformat())
    assert reads(town.rm1_east, last_day) == 1
    withdrawn = town.product_manager.call("WithdrawDocument", document_id=last_day.document_id)
    assert withdrawn.state == STATE.DOCUMENT_STATE_WITHDRAWN
    assert reads(town.rm1_east, last_day) == 0
    assert found(town.rm1_east, word) == []
    assert town.recorded(knowledge_events_pb2.DocumentWithdrawn, document_id=last_day.document_id)
    assert refusal(RuleBroken, town.product_manager.call, "WithdrawDocument", document_id=last_day.document_id) == "NOT_PUBLISHED"
    again = publish(town, changed(town, last_day, summary="再次发布"))
    assert (reads(town.rm1_east, again), found(town.rm1_east, word)[0][0]) == (2, again.document_id)


def test_a_discarded_draft_leaves_what_is_published(town):
    document = published(town, title="有效")
    changed(town, document, title="草稿")
    back = town.product_manager.call("DiscardDraft", document_id=document.document_id)
    assert (back.version, back.title) == (1, "有效")
    assert refusal(RuleBroken, town.product_manager.call, "DiscardDraft", document_id=document.document_id) == "NO_DRAFT"
    assert refusal(RuleBroken, publish, town, back) == "NO_DRAFT"
    assert changed(town, document, title="又一稿").version == 2


def test_two_publishers_do_not_overwrite_each_other(town):
    document = draft(town, title="原稿")
    outcomes = []

    def write(title):
        try:
            fields = {"document_id": document.document_id, "title": title, "etag": document.etag}
            town.product_manager.call("UpdateDocument", document=fields, update_mask={"paths": ["title"]})
            outcomes.append("kept")
        except StaleVersion as refused:
            outcomes.append(refused.reason)

    run_together(write, ["甲", "乙"])
    assert sorted(outcomes) == ["DOCUMENT_CHANGED", "kept"]


def test_two_who_publish_at_once_publish_once(town):
    document = draft(town)
    outcomes = []

    def publish_it(_):
        try:
            town.product_manager.call("PublishDocument", document_id=document.document_id)
            outcomes.append("published")
        except RuleBroken as refused:
            outcomes.append(refused.reason)

    run_together(publish_it, range(3))
    assert sorted(outcomes) == ["NO_DRAFT", "NO_DRAFT", "published"]
    assert len(town.recorded(knowledge_events_pb2.DocumentPublished, document_id=document.document_id)) == 1


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"start_date": "2026-03-02", "end_date": "2026-03-01"}, "DOCUMENT_INVALID"),
        ({"start_date": "2026-03-02", "read_by_date": "2026-03-01"}, "DOCUMENT_INVALID"),
        ({"end_date": "2026-03-02", "read_by_date": "2026-03-03"}, "DOCUMENT_INVALID"),
        ({"start_date": "2026-02-29"}, "DATE_INVALID"),
        ({"title": "\u200b\u202e"}, "TEXT_INVALID"),
        ({"body": "a\x00b"}, "TEXT_INVALID"),
        ({"quiz": quiz_of(["a", "b"], [])}, "QUIZ_INVALID"),
        ({"quiz": quiz_of(["a", "b"], [2])}, "QUIZ_INVALID"),
        ({"quiz": quiz_of(["a", " a"], [1])}, "QUIZ_INVALID"),
    ],
    ids=range(9),
)
def test_what_cannot_be_kept_is_refused_with_a_reason(town, fields, reason):
    assert refusal(InvalidInput, draft, town, **fields) == reason


def test_an_audience_of_no_unit_of_the_bank_is_refused(town):
    assert refusal(NotFound, draft, town, audiences=[{"organisation_unit_id": str(uuid.uuid4())}]) == "UNIT_NOT_FOUND"


def test_days_at_the_ends_of_the_calendar_are_kept(town):
    document = published(town, start_date="0001-01-01", end_date="9999-12-31", read_by_date="9999-12-31")
    assert reads(town.rm1_east, document) == 1
    first = publish(town, changed(town, document, start_date="0001-01-01", title="又"))
    assert reads(town.rm1_east, first) == 2


def test_only_publishers_write_and_see_all_states(town):
    document = {"kind": KIND.DOCUMENT_KIND_CASE, "title": "案例"}
    assert refusal(NotAllowed, town.manager_east.call, "CreateDocument", document=document) == "PERMISSION_DENIED"
    assert refusal(NotAllowed, town.manager_east.call, "ListDocuments", all_states=True) == "PUBLISHERS_ONLY"
    made = draft(town)
    newest = town.product_manager.call("ListDocuments", all_states=True, page_size=1).documents
    assert [each.document_id for each in newest] == [made.document_id]


def test_a_number_is_one_documents(town):
    number = some_word()
    draft(town, document_number=number)
    with pytest.raises(Exception, match="DOCUMENT_EXISTS"):
        draft(town, document_number=number)


def test_documents_are_found_in_chinese_and_english_and_ranked_by_where_words_stand(town):
    word = some_word()
    titled = published(town, title=f"{word} 小微企业房贷利率管理", start_date="2024-01-01")
    often = published(town, title="其他", body=f"{word}s {word} {word}。\n小微企业房贷利率是", start_date="2024-01-02")
    named = published(town, title="其他", keywords=[word, "房贷利率"], start_date="2024-01-03")
    once = published(town, title="其他", body=f"见{word}。房貸利率", start_date="2024-01-04")
    newer = published(town, title="其他", body=f"见 {word.upper()} 房贷利率", start_date="2024-01-05")
    expected = [
        (titled.document_id, 9),
        (named.document_id, 5),
        (often.document_id, 3),
        (newer.document_id, 1),
        (once.document_id, 1),
    ]
    assert found(town.rm1_east, word) == expected
    assert found(town.rm1_east, f"{word}s") == expected
    # Traditional characters, part of a run, the beginning of a word, plural endings, full width.
    for query in (f"{word} 房貸", f"{word} 利率", f"{word[:-2].upper()} 贷"):
        assert {each for each, _ in found(town.rm1_east, query)} == {each for each, _ in expected}
    assert found(town.rm1_east, f"{word} 贷房") == []
    assert found(town.rm1_east, f"{word} 不存在") == []


def test_a_snippet_shows_the_words_and_only_of_what_is_read(town):
    word, east = some_word(), unit(town, "EAST/")
    text = "总则。" * 40 + f"凡{word}客户须双人核实。" + "附则。" * 60
    published(town, title="公开", body=text)
    published(town, title="机密", body=f"{word} 机密", audiences=[{"organisation_unit_id": east, "role": "auditor"}])
    hits = town.rm1_west.call("SearchDocuments", query=f"{word} 核实").hits
    assert [hit.document.title for hit in hits] == ["公开"]
    assert f"{word}客户须双人核实" in hits[0].snippet
    assert hits[0].snippet.startswith("…")
    assert len(hits[0].snippet) < 140


TYPED = ['"', "' OR 1=1 --", "*", "a:b", "NEAR(a b)", "\u200b", "()", "-" * 200, "字" * 200, "a " * 100, "\U0002a6d6", "ﷺ" * 200]


@pytest.mark.parametrize("query", TYPED, ids=range(len(TYPED)))
def test_whatever_is_typed_is_an_answer(town, query):
    assert town.rm1_east.call("SearchDocuments", query=query).more in (True, False)


def test_more_than_a_page_is_said(town):
    word = some_word()
    for _ in range(3):
        published(town, title=word)
    answer = town.rm1_east.call("SearchDocuments", query=word, page_size=2)
    assert (len(answer.hits), answer.more) == (2, True)
    assert town.rm1_east.call("SearchDocuments", query=word, kind=KIND.DOCUMENT_KIND_CASE).hits == []


def test_what_there_is_to_know_of_a_customer_or_product_comes_first_where_most_is_in_common(town):
    product = some_word()[:20].upper()
    customer = town.customer(town.rm1_east)
    both = published(
        town, topics={"product_codes": [product], "customer_kinds": [1], "industry_codes": ["C26"]}, start_date="2024-01-01"
    )
    one = published(town, topics={"product_codes": [product]}, start_date="2024-01-02")
    asked = {"product_codes": [product], "industry_codes": ["C2614"]}
    answer = town.rm1_east.call("ListRelatedDocuments", customer_id=customer, page_size=2, **asked)
    assert [each.document_id for each in answer.documents] == [both.document_id, one.document_id]
    assert refusal(NotFound, town.rm1_west.call, "ListRelatedDocuments", customer_id=customer) == "CUSTOMER_NOT_FOUND"
    assert town.rm1_east.call("ListRelatedDocuments").documents == []


def test_a_receipt_is_of_a_version_and_kept_once(town):
    day = today(town)
    document = published(town, read_by_date=day.isoformat())
    listed = town.rm1_east.call("ListDocuments", unread_only=True, page_size=1000).documents
    assert document.document_id in {each.document_id for each in listed}
    first = town.rm1_east.call("AcknowledgeDocument", document_id=document.document_id, version=1)
    assert town.rm1_east.call("AcknowledgeDocument", document_id=document.document_id) == first
    listed = town.rm1_east.call("ListDocuments", unread_only=True, page_size=1000).documents
    assert document.document_id not in {each.document_id for each in listed}
    assert town.rm1_east.call("GetDocument", document_id=document.document_id).HasField("read_time")
    assert len(town.recorded(knowledge_events_pb2.DocumentAcknowledged, document_id=document.document_id)) == 1
    publish(town, changed(town, document, title="新版"))
    refused = refusal(StaleVersion, town.rm1_east.call, "AcknowledgeDocument", document_id=document.document_id, version=1)
    assert refused == "DOCUMENT_CHANGED"
    assert not town.rm1_east.call("GetDocument", document_id=document.document_id).HasField("read_time")


def test_leaders_see_who_has_not_read_within_their_scope(town):
    document = published(town, audiences=[{"role": "relationship_manager"}], read_by_date=today(town).isoformat())
    town.rm1_east.call("AcknowledgeDocument", document_id=document.document_id)

    def readers(person, **fields):
        answer = person.call("ListDocumentReaders", document_id=document.document_id, **fields)
        return {each.person_id: each.HasField("read_time") for each in answer.readers}

    east = f"{town.root}EAST/"
    assert readers(town.manager_east) == {town.rm1_east.person_id: True, town.rm2_east.person_id: False}
    assert readers(town.manager_east, unread_only=True, organisation_path=east) == {town.rm2_east.person_id: False}
    assert readers(town.leader_east) == {town.rm1_east.person_id: True}
    assert readers(town.rm1_east) == {town.rm1_east.person_id: True}
    west = f"{town.root}WEST/"
    refused = refusal(
        NotFound, town.manager_east.call, "ListDocumentReaders", document_id=document.document_id, organisation_path=west
    )
    assert refused == "UNIT_NOT_FOUND"


def notified(town, person, kind):
    with town.service.database.transaction(read_only=True) as work:
        rows = work.session.scalars(select(Notification).filter_by(person_id=person.person_id, kind=kind)).all()
        return [row.resource for row in rows]


def test_who_must_read_is_told_and_reminded_until_he_has(town, monkeypatch):
    monkeypatch.setattr(announcing, "_PEOPLE_AT_ONCE", 2)
    monkeypatch.setattr(announcing, "_VERSIONS_AT_ONCE", 1_000)
    root = unit(town, "")
    document = published(
        town, audiences=[{"organisation_unit_id": root}], read_by_date=(today(town) + timedelta(days=1)).isoformat()
    )
    later = published(town, audiences=[{"organisation_unit_id": root}], start_date="2999-01-01", read_by_date="2999-01-02")
    resource = f"documents/{document.document_id}"
    for _ in range(6):
        town.run_timer("knowledge.announce")
    # Once each; other tests' documents for everybody may be told of too.
    people = (town.rm1_east, town.rm1_west, town.manager_east, town.auditor)
    assert [notified(town, person, "document_to_read").count(resource) for person in people] == [1] * len(people)
    town.rm1_east.call("AcknowledgeDocument", document_id=document.document_id)
    for _ in range(6):
        town.run_timer("knowledge.remind")
    assert notified(town, town.rm1_west, "document_unread").count(resource) == 1
    assert resource not in notified(town, town.rm1_east, "document_unread")
    assert f"documents/{later.document_id}" not in notified(town, town.rm1_east, "document_to_read")


def test_a_quiz_comes_without_its_answers_and_says_them_once_they_are_of_no_use(town):
    document = published(town, quiz=QUIZ)
    shown = town.rm1_east.call("GetDocument", document_id=document.document_id).quiz
    assert [list(question.choices) for question in shown.questions] == [each["choices"] for each in QUIZ["questions"]]
    assert all(not question.right_choices for question in shown.questions)
    assert [
        list(q.right_choices) for q in town.product_manager.call("GetDocument", document_id=document.document_id).quiz.questions
    ] == [[1], [0, 2]]
    half = attempt(town.rm1_east, document, [[1], [0]])
    assert (half.score_percent, half.passed, half.attempts_left, len(half.right), len(half.solutions)) == (50, False, 1, 0, 0)
    passed = attempt(town.rm1_east, document, [[1], [2, 0]])
    assert (passed.score_percent, passed.passed, passed.attempts_left) == (100, True, 0)
    assert [list(each.choices) for each in passed.solutions] == [[1], [0, 2]]
    assert refusal(RuleBroken, attempt, town.rm1_east, document, [[1], [2, 0]]) == "QUIZ_PASSED"
    numbers = [each.number for each in town.rm1_east.call("ListQuizAttempts", document_id=document.document_id).attempts]
    assert numbers == [2, 1]
    # A leader sees how it went, and learns no answer before he tried himself.
    seen = town.leader_east.call("ListQuizAttempts", document_id=document.document_id, person_id=town.rm1_east.person_id).attempts
    assert [(each.passed, len(each.solutions)) for each in seen] == [(True, 0), (False, 0)]
    (reader,) = [
        each
        for each in town.leader_east.call("ListDocumentReaders", document_id=document.document_id).readers
        if each.person_id == town.rm1_east.person_id
    ]
    assert (reader.attempts, reader.best_score_percent, reader.passed) == (2, 100, True)
    refused = refusal(
        NotFound, town.rm1_west.call, "ListQuizAttempts", document_id=document.document_id, person_id=town.rm1_east.person_id
    )
    assert refused == "PERSON_NOT_FOUND"


def attempt(person, document, answers):
    told = [{"choices": choices} for choices in answers]
    return person.call("AttemptQuiz", document_id=document.document_id, answers=told)


def test_a_quiz_has_no_more_attempts_than_it_allows_whoever_hurries(town):
    document = published(town, quiz=QUIZ)
    outcomes = []

    def try_it(_):
        try:
            attempt(town.rm1_east, document, [[0], [0]])
            outcomes.append("tried")
        except RuleBroken as refused:
            outcomes.append(refused.reason)

    run_together(try_it, range(4))
    assert sorted(outcomes) == ["NO_ATTEMPT_LEFT", "NO_ATTEMPT_LEFT", "tried", "tried"]
    last = town.rm1_east.call("ListQuizAttempts", document_id=document.document_id).attempts[0]
    assert [list(each.choices) for each in last.solutions] == [[1], [0, 2]]


def test_answers_that_do_not_fit_the_quiz_count_for_nothing(town):
    document = published(town, quiz=QUIZ)
    for answers in ([[1]], [[1], [0], [0]], [[1], [3]]):
        assert refusal(InvalidInput, attempt, town.rm1_east, document, answers) == "ANSWERS_INVALID"
    assert refusal(RuleBroken, attempt, town.rm1_east, published(town), [[1]]) == "NO_QUIZ"
    assert town.rm1_east.call("ListQuizAttempts", document_id=document.document_id).attempts == []


POLICY_FILE = """
    CREATE TABLE policy_file (
        document_number VARCHAR, title VARCHAR, audience VARCHAR, effective_date DATE, expiry_date DATE, location VARCHAR
    )
"""


class Feed:
    """The dataset `policies` of a source system of its own."""

    def __init__(self, town):
        self.town, self.name, self.revision = town, some_word(), 0

    def publish(self, day, *rows):
        self.revision += 1
        database, schema = self.town.service.database, SCHEMAS["policies"]
        feed = f"{self.name}.policies"
        with database.lake.connection() as connection:
            connection.execute(POLICY_FILE)

            for row in rows:
                connection.execute("INSERT INTO policy_file VALUES (?, ?, ?, ?, ?, ?)", row)
            database.lake.write(connection, "FROM policy_file", schema, Pin(feed, "policies", self.name, day, self.revision))
        told = {"feed": feed, "dataset": "policies", "source_system": self.name, "business_date": day.isoformat()}
        event = integration_events_pb2.DatasetPublished(**told, revision=self.revision, rows=len(rows))
        self.town.announce(event)
        self.town.announce(event)
        return self.counts(day)

    def counts(self, day):
        for _ in range(200):
            with self.town.service.database.transaction(read_only=True) as work:
                known = work.session.get_one(PolicyDataset, (f"{self.name}.policies", day, self.revision))
                if known.done:
                    return known.counts
            time.sleep(0.05)
        raise AssertionError("The revision was not taken over.")

    def documents(self):
        listed = self.town.product_manager.call("ListDocuments", all_states=True, page_size=1000).documents
        return {each.document_number: each for each in listed if each.title.startswith(self.name)}


def test_policies_come_from_the_dataset_follow_it_and_go_with_it(town, monkeypatch):
    monkeypatch.setattr(policies, "ROWS_PER_STEP", 2)
    feed, day = Feed(town), today(town)
    everybody = ("P-1", f"{feed.name} 反洗钱管理办法", "全行", "2024-01-01", None, "https://oa/p1")
    managers = ("P-2", f"{feed.name} 拜访制度", "客户经理、团队负责人", "2024-01-01", "2999-12-31", "")
    unknown = ("P-3", f"{feed.name} 投行专用", "投资银行部", "2024-01-01", None, "")
    broken = ("P-4", f"{feed.name} 倒置", "", "2024-02-01", "2024-01-01", "")
    assert feed.publish(day, everybody, managers, unknown, broken) == {"created": 2, "drafted": 1, "refused": 1}
    kept = feed.documents()
    assert set(kept) == {"P-1", "P-2", "P-3"}
    assert [reads(town.rm1_east, kept[number]) for number in sorted(kept)] == [1, 1, 0]
    assert reads(town.auditor, kept["P-2"]) == 0
    assert kept["P-3"].state == STATE.DOCUMENT_STATE_DRAFT
    assert town.rm1_east.call("GetDocument", document_id=kept["P-1"].document_id).location == "https://oa/p1"

    # The same again changes nothing, also not what publishers added.
    publish(town, changed(town, kept["P-2"], body="正文"))
    assert feed.publish(day, everybody, managers, unknown, broken) == {"unchanged": 3, "refused": 1}
    renamed = (*managers[:1], f"{feed.name} 拜访制度二〇二五", *managers[2:])
    assert feed.publish(day, renamed, unknown) == {"updated": 1, "unchanged": 1, "withdrawn": 1}
    now = town.rm1_east.call("GetDocument", document_id=kept["P-2"].document_id)
    assert (now.version, now.body, now.title) == (3, "正文", f"{feed.name} 拜访制度二〇二五")
    assert reads(town.rm1_east, kept["P-1"]) == 0
    assert feed.publish(day, everybody, renamed, unknown)["updated"] == 1
    assert reads(town.rm1_east, kept["P-1"]) == 2


def test_an_older_revision_says_nothing_any_more(town):
    feed, day = Feed(town), today(town)
    row = ("P-1", f"{feed.name} 新", "", "2024-01-01", None, "")
    feed.publish(day, row)
    assert feed.publish(day - timedelta(days=1), ("P-1", f"{feed.name} 旧", "", "2024-01-01", None, "")) == {}
    assert feed.documents()["P-1"].title == f"{feed.name} 新"


def test_a_change_of_the_dataset_waits_in_an_open_draft(town):
    feed, day = Feed(town), today(town)
    feed.publish(day, ("P-1", f"{feed.name} 一", "", "2024-01-01", None, ""))
    changed(town, feed.documents()["P-1"], summary="编辑中")
    assert feed.publish(day, ("P-1", f"{feed.name} 二", "", "2024-01-01", None, "")) == {"drafted": 1}
    document = feed.documents()["P-1"]
    assert (document.version, document.state, document.title) == (2, STATE.DOCUMENT_STATE_DRAFT, f"{feed.name} 二")
    assert town.rm1_east.call("GetDocument", document_id=document.document_id).title == f"{feed.name} 一"
