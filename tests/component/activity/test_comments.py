"""Comments are of the thing that they are about: who reaches it reads and writes them, and nobody else learns of them."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from sqlalchemy import select, text
from workbench.activity.v1 import document_pb2
from workbench.customer.v1 import coverage_events_pb2, duplicate_events_pb2, exchange_events_pb2

from services.activity.model.notification import Notification
from services.activity.rules.tasks import TaskKind
from services.activity.usecases.tasks.opening import open_task
from services.chassis.kernel.errors import InvalidInput, NotAllowed, NotFound, RuleBroken, StaleVersion, WorkbenchError
from tests.component.town import run_together

WORDS = "客户要求下周三前答复"


def say(person, resource, words=WORDS, **fields):
    return person.call("CreateComment", comment={"resource": resource, "text": words} | fields)


def changed(person, comment, **fields):
    sent = {"comment_id": comment.comment_id} | fields
    return person.call("UpdateComment", comment=sent, update_mask={"paths": [name for name in fields if name != "etag"]})


def listed(person, resource):
    return [each.text for each in person.call("ListComments", resource=resource).comments]


def reason(call, *arguments, **fields):
    with pytest.raises(WorkbenchError) as refused:
        call(*arguments, **fields)
    return refused.value.reason


def told(town, person, kind):
    with town.service.database.transaction(read_only=True) as work:
        rows = work.session.scalars(select(Notification).filter_by(person_id=person.person_id, kind=kind)).all()
        return [(row.resource, row.parameters["authorPersonId"]) for row in rows]


def task_of(town, owner, customer=None):
    with town.service.database.transaction(owner.caller) as work:
        task = open_task(
            work, kind=TaskKind.GENERAL, title="跟进", owner_person_id=owner.person_id,
            organisation_path=owner.organisation_path, customer_id=customer, due_date=date(2999, 1, 1),
        )  # fmt: skip
        return f"tasks/{task.task_id}"


def document_of(town, **fields):
    fields = {"kind": document_pb2.DOCUMENT_KIND_CASE, "title": "案例"} | fields
    made = town.product_manager.call("CreateDocument", document=fields)
    return "documents/" + town.product_manager.call("PublishDocument", document_id=made.document_id).document_id


def test_who_reaches_the_customer_reads_and_writes_and_nobody_else_learns_of_it(town):
    resource = f"customers/{town.customer(town.rm1_east)}"
    comment = say(town.manager_east, resource)
    assert comment.author_display_name == "王雅婷"
    say(town.rm1_east, resource, "已联系")
    assert listed(town.leader_east, resource) == [WORDS, "已联系"]
    for stranger in (town.rm2_east, town.rm1_west, town.manager_west):
        assert reason(listed, stranger, resource) == "CUSTOMER_NOT_FOUND"
        assert reason(say, stranger, resource) == "CUSTOMER_NOT_FOUND"
        assert reason(stranger.call, "GetComment", comment_id=comment.comment_id) == "COMMENT_NOT_FOUND"
        assert reason(changed, stranger, comment, text="x") == "COMMENT_NOT_FOUND"
        assert reason(stranger.call, "DeleteComment", comment_id=comment.comment_id) == "COMMENT_NOT_FOUND"
    # His lead is told, and whoever writes is not told of himself.
    assert told(town, town.rm1_east, "comment_added") == [(resource, town.manager_east.person_id)]


def test_the_owner_of_a_task_reads_what_his_manager_says_of_it(town):
    resource = task_of(town, town.rm1_east)
    say(town.manager_east, resource, "请抓紧")
    assert listed(town.rm1_east, resource) == ["请抓紧"]
    assert told(town, town.rm1_east, "comment_added") == [(resource, town.manager_east.person_id)]
    assert reason(listed, town.rm2_east, resource) == "TASK_NOT_FOUND"


def test_a_document_is_commented_by_its_readers(town):
    everybody, auditors = document_of(town), document_of(town, audiences=[{"role": "auditor"}])
    say(town.rm1_west, everybody, "很有帮助")
    assert listed(town.rm1_east, everybody) == ["很有帮助"]
    assert told(town, town.product_manager, "comment_added") == [(everybody, town.rm1_west.person_id)]
    assert reason(say, town.rm1_east, auditors) == "DOCUMENT_NOT_FOUND"


def lead_of(town, person):
    lead = person.call("CreateLead", lead={"title": "机床融资", "source": 1, "prospect_name": "东方机床"})
    return f"leads/{lead.lead_id}"


def opportunity_of(town, person):
    made = {"title": "机床融资", "customer_id": town.customer(person), "expected_close_date": "2999-01-01"}
    return f"opportunities/{person.call('CreateOpportunity', opportunity=made).opportunity_id}"


def feedback_of(town, person):
    made = {"customer_id": town.customer(person), "kind": 1, "words": "希望有夜间服务"}
    return f"feedback/{person.call('CreateFeedback', feedback=made).feedback_id}"


@pytest.mark.parametrize("of", [lead_of, opportunity_of, feedback_of])
def test_leads_opportunities_and_feedback_are_commented_by_who_reaches_them(town, of):
    resource = of(town, town.rm1_east)
    say(town.manager_east, resource, "请说明", mentioned_person_ids=[town.rm1_east.person_id])
    assert listed(town.rm1_east, resource) == ["请说明"]
    kind = resource.partition("/")[0].removesuffix("s").upper().replace("OPPORTUNITIE", "OPPORTUNITY")
    assert reason(listed, town.rm1_west, resource) == f"{kind}_NOT_FOUND"
    assert reason(say, town.rm1_east, resource, mentioned_person_ids=[town.rm1_west.person_id]) == "MENTION_OUT_OF_REACH"
    assert told(town, town.rm1_east, "comment_mentioned") == [(resource, town.manager_east.person_id)]


@pytest.mark.parametrize("resource", ["contacts/%s", "Customers/%s", "customerss/%s"])
def test_nothing_else_can_be_commented(town, resource):
    assert reason(say, town.rm1_east, resource % uuid.uuid4()) == "RESOURCE_UNKNOWN"
    assert reason(listed, town.rm1_east, resource % uuid.uuid4()) == "RESOURCE_UNKNOWN"


@pytest.mark.parametrize("words", ["\u200b", " \n\t ", "a\x00b", "\u202etxt"], ids=range(4))
def test_a_text_that_hides_something_is_refused(town, words):
    resource = f"customers/{town.customer(town.rm1_east)}"
    with pytest.raises(InvalidInput, match="TEXT_INVALID"):
        say(town.rm1_east, resource, words)


def test_who_is_mentioned_is_told_once(town):
    resource = f"customers/{town.customer(town.rm1_east)}"
    comment = say(town.rm1_east, resource, mentioned_person_ids=[town.manager_east.person_id, town.rm1_east.person_id])
    assert told(town, town.manager_east, "comment_mentioned") == [(resource, town.rm1_east.person_id)]
    both = [town.manager_east.person_id, town.leader_east.person_id]
    comment = changed(town.rm1_east, comment, mentioned_person_ids=both)
    assert list(comment.mentioned_person_ids) == both
    assert len(told(town, town.manager_east, "comment_mentioned")) == 1
    assert len(told(town, town.leader_east, "comment_mentioned")) == 1
    assert told(town, town.rm1_east, "comment_mentioned") == []


def test_who_does_not_reach_the_thing_cannot_be_mentioned(town):
    customer = f"customers/{town.customer(town.rm1_east)}"
    nobody = str(uuid.uuid4())
    for person_id in (town.rm2_east.person_id, town.manager_west.person_id, town.auditor.person_id, nobody):
        assert reason(say, town.rm1_east, customer, mentioned_person_ids=[person_id]) == "MENTION_OUT_OF_REACH"
    task = task_of(town, town.rm1_east)
    assert reason(say, town.manager_east, task, mentioned_person_ids=[town.rm1_west.person_id]) == "MENTION_OUT_OF_REACH"
    say(town.manager_east, task, mentioned_person_ids=[town.rm1_east.person_id])
    document = document_of(town, audiences=[{"role": "relationship_manager"}])
    assert reason(say, town.rm1_east, document, mentioned_person_ids=[town.manager_east.person_id]) == "MENTION_OUT_OF_REACH"
    say(town.rm1_east, document, mentioned_person_ids=[town.rm1_west.person_id])


def test_a_supporter_can_be_mentioned(town):
    customer = town.customer(town.rm1_east)
    supports = {"customer_id": customer, "coverage_id": f"c-{customer}", "person_id": town.rm1_west.person_id}
    town.announce(coverage_events_pb2.CoverageStarted(**supports, start_date="2026-01-01"))
    say(town.rm1_east, f"customers/{customer}", mentioned_person_ids=[town.rm1_west.person_id])
    assert listed(town.rm1_west, f"customers/{customer}") == [WORDS]


def test_what_a_comment_said_is_kept_for_its_author_and_those_in_charge(town):
    resource = f"customers/{town.customer(town.rm1_east)}"
    comment = changed(town.rm1_east, say(town.rm1_east, resource, "第一"), text="第二")
    assert (comment.text, comment.edits) == ("第二", 1)
    deleted = town.rm1_east.call("DeleteComment", comment_id=comment.comment_id, etag=comment.etag)
    assert (deleted.text, deleted.deleted) == ("", True)
    assert town.rm1_east.call("DeleteComment", comment_id=comment.comment_id) == deleted

    def history(person):
        return [each.text for each in person.call("GetComment", comment_id=comment.comment_id).revisions]

    assert history(town.rm1_east) == history(town.manager_east) == ["第一", "第二"]
    other = say(town.manager_east, resource, "经理说")
    changed(town.manager_east, other, text="经理改")
    assert town.rm1_east.call("GetComment", comment_id=other.comment_id).revisions == []
    assert reason(changed, town.rm1_east, comment, text="又") == "COMMENT_DELETED"
    assert [(each.text, each.deleted) for each in town.rm1_east.call("ListComments", resource=resource).comments] == [
        ("", True),
        ("经理改", False),
    ]


def test_only_the_author_changes_a_comment_and_only_what_he_has_seen(town):
    resource = f"customers/{town.customer(town.rm1_east)}"
    comment = say(town.rm1_east, resource)
    with pytest.raises(NotAllowed, match="NOT_AUTHOR"):
        changed(town.manager_east, comment, text="改")
    with pytest.raises(NotAllowed, match="NOT_AUTHOR"):
        town.manager_east.call("DeleteComment", comment_id=comment.comment_id)
    outcomes = []

    def write(words):
        try:
            changed(town.rm1_east, comment, text=words, etag=comment.etag)
            outcomes.append("kept")
        except StaleVersion as refused:
            outcomes.append(refused.reason)

    run_together(write, ["甲", "乙"])
    assert sorted(outcomes) == ["COMMENT_CHANGED", "kept"]


def test_comments_are_listed_page_by_page(town):
    resource = f"customers/{town.customer(town.rm1_east)}"
    for number in range(5):
        say(town.rm1_east, resource, f"第{number}条")
    seen, token = [], ""
    while True:
        page = town.rm1_east.call("ListComments", resource=resource, page_size=2, page_token=token)
        seen += [each.text for each in page.comments]
        token = page.next_page_token
        if not token:
            break
    assert seen == [f"第{number}条" for number in range(5)]


def test_comments_go_with_a_merged_customer_and_come_back(town):
    survivor, merged = (town.customer(town.rm1_east) for _ in range(2))
    comment = say(town.rm1_east, f"customers/{merged}")
    pair = {"survivor_customer_id": survivor, "merged_customer_id": merged, "merge_id": f"m-{merged}"}
    lead = {"lead_person_id": town.rm1_east.person_id, "organisation_path": town.rm1_east.organisation_path}
    town.announce(duplicate_events_pb2.CustomersMerged(**pair, **lead, display_name="欧阳芳"))
    assert listed(town.rm1_east, f"customers/{survivor}") == [WORDS]
    assert changed(town.rm1_east, comment, text="改").text == "改"
    with pytest.raises(RuleBroken, match="CUSTOMER_MERGED"):
        say(town.rm1_east, f"customers/{merged}")
    town.announce(duplicate_events_pb2.CustomersUnmerged(**pair, **lead))
    assert listed(town.rm1_east, f"customers/{survivor}") == []
    assert listed(town.rm1_east, f"customers/{merged}") == ["改"]


def test_what_was_said_of_an_erased_customer_is_erased_with_its_history(town):
    customer = town.customer(town.rm1_east)
    resource = task_of(town, town.rm1_east, customer)
    comment = changed(town.rm1_east, say(town.rm1_east, resource), text="其他")
    town.announce(exchange_events_pb2.CustomerErased(customer_id=customer, erasure_id="e"))
    answer = town.rm1_east.call("GetComment", comment_id=comment.comment_id)
    assert (answer.comment.text, list(answer.revisions)) == ("", [])
    with pytest.raises(RuleBroken, match="CUSTOMER_GONE"):
        say(town.rm1_east, resource)


def test_what_is_said_is_not_readable_at_rest(town):
    comment = say(town.rm1_east, f"customers/{town.customer(town.rm1_east)}")
    with town.service.database.transaction(read_only=True) as work:
        row = work.session.execute(text("SELECT * FROM comments WHERE comment_id = :id"), {"id": comment.comment_id}).one()
        assert WORDS not in str(row)


def test_a_comment_that_does_not_exist_is_not_found(town):
    with pytest.raises(NotFound, match="COMMENT_NOT_FOUND"):
        town.rm1_east.call("GetComment", comment_id=str(uuid.uuid4()))
