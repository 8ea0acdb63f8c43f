"""Schema changes: Alembic, with two lines of versions in each service's database.

The chassis' own tables move along `services/chassis/migrations` for every service alike; a service's tables along
its own `migrations` folder. Both run on SQLite and PostgreSQL, each version in one transaction.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import alembic.command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from services.chassis.kernel.errors import Unavailable

CHASSIS_PACKAGE = "services.chassis"
# Any number that nothing else in these databases locks.
_LOCK = 7_301_551


def migrate(engine: Engine, package: str) -> bool:
    """Brings the service's database up to date; answers whether anything was to do. Several processes may start it at once."""
    if is_current(engine, package):
        return False
    config = _config(package)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "heads")
    return True


def is_current(engine: Engine, package: str) -> bool:
    """Whether the database has every version that this programme knows."""
    heads = set(ScriptDirectory.from_config(_config(package)).get_heads())
    with engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == heads


def require_current(engine: Engine, package: str) -> None:
    """Raises Unavailable with the remedy where the database is behind."""
    if not is_current(engine, package):
        raise Unavailable("MIGRATION_PENDING", f"The database of {package} is behind; run `workbench migrate` first.")


def _config(package: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "environment"))
    config.set_main_option("path_separator", "newline")
    lines = dict.fromkeys((CHASSIS_PACKAGE, package))
    config.set_main_option("version_locations", "\n".join(str(_folder(line) / "migrations") for line in lines))
    return config


def _folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(package)
    return Path(spec.submodule_search_locations[0])
