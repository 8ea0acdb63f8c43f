"""The engine against the oracle: every row of the leaf, day by day, at once, from where an earlier run ended, in any order."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from services.chassis import keys
from services.chassis.lake.lake import Lake
from services.performance.engine import staging, stepping
from services.performance.engine.computing import account_days, compute
from services.performance.engine.inputs import ObjectKey
from services.performance.engine.measures import ACCRUALS, MEASURES
from services.performance.rules.catalogue import DayBasis, FtpMethod
from tests.unit.performance.banks import AS_OF, BASE, DEPOSIT, MONTH, RULES, Bank, drawn, rule

# What is compiled first takes long where many share the processors.
pytestmark = pytest.mark.timeout(900)
KEY = (
    "dataset", "source_system", "account_number", "currency_code", "product_version_id", "customer_number", "person_id",
    "organisation_unit_id",
)  # fmt: skip
LEAF, DAYS, ISSUES = "account_results.parquet", "day_results.parquet", "issues.parquet"


def read(connection, path):
    relation = connection.sql(f"FROM read_parquet('{path}')")
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def leaf_of(connection, folder):
    rows = read(connection, folder / LEAF)
    leaf = {tuple(row[name] for name in KEY): {name: row[name] for name in (*MEASURES, "days_owned")} for row in rows}
    assert len(leaf) == len(rows)
    return leaf


def differing(found, told):
    return {key: (found.get(key), told.get(key)) for key in found.keys() | told.keys() if found.get(key) != told.get(key)}


def same_rows(connection, one, other):
    left, right = (f"FROM read_parquet('{path}')" for path in (one, other))
    return not connection.execute(f"({left} EXCEPT ALL {right}) UNION ALL ({right} EXCEPT ALL {left})").fetchall()


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("engine")
    keys.create_keys(folder)
    keys.use_data_keys(keys.DataKeys.load(folder / keys.DATA_KEYS_FILE))
    return folder


@pytest.fixture(scope="module")
def books(place):
    """A bank with everything in it, and its month computed day by day, in the least memory that a deployment may give."""
    bank, lake = drawn(7), Lake(place / "lake", memory_mb_max=128)
    inputs = bank.write(lake, place / "ownership")
    with lake.connection() as connection:
        compute(connection, lake, inputs, place / "by_day")
        yield bank, lake, inputs, place, connection


@pytest.fixture(scope="module")
def accounts(place):
    """The same bank's accounts alone, day by day."""
    bank, lake = replace(drawn(7), rules=RULES[:5]), Lake(place / "accounts" / "lake", memory_mb_max=256)
    inputs = bank.write(lake, place / "accounts" / "ownership")
    with lake.connection() as connection:
        compute(connection, lake, inputs, place / "accounts" / "by_day")
        yield bank, lake, inputs, place / "accounts", connection


@pytest.fixture
def computed(place, tmp_path):
    """What a small bank comes to: its leaf and issues."""

    def run(bank, as_of=AS_OF, month=MONTH):
        lake = Lake(tmp_path / "lake", memory_mb_max=256)
        inputs = bank.write(lake, tmp_path / "ownership", month, as_of)
        with lake.connection() as connection:
            compute(connection, lake, inputs, tmp_path / "out", by_day=False)
            leaf, issues = leaf_of(connection, tmp_path / "out"), read(connection, tmp_path / "out" / ISSUES)
        assert not differing(leaf, bank.oracle(month.year).leaf(month, as_of)[0])
        return leaf, {(issue["reason"], issue["subject"]): issue["row_count"] for issue in issues}

    return run


def test_every_row_of_the_leaf_is_the_oracles(books):
    bank, _, _, folder, connection = books
    told, issues = bank.oracle().leaf(MONTH, AS_OF)
    assert not differing(leaf_of(connection, folder / "by_day"), told)
    found = {(row["reason"], row["subject"]): row["row_count"] for row in read(connection, folder / "by_day" / ISSUES)}
    assert not differing(
        {key: count for key, count in found.items() if key[0] not in ("CUSTOMER_UNKNOWN", "UNIT_UNKNOWN")}, issues
    )
    assert {key[0] for key in found} >= {"CUSTOMER_UNKNOWN", "UNIT_UNKNOWN", "CURRENCY_WITHOUT_RATE", "ACCOUNT_UNKNOWN"}


def test_all_days_at_once_come_to_the_same_leaf_to_the_last_digit(accounts):
    _, lake, inputs, folder, connection = accounts
    compute(connection, lake, inputs, folder / "at_once", by_day=False)
    assert same_rows(connection, folder / "by_day" / LEAF, folder / "at_once" / LEAF)


def test_days_that_are_computed_together_come_to_what_each_does_after_the_one_before(place, tmp_path, monkeypatch):
    days = [MONTH + timedelta(days=n) for n in range(7)]
    # B is not there at first, C never has a rate of exchange.
    balances = {day: {"A": 1_000_001 + n, "C": 7} | ({"B": -500 * n} if n > 2 else {}) for n, day in enumerate(days)}
    thirds = [{"person_id": person, "basis_points": 3333} for person in "ab"] + [{"person_id": "c", "basis_points": 3334}]
    bank = small(balances, lines=thirds, accounts={MONTH: {"A": {}, "B": {}, "C": {"currency_code": "XXX"}}})
    lake, together = Lake(tmp_path / "lake", memory_mb_max=256), []
    inputs = bank.write(lake, tmp_path / "ownership", as_of=days[-1])
    ended = staging.Staging.end
    monkeypatch.setattr(staging.Staging, "end", lambda own, period: together.append(len(period)) or ended(own, period))
    with lake.connection() as connection:
        for name, rows_at_once in (("one", 1), ("some", 40), ("all", 500_000)):
            monkeypatch.setattr(stepping, "_ROWS_AT_ONCE", rows_at_once)
            compute(connection, lake, inputs, tmp_path / name)
        # The accounts' own day is a step of its own: a revision is carried from then on.
        assert together == [*[1] * 7, 1, 2, 2, 2, 1, 6]
        for name, file in product(("some", "all"), (LEAF, DAYS, ISSUES)):
            assert same_rows(connection, tmp_path / "one" / file, tmp_path / name / file), (name, file)
        assert len(read(connection, tmp_path / "one" / ISSUES)) == 1


def test_a_run_that_goes_on_from_an_earlier_one_comes_to_the_same_leaf(accounts):
    _, lake, inputs, folder, connection = accounts
    earlier = replace(inputs, as_of_date=AS_OF - timedelta(days=2))
    compute(connection, lake, earlier, folder / "earlier")
    compute(connection, lake, inputs, folder / "later", before=folder / "earlier")
    assert same_rows(connection, folder / "by_day" / LEAF, folder / "later" / LEAF)
    days = f"FROM read_parquet(['{folder}/earlier/{DAYS}', '{folder}/later/{DAYS}']) ORDER BY ALL"
    assert connection.execute(days).fetchall() == connection.execute(f"FROM read_parquet('{folder}/by_day/{DAYS}')").fetchall()


def test_a_book_too_large_for_memory_is_computed_in_parts_to_the_same_leaf_days_and_issues(books, monkeypatch):
    """As if an object took an eleventh of it: in four parts."""
    _, lake, inputs, folder, connection = books
    monkeypatch.setattr(staging, "_BYTES_PER_OBJECT", 128 * 1024**2 // 11)
    earlier = replace(inputs, as_of_date=AS_OF - timedelta(days=2))
    assert len(staging.Staging(connection, lake, inputs).parts) > 3
    compute(connection, lake, earlier, folder / "earlier_parts", by_day=False)
    compute(connection, lake, inputs, folder / "parts", before=folder / "earlier_parts")
    assert same_rows(connection, folder / "by_day" / LEAF, folder / "parts" / LEAF)
    later = f"FROM read_parquet('{{}}') WHERE day > DATE '{earlier.as_of_date}' ORDER BY ALL"
    found, told = (connection.execute(later.format(folder / name / DAYS)).fetchall() for name in ("parts", "by_day"))
    assert found == told


def test_the_last_day_is_the_leaf_added_up(books):
    _, _, _, folder, connection = books
    sums = ", ".join(f"sum({name})" for name in MEASURES)
    of_leaf = connection.execute(f"SELECT {sums} FROM read_parquet('{folder}/by_day/{LEAF}')").fetchall()
    assert (
        of_leaf
        == connection.execute(f"SELECT {sums} FROM read_parquet('{folder}/by_day/{DAYS}') WHERE day = '{AS_OF}'").fetchall()
    )


def test_account_days_are_what_the_leaf_is_the_sum_of(books):
    _, lake, inputs, folder, connection = books
    leaf = read(connection, folder / "by_day" / LEAF)
    wanted = {(row["dataset"], row["source_system"], row["account_number"]) for row in leaf if row["dataset"] == "balances"}
    wanted = sorted(wanted)[:12]
    rows = [
        row
        for batch in account_days(connection, lake, inputs, [ObjectKey(*each) for each in wanted])
        for row in batch.to_pylist()
    ]
    sums = {}
    for row in rows:
        if row["fault"] is None:
            key = tuple(row[name] for name in KEY)
            kept = sums.setdefault(key, dict.fromkeys(("balance_days", "base_days", *ACCRUALS), 0))
            kept["balance_days"] += row["balance"]
            kept["base_days"] += row["base_balance"]
            for name in ACCRUALS:
                kept[name] += int(row[f"{name}_numerator"])
    assert sums == {
        tuple(row[name] for name in KEY): {"balance_days": int(row["balance_days"]), "base_days": int(row["base_days"])}
        | {name: int(row[f"{name}_numerator"]) for name in ACCRUALS}
        for row in leaf
        if (row["dataset"], row["source_system"], row["account_number"]) in wanted
    }


def test_neither_the_order_of_rows_nor_of_lines_changes_a_figure(accounts, tmp_path):
    bank, _, _, folder, connection = accounts
    shuffled = random.Random(1)
    mixed = Bank(
        {
            key: {day: shuffled.sample(rows, len(rows)) for day, rows in by_date.items()}
            for key, by_date in bank.revisions.items()
        },
        {name: shuffled.sample(rows, len(rows)) for name, rows in bank.owned.items()},
        bank.rules,
    )
    lake = Lake(tmp_path / "lake", memory_mb_max=256)
    with lake.connection() as other:
        compute(other, lake, mixed.write(lake, tmp_path / "ownership"), tmp_path / "out", by_day=False)
    assert same_rows(connection, folder / "by_day" / LEAF, tmp_path / "out" / LEAF)


@pytest.mark.parametrize("seed", range(2))
def test_whose_it_is_never_changes_what_an_account_earned(place, tmp_path, seed):
    bank = replace(drawn(100 + seed), rules=RULES[:5])
    nobodys = replace(bank, owned=bank.owned | {"share_lines": []})
    totals = []
    for name, each in (("owned", bank), ("pool", nobodys)):
        lake = Lake(tmp_path / name, memory_mb_max=256)
        with lake.connection() as connection:
            compute(connection, lake, each.write(lake, tmp_path / name / "own"), tmp_path / name / "out", by_day=False)
            told = differing(leaf_of(connection, tmp_path / name / "out"), each.oracle().leaf(MONTH, AS_OF)[0])
            assert not told
            sums = ", ".join(f"sum({measure})" for measure in MEASURES)
            objects = (
                f"SELECT {', '.join(KEY[:5])}, {sums} FROM read_parquet('{tmp_path}/{name}/out/{LEAF}') GROUP BY ALL ORDER BY ALL"
            )
            totals.append(connection.execute(objects).fetchall())
    assert totals[0] == totals[1]


SMALL = (rule("D", "balances", DEPOSIT, remaining=True, method=FtpMethod.POOL, day_basis=DayBasis.ACTUAL),)


USUAL_LINE = {"object_kind": 1, "object_key": "c1", "organisation_unit_id": "u", "start_date": date(2000, 1, 1)}
USUAL_LINE |= {"from_minor_units": 0, "basis_points": 10_000}


def small(balances, *, lines=(), accounts=None):
    """One account or a few, by day."""
    days = sorted(balances)
    usual = {"customer_number": "C1", "kind": "DEMAND_DEPOSIT", "currency_code": "CNY", "state": "ACTIVE", "unit_number": "0101"}
    usual |= {"open_date": date(2020, 1, 1), "interest_rate_e8": 1_000_000}
    numbers = {number for rows in balances.values() for number in rows}
    accounts = accounts or {days[0]: {number: {} for number in numbers}}
    revisions = {
        ("accounts", "core"): {
            d: [usual | {"account_number": n} | more for n, more in rows.items()] for d, rows in accounts.items()
        },
        ("balances", "core"): {
            day: [
                {
                    "account_number": n,
                    "currency_code": accounts[days[0]].get(n, {}).get("currency_code", "CNY"),
                    "balance_minor_units": b,
                }
                for n, b in rows.items()
            ]
            for day, rows in balances.items()
        },
        ("ftp_curve", "treasury"): {days[0]: [{"currency_code": "CNY", "tenor_days": 0, "ftp_rate_e8": 3_000_000}]},
        ("fx_rates", "treasury"): {},
    }
    lines = [
        USUAL_LINE | {"share_line_id": f"l{n}"} | line
        for n, line in enumerate(lines)
    ]  # fmt: skip
    owned = {
        "share_lines": lines,
        "people": [{"person_id": person, "staff_number": person} for person in ("a", "b", "c")],
        "affiliations": [],
        "units": [{"unit_number": "0101", "organisation_unit_id": "u1"}, {"unit_number": "0102", "organisation_unit_id": "u2"}],
        "customers": [{"customer_number": "C1", "customer_id": "c1"}],
    }
    return Bank(revisions, owned, SMALL)


def of(leaf, measure, **fields):
    return sum(
        row[measure] for key, row in leaf.items() if all(dict(zip(KEY, key, strict=True))[n] == v for n, v in fields.items())
    )


def test_a_share_that_changes_in_mid_period_is_split_by_day(computed):
    changed = [{"person_id": "a", "end_date": date(2026, 12, 3)}, {"person_id": "b", "start_date": date(2026, 12, 4)}]
    leaf, _ = computed(small({MONTH: {"A": 1_000}}, lines=changed), as_of=date(2026, 12, 4))
    assert (of(leaf, "average_balance", person_id="a"), of(leaf, "average_balance", person_id="b")) == (750, 250)
    assert of(leaf, "balance", person_id="b") == 1_000


def test_who_leaves_in_mid_period_has_his_days_and_the_pool_the_rest(computed):
    leaf, _ = computed(
        small({MONTH: {"A": 1_000}}, lines=[{"person_id": "a", "end_date": date(2026, 12, 3)}]), as_of=date(2026, 12, 4)
    )
    assert (of(leaf, "average_balance", person_id="a"), of(leaf, "average_balance", person_id="")) == (750, 250)


def test_where_no_product_measures_what_there_is_a_month_is_empty(computed):
    only_fees = (rule("FEE", "fees", {"fee_income": "amount"}, remaining=True),)
    leaf, issues = computed(replace(small({MONTH: {"A": 1_000}}, lines=[{"person_id": "a"}]), rules=only_fees))
    assert (leaf, issues) == ({}, {})


def test_thirds_of_an_odd_amount_lose_no_cent(computed):
    thirds = [{"person_id": person, "basis_points": 3333} for person in "ab"] + [{"person_id": "c", "basis_points": 3334}]
    leaf, _ = computed(small({MONTH: {"A": 10_000_001}}, lines=thirds), as_of=MONTH)
    assert of(leaf, "balance") == 10_000_001


def test_stock_stays_the_formers_and_the_increment_is_the_teams(computed):
    bands = [{"person_id": "a", "to_minor_units": 600}, {"person_id": "b", "from_minor_units": 600}]
    leaf, _ = computed(small({BASE: {"A": 600}, MONTH: {"A": 1_000}}, lines=bands), as_of=MONTH)
    assert [of(leaf, "increment", person_id=person) for person in "ab"] == [0, 400]


def test_an_account_without_a_rate_has_the_one_that_the_bank_lists_for_its_currency_and_tenor(computed):
    listed = {"product_code": "P", "currency_code": "CNY"}
    facts = {"product_code": "P", "interest_rate_e8": None}
    year = facts | {"maturity_date": date(2021, 1, 1)}
    others = {"E": year}
    own = {"A": year, "B": facts, "C": year | {"currency_code": "USD"}, "D": year | {"interest_rate_e8": 0}}
    bank = small({MONTH: dict.fromkeys(own, 365 * 10**6)}, accounts={MONTH: own | others})
    bank.revisions["interest_rates", "core"] = {
        MONTH: [listed | {"tenor_days": tenor, "interest_rate_e8": rate} for tenor, rate in ((30, 1_000_000), (90, 2_000_000))]
    }
    bank.revisions["fx_rates", "treasury"] = {
        MONTH: [{"currency_code": "USD", "quote_currency_code": "CNY", "exchange_rate_e8": 10**8}]
    }
    bank.revisions["ftp_curve", "treasury"][MONTH] += [{"currency_code": "USD", "tenor_days": 0, "ftp_rate_e8": 3_000_000}]
    # What the account's list does not tell of: another currency than its own, another product.
    bank.revisions["balances", "core"][MONTH] += [
        {"account_number": "A", "currency_code": "USD", "balance_minor_units": 1},
        {"account_number": "E", "currency_code": "CNY", "balance_minor_units": 1, "product_code": "Q"},
    ]
    leaf, issues = computed(bank, as_of=MONTH)
    # Per day of 3 % for funds: 2 % at 90 days, 1 % at the shortest, none in another currency, and its own.
    assert [of(leaf, "ftp_profit", account_number=number) for number in "ABCD"] == [10_000, 20_000, 0, 30_000]
    missing = {subject for reason, subject in issues if reason == "INPUT_MISSING"}
    assert missing == {"balances/core/A/USD", "balances/core/C/USD", "balances/core/E/CNY"}


def test_of_equal_remainders_in_a_band_the_first_by_staff_number_has_the_cent_and_the_pool_comes_last(computed):
    bands = [
        {
            "person_id": person,
            "basis_points": 2500,
            "from_minor_units": 100,
            "to_minor_units": 200,
            "share_line_id": share_line_id,
        }
        for person, share_line_id in (("b", "l0"), ("a", "l1"), ("c", "l2"))
    ]
    leaf, _ = computed(small({MONTH: {"A": 102}}, lines=bands), as_of=MONTH)
    # Of two units above the band's foot each has half a unit, and the pool 100 and a half.
    assert [of(leaf, "balance", person_id=person) for person in ("a", "b", "c", "")] == [1, 1, 0, 100]


def test_a_negative_balance_mirrors_the_positive_one(computed, tmp_path):
    halves = [
        {"person_id": "a", "basis_points": 5000},
        {"person_id": "b", "basis_points": 3000},
        {"person_id": "c", "basis_points": 2000},
    ]
    leaf, _ = computed(small({MONTH: {"A": 123_456_789, "B": -123_456_789}}, lines=halves), as_of=MONTH)
    for person in "abc":
        assert of(leaf, "balance", person_id=person) == of(leaf, "ftp_profit", person_id=person) == 0
    assert of(leaf, "balance", person_id="a", account_number="A") == 61_728_394


def test_a_missing_day_carries_the_balance_and_a_closed_account_loses_its_base(computed):
    balances = {BASE: {"A": 100, "B": 500}, MONTH: {"A": 100}, date(2026, 12, 3): {"A": 400}}
    leaf, _ = computed(small(balances, accounts={BASE: {"A": {}, "B": {}}}), as_of=date(2026, 12, 4))
    assert of(leaf, "average_balance", account_number="A") == (100 + 100 + 400 + 400) // 4
    assert of(leaf, "increment", account_number="B") == -500


def test_an_account_without_balances_of_a_zero_month_divides_nothing_by_zero(computed):
    leaf, _ = computed(small({MONTH: {"A": 0}}), as_of=date(2026, 12, 31))
    assert [row["average_balance"] for row in leaf.values()] == [0]


def test_a_currency_without_a_rate_is_told_and_not_counted(computed):
    bank = small({MONTH: {"A": 100, "B": 100}}, accounts={MONTH: {"A": {"currency_code": "XXX"}, "B": {}}})
    leaf, issues = computed(bank, as_of=date(2026, 12, 2))
    assert of(leaf, "balance") == 100
    assert issues["CURRENCY_WITHOUT_RATE", "balances/core/A/XXX"] == 2


def test_an_amount_that_is_too_large_is_told_and_not_counted(computed):
    leaf, issues = computed(small({MONTH: {"A": 10**15 + 1, "B": 7}}), as_of=MONTH)
    assert (of(leaf, "balance"), issues["INPUT_OUT_OF_BOUNDS", "balances/core/A/CNY"]) == (7, 1)


def test_an_account_that_moves_between_branches_counts_for_each_by_day(computed):
    accounts = {MONTH: {"A": {"unit_number": "0101"}}, date(2026, 12, 2): {"A": {"unit_number": "0102"}}}
    leaf, _ = computed(small({MONTH: {"A": 1_000}}, accounts=accounts), as_of=date(2026, 12, 4))
    assert [of(leaf, "average_balance", organisation_unit_id=unit) for unit in ("u1", "u2")] == [250, 750]


def test_february_of_a_leap_year_has_its_own_days(computed):
    leaf, _ = computed(small({date(2028, 2, 1): {"A": 29}}), as_of=date(2028, 2, 29), month=date(2028, 2, 1))
    assert of(leaf, "average_balance") == 29
