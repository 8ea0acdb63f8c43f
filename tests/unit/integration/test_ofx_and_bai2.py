"""OFX and BAI2: every real file, against what reference parsers said and against the files' own totals."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from bai2 import bai2

from tests.unit.integration.samples import outcome, samples


def _ofx(shared_data):
    return samples(shared_data, "ofx_qif/", "bug_reports/ofx")


def test_ofx_statements_have_the_transactions_that_the_reference_parsers_found(shared_data):
    checked = 0
    for sample in _ofx(shared_data):
        found = outcome("ofx", sample.content, records="transactions")
        said = re.search(r"(?:ofxtools ok: |; )(\d+) STMTTRN", sample.reference)
        if found.refusal:
            # Fragments, service answers and broken files: none of them has a transaction that could be meant.
            assert b"<STMTTRN" not in sample.content or "libofx" in sample.name, sample.name
        elif said:
            assert len(found.rows) + len(found.losses) == int(said[1]), sample.name
            checked += 1
    assert checked > 20


def test_ofx_amounts_are_those_of_the_text(shared_data):
    for sample in _ofx(shared_data):
        found = outcome("ofx", sample.content, records="transactions")
        text = re.sub(r"<!--.*?-->", "", sample.content.decode("latin-1"), flags=re.DOTALL)
        said = [Decimal(each.replace(",", ".")) for each in re.findall(r"<STMTTRN>.*?<TRNAMT>\s*([^<\s]+)", text, re.DOTALL)]
        if not found.refusal and not found.faults:
            assert [Decimal(row.values["amount"]) for row in found.rows] == said, sample.name


def test_ofx_balances_of_bank_and_card(shared_data):
    sample = samples(shared_data, "ofx_qif/jseutter_ofxparse/anzcc.ofx")[0]
    values = outcome("ofx", sample.content, records="balances").rows[0].values
    assert values["account"] == "1234123412341234"
    assert (values["currency"], values["ledger_balance"], values["ledger_date"]) == ("AUD", "-123.45", "2017-05-10")
    assert values["available_balance"] == "123.45"


def _statement(transaction, end="</BANKTRANLIST></STMTRS></OFX>"):
    return (
        "OFXHEADER:100\nENCODING:USASCII\nCHARSET:1252\n\n<OFX><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>1<ACCTID>2</BANKACCTFROM>"
        f"<BANKTRANLIST><STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20240131{transaction}</STMTTRN>{end}"
    )


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("-1.10", "-1.10"),
        ("+1,5", "1.5"),
        ("0001", "1"),
        ("-0.00", "0.00"),
        (".5", "0.5"),
        ("1.234,5", None),
        ("1e5", None),
        ("--1", None),
    ],
)
def test_ofx_amounts_have_one_mark(text, amount):
    found = outcome("ofx", _statement(f"<TRNAMT>{text}<MEMO>a &amp; b").encode(), records="transactions")
    if amount is None:
        assert found.reasons == {"FIELD_MALFORMED"}
    else:
        assert (found.rows[0].values["amount"], found.rows[0].values["memo"]) == (amount, "a & b")


def test_ofx_dates_that_are_none_and_texts_in_the_headers_encoding():
    assert outcome("ofx", _statement("<TRNAMT>1").replace("20240131", "20240230").encode(), records="transactions").reasons == {
        "DATE_IMPOSSIBLE"
    }
    found = outcome("ofx", _statement("<TRNAMT>1<NAME>M\u00fcller").encode("cp1252"), records="transactions")
    assert found.rows[0].values["name"] == "Müller"


def test_an_ofx_file_that_is_cut_short_is_refused():
    whole = _statement("<TRNAMT>-1234.56")
    for size in range(len(whole) - len("</OFX>")):
        assert outcome("ofx", whole[:size].encode(), records="transactions").refusal


def test_bai2_has_what_the_library_finds(shared_data):
    compared = 0
    for sample in samples(shared_data, "bai2/"):
        found = outcome("bai2", sample.content, records="transactions")
        balances = outcome("bai2", sample.content, records="balances")
        said = re.search(r"bai2 0\.15 ok: (\d+) accounts", sample.reference)
        if said is None:
            continue
        assert len(balances.rows) == int(said[1]), sample.name
        assert not found.faults, sample.name
        library = [
            (transaction.type_code.code, transaction.amount)
            for group in bai2.parse_from_string(sample.content.decode()).children
            for account in group.children
            for transaction in account.children
        ]
        ours = [(row.values["type_code"], abs(int(row.values["amount"]))) for row in found.rows]
        assert ours == [(code, amount or 0) for code, amount in library], sample.name
        compared += 1
    assert compared == 4


def test_bai2_files_that_the_library_refuses_are_read_and_told_where_they_disagree(shared_data):
    read = {}
    for sample in samples(shared_data, "bai2/moov-io_bai2/"):
        found = outcome("bai2", sample.content, records="transactions")
        read[sample.path.name] = (len(found.rows), found.reasons)
        assert (
            len(found.rows) + len(found.losses) == len(re.findall(rb"(?:^|/\s+)16,", sample.content, re.MULTILINE))
            or found.refusal
        )
    assert read["sample3.txt"][1] == {"RECORD_MALFORMED"}
    assert read["sample4-continuations-newline-delimited.txt"][1] == {"TOTALS_DO_NOT_ADD_UP"}
    assert sum(rows == 0 for rows, _ in read.values()) == 3


BAI2 = """01,S,R,240131,0000,1,,,2/
02,R,S,1,240131,,CNY,2/
03,ACC,,010,100,,,015,+60,,,045,50,,/
16,475,50,V,240131,,BANK1,CUST1,paid, with a comma/
88,and a second line
16,195,10,S,1,2,3,BANK2,CUST2
49,270,5/
98,270,1,7/
99,270,1,9/
"""


def test_bai2_signs_funds_and_texts():
    found = outcome("bai2", BAI2.encode(), records="transactions")
    assert not found.faults
    first, second = (row.values for row in found.rows)
    assert (first["amount"], first["value_date"], first["bank_reference"]) == ("-50", "240131", "BANK1")
    assert first["text"] == "paid, with a comma\nand a second line"
    assert (second["amount"], second["customer_reference"], second["currency"]) == ("10", "CUST2", "CNY")
    balance = outcome("bai2", BAI2.encode(), records="balances").rows[0].values
    assert (balance["opening_balance"], balance["closing_balance"], balance["closing_available"]) == ("100", "60", "50")


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        (("16,475,50,", "16,475,5.0,"), {"FIELD_MALFORMED"}),
        (("16,475,", "16,99,"), {"FIELD_MALFORMED"}),
        (("49,270,5", "49,271,5"), {"TOTALS_DO_NOT_ADD_UP"}),
        (("98,270,1,7", "98,270,2,7"), {"TOTALS_DO_NOT_ADD_UP"}),
        (("99,270,1,9", "99,270,1,8"), {"TOTALS_DO_NOT_ADD_UP"}),
        (("88,and", "and"), {"RECORD_MALFORMED"}),
    ],
)
def test_bai2_faults(change, reasons):
    assert outcome("bai2", BAI2.replace(*change).encode(), records="transactions").reasons == reasons


def test_a_bai2_file_that_is_cut_short_is_refused():
    for size in range(BAI2.index("99,")):
        assert outcome("bai2", BAI2[:size].encode(), records="transactions").refusal
