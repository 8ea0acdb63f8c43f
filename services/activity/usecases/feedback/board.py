"""What customers want most, in the reader's scope: by how many of them, and by what these are worth to the bank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import case, func, literal, select
from workbench.activity.v1 import feedback_service_pb2

from services.activity.model.feedback import Feedback, FeedbackTopic
from services.activity.rules.feedback import FeedbackKind, FeedbackState, tier_weight
from services.activity.usecases import reaching
from services.activity.usecases.feedback import categories
from services.chassis.db.among import among
from services.chassis.db.scope import below, in_scope
from services.chassis.db.session import UnitOfWork

DAYS, ENTRIES = 90, 20
_WANTED = (FeedbackKind.NEED.value, FeedbackKind.SUGGESTION.value)
_INT32_MAX = 2**31 - 1


@dataclass(slots=True)
class _Counted:
    """What is counted together: a topic, or a product within a category."""

    topic_id: str
    category: str
    product: str
    customers: int = 0
    former_customers: int = 0
    weight: int = 0
    feedback: int = 0
    open: int = 0


def board(work: UnitOfWork, request: feedback_service_pb2.GetWantedBoardRequest) -> feedback_service_pb2.WantedBoard:
    """The board; a customer counts once in each entry, however often it was said."""
    days = request.days or DAYS
    end, start = work.business_date, work.business_date - timedelta(days=days - 1)
    entries: dict[tuple[str, str, str], _Counted] = {}
    kinds = [int(kind) for kind in request.kinds] or list(_WANTED)
    weights = tuple(work.settings.feedback_tier_weights)
    for row in _counts(work, request.organisation_path, kinds, start, end):
        entry = entries.setdefault((row.topic_id, row.category, row.product), _Counted(row.topic_id, row.category, row.product))
        entry.customers += row.customers
        entry.weight += row.customers * tier_weight(row.customer_tier, weights)
        # The sum of counts is a decimal on PostgreSQL.
        entry.feedback += int(row.feedback)
        entry.open += int(row.open)
    for row in _counts(work, request.organisation_path, kinds, start - timedelta(days=days), start - timedelta(days=1)):
        if entry := entries.get((row.topic_id, row.category, row.product)):
            entry.former_customers += row.customers
    most_wanted = sorted(entries.values(), key=lambda each: (-each.weight, -each.customers, each.category, each.product))
    chosen = most_wanted[: request.entries_max or ENTRIES]
    return feedback_service_pb2.WantedBoard(
        start_date=start.isoformat(), end_date=end.isoformat(), entries=_as_messages(work, chosen)
    )


def _counts(work: UnitOfWork, organisation_path: str, kinds: list[int], start: date, end: date) -> Sequence[Any]:
    """Customers and feedback by what is wanted and tier: the tier is the highest that the customer had in these days."""
    topic_id = func.coalesce(Feedback.feedback_topic_id, "")
    without = Feedback.feedback_topic_id.is_(None)
    said = select(
        topic_id.label("topic_id"),
        case((without, Feedback.category), else_=literal("")).label("category"),
        case((without, Feedback.product), else_=literal("")).label("product"),
        Feedback.customer_id,
        Feedback.customer_tier,
        case((Feedback.state == FeedbackState.OPEN.value, 1), else_=0).label("is_open"),
    ).where(Feedback.received_date.between(start, end), Feedback.kind.in_(kinds))
    if organisation_path:
        said = said.where(below(Feedback.organisation_path, reaching.unit_path(work, organisation_path)))
    said = in_scope(said, Feedback, work.scope, work.caller)
    each = said.subquery().c
    wanted = (each.topic_id, each.category, each.product)
    # One row for each customer first, whose tier may have changed from one piece of feedback to the next.
    by_customer = (
        select(
            *wanted,
            func.max(each.customer_tier).label("customer_tier"),
            func.count().label("feedback"),
            func.sum(each.is_open).label("is_open"),
        )
        .group_by(*wanted, each.customer_id)
        .subquery()
        .c
    )
    key = (by_customer.topic_id, by_customer.category, by_customer.product, by_customer.customer_tier)
    return work.session.execute(
        select(
            *key,
            func.count().label("customers"),
            func.sum(by_customer.feedback).label("feedback"),
            func.sum(by_customer.is_open).label("open"),
        ).group_by(*key)
    ).all()


def _as_messages(work: UnitOfWork, entries: list[_Counted]) -> list[feedback_service_pb2.WantedEntry]:
    topic_ids = [each.topic_id for each in entries if each.topic_id]
    chosen = select(FeedbackTopic).where(among(FeedbackTopic.feedback_topic_id, topic_ids))
    topics = {topic.feedback_topic_id: topic for topic in work.session.scalars(chosen)} if topic_ids else {}
    names = {category.feedback_category_id: category.display_name for category in categories.known(work)}
    messages = []
    for each in entries:
        topic = topics.get(each.topic_id)
        messages.append(
            feedback_service_pb2.WantedEntry(
                feedback_topic_id=each.topic_id,
                display_name=topic.display_name if topic else names.get(each.category, each.category),
                category=topic.category if topic else each.category,
                product=topic.product if topic else each.product,
                state=topic.state if topic else 0,
                customer_count=each.customers,
                weight=min(each.weight, _INT32_MAX),
                former_customer_count=each.former_customers,
                feedback_count=each.feedback,
                open_count=each.open,
            )
        )
    return messages
