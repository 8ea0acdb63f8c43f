"""Files as they come, whole or broken: every row keeps its columns and its line, and no bad one costs another its place."""

import csv
import gzip
import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.integration.engine.reading import decompressing, lines, reading_of
from services.integration.model.feed_definition import parse
from services.integration.model.feed_run import RunState

FEED = """
[feed]
name = "hr.units"
title = "Units"
dataset = "org_units"
source_system = "hr"
[format]
{format}
[date]
source = "run"
[columns]
unit_number = {{ from = "{columns[0]}" }}
kind = {{ value = "OUTLET" }}
display_name = {{ from = "{columns[1]}" }}
[checks]
bad_rows_share_max = 1.0
"""


def feed(format_, columns=("n", "name")):
    return FEED.format(format=format_, columns=columns)


def read(content, format_, columns=("n", "name")):
    """The rows with their lines, and the faults, as the reading of the format finds them."""
    reading = reading_of(parse(feed(format_, columns)), io.BytesIO(content))
    reading.open()
    rows = []
    for table in reading.batches():
        names = [name for name in table.column_names if name != "line"]
        rows += zip(table["line"].to_pylist(), *(table[name].to_pylist() for name in names), strict=True)
    return sorted(rows), sorted((fault.line, fault.reason) for fault in reading.faults.found)


PLAIN = 'kind = "delimited"\ndelimiter = ";"'
QUOTED = PLAIN + "\nquote = '\"'"


@pytest.mark.parametrize(
    ("content", "rows", "faults"),
    [
        (b"n;name\n1;a\n2;b\n", [(2, "1", "a"), (3, "2", "b")], []),
        (b"n;name\n1;a\n2;b", [(2, "1", "a"), (3, "2", "b")], []),
        (b"n;name\r\n1;a\r\n2;b\r\n", [(2, "1", "a"), (3, "2", "b")], []),
        (b"n;name\r1;a\r2;b\r", [(2, "1", "a"), (3, "2", "b")], []),
        (b"n;name\n1;a\r\n2;b\r3;c\n", [(2, "1", "a"), (3, "2", "b"), (4, "3", "c")], []),
        (b"\xef\xbb\xbfn;name\n1;a\n", [(2, "1", "a")], []),
        (b"n;name\n\n1;a\n\n\n2;b\n\n", [(3, "1", "a"), (6, "2", "b")], []),
        (b"n;name\n1\n2;b;c\n3;c\n", [(4, "3", "c")], [(2, "COLUMNS_MISCOUNTED"), (3, "COLUMNS_MISCOUNTED")]),
        (b"n;name\n1;a\0b\n2;b\n", [(3, "2", "b")], [(2, "NUL_CHARACTER")]),
        (b"n;name\n1;\xff\xfe\n2;b\n", [(3, "2", "b")], [(2, "BYTES_UNDECODABLE")]),
        (b'n;name\n1;"a"\n', [(2, "1", '"a"')], []),
        (b"n;name\n", [], []),
        (b"name;n\na;1\n", [(2, "a", "1")], []),
    ],
)
def test_delimited_lines(content, rows, faults):
    assert read(content, PLAIN) == (rows, faults)


@pytest.mark.parametrize(
    ("content", "rows", "faults"),
    [
        (b'"n";"name"\n"1";"a"\n', [(2, "1", "a")], []),
        (b'n;name\n1;"a;b"\n2;b\n', [(2, "1", "a;b"), (3, "2", "b")], []),
        (b'n;name\n1;"a""b"\n', [(2, "1", 'a"b')], []),
        (b'n;name\n1;""\n', [(2, "1", "")], []),
        (b'n;name\n1;"a\nb;c"\n2;b\n', [(2, "1", "a\nb;c"), (4, "2", "b")], []),
        (b'n;name\n1;"a\n2;b\n3;c\n', [(3, "2", "b"), (4, "3", "c")], [(2, "QUOTES_UNMATCHED")]),
        (b'n;name\n1;"a\n2;b\n3;"c\n4;d\n', [(3, "2", "b"), (5, "4", "d")], [(2, "QUOTES_UNMATCHED"), (4, "QUOTES_UNMATCHED")]),
        (b'n;name\n1;a"b\n2;b\n', [(3, "2", "b")], [(2, "QUOTES_UNMATCHED")]),
        (b'n;name\n1;"a"b\n2;b\n', [(3, "2", "b")], [(2, "QUOTES_UNMATCHED")]),
        (b'n;name\n1;a"b"\n2;"c"\n', [(3, "2", "c")], [(2, "QUOTES_UNMATCHED")]),
    ],
)
def test_quoted_lines(content, rows, faults):
    assert read(content, QUOTED) == (rows, faults)


@pytest.mark.parametrize("delimiter", ["|+|", "\\u001b", "\\t", "@@@@", "\uff0c", "\\u0001"])
def test_any_text_delimits(delimiter):
    actual = delimiter.encode().decode("unicode_escape") if delimiter.startswith("\\") else delimiter
    content = f"n{actual}name\n1{actual}a|b\n2{actual}\x1fc\n3\n4{actual}王芳\n".encode()
    rows, faults = read(content, f'kind = "delimited"\ndelimiter = "{delimiter}"')
    assert rows == [(2, "1", "a|b"), (3, "2", "\x1fc"), (5, "4", "王芳")]
    assert faults == [(4, "COLUMNS_MISCOUNTED")]


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "big5", "utf-16", "utf-16-le", "utf-8-sig", "cp1252"])
def test_encodings(encoding):
    name = "Zürich" if encoding == "cp1252" else "東方"
    rows, faults = read(f"n,name\r\n1,{name}\r\n".encode(encoding), f'kind = "delimited"\nencoding = "{encoding}"')
    assert (rows, faults) == ([(2, "1", name)], [])


def test_a_line_of_broken_gbk_costs_no_other():
    content = "n,name\n1,东方\n".encode("gbk") + b"2,\xb6\n" + "3,支行\n".encode("gbk")
    assert read(content, 'kind = "delimited"\nencoding = "gbk"') == (
        [(2, "1", "东方"), (4, "3", "支行")],
        [(3, "BYTES_UNDECODABLE")],
    )


texts = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=6)


@given(st.lists(st.tuples(texts, texts), max_size=8), st.booleans())
def test_what_the_csv_module_writes_is_read_as_it_was(rows, everything):
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\n", quoting=csv.QUOTE_ALL if everything else csv.QUOTE_MINIMAL).writerows(
        [("n", "name"), *rows]
    )
    found, faults = read(out.getvalue().encode(), QUOTED)
    assert faults == []
    # A row of nothing but an empty text is an empty line.
    assert [tuple(values) for _, *values in found] == rows


@given(
    st.binary(max_size=60),
    st.sampled_from([PLAIN, QUOTED, 'kind = "delimited"\ndelimiter = ";"\nencoding = "gbk"\nquote = \'"\'']),
)
@settings(max_examples=300)
def test_whatever_the_bytes_each_line_is_a_row_or_a_fault(content, format_):
    rows, faults = read(b"n;name\n" + content + b"\n9;z\n", format_)
    seen = [row[0] for row in rows] + [line for line, _ in faults]
    assert len(set(seen)) == len(seen), "A line is told twice."
    if b'"' not in content or format_ is PLAIN:
        assert rows[-1][1:] == ("9", "z")


@given(
    st.lists(
        st.sampled_from([b"1;a", b'1;"a"', b'"1";"a;b"', b'1;"a""b"', b'1;"a', b'1;a"', b"1", b"", b'1;"a\nb"']), max_size=12
    )
)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_chunks_of_any_size_give_the_same_rows(parts):
    content = b"n;name\n" + b"\n".join(parts) + b"\n"
    expected = read(content, QUOTED)
    usual = lines.READ_BYTES
    try:
        for size in (1, 3, 7, 20):
            lines.READ_BYTES = size
            assert read(content, QUOTED) == expected
    finally:
        lines.READ_BYTES = usual


FIXED = """kind = "fixed"
encoding = "{encoding}"
fixed = [{{ name = "n", start = 1, width = 4 }}, {{ name = "name", start = 5, width = 8 }}]"""


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "cp037"])
def test_fixed_columns_are_cut_by_the_bytes_of_the_file(encoding):
    name = {"gbk": "东方支行", "utf-8": "东方  ", "cp037": "ZURICH  "}[encoding]
    content = f"0001{name}\n0002AB\n0003ABCDEFGHtail\n".encode(encoding)
    rows, faults = read(content, FIXED.format(encoding=encoding))
    assert rows == [(1, "0001", name), (2, "0002", "AB"), (3, "0003", "ABCDEFGH")]
    assert faults == []


def test_a_character_that_is_cut_in_two_is_no_text():
    content = "0001东方支行\n0002A东方支行\n0003东方支行\n".encode("gbk")
    rows, faults = read(content, FIXED.format(encoding="gbk"))
    assert ([line for line, *_ in rows], faults) == ([1, 3], [(2, "BYTES_UNDECODABLE")])


@pytest.mark.parametrize("encoding", ["cp037", "ascii"])
def test_records_of_one_length_need_no_line_ends(encoding):
    content = "0001AAAAAAAA0002BBBBBBBB0003CC".encode(encoding)
    rows, _ = read(content, FIXED.format(encoding=encoding))
    assert rows == [(1, "0001", "AAAAAAAA"), (2, "0002", "BBBBBBBB"), (3, "0003", "CC")]


def test_a_line_that_ends_inside_of_a_number_is_a_fault(feeds):
    feeds.define("""
[feed]
name = "core.balances"
title = "x"
dataset = "balances"
source_system = "core"
[format]
kind = "fixed"
fixed = [{ name = "a", start = 1, width = 3 }, { name = "b", start = 4, width = 6 }]
[date]
source = "run"
[columns]
account_number = { from = "a" }
currency_code = { value = "CNY" }
balance_minor_units = { from = "b", unit = "minor" }
[checks]
bad_rows_share_max = 0.5
""")
    feeds.run("core.balances", b"A01000123\nA020001\nA03001000\n")
    assert feeds.rows("core.balances", "account_number, balance_minor_units") == [("A01", 123), ("A03", 1000)]
    assert [(row.line, row.reason, row.raw) for row in feeds.quarantined()] == [(2, "LINE_TOO_SHORT", "A020001")]


def test_json_lines_keep_every_digit(feeds):
    feeds.define("""
[feed]
name = "core.balances"
title = "x"
dataset = "balances"
source_system = "core"
[format]
kind = "json_lines"
[date]
source = "run"
[columns]
account_number = { from = "acct.no" }
currency_code = { from = "ccy" }
balance_minor_units = { from = "bal" }
[checks]
bad_rows_share_max = 1.0
""")
    good = '{"acct": {"no": 17}, "ccy": "CNY", "bal": 90071992547409.93}'
    bad = ['{"acct": {"no": 1}', "[]", '{"acct": {"no": 18}, "ccy": "CNY", "bal": 1e5}', '{"acct":{"no":19},"ccy":"CNY","bal":1,"bal":2}',  # noqa: E501 - one line of a file
           '{"acct": {"no": 20}, "ccy": "CNY", "bal": NaN}', "[" * 100_000]  # fmt: skip
    feeds.run("core.balances", "\n".join([good, *bad]).encode())
    assert feeds.rows("core.balances", "account_number, balance_minor_units") == [("17", 9007199254740993)]
    assert [(row.line, row.reason) for row in feeds.quarantined()] == [
        (2, "JSON_BROKEN"), (3, "JSON_BROKEN"), (4, "AMOUNT_INVALID"), (5, "JSON_BROKEN"), (6, "JSON_BROKEN"), (7, "JSON_BROKEN"),
    ]  # fmt: skip


def zipped(*members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


GOOD = b"n;name\n1;a\n"


@pytest.mark.parametrize(
    ("compression", "content", "reason"),
    [
        ("gzip", gzip.compress(GOOD), ""),
        ("zip", zipped(("units.csv", GOOD)), ""),
        ("gzip", gzip.compress(GOOD * 1000)[:-9], "FILE_UNREADABLE"),
        ("gzip", GOOD, "FILE_UNREADABLE"),
        ("gzip", gzip.compress(GOOD)[:-4] + b"\0\0\0\0", "FILE_UNREADABLE"),
        ("zip", GOOD, "FILE_UNREADABLE"),
        ("zip", zipped(("units.csv", GOOD))[:-30], "FILE_UNREADABLE"),
        ("zip", zipped(("../../etc/passwd", GOOD)), "ARCHIVE_UNFIT"),
        ("zip", zipped(("/etc/passwd", GOOD)), "ARCHIVE_UNFIT"),
        ("zip", zipped(("..\\..\\boot.ini", GOOD)), "ARCHIVE_UNFIT"),
        ("zip", zipped(("C:/boot.ini", GOOD)), "ARCHIVE_UNFIT"),
        ("zip", zipped(("a.csv", GOOD), ("b.csv", GOOD)), "ARCHIVE_UNFIT"),
        ("zip", zipped(), "ARCHIVE_UNFIT"),
        ("gzip", gzip.compress(GOOD + b"2;a\n" * 1_000_000), "FILE_BURSTS"),
        ("zip", zipped(("bomb.csv", GOOD + b"2;a\n" * 1_000_000)), "FILE_BURSTS"),
        ("", b"", "HEADER_MISSING"),
        ("", b"n;other\n1;a\n", "COLUMNS_MISSING"),
        ("", b"n;name;name\n1;a;b\n", "COLUMNS_REPEATED"),
        ("", b"\xff\xfe\n1;a\n", "HEADER_UNREADABLE"),
        ("", b"n;name\n1;" + b"a" * 2_000_000, "FILE_UNREADABLE"),
    ],
    # By their places: a compressed file holds the time at which it was made, and each process makes its own.
    ids=map(str, range(20)),
)
def test_a_file_that_cannot_be_read_says_why(feeds, monkeypatch, compression, content, reason):
    monkeypatch.setattr(decompressing, "RATIO_FROM_BYTES", 1_000_000)
    feeds.define(feed(PLAIN + f'\ncompression = "{compression}"'))
    run = feeds.run("hr.units", content)
    assert (RunState(run.state), run.reason) == (RunState.REFUSED if reason else RunState.PUBLISHED, reason)
    assert run.message or not reason
    assert not list(feeds.lake.root.glob(".staging/*"))


def test_nothing_of_a_row_stands_readable_on_the_disk(feeds, tmp_path):
    feeds.define("""
[feed]
name = "core.customers"
title = "x"
dataset = "customers"
source_system = "core"
[format]
kind = "delimited"
[date]
source = "run"
[columns]
customer_number = { from = "n" }
kind = { value = "RETAIL" }
display_name = { from = "name" }
unit_number = { value = "U" }
state = { from = "state" }
[checks]
bad_rows_share_max = 1.0
""")
    feeds.run("core.customers", "n,name,state\n1,王芳芳芳芳,ACTIVE\n2,王芳芳芳芳,???\n".encode())
    assert len(feeds.quarantined()) == 1
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert "王芳芳芳芳".encode() not in path.read_bytes(), path
