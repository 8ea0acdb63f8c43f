-- Every account that there will ever be, with what its movements are made from.
-- `account` is the customer's place times a hundred, and a slot: 1 current, 2 foreign currency, 10 terms, 20 loans, 50 margin,
-- 60 facility, 70 debit card, 71 credit card, 80 guarantee.

-- A leaver's current account is closed at the end of a cycle, unless a mortgage is paid from it.
CREATE OR REPLACE TABLE closings AS
SELECT
    banked.idx,
    CAST(date_trunc('month', loss_date + 25) + INTERVAL 1 MONTH AS DATE) + CAST(cycle_day - 1 AS INTEGER) AS close_date
FROM departures JOIN banked USING (idx)
WHERE NOT stays AND draw(idx, 20) % 100 < 55
    AND (NOT retail OR draw(idx, 30) % 100 >= 18 OR reason = 'LOAN_REPAID');

-- Loans that are paid back in instalments, one in each cycle; `first_month` is that of the first.
CREATE OR REPLACE TABLE instalment_loans AS
WITH mortgages AS (
    SELECT
        idx * 100 + 20 AS account, banked.* EXCLUDE (open_date), draw(idx, 31) AS a, draw(idx, 32) AS b,
        'L101' AS product_code, 345 AS rate, [240, 300, 360][1 + a % 3] AS instalments,
        earnings * (30 + b % 50) // 100000 * 100000 AS principal, -2 - a // 3 % 120 AS first_month,
    FROM banked WHERE retail AND NOT dormant AND draw(idx, 30) % 100 < 18 AND joined_month IS NULL
), consumer_loans AS (
    SELECT
        idx * 100 + 21 AS account, banked.* EXCLUDE (open_date), draw(idx, 34) AS a, draw(idx, 35) AS b,
        'L102' AS product_code, 480 AS rate, [12, 24, 36][1 + a % 3] AS instalments,
        earnings * (3 + b % 9) // 100000 * 100000 AS principal,
        greatest(a // 3 % 30, coalesce(joined_month, 0) + 2) AS first_month,
    FROM banked WHERE retail AND NOT dormant AND draw(idx, 33) % 100 < 11
), loans AS (SELECT * FROM mortgages UNION ALL SELECT * FROM consumer_loans)
SELECT
    account, loans.idx, product_code, rate, instalments, principal, first_month, cycle_day,
    CAST(getvariable('epoch') + to_months(CAST(first_month - 1 AS INTEGER)) AS DATE) + CAST(cycle_day + 3 AS INTEGER) AS open_date,
    CAST(open_date + to_months(CAST(instalments AS INTEGER)) AS DATE) AS maturity_date,
    -- From this month on nothing is paid any more.
    CASE WHEN b // 100 % 100 < 2 AND departures.idx IS NULL THEN greatest(first_month + 2, b // 10000 % 30) END AS overdue_month,
    CASE
        WHEN reason = 'LOAN_REPAID' THEN decline_date
        WHEN NOT stays AND product_code = 'L102' THEN loss_date
    END AS repay_date
FROM loans LEFT JOIN departures USING (idx)
WHERE principal > 0 AND (stays IS NULL OR stays OR product_code = 'L101' OR open_date < decline_date - 40);

-- What is still owed when a loan is paid back before its time.
CREATE OR REPLACE TABLE repaid_early AS
SELECT
    account,
    CASE
        WHEN loans.open_date >= repay_date THEN 0
        ELSE principal - principal * least(instalments, greatest(0, (
            SELECT count(*) FROM months
            WHERE m >= first_month AND CAST(starts AS DATE) + CAST(cycle_day + 1 AS INTEGER) < repay_date
        ) + greatest(0, -2 - first_month))) // instalments
    END AS owed
FROM instalment_loans AS loans
WHERE repay_date IS NOT NULL;

-- Working capital: drawn, paid back at maturity, and drawn again after a pause. A leaver draws no more.
CREATE OR REPLACE TABLE working_loans AS
WITH borrowers AS (
    SELECT
        banked.* EXCLUDE (open_date), draw(idx, 40) AS a, draw(idx, 41) AS b,
        [180, 365][1 + a % 2] AS tenor_days,
        level * (2 + b % 5) // 1000000 * 1000000 AS principal,
        getvariable('epoch') - CAST(a // 2 % 180 AS INTEGER) AS first_date,
        b // 100 % 100 < 3 AS fails,
        b // 10000 % 4 AS fails_at,
    FROM banked WHERE kind = 'CORPORATE' AND NOT dormant AND draw(idx, 42) % 100 < 45 AND joined_month IS NULL
)
SELECT
    idx * 100 + 20 + j AS account, idx, 'L201' AS product_code, 390 AS rate, principal, tenor_days,
    first_date + CAST(j * (tenor_days + 12) AS INTEGER) AS open_date,
    open_date + CAST(tenor_days AS INTEGER) AS maturity_date,
    CASE
        WHEN fails AND j = fails_at AND departures.idx IS NULL THEN NULL
        WHEN NOT stays THEN least(maturity_date, loss_date)
        ELSE maturity_date
    END AS repay_date
FROM borrowers CROSS JOIN range(0, 8) AS each (j) LEFT JOIN departures USING (idx)
WHERE principal > 0 AND (NOT fails OR j <= fails_at OR departures.idx IS NOT NULL)
    AND (stays IS NULL OR stays OR open_date < decline_date);

-- Terms roll over into the same account until they are not renewed; the interest of each term is added to it.
CREATE OR REPLACE TABLE terms AS
WITH slots AS (
    SELECT banked.*, slot, draw(idx * 100 + slot, 50) AS a, draw(idx * 100 + slot, 51) AS b
    FROM banked CROSS JOIN range(10, 14) AS each (slot)
    WHERE NOT dormant AND kind IN ('RETAIL', 'CORPORATE') AND draw(idx * 100 + slot, 52) % 100 < CASE
        WHEN retail THEN [[12, 0, 0, 0], [55, 15, 0, 0], [80, 45, 25, 0], [95, 80, 60, 30]][tier][slot - 9]
        ELSE [30, 12, 0, 0][slot - 9]
    END
), kinds AS (
    SELECT *,
        CASE
            WHEN retail AND tier > 1 AND slot % 2 = 1 THEN ['W118', 'W136'][1 + a % 2]
            WHEN retail THEN ['T103', 'T106', 'T112', 'T112', 'T124', 'T136'][1 + a % 6]
            ELSE ['D103', 'D106', 'D112'][1 + a % 3]
        END AS product_code,
        CASE
            WHEN retail THEN [3000000, 15000000, 60000000, 300000000][tier]
                ELSE level END * skewed(b) // 100000000 * 100000 AS principal,
    FROM slots
), opened AS (
    SELECT kinds.*, tenor_days, rate,
        CASE
            WHEN joined_month IS NOT NULL THEN open_date + CAST(35 + a // 6 % 200 AS INTEGER)
            WHEN b // 16 % 100 < 62 THEN getvariable('epoch') - CAST(40 + a // 6 % tenor_days AS INTEGER)
            ELSE getvariable('epoch') + CAST(a // 6 % 1000 AS INTEGER)
        END AS deposit_date,
        -- A quarter is not renewed at each maturity.
        CASE WHEN b // 1600 % 100 < 25 THEN 1 WHEN b // 1600 % 100 < 44 THEN 2 WHEN b // 1600 % 100 < 58 THEN 3
            ELSE 99 END AS last_roll
    FROM kinds JOIN products USING (product_code)
), ended AS (
    SELECT opened.*, departures.* EXCLUDE (idx),
        deposit_date + CAST(tenor_days * last_roll AS INTEGER) AS unrenewed_date,
        -- The first maturity after the decline has begun.
        deposit_date + CAST(
            tenor_days * greatest(1, (CASE WHEN quiet THEN loss_date - 10
                ELSE decline_date END - deposit_date) // tenor_days + 1) AS INTEGER
        ) AS next_maturity_date
    FROM opened LEFT JOIN departures USING (idx)
)
SELECT
    idx * 100 + slot AS account, idx, slot, product_code, principal, tenor_days, rate, deposit_date AS open_date,
    principal * rate * tenor_days // 3650000 AS interest,
    CASE
        WHEN stays IS NULL OR stays THEN unrenewed_date
        ELSE least(unrenewed_date, CASE WHEN next_maturity_date <= loss_date THEN next_maturity_date
            ELSE loss_date - CAST(b % 9 AS INTEGER) END)
    END AS close_date,
    CASE WHEN stays IS NULL OR stays THEN CAST(b % 14 AS INTEGER) ELSE 0 END AS lingers_days
FROM ended
WHERE principal > 0 AND (stays IS NULL OR stays OR deposit_date < decline_date - 10);

CREATE OR REPLACE TABLE ended_terms AS
SELECT
    account, idx, slot, close_date, lingers_days,
    principal + interest * ((close_date - open_date) // tenor_days) AS paid_out
FROM terms;

-- Current accounts, in the bank's currency and in foreign ones. `pairs` of receipts and payments in a cycle; 0 for a person's.
CREATE OR REPLACE TABLE current_accounts AS
SELECT
    idx * 100 + 1 AS account, banked.*, closings.close_date,
    CASE kind WHEN 'RETAIL' THEN 'S101' WHEN 'CORPORATE' THEN 'D101' WHEN 'PUBLIC_SECTOR' THEN 'D401'
        ELSE 'D301' END AS product_code,
    'CNY' AS currency_code,
    CASE WHEN retail THEN 0 ELSE 3 + tier + draw(idx, 60) % 4 END AS pairs,
    level * (500 + draw(idx, 61) % 2500) // 1000 AS turnover,
FROM banked LEFT JOIN closings USING (idx)
UNION ALL
SELECT
    idx * 100 + 2, banked.* REPLACE (
        CASE WHEN currency_code = 'JPY' THEN level // 5 ELSE level // 20 END AS level, growth // 2 AS growth, 0 AS earnings
    ), closings.close_date,
    CASE WHEN retail THEN 'S190' ELSE 'D190' END, currency_code, CASE WHEN retail THEN 1 ELSE 3 END, level // 25,
FROM banked
JOIN (SELECT idx, ['USD', 'USD', 'EUR', 'HKD', 'JPY'][1 + draw(idx, 63) % 5] AS currency_code
    FROM banked) AS currencies USING (idx)
LEFT JOIN closings USING (idx)
WHERE NOT dormant AND kind IN ('RETAIL', 'CORPORATE')
    AND draw(idx, 62) % 100 < CASE WHEN retail THEN [1, 4, 12, 30][tier] ELSE [6, 18, 30, 50][tier] END;
