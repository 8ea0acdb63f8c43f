"""A query as a source, on SQLite and PostgreSQL."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from sqlalchemy import create_engine, text

from services.chassis.kernel.errors import InvalidInput, NotFound, Unavailable, WorkbenchError
from services.integration.connectors.sources import open_source
from services.integration.connectors.sources.port import Surroundings
from tests.component.integration.sources import (
    MONDAY,
    TUESDAY,
    feed,
    read,
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def core(request, tmp_path_factory):
    """A core system's database with balances."""
    url = (
        f"sqlite:///{tmp_path_factory.mktemp('core')}/core.db"
        if request.param == "sqlite"
        else request.getfixturevalue("new_postgresql_url")()
    )
    engine = create_engine(url)
    money = "TEXT" if request.param == "sqlite" else "NUMERIC(30, 4)"
    with engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE balances (account TEXT, day DATE, amount {money}, name TEXT, seen BOOLEAN)"))
        rows = [
            {"account": str(number), "day": MONDAY.isoformat(), "amount": str(Decimal(number) + Decimal("99999999999999.1234"))}
            for number in range(12_345)
        ]
        values = "CAST(:account AS text), CAST(:day AS {0}), CAST(:amount AS {1}), 'a,\"王\"\nb', NULL"
        kinds = ("text", "text") if request.param == "sqlite" else ("date", "numeric")
        connection.execute(text(f"INSERT INTO balances VALUES ({values.format(*kinds)})"), rows)
    yield engine
    engine.dispose()


QUERY = "SELECT account, amount, name, seen FROM balances WHERE day = :business_date ORDER BY CAST(account AS integer)"


def sql_feed(engine, query=QUERY, form=None, **fields):
    location = engine.url.render_as_string(hide_password=False)
    source = {"kind": "sql", "location": location, "query": query, **fields}
    return feed(source, **{"delimiter": ",", "quote": '"'} | (form or {}))


def test_a_query_is_read_as_a_table_with_every_digit(core):
    with open_source(sql_feed(core), Surroundings()) as source:
        (found,) = source.find([MONDAY])
        assert (found.business_date, found.complete) == (MONDAY, True)
        rows = list(csv.reader(io.StringIO(read(source, found).decode(), newline="")))
    assert rows[:2] == [["account", "amount", "name", "seen"], ["0", "99999999999999.1234", 'a,"王"\nb', ""]]
    assert (len(rows), rows[-1][:2]) == (12_346, ["12344", "100000000012343.1234"])


def test_a_date_without_rows_has_not_come(core):
    with open_source(sql_feed(core), Surroundings()) as source:
        (found,) = source.find([TUESDAY])
        with pytest.raises(NotFound, match="FILE_GONE"):
            read(source, found)


def test_a_query_says_whether_the_date_is_complete(core):
    ready = "SELECT 1 FROM balances WHERE day = :business_date LIMIT 1"
    with open_source(sql_feed(core, ready_query=ready), Surroundings()) as source:
        assert [each.business_date for each in source.find([MONDAY, TUESDAY])] == [MONDAY]


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM balances WHERE day = :business_date RETURNING account",
        "UPDATE balances SET name = 'x' WHERE day = :business_date",
    ],
)
def test_nothing_is_ever_written(core, query):
    with open_source(sql_feed(core, query), Surroundings()) as source:
        (found,) = source.find([MONDAY])
        with pytest.raises(WorkbenchError, match="SOURCE_"):
            read(source, found)
    with core.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM balances WHERE name <> 'x'")).scalar() == 12_345


def test_what_a_database_says_of_a_fault_is_not_passed_on(core):
    with open_source(sql_feed(core, "SELECT hunter2 FROM balances WHERE day = :business_date"), Surroundings()) as source:
        (found,) = source.find([MONDAY])
        with pytest.raises(Unavailable, match="SOURCE_UNAVAILABLE") as fault:
            read(source, found)
    assert "hunter2" not in repr(fault.value)


def test_a_value_that_would_break_a_line_needs_a_quote(core):
    with open_source(sql_feed(core, form={"quote": ""}), Surroundings()) as source:
        (found,) = source.find([MONDAY])
        with pytest.raises(InvalidInput, match="SOURCE_INVALID"):
            read(source, found)


def test_any_delimiter_and_encoding_that_the_format_names(core):
    query = "SELECT account, '王' AS name FROM balances WHERE day = :business_date AND account = '7'"
    with open_source(sql_feed(core, query, {"delimiter": "|+|", "quote": "", "encoding": "gb18030"}), Surroundings()) as source:
        (found,) = source.find([MONDAY])
        assert read(source, found).decode("gb18030") == "account|+|name\n7|+|王\n"


@pytest.mark.parametrize(
    ("query", "form"),
    [("SELECT 1", {}), (QUERY, {"kind": "parquet"}), (QUERY, {"header": False}), (QUERY, {"compression": "gzip"})],
)
def test_a_query_that_cannot_be_a_feed_is_refused(core, query, form):
    with pytest.raises(InvalidInput, match="SOURCE_INVALID"), open_source(sql_feed(core, query, form), Surroundings()):
        pass


@pytest.mark.parametrize("location", ["", "nonsense", "postgresql+psycopg://me:word@127.0.0.1/x", "mysql+nothing://h/x"])
def test_a_database_that_is_none_is_refused_without_its_password(location):
    definition = feed({"kind": "sql", "location": location, "query": QUERY}, quote='"')
    with pytest.raises(InvalidInput, match="SOURCE_INVALID") as fault, open_source(definition, Surroundings()):
        pass
    assert "word" not in repr(fault.value).replace("password", "")


def test_a_database_that_is_down_is_told(tmp_path):
    for location, secret in (("postgresql+psycopg://me@127.0.0.1:9/x", "core"), (f"sqlite:///{tmp_path}/none.db", "")):
        definition = feed({"kind": "sql", "location": location, "query": QUERY, "secret": secret}, quote='"')
        with open_source(definition, Surroundings(secrets={"core": "hunter2"})) as source:
            with pytest.raises(Unavailable, match="SOURCE_UNAVAILABLE") as fault:
                read(source, source.find([MONDAY])[0])
            assert "hunter2" not in repr(fault.value)
    assert not (tmp_path / "none.db").exists()
