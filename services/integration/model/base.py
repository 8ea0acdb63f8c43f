"""The base of this service's tables."""

from __future__ import annotations

from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass

from services.chassis.db.tables import service_metadata


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """The service's own tables."""

    metadata = service_metadata()
