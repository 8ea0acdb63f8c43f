"""Feeds and quarantine over gRPC: what each post may see and do, and nothing of a row where it should not be."""

import re
from contextlib import ExitStack
from pathlib import Path

import pytest
from workbench.integration.v1 import feed_pb2, quarantine_service_pb2

from services.chassis import keys, runtime
from services.chassis.contract import methods
from services.chassis.kernel.caller import Caller, Grant, Scope
from services.chassis.kernel.errors import InvalidInput, NotAllowed, NotFound, RuleBroken
from services.chassis.rpc.admission import Admission
from services.chassis.rpc.client import Client
from services.chassis.rpc.server import Hosted, Server
from services.chassis.rpc.wire import ASSERTION_AUDIENCE, ASSERTION_KEY, open_channel
from services.integration.__main__ import SERVICE
from services.integration.usecases.feeds import check_definition
from tests.component.integration.test_feed_runs import BALANCES, FILE

RPCS = {**SERVICE.rpcs, **runtime.OPERATIONS}
METHODS = {each.full_name.rpartition("/")[2]: each for name in RPCS for each in methods(name)}
OPERATOR = ("integration.feed.read", "integration.feed.run", "integration.feed.push")
STEWARD = ("integration.quarantine.read", "integration.quarantine.correct", "integration.totals.read")


@pytest.fixture
def call(feeds, tmp_path):
    """Calls a method with the permissions given."""
    ring = keys.KeyRing.load(tmp_path / keys.SIGNING_KEYS_FILE)
    server = Server({"integration": Hosted(RPCS, feeds.database)}, Admission(ring))
    with ExitStack() as stack:
        port = server.start("127.0.0.1:0")
        stack.callback(server.stop, 1.0)
        channel = stack.enter_context(open_channel(f"127.0.0.1:{port}"))

        def called(permissions, method, **fields):
            caller = Caller(
                "01a2144c-98d7-7c37-979b-9ddc1cbfeaef", grants=(Grant(frozenset(permissions), Scope(organisation_paths=("/",))),)
            )
            metadata = {ASSERTION_KEY: ring.sign(caller.to_claims(), ASSERTION_AUDIENCE, 60)}
            return Client(channel, metadata).call(METHODS[method].full_name, METHODS[method].request(**fields))

        feeds.define(BALANCES)
        yield called


def push(call, content, **last):
    file = call(OPERATOR, "CreateFeedFile", feed="core.balances", file_name="bal.txt")
    half = len(content) // 2
    for _ in range(2):
        call(OPERATOR, "UploadFeedFile", file_id=file.file_id, offset=0, content={"data": content[:half]})
    fields = {"offset": half, "last": True, "business_date": "2026-11-24"} | last
    return call(OPERATOR, "UploadFeedFile", file_id=file.file_id, content={"data": content[half:]}, **fields)


def test_a_file_is_pushed_in_parts_and_its_bad_row_is_mended(feeds, call):
    pushed = push(call, FILE)
    assert pushed.size_bytes == len(FILE)
    feeds.work()
    run = call(OPERATOR, "GetFeedRun", run_id=pushed.run.run_id)
    assert (run.state, run.rows_published, run.rows_quarantined) == (feed_pb2.FEED_RUN_STATE_PUBLISHED, 3, 1)
    assert [(f.reason, f.column, f.rows) for f in run.faults] == [("AMOUNT_TOO_FINE", "balance_minor_units", 1)]
    assert {timing.name for timing in run.timings} == {"parse", "check", "quarantine", "reconcile", "publish"}
    (listed,) = call(STEWARD, "ListQuarantinedRows", feed="core.balances").rows
    assert (listed.line, listed.raw) == (4, "")
    row = call(STEWARD, "GetQuarantinedRow", row_id=listed.row_id)
    assert row.raw == "A3|CNY|1.005"
    call(STEWARD, "CorrectQuarantinedRow", row_id=row.row_id, raw="A3|CNY|1.01")
    (replay,) = call(STEWARD, "ReplayQuarantine", feed="core.balances").feed_runs
    feeds.work()
    assert call(OPERATOR, "GetFeedRun", run_id=replay.run_id).rows_published == 4
    assert call(STEWARD, "GetQuarantinedRow", row_id=row.row_id).state == quarantine_service_pb2.QUARANTINED_ROW_STATE_REPLAYED
    (feed,) = call(OPERATOR, "ListFeeds").feeds
    assert (feed.name, feed.latest_business_date, feed.quarantined_rows, feed.latest_run.run_id) == (
        "core.balances", "2026-11-24", 0, replay.run_id,
    )  # fmt: skip
    assert [each.run_id for each in call(OPERATOR, "ListFeedRuns", page_size=1).feed_runs] == [replay.run_id]
    assert '"account_number"' in call(OPERATOR, "GetFeed", feed="core.balances").definition


def test_a_read_of_a_row_is_in_the_audit_trail(feeds, call):
    push(call, FILE)
    feeds.work()
    (row,) = call(STEWARD, "ListQuarantinedRows").rows
    call(STEWARD, "GetQuarantinedRow", row_id=row.row_id)
    with feeds.engine.connect() as connection:
        told = connection.exec_driver_sql("SELECT * FROM audit_records WHERE method = 'GetQuarantinedRow'").all()
        everything = str(connection.exec_driver_sql("SELECT * FROM audit_records").all())
    assert len(told) == 1
    assert "A3" not in everything


@pytest.mark.parametrize(
    ("permissions", "method", "fields"),
    [
        (OPERATOR, "ListQuarantinedRows", {}),
        (OPERATOR, "ListFeedComparisons", {"run_id": "01a2144c-98d7-7c37-979b-9ddc1cbfeaef"}),
        (STEWARD, "ListFeedRuns", {}),
        (STEWARD, "CreateFeedFile", {"feed": "core.balances", "file_name": "f"}),
    ],
)
def test_who_runs_feeds_sees_no_row_and_who_sees_rows_runs_none(call, permissions, method, fields):
    with pytest.raises(NotAllowed):
        call(permissions, method, **fields)


def test_what_cannot_be_is_refused(call):
    with pytest.raises(NotFound):
        call(OPERATOR, "GetFeed", feed="no.feed")
    with pytest.raises(RuleBroken, match="OFFSET_WRONG"):
        push(call, FILE, offset=1_000)
    with pytest.raises(InvalidInput, match="BUSINESS_DATE_UNKNOWN"):
        push(call, FILE, business_date="")
    with pytest.raises(InvalidInput, match="DATE_INVALID"):
        push(call, FILE, business_date="2026-11-31")


def test_a_definition_is_checked_without_being_kept(call):
    assert call(OPERATOR, "CheckFeed", definition=BALANCES).feed.name == "core.balances"
    faults = call(OPERATOR, "CheckFeed", definition=BALANCES.replace('dataset = "balances"', 'dataset = "nonsense"')).faults
    assert any("nonsense" in fault for fault in faults)
    assert call(OPERATOR, "CheckFeed", definition="[[[").faults


def test_the_feed_in_the_readme_is_one():
    text = (Path(__file__).parents[3] / "services/integration/README.md").read_text(encoding="utf-8")
    assert check_definition(re.search(r"```toml\n(.*?)```", text, re.DOTALL)[1])[1] == []
