"""The whole way of a night, with nothing in anything's place: from datasets and contacts to signs, scores and warnings."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from services.analytics.model import CustomerWarning, Signal
from services.analytics.rules.analyses import AnalysisState
from tests.component.analytics.analysis_builders import bank_of

LAST = date(2026, 11, 24)
# How many days before the last one balances are told; until the next they stand.
TOLD = (200, 160, 120, 80, 40, 30, 24, 18, 12, 6, 3, 0)


@pytest.fixture
def bank(town, monkeypatch):
    with bank_of(town, monkeypatch, history_days_min=60) as answer:
        yield answer


def fill(bank, leaver, stayer, young):
    """200 days of two customers, of whom one has moved his money elsewhere for a month, and of one who has just come."""
    for ago in TOLD:
        amounts = {leaver: 50_000_000 if ago > 30 else 5_000_000 + 1_000_000 * ago, stayer: 20_000_000}
        if ago <= 3:
            amounts[young] = 100_000
        moved = {
            "transaction_number": f"o{ago}",
            "account_number": leaver,
            "amount_minor_units": -9_600_000,
            "kind": "TRANSFER_OUT",
            "counterparty_name": "欧阳芳",
            "counterparty_bank": "另一家银行",
        }
        bank.books.balances(LAST - timedelta(days=ago), amounts | {"nobody's": 1})
        bank.books.write("transactions", LAST - timedelta(days=ago), [moved] if ago < 30 else [])
    accounts = {number: number for number in (leaver, stayer, young)}
    bank.books.accounts(LAST, accounts, open_date=date(2020, 1, 1), kind="SAVINGS")
    told = [
        {"customer_number": number, "kind": "RETAIL", "display_name": "欧阳芳", "open_date": date(2020, 1, 1), "state": "ACTIVE"}
        for number in accounts
    ]
    bank.books.write("customers", LAST, told)


def test_a_night_finds_whoever_is_leaving_and_nobody_else(bank, town):
    leaver, stayer, young = (bank.customer() for _ in range(3))
    fill(bank, leaver, stayer, young)
    bank.settle()
    (analysis,) = bank.analyses()
    assert (analysis.state, analysis.error_reason) == (AnalysisState.SUCCEEDED, "")
    assert (analysis.customer_count, analysis.thin_count) == (3, 1)
    # An account that no list names is nobody's, and told.
    (issue,) = town.analyst.call("GetAnalysis", analysis_id=analysis.analysis_id).issues
    assert (issue.reason, issue.row_count > 0) == ("ACCOUNT_UNKNOWN", True)
    assert not town.manager_east.call("GetAnalysis", analysis_id=analysis.analysis_id).issues
    files = bank.files()
    features = {row["customer_number"]: row for row in bank.rows(files.features)}
    assert features[stayer]["assets_now"] == 20_000_000
    assert features[leaver]["fall_30"] > 0.4
    assert features[young]["thin"]
    scores = {row["customer_number"]: row for row in bank.rows(files.scores)}
    assert scores[young]["probability"] is None
    assert scores[leaver]["expected_loss"] > scores[stayer]["expected_loss"]
    signs = {row.rule_code for row in bank.read(select(Signal)) if row.customer_id[:12] == leaver}
    print(signs)
    assert len(signs) >= 2
    warned = {row.customer_id[:12] for row in bank.read(select(CustomerWarning))} & {leaver, stayer, young}
    assert warned == {leaver}
