"""Files of customers: read whatever they are, refused where they are none, harmless where they are written."""

import io
import zipfile
from contextlib import suppress
from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.files.workbook import WorkbookWriter
from services.chassis.kernel.errors import InvalidInput, RuleBroken
from services.chassis.words import formulas
from services.customer.rules.exchange import columns, tables, texts, values
from services.customer.rules.kinds import CustomerState
from services.customer.rules.retention import (
    IDENTITY_FIELDS,
    RULES,
    ErasureAct,
    plan,
    require_erasable,
    rule_in_force,
    years_after,
)  # fmt: skip

SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
HOSTILE = st.text(alphabet=st.sampled_from([*SIGNS, *",;|\t\r\n' \"a1\u200b\u3000王\uff0c"]), max_size=12)


@given(HOSTILE | st.text())
def test_neutralised_text_comes_back_whole(text):
    assert formulas.restored(formulas.neutralised(text)) == text


@given(HOSTILE)
def test_neutralised_text_begins_no_formula_whatever_the_separator(text):
    guarded = formulas.neutralised(text)
    assert not guarded.startswith(("\t", "\r", "\n"))
    for separator in ",;|\t\n\uff0c":
        for part in guarded.split(separator):
            assert not part.lstrip(' "\u200b\u3000').startswith(tuple(SIGNS))


@pytest.mark.parametrize(
    ("text", "guarded"),
    [("=1", "'=1"), ("'=1", "''=1"), ("a;=1", "a;'=1"), (" @x", " '@x"), ("O'Neill", "O'Neill"), ("张-三", "张-三"), ("", "")],
)
def test_an_apostrophe_stands_before_the_sign(text, guarded):
    assert formulas.neutralised(text) == guarded


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "gbk"])
def test_the_encoding_is_recognised(encoding):
    text = "customer_number,客户名称\nC-1,欧阳芳\nC-2,司马光\n"
    decoded, recognised = texts.decoded(text.encode(encoding))
    assert decoded == text
    assert recognised in texts.ENCODINGS


def test_latin_text_is_not_taken_for_chinese():
    assert texts.decoded("Auftraggeber/Empfänger;Währung\nMüller;EUR\n".encode("cp1252")) == (
        "Auftraggeber/Empfänger;Währung\nMüller;EUR\n", "cp1252",
    )  # fmt: skip


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content):
    with suppress(InvalidInput):
        shape = tables.shape_of(content)
        list(tables.rows_of(content, shape))


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("客户号", "customer_number"), ("kehuhao", "customer_number"), ("Customer No.", "customer_number"),
        ("姓名\uff08必填\uff09", "display_name"),
        ("XINGMING", "display_name"), ("手机号码 (mobile)", "phone"), ("\uff29\uff24\u3000\uff2e\uff4f", "identifier"),
        ("统一社会信用代码", "identifier"),
        ("客户经理工号", "lead_staff_number"), ("custom.branch_code", "custom.branch_code"), ("Amount", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_heading_names_its_field(heading, field):
    assert columns.suggested([heading]) == [field]


def test_the_heading_is_found_below_a_title():
    assert columns.heading_place([("某某银行客户清单", ""), ("", ""), ("客户号", "姓名"), ("C-1", "王芳")]) == 2


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        ("kind", "对公", 2), ("kind", "CUSTOMER_KIND_RETAIL", 1), ("tier", "私行", 4),
        ("birth_or_founding_date", "1990年1月3日", "1990-01-03"),
        ("birth_or_founding_date", "1990/01/03", "1990-01-03"), ("birth_or_founding_date", "19900103", "1990-01-03"),
        ("birth_or_founding_date", "1990-01-03T00:00:00", "1990-01-03"), ("tags", "a、b; a", ["a", "b"]),
        ("phone", "\uff11\uff13\uff18", "138"),
        ("display_name", "'=1+1", "=1+1"), ("display_name", "  ", None),
    ],
)  # fmt: skip
def test_a_cell_is_understood(field, cell, value):
    assert values.value_of(field, cell) == value


@pytest.mark.parametrize(("field", "cell"), [("kind", "外星人"), ("birth_or_founding_date", "1990-02-30"), ("tier", "7")])
def test_a_cell_that_is_not_understood_is_refused_without_being_repeated(field, cell):
    with pytest.raises(InvalidInput, match="VALUE_UNKNOWN") as refused:
        values.value_of(field, cell)
    assert refused.value.violations[0].field == field
    assert cell not in str(refused.value) + refused.value.violations[0].description


def bomb(size):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(size // 1_000_000 + 1):
                sheet.write(b"0" * 1_000_000)
    return out.getvalue()


def test_a_workbook_that_would_fill_the_memory_is_refused_unread():
    content = bomb(tables.UNPACKED_BYTES_MAX)
    assert len(content) < 1_000_000
    with pytest.raises(InvalidInput, match="WORKBOOK_TOO_LARGE"):
        tables.shape_of(content)


def test_a_workbook_with_a_document_type_is_refused_unread():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "b">]><workbook/>')
    with pytest.raises(InvalidInput, match="WORKBOOK_BROKEN"):
        tables.shape_of(out.getvalue())


@given(st.lists(st.lists(st.text(max_size=8), min_size=2, max_size=2), min_size=1, max_size=5))
def test_a_workbook_is_read_as_it_was_written(rows):
    out = io.BytesIO()
    writer = WorkbookWriter(out.write, "customers")
    for row in rows:
        writer.write(row)
    writer.close()
    sheet = openpyxl.load_workbook(io.BytesIO(out.getvalue())).worksheets[0]
    read = [["" if cell is None else cell for cell in row] for row in sheet.iter_rows(values_only=True, max_col=2)]
    assert read == [[plain(cell) for cell in row] for row in rows]


def plain(cell):
    # XML has no place for control characters, and one line break.
    kept = "".join(c for c in cell if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff" and not "\ud800" <= c <= "\udfff"))
    return kept.replace("\r\n", "\n").replace("\r", "\n")


def test_old_and_new_quoted_printable_cards_are_read():
    text = (
        "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E6=AC=A7=E9=98=B3;=E8=8A=B3;;;\r\n"
        "TEL;CELL:13812345678\r\nEND:VCARD\r\n"
    )
    content = text.encode()
    (row,) = tables.rows_of(content, tables.shape_of(content))
    assert row.cells[:3] == ("欧阳芳", "RETAIL", "13812345678")


@pytest.mark.parametrize("path", ["vcard", "bank_csv"])
def test_real_files_are_read_or_refused_clearly(shared_data, path):
    files = [each for each in (shared_data / path).rglob("*") if each.is_file()]
    assert len(files) > 20
    read = 0
    for file in files:
        content = file.read_bytes()
        try:
            shape = tables.shape_of(content)
        except InvalidInput:
            continue
        rows = list(tables.rows_of(content, shape))
        assert all(row.fault or any(row.cells) for row in rows), file
        read += any(not row.fault for row in rows)
        assert not [row for row in rows if row.fault and "\ufffd" in row.fault]
    # No bank statement is a table of customers, but each is a table.
    assert read >= len(files) - 6


def test_no_real_bank_statement_is_taken_for_customers(shared_data):
    for file in (shared_data / "bank_csv").rglob("*.csv"):
        fields = set(tables.shape_of(file.read_bytes()).fields)
        assert not {"customer_number", "display_name"} <= fields, file


def test_the_law_that_is_in_force_decides_how_long():
    assert rule_in_force(RULES, date(2024, 12, 31)).years == 5
    assert rule_in_force(RULES, date(2025, 1, 1)).years == 10
    assert rule_in_force(RULES, date(2006, 1, 1)) is None
    assert years_after(date(2024, 2, 29), 10) == date(2034, 2, 28)


def test_what_the_law_keeps_is_kept_to_its_last_day_and_no_longer():
    ended = date(2026, 3, 1)
    for today, act in ((date(2036, 3, 1), ErasureAct.RETAIN), (date(2036, 3, 2), ErasureAct.ERASE)):
        items = {item.part: item for item in plan(["identifier", "tags"], ["coverages"], ended, today)}
        assert items["identifier"].act == act
        assert items["tags"].act == items["coverages"].act == ErasureAct.ERASE
    assert {item.act for item in plan(IDENTITY_FIELDS, [], None, ended)} == {ErasureAct.ERASE, ErasureAct.STAY}


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (CustomerState.ACTIVE, "RELATIONSHIP_ACTIVE"), (CustomerState.DORMANT, "RELATIONSHIP_ACTIVE"),
        (CustomerState.MERGED, "CUSTOMER_ENDED"), (CustomerState.ERASED, "CUSTOMER_ENDED"),
    ],
)  # fmt: skip
def test_only_who_is_no_customer_any_more_is_erased(state, reason):
    with pytest.raises(RuleBroken, match=reason):
        require_erasable(state)
    require_erasable(CustomerState.CLOSED)
    require_erasable(CustomerState.PROSPECT)
