"""From a figure down to what it was made of: each level sums up to the one above, and the days of an account prove it."""

import time
import uuid
from datetime import date
from functools import partial
from types import SimpleNamespace

import pytest
from workbench.identity.v1 import events_pb2
from workbench.performance.v1 import run_pb2

from services.performance.engine import computing
from services.performance.model.share import ShareLine
from services.performance.rules.figures import MEASURES, STANDING, Measure
from services.performance.rules.periods import PeriodKind
from services.performance.rules.shares import ObjectKind, ShareState
from services.performance.usecases.explaining.questions import By
from tests.component.performance.books import TownBooks
from tests.component.performance.conftest import Town
from tests.component.performance.figures_builders import minor_units, refused

DAY, MONTH, QUARTER, YEAR = PeriodKind.DAY, PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR
EARNED = tuple(name for name in MEASURES if name not in STANDING)
JANUARY, FEBRUARY, LAST = date(2026, 1, 1), date(2026, 2, 1), date(2026, 2, 3)
SECONDS_MAX = 120


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


def pages(asker, size=2, **asked):
    """All parts, page by page, and the last answer."""
    parts, token = [], ""
    while True:
        answer = asker.call("ExplainFigure", page_size=size, page_token=token, **asked)
        parts += answer.figure_parts
        token = answer.next_page_token
        if not token:
            assert answer.part_count == len(parts)
            return parts, answer


def added(parts, names=MEASURES):
    return {name: sum(minor_units(part.amounts)[name] for part in parts) for name in names}


def narrowed(part):
    """By what a part is asked for in turn."""
    return (
        {"account": part.account} if part.account else {name: getattr(part, name) for name in ("product_code", "customer_number")}
    )


@pytest.mark.parametrize(("period", "day"), [(MONTH, LAST), (MONTH, JANUARY), (DAY, LAST), (QUARTER, LAST), (YEAR, LAST)])
@pytest.mark.parametrize("who", ["rm1_east", "rm2_east", "rm1_west", "manager_east", "analyst"])
def test_each_level_sums_up_to_the_one_above(bank, who, period, day):
    town = bank.town
    asker = getattr(town, who)
    whose = {} if who.startswith("rm") else {"organisation_path": asker.organisation_path}
    asked = {**whose, "period": period, "day_date": day.isoformat()}
    figures = asker.call("GetFigures", **asked)
    for measure in (Measure.FTP_PROFIT, Measure.AVERAGE_BALANCE):
        for by in (By.OWNER, By.PRODUCT, By.CUSTOMER, By.ACCOUNT):
            parts, answer = pages(asker, **asked, measure=measure, by=by)
            assert added(parts) == minor_units(answer.total) == minor_units(figures.total.amounts)
            sizes = [abs(minor_units(part.amounts)[measure.column]) for part in parts]
            assert sizes == sorted(sizes, reverse=True)
    lines = {line.product_code: minor_units(line.amounts) for line in figures.products}
    products, _ = pages(asker, **asked, measure=Measure.EVA, by=By.PRODUCT)
    for product in products:
        assert minor_units(product.amounts) == lines.get(product.product_code, dict.fromkeys(MEASURES, 0))
        of_product = {**asked, "measure": Measure.EVA, "product_code": product.product_code}
        for by in (By.CUSTOMER, By.ACCOUNT):
            parts, answer = pages(asker, **of_product, by=by)
            assert added(parts) == minor_units(answer.total) == minor_units(product.amounts)
