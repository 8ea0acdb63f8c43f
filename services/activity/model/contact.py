"""Contacts between the bank and its customers, what was said of them before, and the files attached to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.activity.model.base import Base, Working
from services.activity.rules.contacts import ContactState
from services.activity.rules.erasing import Erased
from services.chassis.db.types import BusinessDate, EncryptedBytes, EncryptedJson, EncryptedText, Json, UtcDateTime


class Contact(Working, Base):
    """One contact 联系: a visit, a call, a message; planned, done, cancelled, or one to which nobody came."""

    __tablename__ = "contacts"
    __erased__: ClassVar[Mapping[str, Erased]] = {
        "subject": "", "summary": "", "place": "", "cancel_reason": "", "people_met": [],
    }  # fmt: skip
    __open__ = ("state", (ContactState.PLANNED.value,))

    contact_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # The numbers of `rules.contacts`.
    kind: Mapped[int] = mapped_column(Integer)
    state: Mapped[int] = mapped_column(Integer)
    channel: Mapped[int] = mapped_column(Integer)
    purpose: Mapped[int] = mapped_column(Integer, default=0)
    outcome: Mapped[int] = mapped_column(Integer, default=0)
    subject: Mapped[str] = mapped_column(EncryptedText("activity.contact.subject"), default="")
    summary: Mapped[str] = mapped_column(EncryptedText("activity.contact.summary"), default="")
    place: Mapped[str] = mapped_column(EncryptedText("activity.contact.place"), default="")
    start_time: Mapped[datetime] = mapped_column(UtcDateTime)
    minutes: Mapped[int] = mapped_column(Integer, default=0)
    # The day of its start in the bank's zone.
    business_date: Mapped[date] = mapped_column(BusinessDate)
    # Objects with `key_person_id`, `display_name` and `title`, as far as each is known.
    people_met: Mapped[list[dict[str, str]]] = mapped_column(EncryptedJson("activity.contact.people_met"), default_factory=list)
    colleague_person_ids: Mapped[list[str]] = mapped_column(Json, default_factory=list)
    products: Mapped[list[str]] = mapped_column(Json, default_factory=list)
    opportunity_id: Mapped[str | None] = mapped_column(Text, default=None)
    lead_id: Mapped[str | None] = mapped_column(Text, default=None)
    customer_began: Mapped[bool] = mapped_column(default=False)
    # When it was to begin as it was planned last; None where it was never planned.
    plan_start_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    plan_minutes: Mapped[int] = mapped_column(Integer, default=0)
    # When it was recorded as done; None where it is not.
    done_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    cancel_reason: Mapped[str] = mapped_column(EncryptedText("activity.contact.cancel_reason"), default="")
    former_version_count: Mapped[int] = mapped_column(Integer, default=0)
    attachment_count: Mapped[int] = mapped_column(Integer, default=0)
    # By which it is known again in another system; None where it was recorded here.
    source_system: Mapped[str | None] = mapped_column(Text, default=None)
    source_number: Mapped[str | None] = mapped_column(Text, default=None)
    create_person_id: Mapped[str] = mapped_column(Text)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        UniqueConstraint("source_system", "source_number", name="uq_contacts_source_system_source_number"),
        CheckConstraint("customer_id IS NOT NULL OR lead_id IS NOT NULL", name="with_whom"),
        Index("ix_contacts_owner_person_id_start_time_contact_id", "owner_person_id", "start_time", "contact_id"),
        Index("ix_contacts_customer_id_start_time_contact_id", "customer_id", "start_time", "contact_id"),
        # Of a unit, the days that are asked for are walked.
        Index("ix_contacts_start_time_contact_id_organisation_path", "start_time", "contact_id", "organisation_path"),
        Index("ix_contacts_opportunity_id_start_time", "opportunity_id", "start_time"),
        Index("ix_contacts_lead_id_start_time", "lead_id", "start_time"),
    )

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return str(self.version)

    @property
    def stands(self) -> bool:
        """Whether it takes place, or took place."""
        return self.state in (ContactState.PLANNED, ContactState.DONE)


class ContactColleague(Base):
    """A colleague who takes part in a contact that is somebody else's: by it his own list of such is found."""

    __tablename__ = "contact_colleagues"

    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.contact_id"), type_=Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # The contact's.
    start_time: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_contact_colleagues_person_id_start_time_contact_id", "person_id", "start_time", "contact_id"),)


class ContactVersion(Working, Base):
    """A contact as it was before a change, and who changed it. Written once."""

    __tablename__ = "contact_versions"
    __erased__: ClassVar[Mapping[str, Erased]] = {"texts": None}

    contact_version_id: Mapped[str] = mapped_column(Text, primary_key=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.contact_id"), type_=Text)
    # The fields by their names, without the texts.
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    # The texts and the people met, by their names; None where they were erased.
    texts: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson("activity.contact_version.texts"))
    change_person_id: Mapped[str] = mapped_column(Text)
    change_time: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_contact_versions_contact_id_contact_version_id", "contact_id", "contact_version_id"),
        Index("ix_contact_versions_customer_id", "customer_id"),
    )


class AttachmentContent(Base):
    """The bytes of attached files, once for all that are alike."""

    __tablename__ = "attachment_contents"

    sha256: Mapped[str] = mapped_column(Text, primary_key=True)
    content: Mapped[bytes] = mapped_column(EncryptedBytes("activity.attachment.content"))
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)


class ContactAttachment(Working, Base):
    """A file that somebody attached to a contact."""

    __tablename__ = "contact_attachments"
    # Without the hash nothing refers to the content any more, and it is removed.
    __erased__: ClassVar[Mapping[str, Erased]] = {"file_name": "", "sha256": None}

    attachment_id: Mapped[str] = mapped_column(Text, primary_key=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.contact_id"), type_=Text)
    file_name: Mapped[str] = mapped_column(EncryptedText("activity.attachment.file_name"))
    media_type: Mapped[str] = mapped_column(Text)
    size_bytes: Mapped[int] = mapped_column(Integer)
    # None where the content was erased.
    sha256: Mapped[str | None] = mapped_column(ForeignKey("attachment_contents.sha256"), type_=Text)
    create_person_id: Mapped[str] = mapped_column(Text)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_contact_attachments_contact_id_attachment_id", "contact_id", "attachment_id"),
        Index("ix_contact_attachments_customer_id", "customer_id"),
        Index("ix_contact_attachments_sha256", "sha256"),
    )
