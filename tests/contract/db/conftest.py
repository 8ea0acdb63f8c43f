"""One suite over both databases: the same promises on SQLite and PostgreSQL."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Text
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column

from services.chassis import keys
from services.chassis.db import migrations
from services.chassis.db.engine import create_engine
from services.chassis.db.scope import enforce_row_scope
from services.chassis.db.session import Database
from services.chassis.db.tables import service_metadata
from services.chassis.db.types import BusinessDate, EncryptedText, OrderedText, UtcDateTime

NOW = datetime(2026, 11, 25, 3, 4, 5, 678901, tzinfo=UTC)


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    metadata = service_metadata()


class Note(Base):
    """A row under scope with every type that the chassis brings."""

    __tablename__ = "notes"

    note_id: Mapped[str] = mapped_column(Text, primary_key=True)
    lead_person_id: Mapped[str] = mapped_column(Text)
    organisation_path: Mapped[str] = mapped_column(OrderedText)
    customer_id: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(OrderedText, default="")
    phone: Mapped[str | None] = mapped_column(EncryptedText("note.phone"), default=None)
    written: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    due_date: Mapped[object] = mapped_column(BusinessDate, default=None, nullable=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class Reaching(Base):
    """Whom a person reaches beyond his own, as a service keeps it."""

    __tablename__ = "reaches"

    reach_id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(Text)
    customer_id: Mapped[str | None] = mapped_column(Text, default=None)
    lead_person_id: Mapped[str | None] = mapped_column(Text, default=None)
    start_date: Mapped[date] = mapped_column(BusinessDate)
    end_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)


@pytest.fixture(params=["sqlite", "postgresql"])
def dialect(request):
    return request.param


@pytest.fixture
def database_url(request, dialect, tmp_path):
    """Of an empty database."""
    if dialect == "sqlite":
        return f"sqlite:///{tmp_path}/contract.db"
    return request.getfixturevalue("new_postgresql_url")()


def make_tables(url):
    engine = create_engine(url)
    migrations.migrate(engine, migrations.CHASSIS_PACKAGE)
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
        enforce_row_scope(connection, "notes", of_customers=True)
    engine.dispose()


@pytest.fixture
def database(copy_of, dialect, tmp_path):
    keys.create_keys(tmp_path)
    keys.use_data_keys(keys.DataKeys.load(tmp_path / keys.DATA_KEYS_FILE))
    engine = create_engine(copy_of(dialect, make_tables, tmp_path))
    yield Database(engine, "contract")
    engine.dispose()
