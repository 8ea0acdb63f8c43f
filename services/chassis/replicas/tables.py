"""The columns of the replicas, as mixins: each service maps them in its own database."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, MappedAsDataclass, declared_attr, mapped_column, synonym

from services.chassis.db.types import BusinessDate, OrderedText, UtcDateTime
from services.chassis.lake.lake import Pin


class PostReplica(MappedAsDataclass, kw_only=True):
    """A post that a person holds; the table is `posts`."""

    grant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.person_id"), type_=Text, init=False, index=True)
    # As identity names it, such as `relationship_manager`.
    role: Mapped[str] = mapped_column(Text)
    organisation_path: Mapped[str] = mapped_column(OrderedText, index=True)


class PersonReplica(MappedAsDataclass, kw_only=True):
    """Somebody who works for the bank; the table is `people`. The class adds the relationship `posts`, ordered by their ids."""

    # The service's own class of posts.
    __post__: ClassVar[type[PostReplica]]

    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    staff_number: Mapped[str] = mapped_column(OrderedText)
    display_name: Mapped[str] = mapped_column(Text)
    # The unit of the post that came last; without any, the unit to which the person belongs.
    organisation_path: Mapped[str] = mapped_column(OrderedText, default="")
    # Shut out by identity: the posts rest.
    disabled: Mapped[bool] = mapped_column(default=False)

    # Scope asks every table for the responsible person under this name.
    @declared_attr
    def lead_person_id(cls) -> Any:  # noqa: N805 - SQLAlchemy hands the class
        """The person, as scope calls whoever a row belongs to."""
        return synonym("person_id", init=False)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805 - SQLAlchemy hands the class
        return (
            Index("ix_people_organisation_path", "organisation_path"),
            Index("ix_people_staff_number_person_id", "staff_number", "person_id"),
        )

    def take_post(self, grant_id: str, role: str, organisation_path: str) -> None:
        """Comes to a post; an announcement that comes twice changes nothing."""
        if all(post.grant_id != grant_id for post in self.posts):
            self.posts.append(self.__post__(grant_id=grant_id, role=role, organisation_path=organisation_path))
        self.organisation_path = organisation_path

    def leave_post(self, grant_id: str) -> None:
        """Loses a post; another one that is held counts from now on, and its unit."""
        self.posts = [post for post in self.posts if post.grant_id != grant_id]
        if self.posts:
            self.organisation_path = self.posts[-1].organisation_path


class UnitReplica(MappedAsDataclass, kw_only=True):
    """An organisation unit 机构; the table is `units`."""

    organisation_unit_id: Mapped[str] = mapped_column(Text, primary_key=True)
    organisation_path: Mapped[str] = mapped_column(OrderedText, index=True)
    display_name: Mapped[str] = mapped_column(Text)
    # The bank's own, by which feeds name the unit.
    code: Mapped[str] = mapped_column(OrderedText, default="")


class CustomerReplica(MappedAsDataclass, kw_only=True):
    """What is known of a customer; the table is `customers`. Who leads it, and where, decides who reaches it."""

    customer_id: Mapped[str] = mapped_column(Text, primary_key=True)
    customer_number: Mapped[str] = mapped_column(OrderedText)
    display_name: Mapped[str] = mapped_column(Text)
    # The numbers of `workbench.customer.v1.CustomerKind` and `CustomerTier`.
    kind: Mapped[int] = mapped_column(Integer)
    tier: Mapped[int] = mapped_column(Integer)
    # Empty where nobody leads it.
    lead_person_id: Mapped[str] = mapped_column(Text, default="")
    organisation_path: Mapped[str] = mapped_column(OrderedText, default="")
    # The record that stands for this one; empty while it stands by itself.
    merged_into_customer_id: Mapped[str] = mapped_column(Text, default="")
    # Taken back, or erased by law: nothing new is kept of it.
    gone: Mapped[bool] = mapped_column(default=False)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805 - SQLAlchemy hands the class
        return (
            Index("ix_customers_customer_number", "customer_number"),
            Index("ix_customers_lead_person_id_customer_number", "lead_person_id", "customer_number"),
            Index("ix_customers_organisation_path", "organisation_path"),
        )

    @property
    def stands(self) -> bool:
        """Whether anything new can be kept of it."""
        return not self.gone and not self.merged_into_customer_id


class ReachReplica(MappedAsDataclass, kw_only=True):
    """Whom somebody reaches beyond his own, and when: the chassis asks it. One row per coverage, or per deputy and customer.

    The table is `reaches`.
    """

    reach_id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text)
    # One customer; None for all that `lead_person_id` leads.
    customer_id: Mapped[str | None] = mapped_column(Text, default=None)
    lead_person_id: Mapped[str | None] = mapped_column(Text, default=None)
    start_date: Mapped[date] = mapped_column(BusinessDate)
    end_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    # The coverage or the absence by which it is.
    source_id: Mapped[str] = mapped_column(Text)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805 - SQLAlchemy hands the class
        return (
            Index("ix_reaches_person_id_end_date", "person_id", "end_date"),
            Index("ix_reaches_source_id", "source_id"),
        )


class AbsenceReplica(MappedAsDataclass, kw_only=True):
    """Days on which a relationship manager is away 休假; the table is `absences`."""

    absence_id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text)
    start_date: Mapped[date] = mapped_column(BusinessDate)
    end_date: Mapped[date] = mapped_column(BusinessDate)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805 - SQLAlchemy hands the class
        return (Index("ix_absences_person_id_end_date", "person_id", "end_date"),)


class DatasetPinReplica(MappedAsDataclass, kw_only=True):
    """The current revision of a feed's business date, by which its rows are found; the table is `dataset_pins`."""

    feed: Mapped[str] = mapped_column(Text, primary_key=True)
    business_date: Mapped[date] = mapped_column(BusinessDate, primary_key=True)
    dataset: Mapped[str] = mapped_column(Text)
    source_system: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(Integer)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805 - SQLAlchemy hands the class
        return (Index("ix_dataset_pins_dataset_business_date", "dataset", "business_date"),)

    @property
    def pin(self) -> Pin:
        """By which the lake finds it."""
        return Pin(self.feed, self.dataset, self.source_system, self.business_date, self.revision)
