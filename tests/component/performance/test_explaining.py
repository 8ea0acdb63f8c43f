"""From a figure down to what it was made of: each level sums up to the one above, and the days of an account prove it."""

import csv
import io
import time
import types
import uuid
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from workbench.identity.v1 import events_pb2
from workbench.operations.v1 import file_service_pb2, operation_service_pb2
from workbench.performance.v1 import run_pb2
from workbench.performance.v1.explain_service_pb2 import ExplainFigureRequest

import services.performance
from services.chassis.contract import methods
from services.performance.engine import computing
from services.performance.model.result import Result
from services.performance.model.share import ShareLine
from services.performance.rules.figures import MEASURES, STANDING, Measure
from services.performance.rules.periods import PeriodKind
from services.performance.rules.shares import ObjectKind, ShareState
from services.performance.usecases.explaining import exporting, tables
from services.performance.usecases.explaining.questions import By
from tests.component.books import TownBooks
from tests.component.performance.figures_builders import minor_units, refused
from tests.component.town import Town

DAY, MONTH, QUARTER, YEAR = PeriodKind.DAY, PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR
EARNED = tuple(name for name in MEASURES if name not in STANDING)
JANUARY, FEBRUARY, LAST = date(2026, 1, 1), date(2026, 2, 1), date(2026, 2, 3)
# A whole run: seconds on a machine at rest, minutes on one that eight people share.
SECONDS_MAX = 400
DEADLINE_SECONDS = 60.0
EXPLAIN = "workbench.performance.v1.ExplainService/ExplainFigure"

pytestmark = pytest.mark.timeout(600)


def own(town, person, kind, key, basis_points, **fields):
    """Makes somebody the owner of an object, from 2026 on."""
    with town.service.database.transaction() as work:
        work.session.add(
            ShareLine(
                share_line_id=work.new_id(),
                object_kind=kind.value,
                object_key=key,
                person_id=person.person_id,
                organisation_path=person.organisation_path,
                basis_points=basis_points,
                state=ShareState.APPROVED.value,
                source="claims/test",
                create_time=work.now,
                update_time=work.now,
                **{"start_date": date(2026, 1, 1)} | fields,
            )
        )


def compute(town, month, *, by_day=True):
    """Has a month computed; not by day it takes few steps, and of its days only some have results."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(computing, "compute", partial(computing.compute, by_day=by_day))
        run_id = town.analyst.call("StartRun", month_date=month.isoformat()).run_id
        until = time.monotonic() + SECONDS_MAX
        while time.monotonic() < until:
            run = town.analyst.call("GetRun", run_id=run_id)
            if run.state != run_pb2.RUN_STATE_RUNNING:
                assert run.state == run_pb2.RUN_STATE_SUCCEEDED
                return
            time.sleep(0.05)
    raise AssertionError("It was not computed.")


@pytest.fixture(scope="module")
def bank(service):
    """Two months of a small bank: accounts of one, of three, and of nobody; deposits, a loan in dollars, fees."""
    town = Town(service)
    books = TownBooks.of(town)
    for code in ("EAST/", "EAST/E01/", "EAST/E02/", "WEST/", "WEST/W01/"):
        town.announce(
            events_pb2.OrganisationUnitCreated(
                organisation_unit_id=str(uuid.uuid4()),
                organisation_path=f"{town.root}{code}",
                display_name=code,
                code=f"{books.source_system}{code}",
            )
        )
    books.unit_number = f"{books.source_system}EAST/E01/"
    numbers = {name: f"{name}{books.source_system}" for name in ("alone", "shared", "loan", "nobody")}
    customers = {name: f"C{number}" for name, number in numbers.items()}
    for name, number in customers.items():
        town.customer(town.rm1_west if name == "shared" else town.rm1_east, customer_number=number)
    books.accounts(date(2025, 12, 31), {numbers[n]: customers[n] for n in ("alone", "shared", "nobody")}, product_code="")
    loan = {"account_number": numbers["loan"], "customer_number": customers["loan"], "kind": "LOAN", "currency_code": "USD"}
    deposits = [
        {"account_number": numbers[n], "customer_number": customers[n], "kind": "DEMAND_DEPOSIT"}
        for n in ("alone", "shared", "nobody")
    ]
    books.write("accounts", date(2026, 1, 2), [*deposits, loan])
    books.ftp_curve(date(2025, 12, 30), {1: 2_150_001, 365: 2_600_003})
    books.ftp_curve(date(2025, 12, 30), {1: 4_100_007}, revision=2, currency_code="USD")
    books.exchange_rates(date(2025, 12, 30), {"USD": 712_345_678})
    books.balances(date(2025, 12, 31), {numbers["alone"]: 70_000_01, numbers["shared"]: 333})
    for day in (date(2026, 1, 30), date(2026, 2, 1), LAST):
        step = day.toordinal() % 7
        rows = [
            {"account_number": numbers["alone"], "balance_minor_units": 100_000_01 + 977 * step, "interest_rate_e8": 350_000},
            {"account_number": numbers["shared"], "balance_minor_units": 9_999_999_97 - 13 * step, "interest_rate_e8": 1_150_000},
            {"account_number": numbers["nobody"], "balance_minor_units": 55_555, "interest_rate_e8": 350_000},
            {
                "account_number": numbers["loan"],
                "balance_minor_units": 5_000_07,
                "interest_rate_e8": 6_125_000,
                "currency_code": "USD",
            },
        ]
        books.write("balances", day, rows)
    fee = {"fee_number": f"F{books.source_system}", "customer_number": customers["alone"], "amount_minor_units": 1_001}
    books.write("fees", date(2026, 2, 2), [fee])
    key = {name: f"{books.source_system}/{number}" for name, number in numbers.items()}
    own(town, town.rm1_east, ObjectKind.ACCOUNT, key["alone"], 10_000)
    own(town, town.rm1_east, ObjectKind.ACCOUNT, key["loan"], 10_000, start_date=date(2026, 2, 2))
    for person in (town.rm1_east, town.rm2_east):
        own(town, person, ObjectKind.ACCOUNT, key["shared"], 3_333)
    own(town, town.rm1_west, ObjectKind.ACCOUNT, key["shared"], 3_333, to_minor_units=1_000_000)
    compute(town, JANUARY, by_day=False)
    compute(town, FEBRUARY)
    return SimpleNamespace(town=town, books=books, numbers=numbers, customers=customers, key=key)


def pages(asker, size=50, **asked):
    """All parts, page by page, and the last answer."""
    parts, token = [], ""
    while True:
        request = ExplainFigureRequest(page_size=size, page_token=token, **asked)
        answer = asker.client.call(EXPLAIN, request, deadline_seconds=DEADLINE_SECONDS)
        parts += answer.figure_parts
        token = answer.next_page_token
        if not token:
            assert answer.part_count == len(parts)
            return parts, answer


def added(parts, names=MEASURES):
    return {name: sum(minor_units(part.amounts)[name] for part in parts) for name in names}


@pytest.mark.parametrize(
    ("who", "period", "day"),
    [
        ("rm1_east", MONTH, LAST),
        ("rm2_east", MONTH, JANUARY),
        ("manager_east", MONTH, LAST),
        ("rm1_east", DAY, LAST),
        ("rm2_east", QUARTER, LAST),
        ("analyst", YEAR, LAST),
    ],
)
def test_each_level_sums_up_to_the_one_above(bank, who, period, day):
    town = bank.town
    asker = getattr(town, who)
    whose = {} if who.startswith("rm") else {"organisation_path": asker.organisation_path}
    asked = {**whose, "period": period, "day_date": day.isoformat()}
    figures = asker.call("GetFigures", **asked)
    for by in (By.OWNER, By.CUSTOMER, By.ACCOUNT):
        parts, answer = pages(asker, **asked, measure=Measure.FTP_PROFIT, by=by)
        assert added(parts) == minor_units(answer.total) == minor_units(figures.total.amounts)
        sizes = [abs(minor_units(part.amounts)["ftp_profit"]) for part in parts]
        assert sizes == sorted(sizes, reverse=True)
    lines = {line.product_code: minor_units(line.amounts) for line in figures.products}
    products, _ = pages(asker, **asked, measure=Measure.EVA, by=By.PRODUCT)
    for product in products:
        assert minor_units(product.amounts) == lines.get(product.product_code, dict.fromkeys(MEASURES, 0))
        of_product = {**asked, "measure": Measure.EVA, "product_code": product.product_code}
        parts, answer = pages(asker, **of_product, by=By.CUSTOMER)
        assert added(parts) == minor_units(answer.total) == minor_units(product.amounts)


def test_pages_go_on_where_the_last_ended(bank):
    asked = {"measure": Measure.BALANCE, "by": By.ACCOUNT}
    parts, _ = pages(bank.town.rm1_east, **asked)
    assert len(parts) > 2
    assert pages(bank.town.rm1_east, size=1, **asked)[0] == parts
    refused("PAGE_TOKEN_INVALID", bank.town.rm1_east.call, "ExplainFigure", **asked, page_token="x")


class TestDaysOfAnAccount:
    def asked(self, bank, name, period=MONTH, currency="CNY"):
        account = f"balances/{bank.key[name]}/{currency}"
        return {"account": account, "measure": Measure.FTP_PROFIT, "by": By.ACCOUNT_DAY, "period": period, "day_date": str(LAST)}

    @pytest.mark.parametrize("who", ["rm1_east", "rm1_west"])
    def test_they_sum_up_to_the_month_and_prove_it(self, bank, who):
        asker, asked = getattr(bank.town, who), self.asked(bank, "shared")
        parts, answer = pages(asker, **asked)
        assert [part.start_date for part in parts] == ["2026-02-01", "2026-02-02", "2026-02-03"]
        assert added(parts, EARNED) == {name: minor_units(answer.total)[name] for name in EARNED}
        whole, _ = pages(asker, **asked | {"by": By.ACCOUNT})
        assert minor_units(whole[0].amounts) == minor_units(answer.total)
        proofs = {proof.measure: proof for proof in answer.account_proofs}
        for measure in (Measure.FTP_PROFIT, Measure.AVERAGE_BALANCE, Measure.BASE_BALANCE, Measure.CAPITAL_COST):
            proof, total = proofs[measure], minor_units(answer.total)[measure.column]
            assert round(Decimal(proof.amount.amount) * 100) == total
            assert abs(Fraction(int(proof.numerator), int(proof.divisor)) - total) < 1
            account = round(Decimal(proof.account_amount.amount) * 100)
            assert account == round(Fraction(int(proof.account_numerator), int(proof.divisor)))
        numerators = [int(day.numerators.get("ftp_profit", 0)) for part in parts for day in part.account_days]
        assert sum(numerators) == int(proofs[Measure.FTP_PROFIT].numerator)
        assert {formula.slot for formula in answer.formulas} >= {"ftp_profit"}
        assert all(formula.chinese_words and formula.english_words for formula in answer.formulas)

    def test_a_row_says_from_what_it_comes(self, bank):
        parts, _ = pages(bank.town.rm1_east, **self.asked(bank, "loan", currency="USD"))
        assert [part.start_date for part in parts] == ["2026-02-02", "2026-02-03"]
        (day,) = parts[0].account_days
        assert (day.original_amount.amount, day.original_amount.currency_code) == ("5000.07", "USD")
        assert (day.exchange_rate, day.amount.amount, day.part.amount) == ("7.12345678", "35617.78", "35617.78")
        assert (day.customer_rate, day.ftp_rate) == ("0.06125000", "0.04100007")
        assert (day.feed, day.revision_date, day.revision) == (f"{bank.books.source_system}.balances", "2026-02-01", 1)
        assert day.basis_points == 10_000
        assert not day.fault

    def test_of_one_day_is_that_day_alone(self, bank):
        parts, answer = pages(bank.town.rm1_east, **self.asked(bank, "shared", DAY))
        assert [part.start_date for part in parts] == [str(LAST)]
        assert minor_units(parts[0].amounts) == minor_units(answer.total)

    def test_the_days_of_a_month_are_its_points(self, bank):
        asked = {"measure": Measure.FTP_PROFIT, "by": By.PERIOD, "day_date": str(LAST)}
        parts, answer = pages(bank.town.rm1_east, **asked)
        assert [part.start_date for part in parts] == ["2026-02-01", "2026-02-02", "2026-02-03"]
        assert added(parts, EARNED) == {name: minor_units(answer.total)[name] for name in EARNED}
        of_customer, answer = pages(bank.town.rm1_east, **asked, customer_number=bank.customers["shared"])
        assert added(of_customer, EARNED) == {name: minor_units(answer.total)[name] for name in EARNED}
        quarter, answer = pages(bank.town.rm1_east, **asked, period=QUARTER)
        assert [part.start_date for part in quarter] == [str(JANUARY), str(FEBRUARY)]
        assert added(quarter, EARNED) == {name: minor_units(answer.total)[name] for name in EARNED}


class TestScope:
    def test_of_a_shared_account_he_sees_his_part_and_no_name_out_of_reach(self, bank):
        parts, _ = pages(bank.town.rm2_east, measure=Measure.BALANCE, by=By.CUSTOMER)
        assert [(part.customer_number, part.customer_name) for part in parts] == [(bank.customers["shared"], "")]
        (named,), _ = pages(bank.town.rm1_west, measure=Measure.BALANCE, by=By.CUSTOMER)
        assert named.customer_name == "欧阳芳"

    def test_colleagues_are_out_of_scope(self, bank):
        for person_id in (bank.town.rm1_east.person_id, str(uuid.uuid4())):
            asked = {"person_id": person_id, "measure": Measure.EVA, "by": By.PRODUCT}
            refused("PERSON_NOT_FOUND", bank.town.rm2_east.call, "ExplainFigure", **asked)
            refused("PERSON_NOT_FOUND", bank.town.rm2_east.call, "ExportFigures", person_id=person_id, format=1)
        refused("PERMISSION_DENIED", bank.town.steward.call, "ExplainFigure", measure=Measure.EVA, by=By.PRODUCT)

    def test_what_is_not_his_has_no_parts(self, bank):
        asked = {"account": f"balances/{bank.key['alone']}/CNY", "measure": Measure.EVA, "by": By.ACCOUNT_DAY}
        parts, answer = pages(bank.town.rm2_east, **asked)
        assert not parts
        assert answer.total.balance.amount == "0.00"
        assert not answer.account_proofs


@pytest.mark.parametrize(
    "asked",
    [
        {"by": By.PERIOD, "period": DAY},
        {"by": By.ACCOUNT_DAY},
        {"by": By.ACCOUNT_DAY, "account": "balances/1/CNY"},
        {"by": By.ACCOUNT_DAY, "account": "balances/core/1/CNY", "period": YEAR},
    ],
)
def test_what_cannot_be_shown_is_refused(bank, asked):
    refused("EXPLANATION_INVALID", bank.town.rm1_east.call, "ExplainFigure", measure=Measure.EVA, **asked)


def test_figures_that_do_not_tie_are_not_answered(bank):
    with bank.town.service.database.transaction() as work:
        of_month = {"period_kind": MONTH.value, "start_date": FEBRUARY, "person_id": bank.town.rm2_east.person_id}
        row = work.session.query(Result).filter_by(**of_month).first()
        row.eva += 1
    try:
        refused("FIGURES_CHANGED", bank.town.rm2_east.call, "ExplainFigure", measure=Measure.EVA, by=By.PRODUCT)
    finally:
        with bank.town.service.database.transaction() as work:
            work.session.query(Result).filter_by(**of_month).first().eva -= 1


class TestShadowExport:
    @pytest.mark.parametrize(
        ("who", "format_"), [("rm1_east", tables.CSV), ("rm2_east", tables.XLSX), ("rm1_west", tables.PARQUET)]
    )
    def test_the_recipe_hits_every_cent(self, bank, who, format_, tmp_path, recompute):
        asker = getattr(bank.town, who)
        path = tmp_path / tables.FILES[format_][0]
        path.write_bytes(exported(asker, format=format_))
        shown = minor_units(asker.call("GetFigures").total.amounts)
        found = recompute.figures(recompute.read(str(path)))
        assert {name: found.get(name, 0) for name in shown} == shown

    def test_numbers_stay_numbers_and_texts_are_no_formulas(self, bank):
        content = exported(bank.town.rm1_east, format=tables.CSV).decode("utf-8-sig")
        for row in csv.DictReader(io.StringIO(content)):
            assert int(row["balance"]) + int(row["ftp_profit_numerator"]) is not None
            assert not row["account_number"].startswith(("=", "+", "-", "@"))

    def test_a_writer_that_died_begins_anew(self, bank, monkeypatch):
        monkeypatch.setattr(exporting, "ACCOUNTS_PER_STEP", 1)
        whole = exported(bank.town.rm1_east, format=tables.CSV)
        written, make = [], tables.writer

        def writer(format_):
            made = make(format_)
            write = made.write

            def dies_once(rows):
                written.append(len(rows))
                if len(written) == 2:
                    raise RuntimeError("The process died.")
                return write(rows)

            made.write = dies_once
            return made

        monkeypatch.setattr(tables, "writer", writer)
        assert exported(bank.town.rm1_east, format=tables.CSV) == whole
        assert len(written) > 3


def exported(asker, **fields):
    """The content of the file that an export makes."""
    operation = asker.call("ExportFigures", **fields)
    while operation.state < operation_service_pb2.OPERATION_STATE_SUCCEEDED:
        told = {"service": "performance", "operation_id": operation.operation_id, "timeout_seconds": 5}
        operation = asker.call("WaitOperation", **told)
    assert operation.state == operation_service_pb2.OPERATION_STATE_SUCCEEDED, operation
    (method,) = methods("workbench.operations.v1.FileService")
    call = asker.service.channel.unary_stream(
        method.path, request_serializer=method.request.SerializeToString, response_deserializer=method.response.FromString
    )
    *_, service, _files, link = operation.result_path.split("/")
    return b"".join(part.data for part in call(file_service_pb2.DownloadFileRequest(service=service, link=link), timeout=10))


@pytest.fixture(scope="module")
def recompute():
    """The README's recipe, as a module."""
    text = (Path(services.performance.__file__).parent / "README.md").read_text(encoding="utf-8")
    module = types.ModuleType("recompute")
    exec(text.split("```python\n", 1)[1].split("```", 1)[0], module.__dict__)
    return module
