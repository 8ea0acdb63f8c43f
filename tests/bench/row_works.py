"""What row stores, pandas and a loop are given to do beside the engine, each in its own way.

*The leaf*: look up an account's facts, its owners and the price of funds, divide each day's balance among the owners, add up the
month, round what each owner has of each account, and keep the leaf and what everybody has: what the engine does of these books.
*The sums* alone: what everybody has, by daily average and profit, ranked; nothing is rounded, and nothing kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Text, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from services.chassis.engines.rounding import quotient
from tests.bench.results import DAYS, LAST, PROFIT_DIVISOR

if TYPE_CHECKING:
    from ibis import ir

# A loop is given so many accounts, and its time is stretched.
LOOPED_ACCOUNTS = 1_500
_PRICE_DIVISOR = 360 * 10**5
# What is rounded: over what the sums of days are divided, and what the numerator is.
_MEASURES = {
    "average_balance": ("balance_days", DAYS),
    "ftp_profit": ("profit", PROFIT_DIVISOR),
    "unit_price": ("price", _PRICE_DIVISOR),
}
KEY = ("account_number", "person_id", "organisation_unit_id")
AMOUNTS = (
    "balance", "average_balance", "increment", "ftp_profit", "contribution", "eva", "unit_price", "balance_days",
    "ftp_profit_numerator", "unit_price_numerator",
)  # fmt: skip
# By person: sum of days, profit, and his place by the one.
Sums = Mapping[str, tuple[int, int, int]]


class Base(DeclarativeBase):
    """The tables of row stores."""


class AccountDay(Base):
    """The balance of an account on a day."""

    __tablename__ = "account_days"

    row_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    account_number: Mapped[str] = mapped_column(Text)
    day: Mapped[str] = mapped_column(Text)
    balance: Mapped[int] = mapped_column(BigInteger)


class Account(Base):
    """What is known of an account."""

    __tablename__ = "accounts"

    account_number: Mapped[str] = mapped_column(Text, primary_key=True)
    customer_id: Mapped[str] = mapped_column(Text)
    rate_e8: Mapped[int] = mapped_column(BigInteger)


class Price(Base):
    """The price of funds on a day."""

    __tablename__ = "prices"

    day: Mapped[str] = mapped_column(Text, primary_key=True)
    ftp_rate_e8: Mapped[int] = mapped_column(BigInteger)


class Line(Base):
    """A share of a customer; `owners` says how many there are."""

    __tablename__ = "lines"

    share_line_id: Mapped[str] = mapped_column(Text, primary_key=True)
    customer_id: Mapped[str] = mapped_column(Text)
    person_id: Mapped[str] = mapped_column(Text)
    staff_number: Mapped[str] = mapped_column(Text)
    organisation_unit_id: Mapped[str] = mapped_column(Text)
    basis_points: Mapped[int] = mapped_column(BigInteger)
    owners: Mapped[int] = mapped_column(BigInteger)


class Result(Base):
    """A row of the leaf that a loop keeps."""

    __tablename__ = "looped_leaf"

    account_number: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    organisation_unit_id: Mapped[str] = mapped_column(Text, primary_key=True)
    balance: Mapped[int] = mapped_column(BigInteger)
    average_balance: Mapped[int] = mapped_column(BigInteger)
    increment: Mapped[int] = mapped_column(BigInteger)
    ftp_profit: Mapped[int] = mapped_column(BigInteger)
    contribution: Mapped[int] = mapped_column(BigInteger)
    eva: Mapped[int] = mapped_column(BigInteger)
    unit_price: Mapped[int] = mapped_column(BigInteger)
    balance_days: Mapped[int] = mapped_column(BigInteger)
    ftp_profit_numerator: Mapped[int] = mapped_column(BigInteger)
    unit_price_numerator: Mapped[int] = mapped_column(BigInteger)


def _half_even(numerator: str, divisor: int) -> str:
    """Of what is not negative, in whole numbers of 64 bits."""
    doubled, whole = f"(2 * {numerator} + {divisor})", f"((2 * {numerator} + {divisor}) / {2 * divisor})"
    return f"({whole} - CASE WHEN {doubled} % {2 * divisor} = 0 AND {whole} % 2 = 1 THEN 1 ELSE 0 END)"


_SUMMED = f"""
    CAST(sum(CASE WHEN day = '{LAST}' THEN own ELSE 0 END) AS BIGINT) AS balance, CAST(sum(own) AS BIGINT) AS balance_days,
    CAST(sum(own * (ftp_rate_e8 - rate_e8)) AS BIGINT) AS profit, CAST(sum(own * 45) AS BIGINT) AS price
"""
_OWNERS = "account_number, person_id, organisation_unit_id, staff_number"
_PRICED = "account_days JOIN accounts USING (account_number) JOIN lines USING (customer_id) JOIN prices USING (day)"
# PostgreSQL and SQLite both read it.
SHARED = f"""
    CREATE TABLE leaf AS
    WITH quotas AS (
        SELECT {_OWNERS}, day, rate_e8, ftp_rate_e8, balance, balance * basis_points / 10000 AS part,
            balance * basis_points % 10000 AS rest
        FROM {_PRICED} WHERE owners > 1
    ), parts AS (
        SELECT {_OWNERS}, day, rate_e8, ftp_rate_e8, part + CASE WHEN
            row_number() OVER (PARTITION BY account_number, day ORDER BY rest DESC, staff_number)
            <= balance - sum(part) OVER (PARTITION BY account_number, day) THEN 1 ELSE 0 END AS own
        FROM quotas
    ), together AS (
        SELECT {_OWNERS}, {_SUMMED} FROM parts GROUP BY {_OWNERS}
    ), settled AS (
        SELECT *, {
    ", ".join(
        f"{numerator} / {divisor} + CASE WHEN "
        f"row_number() OVER (PARTITION BY account_number ORDER BY {numerator} % {divisor} DESC, staff_number) <= "
        f"{_half_even(f'CAST(sum({numerator}) OVER (PARTITION BY account_number) AS BIGINT)', divisor)} - "
        f"sum({numerator} / {divisor}) OVER (PARTITION BY account_number) THEN 1 ELSE 0 END AS {name}"
        for name, (numerator, divisor) in _MEASURES.items()
    )
} FROM together
    ), alone AS (
        SELECT {_OWNERS}, {_SUMMED} FROM (SELECT {_OWNERS}, day, rate_e8, ftp_rate_e8, balance AS own FROM {
    _PRICED
} WHERE owners = 1) whole
        GROUP BY {_OWNERS}
    ), complete AS (
        SELECT *, {", ".join(f"{_half_even(numerator, divisor)} AS {name}" for name, (numerator, divisor) in _MEASURES.items())}
        FROM alone UNION ALL SELECT * FROM settled
    )
    SELECT {", ".join(KEY)}, balance, average_balance, average_balance AS increment, ftp_profit, ftp_profit AS contribution,
        ftp_profit AS eva, unit_price, balance_days, profit AS ftp_profit_numerator, price AS unit_price_numerator
    FROM complete
"""
TOTALS = f"""
    CREATE TABLE totals AS
    SELECT person_id, organisation_unit_id, count(DISTINCT account_number) AS account_count,
        {", ".join(f"sum({name}) AS {name}" for name in AMOUNTS)}
    FROM leaf GROUP BY person_id, organisation_unit_id
"""


def leaf_by_pandas(folder: Path, files: Mapping[str, Path]) -> None:
    """Keeps both in files."""
    import pandas as pd

    rows, accounts, prices, lines = (pd.read_parquet(files[name]) for name in ("account_days", "accounts", "prices", "lines"))
    rows = rows.merge(accounts, on="account_number").merge(prices, on="day")
    alone = rows.merge(lines[lines.owners == 1], on="customer_id").rename(columns={"balance": "own"})
    shared = rows.merge(lines[lines.owners > 1], on="customer_id")
    shared["own"], rest = (shared.balance * shared.basis_points).divmod(10_000)
    shared["own"] += _one_more(shared, ["account_number", "day"], shared.balance, shared.own, rest)
    measured = []
    for owned in (alone, shared):
        owned["balance"] = owned.own.where(owned.day == str(LAST), 0)
        owned["profit"] = owned.own * (owned.ftp_rate_e8 - owned.rate_e8)
        owned["price"] = owned.own * 45
        owned["balance_days"] = owned.own
        sums = ["balance", "balance_days", "profit", "price"]
        found = owned.groupby([*KEY, "staff_number"], sort=False)[sums].sum().reset_index()
        for name, (numerator, divisor) in _MEASURES.items():
            whole = found[numerator].groupby(found.account_number).transform("sum")
            total, remainder = (2 * whole + divisor).divmod(2 * divisor)
            total -= (remainder == 0) & (total % 2 == 1)
            floors, rest = found[numerator].divmod(divisor)
            found[name] = floors + _one_more(found, ["account_number"], total, floors, rest)
        measured.append(found)
    leaf = pd.concat(measured).rename(columns={"profit": "ftp_profit_numerator", "price": "unit_price_numerator"})
    leaf = leaf.assign(increment=leaf.average_balance, contribution=leaf.ftp_profit, eva=leaf.ftp_profit)
    leaf.to_parquet(folder / "pandas.parquet")
    by_owner = leaf.groupby(["person_id", "organisation_unit_id"])
    totals = by_owner[list(AMOUNTS)].sum().assign(account_count=by_owner.account_number.nunique())
    totals.to_parquet(folder / "pandas_totals.parquet")


def _one_more(rows: Any, within: list[str], total: Any, floors: Any, rest: Any) -> Any:
    """1 where a part's remainder is among the largest, until nothing is missing from the total."""
    missing = total - floors.groupby([rows[name] for name in within]).transform("sum")
    ordered = rows[[*within, "staff_number"]].assign(rest=rest).sort_values(["rest", "staff_number"], ascending=[False, True])
    return (ordered.groupby(within, sort=False).cumcount().sort_index() < missing).astype("int64")


def leaf_by_loop(session: Session) -> None:
    """As it is often written: objects, and sums in Python. Keeps the leaf of the accounts that it is given."""
    session.query(Result).delete()
    accounts, lines, prices = _known(session)
    sums: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0, 0, 0]))
    for row in session.scalars(select(AccountDay).where(AccountDay.account_number <= max(accounts))):
        account = accounts[row.account_number]
        owners = lines[account.customer_id]
        for line, own in zip(owners, _parts(row.balance, [line.basis_points for line in owners], 10_000), strict=True):
            found = sums[row.account_number][line.share_line_id]
            found[0] += own if row.day == str(LAST) else 0
            found[1] += own
            found[2] += own * (prices[row.day] - account.rate_e8)
            found[3] += own * 45
    for number, owned in sums.items():
        owners = {line.share_line_id: line for line in lines[accounts[number].customer_id]}
        shared = {}
        for place, (name, (_, divisor)) in enumerate(_MEASURES.items(), start=1):
            numerators = [each[place] for each in owned.values()]
            total = round(Fraction(sum(numerators), divisor))
            shared[name] = _completed([divmod(each, divisor) for each in numerators], total)
        for place, (line_id, found) in enumerate(owned.items()):
            average, profit, price = (shared[name][place] for name in _MEASURES)
            line = owners[line_id]
            session.add(
                Result(
                    account_number=number, person_id=line.person_id, organisation_unit_id=line.organisation_unit_id,
                    balance=found[0], average_balance=average, increment=average, ftp_profit=profit, contribution=profit,
                    eva=profit, unit_price=price, balance_days=found[1], ftp_profit_numerator=found[2],
                    unit_price_numerator=found[3],
                )
            )  # fmt: skip
    session.commit()


def _parts(amount: int, weights: Sequence[int], whole: int) -> list[int]:
    return _completed([divmod(amount * weight, whole) for weight in weights], amount)


def _completed(quotas: Sequence[tuple[int, int]], total: int) -> list[int]:
    """Whole parts; who misses most of one has one more, the first of equal ones."""
    missing = total - sum(floor for floor, _ in quotas)
    first = sorted(range(len(quotas)), key=lambda place: -quotas[place][1])[:missing]
    return [floor + (place in first) for place, (floor, _) in enumerate(quotas)]


# The text that all three read.
SUMS = f"""
    SELECT person_id, sum(own) AS balance_days, sum(own * (ftp_rate_e8 - rate_e8)) AS profit,
        rank() OVER (ORDER BY sum(own) DESC) AS place
    FROM (SELECT person_id, ftp_rate_e8, rate_e8, balance * basis_points / 10000 AS own FROM {_PRICED}) days GROUP BY person_id
"""


def sums_by_expression() -> ir.Table:
    """The same as an expression."""
    import ibis

    tables = {model.__tablename__: _unbound(model) for model in (AccountDay, Account, Line, Price)}
    rows = tables["account_days"].join(tables["accounts"], "account_number")
    rows = rows.join(tables["lines"], "customer_id").join(tables["prices"], "day")
    rows = rows.mutate(own=quotient(rows.balance * rows.basis_points, ibis.literal(10_000, "int64")))
    found = rows.group_by("person_id").aggregate(
        balance_days=rows.own.sum(), profit=(rows.own * (rows.ftp_rate_e8 - rows.rate_e8)).sum()
    )
    # Ranks are counted from 0.
    return found.mutate(place=ibis.rank().over(order_by=found.balance_days.desc()) + 1)


def _unbound(model: type[Base]) -> ir.Table:
    import ibis

    columns = {column.name: "int64" if isinstance(column.type, BigInteger) else "string" for column in model.__table__.columns}
    return ibis.table(columns, name=model.__tablename__)


def sums_by_pandas(files: Mapping[str, Path]) -> Sums:
    """In frames."""
    import pandas as pd

    rows, accounts, prices, lines = (pd.read_parquet(files[name]) for name in ("account_days", "accounts", "prices", "lines"))
    rows = rows.merge(accounts, on="account_number").merge(prices, on="day").merge(lines, on="customer_id")
    rows["balance_days"] = rows.balance * rows.basis_points // 10_000
    rows["profit"] = rows.balance_days * (rows.ftp_rate_e8 - rows.rate_e8)
    found = rows.groupby("person_id")[["balance_days", "profit"]].sum()
    found["place"] = found.balance_days.rank(method="min", ascending=False)
    return as_sums(found.reset_index().to_numpy())


def sums_by_loop(session: Session) -> Sums:
    """As it is often written, of the accounts that it is given."""
    accounts, lines, prices = _known(session)
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in session.scalars(select(AccountDay).where(AccountDay.account_number <= max(accounts))):
        account = accounts[row.account_number]
        for line in lines[account.customer_id]:
            own = row.balance * line.basis_points // 10_000
            found[line.person_id][0] += own
            found[line.person_id][1] += own * (prices[row.day] - account.rate_e8)
    days = sorted((days for days, _ in found.values()), reverse=True)
    return {person_id: (own, profit, days.index(own) + 1) for person_id, (own, profit) in found.items()}


def as_sums(rows: Any) -> Sums:
    """Rows of whatever has computed them."""
    return {str(person_id): (int(days), int(profit), int(place)) for person_id, days, profit, place in rows}


def _known(session: Session) -> tuple[dict[str, Account], dict[str, list[Line]], dict[str, int]]:
    """Accounts, their customers' lines by staff number, and prices by day."""
    first = session.scalars(select(Account).order_by(Account.account_number).limit(LOOPED_ACCOUNTS))
    accounts = {account.account_number: account for account in first}
    customers = {account.customer_id for account in accounts.values()}
    lines: dict[str, list[Line]] = defaultdict(list)
    wanted = Line.customer_id.between(min(customers), max(customers))
    for line in session.scalars(select(Line).where(wanted).order_by(Line.staff_number)):
        lines[line.customer_id].append(line)
    return accounts, lines, {price.day: price.ftp_rate_e8 for price in session.scalars(select(Price))}
