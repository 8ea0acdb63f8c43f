"""Categories: those that are there from the beginning, and those that the bank has defined in their place."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from workbench.activity.v1 import feedback_pb2

from services.activity.model.feedback import FeedbackCategory
from services.activity.rules import feedback as rules
from services.activity.rules.feedback import CATEGORIES, DEADLINES, Deadline
from services.activity.usecases import reaching
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import LimitReached, NotFound, StaleVersion, located
from services.chassis.mapping import Mapper, values_of
from services.chassis.rpc import partial

_FIELDS = ("display_name", "route", "answerer_person_ids", "deadlines", "retired")

as_message = Mapper(
    feedback_pb2.FeedbackCategory,
    computed={
        "deadlines": lambda row: [feedback_pb2.FeedbackDeadline(**each) for each in row.deadlines],
        "defined": lambda _row: True,
    },
)


def known(work: UnitOfWork) -> list[feedback_pb2.FeedbackCategory]:
    """All categories, by name."""
    defined = {row.feedback_category_id: as_message(row) for row in work.session.scalars(select(FeedbackCategory))}
    beginning = {name: _from_the_beginning(name) for name in CATEGORIES}
    return [category for _, category in sorted((beginning | defined).items())]


def common_deadlines() -> list[feedback_pb2.FeedbackDeadline]:
    """The deadlines where a category has none of its own."""
    return [
        feedback_pb2.FeedbackDeadline(
            kind=kind,
            severity=severity,
            answer_workdays=deadline.answer_workdays,
            escalate_workdays=deadline.escalate_workdays,
        )
        for (kind, severity), deadline in DEADLINES.items()
    ]


def found(work: UnitOfWork, name: str, *, to_use: bool = False) -> feedback_pb2.FeedbackCategory:
    """A category; raises NotFound FEEDBACK_CATEGORY_NOT_FOUND, also of a retired one where something new is put."""
    row = work.session.get(FeedbackCategory, name)
    category = as_message(row) if row else _from_the_beginning(name)
    if category is None or (to_use and category.retired):
        raise NotFound("FEEDBACK_CATEGORY_NOT_FOUND", "There is no such category.")
    return category


def deadline_of(category: feedback_pb2.FeedbackCategory, kind: int, severity: int) -> Deadline:
    """How soon an answer is due under a category."""
    own = {(each.kind, each.severity): _deadline(each) for each in category.deadlines}
    return rules.deadline_of(kind, severity, own)


def change(
    work: UnitOfWork, sent: feedback_pb2.FeedbackCategory, fields: Sequence[str], *, allow_missing: bool
) -> feedback_pb2.FeedbackCategory:
    """Takes the named fields over, and from then on the category is the bank's own."""
    partial.check_mask(fields, feedback_pb2.FeedbackCategory.DESCRIPTOR, "A category")
    name = sent.feedback_category_id
    work.hold(f"feedback_categories/{name}")
    row = work.session.scalars(select(FeedbackCategory).filter_by(feedback_category_id=name).with_for_update()).one_or_none()
    before = as_message(row) if row else _from_the_beginning(name)
    if before is None:
        if not allow_missing:
            raise NotFound("FEEDBACK_CATEGORY_NOT_FOUND", "There is no such category; allow_missing defines it.")
        before = feedback_pb2.FeedbackCategory(feedback_category_id=name)
    if sent.etag and sent.etag != before.etag:
        raise StaleVersion("FEEDBACK_CATEGORY_CHANGED", "It changed since you read it; read it again and repeat.")
    changed = partial.take(before, sent, [field for field in _FIELDS if field in fields])
    if row is not None and not changed:
        return before
    partial.check(before, "feedback_category.")
    with located("feedback_category"):
        rules.check_deadlines(
            ((each.kind, each.severity, each.answer_workdays) for each in before.deadlines),
            work.settings.feedback_complaint_days_max,
        )
    for person_id in before.answerer_person_ids:
        reaching.colleague(work, person_id)
    if row is None:
        row = _new(work, name)
    row.display_name, row.route, row.retired = before.display_name, before.route, before.retired
    row.answerer_person_ids = [person_id.lower() for person_id in before.answerer_person_ids]
    row.deadlines = [values_of(each) for each in before.deadlines]
    row.update_time = work.now
    work.session.flush()
    return as_message(row)


def _new(work: UnitOfWork, name: str) -> FeedbackCategory:
    if (work.session.scalar(select(func.count()).select_from(FeedbackCategory)) or 0) >= rules.CATEGORIES_MAX:
        raise LimitReached("CATEGORIES_TOO_MANY", f"A bank has at most {rules.CATEGORIES_MAX} of them.")
    row = FeedbackCategory(feedback_category_id=name, display_name="", route=0, update_time=work.now)
    work.session.add(row)
    return row


def _from_the_beginning(name: str) -> feedback_pb2.FeedbackCategory | None:
    category = CATEGORIES.get(name)
    if category is None:
        return None
    return feedback_pb2.FeedbackCategory(
        feedback_category_id=name, display_name=category.display_name, route=category.route.value
    )


def _deadline(own: feedback_pb2.FeedbackDeadline) -> Deadline:
    return Deadline(own.answer_workdays, own.escalate_workdays)
