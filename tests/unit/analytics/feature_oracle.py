"""Features once more, slowly and plainly, customer by customer: what the engine's expressions have to come to."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise
from statistics import median
from typing import Any

from tests.unit.analytics.analysis_files import USUAL, Rows

W7, W30, W90, WUSUAL, WBEFORE = range(7), range(30), range(90), range(30, 120), range(90, 180)
W30_YEAR, WUSUAL_YEAR = range(365, 395), range(395, 485)
DAY = timedelta(days=1)
DEPOSITS = ("DEMAND_DEPOSIT", "SAVINGS", "TERM_DEPOSIT")
PLACED = ("TERM_DEPOSIT", "WEALTH_PRODUCT")


class Oracle:
    """Of one bank as of one date."""

    def __init__(self, bank: dict[str, Rows], as_of_date: date, *, cycles: dict[int, int], history_days_min: int = 60) -> None:
        self.bank = {name: [USUAL.get(name, {}) | row for row in rows] for name, rows in bank.items()}
        self.as_of, self.cycles, self.history_days_min = as_of_date, cycles, history_days_min
        days = [row for row in self.bank["customer_days"] if self.back(row["day"]) in range(485)]
        self.days = days
        self.known = sorted({row["day"] for row in days if row["deposit"] is not None})
        self.visits_known = any(row["sign_in_count"] or row["online_seconds"] for row in days)

    def back(self, day: date) -> int:
        """How many days before the date it is; negative of a day after it."""
        return (self.as_of - day).days

    def features(self, customer: dict[str, Any]) -> dict[str, Any]:
        """Of one customer."""
        customer = USUAL["customers"] | customer
        rows = {row["day"]: row for row in self.days if row["customer_number"] == customer["customer_number"]}
        own = {name: [row for row in self.bank[name] if row["customer_number"] == customer["customer_number"]]
               for name in ("accounts", "standing_orders", "happenings")}  # fmt: skip
        tenure = self.back(customer["open_date"]) if customer["open_date"] else None
        found = {name: customer[name] for name in ("customer_number", "customer_id", "kind", "tier")}
        found["tenure_days"] = tenure if tenure is not None and tenure >= 0 else None
        life = _Life(self, rows)
        found |= life.balances() | life.flows() | life.salary()
        found |= self.products(own["accounts"], life) | self.rates(own["accounts"])
        found |= self.orders(own["standing_orders"])
        return found | self.happened([row for row in own["happenings"] if self.back(row["start_date"]) >= 0], customer["tier"])

    def orders(self, rows: Rows) -> dict[str, Any]:
        """Standing orders; not known where the bank has none at all."""
        known = bool(self.bank["standing_orders"])
        return {
            "standing_orders": sum(row["active"] for row in rows) if known else None,
            "standing_orders_cancelled_90": sum(row["active_before"] and not row["active"] for row in rows) if known else None,
        }

    def open(self, account: dict[str, Any]) -> bool:
        """Whether the account is open on the date."""
        if account["close_date"]:
            return account["close_date"] > self.as_of
        return account["state"] not in ("CLOSED", "SETTLED")

    def products(self, accounts: Rows, life: _Life) -> dict[str, Any]:
        """What is held, given up, about to fall due, and fell due without being renewed."""
        accounts = [row for row in accounts if row["open_date"] <= self.as_of]
        held, closed = set(), {}
        for row in accounts:
            product = row["product_code"] or row["kind"]
            if self.open(row):
                held.add(product)
            if row["close_date"] and self.back(row["close_date"]) in W90:
                closed[product] = max(closed.get(product, date.min), row["close_date"])
        gone = {product: day for product, day in closed.items() if product not in held}
        placed = [row for row in accounts if row["kind"] in PLACED]
        due = [row for row in placed if row["maturity_date"] and self.back(row["maturity_date"]) in range(1, 31)]
        renewed = lambda row: any(  # noqa: E731
            other is not row and -3 <= (other["open_date"] - row["maturity_date"]).days <= 14 for other in placed
        )
        left = [row for row in due if not renewed(row)]
        first = min((row["maturity_date"] for row in left), default=None)
        amount = 0
        if first:
            before = life.placed(first - DAY)
            now = life.placed(self.known[-1]) if self.known else 0
            amount = max(before - now, 0) + sum(
                row["balance"] or 0 for row in left if self.open(row) and (row["balance"] or 0) > 0
            )
        falling = [
            row for row in placed
            if self.open(row) and row["maturity_date"] and -30 <= self.back(row["maturity_date"]) <= 0
            and (row["balance"] or 0) > 0
        ]  # fmt: skip
        return {
            "product_count": len(held),
            "products_closed_90": len(gone),
            "product_last_close_date": max(gone.values(), default=None),
            "maturing_30": sum(row["balance"] for row in falling),
            "unrenewed_30": amount,
            "unrenewed_share": part(float(amount), life.mean(WUSUAL)),
            "unrenewed_date": first,
        }  # fmt: skip

    def best(self, currency: str, tenor: int) -> tuple[int, date] | None:
        """The best rate of the tenor, and since when."""
        told: dict[str, dict[date, dict[int, int]]] = {}
        there = [row for row in self.bank["accounts"] if row["open_date"] <= self.as_of]
        offered = {row["product_code"] for row in there if row["kind"] in DEPOSITS} - {None}
        for row in self.bank["rates"]:
            if row["source"] == "listed" and row["product_code"] not in offered:
                continue
            if row["day"] <= self.as_of and row["currency_code"] == currency:
                tenors = told.setdefault(row["source"], {}).setdefault(row["day"], {})
                tenors[row["tenor_days"]] = max(tenors.get(row["tenor_days"], row["rate_e8"]), row["rate_e8"])
        if not told:
            return None
        days = told[max(told)]
        latest = days[max(days)]
        fit = max((each for each in latest if each <= tenor), default=min(latest))
        since = None
        for day in sorted(days, reverse=True):
            if fit in days[day]:
                if days[day][fit] != latest[fit]:
                    break
                since = day
        return latest[fit], since

    def rates(self, accounts: Rows) -> dict[str, Any]:
        """What is missing to the best rates, weighted by balances."""
        weighted = whole = 0
        since = []
        for row in accounts:
            if row["kind"] not in DEPOSITS or not self.open(row) or row["open_date"] > self.as_of:
                continue
            if row["interest_rate_e8"] is None or (row["balance"] or 0) <= 0:
                continue
            term = row["kind"] == "TERM_DEPOSIT" and row["maturity_date"]
            best = self.best(row["currency_code"], (row["maturity_date"] - row["open_date"]).days if term else 0)
            if best is None:
                continue
            gap = best[0] - row["interest_rate_e8"]
            weighted, whole = weighted + gap * row["balance"], whole + row["balance"]
            if gap > 0:
                since.append(max(best[1], row["open_date"]))
        gap = half_even(Fraction(weighted, whole)) if whole else None
        return {"rate_gap_e8": gap, "rate_gap_since_date": max(since, default=None)}

    def happened(self, rows: Rows, tier: int) -> dict[str, Any]:
        """Contacts, complaints, needs, surveys and leads."""
        kinds = lambda kind, backs=range(10**6): [r for r in rows if r["kind"] == kind and self.back(r["start_date"]) in backs]  # noqa: E731
        is_open = lambda row: row["end_date"] is None or row["end_date"] > self.as_of  # noqa: E731
        contact = last(row["start_date"] for row in kinds(1))
        held = Counter(row["person_id"] for row in kinds(1, range(365)) if row["person_id"])
        people = set(held) | {each for row in kinds(1, range(365)) for each in row["other_person_ids"] if each}
        complaints = [row for row in kinds(3) if is_open(row)]
        overdue = [self.back(row["due_date"]) for row in complaints if row["due_date"]]
        weighing = [row["sort"] for row in kinds(3) if is_open(row) or self.back(row["start_date"]) in W90]
        changed = [row for row in kinds(7) if row["other_person_ids"]]
        cycle = self.cycles.get(tier)
        dates = {
            "complaint": last(row["start_date"] for row in kinds(3, range(400))),
            "survey_low": last(row["start_date"] for row in kinds(6) if row["low"]),
            "lead_change": last(row["start_date"] for row in changed),
            "lead_left": last(row["start_date"] for row in kinds(8)),
        }
        found: dict[str, Any] = {}
        for name, day in dates.items():
            found |= {f"{name}_date": day, f"{name}_days": self.back(day) if day else None}
        return found | {
            "contact_last_date": contact,
            "contact_days": self.back(contact) if contact else None,
            "contacts_90": len(kinds(1, W90)),
            "contact_cycle_days": cycle,
            "contact_overdue_days": max(self.back(contact) - cycle, 0) if contact and cycle else None,
            "people_known": len(people),
            "top_person_share": max(held.values()) / sum(held.values()) if held else None,
            "complaints_open": len(complaints),
            "complaint_overdue_days": max([0, *overdue]),
            "complaint_severity": max(weighing, default=0),
            "needs_open": sum(map(is_open, kinds(4))),
            "lead_changes_180": sum(self.back(row["start_date"]) in range(180) for row in changed),
        }


class _Life:
    """The days of one customer."""

    def __init__(self, oracle: Oracle, rows: dict[date, dict[str, Any]]) -> None:
        self.oracle, self.rows = oracle, rows
        self.first = min((day for day, row in rows.items() if row["deposit"] is not None), default=None)
        self.known = [day for day in oracle.known if self.first and day >= self.first]

    def days(self, window: Iterable[int]) -> list[date]:
        """The window's known days since the first one."""
        return [day for day in self.known if self.oracle.back(day) in window]

    def all_days(self, window: range) -> list[date]:
        """Every date of the window since the first one: of movements each day counts."""
        since = self.first or date.max
        return [day for back in window if (day := self.oracle.as_of - back * DAY) >= since]

    def assets(self, day: date) -> int:
        """0 where nothing is told."""
        row = self.rows.get(day)
        return row["deposit"] + row["term"] + row["wealth"] if row and row["deposit"] is not None else 0

    def placed(self, day: date) -> int:
        """In terms and wealth products."""
        row = self.rows.get(day)
        return row["term"] + row["wealth"] if row and row["deposit"] is not None else 0

    def loan(self, day: date) -> int:
        """What is owed."""
        row = self.rows.get(day)
        return (row["loan"] or 0) if row else 0

    def mean(self, window: range) -> float | None:
        """Of the known days; None where fewer than a third are."""
        days = self.days(window)
        return float(sum(map(self.assets, days))) / len(days) if len(days) * 3 >= len(window) else None

    def sum(self, name: str, window: range) -> int | None:
        """Of a flow; None where fewer than a third of the days are known."""
        days = self.all_days(window)
        if len(days) * 3 < len(window):
            return None
        return sum(row[name] for day, row in self.rows.items() if self.oracle.back(day) in window)

    def fall(self, name: str) -> float | None:
        """What of a day's usual flow is missing."""
        recent, usual = self.sum(name, W30), self.sum(name, WUSUAL)
        if recent is None or usual is None:
            return None
        kept = part(float(recent) / len(self.all_days(W30)), float(usual) / len(self.all_days(WUSUAL)))
        return None if kept is None else 1 - kept

    def balances(self) -> dict[str, Any]:
        """Of assets and loans."""
        recent = self.days(W90)
        last_day = self.known[-1] if self.known else None
        now = self.assets(last_day) if last_day else None
        peak = max(map(self.assets, recent)) if recent else None
        means = {name: self.mean(w) for name, w in {"7": W7, "30": W30, "90": W90, "before": WBEFORE, "usual": WUSUAL}.items()}
        kept = part(means["30"], means["usual"])
        year = part(self.mean(W30_YEAR), self.mean(WUSUAL_YEAR))
        amounts = [self.assets(day) for day in recent]
        spread = len(amounts) * sum(a * a for a in amounts) - sum(amounts) ** 2
        volatile = len(amounts) * 3 >= 90 and sum(amounts) > 0
        history = len(self.known)
        nonzero = any(self.assets(day) for day in self.rows)
        loans = [self.loan(day) for day in self.rows if self.oracle.back(day) in W90]
        one_less = lambda value: None if value is None else 1 - value  # noqa: E731
        return {
            "history_days": history,
            "thin": history < self.oracle.history_days_min or not nonzero,
            "assets_now": now,
            **{f"assets_{name}": nearest(means[name]) for name in ("7", "30", "90", "before")},
            "assets_peak_90": peak,
            "fall_7": one_less(part(means["7"], means["usual"])),
            "fall_30": one_less(kept),
            "fall_90": one_less(part(means["90"], means["before"])),
            "fall_season": one_less(part(kept, year)),
            "draw_down": one_less(part(None if now is None else float(now), None if peak is None else float(peak))),
            **self.below(),
            "volatility_90": math.sqrt(float(max(spread, 0))) / float(sum(amounts)) if volatile else None,
            "loan_now": self.loan(last_day) if last_day else None,
            "loan_ended_90": (self.loan(last_day) == 0 and max(loans, default=0) > 0) if last_day else None,
        }

    def below(self) -> dict[str, Any]:
        """Since when less than seven tenths of the usual are there."""
        found: dict[str, Any] = {"below_days": None, "fall_onset_date": None}
        usual_days = self.days(WUSUAL)
        if len(usual_days) * 3 < len(WUSUAL):
            return found
        usual = float(median(map(self.assets, usual_days)))
        if usual <= 0:
            return found
        steady = max(day for day in self.days(range(120)) if self.assets(day) * 10 >= usual * 7)
        found["below_days"] = (self.oracle.known[-1] - steady).days
        found["fall_onset_date"] = steady + DAY if found["below_days"] else None
        return found

    def flows(self) -> dict[str, Any]:
        """Of movements and visits."""
        when = lambda name: last(day for day, row in self.rows.items() if row[name] > 0)  # noqa: E731
        own = self.sum("own_transfer_out", W30)
        seen = self.oracle.visits_known
        return {
            **{f"{name}_{len(w)}": self.sum(name, w) for name in ("inflow", "outflow") for w in (W30, W90)},
            "inflow_fall": self.fall("inflow"),
            "settlement_fall": self.fall("settlement_inflow"),
            "settlement_last_date": when("settlement_inflow"),
            "own_transfer_30": own,
            "own_transfer_share": part(None if own is None else float(own), self.mean(WUSUAL)),
            "own_transfer_last_date": when("own_transfer_out"),
            "sign_ins_30": self.sum("sign_in_count", W30) if seen else None,
            "sign_in_fall": self.fall("sign_in_count"),
            "online_seconds_fall": self.fall("online_seconds"),
            "sign_in_last_date": when("sign_in_count"),
        }

    def salary(self) -> dict[str, Any]:
        """When the last was, and whether the next is late."""
        days = sorted(day for day, row in self.rows.items() if row["salary_inflow"] > 0)
        gaps = [(later - day).days for day, later in pairwise(days)]
        interval = nearest(float(median(gaps))) if gaps else None
        overdue = max(self.oracle.back(days[-1]) - (31 if interval is None else interval), 0) if days else None
        return {
            "salary_last_date": days[-1] if days else None,
            "salary_interval_days": interval,
            "salary_overdue_days": overdue,
        }


def last(days: Iterable[date]) -> date | None:
    """The latest of them."""
    return max(days, default=None)


def part(amount: float | None, whole: float | None) -> float | None:
    """The quotient; None of nothing, and of a debt."""
    return amount / whole if amount is not None and whole is not None and whole > 0 else None


def nearest(value: float | None) -> int | None:
    """Halves away from zero."""
    return None if value is None else int(Decimal(value).quantize(Decimal(1), ROUND_HALF_UP))


def half_even(value: Fraction) -> int:
    """Halves to the even one."""
    return round(value)
