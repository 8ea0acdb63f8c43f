"""The base of all mapped classes: constraint names that migrations can rely on."""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass

NAMING_CONVENTION = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}


class ChassisBase(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """The tables that every service's database has: outbox, inbox, request ids, audit trail."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


def service_metadata() -> MetaData:
    """The metadata of one service's own tables; each service makes a base of its own on it, so that none sees another's."""
    return MetaData(naming_convention=NAMING_CONVENTION)
