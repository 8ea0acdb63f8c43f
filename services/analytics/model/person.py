"""People, their posts and units, as identity announces them: replicas that events keep, and nothing else writes."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, relationship

from services.analytics.model.base import Base
from services.chassis.replicas.tables import PersonReplica, PostReplica, UnitReplica


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
