"""The base of this service's tables, and what all that is kept of the working day has in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from sqlalchemy import Text
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, declared_attr, mapped_column, synonym

from services.activity.rules.erasing import Erased
from services.chassis.db.tables import service_metadata
from services.chassis.db.types import OrderedText


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """The service's own tables."""

    metadata = service_metadata()


class Working(MappedAsDataclass, kw_only=True):
    """A mixin: something that somebody of the bank does, or is to do, mostly for a customer.

    It is reached by whoever does it, by those in charge of the unit in which he does it, and by whoever reaches the customer: see
    `usecases.reaching`. A merge gives it to the surviving record, an erasure of the customer leaves in it what `__erased__` says.
    """

    # What an erasure of the customer by law makes of columns, by their attributes' names.
    __erased__: ClassVar[Mapping[str, Erased]] = {}
    # The attribute with its state, and the states in which it is still to be done: such goes with its customer to another lead.
    __open__: ClassVar[tuple[str, tuple[int, ...]] | None] = None

    # None where it is for no customer in particular.
    customer_id: Mapped[str | None] = mapped_column(Text, default=None)
    # Whose work it is.
    owner_person_id: Mapped[str] = mapped_column(Text)
    # The unit in which he does it.
    organisation_path: Mapped[str] = mapped_column(OrderedText)

    # Scope asks every table for the responsible person under this name.
    @declared_attr
    def lead_person_id(cls) -> Any:  # noqa: N805 - SQLAlchemy hands the class
        """Whose work it is, as scope calls him."""
        return synonym("owner_person_id", init=False)


def working_models() -> tuple[type[Any], ...]:
    """All that is kept of the working day, in a fixed order."""
    mapped = (mapper.class_ for mapper in Base.registry.mappers)
    return tuple(sorted((each for each in mapped if issubclass(each, Working)), key=lambda each: str(each.__tablename__)))


def placed_models() -> tuple[type[Any], ...]:
    """All that stands in a unit, in a fixed order: it goes with the unit where that moves in the tree."""
    mapped = (mapper.class_ for mapper in Base.registry.mappers if "organisation_path" in mapper.columns)
    return tuple(sorted(mapped, key=lambda each: str(each.__tablename__)))
