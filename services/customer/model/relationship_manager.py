"""Relationship managers 客户经理, as identity announces them: a replica that events keep, and nothing else writes."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from services.chassis.db.types import BusinessDate, OrderedText
from services.customer.model.base import Base


class ManagerPost(Base):
    """A post as relationship manager that a person holds; somebody may hold two, in two units."""

    __tablename__ = "manager_posts"

    grant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("relationship_managers.person_id"), type_=Text, init=False, index=True)
    organisation_path: Mapped[str] = mapped_column(OrderedText)


class RelationshipManager(Base):
    """Somebody who holds, or held, such a post."""

    __tablename__ = "relationship_managers"

    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    staff_number: Mapped[str] = mapped_column(OrderedText)
    display_name: Mapped[str] = mapped_column(Text)
    # The unit of the post that counts: the one granted last of those held.
    organisation_path: Mapped[str] = mapped_column(OrderedText, default="")
    # Shut out by identity: the posts rest.
    disabled: Mapped[bool] = mapped_column(default=False)
    # Holds at least one post.
    in_office: Mapped[bool] = mapped_column(default=False)
    # Since when nobody of his can be given customers; None while he can, and where it is not known.
    left_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    posts: Mapped[list[ManagerPost]] = relationship(
        default_factory=list, cascade="all, delete-orphan", order_by=ManagerPost.grant_id, lazy="select"
    )
    # Scope asks every table for the responsible person under this name.
    lead_person_id: Mapped[str] = synonym("person_id", init=False)

    __table_args__ = (Index("ix_relationship_managers_staff_number_person_id", "staff_number", "person_id"),)

    @property
    def leads(self) -> bool:
        """Whether customers can be given to him."""
        return self.in_office and not self.disabled

    def take_post(self, grant_id: str, organisation_path: str) -> None:
        """Comes to a post; an announcement that comes twice changes nothing."""
        if all(post.grant_id != grant_id for post in self.posts):
            self.posts.append(ManagerPost(grant_id=grant_id, organisation_path=organisation_path))
        self.in_office, self.organisation_path = True, organisation_path

    def leave_post(self, grant_id: str) -> None:
        """Loses a post; another one that is held counts from now on, and its unit."""
        self.posts = [post for post in self.posts if post.grant_id != grant_id]
        self.in_office = bool(self.posts)
        if self.posts:
            self.organisation_path = self.posts[-1].organisation_path
