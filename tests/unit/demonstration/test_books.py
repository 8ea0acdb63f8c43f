"""The demonstration bank's books: the same for a seed, exact to the cent, and alive as a bank is."""

from __future__ import annotations

from datetime import date

import pytest

from deploy.demonstration.bank import Bank
from deploy.demonstration.books.bank_books import Span, books

LAST = date(2026, 11, 24)
CUSTOMERS = 600
# Of the balances of the first 100 customers of seed 1 on LAST: it changes only where the bank is meant to change.
TOTAL_OF_SEED_1 = 10_471_980_554


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    with books(Bank(1), CUSTOMERS, Span.until(LAST), tmp_path_factory.mktemp("books")) as made:
        made.connection.execute(
            "CREATE TEMP TABLE balances AS SELECT * FROM balances_between($1, $2)", [made.span.first, made.span.last]
        )
        made.connection.execute(
            "CREATE TEMP TABLE transactions AS SELECT * FROM transactions_between($1, $2)", [made.span.first, made.span.last]
        )
        yield made


def balances_of_100(made, day):
    return made.rows("SELECT * FROM balances_between($1, $1) WHERE account < 10100 ORDER BY account", day)


def test_a_seed_gives_the_same_books_whatever_their_size_and_their_last_day(opened, tmp_path):
    day = date(2026, 3, 31)
    with books(Bank(1), 100, Span(opened.span.first, day), tmp_path) as smaller:
        assert balances_of_100(smaller, day) == balances_of_100(opened, day)
        told = "SELECT * FROM transactions_between($1, $2) WHERE account < 10100 ORDER BY transaction_number"
        month = (date(2026, 3, 1), day)
        assert smaller.rows(told, *month) == opened.rows(told, *month)


def test_the_books_of_seed_1_are_these(opened):
    ((total,),) = opened.rows("SELECT sum(balance_minor_units) FROM balances WHERE account < 10100 AND business_date = $1", LAST)
    assert total == TOTAL_OF_SEED_1


def test_another_seed_gives_other_books(opened, tmp_path):
    with books(Bank(2), 100, Span.until(LAST), tmp_path) as other:
        assert balances_of_100(other, LAST) != balances_of_100(opened, LAST)


def test_movements_explain_every_balance_to_the_cent(opened):
    unexplained = opened.rows("""
        WITH moved AS (SELECT account, business_date, sum(amount_minor_units) AS amount FROM transactions GROUP BY ALL),
        days AS (
            SELECT *, balance_minor_units - lag(balance_minor_units) OVER each AS change, lag(business_date) OVER each AS before
            FROM balances WINDOW each AS (PARTITION BY account ORDER BY business_date)
        )
        SELECT account, business_date FROM days LEFT JOIN moved USING (account, business_date)
        WHERE before IS NOT NULL AND (change <> coalesce(amount, 0) OR business_date - before <> 1)
    """)
    assert unexplained == []
    # An account that is opened meanwhile begins with nothing but its movements.
    begun = opened.rows(
        "SELECT b.account FROM balances AS b JOIN accounts AS a USING (account) "
        "WHERE b.business_date = a.open_date AND a.open_date > $1 "
        "AND balance_minor_units <> coalesce((SELECT sum(amount_minor_units) FROM transactions AS t WHERE t.account = b.account "
        "AND t.business_date = b.business_date), 0)",
        opened.span.first,
    )
    assert begun == []


def test_no_movement_is_outside_its_account(opened):
    assert (
        opened.rows("""
        SELECT account FROM transactions LEFT JOIN balances USING (account, business_date) WHERE balances.account IS NULL
    """)
        == []
    )
    ((count, numbers),) = opened.rows("SELECT count(*), count(DISTINCT transaction_number) FROM transactions")
    assert count == numbers > 50_000


def test_the_stated_balance_after_a_movement_is_the_days_at_the_days_end(opened):
    assert (
        opened.rows("""
        WITH last_of_day AS (
            SELECT account, business_date,
                arg_max(balance_after_minor_units, (amount_minor_units < 0, transaction_number)) AS stated
            FROM transactions GROUP BY ALL
        )
        SELECT account FROM last_of_day JOIN balances USING (account, business_date) WHERE stated <> balance_minor_units
    """)
        == []
    )


def test_nobody_owes_on_an_account_that_is_no_loan(opened):
    assert opened.rows("SELECT account FROM balances WHERE balance_minor_units < 0") == []
    assert opened.rows("SELECT account FROM transactions WHERE balance_after_minor_units < 0 AND kind <> 'LOAN_PAYMENT'") == []
    assert (
        opened.rows(
            "SELECT balance_minor_units FROM balances JOIN accounts USING (account) "
            "WHERE business_date = accounts.close_date AND balance_minor_units <> 0"
        )
        == []
    )


def test_the_ledger_is_the_sum_of_the_accounts_and_balances(opened):
    dates = (opened.span.first, opened.span.last)
    opened.connection.execute("CREATE TEMP TABLE ledger AS SELECT * FROM gl_balances_between($1, $2)", list(dates))
    assert (
        opened.rows("""
        WITH found AS (
            SELECT business_date, unit_number, subject_code, currency_code,
                sum(CASE side WHEN 'D' THEN balance_minor_units ELSE -balance_minor_units END) AS balance
            FROM balances GROUP BY ALL
        ), stated AS (
            SELECT *, debit_minor_units - credit_minor_units AS stated
                FROM ledger WHERE subject_code[1:4] IN ('2011', '2012', '1303')
        )
        SELECT * FROM found FULL JOIN stated USING (business_date, unit_number, subject_code, currency_code)
        WHERE coalesce(balance, 0) <> coalesce(stated, 0)
    """)
        == []
    )
    assert (
        opened.rows(
            "SELECT business_date FROM ledger GROUP BY business_date, unit_number, currency_code "
            "HAVING sum(debit_minor_units) <> sum(credit_minor_units)"
        )
        == []
    )


def test_postings_balance_and_explain_the_ledger(opened):
    since, until = date(2026, 9, 1), date(2026, 10, 31)
    opened.connection.execute("CREATE TEMP TABLE postings AS SELECT * FROM gl_postings_between($1, $2)", [since, until])
    assert (
        opened.rows(
            "SELECT voucher_number FROM postings GROUP BY voucher_number HAVING sum(debit_minor_units) <> sum(credit_minor_units)"
        )
        == []
    )
    ((count, numbers),) = opened.rows("SELECT count(*), count(DISTINCT posting_number) FROM postings")
    assert count == numbers
    assert (
        opened.rows("""
        WITH moved AS (
            SELECT unit_number, subject_code, currency_code, sum(debit_minor_units - credit_minor_units) AS amount
                FROM postings GROUP BY ALL
        ), ends AS (
            SELECT unit_number, subject_code, currency_code,
                sum(CASE WHEN business_date = DATE '2026-10-31' THEN 1 ELSE -1 END
                    * (debit_minor_units - credit_minor_units)) AS change
            FROM (SELECT * FROM gl_balances_between(DATE '2026-08-31', DATE '2026-10-31'))
            WHERE business_date IN (DATE '2026-08-31', DATE '2026-10-31') GROUP BY ALL
        )
        SELECT * FROM moved FULL JOIN ends USING (unit_number, subject_code, currency_code)
            WHERE coalesce(amount, 0) <> coalesce(change, 0)
    """)
        == []
    )


def monthly_average(opened, condition):
    """Of the customers whom the condition picks: the average balance of thirty days, by months from the loss."""
    return dict(
        opened.rows(
            f"""
        WITH held AS (
            SELECT idx, business_date, sum(balance_minor_units) AS balance
                FROM balances JOIN accounts USING (account, currency_code)
            WHERE accounts.side = 'C' AND currency_code = 'CNY' GROUP BY ALL
        )
        SELECT (business_date - loss_date) // 30 AS month, sum(balance)::DOUBLE / count(*)
        FROM held JOIN departures USING (idx) JOIN banked USING (idx)
        WHERE {condition} AND loss_date BETWEEN $1 AND $2 GROUP BY ALL
    """,
            date(2025, 8, 1),
            date(2026, 9, 20),
        )
    )


def test_who_leaves_takes_his_money_with_him_and_most_show_it_before(opened):
    shown = monthly_average(opened, "NOT stays AND NOT quiet")
    assert shown[2] < 0.1 * shown[-6]
    assert shown[-1] < 0.85 * shown[-6]
    quiet = monthly_average(opened, "quiet")
    assert quiet[2] < 0.1 * quiet[-6]
    assert quiet[-2] > 0.75 * quiet[-6]


def test_who_only_seems_to_leave_comes_back(opened):
    stays = monthly_average(opened, "stays")
    assert stays[-1] < 0.95 * stays[-6]
    assert stays[2] > 0.7 * stays[-6]


def test_reasons_are_mixed_and_a_leaver_is_the_exception(opened):
    departures = opened.departures()
    left = [each for each in departures if each.reason != "STAYS"]
    assert {each.reason for each in left} >= {
        "RM_LEFT",
        "RATE_ELSEWHERE",
        "SALARY_MOVED",
        "COMPLAINT",
        "MOVED_AWAY",
        "LOAN_REPAID",
    }
    assert 0.05 * CUSTOMERS < len(left) < 0.2 * CUSTOMERS
    assert 0.1 < sum(each.quiet for each in left) / len(left) < 0.4
    assert all(45 <= (each.loss_date - each.decline_date).days <= 150 for each in departures)
    assert all(each.decline_date <= LAST for each in departures)
    assert all(bool(each.former_staff_number) >= (each.reason == "RM_LEFT") for each in departures)


def test_sign_ins_and_salaries_fade_before(opened):
    ((before, after),) = opened.rows("""
        SELECT count(*) FILTER (date < decline_date - 25), count(*) FILTER (date >= loss_date)
        FROM ebanking JOIN departures USING (idx)
            WHERE NOT stays AND NOT quiet AND date BETWEEN decline_date - 125 AND loss_date + 100
    """)
    assert after < before * 0.15
    ((paid,),) = opened.rows("""
        SELECT count(*) FROM movements JOIN departures ON departures.idx = account // 100
        WHERE reason = 'SALARY_MOVED' AND kind = 'SALARY' AND date >= decline_date
    """)
    assert paid == 0


def test_deposits_peak_at_the_quarters_end(opened):
    rows = dict(
        opened.rows(
            "SELECT business_date, sum(balance_minor_units)::DOUBLE "
            "FROM balances WHERE side = 'C' AND currency_code = 'CNY' GROUP BY ALL"
        )
    )
    quarters = [date(2025, 3, 31), date(2025, 6, 30), date(2025, 9, 30), date(2025, 12, 31), date(2026, 3, 31), date(2026, 6, 30)]
    peaks = []
    for quarter in quarters:
        around = [rows[date.fromordinal(quarter.toordinal() + days)] for days in (-12, -8, 8, 12)]
        peaks.append(rows[quarter] / (sum(around) / len(around)))
    # A large company's payments hide it in one quarter, and not in all.
    assert sum(peaks) / len(peaks) > 1.04


def test_some_managers_months_end_higher_than_they_were(opened):
    deviations = dict(
        opened.rows("""
        WITH held AS (
            SELECT manager_staff_number, business_date, sum(balance_minor_units)::DOUBLE AS balance FROM balances
            JOIN (SELECT account, manager_staff_number FROM accounts) USING (account)
            WHERE side = 'C' AND business_date BETWEEN DATE '2026-08-01' AND DATE '2026-08-31' GROUP BY ALL
        )
        SELECT manager_staff_number, max(balance) FILTER (business_date = DATE '2026-08-31') / avg(balance) - 1
            FROM held GROUP BY ALL
    """)
    )
    assert min(deviations["200006"], deviations["300009"]) > sorted(deviations.values())[len(deviations) // 2] + 0.03


def test_seasons_terms_loans_and_foreign_currency_are_there(opened):
    kinds = dict(opened.rows("SELECT kind, count(*) FROM transactions GROUP BY ALL"))
    assert kinds.keys() >= {
        "SALARY", "INTEREST", "FEE", "STANDING_ORDER", "LOAN_DRAWDOWN", "LOAN_PAYMENT", "BILL", "CARD_PAYMENT", "CARD_WITHDRAWAL",
        "CASH_DEPOSIT", "CASH_WITHDRAWAL", "TRANSFER_IN", "TRANSFER_OUT",
    }  # fmt: skip
    assert {row[0] for row in opened.rows("SELECT DISTINCT currency_code FROM balances")} >= {"CNY", "USD", "JPY"}
    states = {row[0] for row in opened.rows("SELECT DISTINCT state FROM accounts_on($1)", LAST)}
    assert states >= {"ACTIVE", "CLOSED", "SETTLED", "DORMANT"}
    salaries = dict(
        opened.rows("SELECT month(business_date), avg(amount_minor_units) FROM transactions WHERE kind = 'SALARY' GROUP BY ALL")
    )
    assert salaries[1] > 1.5 * salaries[6]


def test_every_account_belongs_to_a_customer_of_the_bank(opened):
    assert (
        opened.rows("SELECT account_number FROM accounts_on($1) ANTI JOIN customers_on($1) USING (customer_number)", LAST) == []
    )
    assert (
        opened.rows(
            "SELECT account_number FROM accounts_on($1) AS mine WHERE parent_account_number IS NOT NULL "
            "AND parent_account_number NOT IN (SELECT account_number FROM accounts_on($1))",
            LAST,
        )
        == []
    )
    ((count, numbers),) = opened.rows("SELECT count(*), count(DISTINCT account_number) FROM accounts_on($1)", LAST)
    assert count == numbers
