"""Row scope: which rows a caller sees, by the filter and, on PostgreSQL, by the database itself."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, update

from services.chassis.db.scope import in_scope
from services.chassis.kernel.caller import Caller, Scope
from tests.contract.db.conftest import Note, Reaching

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
SCOPES = st.builds(
    Scope,
    st.booleans(),
    st.lists(st.sampled_from(PATHS), max_size=3, unique=True).map(tuple),
    st.sampled_from([(), ("you",), ("you", "nobody")]),
    st.sampled_from([(), ("c2",), ("c4", "c9", "")]),
)


@pytest.fixture
def filled(database):
    with database.transaction() as work:
        work.session.add_all(
            Note(note_id=i, lead_person_id=person, organisation_path=path, customer_id=f"c{i}") for i, person, path in ROWS
        )
    return database


@given(SCOPES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_filter_lets_through_what_the_scope_covers(filled, scope):
    with filled.transaction(ME, scope=scope, read_only=True) as work:
        seen = set(work.session.scalars(in_scope(select(Note.note_id), Note, scope, ME)))
    further = scope if scope.own else scope.by_post
    assert seen == {i for i, person, path in ROWS if further.covers(path, person, "me", f"c{i}")}


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


@pytest.fixture
def today(filled):
    with filled.transaction(read_only=True) as work:
        return work.business_date


def reach(database, **fields):
    """Lets me reach further, as a service's own tables would say it."""
    with database.transaction() as work:
        work.session.add(
            Reaching(reach_id=1 + work.session.scalar(select(func.count()).select_from(Reaching)), person_id="me", **fields)
        )


def seen_by_me(database, scope, *, filtered=True):
    with database.transaction(ME, scope=scope, read_only=True) as work:
        notes = select(Note.note_id)
        return set(work.session.scalars(in_scope(notes, Note, work.scope, ME) if filtered else notes))


def test_who_supports_a_customer_or_stands_in_for_somebody_reaches_his_rows_on_those_days(filled, today):
    day = timedelta(days=1)
    assert seen_by_me(filled, Scope(own=True)) == {"1", "3"}
    reach(filled, customer_id="c2", start_date=today)
    assert seen_by_me(filled, Scope(own=True)) == {"1", "3", "2"}
    reach(filled, customer_id="c4", start_date=today - day, end_date=today - day)
    reach(filled, customer_id="c5", start_date=today + day)
    reach(filled, lead_person_id="you", start_date=today + day, end_date=today + day)
    assert seen_by_me(filled, Scope(own=True)) == {"1", "3", "2"}
    reach(filled, lead_person_id="you", start_date=today, end_date=today)
    assert seen_by_me(filled, Scope(own=True)) == {i for i, _, _ in ROWS}
    # It widens what a post gives over one's own customers, and no other post.
    assert seen_by_me(filled, Scope(organisation_paths=("/HO/WEST/",))) == {"3"}
    assert seen_by_me(filled, Scope()) == set()


def test_who_supports_a_customer_may_change_his_rows(filled, today):
    reach(filled, customer_id="c2", start_date=today)
    with filled.transaction(ME, scope=Scope(own=True)) as work:
        work.session.execute(in_scope(update(Note), Note, work.scope, ME).values(text="seen"))
    with filled.transaction(read_only=True) as work:
        assert set(work.session.scalars(select(Note.note_id).where(Note.text == "seen"))) == {"1", "3", "2"}


def test_postgresql_lets_supporters_through_by_itself(filled, today):
    if filled.engine.dialect.name == "sqlite":
        return  # SQLite has no second wall.
    reach(filled, customer_id="c2", start_date=today)
    reach(filled, customer_id="c4", start_date=today + timedelta(days=1))
    assert seen_by_me(filled, Scope(own=True), filtered=False) == {"1", "3", "2"}
    reach(filled, lead_person_id="you", start_date=today)
    assert seen_by_me(filled, Scope(own=True), filtered=False) == {i for i, _, _ in ROWS}
    assert seen_by_me(filled, Scope(organisation_paths=("/HO/WEST/",)), filtered=False) == {"3"}


def test_thousands_of_customers_reached_are_one_parameter(filled, today):
    with filled.transaction() as work:
        rows = [{"reach_id": n, "person_id": "me", "customer_id": f"x{n}", "start_date": today} for n in range(35_000)]
        work.session.execute(insert(Reaching), rows)
    reach(filled, customer_id="c2", start_date=today)
    assert seen_by_me(filled, Scope(own=True)) == {"1", "3", "2"}


def test_a_row_goes_to_several_units_in_one_act(filled):
    east = Scope(organisation_paths=("/HO/EAST/",))
    with filled.transaction(ME, scope=east) as work:
        work.reach("/HO/WEST/", "/HO/SOUTH/")
        for note_id, path in (("1", "/HO/WEST/"), ("2", "/HO/SOUTH/")):
            work.session.execute(update(Note).where(Note.note_id == note_id).values(organisation_path=path))
    assert seen_by_me(filled, east) == {"6"}
