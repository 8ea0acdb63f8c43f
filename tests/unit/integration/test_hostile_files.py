"""Whatever a file holds, a reader answers with rows, faults or a refusal: never with a crash, a hang or another format's content."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.integration.samples import SECONDS_MAX, outcome, samples

KINDS = {
    "swift_mt": [{"records": each} for each in ("transactions", "balances", "payments", "trade_finance")],
    "iso20022": [{"records": each} for each in ("transactions", "balances", "payments")],
    "cnaps2": [{"records": "payments"}],
    "ofx": [{"records": each} for each in ("transactions", "balances")],
    "bai2": [{"records": each} for each in ("transactions", "balances")],
    "xml": [{"row_element": "Row"}],
    "xlsx": [{}],
    "parquet": [{}],
}
# What each kind's own files look like, to begin from.
_SEEDS = {
    "swift_mt": [b"{1:F01AAAABBCCAXXX0000000000}{2:I940AAAABBCCXXXXN}{4:\n:20:A\n:25:B\n:60F:C240101CNY1,\n:61:240101C1,NTRFX\n:62F:C240101CNY2,\n-}"],
    "iso20022": [b"<Document><BkToCstmrStmt><Stmt><Ntry><Amt Ccy='CNY'>1</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry></Stmt></BkToCstmrStmt></Document>"],
    "cnaps2": [b"{H:01102100099996IBPS104100000004IBPS20101001101807XMLibps.101.001.01     }\n<Document/>"],
    "ofx": [b"OFXHEADER:100\n\n<OFX><STMTRS><STMTTRN><DTPOSTED>20240101<TRNAMT>1</STMTTRN></STMTRS></OFX>"],
    "bai2": [b"01,S,R,240131,0000,1,,,2/\n02,R,S,1,240131,,CNY,2/\n03,A,,010,1,,/\n16,475,5,V,1,,B,C,t/\n49,6,3/\n98,6,1,5/\n99,6,1,7/\n"],
    "xml": [b"<Root><Row a='1'><B>2</B></Row></Root>"],
    "xlsx": [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"],
    "parquet": [b"PAR1PAR1"],
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_random_bytes(kind, data):
    seed = data.draw(st.sampled_from(_SEEDS[kind]))
    place = data.draw(st.integers(0, len(seed)))
    content = data.draw(
        st.one_of(st.binary(max_size=200), st.binary(max_size=8).map(lambda junk: seed[:place] + junk + seed[place:]))
    )
    for options in KINDS[kind]:
        outcome(kind, content, **options)


@pytest.mark.parametrize("kind", ["swift_mt", "ofx", "bai2"])
@pytest.mark.parametrize("encoding", ["utf-16", "gb18030", "big5", "cp037", "shift_jis"])
def test_wrong_encodings(kind, encoding):
    for seed in _SEEDS[kind]:
        for options in KINDS[kind]:
            outcome(kind, seed + b"\xff\x81\x00\x80", encoding=encoding, **options)


def test_files_cut_at_every_tenth(shared_data):
    chosen = {
        "swift_mt": "swift_mt/WoLpH_mt940/",
        "iso20022": "iso20022/genkgo_camt/",
        "cnaps2": "cnaps/luboid_leontestbed/MsgSample__ibps.1",
        "ofx": "ofx_qif/csingley_ofxtools/",
        "bai2": "bai2/moov",
        "xlsx": "cn_bank_statements/deb-sig_double-entry-generator/htsec",
    }
    for kind, top in chosen.items():
        for sample in samples(shared_data, top):
            content = sample.content
            options = KINDS[kind][0]
            whole = [row.values for row in outcome(kind, content, **options).rows]
            for tenth in range(1, 10):
                found = outcome(kind, content[: len(content) * tenth // 10], **options)
                if kind in ("iso20022", "ofx", "bai2", "xlsx"):
                    assert found.refusal, sample.name
                # What is there is what the whole file has: no amount is cut short.
                amounts = [values.get("amount") for values in whole]
                assert all(row.values.get("amount") in amounts for row in found.rows), sample.name


@pytest.mark.parametrize("kind", KINDS)
def test_files_of_other_formats_are_refused(shared_data, kind):
    """No reader takes another format's file for its own; the two of XML share what they both can read."""
    own = {
        "swift_mt": ("swift_mt/", "bug_reports/mt940"),
        "iso20022": ("iso20022/", "cnaps/", "bug_reports/camt"),
        "cnaps2": ("cnaps/", "iso20022/", "bug_reports/camt"),
        "ofx": ("ofx_qif/", "bug_reports/ofx"),
        "bai2": ("bai2/",),
        "xml": ("iso20022/", "cnaps/", "ofx_qif/", "bug_reports/", "swift_mt/"),
        "xlsx": ("cn_bank_statements/",),
        "parquet": (),
    }[kind]
    others = ("swift_mt/", "iso20022/", "cnaps/", "ofx_qif/", "bai2/", "bank_csv/", "cn_bank_statements/", "bug_reports/",
              "edifact/", "coda/", "nacha/", "fedwire/", "vcard/")  # fmt: skip
    began = time.monotonic()
    files = [sample for sample in samples(shared_data, *others, without=()) if not sample.name.startswith(own or ("-",))]
    for sample in files[:: 1 if len(files) < 500 else 2]:
        found = outcome(kind, sample.content, **KINDS[kind][0])
        assert not found.rows, sample.name
        assert found.refusal, sample.name
    assert time.monotonic() - began < 4 * SECONDS_MAX
