"""Lines of shares: one way in, and the database itself lets no object be given away twice."""

from datetime import date

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from workbench.performance.v1 import share_events_pb2

from services.chassis.kernel.errors import WorkbenchError
from services.performance.model import ShareLine
from services.performance.rules.shares import ObjectKind, Part, SharedObject, ShareState
from services.performance.usecases.shares.holding import lines_on
from services.performance.usecases.shares.lines import end_lines, put_lines
from tests.component.town import run_together

JANUARY, JUNE, JULY = date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1)


@pytest.fixture
def account(town):
    customer_id = town.customer(town.rm1_east)
    return SharedObject(ObjectKind.ACCOUNT, f"core/{town.root.strip('/')}", customer_id)


def put(town, thing, parts, source="claims/1", **fields):
    with town.service.database.transaction() as work:
        return [line.share_line_id for line in put_lines(work, thing, parts, source, **fields)]


def owners(town, thing, day):
    with town.service.database.transaction(read_only=True) as work:
        return {(line.person_id, line.basis_points) for line in lines_on(work, thing, day)}


def changes(town, thing):
    return [(e.start_date, e.end_date, e.source) for e in town.recorded(share_events_pb2.SharesChanged, object_key=thing.key)]


def test_an_accounts_lines_stand_in_place_of_its_customers(town, account):
    one, other = town.rm1_east.person_id, town.rm2_east.person_id
    put(town, SharedObject.customer(account.customer_id), [Part(one, 10_000, JANUARY)])
    assert owners(town, account, JULY) == {(one, 10_000)}
    put(town, account, [Part(other, 4_000, JULY)])
    assert owners(town, account, JUNE) == {(one, 10_000)}
    assert owners(town, account, JULY) == {(other, 4_000)}


def test_a_source_has_what_it_puts_and_nothing_else(town, account):
    one, other = town.rm1_east.person_id, town.rm2_east.person_id
    first = put(town, account, [Part(one, 6_000, JANUARY), Part(other, 4_000, JANUARY)])
    # The same again changes nothing.
    assert put(town, account, [Part(one, 6_000, JANUARY), Part(other, 4_000, JANUARY)]) == first
    assert changes(town, account) == [("2026-01-01", "", "claims/1")]
    # From July on by other parts: the lines of before end, and only the days since then changed.
    second = put(town, account, [Part(one, 6_000, JANUARY, JUNE), Part(other, 4_000, JANUARY, JUNE), Part(other, 10_000, JULY)])
    assert second[:2] == first
    assert changes(town, account)[1:] == [("2026-07-01", "", "claims/1")]
    assert owners(town, account, JUNE) == {(one, 6_000), (other, 4_000)}
    assert owners(town, account, JULY) == {(other, 10_000)}
    put(town, account, [])
    assert owners(town, account, JUNE) == set()
    assert changes(town, account)[2:] == [("2026-01-01", "", "claims/1")]


def test_what_is_pending_keeps_others_out_and_counts_for_nobody(town, account):
    one, other = town.rm1_east.person_id, town.rm2_east.person_id
    put(town, account, [Part(one, 7_000, JANUARY)], state=ShareState.PENDING)
    assert owners(town, account, JULY) == set()
    assert changes(town, account) == []
    with pytest.raises(WorkbenchError) as refused:
        put(town, account, [Part(other, 3_001, JULY)], "claims/2")
    assert refused.value.reason == "SHARES_EXCEEDED"
    assert refused.value.metadata == {"date": "2026-07-01", "basisPointsAsked": "3001", "basisPointsFree": "3000"}
    put(town, account, [Part(other, 3_000, JULY)], "claims/2")
    put(town, account, [Part(one, 7_000, JANUARY)])
    assert owners(town, account, JULY) == {(one, 7_000), (other, 3_000)}


def test_bands_of_one_amount_stand_beside_each_other(town, account):
    one, other = town.rm1_east.person_id, town.rm2_east.person_id
    put(town, account, [Part(one, 10_000, JANUARY, None, 0, 1_000), Part(other, 10_000, JANUARY, None, 1_000)])
    with pytest.raises(WorkbenchError) as refused:
        put(town, account, [Part(one, 1, JANUARY, JUNE, 500, 2_000)], "claims/2")
    assert refused.value.reason == "SHARES_EXCEEDED"
    assert refused.value.metadata["fromMinorUnits"] == "500"


def test_lines_end_from_a_day_on(town, account):
    one, other = town.rm1_east.person_id, town.rm2_east.person_id
    put(town, account, [Part(one, 6_000, JANUARY), Part(other, 1_000, JANUARY, JUNE), Part(other, 2_000, JULY)])
    with town.service.database.transaction() as work:
        given = end_lines(work, account, JULY, "objections/1", which=lambda _line: True)
        put_lines(work, account, [Part(other, 10_000, JULY)], "objections/1")
    assert given == [Part(one, 6_000, JULY), Part(other, 2_000, JULY)]
    assert owners(town, account, JUNE) == {(one, 6_000), (other, 1_000)}
    assert owners(town, account, JULY) == {(other, 10_000)}
    assert [span for span in changes(town, account) if span[2] == "objections/1"] == [("2026-07-01", "", "objections/1")] * 2


def row(town, account, basis_points, **fields):
    database, person = town.service.database, town.rm1_east
    now, line_id = database.clock(), database.new_id()
    return {
        "share_line_id": line_id, "object_kind": int(account.kind), "object_key": account.key, "customer_id": account.customer_id,
        "person_id": person.person_id, "organisation_path": person.organisation_path, "start_date": JANUARY, "end_date": None,
        "from_minor_units": 0, "to_minor_units": None, "basis_points": basis_points, "state": 2, "source": "by hand",
        "create_time": now, "update_time": now,
    } | fields  # fmt: skip


@pytest.mark.parametrize(
    ("second", "fits"),
    [
        ({"basis_points": 4_000}, True),
        ({"basis_points": 4_001}, False),
        ({"basis_points": 4_001, "state": 1}, False),
        ({"basis_points": 10_000, "state": 3}, True),
        ({"basis_points": 10_000, "start_date": date(2025, 1, 1), "end_date": date(2025, 12, 31)}, True),
        ({"basis_points": 4_001, "start_date": date(2025, 1, 1), "end_date": JANUARY}, False),
        ({"basis_points": 10_000, "from_minor_units": 1_000}, True),
        ({"basis_points": 4_001, "from_minor_units": 999, "to_minor_units": 1_000}, False),
    ],
)
def test_the_database_itself_refuses_what_exceeds(town, account, second, fits):
    """Past every use case: by plain statements, also by somebody in whose scope the other line is not."""
    with town.service.database.transaction() as work:
        work.session.execute(insert(ShareLine), [row(town, account, 6_000, to_minor_units=1_000)])
    added = row(town, account, **second)
    outsider = town.rm1_west.caller
    try:
        with town.service.database.transaction(outsider, scope=outsider.grants[0].scope) as work:
            work.session.execute(insert(ShareLine), [added])
    except IntegrityError:
        assert not fits
    else:
        assert fits


def test_a_change_of_a_line_is_looked_at_too(town, account):
    lines = [row(town, account, 6_000), row(town, account, 4_000), row(town, account, 4_000, state=3)]
    database = town.service.database
    with database.transaction() as work:
        work.session.execute(insert(ShareLine), lines)
    for line, change in [
        (1, {"basis_points": 4_001}),
        (2, {"state": 1}),
        (2, {"state": 2}),
    ]:
        with pytest.raises(IntegrityError), database.transaction() as work:
            statement = update(ShareLine).where(ShareLine.share_line_id == lines[line]["share_line_id"]).values(change)
            work.session.execute(statement.execution_options(synchronize_session=False))


def test_of_two_at_once_one_comes_through(town, account):
    """By real threads, past the use case's own lock."""
    outcomes = []

    def add(basis_points):
        try:
            with town.service.database.transaction() as work:
                work.session.execute(insert(ShareLine), [row(town, account, basis_points)])
        except IntegrityError:
            outcomes.append("refused")
        else:
            outcomes.append("added")

    run_together(add, [6_000, 6_000, 6_000, 6_000])
    assert sorted(outcomes) == ["added", "refused", "refused", "refused"]


def test_of_two_sources_at_once_one_comes_through(town, account):
    reasons = []

    def claim(source):
        try:
            put(town, account, [Part(town.rm1_east.person_id, 6_000, JANUARY)], source)
        except WorkbenchError as refusal:
            reasons.append(refusal.reason)

    run_together(claim, [f"claims/{number}" for number in range(4)])
    assert reasons == ["SHARES_EXCEEDED"] * 3
    with town.service.database.transaction() as work:
        assert len(work.session.scalars(select(ShareLine).filter_by(object_key=account.key)).all()) == 1


def test_who_is_not_of_the_bank_gets_nothing(town, account):
    with pytest.raises(WorkbenchError) as refused:
        put(town, account, [Part("nobody", 1, JANUARY)])
    assert refused.value.reason == "PERSON_NOT_FOUND"
