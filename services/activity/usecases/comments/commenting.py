"""Writes, changes and lists comments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from workbench.activity.v1 import comment_pb2, comment_service_pb2

from services.activity.model.comment import Comment
from services.activity.rules.comments import TEXT_LENGTH_MAX
from services.activity.usecases import reaching
from services.activity.usecases.comments import things
from services.activity.usecases.comments.things import Thing
from services.activity.usecases.notifying import notify
from services.chassis.db import listing
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, NotAllowed, NotFound, RuleBroken, StaleVersion, located
from services.chassis.kernel.paging import Page
from services.chassis.rpc import partial
from services.chassis.words.texts import refusal, shows_something, tidy_lines

_FIELDS = ("text", "mentioned_person_ids")


def create(work: UnitOfWork, sent: comment_pb2.Comment) -> Comment:
    """A comment of the caller's; those mentioned are told, and whoever's the thing is."""
    thing = things.found(work, sent.resource, to_keep=True)
    with located("comment"):
        text, mentioned = _text(sent), _mentioned(work, thing, sent.mentioned_person_ids)
    comment = Comment(
        comment_id=work.new_id(),
        resource=thing.resource,
        of_customer=thing.of_customer,
        customer_id=thing.customer_id,
        owner_person_id=work.caller.person_id,
        organisation_path=work.caller.organisation_path,
        text=text,
        mentioned_person_ids=mentioned,
        create_time=work.now,
        update_time=work.now,
    )
    work.session.add(comment)
    work.session.flush()
    work.resource = f"comments/{comment.comment_id}"
    _tell(work, comment, mentioned, "comment_mentioned")
    if thing.owner_person_id not in mentioned:
        _tell(work, comment, [thing.owner_person_id], "comment_added")
    return comment


def change(work: UnitOfWork, sent: comment_pb2.Comment, fields: Sequence[str]) -> Comment:
    """Changes the caller's own; nothing happens where nothing differs."""
    partial.check_mask(fields, comment_pb2.Comment.DESCRIPTOR, "A comment")
    comment, thing = _own(work, sent.comment_id, sent.etag)
    if comment.deleted:
        raise RuleBroken("COMMENT_DELETED", "It was deleted.")
    after = comment_pb2.Comment(
        comment_id=comment.comment_id,
        resource=comment.resource,
        text=comment.text,
        mentioned_person_ids=comment.mentioned_person_ids,
    )
    if partial.take(after, sent, [name for name in _FIELDS if name in fields]):
        partial.check(after)
        before = set(comment.mentioned_person_ids)
        with located("comment"):
            text, mentioned = _text(after), _mentioned(work, thing, after.mentioned_person_ids)
        comment.change(text, mentioned, work.now)
        work.session.flush()
        _tell(work, comment, [each for each in mentioned if each not in before], "comment_mentioned")
    return comment


def delete(work: UnitOfWork, comment_id: str, etag: str) -> Comment:
    """Takes the caller's own out of the conversation."""
    comment, _ = _own(work, comment_id, etag)
    comment.delete(work.now)
    work.session.flush()
    return comment


def found(work: UnitOfWork, comment_id: str) -> Comment:
    """One that is about a thing in reach; raises NotFound COMMENT_NOT_FOUND."""
    return _found(work, comment_id)[0]


def page(work: UnitOfWork, request: comment_service_pb2.ListCommentsRequest) -> Page:
    """A page of the comments on a thing in reach, the oldest first."""
    thing = things.found(work, request.resource)
    statement = select(Comment).where(Comment.resource == thing.resource)
    if thing.of_customer:
        # What was said of a record that was merged into this one is his too.
        statement = select(Comment).where(Comment.customer_id == thing.customer_id, Comment.of_customer)
    # Who reaches the thing reads all that is said of it, by colleagues of whatever unit.
    with work.whole_bank():
        return listing.read_page(work, statement, request, ((Comment.comment_id, listing.text),))


def messages(work: UnitOfWork, comments: Iterable[Comment]) -> list[comment_pb2.Comment]:
    """Comments as they are answered."""
    shown = list(comments)
    names = reaching.person_names(work, (each.owner_person_id for each in shown))
    return [
        comment_pb2.Comment(
            comment_id=each.comment_id,
            resource=each.resource,
            text=each.text,
            mentioned_person_ids=each.mentioned_person_ids,
            author_person_id=each.owner_person_id,
            author_display_name=names.get(each.owner_person_id, ""),
            deleted=each.deleted,
            edits=each.edits,
            create_time=each.create_time,
            update_time=each.update_time,
            etag=each.etag,
        )
        for each in shown
    ]


def may_read_history(work: UnitOfWork, comment: Comment) -> bool:
    """What was said before is for its author, and for whoever is in charge of his unit."""
    return reaching.in_charge(work, comment)


def _own(work: UnitOfWork, comment_id: str, etag: str) -> tuple[Comment, Thing]:
    comment, thing = _found(work, comment_id, to_change=True)
    if comment.owner_person_id != work.caller.person_id:
        raise NotAllowed("NOT_AUTHOR", "It is somebody else's.")
    if etag and etag != comment.etag:
        raise StaleVersion("COMMENT_CHANGED", "It changed since you read it; read it again and repeat.")
    work.resource = f"comments/{comment.comment_id}"
    return comment, thing


def _found(work: UnitOfWork, comment_id: str, *, to_change: bool = False) -> tuple[Comment, Thing]:
    statement = select(Comment).where(Comment.comment_id == comment_id.lower())
    # By the thing it is decided who reads it, and that one is looked up in the caller's own reach.
    with work.whole_bank():
        comment = work.session.scalars(statement.with_for_update() if to_change else statement).one_or_none()
    if comment is None:
        raise _missing()
    resource = f"customers/{comment.customer_id}" if comment.of_customer else comment.resource
    try:
        return comment, things.found(work, resource)
    except NotFound:
        raise _missing() from None


def _missing() -> NotFound:
    return NotFound("COMMENT_NOT_FOUND", "There is no such comment on anything within your reach.")


def _text(sent: comment_pb2.Comment) -> str:
    text = tidy_lines(sent.text, "text", TEXT_LENGTH_MAX)
    if not shows_something(text):
        raise refusal("TEXT_INVALID", "The text cannot be kept as it is written.", "text", "At least one character that is seen.")
    return text


def _mentioned(work: UnitOfWork, thing: Thing, person_ids: Iterable[str]) -> list[str]:
    mentioned = list(dict.fromkeys(person_id.lower() for person_id in person_ids))
    for place, person_id in enumerate(mentioned):
        if person_id != work.caller.person_id and not things.reached_by(work, thing.resource, person_id):
            violation = FieldViolation(f"mentioned_person_ids[{place}]", "Somebody who reaches what the comment is about.")
            raise RuleBroken(
                "MENTION_OUT_OF_REACH", "Somebody mentioned does not reach what the comment is about.", violations=(violation,)
            )
    return mentioned


def _tell(work: UnitOfWork, comment: Comment, person_ids: Iterable[str], kind: str) -> None:
    told = {"commentId": comment.comment_id, "authorPersonId": comment.owner_person_id}
    notify(work, person_ids, kind, resource=comment.resource, parameters=told)
