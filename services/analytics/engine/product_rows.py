"""Features of products, as expressions: what a customer holds, gave up, let fall due, and what it earns on it."""

from __future__ import annotations

import ibis
from ibis import ir

from services.analytics.engine.feature_tables import staged
from services.chassis.engines.rounding import exact, summed

# What is opened so long before something falls due, or after it, renews it.
_RENEWAL_BEFORE_DAYS, _RENEWAL_AFTER_DAYS = 3, 14
_CLOSED_DAYS, _DUE_DAYS = 90, 30


def products() -> ir.Table:
    """By customer: products held; those of the last 90 days that it holds no more; what falls due within 30."""
    rows = staged("feature_accounts")
    closed = rows.closed_back.between(0, _CLOSED_DAYS - 1)
    falls_due = rows.is_open & rows.placed & rows.maturity_back.between(-_DUE_DAYS, 0) & (rows.balance > 0)
    by_product = rows.group_by(["customer_number", "product"]).aggregate(
        held=rows.is_open.any(), close_date=rows.close_date.max(where=closed), due=summed(rows.balance, falls_due)
    )
    given_up = ~by_product.held & by_product.close_date.notnull()
    return by_product.group_by("customer_number").aggregate(
        product_count=by_product.held.count(where=by_product.held),
        products_closed_90=given_up.count(where=given_up),
        product_last_close_date=by_product.close_date.max(where=given_up),
        maturing_30=summed(by_product.due),
    )


def unrenewed() -> ir.Table:
    """By customer of whom a term or wealth product fell due in the last 30 days, and none was opened about then.

    `placed_before` is what all of them came to on the day before, `placed_now` on the last day, and `still_there` what was not
    taken out of those that fell due.
    """
    accounts = staged("feature_accounts").filter(lambda t: t.placed)
    due = accounts.filter(accounts.maturity_back.between(1, _DUE_DAYS))
    new = accounts.select(new_number="customer_number", new_key="account_key", new_date="open_date")
    days = new.new_date.delta(due.maturity_date, unit="day")
    due = due.anti_join(
        new,
        [
            due.customer_number == new.new_number,
            due.account_key != new.new_key,
            days >= -_RENEWAL_BEFORE_DAYS,
            days <= _RENEWAL_AFTER_DAYS,
        ],
    )
    found = due.group_by("customer_number").aggregate(
        unrenewed_date=due.maturity_date.min(),
        due_back=due.maturity_back.max(),
        still_there=summed(due.balance, due.is_open & (due.balance > 0)),
    )
    rows, latest = staged("feature_days"), staged("moment").select("latest_date")
    before = rows.select(before_number="customer_number", before_back="back", placed_before="placed")
    found = found.left_join(
        before, [found.customer_number == before.before_number, found.due_back + 1 == before.before_back]
    ).drop("before_number", "before_back", "due_back")
    now = rows.inner_join(latest, rows.day == latest.latest_date).select(now_number="customer_number", placed_now="placed")
    return found.left_join(now, found.customer_number == now.now_number).drop("now_number")


def orders() -> ir.Table:
    """By customer: standing orders, and those of 90 days before that are no more."""
    rows = staged("feature_orders")
    return rows.group_by("customer_number").aggregate(
        standing_orders=rows.active.count(where=rows.active),
        standing_orders_cancelled_90=rows.active.count(where=rows.active_before & ~rows.active),
    )


def rate_gaps() -> ir.Table:
    """By customer: what balances miss for a year to the best rate of their tenor, times the balance; and since when any does."""
    rows = staged("feature_accounts").filter(lambda t: t.gap_e8.notnull() & (t.balance > 0))
    found = rows.group_by("customer_number").aggregate(
        gap_weighted=exact(exact(rows.balance) * exact(rows.gap_e8)).sum(),
        gap_balance=exact(rows.balance.sum()),
        rate_gap_since_date=rows.gap_date.max(where=rows.gap_e8 > 0),
    )
    return found.mutate(gap_weighted=exact(found.gap_weighted), gap_balance=ibis.coalesce(found.gap_balance, exact(0)))
