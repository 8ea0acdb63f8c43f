"""The base of this service's tables."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass

from services.chassis.db.tables import service_metadata


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """The service's own tables."""

    metadata = service_metadata()


def placed_models() -> tuple[type[Any], ...]:
    """All that stands in a unit, in a fixed order: it goes with the unit where that moves in the tree."""
    mapped = (mapper.class_ for mapper in Base.registry.mappers if "organisation_path" in mapper.columns)
    return tuple(sorted(mapped, key=lambda each: str(each.__tablename__)))
