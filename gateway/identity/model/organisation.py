"""A unit of the organisation tree, as state with its invariants."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.identity.model.base import Base
from gateway.identity.rules.organisation import UnitKind, check_place, unit_path
from services.chassis.db.types import OrderedText, UtcDateTime


class OrganisationUnit(Base):
    """One unit. Made with `opened`; only `move` changes where it stands."""

    __tablename__ = "organisation_units"

    organisation_unit_id: Mapped[str] = mapped_column(Text, primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[int] = mapped_column(Integer)
    display_name: Mapped[str] = mapped_column(Text)
    # None for the head office alone.
    parent_unit_id: Mapped[str | None] = mapped_column(ForeignKey("organisation_units.organisation_unit_id"), index=True)
    # Repeats the chain of parents, so that a scope is a prefix and a subtree a range of one index.
    organisation_path: Mapped[str] = mapped_column(OrderedText, unique=True)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    # Counts the changes; a writer that saw an older one is refused.
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (CheckConstraint("kind BETWEEN 1 AND 6", name="kind"),)

    @classmethod
    def opened(
        cls, unit_id: str, code: str, kind: int, display_name: str, *, parent: OrganisationUnit | None, now: datetime
    ) -> OrganisationUnit:
        """A new unit below its parent; raises RuleBroken where it cannot stand there."""
        path = unit_path(parent.organisation_path if parent else "", code)
        check_place(UnitKind(kind), UnitKind(parent.kind) if parent else None, path)
        return cls(
            organisation_unit_id=unit_id,
            code=code,
            kind=kind,
            display_name=display_name,
            parent_unit_id=parent.organisation_unit_id if parent else None,
            organisation_path=path,
            create_time=now,
            update_time=now,
        )

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return str(self.version)

    def rename(self, display_name: str, *, now: datetime) -> None:
        """Gives the unit another name."""
        self.display_name, self.update_time = display_name, now

    def move(self, parent: OrganisationUnit, *, now: datetime) -> None:
        """Puts the unit under another parent; what is below it must follow in the same transaction."""
        self.parent_unit_id = parent.organisation_unit_id
        self.organisation_path = unit_path(parent.organisation_path, self.code)
        self.update_time = now
