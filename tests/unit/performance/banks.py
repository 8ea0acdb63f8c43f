"""Banks of the engine's tests: drawn at random from a seed, written into a lake, and handed to the oracle as they are."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from services.chassis.lake.lake import Lake
from services.chassis.lake.schemas import SCHEMAS
from services.performance.engine.inputs import OWNERSHIP, MonthInputs, PinnedDay
from services.performance.rules.catalogue import DayBasis, FtpMethod, ProductRule, Selection, Slot
from services.performance.rules.formulas import SOURCES, Declared, parse
from services.performance.rules.periods import base_date
from tests.component.books import Books
from tests.unit.performance.oracle import NUMBERS, Oracle

MONTH, AS_OF, BASE = date(2026, 12, 1), date(2026, 12, 5), date(2025, 12, 31)
_ARROW = {"string": pa.string(), "int64": pa.int64(), "date": pa.date32()}
STANDING = ("accounts", *(name for name in NUMBERS if SOURCES[name].standing), "fx_rates")
RISK = "COALESCE(probability_of_default, 0.01) * COALESCE(loss_given_default, 0.45)"


def rule(code, dataset, measures, *, codes=(), kinds=(), remaining=False, method=FtpMethod.NONE, **fields):
    """A version of a product with these formulas."""
    formulas = {Slot(slot): parse(text, Declared(SOURCES[dataset], {}), Slot(slot).outcome) for slot, text in measures.items()}
    usual = {"ftp_tenor_days": 30, "fixed_ftp_rate_e8": 2_150_000, "day_basis": DayBasis.DAYS_360, "currency_day_bases": {}}
    usual |= {"start_date": date(2000, 1, 1), "end_date": None}
    return ProductRule(
        code=code,
        version_id=f"version-{code}",
        dataset=dataset,
        selection=Selection(codes, kinds, remaining),
        measures=formulas,
        ftp_method=method,
        **usual | fields,
    )


DEPOSIT = {"balance": "balance", "ftp_profit": "balance * (ftp_rate - customer_rate)", "unit_price": "balance * 0.3 * 0.0015"}
LOAN = {
    "balance": "balance",
    "ftp_profit": "balance * (customer_rate - ftp_rate)",
    "expected_loss": f"CASE WHEN overdue_days > 90 THEN balance * 1.0 ELSE balance * {RISK} END",
    "capital_cost": "balance * 0.105 * 0.11",
}
RULES = (
    rule("TERM", "balances", DEPOSIT, kinds=("TERM_DEPOSIT",), method=FtpMethod.MATCHED),
    rule(
        "DEMAND",
        "balances",
        DEPOSIT,
        kinds=("DEMAND_DEPOSIT", "SAVINGS"),
        method=FtpMethod.POOL,
        day_basis=DayBasis.DAYS_365,
        currency_day_bases={"USD": DayBasis.DAYS_360},
    ),
    rule("SPECIAL", "balances", DEPOSIT, codes=("P9",), method=FtpMethod.FIXED, end_date=date(2026, 12, 2)),
    rule("SPECIAL2", "balances", DEPOSIT, codes=("P9",), method=FtpMethod.POOL, start_date=date(2026, 12, 3)),
    rule("LOAN", "balances", LOAN, kinds=("LOAN",), method=FtpMethod.MATCHED, day_basis=DayBasis.ACTUAL),
    rule(
        "BILL",
        "bills",
        {"balance": "CASE WHEN state = 'DISCOUNTED' THEN face ELSE 0 END", "ftp_profit": "face * discount_rate"},
        remaining=True,
    ),
    rule("FACTOR", "factoring", {"balance": "financed", "capital_cost": "receivable * 0.01 + financed * 0.02"}, remaining=True),
    rule(
        "TRADE",
        "trade_finance",
        {"balance": "COALESCE(amount, 0)", "flow_amount": "CASE WHEN days_since_issue = 0 THEN amount ELSE 0 END"},
        kinds=("REMITTANCE",),
    ),
    rule("FEE", "fees", {"fee_income": "COALESCE(after_tax, amount)", "flow_count": "count"}, remaining=True),
    rule(
        "PAYMENT",
        "transactions",
        {"flow_amount": "amount", "flow_count": "count", "unit_price": "amount * 0.001"},
        kinds=("CARD_PAYMENT",),
    ),
    rule("ONLINE", "ebanking_events", {"flow_count": "count"}, kinds=("TRANSFER",)),
)


@dataclass
class Bank:
    """Its rows by dataset and system and date, and its ownership tables."""

    revisions: dict
    owned: dict
    rules: tuple = RULES

    def oracle(self, year=MONTH.year):
        """The same bank, computed slowly."""
        return Oracle(self.revisions, self.owned, list(self.rules), year)

    def write(self, lake: Lake, folder: Path, month=MONTH, as_of=AS_OF, *, last=date.max) -> MonthInputs:
        """Puts it into the lake; what a run of the month reads, where revisions of days after `last` are not there yet."""
        pins = {}
        for (dataset, system), by_date in self.revisions.items():
            books = Books(lake, source_system=system)
            for day, rows in by_date.items():
                if day <= last:
                    whole = [{column: row.get(column) for column in SCHEMAS[dataset].names} | row for row in rows]
                    pins[dataset, system, day] = books.write(dataset, day, whole)
        days, base = [], []
        for (dataset, system), by_date in self.revisions.items():
            known = sorted(day for day in by_date if day <= last)
            if not SCHEMAS[dataset].snapshot:
                days += [PinnedDay(day, pins[dataset, system, day]) for day in known if month <= day <= as_of]
                continue
            for n in range((as_of - month).days + 1):
                day = month + timedelta(days=n)
                stood = [each for each in known if each <= day]
                days += [PinnedDay(day, pins[dataset, system, stood[-1]])] if stood else []
            if dataset == "ftp_curve":
                days += [PinnedDay(day, pins[dataset, system, day]) for day in known if day < month]
            if dataset == "accounts":
                days += [PinnedDay(day, pins[dataset, system, day]) for day in known if day > as_of][:1]
            at_base = [each for each in known if each <= base_date(month)]
            base += [PinnedDay(base_date(month), pins[dataset, system, at_base[-1]])] if dataset in STANDING and at_base else []
        folder.mkdir(parents=True, exist_ok=True)
        for name, columns in OWNERSHIP.items():
            table = {column: pa.array([row.get(column) for row in self.owned[name]], _ARROW[t]) for column, t in columns.items()}
            pq.write_table(pa.table(table), folder / f"{name}.parquet")
        return MonthInputs(month, as_of, "CNY", tuple(days), tuple(base), self.rules, folder)


def drawn(seed, accounts=40, people=5) -> Bank:
    """A bank with everything in it that results know of, from a seed."""
    draw = random.Random(seed)
    days = [MONTH + timedelta(days=n) for n in range((AS_OF - MONTH).days + 1)]
    customers = [f"C{n:03d}" for n in range(accounts // 2)]
    kinds = ["DEMAND_DEPOSIT", "TERM_DEPOSIT", "SAVINGS", "LOAN"]
    facts = {}
    for n in range(accounts):
        opened = date(2023, 1, 1) + timedelta(days=draw.randrange(1400))
        kind = draw.choice(kinds)
        facts[f"A{n:03d}"] = {
            "account_number": f"A{n:03d}",
            "customer_number": draw.choice([*customers, "C-UNKNOWN"]),
            "kind": kind,
            "currency_code": draw.choice(["CNY"] * 5 + ["USD", "JPY", "KWD", "XXX"]),
            "state": "ACTIVE",
            "product_code": draw.choice(["P9", "P1", None, None]),
            "unit_number": draw.choice(["0101", "0102", "9999"]),
            "open_date": opened,
            "maturity_date": opened + timedelta(days=draw.choice([90, 365, 1095])) if kind != "SAVINGS" else None,
            "interest_rate_e8": draw.choice([draw.randrange(10**7)] * 3 + [None]),
        }
    moved = {number: fact | {"unit_number": draw.choice(["0101", "0102"])} for number, fact in facts.items()}
    late = set(draw.sample(sorted(facts), 4))

    def balances(of, share=1.0):
        return [
            {
                "account_number": number,
                "currency_code": fact["currency_code"],
                "balance_minor_units": draw.choice(
                    [0, 1, -1, -draw.randrange(10**6), draw.randrange(10**5), draw.randrange(10**12)]
                ),
                "unit_number": draw.choice([None, None, "0102"]),
                "interest_rate_e8": draw.choice([None, draw.randrange(10**7)]),
                "product_code": None,
            }
            for number, fact in of.items()
            if draw.random() < share
        ]

    revisions = {
        ("accounts", "core"): {
            BASE: [facts[number] for number in sorted(facts)[: accounts // 2]],
            days[0]: [fact for number, fact in facts.items() if number not in late],
            days[2]: [fact for number, fact in moved.items() if number not in late],
            AS_OF + timedelta(days=2): list(moved.values()),
        },
        ("balances", "core"): {
            BASE: balances(dict(sorted(facts.items())[: accounts // 2])),
            # The third day has none of its own, like a day on which nothing is booked.
            **{day: balances(facts, 0.9) for day in days if day != days[2]},
        },
        ("interest_rates", "core"): {
            day: [
                {"product_code": "P9", "currency_code": code, "tenor_days": tenor, "interest_rate_e8": draw.randrange(10**7)}
                for code in ("CNY", "USD")
                for tenor in (30, 365)
            ]
            for day in (days[0], days[3])
        },
        ("risk_ratings", "risk"): {
            days[0]: [
                {
                    "customer_number": each,
                    "rating": "A",
                    "probability_of_default_e8": draw.randrange(10**7),
                    "loss_given_default_e8": 45_000_000,
                }
                for each in customers[::2]
            ]
        },
        ("loan_classes", "risk"): {
            days[2]: [
                {"account_number": each, "class": "LOSS", "overdue_days": draw.choice([10, 100])} for each in list(facts)[::3]
            ]
        },
        ("fx_rates", "treasury"): {
            BASE: [_rate("USD", 710_000_000), _rate("JPY", 4_800_001)],
            # Of the Kuwaiti dinar there is a rate only from the second day on; of XXX there never is one.
            days[0]: [_rate("USD", 712_345_678), _rate("JPY", 4_765_432)],
            days[1]: [_rate("USD", 699_999_999), _rate("KWD", 2_345_678_901)],
        },
        ("ftp_curve", "treasury"): {
            date(2024, 1, 1): _curve(draw),
            date(2025, 6, 1): _curve(draw),
            days[0]: _curve(draw),
            days[3]: _curve(draw),
        },
        ("transactions", "counter"): {
            day: [
                {
                    "transaction_number": f"T{day:%d}{n}",
                    "account_number": draw.choice([*facts, "A-UNKNOWN"]),
                    "currency_code": "CNY",
                    "amount_minor_units": draw.randrange(-(10**6), 10**6),
                    "kind": draw.choice(["CARD_PAYMENT", "OTHER"]),
                }
                for n in range(30)
            ]
            for day in days
        },
        ("fees", "fees"): {
            day: [
                {
                    "fee_number": f"F{day:%d}{n}",
                    "customer_number": draw.choice(customers),
                    "currency_code": draw.choice(["CNY", "USD"]),
                    "amount_minor_units": draw.choice([0, draw.randrange(10**5)]),
                    "product_code": None,
                    "unit_number": "0101",
                    "after_tax_minor_units": draw.choice([None, draw.randrange(10**5)]),
                }
                for n in range(5)
            ]
            for day in days[::2]
        },
        ("ebanking_events", "online"): {
            day: [
                {
                    "event_number": f"E{day:%d}{n}",
                    "customer_number": draw.choice(customers),
                    "kind": draw.choice(["TRANSFER", "SIGN_IN"]),
                }
                for n in range(20)
            ]
            for day in days
        },
        **_contracts(draw, customers, days),
    }
    return Bank(revisions, _ownership(draw, customers, facts, people, days))


def _rate(currency, rate_e8):
    return {"currency_code": currency, "quote_currency_code": "CNY", "exchange_rate_e8": rate_e8}


def _curve(draw):
    tenors = sorted(draw.sample([0, 30, 90, 180, 365, 730], 4))
    return [
        {"currency_code": c, "tenor_days": t, "ftp_rate_e8": draw.randrange(10**7)} for c in ("CNY", "USD", "JPY") for t in tenors
    ]


def _contracts(draw, customers, days):
    def rows(dataset, key, more):
        return {
            day: [
                {
                    key: f"{dataset[0].upper()}{n}",
                    "customer_number": draw.choice(customers),
                    "currency_code": draw.choice(["CNY", "USD"]),
                }
                | more(n)
                for n in range(6)
                if draw.random() < 0.8
            ]
            for day in (BASE, days[0], days[1], days[4])
        }

    def bill(_):
        return {
            "kind": "BANK_ACCEPTANCE",
            "face_minor_units": draw.randrange(10**8),
            "discount_rate_e8": draw.randrange(10**7),
            "issue_date": days[0],
            "maturity_date": date(2027, 3, 1),
            "state": draw.choice(["ISSUED", "DISCOUNTED"]),
            "unit_number": "0101",
        }

    def contract(_):
        owed = draw.randrange(10**8)
        return {
            "receivable_minor_units": owed,
            "financed_minor_units": draw.randrange(owed + 1),
            "recourse": True,
            "open_date": days[0],
            "maturity_date": date(2027, 3, 1),
            "state": "ACTIVE",
            "unit_number": "0102",
        }

    def trade(_):
        return {
            "kind": draw.choice(["REMITTANCE", "OTHER"]),
            "amount_minor_units": draw.choice([None, draw.randrange(10**7)]),
            "issue_date": draw.choice(days),
            "expiry_date": None,
            "state": "ISSUED",
        }

    return {
        ("bills", "bills"): rows("bills", "bill_number", bill),
        ("factoring", "factoring"): rows("factoring", "contract_number", contract),
        ("trade_finance", "trade"): rows("trade_finance", "reference", trade),
    }


def _ownership(draw, customers, facts, people, days):
    staff = [f"person-{n}" for n in range(people)]
    lines = []

    def divide(kind, key):
        for since, until in ((date(2020, 1, 1), days[1]), (days[2], None)):
            if draw.random() < 0.3:
                continue
            bands = draw.choice(
                [[(0, None)], [(0, None)], [(0, 5_000), (5_000, None)], [(100, 10**6)], [(0, 700), (10**4, None)]]
            )
            for lower, upper in bands:
                left = 10_000
                for person in draw.sample(staff, draw.choice([1, 1, 2, 3])):
                    points = draw.choice([left, draw.randrange(1, left + 1)])
                    lines.append(
                        {
                            "share_line_id": f"line-{len(lines):04d}",
                            "object_kind": kind,
                            "object_key": key,
                            "person_id": person,
                            "organisation_unit_id": "unit-made",
                            "start_date": since,
                            "end_date": until,
                            "from_minor_units": lower,
                            "to_minor_units": upper,
                            "basis_points": points,
                        }
                    )
                    left -= points
                    if not left:
                        break

    for number in customers[: len(customers) * 2 // 3]:
        divide(1, f"id-{number}")
    for number in list(facts)[::4]:
        divide(2, f"core/{number}")
    divide(3, "bills/B1")
    divide(3, "trade/T2")
    divide(4, f"fees/F{days[0]:%d}1")
    return {
        "share_lines": lines,
        "people": [{"person_id": person, "staff_number": f"{9 - n:03d}"} for n, person in enumerate(staff)],
        "affiliations": [
            {"person_id": staff[0], "organisation_unit_id": "unit-a", "start_date": date(1900, 1, 1), "end_date": days[1]},
            {"person_id": staff[0], "organisation_unit_id": "unit-b", "start_date": days[2]},
            {"person_id": staff[1], "organisation_unit_id": "unit-b", "start_date": date(1900, 1, 1), "end_date": days[1]},
            {"person_id": staff[2], "organisation_unit_id": "unit-a", "start_date": date(1900, 1, 1)},
        ],
        "units": [{"unit_number": f"010{n}", "organisation_unit_id": f"unit-{n}"} for n in (1, 2)],
        "customers": [{"customer_number": number, "customer_id": f"id-{number}"} for number in customers],
    }
