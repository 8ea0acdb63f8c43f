"""Fills the tables that expressions name, from the lake and the ownership files: in DuckDB, whichever engine computes.

What is here is small (rules, rates, curves), or whole datasets as they stand on the days of a step, or whose each object is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.chassis.engines.expressions import quoted
from services.chassis.kernel.money import FRACTION_DIGITS, fraction_digits
from services.chassis.lake.schemas import SCHEMAS
from services.performance.engine import staged
from services.performance.engine.inputs import OWNERSHIP, MonthInputs, ObjectKey, PinnedDay
from services.performance.engine.measures import ACCRUALS
from services.performance.engine.sources import MEASURED, Source
from services.performance.engine.tables import READ, Division
from services.performance.rules.catalogue import ProductRule, Slot

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from services.chassis.lake.lake import Lake

# Datasets that say something of the objects, as they stand.
_FACTS = ("accounts", "risk_ratings", "loan_classes", "interest_rates")
# The columns by which datasets name an account, beside those that are measured.
_NUMBERS = {"accounts": "account_number", "loan_classes": "account_number"}
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Step:
    """Days, the first and the last included, on which everything stands still but amounts and rates."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        """All of them."""
        return [self.first + n * _DAY for n in range((self.last - self.first).days + 1)]


@dataclass(frozen=True, slots=True)
class Part:
    """Objects whose numbers are in a range, from `first` on and before `end`; None where it has no bound."""

    first: str | None = None
    end: str | None = None

    def holds(self, column: str) -> str:
        """The condition: a range, by which files are passed over that are sorted, or nearly so."""
        bounds = [f"{column} >= {quoted(self.first)}"] if self.first is not None else []
        bounds += [f"{column} < {quoted(self.end)}"] if self.end is not None else []
        return " AND ".join(bounds) or "true"


WHOLE = Part()
# What a step holds of an object while it is computed; measured, with all that the engine needs beside.
_BYTES_PER_OBJECT = 2_500
# Of which the bounds of parts are drawn.
_SAMPLED = 10_000


class Staging:
    """The tables of a run, step by step. `begin` and `take` answer the names of the tables that they have filled anew."""

    def __init__(
        self, connection: DuckDBPyConnection, lake: Lake, inputs: MonthInputs, objects: Sequence[ObjectKey] | None = None
    ) -> None:
        """Of those objects alone where they are given."""
        self._connection = connection
        self._lake = lake
        self._inputs = inputs
        self._part = WHOLE
        self._views = 0
        self._numbers = None if objects is None else sorted({each.number for each in objects})
        self._datasets = tuple(MEASURED) if objects is None else tuple(sorted({each.dataset for each in objects}))

    def begin(self) -> list[str]:
        """What holds for the whole month."""
        for name, columns in OWNERSHIP.items():
            path = quoted(self._inputs.ownership / f"{name}.parquet")
            self._run(f"CREATE OR REPLACE TEMP VIEW owned_{name} AS SELECT {', '.join(columns)} FROM read_parquet({path})")
        self._run("CREATE OR REPLACE TEMP TABLE units AS FROM owned_units")
        self._run("CREATE OR REPLACE TEMP TABLE people AS FROM owned_people")
        self._fill_rates()
        self._fill_prices()
        self._fill_rules()
        return ["units", "people", "rates", "prices", "tenors", "rules", "divisors"]

    @cached_property
    def parts(self) -> list[Part]:
        """All objects, in as many parts as memory asks for: nothing ties objects to each other."""
        accounts = [each.pin for each in self._inputs.days if each.pin.dataset == "accounts"]
        latest = list({pin.feed: pin for pin in sorted(accounts, key=lambda pin: (pin.business_date, pin.revision))}.values())
        if self._numbers is not None or not latest:
            return [WHOLE]
        relation = self._lake.relation(self._connection, SCHEMAS["accounts"], latest)
        relation.select("account_number").create_view("all_accounts")
        ((count, memory),) = self._connection.execute(_COUNTED).fetchall()
        wanted = -(-count * _BYTES_PER_OBJECT // memory)
        if wanted <= 1:
            return [WHOLE]
        shares = [n / wanted for n in range(1, wanted)]
        ((bounds,),) = self._connection.execute(_BOUNDS, [shares]).fetchall()
        return [Part(*bound) for bound in pairwise([None, *dict.fromkeys(bounds), None])]

    def take(self, step: Step, part: Part = WHOLE) -> list[str]:
        """What stands on the days of a step, of the objects of a part."""
        self._part = part
        self._fill("step", "last_date DATE", [(step.last,)])
        self._fill("selectors", "dataset VARCHAR, by_code BOOLEAN, selector VARCHAR, rule BIGINT", self._selectors(step))
        self._fill_base()
        for source in self.sources(step):
            self._fill_rows(source, step)
        return [*self._take_facts(step), "base_rows", *(source.dataset for source in self.sources(step)), "step", "selectors"]

    def end(self, days: Sequence[date]) -> list[str]:
        """The leaf is computed as of each of those days."""
        month_date = self._inputs.month_date
        columns = "month_date DATE, as_of_date DATE, days BIGINT"
        self._fill("period", columns, [(month_date, day, (day - month_date).days + 1) for day in days])
        return ["period"]

    def count(self, paths: Sequence[Path]) -> int:
        """How many rows there are in files."""
        listed = ", ".join(map(quoted, paths))
        return int(self._connection.execute(f"SELECT count(*) FROM read_parquet([{listed}])").fetchall()[0][0]) if paths else 0

    def steps(self, since: date) -> Iterator[Step]:
        """The days from that one on, in as few steps as can be."""
        last = self._inputs.as_of_date
        begins = [day for day in Step(since, last).days if day == since or day in self._changes]
        yield from (Step(begin, end - _DAY) for begin, end in zip(begins, [*begins[1:], last + _DAY], strict=True))

    def sources(self, step: Step) -> list[Source]:
        """What is measured on those days: datasets that a product is measured on, and of which there is anything."""
        there = {each.pin.dataset for each in (*self._inputs.days, *self._inputs.base)}
        return [MEASURED[name] for name in self._datasets if name in there and self.rules(MEASURED[name], step)]

    def divisions(self) -> list[Division]:
        """How objects of the step go to their owners."""
        found = self._connection.execute("SELECT DISTINCT division FROM lines ORDER BY division").fetchall()
        return [Division.WHOLE, *(Division(division) for (division,) in found)]

    def rules(self, source: Source, step: Step) -> dict[int, ProductRule]:
        """The rules that take the source's rows on those days, by number."""
        numbered = enumerate(self._inputs.products)
        return {number: rule for number, rule in numbered if rule.dataset == source.dataset and _in_force(rule, step.first)}

    @cached_property
    def _changes(self) -> set[date]:
        """Days on which something else begins to stand than amounts and rates."""
        changes = {day for (day,) in self._connection.execute(staged.CHANGES).fetchall()}
        changes |= {rule.start_date for rule in self._inputs.products}
        changes |= {rule.end_date + _DAY for rule in self._inputs.products if rule.end_date and rule.end_date < date.max}
        days = Step(self._inputs.month_date, self._inputs.as_of_date).days
        facts = [(day, self._facts_on(day)) for day in days]
        return changes | {day for (_, before), (day, now) in pairwise(facts) if before != now}

    def _facts_on(self, day: date) -> set[tuple[Any, bool]]:
        pins = [each for dataset in _FACTS for each in self._inputs.pins(dataset, day, day)]
        return {(each.pin, _carried(each)) for each in pins}

    def _take_facts(self, step: Step) -> list[str]:
        """Accounts, ratings, classes, and whose everything is."""
        self._connection.execute("SET VARIABLE day = ?", [step.first])
        self._fill_known_accounts(step)
        of_customers = ""
        if self._part != WHOLE or self._numbers is not None:
            naming = [source.dataset for source in self.sources(step) if "customer_number" in READ[source.dataset]]
            rows = " UNION ALL ".join(f"SELECT customer_number FROM {name}" for name in ["known_accounts", *naming])
            self._run(staged.PART_CUSTOMERS.format(rows=rows))
            of_customers = "SEMI JOIN part_customers USING (customer_number)"
        self._run(staged.HOLDINGS.format(of_customers=of_customers, of_numbers=self._holds("account_number")))
        self._fill_facts("ratings", "risk_ratings", staged.RATINGS, step, of_customers=of_customers)
        self._fill_facts("classes", "loan_classes", staged.CLASSES, step)
        self._fill_facts("listed_rates", "interest_rates", staged.LISTED_RATES, step)
        self._run(staged.ACCOUNTS)
        return ["holdings", "lines", "customers", "ratings", "accounts"]

    def _fill_facts(self, table: str, dataset: str, query: str, step: Step, **conditions: str) -> None:
        view = self._view(dataset, self._inputs.pins(dataset, step.first, step.first))
        self._run(f"CREATE OR REPLACE TEMP TABLE {table} AS {query.format(view=view, **conditions)}")

    def _fill_known_accounts(self, step: Step) -> None:
        """As they stood; what a carried revision lacks, or a feed that begins later, as the first later one has it.

        What none of them has is as it was at the base date.
        """
        standing = self._inputs.pins("accounts", step.first, step.first)
        carried = {each.pin.feed for each in standing if _carried(each)}
        known = {each.pin.feed for each in standing} - carried
        later = [each for each in self._inputs.pins("accounts", step.last + _DAY, date.max) if each.pin.feed not in known]
        followed = {each.pin.feed: each for each in sorted(later, key=lambda each: each.day, reverse=True) if not _carried(each)}
        base = [each for each in self._inputs.base if each.pin.dataset == "accounts"]
        self._run(staged.NO_ACCOUNTS)
        for each in (*standing, *followed.values(), *base):
            self._run(staged.MORE_ACCOUNTS.format(view=self._view("accounts", [each])))
        keeping = {each.pin.source_system for each in self._inputs.days if each.pin.dataset == "accounts"}
        telling = {each.pin.source_system for each in self._inputs.pins("transactions", step.first, step.last)} - keeping
        self._fill("telling_systems", "source_system VARCHAR", [(name,) for name in sorted(telling)])

    def _fill_rows(self, source: Source, step: Step) -> None:
        """The dataset's rows by day. What stood at the base date and is gone has a row of 0: the increment is less by it."""
        columns = ", ".join(READ[source.dataset])
        view = self._view(source.dataset, self._inputs.pins(source.dataset, step.first, step.last))
        rows = f"SELECT day, source_system, {columns} FROM {view}"
        if self._numbers is not None:
            # It is little, and looked for in the files once.
            self._run(f"CREATE OR REPLACE TEMP TABLE found_{source.dataset} AS {rows}")
            rows = f"FROM found_{source.dataset}"
        if source.standing:
            self._run(f"CREATE OR REPLACE TEMP VIEW standing_{source.dataset} AS {rows}")
            self._fill("step_days", "day DATE", [(day,) for day in step.days])
            zero = ", ".join(f"0 AS {column}" for column in READ[source.dataset] if column.endswith("_minor_units"))
            key = ("source_system", *SCHEMAS[source.dataset].key)
            same = " AND ".join(["standing.day = step_days.day", *(f"standing.{name} = base.{name}" for name in key)])
            rows = (
                f"FROM standing_{source.dataset} UNION ALL BY NAME SELECT step_days.day, base.* EXCLUDE (day) REPLACE ({zero}) "
                f"FROM step_days CROSS JOIN base_{source.dataset} base ANTI JOIN standing_{source.dataset} standing ON {same}"
            )
        self._run(f"CREATE OR REPLACE TEMP VIEW {source.dataset} AS {rows}")

    def _fill_base(self) -> None:
        """Rows of the base date whose amount is not 0, and of all of them what they are the base of."""
        told = [staged.NO_BASE]
        for source in MEASURED.values():
            if source.standing and source.amount:
                pinned = [each for each in self._inputs.base if each.pin.dataset == source.dataset]
                columns, amount = ", ".join(READ[source.dataset]), f"{source.amount}_minor_units"
                view = self._view(source.dataset, pinned)
                self._run(
                    f"CREATE OR REPLACE TEMP TABLE base_{source.dataset} AS SELECT day, source_system, {columns} FROM {view} "
                    f"WHERE {amount} <> 0"
                )
                told.append(
                    f"SELECT '{source.dataset}' AS dataset, source_system, {source.number} AS account_number, currency_code, "
                    f"{amount} AS base_banded, day FROM base_{source.dataset}"
                )
        self._run(f"CREATE OR REPLACE TEMP VIEW base_rows AS {' UNION ALL '.join(told)}")

    def _fill_rates(self) -> None:
        """Of each day of the month and of the base date, the last rate known then of each currency."""
        dates = [each.day for each in self._inputs.base]
        days = {self._inputs.month_date + n * _DAY for n in range((self._inputs.as_of_date - self._inputs.month_date).days + 1)}
        self._fill("rate_days", "day DATE", [(day,) for day in sorted(days | set(dates))])
        home = self._inputs.home_currency_code
        self._fill("fractions", "currency_code VARCHAR, digits INTEGER", list(FRACTION_DIGITS.items()))
        pinned = [each for each in (*self._inputs.base, *self._inputs.days) if each.pin.dataset == "fx_rates"]
        self._connection.execute("SET VARIABLE home = ?", [home])
        self._run(staged.RATES.format(view=self._view("fx_rates", pinned), home_factor=10 ** fraction_digits(home)))

    def _fill_prices(self) -> None:
        self._connection.execute("SET VARIABLE last_day = ?", [self._inputs.as_of_date])
        pinned = [each for each in self._inputs.days if each.pin.dataset == "ftp_curve"]
        self._run(staged.PRICES.format(view=self._view("ftp_curve", pinned)))
        self._run(staged.TENORS)

    def _fill_rules(self) -> None:
        rules = self._inputs.products
        columns = "rule BIGINT, product_version_id VARCHAR, product_code VARCHAR, ftp_method BIGINT, rule_tenor_days BIGINT, "
        rows = [
            (number, rule.version_id, rule.code, int(rule.ftp_method), rule.ftp_tenor_days, rule.fixed_ftp_rate_e8)
            for number, rule in enumerate(rules)
        ]
        self._fill("rules", columns + "fixed_ftp_rate_e8 BIGINT", rows)
        named = ", ".join(f"{name}_divisor DECIMAL(38, 0)" for name in ACCRUALS)
        columns = f"dataset VARCHAR, product_version_id VARCHAR, currency_code VARCHAR, basis_days BIGINT, {named}"
        ((currencies,),) = self._connection.execute("SELECT list(DISTINCT currency_code) FROM rates").fetchall()
        divisors = [
            (rule.dataset, rule.version_id, currency, self._basis_days(rule, currency), *self.divisors(rule, currency).values())
            for rule in rules
            for currency in currencies
        ]
        self._fill("divisors", columns, divisors)

    def divisors(self, rule: ProductRule, currency_code: str) -> dict[str, int]:
        """Over what the numerator of each accrual is divided."""
        formulas = {name: rule.measures.get(Slot(name)) for name in ACCRUALS}
        days = self._basis_days(rule, currency_code)
        return {name: 10**each.scale * (days if each.accrues else 1) if each else 1 for name, each in formulas.items()}

    def _basis_days(self, rule: ProductRule, currency_code: str) -> int:
        return rule.basis_days(currency_code, self._inputs.month_date.year)

    def _selectors(self, step: Step) -> list[tuple[str, bool, str, int]]:
        found = []
        for source in self.sources(step):
            for number, rule in self.rules(source, step).items():
                found += [(source.dataset, True, code, number) for code in rule.selection.product_codes]
                found += [(source.dataset, False, kind, number) for kind in rule.selection.kinds]
        return found

    def _view(self, dataset: str, pinned: Sequence[PinnedDay]) -> str:
        """The query of the pinned rows, each on the `day` on which it stands, with its `feed`."""
        schema, parts = SCHEMAS[dataset], []
        for feed in sorted({each.pin.feed for each in pinned}) or [""]:
            of_feed = [each for each in pinned if each.pin.feed == feed]
            self._views += 1
            name = f"read_{dataset}_{self._views}"
            found = self._lake.relation(self._connection, schema, [each.pin for each in of_feed])
            found.filter(self._wanted(dataset)).create_view(name)
            days = ", ".join(f"(DATE '{each.pin.business_date}', DATE '{each.day}')" for each in of_feed)
            of_days = f"JOIN (VALUES {days}) days(revision_date, day) ON business_date = revision_date"
            parts.append(
                f"SELECT day, '{feed}' AS feed, {name}.* FROM {name} {of_days if of_feed else ', (SELECT NULL::DATE AS day)'}"
            )
        return f"({' UNION ALL BY NAME '.join(parts)})"

    def _wanted(self, dataset: str) -> str:
        """Which rows of a dataset are read: a condition by which files are passed over, so that one account is found quickly."""
        column = MEASURED[dataset].number if dataset in MEASURED else _NUMBERS.get(dataset)
        return self._holds(column) if column else "true"

    def _holds(self, column: str) -> str:
        if self._numbers is None:
            return self._part.holds(column)
        return f"{column} IN ({', '.join(quoted(number) for number in ['', *self._numbers])})"

    def _fill(self, table: str, columns: str, rows: Sequence[Sequence[Any]]) -> None:
        self._run(f"CREATE OR REPLACE TEMP TABLE {table} ({columns})")
        if rows:
            places = ", ".join([f"({', '.join('?' * len(rows[0]))})"] * len(rows))
            self._connection.execute(f"INSERT INTO {table} VALUES {places}", [value for row in rows for value in row])

    def _run(self, statement: str) -> None:
        self._connection.execute(statement)


_COUNTED = """
    SELECT (SELECT count(*) FROM all_accounts), parse_formatted_bytes(current_setting('memory_limit'))::BIGINT
"""
# As many objects in each: the bounds are drawn from a sample, which any way the rows are sorted leaves fair.
_BOUNDS = f"""
    SELECT quantile_disc(account_number, ?) FROM (FROM all_accounts USING SAMPLE reservoir({_SAMPLED} ROWS) REPEATABLE (1))
"""


def _in_force(rule: ProductRule, day: date) -> bool:
    return rule.start_date <= day and (rule.end_date is None or day <= rule.end_date)


def _carried(pinned: PinnedDay) -> bool:
    """Whether it stands for a day that has no revision of its own."""
    return pinned.day != pinned.pin.business_date
