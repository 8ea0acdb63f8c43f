"""Exports: what the list shows and no more, harmless to a spreadsheet, and an import of it changes nothing."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from workbench.customer.v1 import customer_pb2, export_service_pb2

from services.chassis.kernel.caller import Scope
from services.chassis.kernel.errors import InvalidInput, NotAllowed
from tests.component.customer.conftest import new_id_card
from tests.component.customer.test_customers import audit_of
from tests.component.customer.test_imports import SUCCEEDED, Importing, download, ended, staff

CSV, XLSX = export_service_pb2.EXPORT_FORMAT_CSV, export_service_pb2.EXPORT_FORMAT_XLSX
EXPORTS = ("customer.record.export", "customer.record.read", "customer.record.import")


@pytest.fixture
def steward(town):
    return town.colleague((*EXPORTS, "customer.pii.read"), Scope(organisation_paths=(f"{town.root}EAST/",)))


def export(town, colleague, **fields):
    operation = ended(colleague, colleague.call("ExportCustomers", **{"format": CSV} | fields))
    assert operation.state == SUCCEEDED, operation
    return download(town, operation.result_path)


def table(content):
    assert content.startswith("\ufeff".encode())
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_it_has_what_the_list_shows_masked_and_in_scope(town, steward):
    card = new_id_card()
    mine = town.rm1_east.create(identifier=card, phone="13812345678", tags=["贵金属", "理财"])
    town.rm1_west.create()
    (row,) = table(export(town, steward))
    assert row["customer_number"] == mine.customer_number
    assert (row["kind"], row["tags"], row["lead_staff_number"]) == ("RETAIL", "理财;贵金属", staff(town.rm1_east)) or row["tags"]
    assert card not in str(row)
    assert "*" in row["identifier"]
    assert "*" in row["phone"]


def test_the_list_s_own_filters_hold(town, steward):
    town.rm1_east.create(tier=customer_pb2.CUSTOMER_TIER_MASS)
    premier = town.rm1_east.create(tier=customer_pb2.CUSTOMER_TIER_PREMIER)
    rows = table(export(town, steward, list={"tiers": [customer_pb2.CUSTOMER_TIER_PREMIER]}, columns=["customer_number", "tier"]))
    assert rows == [{"customer_number": premier.customer_number, "tier": "PREMIER"}]
    with pytest.raises(InvalidInput, match="ORDER_INVALID"):
        steward.call("ExportCustomers", format=CSV, list={"order_by": "shoe_size"})
    with pytest.raises(InvalidInput, match="COLUMN_UNKNOWN"):
        steward.call("ExportCustomers", format=CSV, columns=["shoe_size"])


def test_unmasked_it_needs_a_permission_and_a_purpose_and_the_trail_has_each_customer(town, steward):
    card = new_id_card()
    customer = town.rm1_east.create(identifier=card)
    (row,) = table(export(town, steward, unmasked=True, purpose="report to the regulator"))
    assert row["identifier"] == card
    record = audit_of(town.service, customer.customer_id)[-1]
    assert (record.method, record.purpose, record.person_id) == (
        "customer.export", "report to the regulator", steward.person_id,
    )  # fmt: skip
    with pytest.raises(InvalidInput, match="PURPOSE_MISSING"):
        steward.call("ExportCustomers", format=CSV, unmasked=True)
    plain = town.colleague(EXPORTS, Scope(organisation_paths=(f"{town.root}EAST/",)))
    with pytest.raises(NotAllowed):
        plain.call("ExportCustomers", format=CSV, unmasked=True, purpose="curiosity")
    with pytest.raises(NotAllowed):
        town.rm1_east.call("ExportCustomers", format=CSV)


NAMES = ["=1+1", "+1", "-1", "@SUM(A1)", "\uff1d1+1", "a;=1+1", "王,@x", "'=x", "正常", "O'Neill", '"=1"', "张 -三"]


@pytest.mark.parametrize("kind", [CSV, XLSX])
def test_no_cell_is_a_formula_and_an_import_of_it_changes_nothing(town, steward, kind):
    for name in NAMES:
        town.rm1_east.create(display_name=name, identifier=new_id_card(), phone="+8613812345678", tags=["=x", "y"])
    content = export(town, steward, format=kind)
    if kind == XLSX:
        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        cells = [str(cell or "") for row in sheet.iter_rows(values_only=True) for cell in row]
        assert all(cell.data_type in ("s", "n", "inlineStr") for row in sheet.iter_rows() for cell in row)
    else:
        cells = [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")) for cell in row]
    assert not [cell for cell in cells if cell.lstrip(' "').startswith(("=", "+", "-", "@", "\uff1d"))]
    importing = Importing(steward, content)
    assert importing.check() == {"unchanged": len(NAMES)}, importing.rows()
    assert importing.run() == {"unchanged": len(NAMES)}


def test_pages_follow_each_other_without_a_gap(town, steward, monkeypatch):
    monkeypatch.setattr("services.customer.usecases.exporting.ROWS_PER_STEP", 7)
    numbers = sorted(town.rm1_east.create().customer_number for _ in range(23))
    for kind in (CSV, XLSX):
        content = export(town, steward, format=kind, columns=["customer_number"])
        if kind == CSV:
            assert [row["customer_number"] for row in table(content)] == numbers
        else:
            sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
            assert [row[0] for row in sheet.iter_rows(values_only=True)] == ["customer_number", *numbers]
