"""What one process has compiled others find, and nobody loses anything by it."""

import threading

import ibis
import pytest

from services.chassis.engines import expressions
from tests.deployments import STATEMENTS


@pytest.fixture
def folder(tmp_path):
    expressions.keep_statements_in(tmp_path)
    yield tmp_path
    expressions.keep_statements_in(STATEMENTS)


@pytest.fixture
def counted(monkeypatch):
    """How often something was compiled."""
    compiled, count = expressions.compiled, []
    monkeypatch.setattr(expressions, "compiled", lambda *arguments: count.append(1) or compiled(*arguments))
    return count


def rows_of(name, *, limit=1):
    return ibis.table({"amount": "int64"}, name=name).limit(limit)


def as_a_new_process(name, **options):
    expressions.statement.cache_clear()
    return expressions.statement("duckdb", rows_of, name, **options)


def test_a_process_that_starts_compiles_nothing_that_was_compiled(folder, counted):
    first = as_a_new_process("balances")
    assert as_a_new_process("balances") == first
    assert len(counted) == 1


def test_other_arguments_have_another_statement(folder, counted):
    assert "fees" in as_a_new_process("fees")
    assert "LIMIT 2" in as_a_new_process("fees", limit=2)
    assert "balances" in as_a_new_process("balances")
    assert len(counted) == 3


def test_other_code_finds_nothing_and_takes_away_statements_alone(folder, counted, monkeypatch):
    (folder / "of-somebody-else").mkdir()
    as_a_new_process("balances")
    monkeypatch.setattr(expressions, "_code_sha256", lambda: "0" * 16)
    as_a_new_process("balances")
    assert len(counted) == 2
    assert sorted(path.name for path in folder.iterdir()) == ["of-somebody-else", "statements-" + "0" * 16]


def test_an_empty_file_counts_as_none(folder, counted):
    first = as_a_new_process("balances")
    (kept,) = folder.glob("*/*.sql")
    kept.write_text("")
    assert as_a_new_process("balances") == first
    assert kept.read_text() == first


def test_where_nothing_can_be_kept_it_is_compiled(tmp_path, folder, counted):
    (tmp_path / "file").write_text("")
    expressions.keep_statements_in(tmp_path / "file")
    assert as_a_new_process("balances") == as_a_new_process("balances")
    assert len(counted) == 2


def test_many_at_once_leave_one_whole_file(folder):
    barrier, found = threading.Barrier(8), []

    def compile_it():
        barrier.wait()
        found.append(expressions.statement.__wrapped__("duckdb", rows_of, "balances"))

    threads = [threading.Thread(target=compile_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (kept,) = folder.glob("*/*")
    assert set(found) == {kept.read_text()}
    assert len(found) == 8
