"""A query of another system's database, run for one business date and read as a table that is written as delimited text.

Nothing is ever written there: the transaction reads only, and is rolled back. Every value keeps its digits: a number that the
database holds as decimal comes as it is, and no amount passes through binary floating point that was not kept in it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import Any, BinaryIO

from sqlalchemy import Connection, Date, Engine, bindparam, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from services.integration.connectors.sources.port import CHUNK_BYTES, Found, Surroundings, gone, invalid, steady, unavailable
from services.integration.model.feed_definition import FeedDefinition, Format

ROWS_AT_ONCE = 5_000
CONNECT_SECONDS_MAX = 15
QUERY_SECONDS_MAX = 4 * 3_600


class SqlSource:
    """One table for each date that is asked for."""

    lists = False

    def __init__(self, definition: FeedDefinition, surroundings: Surroundings) -> None:
        self._name = definition.name
        self._source = definition.source
        self._bytes_max = surroundings.bytes_max
        self._write = _writer(definition.format)
        self._encoding = definition.format.encoding
        if ":business_date" not in definition.source.query:
            raise invalid("The query of an SQL source asks for one date: it has `:business_date`.")
        self._engine = _engine(definition, surroundings)

    def find(self, dates: Sequence[date] | None = None) -> list[Found]:
        return [
            Found(f"{self._name}-{day:%Y%m%d}.csv", -1, None, day, "", complete=True)
            for day in sorted(dates or ())
            if self._is_ready(day)
        ]

    def beside(self, _name: str) -> Found | None:
        return None

    def open(self, found: Found) -> BinaryIO:
        if found.business_date is None:
            raise invalid("An SQL source is asked for a business date.")
        rows = self._rows(self._source.query, found.business_date)
        names = next(rows)
        try:
            first = next(rows, None)
        # Whatever it is, nobody else holds the connection that it would stay open with.
        except BaseException:
            rows.close()
            raise
        if first is None:
            # No row yet is no table without rows: the other system has not got that far.
            rows.close()
            raise gone()
        return steady(io.BufferedReader(_Lines(self._lines(names, first, rows), rows.close), CHUNK_BYTES), -1, self._bytes_max)

    def close(self) -> None:
        with suppress(SQLAlchemyError):
            self._engine.dispose()

    def _is_ready(self, day: date) -> bool:
        if not self._source.ready_query:
            return True
        rows = self._rows(self._source.ready_query, day)
        try:
            next(rows)
            return next(rows, None) is not None
        finally:
            rows.close()

    def _rows(self, query: str, day: date) -> Any:
        """The names of the columns, and then each row."""
        statement = text(query)
        if ":business_date" in query:
            statement = statement.bindparams(bindparam("business_date", day, type_=Date()))
        try:
            with self._engine.connect() as connection:
                _read_only(connection)
                result = connection.execution_options(stream_results=True, yield_per=ROWS_AT_ONCE).execute(statement)
                yield tuple(result.keys())
                for part in result.partitions():
                    yield from part
        except DBAPIError as error:
            # Without the driver's own text, which may quote a value or the query.
            raise unavailable(f"The database answers with {type(error).__name__} ({_state(error)}).") from None
        except SQLAlchemyError as error:
            raise invalid(f"The query cannot be run: {type(error).__name__}.") from None

    def _lines(self, names: Sequence[str], first: Sequence[Any], rows: Iterator[Sequence[Any]]) -> Iterator[bytes]:
        yield self._write([list(names)]).encode(self._encoding)
        batch = [list(map(_text, first))]
        for row in rows:
            batch.append(list(map(_text, row)))
            if len(batch) >= ROWS_AT_ONCE:
                yield self._write(batch).encode(self._encoding)
                batch = []
        yield self._write(batch).encode(self._encoding)


class _Lines(io.RawIOBase):
    """Bytes that are made as they are read."""

    def __init__(self, pieces: Iterator[bytes], end: Callable[[], None]) -> None:
        self._pieces = pieces
        self._end = end
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = piece
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count

    def close(self) -> None:
        if not self.closed:
            self._end()
        super().close()


def _engine(definition: FeedDefinition, surroundings: Surroundings) -> Engine:
    try:
        url = make_url(definition.source.location)
        if url.password is not None:
            raise invalid("A database's address has no password; what opens it is the feed's `secret`.")
        if secret := surroundings.secret(definition.source.secret):
            url = url.set(password=secret)
        return _created(url)
    except (ArgumentError, NoSuchModuleError, ImportError):
        raise invalid("A database is named as SQLAlchemy does, such as postgresql+psycopg://reader@host/core.") from None


def _created(url: URL) -> Engine:
    options: dict[str, Any] = {}
    if url.get_backend_name() == "postgresql":
        options = {"connect_timeout": CONNECT_SECONDS_MAX, "options": f"-c statement_timeout={QUERY_SECONDS_MAX * 1_000}"}
    elif url.get_backend_name() == "sqlite":
        # As a file that is only read; one that is not there is not made.
        url = url.set(database=f"file:{url.database}", query={"mode": "ro", "uri": "true"})
    return create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=options)


def _read_only(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        # One state of the data from the first row to the last.
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    elif connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA query_only = ON")


def _state(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", None) or type(error.orig).__name__)


def _writer(form: Format) -> Callable[[list[list[str]]], str]:
    if form.kind != "delimited" or form.compression or not form.header or form.skip_lines or form.trailer_lines:
        raise invalid("What a query brings is read as delimited text with a header, and nothing before or after its rows.")
    if len(form.delimiter) == 1 and form.quote:
        return lambda rows: _quoted(rows, form)
    return lambda rows: _plain(rows, form)


def _quoted(rows: list[list[str]], form: Format) -> str:
    target = io.StringIO()
    csv.writer(target, delimiter=form.delimiter, quotechar=form.quote, lineterminator="\n").writerows(rows)
    return target.getvalue()


def _plain(rows: list[list[str]], form: Format) -> str:
    for row in rows:
        if any(form.delimiter in value or "\n" in value or "\r" in value for value in row):
            raise invalid("A value has the delimiter or a line's end in it; give the format one delimiter and a `quote`.")
    return "".join(form.delimiter.join(row) + "\n" for row in rows)


def _text(value: Any) -> str:  # noqa: PLR0911 - one line for each kind of value
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float):
        # The shortest text that is this number; an amount that was kept so has no more digits than that.
        return format(Decimal(repr(value)), "f") if isfinite(value) else _unwritable()
    if isinstance(value, (int, date, datetime, time)):
        return str(value) if isinstance(value, int) else value.isoformat()
    return _unwritable()


def _unwritable() -> str:
    raise invalid("A column is of a kind that cannot be written as text: give it one in the query.")
