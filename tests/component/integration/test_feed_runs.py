"""Files become datasets: good rows published, bad ones in quarantine, nothing twice."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.chassis.kernel.errors import InvalidInput, NotFound
from services.integration.model.feed_definition import parse
from services.integration.model.feed_run import RowState, RunState
from services.integration.usecases import definitions, landing, running

BALANCES = """
[feed]
name = "core.balances"
title = "Closing balances"
dataset = "balances"
source_system = "core"
[format]
kind = "delimited"
delimiter = "|"
[date]
source = "run"
[columns]
account_number = { from = "ACCT" }
currency_code = { from = "CCY" }
balance_minor_units = { from = "BAL" }
[checks]
bad_rows_share_max = 0.5
"""
FILE = b"ACCT|CCY|BAL\nA1|CNY|12.34\nA2|JPY|500\nA3|CNY|1.005\nA4|CNY|7\n"


def test_good_rows_are_published_and_bad_ones_kept_apart(feeds_on_both):
    feeds = feeds_on_both
    feeds.define(BALANCES)
    run = feeds.run("core.balances", FILE)
    assert (RunState(run.state), run.message) == (RunState.PUBLISHED, "")
    assert (run.rows_read, run.rows_published, run.rows_quarantined) == (4, 3, 1)
    assert feeds.rows("core.balances", "account_number, currency_code, balance_minor_units") == [
        ("A1", "CNY", 1234),
        ("A2", "JPY", 500),
        ("A4", "CNY", 700),
    ]
    (row,) = feeds.quarantined()
    assert (row.line, row.reason, row.column, row.raw) == (4, "AMOUNT_TOO_FINE", "balance_minor_units", "A3|CNY|1.005")
    assert run.faults == [{"reason": "AMOUNT_TOO_FINE", "column": "balance_minor_units", "rows": 1}]
    (dataset,) = feeds.datasets("core.balances")
    assert dataset.totals == {"balance_minor_units": {"CNY": "1934", "JPY": "500"}}


def test_a_file_that_came_before_changes_nothing_and_says_so(feeds_on_both):
    feeds = feeds_on_both
    feeds.define(BALANCES)
    first = feeds.run("core.balances", FILE)
    second = feeds.run("core.balances", FILE, file_name="under another name")
    assert (RunState(second.state), second.reason, second.former_run_id) == (RunState.UNCHANGED, "FILE_SEEN", first.run_id)
    assert len(feeds.datasets("core.balances")) == 1
    assert len(feeds.quarantined()) == 1
    # The same bytes are another day's file too: what does not change is delivered every day.
    assert RunState(feeds.run("core.balances", FILE, day=date(2026, 11, 25)).state) is RunState.PUBLISHED


def test_a_corrected_file_is_a_new_revision_and_closes_what_waited(feeds):
    feeds.define(BALANCES)
    feeds.run("core.balances", FILE)
    second = feeds.run("core.balances", FILE.replace(b"1.005", b"1.01"))
    assert (RunState(second.state), second.rows_published) == (RunState.PUBLISHED, 4)
    former, current = feeds.datasets("core.balances")
    assert (former.current, current.current, current.revision > former.revision) == (False, True, True)
    assert [RowState(row.state) for row in feeds.quarantined()] == [RowState.SUPERSEDED]


def test_another_file_that_says_the_same_is_no_revision(feeds):
    feeds.define(BALANCES)
    feeds.run("core.balances", FILE)
    run = feeds.run("core.balances", FILE.replace(b"\n", b"\r\n").replace(b"A4|CNY|7", b"A4|CNY|7.00"))
    assert (RunState(run.state), [p["revision"] for p in run.published]) == (RunState.UNCHANGED, [0])
    assert len(feeds.datasets("core.balances")) == 1


def test_a_refused_file_is_taken_once_the_feed_is_mended(feeds):
    feeds.define(BALANCES.replace("0.5", "0.1"))
    refused = feeds.run("core.balances", FILE)
    assert refused.reason == "BAD_ROWS_TOO_MANY"
    definition = feeds.define(BALANCES)
    with feeds.database.transaction() as work:
        file = landing.find_file(work, refused.file_id)
        again = running.rerun(work, refused.run_id, definition, file).run_id
    feeds.work()
    run = feeds.found(again)
    assert (RunState(run.state), run.rows_published) == (RunState.PUBLISHED, 3)
    assert run.definition_sha256 != refused.definition_sha256
    assert [RowState(row.state) for row in feeds.quarantined(run_id=refused.run_id)] == [RowState.SUPERSEDED]


def test_a_check_publishes_nothing(feeds):
    feeds.define(BALANCES)
    run = feeds.run("core.balances", FILE, check=True)
    assert (RunState(run.state), run.rows_read, run.rows_quarantined, run.rows_published) == (RunState.CHECKED, 4, 1, 0)
    assert (feeds.datasets("core.balances"), feeds.quarantined()) == ([], [])
    assert RunState(feeds.run("core.balances", FILE).state) is RunState.PUBLISHED


def test_runs_of_a_feed_follow_one_another(feeds):
    feeds.define(BALANCES)
    ids = [feeds.ask("core.balances", FILE + b"A%d|CNY|1\n" % number) for number in range(9, 12)]
    assert [bool(feeds.found(run_id).operation_id) for run_id in ids] == [True, False, False]
    feeds.work()
    assert [RunState(feeds.found(run_id).state) for run_id in ids] == [RunState.PUBLISHED] * 3
    assert [d.current for d in feeds.datasets("core.balances")] == [False, False, True]


@pytest.mark.parametrize(
    ("pattern", "file_name", "day", "expected"),
    [
        ("bal_{date:%Y%m%d}.txt", "bal_20261124.txt", None, date(2026, 11, 24)),
        ("bal_*_{date:%Y%m%d}.t?t", "bal_x_20261124.txt", date(2026, 11, 24), date(2026, 11, 24)),
        ("bal_{date:%Y%m%d}.txt", "other.txt", date(2026, 11, 24), date(2026, 11, 24)),
        ("bal_{date:%Y%m%d}.txt", "bal_20261124.txt", date(2026, 11, 25), None),
        ("bal_{date:%Y%m%d}.txt", "bal_20261131.txt", None, None),
        ("bal_{date:%Y%m%d}.txt", "other.txt", None, None),
    ],
)
def test_the_date_of_a_file(pattern, file_name, day, expected):
    definition = parse(BALANCES.replace('source = "run"', 'source = "file_name"') + f'[source]\nfile = "{pattern}"')
    if expected is None:
        with pytest.raises(InvalidInput, match="BUSINESS_DATE_UNKNOWN"):
            running.date_of(definition, file_name, day)
    else:
        assert running.date_of(definition, file_name, day) == expected


def test_what_is_no_feed_is_told_with_all_its_faults(feeds):
    (feeds.folder / "broken.toml").write_text(BALANCES.replace("balance_minor_units", "nonsense"), encoding="utf-8")
    (feeds.folder / "twice.toml").write_text(BALANCES, encoding="utf-8")
    (feeds.folder / "twice2.toml").write_text(BALANCES, encoding="utf-8")
    found = definitions.definitions(feeds.database.settings)
    assert set(found.feeds) == {"core.balances"}
    assert set(found.faults) == {"broken.toml", "twice2.toml"}
    assert "nonsense" in found.faults["broken.toml"]
    assert "balance_minor_units is required" in found.faults["broken.toml"]


def test_files_are_kept_so_long_and_their_hashes_for_ever(feeds):
    feeds.define(BALANCES)
    run = feeds.run("core.balances", FILE)
    feeds.database.clock = lambda: datetime.now(UTC) + timedelta(days=40)
    with feeds.database.transaction() as work:
        landing.forget_files(work)
    with feeds.database.transaction() as work, pytest.raises(NotFound):
        landing.find_file(work, run.file_id)
    assert not list(feeds.lake.root.glob(".landed/*/*"))
    assert RunState(feeds.run("core.balances", FILE).state) is RunState.UNCHANGED
