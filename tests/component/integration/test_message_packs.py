"""The packs of messages: files go in at the front door, and rows of canonical datasets come out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from services.integration.model.feed_definition import load
from services.integration.model.feed_run import RunState
from tests.component.integration.feeds import feeds_on, make_tables

PACKS = Path(__file__).parents[3] / "services/integration/packs"
MESSAGES = ("bai2", "cnaps2", "iso20022", "ofx", "swift")
DAY = date(2026, 11, 24)


@pytest.fixture
def feeds(copy_of, tmp_path):
    with feeds_on(copy_of("sqlite", make_tables, tmp_path), tmp_path, packs=MESSAGES) as made:
        yield made


@pytest.mark.parametrize(
    "path", [path for pack in MESSAGES for path in sorted((PACKS / pack).glob("*.toml"))], ids=lambda path: path.stem
)
def test_every_feed_of_the_packs_is_sound(path):
    assert load(path).feed.source_system == path.parent.name


STATEMENT = b""":20:REF
:25:62220001
:28C:7/1
:60F:C240102CNY100,00
:61:2401030103C10,50NTRFA//B1
:86:wages
:61:2401030103RC0,50NTRFC//B2
:62F:C240103CNY110,00
:64:C240103CNY90,
-
"""


def test_entries_of_a_swift_statement(feeds):
    run = feeds.run("swift.transactions", STATEMENT)
    assert run.state == RunState.PUBLISHED, run.reason
    assert feeds.rows("swift.transactions", "account_number, amount_minor_units, currency_code, reference, summary") == [
        ("62220001", -50, "CNY", "B2", None),
        ("62220001", 1050, "CNY", "B1", "wages"),
    ]
    assert [dataset.business_date for dataset in feeds.datasets("swift.transactions")] == [date(2024, 1, 3)]


def test_balances_of_a_swift_statement(feeds):
    run = feeds.run("swift.balances", STATEMENT)
    assert run.state == RunState.PUBLISHED, run.reason
    assert feeds.rows("swift.balances", "account_number, balance_minor_units, available_minor_units") == [
        ("62220001", 11000, 9000)
    ]


@pytest.mark.parametrize(
    ("feed", "sample", "columns", "expected"),
    [
        (
            "cnaps2.payments",
            "cnaps/luboid_leontestbed/MsgSample__ibps.101.001.01.xml",
            "message_type, currency_code, amount_minor_units, creditor_name",
            [("ibps.101.001.01", "CNY", 888, "mr.李")],
        ),
        (
            "swift.trade_finance",
            "swift_mt/prowide_prowide-core/MT720_MtSwiftMessageJsonSchemaTest_L374.fin",
            "reference, kind, state, amount_minor_units, expiry_date",
            [("DAE74568", "IMPORT_LETTER_OF_CREDIT", "ISSUED", 10000000, date(2013, 9, 30))],
        ),
        (
            "bai2.balances",
            "bai2/ministryofjustice_bai2/nwb_example.bai2",
            "account_number, currency_code, balance_minor_units, available_minor_units",
            [("88888888 600004", "GBP", 33845, 33845)],
        ),
        (
            "ofx.balances",
            "ofx_qif/jseutter_ofxparse/anzcc.ofx",
            "account_number, currency_code, balance_minor_units",
            [("1234123412341234", "AUD", -12345)],
        ),
    ],
)
def test_real_messages_become_canonical_rows(feeds, shared_data, feed, sample, columns, expected):
    run = feeds.run(feed, (shared_data / sample).read_bytes(), day=DAY)
    assert run.state == RunState.PUBLISHED, (run.reason, run.faults)
    assert feeds.rows(feed, columns) == expected


def test_entries_of_a_camt_statement(feeds, shared_data):
    content = (shared_data / "iso20022/viafintech_camt_parser/053__valid_example.xml").read_bytes()
    run = feeds.run("iso20022.transactions", content)
    assert run.state == RunState.PUBLISHED, (run.reason, run.faults)
    assert len(feeds.rows("iso20022.transactions")) == 4


def test_a_file_of_another_kind_is_refused(feeds):
    run = feeds.run("swift.transactions", b"<html>not a statement</html>\n")
    assert run.state in (RunState.REFUSED, RunState.FAILED)
    assert not feeds.datasets("swift.transactions")
