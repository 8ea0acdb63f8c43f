-- A current account goes from one payday to the next. What it has at the end of each cycle follows from the customer, the season
-- and what he is about to do; what is spent in the cycle follows from that. So a balance needs no balance before it, and none
-- falls below nothing: receipts come first, and payments divide what is left.

CREATE OR REPLACE TABLE standing_orders AS
SELECT
    idx * 100 + 1 AS account,
    idx,
    earnings * (15 + a % 20) // 100 // 10000 * 10000 AS amount,
    ['房租', '物业费', '子女教育', '养老金缴存', '赡养费'][1 + a // 20 % 5] AS purpose,
    open_date + 20 AS open_date,
    CASE
        WHEN reason IS NOT NULL AND NOT quiet
            AND (NOT stays OR a // 100 % 2 = 0) THEN decline_date + CAST(a // 200 % 25 AS INTEGER)
        WHEN quiet THEN loss_date
        WHEN a // 200 % 100 < 8 THEN getvariable('epoch') + CAST(a // 20000 % 1000 AS INTEGER)
    END AS cancel_date
FROM (SELECT *, draw(idx, 70) AS a FROM banked WHERE retail AND salaried AND NOT dormant AND draw(idx, 71) % 100 < 32)
LEFT JOIN departures USING (idx)
WHERE amount > 0;

-- Equal parts of the principal, and the interest of what was owed until then.
CREATE OR REPLACE TABLE instalments AS
SELECT
    account, idx, m, m - first_month + 1 AS i,
    CAST(starts AS DATE) + CAST(cycle_day + 1 AS INTEGER) AS pay_date,
    principal * i // instalments - principal * (i - 1) // instalments AS principal_part,
    (principal - principal * (i - 1) // instalments) * rate // 120000 AS interest_part
FROM instalment_loans JOIN months ON m >= greatest(first_month, -1) AND m < first_month + instalments
WHERE m < coalesce(overdue_month, m + 1) AND pay_date < coalesce(repay_date, pay_date + 1);

-- What is spent with a credit card in a cycle, to be paid in the next.
CREATE OR REPLACE TABLE card_cycles AS
SELECT
    idx * 100 + 71 AS account, idx, m, CAST(starts AS DATE) + CAST(cycle_day - 1 AS INTEGER) AS start_date,
    CASE
        WHEN close_date IS NOT NULL AND start_date >= close_date - 65 THEN 0
        ELSE earnings * (8 + draw(idx, 80) % 40) // 100 * (500 + draw(idx, 1000 + m) % 1000) // 1000
            * remaining(reason, quiet, decline_date, loss_date, start_date) // 1000
    END AS spent
FROM banked JOIN months ON m >= coalesce(joined_month, -2)
LEFT JOIN departures USING (idx) LEFT JOIN closings USING (idx)
WHERE retail AND salaried AND NOT dormant AND draw(idx, 81) % 100 < 34;

CREATE OR REPLACE TABLE cycles AS
WITH spans AS (
    SELECT
        accounts.*, departures.reason, quiet, decline_date, loss_date, months.m, products.rate,
        CAST(months.starts AS DATE) + CAST(cycle_day - 1 AS INTEGER) AS start_date,
        CAST(next.starts AS DATE) + CAST(cycle_day - 1 AS INTEGER) AS end_date,
        draw(account, 2000 + months.m) AS drawn,
        month(months.starts) AS month_of_year,
        CASE WHEN retail THEN months.season_of_people ELSE months.season_of_companies END AS season
    FROM current_accounts AS accounts
    JOIN months ON months.m >= coalesce(joined_month, -2)
    JOIN months AS next ON next.m = months.m + 1
    JOIN products USING (product_code)
    LEFT JOIN departures USING (idx)
), aimed AS (
    SELECT *,
        CASE
            WHEN end_date >= close_date THEN 0
            WHEN dormant THEN level
            ELSE greatest(
                CASE WHEN retail THEN 2000 ELSE 200000 END,
                level * (1000 + growth * m) // 1000 * season // 1000 * (740 + drawn % 520) // 1000
                    * remaining(reason, quiet, decline_date, loss_date, end_date) // 1000
            )
        END AS closing_balance,
        CASE
            WHEN dormant OR start_date >= loss_date AND NOT stays_of(reason) THEN 0
            WHEN NOT retail OR currency_code <> 'CNY' THEN turnover * season // 1000 * (800 + drawn // 520 % 400) // 1000
                * remaining(reason, quiet, decline_date, loss_date, start_date) // 1000
            WHEN NOT salaried THEN earnings * (200 + drawn // 520 % 800) // 1000
            WHEN reason = 'SALARY_MOVED' AND start_date >= decline_date THEN 0
            ELSE earnings * (970 + drawn // 520 % 60) // 1000 * CASE month_of_year WHEN 1 THEN 1900 ELSE 1000 END // 1000
        END AS income
    FROM spans
    WHERE start_date < coalesce(close_date, start_date + 1)
), fixed AS (
    SELECT aimed.*,
        lag(closing_balance, 1, 0) OVER (PARTITION BY aimed.account ORDER BY aimed.m) AS opening_balance,
        CASE WHEN currency_code <> 'CNY' OR dormant THEN 0 WHEN retail THEN CASE WHEN aimed.idx % 5 < 3 THEN 200 ELSE 0 END
            ELSE 5000 END AS fee,
        coalesce(orders.amount, 0) AS ordered,
        coalesce(due.amount, 0) AS due,
        coalesce(cards.spent, 0) AS card_due,
        interest_day,
    FROM aimed
    LEFT JOIN (SELECT account, amount, open_date AS order_date, cancel_date
        FROM standing_orders) AS orders ON orders.account = aimed.account
        AND start_date + 3 >= order_date AND start_date + 3 < coalesce(cancel_date, start_date + 4)
    LEFT JOIN (
        SELECT idx * 100 + 1 AS account, m, sum(principal_part + interest_part)::BIGINT AS amount FROM instalments GROUP BY ALL
    ) AS due ON due.account = aimed.account AND due.m = aimed.m
    LEFT JOIN (SELECT idx, m, spent FROM card_cycles) AS cards ON cards.idx * 100 + 1 = aimed.account AND cards.m = aimed.m - 1
    LEFT JOIN quarter_days ON interest_day >= start_date AND interest_day < end_date
), balanced AS (
    SELECT *,
        CASE WHEN interest_day IS NULL OR dormant OR closing_balance = 0 THEN 0
            ELSE opening_balance * rate // 40000 END AS interest,
        opening_balance + income + interest - fee - ordered - due - card_due - closing_balance AS rest
    FROM fixed
    WHERE m >= greatest(coalesce(joined_month, -1), -1)
)
-- What cannot be paid otherwise comes from outside, at the beginning.
SELECT *, greatest(0, -rest) AS top_up, greatest(0, rest) AS spent
FROM balanced;
