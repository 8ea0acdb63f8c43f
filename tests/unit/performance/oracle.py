"""What a month's results are, said once more in plain Python, slowly and row by row: the engine is held to it.

Nothing here is the engine's but the catalogue's rules and the formulas' own plain arithmetic. Numbers are whole, or fractions.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from services.chassis.kernel.money import fraction_digits
from services.chassis.lake.schemas import SCHEMAS
from services.performance.rules.allocation import allocate
from services.performance.rules.catalogue import FtpMethod, Slot
from services.performance.rules.formulas import PLAIN, SOURCES, InputKind
from services.performance.rules.formulas.inputs import AMOUNT_MAX
from services.performance.rules.formulas.values import Whole

ACCRUALS = ("ftp_profit", "fee_income", "expected_loss", "capital_cost", "unit_price")
NUMBERS = {
    "balances": "account_number",
    "transactions": "account_number",
    "bills": "bill_number",
    "factoring": "contract_number",
    "trade_finance": "reference",
    "fees": "fee_number",
    "ebanking_events": "customer_number",
}
MAIN = {
    "balances": "balance",
    "bills": "face",
    "factoring": "financed",
    "trade_finance": "amount",
    "fees": "amount",
    "transactions": "amount",
}
KINDS = {"balances": 2, "transactions": 2, "bills": 3, "factoring": 3, "trade_finance": 3, "fees": 4}


@dataclass
class Owner:
    """One owner of a row."""

    line: dict | None
    person: str
    unit: str


@dataclass
class Leaf:
    """What an owner has of an object."""

    numerators: dict = field(default_factory=lambda: defaultdict(int))
    days: int = 0
    balance: int = 0


@dataclass
class Oracle:
    """One bank of the tests: its revisions by (dataset, system), whose everything is, and the catalogue."""

    revisions: dict  # (dataset, system) -> {business date: rows}
    owned: dict  # the tables of OWNERSHIP as rows
    rules: list
    year: int
    home: str = "CNY"

    def leaf(self, month: date, as_of: date) -> tuple[dict, dict]:
        """The leaf by its key, each row with its measures; and the issues by reason and subject."""
        base_date = date(month.year - 1, 12, 31)
        leaves, issues = defaultdict(Leaf), defaultdict(int)
        for n in range((as_of - month).days + 1):
            day = month + timedelta(days=n)
            for (dataset, system), by_date in self.revisions.items():
                if dataset in NUMBERS and any(rule.dataset == dataset for rule in self.rules):
                    for row in self._rows(dataset, by_date, day, base_date):
                        self._add(leaves, issues, dataset, system, row, day, as_of, base_date)
        return self._settled(leaves, (as_of - month).days + 1), dict(issues)

    def _rows(self, dataset, by_date, day, base_date):
        if not SOURCES[dataset].standing:
            return by_date.get(day, [])
        rows = _standing(by_date, day)
        amount = f"{MAIN[dataset]}_minor_units"
        key = SCHEMAS[dataset].key
        known = {tuple(row[name] for name in key) for row in rows}
        gone = [row for row in _standing(by_date, base_date) if tuple(row[name] for name in key) not in known and row[amount]]
        zero = dict.fromkeys((f"{each}_minor_units" for each in ("balance", "face", "financed", "receivable", "amount")), 0)
        return [*rows, *({**row, **{name: value for name, value in zero.items() if name in row}} for row in gone)]

    def _add(self, leaves, issues, dataset, system, row, day, as_of, base_date):  # noqa: C901 - what one row comes to reads from top to bottom
        number, currency = row[NUMBERS[dataset]], row.get("currency_code", self.home)
        account = None
        if dataset in ("balances", "transactions"):
            system, account = self._account(system, number, day, base_date)
        given = self._given(dataset, row, account, day)
        subject = f"{dataset}/{system}/{number}/{currency}"
        rate = self._rate(currency, day)
        rule = self._rule(dataset, given, day)
        if rule is None and dataset not in ("balances", "fees"):
            return
        if account is None and dataset in ("balances", "transactions"):
            issues["ACCOUNT_UNKNOWN", subject] += 1
            return
        if rate is None:
            issues["CURRENCY_WITHOUT_RATE", subject] += self._rows_of(dataset, system, number, given, day)
            return
        if abs(row.get(f"{MAIN.get(dataset)}_minor_units") or 0) > AMOUNT_MAX:
            issues["INPUT_OUT_OF_BOUNDS", subject] += self._rows_of(dataset, system, number, given, day)
            return
        if rule is None:
            issues["PRODUCT_MISSING", subject] += self._rows_of(dataset, system, number, given, day)
            return
        given["ftp_rate"] = self._price(rule, currency, given, day)
        inputs = SOURCES[dataset].inputs
        amounts = [each.name for each in inputs.values() if each.kind in (InputKind.AMOUNT, InputKind.COUNT)]
        native = abs(given[MAIN[dataset]] or 0) if dataset in MAIN else 0
        home = {
            name: given[name] if inputs[name].kind is InputKind.COUNT else _converted(given[name], rate, currency, self.home)
            for name in amounts
        }
        base_native, base_home = self._base(dataset, system, number, currency, base_date)
        owners = self._owners(dataset, system, number, given, day)
        parts = {name: self._parts(home[name], native, owners) for name in amounts}
        base_parts = self._parts(base_home, abs(base_native), owners)
        for place, owner in enumerate(owners):
            if (
                owner.line is None
                and len(owners) > 1
                and not self._rest(native, owners)
                and not self._rest(abs(base_native), owners)
            ):
                continue
            columns = {**given, **{name: parts[name][place] for name in amounts}}
            unit = owner.unit or ""
            key = (dataset, system, number, currency, rule.version_id, given["customer_number"] or "", owner.person, unit)
            leaf = leaves[key]
            leaf.days += 1
            values = {slot: _value(rule, slot, columns) for slot in Slot}
            values["base"] = _value(rule, Slot.BALANCE, {**columns, MAIN.get(dataset, ""): base_parts[place]})
            if None in values.values() and (base_parts[place] is None or any(parts[name][place] for name in amounts)):
                issues["INPUT_MISSING", subject] += 1
            if day == as_of:
                leaf.balance += values[Slot.BALANCE] or 0
            for name, value in values.items():
                leaf.numerators[str(name)] += value or 0
            leaf.numerators["rule"] = rule

    def _account(self, system, number, day, base_date):
        systems = {name for dataset, name in self.revisions if dataset == "accounts"}
        for keeper in [system] if system in systems else sorted(systems):
            by_date = self.revisions["accounts", keeper]
            standing = max((d for d in by_date if d <= day), default=None)
            later = min((d for d in by_date if d > day), default=None) if standing != day else None
            at_base = max((d for d in by_date if d <= base_date), default=None)
            for stood in (standing, later, at_base):
                if stood is not None:
                    for row in by_date[stood]:
                        if row["account_number"] == number:
                            return keeper, row
        return system, None

    def _given(self, dataset, row, account, day):
        given = {name.removesuffix("_minor_units").removesuffix("_e8"): value for name, value in row.items()}
        account = account or {}
        if dataset == "balances":
            given["customer_rate"] = _first(
                row.get("interest_rate_e8"), account.get("interest_rate_e8"), self._listed_rate(row, account, day)
            )
            given["unit_number"] = _first(row.get("unit_number"), account.get("unit_number"))
            given["product_code"] = _first(row.get("product_code"), account.get("product_code"))
            given["selected"] = account.get("kind")
            given["loan_class"], given["overdue_days"] = self._class(row["account_number"], day)
        elif dataset == "transactions":
            given |= {
                "unit_number": account.get("unit_number"),
                "product_code": account.get("product_code"),
                "selected": row["kind"],
            }
        else:
            given["selected"] = row.get("kind")
        if account:
            given |= {
                "customer_number": account["customer_number"],
                "account_kind": account["kind"],
                "account_state": account["state"],
            }
            given |= {"open_date": account.get("open_date"), "maturity_date": account.get("maturity_date")}
        given["count"] = 1
        given.setdefault("open_date", row.get("issue_date"))
        given.setdefault("maturity_date", row.get("expiry_date"))
        opened, due = given["open_date"], given["maturity_date"]
        given["tenor_days"] = (due - opened).days if opened and due else None
        given["days_to_maturity"] = given["days_to_expiry"] = (due - day).days if due else None
        given["days_since_open"] = given["days_since_issue"] = (day - opened).days if opened else None
        given.setdefault("customer_number", None)
        given.setdefault("product_code", None)
        given.setdefault("unit_number", None)
        rating = self._rating(given["customer_number"], day)
        return (
            given
            | {name: rating.get(f"{name}_e8") for name in ("probability_of_default", "loss_given_default")}
            | {"rating": rating.get("rating")}
        )

    def _stands(self, dataset, day):
        return [row for (name, _), by_date in self.revisions.items() if name == dataset for row in _standing(by_date, day)]

    def _rating(self, customer, day):
        found = [row for row in self._stands("risk_ratings", day) if row["customer_number"] == customer]
        return max(found, key=lambda row: row["probability_of_default_e8"], default={})

    def _class(self, account, day):
        found = [row for row in self._stands("loan_classes", day) if row["account_number"] == account]
        worst = max(found, key=lambda row: row["overdue_days"], default=None)
        return (worst["class"], worst["overdue_days"]) if worst else (None, None)

    def _rate(self, currency, day):
        if currency == self.home:
            return 10**8
        told = [
            (at, row["exchange_rate_e8"])
            for (name, _), by_date in self.revisions.items()
            if name == "fx_rates"
            for at, rows in by_date.items()
            for row in rows
            if at <= day and row["currency_code"] == currency
        ]
        return max(told)[1] if told else None

    def _listed_rate(self, row, account, day):
        """At the nearest tenor that is not longer, or the shortest."""
        if row.get("product_code") is not None or row["currency_code"] != account.get("currency_code"):
            return None
        opened, due = account.get("open_date"), account.get("maturity_date")
        tenor = (due - opened).days if opened and due else 0
        told = {
            each["tenor_days"]: each["interest_rate_e8"]
            for (name, _), by_date in self.revisions.items()
            if name == "interest_rates"
            for each in _standing(by_date, day)
            if (each["product_code"], each["currency_code"]) == (account["product_code"], account["currency_code"])
        }
        return told[max((each for each in told if each <= tenor), default=min(told))] if told else None

    def _rule(self, dataset, given, day):
        rules = [
            r for r in self.rules if r.dataset == dataset and r.start_date <= day and (r.end_date is None or day <= r.end_date)
        ]
        by_code = [r for r in rules if given["product_code"] in r.selection.product_codes]
        by_kind = [r for r in rules if given["selected"] in r.selection.kinds]
        return next(iter([*by_code, *by_kind, *(r for r in rules if r.selection.remaining)]), None)

    def _price(self, rule, currency, given, day):
        if rule.ftp_method is FtpMethod.FIXED:
            return rule.fixed_ftp_rate_e8
        if rule.ftp_method is FtpMethod.NONE:
            return None
        curves = {
            at: {row["tenor_days"]: row["ftp_rate_e8"] for row in rows if row["currency_code"] == currency}
            for (name, _), by_date in self.revisions.items()
            if name == "ftp_curve"
            for at, rows in by_date.items()
        }
        curves = {at: curve for at, curve in curves.items() if curve}
        if not curves:
            return None
        matched = rule.ftp_method is FtpMethod.MATCHED
        at, tenor = (given["open_date"] or day, given["tenor_days"]) if matched else (day, rule.ftp_tenor_days)
        curve = curves[max((each for each in curves if each <= at), default=min(curves))]
        return curve[max((each for each in curve if each <= (tenor or 0)), default=min(curve))]

    def _base(self, dataset, system, number, currency, base_date):
        if not SOURCES[dataset].standing:
            return 0, 0
        for row in _standing(self.revisions.get((dataset, system), {}), base_date):
            if row[NUMBERS[dataset]] == number and row["currency_code"] == currency:
                native = row[f"{MAIN[dataset]}_minor_units"] or 0
                return native, _converted(native, self._rate(currency, base_date), currency, self.home)
        return 0, 0

    def _owners(self, dataset, system, number, given, day):
        customer_id = next(
            (c["customer_id"] for c in self.owned["customers"] if c["customer_number"] == given["customer_number"]), None
        )
        keys = [(KINDS.get(dataset), f"{system}/{number}"), (1, customer_id)]
        units = {unit["unit_number"]: unit["organisation_unit_id"] for unit in self.owned["units"]}
        pool = Owner(None, "", units.get(given["unit_number"], ""))
        for kind, key in keys:
            lines = [
                line
                for line in self.owned["share_lines"]
                if (line["object_kind"], line["object_key"]) == (kind, key)
                and line["start_date"] <= day
                and (line.get("end_date") is None or day <= line["end_date"])
            ]
            if lines:
                owners = [Owner(line, line["person_id"], self._unit(line, day)) for line in lines]
                whole = (
                    len(lines) == 1
                    and lines[0]["basis_points"] == 10_000
                    and not lines[0]["from_minor_units"]
                    and lines[0].get("to_minor_units") is None
                )
                return owners if whole else [*owners, pool]
        return [pool]

    def _unit(self, line, day):
        for each in self.owned["affiliations"]:
            if (
                each["person_id"] == line["person_id"]
                and each["start_date"] <= day
                and (each.get("end_date") is None or day <= each["end_date"])
            ):
                return each["organisation_unit_id"]
        return line["organisation_unit_id"]

    def _weights(self, native, owners):
        size = max(native, 1)
        lines = [owner.line for owner in owners if owner.line]
        weights = [
            max(min(size, size if line.get("to_minor_units") is None else line["to_minor_units"]) - line["from_minor_units"], 0)
            * line["basis_points"]
            for line in lines
        ]
        return [*weights, size * 10_000 - sum(weights)] if len(owners) > len(lines) else weights

    def _rows_of(self, dataset, system, number, given, day):
        """In how many rows a row is that is not counted: its amounts are taken for 0."""
        owners = self._owners(dataset, system, number, given, day)
        return len(owners) - (len(owners) > 1 and not self._rest(0, owners))

    def _rest(self, native, owners):
        return self._weights(native, owners)[-1]

    def _parts(self, amount, native, owners):
        if amount is None:
            return [None] * len(owners)
        staff = {person["person_id"]: person["staff_number"] for person in self.owned["people"]}
        order = [f"{staff.get(o.person, '')}|{o.person}|{o.line['share_line_id']}" if o.line else "" for o in owners]
        return allocate(amount, self._weights(native, owners), order)

    def _settled(self, leaves, days):
        staff = {person["person_id"]: person["staff_number"] for person in self.owned["people"]}
        objects = defaultdict(list)
        for key in leaves:
            objects[key[:5]].append(key)
        settled = {key: {"balance": leaf.balance, "days_owned": leaf.days} for key, leaf in leaves.items()}
        for whole, keys in objects.items():
            keys.sort(key=lambda key: (key[6] == "", staff.get(key[6], ""), key[6], key[7], key[5]))
            rule = leaves[keys[0]].numerators["rule"]
            wanted = {"average_balance": ("balance", days), "base_balance": ("base", days)}
            for name in ACCRUALS:
                formula = rule.measures.get(Slot(name))
                basis = self._basis(rule, whole[3]) if formula and formula.accrues else 1
                wanted[name] = (name, 10**formula.scale * basis if formula else 1)
            for name, (of, divisor) in wanted.items():
                quotas = [Fraction(leaves[key].numerators[of], divisor) for key in keys]
                for key, part in zip(keys, _shared(quotas), strict=True):
                    settled[key][name] = part
        for key, row in settled.items():
            row["flow_amount"] = leaves[key].numerators["flow_amount"]
            row["flow_count"] = leaves[key].numerators["flow_count"]
            row["increment"] = row["average_balance"] - row["base_balance"]
            row["contribution"] = row["ftp_profit"] + row["fee_income"] - row["expected_loss"]
            row["eva"] = row["contribution"] - row["capital_cost"]
        return settled

    def _basis(self, rule, currency):
        return rule.basis_days(currency, self.year)


def _shared(quotas):
    """Largest remainder over exact quotas of either sign, of their sum rounded half to even; mirrored below 0."""
    total = sum(quotas)
    sign = -1 if total < 0 else 1
    mirrored = [quota * sign for quota in quotas]
    parts = [quota.numerator // quota.denominator for quota in mirrored]
    missing = round(total * sign) - sum(parts)
    by_remainder = sorted(range(len(quotas)), key=lambda place: parts[place] - mirrored[place])
    for place in by_remainder[:missing]:
        parts[place] += 1
    return [part * sign for part in parts]


def _standing(by_date, day):
    stood = max((each for each in by_date if each <= day), default=None)
    return by_date[stood] if stood is not None else []


def _converted(amount, rate_e8, currency, home):
    if amount is None or currency == home:
        return amount
    if rate_e8 is None:
        return None
    return round(Fraction(amount * rate_e8 * 10 ** fraction_digits(home), 10 ** (8 + fraction_digits(currency))))


def _value(rule, slot, columns):
    formula = rule.measures.get(slot)
    if formula is None:
        return 0
    given = {
        each.name: columns.get(each.name) if each.kind in (InputKind.TEXT, InputKind.FLAG) else Whole(columns.get(each.name))
        for each in formula.inputs
    }
    return formula.value(PLAIN, given).number


def _first(*values):
    return next((value for value in values if value is not None), None)
