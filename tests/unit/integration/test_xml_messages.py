"""ISO 20022, CNAPS2 and other XML: every real file, held to its own counts and sums; and XML that means harm."""

from __future__ import annotations

import re
import time
from decimal import Decimal

import pytest
from lxml import etree

from tests.unit.integration.samples import SECONDS_MAX, outcome, samples


def _local(element):
    return etree.QName(element).localname


def _entries_of(content):
    """The signed amounts of booked entries, by a reading of their own: the whole tree at once."""
    found = []
    for entry in etree.fromstring(content).iter("{*}Ntry"):
        children = {_local(child): child for child in entry}
        status = "".join(children["Sts"].itertext()).strip() if "Sts" in children else "BOOK"
        if "Amt" in children and status == "BOOK" and _local(entry.getparent()) in ("Stmt", "Rpt", "Ntfctn"):
            sign = 1 if children["CdtDbtInd"].text.strip() == "CRDT" else -1
            found.append(sign * Decimal(children["Amt"].text.strip()))
    return found


def test_every_statement_has_its_booked_entries_with_their_amounts(shared_data):
    checked = 0
    for sample in samples(shared_data, "iso20022/"):
        if sample.path.suffix == ".txt":
            continue
        expected = _entries_of(sample.content)
        found = outcome("iso20022", sample.content, records="transactions")
        assert [Decimal(row.values["amount"]) for row in found.rows] == expected, sample.name
        assert not found.losses, sample.name
        said = re.search(r"(\d+) Ntry", sample.reference)
        if said:
            assert len(found.rows) == int(said[1]) or found.reasons & {"ENTRIES_NOT_BOOKED"}, sample.name
            checked += 1
    assert checked > 30


def test_statements_that_add_up_say_nothing(shared_data):
    right = []
    for sample in samples(shared_data, "iso20022/"):
        found = outcome("iso20022", sample.content, records="balances")
        values = [row.values for row in found.rows if {"opening_balance", "closing_balance"} <= row.values.keys()]
        if values and not found.faults:
            right.append(sample.name)
    assert len(right) > 10


def test_every_payment_has_a_row_and_its_own_totals_hold(shared_data):
    checked = 0
    for sample in samples(shared_data, "iso20022/", "cnaps/luboid"):
        kind = "iso20022" if sample.name.startswith("iso") else "cnaps2"
        found = outcome(kind, sample.content, records="payments")
        if not found.rows or sample.path.suffix == ".txt":
            continue
        root = etree.fromstring(re.sub(rb"^.*?(?=<(\?xml|Document))", b"", sample.content, count=1, flags=re.DOTALL))
        items = [each for name in ("CdtTrfTxInf", "DrctDbtTxInf", "TxInfAndSts") for each in root.iter(f"{{*}}{name}")]
        assert len(found.rows) == max(len(items), 1), sample.name
        sums = [Decimal(each.text) for each in root.iter("{*}CtrlSum")]
        if sums and "TOTALS_DO_NOT_ADD_UP" not in found.reasons:
            assert sum(Decimal(row.values["amount"]) for row in found.rows) in (sums[0], sum(sums)), sample.name
            checked += 1
    assert checked > 8


def test_cnaps2_files_are_read_or_refused_by_what_they_hold(shared_data):
    read = {}
    for sample in samples(shared_data, "cnaps/luboid"):
        for records in ("payments", "transactions"):
            found = outcome("cnaps2", sample.content, records=records)
            assert found.rows or found.faults or found.refusal, sample.name
            for row in found.rows:
                read.setdefault(row.values["message_type"], []).append(row.values)
    assert {
        "ibps.101.001.01",
        "ibps.102.001.01",
        "ibps.103.001.01",
        "ibps.105.001.01",
        "saps.601.001.01",
        "saps.603.001.01",
    } <= read.keys()
    payment = read["ibps.101.001.01"][0]
    assert (payment["currency"], payment["amount"], payment["value_date"]) == ("CNY", "8.88", "2010-10-01")
    assert (payment["debtor_name"], payment["creditor_name"]) == ("miss刘", "mr.李")
    assert (payment["debtor_bank"], payment["creditor_bank"]) == ("102100099996", "104100000004")
    assert (payment["sender"], payment["receiver"], payment["sender_system"]) == ("102100099996", "104100000004", "IBPS")
    assert (payment["remittance"], payment["header_date"]) == ("101报文测试", "2010-10-01")


def test_a_broken_message_costs_itself_only(shared_data):
    whole = samples(shared_data, "cnaps/luboid_leontestbed/MsgSample__ibps.101.001.01.xml")[0].content
    broken = samples(shared_data, "cnaps/luboid_leontestbed/MsgSample__ccms.907.001.01.xml")[0].content
    found = outcome("cnaps2", b"\r\n".join([whole, broken, b"\xef\xbb\xbf" + whole]), records="payments")
    assert [row.values["amount"] for row in found.rows] == ["8.88", "8.88"]
    assert found.reasons == {"MESSAGE_MALFORMED"}


def _camt(entries="", balances="", version="08", more=""):
    return (
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr><Stmt>'
        f"<Id>S</Id><Acct><Id><IBAN>DE1</IBAN></Id></Acct>{balances}{more}{entries}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _balance(code, amount, sign="CRDT", currency="EUR"):
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{amount}</Amt>'
        f"<CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>2024-01-31</Dt></Dt></Bal>"
    )


def _entry(amount, sign="CRDT", day="2024-01-31", status="BOOK", currency="EUR"):
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts>{status}</Sts>'
        f"<BookgDt><Dt>{day}</Dt></BookgDt></Ntry>"
    )


BALANCES = _balance("OPBD", "100.00") + _balance("CLBD", "0.001", "DBIT")


def test_amounts_keep_their_digits_and_take_the_sign_of_their_side():
    found = outcome("iso20022", _camt(_entry("100.001", "DBIT") + _entry("0.00", "DBIT"), BALANCES), records="transactions")
    assert [row.values["amount"] for row in found.rows] == ["-100.001", "0.00"]
    assert not found.faults


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (_entry("-5"), "FIELD_MALFORMED"),
        (_entry("1,5"), "FIELD_MALFORMED"),
        (_entry("1e5"), "FIELD_MALFORMED"),
        (_entry(""), "FIELD_MALFORMED"),
        (_entry("5", "X"), "FIELD_MALFORMED"),
        (_entry("5", day="2024-02-30"), "DATE_IMPOSSIBLE"),
        ("<Ntry><CdtDbtInd>CRDT</CdtDbtInd></Ntry>", "FIELD_MISSING"),
        (_entry("5", status="PDNG"), "ENTRIES_NOT_BOOKED"),
        (_entry("7"), "STATEMENT_DOES_NOT_ADD_UP"),
    ],
)
def test_one_bad_entry_costs_one_row(entry, reason):
    found = outcome("iso20022", _camt(_entry("100.001", "DBIT") + entry, BALANCES), records="transactions")
    assert reason in found.reasons
    assert found.rows[0].values["amount"] == "-100.001"


def test_totals_that_a_message_states_are_held_to_its_rows():
    summary = "<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries></TtlNtries></TxsSummry>"
    found = outcome("iso20022", _camt(_entry("100.001", "DBIT"), BALANCES, more=summary), records="transactions")
    assert found.reasons == {"TOTALS_DO_NOT_ADD_UP"}
    assert not found.losses


@pytest.mark.parametrize("version", ["02", "04", "08", "13"])
@pytest.mark.parametrize("prefix", ["", "x:"])
def test_any_version_and_prefix_is_read(version, prefix):
    content = _camt(_entry("100.001", "DBIT"), BALANCES, version)
    if prefix:
        content = re.sub(rb"<(/?)([A-Z])", rb"<\1x:\2", content).replace(b"xmlns=", b"xmlns:x=")
    row = outcome("iso20022", content, records="transactions").rows[0]
    assert row.values["message_type"] == f"camt.053.001.{version}"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030", "gbk", "big5"])
def test_the_declared_encoding_is_taken(encoding):
    entry = _entry("1").replace("</Ntry>", "<AddtlNtryInf>貨款中文</AddtlNtryInf></Ntry>")
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + _camt(entry).decode()
    assert outcome("iso20022", text.encode(encoding), records="transactions").rows[0].values["information"] == "貨款中文"


def test_the_encoding_of_the_feed_is_taken_where_none_is_declared():
    entry = _entry("1").replace("</Ntry>", "<AddtlNtryInf>货款</AddtlNtryInf></Ntry>")
    content = _camt(entry).decode().encode("gb18030")
    assert outcome("iso20022", content, records="transactions", encoding="gb18030").rows[0].values["information"] == "货款"
    assert outcome("iso20022", content, records="transactions").refusal


ROWS = '<a:Root xmlns:a="x"><Rows><Row id="7"><Name>A &amp; B</Name><Amt ccy="CNY">1.10</Amt><P><Q>q</Q></P><T>1</T><T>2</T></Row></Rows></a:Root>'


def test_xml_of_any_vocabulary():
    for path in ("Root/Rows/Row", "Row", "Rows/Row"):
        found = outcome("xml", ROWS.encode(), row_element=path)
        assert [dict(row.values) for row in found.rows] == [
            {"id": "7", "Name": "A & B", "Amt": "1.10", "Amt/@ccy": "CNY", "P/Q": "q", "T": "1", "T[2]": "2"}
        ]
    assert not outcome("xml", ROWS.encode(), row_element="Other").rows


def _bomb(levels=12, width=10):
    entities = '<!ENTITY e0 "lol">' + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * width}">' for n in range(1, levels))
    return f"<!DOCTYPE Root [{entities}]><Root><Rows><Row><Name>&e{levels - 1};</Name></Row></Rows></Root>"


HOSTILE = {
    "billion laughs": _bomb(),
    "in an attribute": _bomb().replace("<Row>", '<Row a="&e11;">'),
    "quadratic": f'<!DOCTYPE Root [<!ENTITY a "{"x" * 50_000}">]><Root><Row><Name>{"&a;" * 10_000}</Name></Row></Root>',
    "external file": '<!DOCTYPE Root [<!ENTITY a SYSTEM "file:///etc/passwd">]><Root><Row><Name>&a;</Name></Row></Root>',
    "external address": '<!DOCTYPE Root [<!ENTITY a SYSTEM "http://127.0.0.1:9/x">]><Root><Row><Name>&a;</Name></Row></Root>',
    "external DTD": '<!DOCTYPE Root SYSTEM "http://127.0.0.1:9/x.dtd"><Root><Row><Name>1</Name></Row></Root>',
    "parameter entity": '<!DOCTYPE Root [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x">%p;]><Root><Row><Name>1</Name></Row></Root>',
    "after a long comment": f"<!--{'-x' * 60_000}--><!DOCTYPE Root [<!ENTITY a 'b'>]><Root><Row><Name>&a;</Name></Row></Root>",
    "after instructions": "<?xml version='1.0'?><?a ?><!-- --> <!DOCTYPE Root [<!ENTITY a 'b'>]><Root><Row><Name>&a;</Name></Row></Root>",
    "undefined entity": "<Root><Row><Name>&nothing;</Name></Row></Root>",
    "deep": "<Root>" + "<a>" * 100_000 + "</a>" * 100_000 + "</Root>",
    "half deep": "<Root>" + "<a>" * 150 + "</a>" * 150 + "</Root>",
    "inclusion": '<Root xmlns:xi="http://www.w3.org/2001/XInclude"><Row><xi:include href="file:///etc/passwd" parse="text"/></Row></Root>',
    "long name": f"<{'a' * 20_000_000}/>",
    "many attributes": "<Root><Row " + " ".join(f'a{n}="1"' for n in range(100_000)) + "/></Root>",
    "unended": "<Root><Row>" + "x" * 12_000_000,
    "nul": "<Root>\x00<Row/></Root>",
    "empty": "",
    "blank": " \n",
    "two roots": "<Root/><Root/>",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_hostile_xml_is_refused_at_once(name, encoding):
    began = time.monotonic()
    for kind, options in (
        ("xml", {"row_element": "Row"}),
        ("iso20022", {"records": "transactions"}),
        ("cnaps2", {"records": "payments"}),
    ):
        found = outcome(kind, HOSTILE[name].encode(encoding), **options)
        assert found.refusal or name == "inclusion", (kind, name)
        assert not any("root:" in text for row in found.rows for text in row.values.values())
    assert time.monotonic() - began < SECONDS_MAX


def test_entries_leave_the_memory_as_they_are_read():
    found = outcome("iso20022", _camt(_entry("1.00") * 5_000, BALANCES), records="balances")
    assert found.rows[0].values["entries"] == "5000"
    # What is left of the statement when it ends: its header, and the last entry, empty.
    assert found.rows[0].raw.count("Ntry") <= 2
    assert found.reasons == {"STATEMENT_DOES_NOT_ADD_UP"}
