"""Topics: what customers want, named by those who make products."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from workbench.activity.v1 import feedback_pb2, feedback_service_pb2

from services.activity.model.feedback import Feedback, FeedbackTopic
from services.activity.rules.feedback import FeedbackTopicState
from services.activity.usecases.feedback import categories
from services.activity.usecases.notifying import notify
from services.chassis.db import listing
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import optional_date
from services.chassis.kernel.errors import AlreadyExists, NotFound, StaleVersion, located
from services.chassis.kernel.paging import Page
from services.chassis.mapping import Mapper
from services.chassis.rpc import partial

_FIELDS = ("display_name", "category", "product", "state", "planned_date")
# Told that something is there; a topic whose customers more people look after is told of by other ways.
TOLD_MAX = 5_000

as_message = Mapper(feedback_pb2.FeedbackTopic)


def create(work: UnitOfWork, sent: feedback_pb2.FeedbackTopic) -> FeedbackTopic:
    """Defines one; raises AlreadyExists FEEDBACK_TOPIC_EXISTS."""
    topic = FeedbackTopic(
        feedback_topic_id=work.new_id(), display_name="", category="", create_time=work.now, update_time=work.now
    )
    work.resource = f"feedbackTopics/{topic.feedback_topic_id}"
    _fill(work, topic, sent)
    work.session.add(topic)
    work.session.flush()
    return topic


def change(work: UnitOfWork, sent: feedback_pb2.FeedbackTopic, fields: Sequence[str]) -> FeedbackTopic:
    """Takes the named fields over; where it is there now, those whose customers want it are told."""
    partial.check_mask(fields, feedback_pb2.FeedbackTopic.DESCRIPTOR, "A topic")
    wanted = sent.feedback_topic_id.lower()
    topic = work.session.scalars(select(FeedbackTopic).filter_by(feedback_topic_id=wanted).with_for_update()).one_or_none()
    if topic is None:
        raise NotFound("FEEDBACK_TOPIC_NOT_FOUND", "There is no such topic.")
    if sent.etag and sent.etag != topic.etag:
        raise StaleVersion("FEEDBACK_TOPIC_CHANGED", "It changed since you read it; read it again and repeat.")
    work.resource = f"feedbackTopics/{topic.feedback_topic_id}"
    after, former_state = as_message(topic), topic.state
    if partial.take(after, sent, [name for name in _FIELDS if name in fields]):
        partial.check(after, "feedback_topic.")
        _fill(work, topic, after)
        topic.update_time = work.now
        work.session.flush()
        if topic.state == FeedbackTopicState.DELIVERED != former_state:
            _tell_owners(work, topic)
    return topic


def page(work: UnitOfWork, request: feedback_service_pb2.ListFeedbackTopicsRequest) -> Page:
    """A page of them, by name."""
    statement = select(FeedbackTopic)
    if request.category:
        statement = statement.where(FeedbackTopic.category == request.category)
    order = ((FeedbackTopic.display_name, listing.text), (FeedbackTopic.feedback_topic_id, listing.text))
    return listing.read_page(work, statement, request, order)


def _fill(work: UnitOfWork, topic: FeedbackTopic, sent: feedback_pb2.FeedbackTopic) -> None:
    with located("feedback_topic"):
        category = categories.found(work, sent.category, to_use=sent.category != topic.category)
        planned = optional_date(sent.planned_date, "planned_date")
    name = sent.display_name.strip() or sent.display_name
    work.hold("feedback_topics")
    same = select(FeedbackTopic.feedback_topic_id).where(
        FeedbackTopic.display_name == name, FeedbackTopic.feedback_topic_id != topic.feedback_topic_id
    )
    with work.session.no_autoflush:
        if (known := work.session.scalar(same)) is not None:
            told = {"feedbackTopicId": known}
            raise AlreadyExists("FEEDBACK_TOPIC_EXISTS", "There is a topic of this name.", metadata=told)
    topic.display_name, topic.category, topic.product = name, category.feedback_category_id, sent.product.strip()
    topic.state, topic.planned_date = int(sent.state) or FeedbackTopicState.CONSIDERED.value, planned


def _tell_owners(work: UnitOfWork, topic: FeedbackTopic) -> None:
    owners = (
        select(Feedback.owner_person_id)
        .where(Feedback.feedback_topic_id == topic.feedback_topic_id)
        .distinct()
        .order_by(Feedback.owner_person_id)
        .limit(TOLD_MAX)
    )
    # Whoever waits for it is told, also where the product manager does not see his feedback.
    with work.whole_bank():
        people = work.session.scalars(owners).all()
    told = {"topicId": topic.feedback_topic_id}
    notify(work, people, "feedback_topic_delivered", resource=f"feedbackTopics/{topic.feedback_topic_id}", parameters=told)
