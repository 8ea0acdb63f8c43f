"""What must hold of a file: keys, references, ranges, controls, counts, the ledger; and what becomes of it where it does not."""

from datetime import date, timedelta

import pytest

from services.integration.model.feed_run import RunState
from tests.component.integration.feeds import DAY

BALANCES = """
[feed]
name = "core.balances"
title = "Closing balances"
dataset = "balances"
source_system = "core"
[format]
kind = "delimited"
delimiter = "|"
header = false
columns = ["ACCT", "CCY", "BAL", "PROD", "UNIT"]
{format}
[date]
source = "run"
[columns]
account_number = {{ from = "ACCT" }}
currency_code = {{ from = "CCY" }}
balance_minor_units = {{ from = "BAL" }}
product_code = {{ from = "PROD" }}
unit_number = {{ from = "UNIT" }}
[checks]
bad_rows_share_max = 0.6
{checks}
"""
ACCOUNTS = """
[feed]
name = "core.accounts"
title = "Accounts"
dataset = "accounts"
source_system = "core"
[format]
kind = "delimited"
[date]
source = "run"
[columns]
account_number = { from = "a" }
customer_number = { value = "C1" }
kind = { value = "DEMAND_DEPOSIT" }
currency_code = { value = "CNY" }
unit_number = { value = "U1" }
open_date = { value = "2020-01-01" }
state = { value = "ACTIVE" }
"""
LEDGER = """
[feed]
name = "ledger.balances"
title = "Ledger"
dataset = "gl_balances"
source_system = "ledger"
[format]
kind = "delimited"
header = false
columns = ["u", "s", "d", "c"]
[date]
source = "run"
[columns]
unit_number = { from = "u" }
subject_code = { from = "s" }
currency_code = { value = "CNY" }
debit_minor_units = { from = "d" }
credit_minor_units = { from = "c" }
"""


def balances(format_="", checks=""):
    return BALANCES.format(format=format_, checks=checks)


def outcomes(run):
    return {check["check"]: check["outcome"] for check in run.checks}


def test_of_equal_rows_one_stays_and_of_unlike_ones_of_one_key_none(feeds):
    feeds.define(balances())
    run = feeds.run("core.balances", b"A|CNY|1|P|U\nB|CNY|2|P|U\nA|CNY|1|P|U\nB|CNY|3|P|U\nB|USD|3|P|U\nA|CNY|1|P|U\n")
    assert feeds.rows("core.balances", "account_number, currency_code, balance_minor_units") == [
        ("A", "CNY", 100),
        ("B", "USD", 300),
    ]
    assert [(row.line, row.reason) for row in feeds.quarantined()] == [(2, "KEY_REPEATED"), (4, "KEY_REPEATED")]
    assert (run.rows_read, run.rows_published, run.rows_quarantined) == (6, 2, 2)
    assert (outcomes(run)["keys"], outcomes(run)["repeated_rows"]) == ("WARNED", "WARNED")


@pytest.mark.parametrize(
    ("wanted", "published", "outcome"), [("quarantine", 1, "WARNED"), ("warn", 2, "WARNED"), ("ignore", 2, None)]
)
def test_a_row_that_refers_to_nothing(feeds, wanted, published, outcome):
    feeds.define(ACCOUNTS)
    feeds.define(balances(checks=f'references = "{wanted}"'))
    feeds.run("core.accounts", b"a\nA\n")
    run = feeds.run("core.balances", b"A|CNY|1|P|U\nB|CNY|2|P|U\n")
    assert run.rows_published == published
    assert outcomes(run).get("reference account_number") == outcome
    if wanted != "ignore":
        assert outcomes(run)["reference unit_number"] == "SKIPPED"
    assert [(row.reason, row.column, row.raw) for row in feeds.quarantined()] == (
        [("REFERENCE_MISSING", "account_number", "B|CNY|2|P|U")] if wanted == "quarantine" else []
    )


def test_a_value_out_of_its_range(feeds):
    feeds.define(balances(checks='ranges = [{ column = "balance_minor_units", least = "0", greatest = "99999" }]'))
    feeds.run("core.balances", b"A|CNY|0|P|U\nB|CNY|-0.01|P|U\nC|CNY|1000|P|U\nD|CNY|999.99|P|U\nE|CNY|1|P|U\n")
    assert [(row.line, row.reason) for row in feeds.quarantined()] == [(2, "OUT_OF_RANGE"), (3, "OUT_OF_RANGE")]


CONTROL = "trailer_lines = 1"
PATTERN = """
[controls]
source = "trailer"
pattern = '^T\\|(?P<rows>[^|]*)\\|(?P<balance_minor_units>[^|]*)$'
"""


@pytest.mark.parametrize(
    ("trailer", "state", "found"),
    [
        (b"T|2|3.50", RunState.PUBLISHED, {"control_rows": "PASSED", "control_sum balance_minor_units": "PASSED"}),
        (b"T|3|3.50", RunState.REFUSED, {"control_rows": "FAILED", "control_sum balance_minor_units": "PASSED"}),
        (b"T|2|3.51", RunState.REFUSED, {"control_rows": "PASSED", "control_sum balance_minor_units": "FAILED"}),
        (b"T|two|3.50", RunState.REFUSED, {"control_rows": "FAILED", "control_sum balance_minor_units": "PASSED"}),
        (b"END", RunState.REFUSED, {"controls": "FAILED"}),
    ],
)
def test_what_the_sender_says_of_the_file(feeds, trailer, state, found):
    feeds.define(balances(CONTROL) + PATTERN)
    run = feeds.run("core.balances", b"A|CNY|1.25|P|U\nB|CNY|2.25|P|U\n" + trailer + b"\n")
    assert RunState(run.state) is state
    assert {name: outcome for name, outcome in outcomes(run).items() if name.startswith("control")} == found
    assert all("3.5" not in check["told"] for check in run.checks), "A check tells an amount."
    assert run.rows_read == 2


def test_a_sum_that_differs_by_the_bad_rows_refuses_nothing(feeds):
    feeds.define(balances(CONTROL) + PATTERN)
    run = feeds.run("core.balances", b"A|CNY|1.25|P|U\nB|CNY|2,25|P|U\nT|2|3.50\n")
    assert RunState(run.state) is RunState.PUBLISHED
    assert outcomes(run)["control_sum balance_minor_units"] == "WARNED"
    (comparison,) = run.comparisons
    assert (comparison["stated"], comparison["found"]) == ("350", "125")


def test_the_sender_says_it_in_a_file_of_its_own(feeds):
    feeds.define(balances() + PATTERN.replace('"trailer"', '"file"'))
    assert RunState(feeds.run("core.balances", b"A|CNY|1|P|U\n", control_text="T|1|1.00").state) is RunState.PUBLISHED
    assert feeds.run("core.balances", b"B|CNY|1|P|U\n").reason == "CHECKS_FAILED"


def test_counts_against_the_date_before(feeds):
    feeds.define(balances(checks="rows_change_share_max = 0.5"))
    rows = [b"%d|CNY|1|P|U\n" % number for number in range(10)]
    assert outcomes(feeds.run("core.balances", b"".join(rows)))["row_change"] == "SKIPPED"
    following = DAY + timedelta(days=1)
    refused = feeds.run("core.balances", b"".join(rows[:4]), day=following)
    assert (RunState(refused.state), refused.reason) == (RunState.REFUSED, "CHECKS_FAILED")
    assert RunState(feeds.run("core.balances", b"".join(rows[:5]), day=following).state) is RunState.PUBLISHED


def test_more_bad_rows_than_the_feed_allows_refuse_the_file_and_are_shown(feeds):
    feeds.define(balances())
    run = feeds.run("core.balances", b"A|CNY|1|P|U\nB|CNY|x|P|U\nC|CNY|y|P|U\nD|CNY|z|P|U\n")
    assert (RunState(run.state), run.reason, run.rows_published) == (RunState.REFUSED, "BAD_ROWS_TOO_MANY", 0)
    assert len(feeds.quarantined()) == 3
    assert feeds.datasets("core.balances") == []


RECONCILED = """
[[reconciliation]]
ledger = "ledger.balances"
subjects = { "2011" = ["P1", "P2"], "2012" = ["P3"] }
"""


@pytest.mark.parametrize(
    ("ledger", "outcome", "differences"),
    [
        (b"U1,2011,0,3\nU2,2012,0,4\nU9,9999,1,2\n", "PASSED", []),
        (b"U1,2011,0,3.01\nU2,2012,0,4\n", "FAILED", [("2011", "U1", "301", "300")]),
        (b"U1,2011,0,3\nU1,2012,0,4\n", "FAILED", [("2012", "U1", "400", "0"), ("2012", "U2", "0", "400")]),
        (b"U1,2011,1,4\nU2,2012,0,4\n", "PASSED", []),
    ],
)
def test_balances_are_the_ledgers_by_product_and_organisation(feeds, ledger, outcome, differences):
    feeds.define(LEDGER)
    feeds.define(balances(checks='disagreement = "warn"') + RECONCILED)
    feeds.run("ledger.balances", ledger)
    run = feeds.run("core.balances", b"A|CNY|1|P1|U1\nB|CNY|2|P2|U1\nC|CNY|4|P3|U2\nD|CNY|9|P9|U2\n")
    assert outcomes(run)["reconciliation ledger.balances"] == outcome
    told = [(each["subject"], each["unit_number"], each["stated"], each["found"]) for each in run.comparisons]
    assert told == differences
    assert RunState(run.state) is RunState.PUBLISHED


def test_a_ledger_that_comes_later_is_held_against_what_is_there(feeds):
    feeds.define(LEDGER)
    feeds.define(balances() + RECONCILED)
    run = feeds.run("core.balances", b"A|CNY|1|P1|U1\n")
    assert outcomes(run)["reconciliation ledger.balances"] == "SKIPPED"
    later = feeds.run("ledger.balances", b"U1,2011,0,2\n")
    assert (RunState(later.state), outcomes(later)["reconciliation of core.balances"]) == (RunState.PUBLISHED, "WARNED")
    assert later.comparisons[0]["stated"] == "200"


def test_a_ledger_that_disagrees_refuses_the_file_unless_the_feed_says_otherwise(feeds):
    feeds.define(LEDGER)
    feeds.define(balances() + RECONCILED)
    feeds.run("ledger.balances", b"U1,2011,0,2\n")
    assert feeds.run("core.balances", b"A|CNY|1|P1|U1\n").reason == "CHECKS_FAILED"


TRANSACTIONS = """
[feed]
name = "core.transactions"
title = "Movements"
dataset = "transactions"
source_system = "core"
[format]
kind = "delimited"
[date]
source = "column"
column = "day"
format = "%y%m%d"
century_pivot = 50
[columns]
transaction_number = { from = "n" }
account_number = { value = "A1" }
currency_code = { value = "CNY" }
amount_minor_units = { from = "amount", sign_column = "dc", negative = ["D"] }
kind = { value = "OTHER" }
[checks]
bad_rows_share_max = 0.5
"""


def test_a_file_of_many_dates_publishes_each_and_again_only_what_differs(feeds_on_both):
    feeds = feeds_on_both
    feeds.define(TRANSACTIONS)
    first = b"n,day,amount,dc\n1,930101,10,C\n2,930102,20,D\n3,930103,30,C\n4,930230,30,C\n5,930103,1,\n"
    run = feeds.run("core.transactions", first, day=None)
    assert [(p["business_date"], p["revision"], p["rows"]) for p in run.published] == [
        ("1993-01-01", 1, 1), ("1993-01-02", 1, 1), ("1993-01-03", 1, 1),
    ]  # fmt: skip
    assert [(row.line, row.reason, row.business_date) for row in feeds.quarantined()] == [
        (5, "BUSINESS_DATE_INVALID", None),
        (6, "SIGN_MISSING", date(1993, 1, 3)),
    ]
    second = feeds.run("core.transactions", first.replace(b"20,D", b"21,D"), day=None)
    assert [(p["business_date"], p["revision"] > 0) for p in second.published] == [
        ("1993-01-01", False), ("1993-01-02", True), ("1993-01-03", False),
    ]  # fmt: skip
    assert feeds.rows("core.transactions", "transaction_number, amount_minor_units") == [("1", 1000), ("2", -2100), ("3", 3000)]
