"""Files become datasets: good rows published, bad ones in quarantine, nothing twice."""

from services.integration.model.feed_run import RunState

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
