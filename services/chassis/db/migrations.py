"""Schema changes: Alembic, with two lines of versions in each service's database.

The chassis' own tables move along `services/chassis/migrations` for every service alike; a service's tables along
its own `migrations` folder. Both run on SQLite and PostgreSQL, each version in one transaction.

A start that finds its database current does without Alembic, whose import costs more than the rest of the look at the database.
"""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, inspect, text

from services.chassis.kernel.errors import Unavailable

if TYPE_CHECKING:
    from alembic.config import Config

CHASSIS_PACKAGE = "services.chassis"
# Where Alembic keeps the versions that a database has, and how a version names itself and the one before it.
_VERSIONS_TABLE = "alembic_version"
_VERSION = re.compile(r'^revision = "(\w+)"$', re.MULTILINE)
_BEFORE = re.compile(r'^down_revision = "(\w+)"$', re.MULTILINE)
# Any number that nothing else in these databases locks.
_LOCK = 7_301_551


def migrate(engine: Engine, package: str) -> bool:
    """Brings the service's database up to date; answers whether anything was to do. Several processes may start it at once."""
    if is_current(engine, package):
        return False
    import alembic.command

    config = _config(package)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "heads")
    return True


def is_current(engine: Engine, package: str) -> bool:
    """Whether the database has every version that this programme knows."""
    with engine.connect() as connection:
        if not inspect(connection).has_table(_VERSIONS_TABLE):
            return False
        return set(connection.scalars(text(f"SELECT version_num FROM {_VERSIONS_TABLE}"))) == heads(package)  # noqa: S608


def heads(package: str) -> set[str]:
    """The last version of each of the package's lines, read from their files without running them."""
    texts = [file.read_text(encoding="utf-8") for line in _lines(package) for file in (_folder(line) / "migrations").glob("*.py")]
    versions, before = ({found[1] for text in texts if (found := name.search(text))} for name in (_VERSION, _BEFORE))
    return versions - before


def require_current(engine: Engine, package: str) -> None:
    """Raises Unavailable with the remedy where the database is behind."""
    if not is_current(engine, package):
        raise Unavailable("MIGRATION_PENDING", f"The database of {package} is behind; run `workbench migrate` first.")


def _lines(package: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((CHASSIS_PACKAGE, package)))


def _config(package: str) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "environment"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(str(_folder(line) / "migrations") for line in _lines(package)))
    return config


def _folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(package)
    return Path(spec.submodule_search_locations[0])
