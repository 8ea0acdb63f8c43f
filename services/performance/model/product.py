"""Versions of products 产品版本: what is measured of a product and how, from a day on. What was published is never changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.types import BusinessDate, EncryptedText, Json, OrderedText, UtcDateTime
from services.chassis.kernel.errors import NotAllowed, RuleBroken
from services.performance.model.base import Base
from services.performance.rules.catalogue import VersionState

_OPEN_STATES = (VersionState.DRAFT, VersionState.SUBMITTED)
_OPEN = f"state IN ({', '.join(str(int(each)) for each in _OPEN_STATES)})"


class ProductVersion(Base):
    """One version of a product. Of a product one at most is open: a draft, or submitted to a second person."""

    __tablename__ = "product_versions"

    product_version_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # The catalogue's own code; a bank's codes are what sources select by.
    product_code: Mapped[str] = mapped_column(OrderedText)
    # Counts the versions of a product from 1.
    version_number: Mapped[int] = mapped_column(Integer)
    # `rules.catalogue.VersionState`.
    state: Mapped[int] = mapped_column(Integer, default=VersionState.DRAFT.value)
    # `rules.catalogue.ProductCategory`.
    category: Mapped[int] = mapped_column(Integer)
    display_name: Mapped[str] = mapped_column(Text)
    english_name: Mapped[str] = mapped_column(Text, default="")
    # From when on it is in force; to when, the next version's first day says.
    start_date: Mapped[date] = mapped_column(BusinessDate)
    # As the contract's `ProductDefinition`, by the fields' names.
    definition: Mapped[dict[str, Any]] = mapped_column(Json)
    # Why it is wanted.
    note: Mapped[str | None] = mapped_column(EncryptedText("performance.product_version.note"), default=None)
    # Why it was given back.
    decision_note: Mapped[str | None] = mapped_column(EncryptedText("performance.product_version.decision_note"), default=None)
    # Empty for what the workbench brings along.
    author_person_id: Mapped[str] = mapped_column(Text, default="")
    # Who published it, gave it back, or withdrew it.
    decider_person_id: Mapped[str] = mapped_column(Text, default="")
    decide_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        UniqueConstraint("product_code", "version_number"),
        Index("uq_product_versions_open", "product_code", unique=True, sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        Index("ix_product_versions_state_product_code_start_date", "state", "product_code", "start_date"),
    )

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return str(self.version)

    @property
    def open(self) -> bool:
        """Whether it is still to be decided."""
        return self.state in _OPEN_STATES

    def check_draft(self, person_id: str) -> None:
        """Raises RuleBroken VERSION_NOT_DRAFT where nobody may change it any more, NotAllowed NOT_AUTHOR for all but its author.

        Whoever publishes it has had no part in it then.
        """
        if self.state != VersionState.DRAFT:
            raise RuleBroken("VERSION_NOT_DRAFT", "Only a draft is changed; begin a new version of the product.")
        if person_id != self.author_person_id:
            raise NotAllowed("NOT_AUTHOR", "Only its author changes a draft; it can be withdrawn, and another begun.")

    def submit(self, person_id: str, now: datetime) -> None:
        """Asks a second person for it."""
        self.check_draft(person_id)
        self.state, self.update_time = VersionState.SUBMITTED, now

    def publish(self, person_id: str, now: datetime) -> None:
        """In force from its first day on."""
        self._check_second_person(person_id)
        self._check_submitted()
        self._decide(VersionState.PUBLISHED, person_id, now)

    def reject(self, person_id: str, note: str, now: datetime) -> None:
        """Gives it back to its author."""
        self._check_second_person(person_id)
        self._check_submitted()
        self.decision_note = note
        self._decide(VersionState.DRAFT, person_id, now)

    def withdraw(self, person_id: str, today: date, now: datetime) -> None:
        """Takes it back; of what a second person published, somebody else than its author does so, before it is in force."""
        if self.state == VersionState.WITHDRAWN:
            raise RuleBroken("VERSION_WITHDRAWN", "The version is withdrawn already.")
        if self.state == VersionState.PUBLISHED:
            if self.start_date <= today:
                raise RuleBroken("VERSION_IN_FORCE", "What is in force is never taken back: begin a new version from a day on.")
            self._check_second_person(person_id)
        self._decide(VersionState.WITHDRAWN, person_id, now)

    def _decide(self, state: VersionState, person_id: str, now: datetime) -> None:
        self.state, self.decider_person_id, self.decide_time, self.update_time = state, person_id, now, now

    def _check_submitted(self) -> None:
        if self.state != VersionState.SUBMITTED:
            raise RuleBroken("VERSION_NOT_SUBMITTED", "Only what was submitted is decided.")

    def _check_second_person(self, person_id: str) -> None:
        if person_id == self.author_person_id:
            raise NotAllowed("SELF_DECISION", "Somebody else decides: the version is yours.")
