"""Migrations and mapped classes say the same, on both databases."""

import importlib

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from deploy.host import package_of, service_named
from services.chassis.bus import holds, queue  # noqa: F401 - their tables belong to the chassis' metadata
from services.chassis.db import migrations, reencryption  # noqa: F401 - the same
from services.chassis.db.engine import create_engine
from services.chassis.db.tables import ChassisBase
from services.chassis.kernel.errors import Unavailable


def own_metadata(package):
    return importlib.import_module(f"{package}.model.base").Base.metadata


def indexes_of_another_dialect(metadata, engine):
    """The names of indexes that the classes ask for on the other database only."""
    indexes = (index for table in metadata.tables.values() for index in table.indexes)
    return {index.name for index in indexes if index._ddl_if and index._ddl_if.dialect != engine.dialect.name}


def full_text_tables(connection):
    """SQLite's full text indexes, which no class maps, and the tables in which each keeps itself."""
    if connection.dialect.name != "sqlite":
        return
    for name in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'").scalars():
        yield from (name, *(f"{name}_{part}" for part in ("config", "content", "data", "docsize", "idx")))


SERVICES = ["activity", "analytics", "customer", "identity", "integration", "performance"]


@pytest.mark.parametrize("name", SERVICES)
def test_the_last_versions_are_those_that_alembic_finds(name):
    package = package_of(name)
    assert migrations.heads(package) == set(ScriptDirectory.from_config(migrations._config(package)).get_heads())


@pytest.mark.parametrize("name", SERVICES)
def test_migrations_make_what_the_classes_map(database_url, name):
    service_named(name)
    engine = create_engine(database_url)
    with pytest.raises(Unavailable, match="MIGRATION_PENDING"):
        migrations.require_current(engine, package_of(name))
    assert migrations.migrate(engine, package_of(name)) is True
    assert migrations.migrate(engine, package_of(name)) is False
    with engine.connect() as connection:
        passed_over = {"alembic_version", *full_text_tables(connection)}
        context = MigrationContext.configure(connection, opts={"include_name": lambda n, *_: n not in passed_over})
        own = own_metadata(package_of(name))
        elsewhere = indexes_of_another_dialect(own, engine)
        differences = compare_metadata(context, [ChassisBase.metadata, own])
        assert [change for change in differences if getattr(change[1], "name", None) not in elsewhere] == []
    engine.dispose()
