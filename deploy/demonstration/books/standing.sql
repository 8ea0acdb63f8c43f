-- All accounts in one table, as the bank's core system has them; then what customers do online.

CREATE OR REPLACE TABLE accounts AS
WITH each AS (
    SELECT
        account, idx, product_code, currency_code, open_date, NULL::DATE AS maturity_date, close_date, false AS settles,
            NULL::DATE AS overdue_date,
        NULL::BIGINT AS principal, NULL::BIGINT AS parent, true AS has_balance,
        CASE WHEN joined_month >= -1 THEN 0 ELSE (
            SELECT opening_balance FROM cycles WHERE cycles.account = current_accounts.account AND m = -1
        ) END AS opening
    FROM current_accounts
    UNION ALL
    SELECT
        account, idx, product_code, 'CNY', open_date,
        open_date + CAST(tenor_days * ((least(getvariable('last'), close_date - 1) - open_date) // tenor_days + 1) AS INTEGER),
        close_date, false, NULL, principal, idx * 100 + 1, true,
        CASE WHEN open_date < getvariable('dawn') THEN principal + interest * ((getvariable('dawn') - 1 - open_date) // tenor_days) ELSE 0 END
    FROM terms
    UNION ALL
    SELECT
        account, idx, product_code, 'CNY', open_date, maturity_date, least(repay_date, CASE
            WHEN overdue_month IS NULL THEN maturity_date END), true,
        CAST(getvariable('epoch') + to_months(CAST(overdue_month AS INTEGER)) AS DATE) + CAST(cycle_day + 2 AS INTEGER),
            principal, NULL, true,
        CASE WHEN open_date < getvariable('dawn') THEN principal - principal * least(instalments,
            -1 - first_month) // instalments ELSE 0 END
    FROM instalment_loans
    UNION ALL
    SELECT
        account, idx, product_code, 'CNY', open_date, maturity_date, repay_date, true,
        CASE WHEN repay_date IS NULL THEN maturity_date + 1 END, principal, idx * 100 + 60, true,
        CASE WHEN open_date < getvariable('dawn') THEN principal ELSE 0 END
    FROM working_loans
    UNION ALL
    SELECT account, idx, 'M101', 'CNY', least(open_date, getvariable('dawn') - 1), NULL, NULL, false, NULL, NULL,
        idx * 100 + 1, true, opening FROM margins
    UNION ALL
    SELECT
        idx * 100 + 71, idx, 'C201', 'CNY', CASE WHEN joined_month IS NULL THEN banked.open_date + 90
            ELSE banked.open_date END, NULL, NULL, false, NULL,
        earnings * 3 // 100000 * 100000, NULL, true,
        coalesce((SELECT spent FROM card_cycles WHERE card_cycles.idx = banked.idx AND m = -2), 0)
    FROM banked WHERE idx IN (SELECT idx FROM card_cycles)
    UNION ALL
    SELECT idx * 100 + 70, idx, 'C101', 'CNY', open_date, NULL, closings.close_date, false, NULL, NULL, idx * 100 + 1, false, 0
    FROM banked LEFT JOIN closings USING (idx) WHERE retail AND draw(idx, 73) % 100 < 85
    UNION ALL
    SELECT
        idx * 100 + 60, idx, 'F101', 'CNY', min(open_date) - 10, NULL, NULL, false, NULL, max(principal) * 2, NULL, false, 0
    FROM working_loans GROUP BY idx
)
SELECT
    each.*,
    concat(CASE products.kind WHEN 'LOAN' THEN 'LN' WHEN 'CARD' THEN 'CK' WHEN 'FACILITY' THEN 'SX'
        ELSE '8801' END, lpad(account::VARCHAR, 12, '0')) AS account_number,
    customer_number, unit_number, manager_staff_number, dormant, products.kind, product_name, subject_code, side, rate
FROM each JOIN products USING (product_code) JOIN banked USING (idx)
-- What was over before the history begins is in no file.
WHERE coalesce(close_date, getvariable('last')) >= getvariable('epoch');

DELETE FROM movements WHERE account NOT IN (SELECT account FROM accounts);

CREATE OR REPLACE TABLE daily_movements AS
SELECT account, date, sum(amount)::BIGINT AS amount FROM movements GROUP BY ALL ORDER BY date, account;

-- The other side in the ledger: the bank's own income and expense, or the clearing of payments.
CREATE OR REPLACE MACRO contra_of(kind) AS CASE kind WHEN 'INTEREST' THEN '64110101' WHEN 'FEE' THEN '60210101'
    ELSE '30010101' END;

CREATE OR REPLACE VIEW booked AS
SELECT movements.*, customer_number, unit_number, currency_code, subject_code, side
FROM movements JOIN (SELECT account, customer_number, unit_number, currency_code, subject_code, side
    FROM accounts) USING (account);

-- What is debited to a subject on a day: credits are negative.
CREATE OR REPLACE TABLE ledger_movements AS
SELECT date, unit_number, subject_code, currency_code, sum(CASE WHEN side = 'D' THEN amount ELSE -amount END)::BIGINT AS amount
FROM booked GROUP BY ALL
UNION ALL
SELECT date, unit_number, contra_of(kind), currency_code, sum(CASE WHEN side = 'D' THEN -amount ELSE amount END)::BIGINT
FROM booked WHERE kind IN ('INTEREST', 'FEE') AND date >= getvariable('epoch') GROUP BY ALL;

-- Whoever is about to leave looks in less often, and for less long, before his money goes.
CREATE OR REPLACE TABLE ebanking AS
WITH visits AS (
    SELECT
        idx, customer_number, retail, m, j, CAST(starts AS DATE) AS starts, open_date, close_date, draw(idx * 16 + j,
            70000 + m) AS a, draw(idx * 16 + j, 72000 + m) AS b,
        remaining(reason, quiet, decline_date - 25, loss_date - 25, CAST(starts AS DATE) + 15) AS left_over,
        1 + draw(idx, 74) % 9 AS visits
    FROM banked JOIN months ON m BETWEEN 0 AND date_diff('month', getvariable('epoch'), getvariable('last'))
    CROSS JOIN range(0, 10) AS each (j)
    LEFT JOIN departures USING (idx) LEFT JOIN closings USING (idx)
    WHERE NOT dormant AND draw(idx, 75) % 100 < CASE WHEN retail THEN 62 ELSE 85 END
        AND j < (1 + draw(idx, 74) % 9) * left_over * (700 + draw(idx, 76000 + m) % 600) // 1000000
)
SELECT
    idx, customer_number, m * 16 + j AS part,
    starts + CAST(a % day(last_day(starts)) AS INTEGER) AS date,
    25200 + a // 31 % 57600 AS second_of_day,
    ['SIGN_IN', 'INQUIRY', 'SIGN_IN', 'TRANSFER', 'INQUIRY', 'PURCHASE', 'SIGN_IN', 'TRANSFER'][1 + b % 8] AS kind,
    CASE WHEN retail AND b // 8 % 10 > 0 THEN 'MOBILE' ELSE 'ONLINE' END AS channel,
    20 + (40 + b // 80 % 500) * left_over // 1000 AS duration_seconds
FROM visits
WHERE date > open_date AND date < coalesce(close_date, date + 1) AND date <= getvariable('last');
