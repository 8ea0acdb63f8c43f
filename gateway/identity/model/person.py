"""A person who works in the bank, as state with its invariants."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum

from sqlalchemy import CheckConstraint, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column, synonym

from gateway.identity.model.base import Base
from gateway.identity.model.organisation import OrganisationUnit
from services.chassis.db.types import OrderedText, UtcDateTime


class PersonState(IntEnum):
    """Whether a person may work here; the numbers are those of `workbench.identity.v1.PersonState`."""

    ACTIVE = 1
    DISABLED = 2


class Person(Base):
    """One person. How he proves who he is stands in his account, what he may do in his grants."""

    __tablename__ = "people"

    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    staff_number: Mapped[str] = mapped_column(OrderedText, unique=True)
    # None for somebody who never signs in.
    login: Mapped[str | None] = mapped_column(Text, unique=True, default=None)
    display_name: Mapped[str] = mapped_column(Text)
    organisation_unit_id: Mapped[str] = mapped_column(ForeignKey("organisation_units.organisation_unit_id"), index=True)
    organisation_path: Mapped[str] = mapped_column(OrderedText, index=True)
    state: Mapped[int] = mapped_column(Integer, default=PersonState.ACTIVE)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    # Counts the changes; a writer that saw an older one is refused.
    version: Mapped[int] = mapped_column(Integer, init=False)
    # Scope asks every table for the responsible person under this name: for himself, everybody is.
    lead_person_id: Mapped[str] = synonym("person_id", init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (CheckConstraint("state BETWEEN 1 AND 2", name="state"),)

    @classmethod
    def joined(
        cls, person_id: str, staff_number: str, login: str, display_name: str, *, unit: OrganisationUnit, now: datetime
    ) -> Person:
        """Somebody new, in a unit."""
        return cls(
            person_id=person_id,
            staff_number=staff_number,
            login=login or None,
            display_name=display_name,
            organisation_unit_id=unit.organisation_unit_id,
            organisation_path=unit.organisation_path,
            create_time=now,
            update_time=now,
        )

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return str(self.version)

    @property
    def active(self) -> bool:
        """Whether the person may sign in."""
        return self.state == PersonState.ACTIVE

    def change(self, display_name: str, unit: OrganisationUnit, *, now: datetime) -> bool:
        """Takes over the name and the unit; answers whether anything changed."""
        before = (self.display_name, self.organisation_unit_id)
        if before == (display_name, unit.organisation_unit_id):
            return False
        self.display_name = display_name
        self.organisation_unit_id, self.organisation_path = unit.organisation_unit_id, unit.organisation_path
        self.update_time = now
        return True

    def turn(self, state: PersonState, *, now: datetime) -> bool:
        """Shuts the person out or lets him in again; answers whether that changed anything."""
        changed = self.state != state
        if changed:
            self.state, self.update_time = state, now
        return changed
