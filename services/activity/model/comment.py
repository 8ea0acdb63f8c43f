"""Comments 评论: what colleagues say about what they work on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.activity.model.base import Base, Working
from services.chassis.db.types import EncryptedJson, EncryptedText, Json, OrderedText, UtcDateTime
from services.chassis.kernel.errors import LimitReached, RuleBroken

EDITS_MAX = 50


class Comment(Base, Working):
    """One comment. Its owner is its author; it is reached by whoever reaches the thing that it is about."""

    __tablename__ = "comments"
    __erased__ = {"text": "", "revisions": ()}  # noqa: RUF012 - as the base declares it

    # Sorts by time.
    comment_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # The thing, such as `leads/0198…`.
    resource: Mapped[str] = mapped_column(OrderedText)
    # Whether the customer himself is the thing: then it goes with him when records are merged.
    of_customer: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str] = mapped_column(EncryptedText("activity.comment.text"))
    mentioned_person_ids: Mapped[list[str]] = mapped_column(Json, default_factory=list)
    # What it said before, the oldest first: `text`, and `until_time` to which it said that.
    revisions: Mapped[list[dict[str, str]]] = mapped_column(EncryptedJson("activity.comment.revisions"), default_factory=list)
    edits: Mapped[int] = mapped_column(default=0)
    deleted: Mapped[bool] = mapped_column(default=False)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        Index("ix_comments_resource_comment_id", "resource", "comment_id"),
        Index("ix_comments_customer_id_of_customer_comment_id", "customer_id", "of_customer", "comment_id"),
        Index("ix_comments_owner_person_id_comment_id", "owner_person_id", "comment_id"),
        Index("ix_comments_organisation_path", "organisation_path"),
    )

    @property
    def etag(self) -> str:
        """What its author gives back to change only what he has seen."""
        return str(self.version)

    def change(self, text: str, mentioned_person_ids: list[str], now: datetime) -> None:
        """Says something else from now on; raises RuleBroken COMMENT_DELETED and LimitReached EDITS_TOO_MANY."""
        if self.deleted:
            raise RuleBroken("COMMENT_DELETED", "It was deleted.")
        if self.edits >= EDITS_MAX:
            raise LimitReached("EDITS_TOO_MANY", f"A comment is changed at most {EDITS_MAX} times; write another one.")
        self._keep(now)
        self.text, self.mentioned_person_ids = text, mentioned_person_ids
        self.edits += 1

    def delete(self, now: datetime) -> None:
        """Is out of the conversation; what it said stays with its history."""
        if not self.deleted:
            self._keep(now)
            self.text, self.mentioned_person_ids, self.deleted = "", [], True

    def _keep(self, now: datetime) -> None:
        self.revisions = [*self.revisions, {"text": self.text, "until_time": now.isoformat()}]
        self.update_time = now
