"""Workbooks and Parquet: digits, dates and texts as they are; and archives that mean harm."""

from __future__ import annotations

import datetime as dt
import io
import time
import zipfile
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from services.integration.connectors.formats.workbooks import _is_too_long
from tests.unit.integration.samples import SECONDS_MAX, outcome, samples


def _book(*rows, title="Sheet"):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_cells_are_told_as_they_are():
    day, moment = dt.date(2024, 5, 31), dt.datetime(2024, 5, 31, 9, 30)  # noqa: DTZ001 - a cell has no zone
    content = _book(
        ["account", "amount", "day", "moment", "flag", "text", "long"],
        ["0012", 1234567.89, day, moment, True, "=1+1x", None],
        ["x", 0.1, None, None, None, " y ", None],
    )
    found = outcome("xlsx", content)
    assert dict(found.rows[0].values) == {
        "account": "0012",
        "amount": "1234567.89",
        "day": "2024-05-31",
        "moment": "2024-05-31T09:30:00",
        "flag": "true",
    }
    assert (found.rows[1].values["amount"], found.rows[1].values["text"]) == ("0.1", " y ")


@pytest.mark.parametrize("number", [1e15, 6.222021234567891e18, 12345678901234.567, -1e16])
def test_numbers_with_more_digits_than_a_workbook_keeps_are_refused(number):
    # Written as other programs than openpyxl do, which writes 1e15 as a whole number.
    assert _is_too_long(number)


@pytest.mark.parametrize("number", [0.1, 1234567.89, 999999999999.99, 100.0, 12345678901234.0, 1e14])
def test_numbers_that_it_keeps_are_told_exactly(number):
    row = outcome("xlsx", _book(["a"], [number])).rows[0]
    assert Decimal(row.values["a"]) == Decimal(repr(number))
    assert "e" not in row.values["a"].lower()


def test_titles_names_totals_and_the_sheet():
    content = _book(["Title"], [], ["a", "a", None, "b"], [1, 2, 3, 4], [5, 6, 7, 8], ["total", 9])
    found = outcome("xlsx", content, skip_lines=2, trailer_lines=1)
    assert [dict(row.values) for row in found.rows] == [{"a": "1", "a[2]": "2", "b": "4"}, {"a": "5", "a[2]": "6", "b": "8"}]
    assert [row.line for row in found.rows] == [4, 5]
    named = outcome("xlsx", content, skip_lines=3, header=False, columns=("x", "y"))
    assert named.rows[0].values == {"x": "1", "y": "2"}
    assert "no sheet" in outcome("xlsx", content, sheet="Other").refusal


def test_real_chinese_exports(shared_data):
    folder = shared_data / "cn_bank_statements/deb-sig_double-entry-generator"
    titles = {"ccb": 5, "spdb": 1, "wechat": 17, "htsec": 0}
    columns = {"ccb": "账户余额", "spdb": "交易日期", "wechat": "交易时间", "htsec": "证券代码"}
    for path in folder.glob("*.xls*"):
        name = path.name.partition("_")[0]
        for skip in range(20):
            found = outcome("xlsx", path.read_bytes(), skip_lines=skip)
            if found.rows and columns[name] in found.rows[0].values:
                break
        else:
            pytest.fail(f"{path.name} has no header {columns[name]}")
        assert found.rows, (path.name, titles[name])
    book = samples(shared_data, "cn_bank_statements/deb-sig_double-entry-generator/htsec")[0].content
    assert [row.values["发生金额"] for row in outcome("xlsx", book).rows][:1] == ["1.28"]


def _archive(parts, compression=zipfile.ZIP_DEFLATED):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return content.getvalue()


def _with(part, data):
    content = io.BytesIO(_book(["a"], [1]))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, data)
    return content.getvalue()


HOSTILE = {
    "bomb": lambda: _with("xl/worksheets/bomb.xml", b"\x00" * 100_000_000),
    "path above": lambda: _with("../../etc/cron.d/x", b"x"),
    "absolute path": lambda: _with("/etc/x", b"x"),
    "windows path": lambda: _with("..\\x", b"x"),
    "drive": lambda: _with("c:/x", b"x"),
    "many parts": lambda: _archive([(f"p{n}", b"") for n in range(5_000)]),
    "no workbook": lambda: _archive([("a.txt", b"hello")]),
    "document type": lambda: _with("xl/extra.xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
    "empty archive": lambda: _archive([]),
    "text named xls": lambda: b"a\tb\n1\t2\n",
    "html named xls": lambda: b"<html><table></table></html>",
    "only the magic": lambda: b"PK\x03\x04",
    "only the other magic": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2_000,
    "nothing": lambda: b"",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_archives_are_refused_at_once(name):
    content = HOSTILE[name]()
    began = time.monotonic()
    assert outcome("xlsx", content).refusal
    assert time.monotonic() - began < SECONDS_MAX


def test_a_sheet_that_lies_about_its_size_is_read_as_it_is():
    content = _book(["a"], [1])
    parts = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            data = archive.read(name)
            if name.endswith("sheet1.xml"):
                data = data.replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"')
            parts.append((name, data))
    began = time.monotonic()
    assert [dict(row.values) for row in outcome("xlsx", _archive(parts)).rows] == [{"a": "1"}]
    assert time.monotonic() - began < SECONDS_MAX


def test_a_stream_that_cannot_jump_is_held():
    class Pipe(io.BytesIO):
        def seekable(self):
            return False

    from services.integration.connectors.formats import reader_of
    from services.integration.model.feed_definition import Format

    rows = list(reader_of("xlsx")(Pipe(_book(["a"], [1])), Format(kind="xlsx")))
    assert rows[0].values == {"a": "1"}


def test_parquet_keeps_digits():
    table = pa.table(
        {
            "amount": pa.array([Decimal("12345678901234567.89"), None], pa.decimal128(38, 2)),
            "rate": [0.1, 1e22],
            "day": [dt.date(2024, 2, 29), None],
            "number": pa.array([2**63 - 1, -1]),
            "list": [[1], [2]],
            "text": ["00012", "=cmd()"],
        }
    )
    content = io.BytesIO()
    pq.write_table(table, content)
    first, second = outcome("parquet", content.getvalue()).rows
    assert first.values == {
        "amount": "12345678901234567.89", "rate": "0.1", "day": "2024-02-29", "number": "9223372036854775807", "text": "00012",
    }  # fmt: skip
    assert second.values == {"rate": "10000000000000000000000", "number": "-1", "text": "=cmd()"}
    for size in range(0, len(content.getvalue()), 97):
        assert outcome("parquet", content.getvalue()[:size]).refusal
