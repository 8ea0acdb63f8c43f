"""Documents of the knowledge base 知识库: each with its versions, and who has read which."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.activity.model.base import Base
from services.activity.rules.knowledge import NO_END, READABLE, DocumentState
from services.chassis.db.token_index import TokenText
from services.chassis.db.types import BusinessDate, Json, OrderedText, UtcDateTime

_VERSION = ["document_versions.document_id", "document_versions.version"]


def _partial(name: str, kept: str, *columns: str) -> Index:
    """An index of those versions alone in which something is kept."""
    where = text(f"{kept} IS NOT NULL")
    return Index(f"ix_document_versions_{name}", *columns, postgresql_where=where, sqlite_where=where)


class Document(Base):
    """A document, whatever its versions say. They change under its lock and with its number of changes."""

    __tablename__ = "documents"

    document_id: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[int] = mapped_column(Integer)
    # The bank's own, in the system from which it comes; None where it has none. Unique.
    number_key: Mapped[str | None] = mapped_column(Text, unique=True, default=None)
    document_number: Mapped[str] = mapped_column(OrderedText, default="")
    # Empty where it was written here.
    source_system: Mapped[str] = mapped_column(Text, default="")
    # Of the versions; a draft that was taken out leaves its number free.
    last_version: Mapped[int] = mapped_column(Integer, default=0)
    # The row of the dataset that was taken over last; None where none was.
    imported: Mapped[dict[str, str] | None] = mapped_column(Json, default=None)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    # When one of its versions changed last: with it the number of changes grows.
    touch_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    changes: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": changes}  # noqa: RUF012 - SQLAlchemy's own declaration

    @property
    def etag(self) -> str:
        """What a publisher gives back to change only what he has seen."""
        return str(self.changes)


class DocumentVersion(Base):
    """What a document says from one day to another. Once published it changes no more, but for until when it is found."""

    __tablename__ = "document_versions"

    document_id: Mapped[str] = mapped_column(ForeignKey("documents.document_id"), type_=Text, primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    # As the document's, which never change: a list needs no second table.
    kind: Mapped[int] = mapped_column(Integer)
    document_number: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[int] = mapped_column(Integer, default=DocumentState.DRAFT.value)
    title: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text, default="", deferred=True)
    location: Mapped[str] = mapped_column(Text, default="")
    keywords: Mapped[list[str]] = mapped_column(Json, default_factory=list)
    # None for the day on which it is published, until then.
    start_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    # As its author says; None for no end.
    end_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    # The last day on which readers find it, later versions considered; `NO_END` for none.
    until_date: Mapped[date] = mapped_column(BusinessDate, default=NO_END)
    # Keys of `rules.knowledge.audience_key`; everybody has one too.
    audiences: Mapped[list[str]] = mapped_column(Json, default_factory=list)
    # As `DocumentTopics` says it.
    topics: Mapped[dict[str, Any]] = mapped_column(Json, default_factory=dict)
    # None where nobody must.
    read_by_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    has_quiz: Mapped[bool] = mapped_column(default=False)
    # As `Quiz` says it, the right answers included.
    quiz: Mapped[dict[str, Any] | None] = mapped_column(Json, default=None, deferred=True)
    publisher_person_id: Mapped[str] = mapped_column(Text, default="")
    publish_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    # Of those who must read it, up to whom they were told, by their ids; None where nobody is to be told any more.
    told_to_person_id: Mapped[str | None] = mapped_column(Text, default=None)
    # The same of the reminder.
    reminded_to_person_id: Mapped[str | None] = mapped_column(Text, default=None)

    __table_args__ = (
        Index("ix_document_versions_state_start_date_document_id", "state", "start_date", "document_id"),
        _partial("told", "told_to_person_id", "start_date"),
        _partial("reminded", "reminded_to_person_id", "read_by_date"),
        _partial("to_read", "read_by_date", "start_date", "document_id"),
    )

    def holds_on(self, day: date) -> bool:
        """Whether its audience reads it on that day."""
        return self.state in READABLE and self.start_date is not None and self.start_date <= day <= self.until_date


class DocumentAudience(Base):
    """For whom a version is, as a key by which a reader's own are found."""

    __tablename__ = "document_audiences"

    document_id: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    audience: Mapped[str] = mapped_column(Text, primary_key=True)

    __table_args__ = (ForeignKeyConstraint(["document_id", "version"], _VERSION, name="fk_document_audiences_version"),)


class DocumentTopic(Base):
    """What a published version is about, one by one: `product:…`, `kind:…`, `tier:…`, `industry:…`."""

    __tablename__ = "document_topics"

    topic: Mapped[str] = mapped_column(Text, primary_key=True)
    document_id: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)

    __table_args__ = (ForeignKeyConstraint(["document_id", "version"], _VERSION, name="fk_document_topics_version"),)


class DocumentWords(Base):
    """A published version in the index of words. Derived from the version, and written by `usecases.knowledge.words` alone."""

    __tablename__ = "document_words"

    # FTS5 knows its rows by such a number.
    entry: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, init=False)
    document_id: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    tokens: Mapped[str] = mapped_column(TokenText)

    __table_args__ = (
        Index("uq_document_words_document_id_version", "document_id", "version", unique=True),
        Index(
            "ix_document_words_tokens", "tokens", postgresql_using="gin", postgresql_with={"gin_pending_list_limit": 512}
        ).ddl_if(dialect="postgresql"),
    )


class DocumentReceipt(Base):
    """That somebody read a version."""

    __tablename__ = "document_receipts"

    document_id: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    read_time: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (ForeignKeyConstraint(["document_id", "version"], _VERSION, name="fk_document_receipts_version"),)


class QuizAttempt(Base):
    """How somebody answered the quiz of a version."""

    __tablename__ = "quiz_attempts"

    document_id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    # For each question the places of the choices taken.
    answers: Mapped[list[list[int]]] = mapped_column(Json)
    was_right: Mapped[list[bool]] = mapped_column(Json)
    score_percent: Mapped[int] = mapped_column(Integer)
    passed: Mapped[bool] = mapped_column()
    attempt_time: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (ForeignKeyConstraint(["document_id", "version"], _VERSION, name="fk_quiz_attempts_version"),)


class PolicyDataset(Base):
    """A revision of the dataset `policies`, from when it was announced."""

    __tablename__ = "policy_datasets"

    feed: Mapped[str] = mapped_column(Text, primary_key=True)
    business_date: Mapped[date] = mapped_column(BusinessDate, primary_key=True)
    revision: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    source_system: Mapped[str] = mapped_column(Text)
    # Whether it, or a later one, was taken over.
    done: Mapped[bool] = mapped_column(default=False)
    # How many documents were created, updated, unchanged and withdrawn, and rows refused, by name.
    counts: Mapped[dict[str, int]] = mapped_column(Json, default_factory=dict)
    receive_time: Mapped[datetime] = mapped_column(UtcDateTime)
    end_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
