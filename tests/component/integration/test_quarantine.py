"""Bad rows are mended and taken after all; what is still bad stays, with its new reason; nothing is taken twice."""

import pytest

from services.chassis.kernel.errors import InvalidInput, RuleBroken
from services.integration.model.feed_run import RowState, RunState
from services.integration.usecases import quarantine
from tests.component.integration.feeds import DAY
from tests.component.integration.test_feed_checks import TRANSACTIONS
from tests.component.integration.test_feed_runs import BALANCES, FILE

BAD = FILE + b"A5|CNY|x\nA6|CNY|y\n"


def mend(feeds, corrections, feed="core.balances"):
    """Corrects rows by their lines, replays, and answers the runs."""
    with feeds.database.transaction() as work:
        for row in feeds.quarantined(state=RowState.OPEN.value):
            if row.line in corrections:
                quarantine.correct(work, row.row_id, corrections[row.line])
    with feeds.database.transaction() as work:
        runs = [run.run_id for run in quarantine.replay(work, feed)]
    feeds.work()
    return [feeds.found(run_id) for run_id in runs]


def states(feeds):
    return {row.line: (RowState(row.state).name, row.reason) for row in feeds.quarantined()}


def test_corrected_rows_join_their_dates_dataset(feeds_on_both):
    feeds = feeds_on_both
    feeds.define(BALANCES)
    feeds.run("core.balances", BAD)
    (run,) = mend(feeds, {4: "A3|CNY|1.00", 6: "A5|CNY|still bad", 7: "A1|CNY|9"})
    assert (RunState(run.state), run.rows_read, run.rows_quarantined) == (RunState.PUBLISHED, 3, 2)
    assert run.published == [{"business_date": str(DAY), "revision": run.published[0]["revision"], "rows": 4}]
    assert states(feeds) == {4: ("REPLAYED", "AMOUNT_TOO_FINE"), 6: ("OPEN", "AMOUNT_INVALID"), 7: ("OPEN", "KEY_TAKEN")}
    assert feeds.rows("core.balances", "account_number, balance_minor_units") == [
        ("A1", 1234), ("A2", 500), ("A3", 100), ("A4", 700),
    ]  # fmt: skip
    assert feeds.datasets("core.balances")[-1].totals == {"balance_minor_units": {"CNY": "2034", "JPY": "500"}}
    with feeds.database.transaction() as work, pytest.raises(RuleBroken, match="NOTHING_CORRECTED"):
        quarantine.replay(work, "core.balances")
    (run,) = mend(feeds, {6: "A5|CNY|5", 7: "A7|CNY|7"})
    assert run.published[0]["rows"] == 6
    assert {state for state, _ in states(feeds).values()} == {"REPLAYED"}


def test_rows_of_many_dates_go_each_to_its_own(feeds):
    feeds.define(TRANSACTIONS.replace("0.5", "1.0"))
    feeds.run("core.transactions", b"n,day,amount,dc\n1,930101,10,C\n2,930102,2O,D\n3,93013,30,C\n", day=None)
    (run,) = mend(feeds, {3: "2,930102,20,D", 4: "3,930101,30,C"}, "core.transactions")
    assert [(p["business_date"], p["rows"]) for p in run.published] == [("1993-01-01", 2), ("1993-01-02", 1)]
    assert feeds.rows("core.transactions", "transaction_number, amount_minor_units") == [("1", 1000), ("2", -2000), ("3", 3000)]


def test_a_row_whose_quotes_were_broken_is_mended_with_line_ends_in_it(feeds):
    feeds.define(BALANCES.replace('delimiter = "|"', 'delimiter = "|"\nquote = \'"\'').replace("0.5", "1.0"))
    feeds.run("core.balances", b'ACCT|CCY|BAL\n"A1|CNY|1\nA2|CNY|2\nA3|CNY|x\n')
    mend(feeds, {2: '"A\n1"|CNY|1', 4: "A3|CNY|bad"})
    assert feeds.rows("core.balances", "account_number") == [("A\n1",), ("A2",)]
    assert states(feeds) == {2: ("REPLAYED", "QUOTES_UNMATCHED"), 4: ("OPEN", "AMOUNT_INVALID")}


@pytest.mark.parametrize("raw", ["", " ", "A1|CNY|1\nA2|CNY|2", "A1|CNY|1\r", "A1\0|CNY|1"])
def test_a_correction_is_one_row(feeds, raw):
    feeds.define(BALANCES)
    feeds.run("core.balances", FILE)
    (row,) = feeds.quarantined()
    with feeds.database.transaction() as work, pytest.raises(InvalidInput, match="ROW_INVALID"):
        quarantine.correct(work, row.row_id, raw)


def test_rows_that_wait_no_longer_are_not_mended(feeds):
    feeds.define(BALANCES)
    feeds.run("core.balances", BAD)
    first, second, _ = feeds.quarantined()
    with feeds.database.transaction() as work:
        quarantine.discard(work, first.row_id)
        quarantine.correct(work, second.row_id, "A5|CNY|5")
        quarantine.replay(work, "core.balances")
    with feeds.database.transaction() as work:
        with pytest.raises(RuleBroken, match="ROW_STATE_WRONG"):
            quarantine.correct(work, first.row_id, "A3|CNY|1")
        with pytest.raises(RuleBroken, match="ROW_IN_REPLAY"):
            quarantine.discard(work, second.row_id)
    feeds.work()
    assert [RowState(row.state).name for row in feeds.quarantined()] == ["DISCARDED", "REPLAYED", "OPEN"]


def test_a_row_of_a_file_that_was_refused_waits_for_the_file(feeds):
    feeds.define(BALANCES.replace("0.5", "0.1"))
    feeds.run("core.balances", FILE)
    (row,) = feeds.quarantined()
    with feeds.database.transaction() as work, pytest.raises(RuleBroken, match="RUN_NOT_PUBLISHED"):
        quarantine.correct(work, row.row_id, "A3|CNY|1")


def test_what_a_row_says_is_encrypted(feeds):
    feeds.define(BALANCES)
    feeds.run("core.balances", FILE)
    with feeds.engine.connect() as connection:
        (raw,) = connection.exec_driver_sql("SELECT raw FROM quarantined_rows").one()
    assert "A3" not in raw
