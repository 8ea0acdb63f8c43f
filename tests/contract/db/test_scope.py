"""Row scope: which rows a caller sees, by the filter and, on PostgreSQL, by the database itself."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.chassis.db.scope import in_scope
from services.chassis.kernel.caller import Caller, Scope
from tests.contract.db.conftest import Note

ME = Caller("me")
ROWS = [
    ("1", "me", "/HO/EAST/E01/"),
    ("2", "you", "/HO/EAST/E01/"),
    ("3", "me", "/HO/WEST/"),
    ("4", "you", "/HO/EASTERN/"),
    ("5", "you", "/HO/"),
    ("6", "you", "/HO/EAST/"),
]
PATHS = ["/", "/HO/", "/HO/EAST/", "/HO/EAST/E01/", "/HO/WEST/", "/NOWHERE/"]
SCOPES = st.builds(Scope, st.booleans(), st.lists(st.sampled_from(PATHS), max_size=3, unique=True).map(tuple))


@pytest.fixture
def filled(database):
    with database.transaction() as work:
        work.session.add_all(Note(note_id=i, lead_person_id=person, organisation_path=path) for i, person, path in ROWS)
    return database


@given(SCOPES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_filter_lets_through_what_the_scope_covers(filled, scope):
    with filled.transaction(ME, scope=scope, read_only=True) as work:
        seen = set(work.session.scalars(in_scope(select(Note.note_id), Note, scope, ME)))
    assert seen == {i for i, person, path in ROWS if scope.covers(path, person, "me")}


def test_postgresql_holds_the_scope_even_where_the_filter_was_forgotten(filled):
    if filled.engine.dialect.name == "sqlite":
        return  # SQLite has no such second wall; the filter is the only one.
    for scope, expected in [
        (Scope(own=True), {"1", "3"}),
        (Scope(organisation_paths=("/HO/EAST/",)), {"1", "2", "6"}),
        (Scope(), set()),
    ]:
        with filled.transaction(ME, scope=scope, read_only=True) as work:
            assert set(work.session.scalars(select(Note.note_id))) == expected


def test_a_subtree_is_found_by_an_index_range(filled):
    statement = in_scope(select(Note.note_id), Note, Scope(organisation_paths=("/HO/EAST/",)), ME)
    assert "LIKE" not in str(statement)
