"""What a feed can say beside plain columns: lookups in other datasets, prefixes, terms in months, raised months, any packing."""

import gzip
from datetime import date

import pytest

from services.chassis.kernel.errors import InvalidInput
from services.integration.model.feed_definition import parse
from services.integration.model.feed_run import RunState

HEAD = """
[feed]
name = "old.{name}"
title = "{name}"
dataset = "{dataset}"
source_system = "old"
[format]
kind = "delimited"
compression = "any"
[date]
source = "run"
[checks]
bad_rows_share_max = 1
"""
HOLDERS = (
    HEAD.format(name="holders", dataset="account_holders")
    + """
[columns]
account_number = { from = "account", prefix = "A" }
customer_number = { from = "client" }
role = { from = "role" }
"""
)
LOANS = (
    HEAD.format(name="loans", dataset="accounts")
    + """
[columns]
account_number = { from = "loan", prefix = "L" }
customer_number = { from = "account", prefix = "A", lookup = ["owner"] }
kind = { value = "LOAN" }
currency_code = { value = "CZK" }
unit_number = { value = "1" }
open_date = { from = "since", format = "%y%m%d", century_pivot = 50, raised_month = 50 }
maturity_date = { from = "since", format = "%y%m%d", century_pivot = 50, raised_month = 50, plus_months = "months" }
state = { value = "ACTIVE" }
[lookups.owner]
dataset = "account_holders"
key = "account_number"
value = "customer_number"
where = { role = "OWNER" }
"""
)
HOLDERS_FILE = b"account,client,role\n1,C1,OWNER\n1,C2,AUTHORISED_USER\n2,C3,OWNER\n2,C4,OWNER\n"


@pytest.fixture
def loans(feeds):
    feeds.define(HOLDERS)
    feeds.define(LOANS)
    return feeds


@pytest.mark.parametrize("pack", [lambda content: content, gzip.compress])
def test_a_value_is_looked_up_where_it_has_one_answer(loans, pack):
    assert RunState(loans.run("old.holders", pack(HOLDERS_FILE)).state) is RunState.PUBLISHED
    rows = b"7,1,930131,1\n8,2,930131,1\n9,3,930131,1\n"
    loans.run("old.loans", pack(b"loan,account,since,months\n" + rows))
    assert loans.rows("old.loans", "account_number, customer_number") == [("L7", "C1")]
    # Two owners are no answer, and no holder is none.
    assert [(row.line, row.reason, row.column) for row in loans.quarantined()] == [
        (3, "LOOKUP_FAILED", "customer_number"),
        (4, "LOOKUP_FAILED", "customer_number"),
    ]


@pytest.mark.parametrize(
    ("since", "months", "expected"),
    [
        ("930131", "1", (date(1993, 1, 31), date(1993, 2, 28))),
        ("935131", "13", (date(1993, 1, 31), date(1994, 2, 28))),
        ("001229", "0", (date(2000, 12, 29), date(2000, 12, 29))),
        ("930131", "", "DATE_INVALID"),
        ("930131", "-1", "DATE_INVALID"),
        ("930131", "1.5", "DATE_INVALID"),
        ("936331", "1", "DATE_INVALID"),
        ("935031", "1", "DATE_INVALID"),
    ],
)
def test_terms_and_raised_months_make_dates_or_faults(loans, since, months, expected):
    loans.run("old.holders", HOLDERS_FILE)
    loans.run("old.loans", f"loan,account,since,months\n7,1,{since},{months}\n".encode())
    found = loans.rows("old.loans", "open_date, maturity_date")
    assert (found or [row.reason for row in loans.quarantined()])[0] == expected


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (LOANS.replace('dataset = "account_holders"', 'dataset = "nothing"'), "no dataset nothing"),
        (LOANS.replace('key = "account_number"', 'key = "nothing"'), "account_holders has no column nothing"),
        (LOANS.replace('["owner"]', '["nobody"]'), "no lookup nobody"),
        (LOANS.replace('kind = { value = "LOAN" }', 'kind = { value = "LOAN", prefix = "X" }'), "for text"),
        (LOANS.replace('source = "run"', 'source = "column"\ncolumn = "since"\nformat = "%y%m%d"'), "century_pivot"),
    ],
)
def test_what_does_not_fit_is_told_before_any_file_comes(wrong, told):
    with pytest.raises(InvalidInput, match=told):
        parse(wrong)
