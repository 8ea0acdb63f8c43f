"""Imports: checked without a trace, run row by row, the same file again changes nothing, and back again."""

from __future__ import annotations

import io
import time
import uuid
from collections import Counter
from types import SimpleNamespace

import openpyxl
import pytest
from google.api.httpbody_pb2 import HttpBody
from sqlalchemy import select
from workbench.customer.v1 import customer_pb2, import_service_pb2
from workbench.operations.v1 import file_service_pb2, operation_service_pb2

from services.chassis.contract import methods
from services.chassis.kernel.errors import InvalidInput, NotAllowed, NotFound, RuleBroken
from services.chassis.outbox.table import OutboxMessage
from tests.component.customer.conftest import new_id_card
from tests.component.customer.test_customers import events_of

HEADINGS = ("客户号", "姓名", "客户类型", "身份证号", "手机号码", "邮箱", "标签", "客户经理工号")
SUCCEEDED = operation_service_pb2.OPERATION_STATE_SUCCEEDED
OUTCOMES = import_service_pb2.ImportOutcome


def csv_of(*rows, headings=HEADINGS, delimiter=",", encoding="utf-8"):
    lines = [delimiter.join(f'"{cell}"' for cell in row) for row in (headings, *rows)]
    return "\r\n".join(lines).encode(encoding)


def row(town, number="", **cells):
    values = {
        "客户号": number or f"I{uuid.uuid4().hex[:12].upper()}",
        "姓名": "欧阳芳",
        "客户类型": "个人",
        "客户经理工号": staff(town.rm1_east),
    }
    values |= cells
    return tuple(values.get(heading, "") for heading in HEADINGS)


def staff(colleague):
    return colleague.person_id[:6]


def ended(colleague, operation):
    """The operation when it has ended."""
    while operation.state < SUCCEEDED:
        operation = colleague.call("WaitOperation", service="customer", operation_id=operation.operation_id, timeout_seconds=5)
    return operation


class Importing:
    """One file on its way in, as one person brings it."""

    def __init__(self, colleague, content, name="customers.csv"):
        self.colleague = colleague
        self.id = colleague.call("CreateImport", file_name=name).import_id
        self.opened = self.upload(content)

    def upload(self, content, offset=0):
        return self.colleague.call("UploadImportFile", import_id=self.id, offset=offset, content=HttpBody(data=content))

    def check(self, **options):
        return self.done(self.colleague.call("CheckImport", import_id=self.id, **options))

    def run(self):
        return self.done(self.colleague.call("RunImport", import_id=self.id))

    def undo(self):
        return self.done(self.colleague.call("UndoImport", import_id=self.id))

    def done(self, operation):
        operation = ended(self.colleague, operation)
        assert operation.state == SUCCEEDED, operation
        return self.counts

    @property
    def counts(self):
        counts = self.colleague.call("GetImport", import_id=self.id).counts
        return {field.name: value for field, value in counts.ListFields()}

    def rows(self, *outcomes):
        return list(self.colleague.call("ListImportRows", import_id=self.id, outcomes=outcomes, page_size=1000).rows)


@pytest.fixture
def manager(town):
    return town.manager_east


def test_a_check_counts_and_leaves_no_trace(town, manager):
    known = town.rm1_east.create(customer_number="K" + uuid.uuid4().hex[:10])
    content = csv_of(
        row(town), row(town, known.customer_number, 姓名="欧阳芳芳"), row(town, known.customer_number),
        row(town, 身份证号="110101199003078888"), row(town, 姓名=""),
    )  # fmt: skip
    importing = Importing(manager, content)
    assert [column.field for column in importing.opened.columns] == [
        "customer_number", "display_name", "kind", "identifier", "phone", "email", "tags", "lead_staff_number",
    ]  # fmt: skip
    events = len(events_of(town.service, known.customer_id))
    assert importing.check() == {"created": 1, "updated": 1, "refused": 3}
    assert town.rm1_east.numbers() == [known.customer_number]
    assert town.rm1_east.get(known) == known
    assert len(events_of(town.service, known.customer_id)) == events
    faults = {(each.line, each.reason, each.column) for each in importing.rows(OUTCOMES.IMPORT_OUTCOME_REFUSED)}
    assert faults == {(4, "ROW_REPEATED", ""), (5, "IDENTIFIER_INVALID", "身份证号"), (6, "NAME_MISSING", "姓名")}


def test_a_run_opens_and_changes_and_the_same_file_again_changes_nothing(town, manager):
    known = town.rm1_east.create(customer_number="K" + uuid.uuid4().hex[:10], tier=customer_pb2.CUSTOMER_TIER_MASS)
    card = new_id_card()
    content = csv_of(
        row(town, 身份证号=card, 手机号码="13812345678", 邮箱="fang@example.com", 标签="贵金属、理财"),
        row(town, known.customer_number, 姓名="司马 光"),
    )
    importing = Importing(manager, content)
    importing.check()
    assert importing.run() == {"created": 1, "updated": 1}
    created = next(each for each in town.rm1_east.pages(100) if each.customer_id != known.customer_id)
    shown = town.rm1_east.call("RevealCustomer", customer_id=created.customer_id, purpose="look at the test")
    assert (shown.identifier, list(shown.tags), shown.lead_person_id) == (card, ["贵金属", "理财"], town.rm1_east.person_id)
    assert [point.value for point in shown.contact_points] == ["fang@example.com"]
    changed = town.rm1_east.get(known)
    assert (changed.display_name, changed.tier) == ("司马 光", customer_pb2.CUSTOMER_TIER_MASS)
    again = Importing(manager, content)
    assert again.check() == {"unchanged": 2}
    assert again.run() == {"unchanged": 2}
    assert town.rm1_east.get(known).etag == changed.etag


def test_one_bad_row_stops_no_other_and_all_are_told(town, manager):
    other = town.rm1_west.create(customer_number="W" + uuid.uuid4().hex[:10], identifier=new_id_card())
    held = town.rm1_west.call("RevealCustomer", customer_id=other.customer_id, purpose="look at the test").identifier
    rows = [row(town, 姓名=f"王{number}") for number in range(450)]
    rows[7] = row(town, other.customer_number)
    rows[9] = row(town, 身份证号=held)
    rows[11] = row(town, 客户经理工号="nobody")
    rows[13] = row(town, 客户类型="外星人")
    rows[15] = (*row(town), "too much")
    rows[17] = row(town, 手机号码="12")
    importing = Importing(manager, csv_of(*rows))
    assert importing.check() == {"created": 444, "refused": 6}
    assert importing.run() == {"created": 444, "refused": 6}
    refused = {each.line: (each.reason, each.column) for each in importing.rows(OUTCOMES.IMPORT_OUTCOME_REFUSED)}
    assert refused == {
        9: ("CUSTOMER_NUMBER_TAKEN", "客户号"), 11: ("IDENTIFIER_TAKEN", "身份证号"), 13: ("PERSON_NOT_FOUND", "客户经理工号"),
        15: ("VALUE_UNKNOWN", "客户类型"), 17: ("ROW_UNREADABLE", ""), 19: ("PHONE_INVALID", "手机号码"),
    }  # fmt: skip
    assert len(town.rm1_east.numbers()) == 444
    assert held not in str(importing.rows())


def test_the_refused_rows_are_a_table_to_be_fetched(town, manager):
    importing = Importing(manager, csv_of(row(town, 身份证号="110101199003078888")))
    operation = ended(manager, manager.call("CheckImport", import_id=importing.id))
    content = download(town, operation.result_path)
    assert operation.result_file_name == "refused-rows.csv"
    assert content.startswith("\ufeff".encode())
    assert "IDENTIFIER_INVALID" in content.decode()
    assert "110101199003078888" not in content.decode()


def download(town, path):
    """What a link leads to, without signing in."""
    (method,) = methods("workbench.operations.v1.FileService")
    call = town.service.channel.unary_stream(
        method.path, request_serializer=method.request.SerializeToString, response_deserializer=method.response.FromString
    )
    *_, service, _files, link = path.split("/")
    return b"".join(part.data for part in call(file_service_pb2.DownloadFileRequest(service=service, link=link), timeout=10))


def recorded(town, customer_id):
    """The types of the customer's events, in their order."""
    with town.service.database.transaction(read_only=True) as work:
        found = select(OutboxMessage.type).where(OutboxMessage.subject == customer_id).order_by(OutboxMessage.sequence)
        return [each.rpartition(".")[2] for each in work.session.scalars(found)]


def test_an_undo_takes_back_what_nobody_touched_since(town, manager):
    known, touched = (town.rm1_east.create(customer_number="K" + uuid.uuid4().hex[:10], display_name="王芳") for _ in range(2))
    content = csv_of(
        row(town), row(town), row(town, known.customer_number, 姓名="李芳", 手机号码="13812345678"),
        row(town, touched.customer_number, 姓名="李芳"),
    )  # fmt: skip
    importing = Importing(manager, content)
    importing.check()
    assert importing.run() == {"created": 2, "updated": 2}
    created = [each.customer_id for each in importing.rows(OUTCOMES.IMPORT_OUTCOME_CREATED)]
    town.rm1_east.update(SimpleNamespace(customer_id=created[1]), display_name="赵芳")
    town.rm1_east.update(touched, display_name="孙芳")
    assert importing.undo() == {"created": 2, "updated": 2, "undone": 2, "kept": 2}
    with pytest.raises(NotFound, match="CUSTOMER_NOT_FOUND"):
        town.rm1_east.get(SimpleNamespace(customer_id=created[0]))
    assert recorded(town, created[0]) == ["CustomerCreated", "CustomerRemoved"]
    now = {each.customer_id: each for each in town.rm1_east.pages(100)}
    assert (now[known.customer_id].display_name, now[known.customer_id].phone) == ("王芳", "")
    assert now[touched.customer_id].display_name == "孙芳"
    assert now[created[1]].display_name == "赵芳"
    kept = {each.line: (each.reason, each.undone) for each in importing.rows() if each.reason}
    assert kept == {3: ("CHANGED_SINCE", False), 5: ("CHANGED_SINCE", False)}
    # What was removed can be imported again.
    again = Importing(manager, content)
    assert again.check() == {"created": 1, "updated": 3}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_of_any_usual_encoding_is_read(town, manager, encoding, delimiter):
    importing = Importing(manager, csv_of(row(town, 姓名="欧阳\r\n芳"), delimiter=delimiter, encoding=encoding))
    assert importing.opened.delimiter == delimiter
    assert importing.check() == {"created": 1}


def test_a_workbook_is_read_and_says_where_digits_were_lost(town, manager):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEADINGS)
    sheet.append([*row(town)[:3], 110101199003078880, *row(town)[4:]])
    sheet.append([30_000_000 + int(time.time()), *row(town)[1:]])
    content = io.BytesIO()
    book.save(content)
    importing = Importing(manager, content.getvalue(), "customers.xlsx")
    assert (importing.opened.format, importing.opened.heading_line) == ("XLSX", 1)
    assert importing.check() == {"created": 1, "refused": 1}
    (refused,) = importing.rows(OUTCOMES.IMPORT_OUTCOME_REFUSED)
    assert (refused.line, refused.reason, refused.column) == (2, "ROW_UNREADABLE", "身份证号")


def test_cards_make_customers_that_are_known_again(town, manager):
    cards = "BEGIN:VCARD\nVERSION:3.0\nFN:欧阳芳\nTEL:13812345678\nUID:{uid}\nEND:VCARD\nBEGIN:VCARD\nFN:half\n"
    content = cards.format(uid=uuid.uuid4()).encode()
    importing = Importing(manager, content, "cards.vcf")
    assert importing.check(lead_staff_number=staff(town.rm1_east)) == {"refused": 2}
    assert importing.check(lead_staff_number=staff(town.rm1_east), number_prefix="VC-") == {"created": 1, "refused": 1}
    assert importing.run()["created"] == 1
    assert town.rm1_east.numbers()[0].startswith("VC-")
    again = Importing(manager, content, "cards.vcf")
    assert again.check(lead_staff_number=staff(town.rm1_east), number_prefix="VC-") == {"unchanged": 1, "refused": 1}


def test_the_cards_of_other_programmes_come_in_or_are_refused_card_by_card(town, manager, shared_data):
    seen = Counter()
    for path in sorted(shared_data.glob("vcard/**/*.vcf")):
        try:
            importing = Importing(manager, path.read_bytes(), "cards.vcf")
        except InvalidInput as refusal:
            seen[refusal.reason] += 1
            continue
        prefix = f"V{uuid.uuid4().hex[:4]}-"
        counts = importing.check(lead_staff_number=staff(town.rm1_east), number_prefix=prefix)
        refused = importing.rows(OUTCOMES.IMPORT_OUTCOME_REFUSED)
        assert sum(counts.values()) > 0, path
        assert len(refused) == counts.get("refused", 0), path
        assert all(each.reason and each.line for each in refused), path
        assert importing.run() == counts, path
        seen.update(counts)
    assert seen["created"] > 20, seen
    assert seen["refused"] + seen["IMPORT_FILE_INVALID"] > 0, seen


def test_the_statements_of_banks_are_no_customers(manager, shared_data):
    for path in sorted(shared_data.glob("bank_csv/**/*.csv")):
        try:
            importing = Importing(manager, path.read_bytes(), path.name)
            counts = importing.check()
        except (InvalidInput, RuleBroken):
            continue
        assert set(counts) <= {"refused"}, path
        assert all(each.reason for each in importing.rows(OUTCOMES.IMPORT_OUTCOME_REFUSED)), path


def test_a_row_without_a_number_is_known_by_its_identifier(town, manager):
    known = town.rm1_east.create(identifier=new_id_card())
    card = town.rm1_east.call("RevealCustomer", customer_id=known.customer_id, purpose="look at the test").identifier
    content = csv_of((card.lower(), "李四"), (new_id_card(), "赵六"), headings=("身份证号", "姓名"))
    importing = Importing(manager, content)
    options = {"default_kind": customer_pb2.CUSTOMER_KIND_RETAIL, "lead_staff_number": staff(town.rm1_east)}
    assert importing.check(**options) == {"updated": 1, "refused": 1}
    assert importing.check(number_prefix="ID-", **options) == {"updated": 1, "created": 1}
    importing.run()
    assert town.rm1_east.get(known).display_name == "李四"
    assert Importing(manager, content).check(number_prefix="ID-", **options) == {"unchanged": 2}


def test_a_file_comes_in_parts_and_a_part_twice_is_taken_once(town, manager):
    content = csv_of(*(row(town) for _ in range(20)))
    importing = Importing(manager, content[:500])
    assert importing.upload(content[:500]).size_bytes == 500
    with pytest.raises(RuleBroken, match="OFFSET_WRONG") as wrong:
        importing.upload(content[600:], offset=600)
    assert wrong.value.metadata == {"sizeBytes": "500"}
    assert importing.upload(content[500:], offset=500).size_bytes == len(content)
    with pytest.raises(RuleBroken, match="OFFSET_WRONG"):
        importing.upload(b"x" * 500)
    assert importing.check() == {"created": 20}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"  \r\n ", "FILE_EMPTY"),
        (b"%PDF-1.7 ...", "FORMAT_UNSUPPORTED"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "FORMAT_UNSUPPORTED"),
        (b"PK\x03\x04" + bytes(100), "WORKBOOK_BROKEN"),
        (bytes(range(256)) * 4, "ENCODING_UNKNOWN"),
        (b"Date,Amount\n2024-01-01,5\n", "COLUMNS_UNMAPPED"),
    ],
)
def test_what_is_no_table_of_customers_is_refused_clearly(town, manager, content, reason):
    importing = Importing(manager, content)
    with pytest.raises(InvalidInput, match=reason):
        manager.call("CheckImport", import_id=importing.id)


def test_a_state_that_does_not_fit_is_told(town, manager):
    importing = Importing(manager, csv_of(row(town)))
    for method in ("RunImport", "UndoImport"):
        with pytest.raises(RuleBroken, match="IMPORT_STATE_WRONG"):
            manager.call(method, import_id=importing.id)


def test_everybody_sees_his_own_imports_only(town, manager):
    importing = Importing(manager, csv_of(row(town)))
    with pytest.raises(NotFound, match="IMPORT_NOT_FOUND"):
        town.manager_west.call("GetImport", import_id=importing.id)
    with pytest.raises(NotAllowed):
        town.rm1_east.call("GetImport", import_id=importing.id)
    assert importing.id in {each.import_id for each in manager.call("ListImports").imports}
    assert importing.id not in {each.import_id for each in town.manager_west.call("ListImports").imports}


def test_two_thousand_records_come_in_within_seconds(town, manager):
    rows = [row(town, 姓名=f"王{number}", 身份证号=new_id_card(), 手机号码=f"138{number:08d}") for number in range(2_000)]
    content = csv_of(*rows)
    # Of this process, whatever else the machine does: check and run make a thousand records a second each, and this allows four
    # times as long.
    started = time.process_time()
    importing = Importing(manager, content)
    importing.check()
    assert importing.run() == {"created": 2_000}
    assert Importing(manager, content).check() == {"unchanged": 2_000}
    assert time.process_time() - started < 16
