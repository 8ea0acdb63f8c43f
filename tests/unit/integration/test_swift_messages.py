"""SWIFT messages: every real file, against a library, against what the files' own projects expect, and against their own sums."""

from __future__ import annotations

import json
import re
import warnings
from decimal import Decimal

import mt940
import pytest

from services.integration.connectors.formats.swift_mt.fields import (
    Malformed,
    amount_of,
    date_of,
    entry_date_of,
    statement_line_of,
)
from tests.unit.integration.samples import outcome, samples

_SETS = ("swift_mt/", "bug_reports/mt940")

# Where the library's rows are other than ours, and why ours are right.
_LOST_BY_LIBRARY = {
    "swift_mt/fruitl00p_php-mt940/Rabo__sample": "It reads amounts with a point only now and then.",
    "swift_mt/my-flow_mt940/pending.sta": "It does not know @@ as a line's end.",
}
_REFUSED_BY_US = {
    "bug_reports/mt940_cmxl_8_axis_bank_fin_envelope.fin": "MESSAGE_CUT_SHORT",
    # An amount without a comma, in a statement that does not add up with it.
    "swift_mt/WoLpH_mt940/jejik__knab.sta": "FIELD_MALFORMED",
    "swift_mt/sandermarechal_jejik-mt940/knab.txt": "FIELD_MALFORMED",
}

# That project calls a credit that is reversed a ReverseDebit.
_INDICATORS = {"C": "Credit", "D": "Debit", "RC": "ReverseDebit", "RD": "ReverseCredit"}


def _entries(sample, **format_):
    return outcome("swift_mt", sample.content, records="transactions", encoding=sample.encoding, **format_)


def test_every_file_ends_in_rows_faults_or_a_refusal(shared_data):
    for sample in samples(shared_data, *_SETS):
        found = {}
        for records in ("transactions", "balances", "payments", "trade_finance"):
            each = outcome("swift_mt", sample.content, records=records, encoding=sample.encoding)
            found[records] = len(each.rows)
            assert each.rows or each.faults or each.refusal or records in ("transactions", "balances"), sample.name
        # Whatever is one kind of message is none of another.
        assert not (found["transactions"] and found["payments"]), sample.name
        assert not (found["transactions"] and found["trade_finance"]), sample.name
        assert not (found["payments"] and found["trade_finance"]), sample.name


def test_statements_have_the_entries_that_the_reference_parser_found(shared_data):
    checked = 0
    for sample in samples(shared_data, *_SETS):
        said = re.search(r"mt-940 5\.1\.1 ok: (\d+) transactions", sample.reference)
        if said and sample.name not in _LOST_BY_LIBRARY:
            found = _entries(sample)
            reason = _REFUSED_BY_US.get(sample.name)
            lost = sum(fault.reason == reason for fault in found.faults)
            assert len(found.rows) + lost == int(said[1]), sample.name
            checked += 1
    assert checked > 100


def test_what_the_reference_parser_could_not_read_is_read(shared_data):
    unread = [sample for sample in samples(shared_data, "swift_mt/") if sample.reference.startswith("ERROR RuntimeError")]
    for sample in unread:
        found = _entries(sample)
        assert found.rows, sample.name
        assert not found.losses, sample.name
        assert len(found.rows) == len(re.findall(rb"(?m)^:61:", sample.content)), sample.name


def test_amounts_and_dates_are_those_of_the_library(shared_data):
    signs = 0
    for sample in samples(shared_data, *_SETS):
        if "mt-940 5.1.1 ok" not in sample.reference or sample.name in {**_LOST_BY_LIBRARY, **_REFUSED_BY_US}:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            library = [entry.data for entry in mt940.parse(sample.content.decode(sample.encoding))]
        for row, entry in zip(_entries(sample).rows, library, strict=True):
            values = row.values
            theirs, ours = entry["amount"].amount, Decimal(values["amount"])
            # The library takes a credit that is reversed for a credit.
            signs += theirs != ours
            assert ours == (-theirs if values["mark"] == "RC" else theirs), sample.name
            # It knows no year of the last century.
            assert values["value_date"] == str(entry["date"]).replace("2098-", "1998-"), sample.name
            assert values.get("entry_date", "None") == str(entry.get("entry_date")), sample.name
    assert signs


def test_reversals_are_what_makes_the_statement_add_up(shared_data):
    sample = next(each for each in samples(shared_data, "swift_mt/WoLpH_mt940/betterplace__sepa_mt9401.sta"))
    found = _entries(sample)
    assert {row.values["mark"] for row in found.rows} >= {"RC", "C", "D"}
    assert not found.faults


def test_enough_real_statements_add_up(shared_data):
    """Most published files were made anonymous and add up no more; those that do would not if a sign were wrong."""
    right = [s.name for s in samples(shared_data, *_SETS) if len((found := _entries(s)).rows) > 1 and not found.faults]
    assert len(right) > 25


@pytest.mark.parametrize("top", ["swift_mt/svenstaro_mt940-rs/"])
def test_statements_are_as_their_project_expects(shared_data, top):
    compared = 0
    by_name = {sample.path.stem: sample for sample in samples(shared_data, top)}
    for path in sorted((shared_data / top).glob("*.json")):
        sample = by_name.get(path.stem)
        if sample is None:
            continue
        expected = [line for message in json.loads(path.read_text(encoding="utf-8")) for line in message["statement_lines"]]
        rows = _entries(sample).rows
        assert len(rows) == len(expected), path.name
        for row, line in zip(rows, expected, strict=True):
            negative = row.values["mark"] in ("D", "RC")
            assert line["ext_debit_credit_indicator"] in _INDICATORS[row.values["mark"]]
            assert Decimal(row.values["amount"]) == (-1 if negative else 1) * Decimal(line["amount"]), path.name
            assert row.values["value_date"] == line["value_date"]
            if line["entry_date"] and row.values.get("entry_date"):
                assert row.values["entry_date"][5:] == line["entry_date"][5:]
            assert row.values.get("reference", "") == (line["customer_ref"] or "").strip()
            assert row.values.get("bank_reference", "") == (line["bank_ref"] or "").strip()
            compared += 1
    assert compared > 100


def test_fields_are_as_their_project_expects(shared_data):
    folder = shared_data / "swift_mt/my-flow_mt940"
    compared = 0
    for path in sorted(folder.glob("*.json")):
        try:
            messages = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            continue  # Three of them are no JSON.
        sample = path.with_suffix(".sta")
        if sample.exists():
            expected = [field for message in messages for field in message if isinstance(field, dict) and "swift_code" in field]
            rows = outcome("swift_mt", sample.read_bytes(), records="transactions", encoding="latin-1").rows
            assert [(row.values["value_date"], abs(Decimal(row.values["amount"]))) for row in rows] == [
                (field["value_date"][:10], Decimal(field["amount"])) for field in expected
            ], path.name
            compared += len(rows)
    assert compared > 5


def test_payments_and_letters_of_credit_carry_the_amounts_of_their_text(shared_data):
    payments = credits_ = 0
    for sample in samples(shared_data, "swift_mt/", "bug_reports/mt"):
        text = sample.content.decode(sample.encoding)
        for records, tags in (("payments", "32A|32B"), ("trade_finance", "32B|34B|33B|32D|34D|33D|32A|34A|33A")):
            for row in outcome("swift_mt", sample.content, records=records, encoding=sample.encoding).rows:
                if "amount" in row.values:
                    assert re.search(
                        rf":(?:{tags}):(?:[0-9]{{6}})?{row.values['currency']}0*{row.values['amount'].replace('.', ',')}", text
                    ), sample.name
                payments += records == "payments"
                credits_ += records == "trade_finance"
    assert payments > 30
    assert credits_ > 20


def test_a_payment_order_with_several_transfers_has_a_row_for_each(shared_data):
    sample = samples(shared_data, "swift_mt/prowide_prowide-core/MT101_MT101Test_L36.fin")[0]
    rows = outcome("swift_mt", sample.content, records="payments").rows
    assert [(row.values["item_reference"], row.values["amount"], row.values["creditor_name"]) for row in rows] == [
        ("TRANSREF1", "12500", "Beneficiary 1"),
        ("TRANSREF2", "15000", "Beneficiary 2"),
        ("TRANSREF3", "10000", "Beneficiary3"),
    ]
    assert {row.values["value_date"] for row in rows} == {"2002-09-05"}
    assert {row.values["debtor_account"] for row in rows} == {"8754219990"}


def test_a_letter_of_credit_is_read_with_its_parties_and_days(shared_data):
    sample = samples(shared_data, "swift_mt/prowide_prowide-core/MT720_")[0]
    values = outcome("swift_mt", sample.content, records="trade_finance").rows[0].values
    assert values["credit_number"] == "DAE74568"
    assert (values["applicant_name"], values["beneficiary_name"]) == ("LONDON MOTOSPARES LTD", "CYCLIST LTD")
    assert (values["currency"], values["amount"]) == ("GBP", "100000")
    assert (values["issue_date"], values["expiry_date"], values["expiry_place"]) == ("2013-07-21", "2013-09-30", "LONDON")


STATEMENT = """:20:REF
:25:DE123
:28C:7/1
:60F:C240102CNY100,00
:61:2401020103C10,50NTRFA//B
:86:one
:61:2401030103RC0,50NTRFC//D
:86:two
:62F:C240103CNY110,00
:64:C240103CNY90,
:86:of the statement
-
"""


def _statement(text, records="transactions", encoding="utf-8"):
    return outcome("swift_mt", text.encode(encoding), records=records, encoding=encoding)


def test_a_statement_as_a_whole():
    found = _statement(STATEMENT)
    assert not found.faults
    assert [row.values["amount"] for row in found.rows] == ["10.50", "-0.50"]
    assert [row.values["narrative"] for row in found.rows] == ["one", "two"]
    assert found.rows[1].line == 7
    balance = _statement(STATEMENT, "balances").rows[0].values
    assert balance["opening_balance"] == "100.00"
    assert (balance["closing_date"], balance["closing_balance"], balance["available_balance"]) == ("2024-01-03", "110.00", "90")


@pytest.mark.parametrize(
    ("change", "reason", "rows"),
    [
        (("110,00", "111,00"), "STATEMENT_DOES_NOT_ADD_UP", 2),
        (("RC0,50", "RC0.5.0"), "FIELD_MALFORMED", 1),
        (("2401030103RC", "2402300230RC"), "DATE_IMPOSSIBLE", 1),
        (("RC0,50", "X0,50"), "FIELD_MALFORMED", 1),
        (("RC0,50", "RC1.000,50"), "FIELD_MALFORMED", 1),
        ((":62F:C240103CNY110,00\n:64:C240103CNY90,\n", ""), "BALANCE_MISSING", 2),
    ],
)
def test_one_bad_field_costs_one_row(change, reason, rows):
    found = _statement(STATEMENT.replace(*change))
    assert reason in found.reasons
    assert len(found.rows) == rows


def test_an_amount_without_its_comma_counts_only_where_the_statement_confirms_it():
    right = _statement(STATEMENT.replace("C10,50", "C10").replace("110,00", "109,50"))
    assert [row.values["amount"] for row in right.rows] == ["10", "-0.50"]
    wrong = _statement(STATEMENT.replace("C10,50", "C1050"))
    assert len(wrong.rows) == 1


def test_pages_of_a_statement_are_one_balance():
    first = STATEMENT.replace(":62F:", ":62M:").replace(":64:C240103CNY90,\n", "")
    second = ":20:REF\n:25:DE123\n:28C:7/2\n:60M:C240103CNY110,00\n:61:240103D10,NTRFX\n:62F:C240103CNY100,00\n-\n"
    found = _statement(first + second, "balances")
    assert not found.faults
    assert [(row.values["opening_balance"], row.values["closing_balance"]) for row in found.rows] == [("100.00", "100.00")]
    assert _statement(first, "balances").reasons == {"STATEMENT_UNFINISHED"}


def test_bytes_that_are_no_text_cost_the_row_that_they_are_in():
    found = outcome("swift_mt", STATEMENT.encode().replace(b"one", b"\xff\xfe"), records="transactions")
    assert found.reasons == {"BYTES_UNDECODABLE"}
    assert [row.values["narrative"] for row in found.rows] == ["two"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030", "cp037", "cp500", "cp1140", "big5"])
def test_statements_in_other_encodings(encoding):
    text = STATEMENT.replace("one", "货款") if encoding in ("utf-8", "utf-16", "gb18030") else STATEMENT
    content = text.replace("\n", "\x85").encode(encoding) if encoding.startswith("cp") else text.encode(encoding)
    found = outcome("swift_mt", content, records="transactions", encoding=encoding)
    assert [row.values["amount"] for row in found.rows] == ["10.50", "-0.50"]
    assert not found.faults


def test_messages_of_other_kinds_are_told_and_left_out():
    payment = "{1:F01AAAABBCCAXXX0000000000}{2:I103AAAABBCCXXXXN}{4:\n:20:P\n:23B:CRED\n:32A:240102CNY5,\n:50K:A\n:59:B\n-}\n"
    found = _statement("{1:F01AAAABBCCAXXX0000000000}{2:I940AAAABBCCXXXXN}{4:\n" + STATEMENT.replace("\n-\n", "\n-}\n") + payment)
    assert found.reasons == {"MESSAGE_NOT_EXPECTED"}
    assert not found.losses
    assert len(found.rows) == 2
    assert "no message in the file" in _statement(payment).refusal


def test_a_payment_that_is_cut_short_is_no_row():
    whole = "{1:F01AAAABBCCAXXX0000000000}{2:I103AAAABBCCXXXXN}{4:\n:20:P\n:23B:CRED\n:50K:A\n:59:B\n:32A:240102CNY1234,56\n-}"
    assert outcome("swift_mt", whole.encode(), records="payments").rows
    for size in range(len(whole) - 1):
        assert not outcome("swift_mt", whole[:size].encode(), records="payments").rows


def test_a_statement_that_is_cut_short_never_changes_an_amount():
    whole = STATEMENT.removesuffix("-\n")
    amounts = {"10.50", "-0.50"}
    for size in range(len(whole)):
        for records in ("transactions", "balances"):
            for row in _statement(whole[:size], records).rows:
                assert {row.values.get("amount", "10.50")} <= amounts
                assert Decimal(row.values.get("closing_balance", "110.00")) == Decimal("110.00")


def test_the_century_is_the_standards():
    assert date_of("791231") == "2079-12-31"
    assert date_of("800101") == "1980-01-01"
    with pytest.raises(Malformed):
        date_of("230229")


def test_the_year_of_an_entry_lies_nearest_to_the_value_date():
    assert entry_date_of("0102", "2023-12-31") == "2024-01-02"
    assert entry_date_of("1231", "2024-01-02") == "2023-12-31"
    assert entry_date_of("0229", "2024-03-01") == "2024-02-29"


@pytest.mark.parametrize(
    ("text", "amount"), [("0001,12", "1.12"), ("380115,", "380115"), (",02", "0.02"), ("0,", "0"), ("0,00", "0.00")]
)
def test_amounts_keep_their_digits(text, amount):
    assert amount_of(text) == amount


def test_the_letters_after_the_mark_are_told_apart():
    line = statement_line_of(["1409010902RCR000000000001,62NTRF0000549855700010//025498557/000001"])
    assert (line.mark, line.funds_code, line.amount) == ("RC", "R", "-1.62")
    assert (line.type_code, line.reference, line.bank_reference) == ("NTRF", "0000549855700010", "025498557/000001")
    assert statement_line_of(["140901DR10,40NMSCNONREF"]).mark == "D"
