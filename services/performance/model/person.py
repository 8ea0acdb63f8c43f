"""People, their posts and units, as identity announces them: replicas that events keep, and nothing else writes."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.chassis.db.types import BusinessDate, OrderedText
from services.chassis.replicas.tables import PersonReplica, PostReplica, UnitReplica
from services.performance.model.base import Base

# Before any result.
FIRST_DATE = date(1900, 1, 1)


class Post(Base, PostReplica):
    """A post that a person holds."""

    __tablename__ = "posts"


class Person(Base, PersonReplica):
    """Somebody who works for the bank."""

    __tablename__ = "people"
    __post__ = Post

    posts: Mapped[list[Post]] = relationship(
        default_factory=list, cascade="all, delete-orphan", order_by=Post.grant_id, lazy="select"
    )


class Unit(Base, UnitReplica):
    """An organisation unit 机构."""

    __tablename__ = "units"


class Affiliation(Base):
    """In which unit somebody works, and when: what he brings in on a day belongs to the unit in which he works then."""

    __tablename__ = "affiliations"

    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # Both days are included; no end is None. Of the first it is `FIRST_DATE`: who came before this service was always there.
    start_date: Mapped[date] = mapped_column(BusinessDate, primary_key=True)
    end_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    organisation_path: Mapped[str] = mapped_column(OrderedText)

    __table_args__ = (Index("ix_affiliations_organisation_path", "organisation_path"),)
