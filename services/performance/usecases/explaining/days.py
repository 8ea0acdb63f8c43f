"""Days of accounts, as the run's own pins and rules make them once more: the grain of every figure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.chassis.db.session import UnitOfWork
from services.performance.engine.inputs import ObjectKey
from services.performance.engine.leaf import Account, Narrowing
from services.performance.model.run import Run
from services.performance.rules import proof
from services.performance.rules.figures import Amounts
from services.performance.rules.proof import ACCRUALS, Owner, Sums
from services.performance.usecases.runs import keeping

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from services.performance.engine.inputs import MonthInputs
    from services.performance.rules.catalogue import ProductRule

# Of so many accounts at most days are computed while somebody waits.
ACCOUNTS_MAX = 2_000
_NUMERATORS = tuple(f"{name}_numerator" for name in ACCRUALS)
Row = Mapping[str, Any]


@dataclass(slots=True)
class AccountDays:
    """An account's days by one version of a product: within these an amount is rounded once."""

    account: Account
    product_code: str
    product_version_id: str
    divisors: tuple[int, ...]
    days: dict[date, dict[Owner, Sums]] = field(default_factory=dict)
    # By day and owner the rows themselves, one for each line.
    lines: dict[tuple[date, Owner], list[Row]] = field(default_factory=dict)

    def add(self, row: Row, owner: Owner) -> None:
        """Takes a row of ACCOUNT_DAYS in."""
        sums = Sums(
            balance=int(row["balance"]),
            base_balance=int(row["base_balance"]),
            flow_amount=int(row["flow_amount"]),
            flow_count=int(row["flow_count"]),
            numerators=[int(row[name]) for name in _NUMERATORS],
        )
        self.days.setdefault(row["day"], {}).setdefault(owner, Sums()).add(sums)
        self.lines.setdefault((row["day"], owner), []).append(row)


@dataclass(frozen=True, slots=True)
class Cell:
    """What one owner has of an account on one day."""

    of: AccountDays
    owner: Owner
    day: date
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class Reader:
    """By which the rows of accounts of a run are read."""

    lake: Any
    inputs: MonthInputs
    staff_numbers: Mapping[str, str]
    rules: Mapping[tuple[str, str], ProductRule]

    @classmethod
    def of(cls, work: UnitOfWork, run: Run, connection: DuckDBPyConnection) -> Reader:
        """Of a run: with the staff numbers that it knew, by which ties were decided."""
        inputs = keeping.inputs_of(work, run)
        rules = {(rule.dataset, rule.version_id): rule for rule in inputs.products}
        return cls(work.database.lake, inputs, _staff_numbers(connection, inputs.ownership), rules)

    def rows(self, connection: DuckDBPyConnection, accounts: Sequence[tuple[str, str, str]]) -> Iterator[Row]:
        """The rows of ACCOUNT_DAYS of those objects (dataset, source system, number)."""
        from services.performance.engine.computing import account_days

        for batch in account_days(connection, self.lake, self.inputs, [ObjectKey(*each) for each in accounts]):
            yield from batch.to_pylist()

    def rule(self, row: Row) -> ProductRule | None:
        """By which a row of ACCOUNT_DAYS was computed."""
        return self.rules.get((row["dataset"], row["product_version_id"]))

    def divisors(self, row: Row) -> tuple[int, ...]:
        """By what the numerators of such rows are divided."""
        rule = self.rule(row)
        return proof.divisors(rule, row["currency_code"], self.inputs.month_date.year) if rule else (1,) * len(ACCRUALS)

    def owner(self, row: Row) -> Owner:
        """Whose a row is."""
        return Owner(
            person_id=row["person_id"],
            organisation_unit_id=row["organisation_unit_id"],
            customer_number=row["customer_number"],
            customer_id=row["customer_id"],
            staff_number=self.staff_numbers.get(row["person_id"], ""),
        )

    def gathered(self, rows: Iterable[Row]) -> list[AccountDays]:
        """The rows by account and version."""
        found: dict[tuple[str, ...], AccountDays] = {}
        for row in rows:
            account = Account(row["dataset"], row["source_system"], row["account_number"], row["currency_code"])
            key = (str(account), row["product_version_id"])
            if key not in found:
                found[key] = AccountDays(account, row["product_code"], row["product_version_id"], self.divisors(row))
            found[key].add(row, self.owner(row))
        return list(found.values())


def of_days(accounts: Iterable[AccountDays], narrowing: Narrowing, start: date, days: Sequence[date]) -> list[Cell]:
    """What the owners that are looked at have of the accounts on those days."""
    return [
        Cell(each, owner, day, amounts)
        for each in accounts
        if _is_wanted(each, narrowing)
        for day, earned in proof.of_days(each.days, each.divisors, start, days).items()
        for owner, amounts in earned.items()
        if is_of(owner, narrowing)
    ]


def proofs(each: AccountDays, narrowing: Narrowing, start: date, until: date) -> Iterator[tuple[str, Owner, tuple[int, ...]]]:
    """How the amounts of the owners that are looked at were rounded, by measure and owner.

    The numbers are the account's numerator, his, by what both are divided, what the account has, and what he has.
    """
    sums = proof.summed(each.days, until)
    owners = sorted(sums, key=lambda owner: owner.order)
    count = (until - start).days + 1
    numerators = {
        "average_balance": ([sums[owner].balance for owner in owners], count),
        "base_balance": ([sums[owner].base_balance for owner in owners], count),
    } | {name: ([sums[owner].numerators[place] for owner in owners], each.divisors[place]) for place, name in enumerate(ACCRUALS)}
    for measure, (of_owners, divisor) in numerators.items():
        parts, whole = proof.shared(of_owners, divisor), sum(of_owners)
        for owner, numerator, part in zip(owners, of_owners, parts, strict=True):
            if is_of(owner, narrowing):
                yield measure, owner, (whole, numerator, divisor, sum(parts), part)


def is_of(owner: Owner, narrowing: Narrowing) -> bool:
    """Whether the owner is one of those that are looked at."""
    units, number = narrowing.organisation_unit_ids, narrowing.customer_number
    return (
        (narrowing.person_id is None or owner.person_id == narrowing.person_id)
        and (units is None or owner.organisation_unit_id in units)
        and (number is None or owner.customer_number == number)
    )


def _is_wanted(each: AccountDays, narrowing: Narrowing) -> bool:
    return (narrowing.product_code is None or each.product_code == narrowing.product_code) and (
        narrowing.account is None or each.account == narrowing.account
    )


def _staff_numbers(connection: DuckDBPyConnection, ownership: Path) -> dict[str, str]:
    query = "SELECT person_id, staff_number FROM read_parquet(?)"
    return {str(row[0]): str(row[1]) for row in connection.execute(query, [str(ownership / "people.parquet")]).fetchall()}
