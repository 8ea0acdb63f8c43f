"""People, their posts and units, as identity announces them: replicas that events keep, and nothing else writes."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from services.activity.model.base import Base
from services.chassis.db.types import OrderedText


class Post(Base):
    """A post that a person holds."""

    __tablename__ = "posts"

    grant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.person_id"), type_=Text, init=False, index=True)
    # As identity names it, such as `relationship_manager`.
    role: Mapped[str] = mapped_column(Text)
    organisation_path: Mapped[str] = mapped_column(OrderedText, index=True)


class Person(Base):
    """Somebody who works for the bank."""

    __tablename__ = "people"

    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    staff_number: Mapped[str] = mapped_column(OrderedText)
    display_name: Mapped[str] = mapped_column(Text)
    # The unit of the post that came last; without any, the unit to which the person belongs.
    organisation_path: Mapped[str] = mapped_column(OrderedText, default="")
    # Shut out by identity: the posts rest.
    disabled: Mapped[bool] = mapped_column(default=False)
    posts: Mapped[list[Post]] = relationship(
        default_factory=list, cascade="all, delete-orphan", order_by=Post.grant_id, lazy="select"
    )
    # Scope asks every table for the responsible person under this name.
    lead_person_id: Mapped[str] = synonym("person_id", init=False)

    __table_args__ = (
        Index("ix_people_organisation_path", "organisation_path"),
        Index("ix_people_staff_number_person_id", "staff_number", "person_id"),
    )

    def take_post(self, grant_id: str, role: str, organisation_path: str) -> None:
        """Comes to a post; an announcement that comes twice changes nothing."""
        if all(post.grant_id != grant_id for post in self.posts):
            self.posts.append(Post(grant_id=grant_id, role=role, organisation_path=organisation_path))
        self.organisation_path = organisation_path

    def leave_post(self, grant_id: str) -> None:
        """Loses a post; another one that is held counts from now on, and its unit."""
        self.posts = [post for post in self.posts if post.grant_id != grant_id]
        if self.posts:
            self.organisation_path = self.posts[-1].organisation_path


class Unit(Base):
    """An organisation unit 机构."""

    __tablename__ = "units"

    organisation_unit_id: Mapped[str] = mapped_column(Text, primary_key=True)
    organisation_path: Mapped[str] = mapped_column(OrderedText, index=True)
    display_name: Mapped[str] = mapped_column(Text)
