-- What the bank's systems tell, as canonical rows: of the dates between two, or as things stand at the end of one.
-- Each answers the columns of its dataset, and `business_date`.

CREATE OR REPLACE MACRO balances_between(since, until) AS TABLE
WITH moved AS (
    SELECT account, sum(amount)::BIGINT AS amount FROM daily_movements WHERE date < since GROUP BY account
), days AS (
    SELECT CAST(each AS DATE) AS business_date FROM range(since::TIMESTAMP, until::TIMESTAMP + INTERVAL 1 DAY,
        INTERVAL 1 DAY) AS days (each)
), placed AS (
    SELECT
        accounts.account, account_number, currency_code, product_code, unit_number, rate, subject_code, side, business_date,
        opening + coalesce(moved.amount, 0) + sum(coalesce(daily.amount,
            0)) OVER (PARTITION BY accounts.account ORDER BY business_date) AS balance
    FROM accounts
    JOIN days ON business_date >= open_date AND business_date <= coalesce(close_date, business_date)
    LEFT JOIN moved ON moved.account = accounts.account
    LEFT JOIN daily_movements AS daily ON daily.account = accounts.account AND daily.date = business_date
    WHERE has_balance
)
SELECT
    business_date, account, account_number, currency_code, balance::BIGINT AS balance_minor_units,
    CASE WHEN side = 'C' THEN greatest(0, balance)::BIGINT END AS available_minor_units,
    product_code, unit_number, rate * 10000 AS interest_rate_e8, subject_code, side
FROM placed;

CREATE OR REPLACE MACRO number_of(account, date, part) AS
    concat(strftime(date, '%Y%m%d'), lpad(account::VARCHAR, 12, '0'), lpad(part::VARCHAR, 3, '0'));

CREATE OR REPLACE MACRO transactions_between(since, until) AS TABLE
WITH moved AS (
    SELECT account, sum(amount)::BIGINT AS amount FROM daily_movements WHERE date < since GROUP BY account
), told AS (
    SELECT
        movements.*, accounts.* EXCLUDE (account, kind), displayed.display_name,
        opening + coalesce(moved.amount, 0)
            + sum(movements.amount) OVER (PARTITION BY movements.account ORDER BY date, movements.amount < 0,
                part) AS balance_after,
        draw(movements.account, 80000 + part + CASE WHEN party IN ('employer', 'person', 'self') THEN 0
            ELSE date - DATE '2000-01-01' END) AS drawn
    FROM movements JOIN accounts USING (account) JOIN customers AS displayed USING (idx)
    LEFT JOIN moved USING (account)
    WHERE date BETWEEN since AND until
)
SELECT
    date AS business_date, account, number_of(account, date, part) AS transaction_number, account_number, currency_code,
    amount AS amount_minor_units, balance_after::BIGINT AS balance_after_minor_units, told.kind, channel, date AS value_date,
        summary,
    CASE WHEN told.party IN ('', 'bank') THEN NULL ELSE concat('6901', lpad((drawn * 7919 % 100000000000)::VARCHAR, 13, '0')) END
        AS counterparty_account_number,
    CASE WHEN told.party = 'self' THEN told.display_name WHEN told.party = 'bank' THEN '本行'
        ELSE others.display_name END AS counterparty_name,
    CASE WHEN told.party IN ('', 'bank') THEN NULL
        ELSE ['中华商业银行', '联合农商银行', '江南城市银行', '华南实业银行', '西部开发银行', '通汇网络银行'][1 + drawn % 6] END AS counterparty_bank,
    NULL AS reference,
    -- The counter's own system is connected since the history's last quarter; before, core banking told of what tellers book.
    CASE WHEN channel = 'COUNTER' AND date >= CAST(getvariable('epoch') + INTERVAL 21 MONTH AS DATE) THEN 'counter'
        ELSE 'core' END AS told_by
FROM told LEFT JOIN counterparties AS others ON others.party = told.party AND others.place = drawn % others.places;

CREATE OR REPLACE MACRO accounts_on(day) AS TABLE
SELECT
    day AS business_date, account_number, customer_number, kind, product_code, product_name, currency_code, unit_number,
        open_date, maturity_date,
    CASE WHEN close_date <= day THEN close_date END AS close_date,
    CASE
        WHEN close_date <= day THEN CASE WHEN settles THEN 'SETTLED' ELSE 'CLOSED' END
        WHEN overdue_date <= day THEN 'OVERDUE'
        WHEN dormant THEN 'DORMANT'
        ELSE 'ACTIVE'
    END AS state,
    principal AS principal_minor_units,
    CASE WHEN rate > 0 THEN rate * 10000 END AS interest_rate_e8,
    CASE WHEN parent % 100 = 60 THEN concat('SX', lpad(parent::VARCHAR, 12, '0'))
        WHEN parent IS NOT NULL THEN concat('8801', lpad(parent::VARCHAR, 12, '0')) END
        AS parent_account_number
FROM accounts WHERE open_date <= day;

CREATE OR REPLACE MACRO account_holders_on(day) AS TABLE
SELECT day AS business_date, account_number, customer_number, 'OWNER' AS role, concat('H', account, '1') AS disposition_number
FROM accounts WHERE open_date <= day
UNION ALL
-- Some let the customer after them dispose of their account.
SELECT day, account_number, next.customer_number, CASE WHEN accounts.idx % 2 = 0 THEN 'JOINT_OWNER'
    ELSE 'AUTHORISED_USER' END, concat('H', account, '2')
FROM accounts JOIN banked AS next ON next.idx = accounts.idx + 1
WHERE accounts.open_date <= day AND account % 100 = 1 AND draw(accounts.idx, 110) % 100 < 6 AND next.retail
    AND accounts.kind = 'SAVINGS';

CREATE OR REPLACE MACRO customers_on(day) AS TABLE
SELECT
    day AS business_date, customer_number, customers.kind, display_name, identifier_kind, identifier, phone, address,
        birth_or_founding_date,
    industry_code, coalesce(banked.open_date, getvariable('epoch') - 3000) AS open_date, customers.unit_number,
        customers.manager_staff_number,
    CASE WHEN customers.state = 'CLOSED' THEN 'CLOSED' ELSE 'ACTIVE' END AS state
FROM customers LEFT JOIN banked USING (customer_number)
WHERE customers.state <> 'PROSPECT' AND coalesce(banked.open_date, day) <= day;

CREATE OR REPLACE MACRO standing_orders_on(day) AS TABLE
SELECT
    day AS business_date, concat('SO', orders.account) AS order_number, account_number, 'CNY' AS currency_code,
        amount AS amount_minor_units, purpose,
    concat('6901', lpad((draw(orders.account, 111) * 7919 % 100000000000)::VARCHAR, 13, '0')) AS counterparty_account_number,
    '联合农商银行' AS counterparty_bank,
    CASE WHEN cancel_date <= day THEN 'CANCELLED' ELSE 'ACTIVE' END AS state
FROM standing_orders AS orders JOIN accounts USING (account)
WHERE orders.open_date <= day;

CREATE OR REPLACE MACRO interest_rates_on(day) AS TABLE
SELECT
    day AS business_date, product_code, currency_code, tenor_days,
    -- What was listed before the cut of the second spring.
    (rate + CASE WHEN side = 'C' AND tenor_days > 0 AND day < getvariable('epoch') + 190 THEN 15
        ELSE 0 END) * 10000 AS interest_rate_e8
FROM products CROSS JOIN (VALUES ('CNY'), ('USD'), ('EUR'), ('HKD'), ('JPY')) AS each (currency_code)
WHERE side <> '' AND (currency_code = 'CNY') = (product_code NOT LIKE '%190');

-- The ledger adds up movements by subject, and not accounts; that both agree is for the gate to find. Income and expense begin
-- with the history, and clearing is what remains.
CREATE OR REPLACE MACRO gl_balances_between(since, until) AS TABLE
WITH days AS (
    SELECT CAST(each AS DATE) AS business_date FROM range(since::TIMESTAMP, until::TIMESTAMP + INTERVAL 1 DAY,
        INTERVAL 1 DAY) AS days (each)
), opened AS (
    SELECT unit_number, subject_code, currency_code, sum(amount)::BIGINT AS amount FROM (
        SELECT unit_number, subject_code, currency_code, CASE WHEN side = 'D' THEN opening ELSE -opening END AS amount
            FROM accounts WHERE has_balance
        UNION ALL SELECT unit_number, subject_code, currency_code, amount FROM ledger_movements WHERE date < since
    ) GROUP BY ALL
), stand AS (
    SELECT business_date, unit_number, subject_code, currency_code,
        (opened.amount + sum(coalesce(daily.amount, 0)) OVER (PARTITION BY unit_number, subject_code,
            currency_code ORDER BY business_date))::BIGINT AS balance
    FROM opened CROSS JOIN days
    LEFT JOIN (SELECT date AS business_date, unit_number, subject_code, currency_code, amount FROM ledger_movements) AS daily
        USING (business_date, unit_number, subject_code, currency_code)
), cleared AS (
    SELECT * FROM stand
    UNION ALL
    SELECT business_date, unit_number, '30010101', currency_code, -sum(balance)::BIGINT FROM stand GROUP BY ALL
)
SELECT
    business_date, unit_number, subject_code, subject_name, currency_code,
    greatest(0, balance)::BIGINT AS debit_minor_units, greatest(0, -balance)::BIGINT AS credit_minor_units
FROM cleared JOIN subjects USING (subject_code);

-- One voucher for each unit, currency, subject and kind of movement; its two sides balance.
CREATE OR REPLACE MACRO gl_postings_between(since, until) AS TABLE
WITH vouchers AS (
    SELECT
        date, unit_number, subject_code, currency_code, kind, contra_of(kind) AS contra_code,
        sum(CASE WHEN side = 'D' THEN amount ELSE -amount END)::BIGINT AS amount,
        concat('V', strftime(date, '%Y%m%d'), unit_number, subject_code, currency_code, kind) AS voucher_number
    FROM booked WHERE date BETWEEN since AND until
    GROUP BY date, unit_number, subject_code, currency_code, kind
)
SELECT
    date AS business_date, concat(voucher_number, '-', posting) AS posting_number, voucher_number, posting, unit_number,
    CASE posting WHEN 1 THEN subject_code ELSE contra_code END AS subject_code, currency_code,
    greatest(0, CASE posting WHEN 1 THEN amount ELSE -amount END)::BIGINT AS debit_minor_units,
    greatest(0, CASE posting WHEN 1 THEN -amount ELSE amount END)::BIGINT AS credit_minor_units,
    kind AS summary
FROM vouchers CROSS JOIN (VALUES (1), (2)) AS each (posting)
WHERE amount <> 0;

CREATE OR REPLACE MACRO bills_on(day) AS TABLE
SELECT
    day AS business_date, concat('1', lpad(bills.idx::VARCHAR, 10, '0'), lpad((m + 2)::VARCHAR, 3, '0'), strftime(issue_date,
        '%Y%m%d')) AS bill_number,
    customer_number, bills.kind, 'CNY' AS currency_code, face AS face_minor_units,
    CASE WHEN discounted THEN others.display_name ELSE customers.display_name END AS drawer_name,
    CASE WHEN bills.kind = 'BANK_ACCEPTANCE' THEN '本行' ELSE others.display_name END AS acceptor_name,
    CASE WHEN discounted THEN discount_rate * 10000 END AS discount_rate_e8, issue_date, maturity_date,
    CASE WHEN maturity_date <= day THEN CASE WHEN dishonoured THEN 'DISHONOURED' ELSE 'PAID' END
        WHEN discounted THEN 'DISCOUNTED' ELSE 'ISSUED' END AS state,
    bills.unit_number
FROM bills JOIN customers USING (customer_number)
LEFT JOIN counterparties AS others ON others.party = 'company' AND others.place = (bills.idx + m + 2) % others.places
WHERE issue_date <= day AND maturity_date >= getvariable('epoch');

CREATE OR REPLACE MACRO factoring_on(day) AS TABLE
SELECT
    day AS business_date, concat('BL', lpad(idx::VARCHAR, 10, '0'), lpad(j::VARCHAR, 2, '0')) AS contract_number, customer_number,
    others.display_name AS buyer_name, 'CNY' AS currency_code, receivable AS receivable_minor_units,
    CASE WHEN settle_date <= day THEN 0 ELSE financed END AS financed_minor_units, recourse, open_date, maturity_date,
    CASE WHEN settle_date <= day THEN 'SETTLED' WHEN maturity_date < day THEN 'OVERDUE' ELSE 'ACTIVE' END AS state, unit_number
FROM factoring LEFT JOIN counterparties AS others ON others.party = 'company' AND others.place = (idx + j) % others.places
WHERE open_date <= day;

CREATE OR REPLACE MACRO trade_finance_on(day) AS TABLE
SELECT
    day AS business_date, concat(left(trade.kind, 1), 'C', lpad(trade.idx::VARCHAR, 9, '0'), lpad(j::VARCHAR, 2,
        '0')) AS reference, customer_number, trade.kind,
    currency_code, amount AS amount_minor_units,
    CASE WHEN trade.kind LIKE 'EXPORT%' THEN others.display_name ELSE customers.display_name END AS applicant_name,
    CASE WHEN trade.kind LIKE 'EXPORT%' THEN customers.display_name ELSE others.display_name END AS beneficiary_name,
    issue_date, expiry_date,
    CASE WHEN trade.kind = 'REMITTANCE' THEN 'PAID' WHEN expiry_date <= day THEN 'CLOSED' WHEN issue_date + 40 <= day THEN 'DRAWN'
        WHEN trade.kind LIKE 'EXPORT%' THEN 'ADVISED' ELSE 'ISSUED' END AS state,
    CASE trade.kind WHEN 'IMPORT_LETTER_OF_CREDIT' THEN 'MT700' WHEN 'EXPORT_LETTER_OF_CREDIT' THEN 'MT710'
        WHEN 'GUARANTEE' THEN 'MT760'
        WHEN 'REMITTANCE' THEN 'MT103' ELSE 'MT400' END AS message_type
FROM trade JOIN customers USING (customer_number)
LEFT JOIN counterparties AS others ON others.party = 'abroad' AND others.place = trade.counterparty % others.places
WHERE issue_date <= day;

CREATE OR REPLACE MACRO fees_between(since, until) AS TABLE
SELECT
    date AS business_date, concat('F', number_of(account, date, part)) AS fee_number, customer_number,
    CASE summary WHEN '短信服务费' THEN 'F001' WHEN '账户管理费' THEN 'F002' WHEN '国际结算手续费' THEN 'F101' ELSE 'F201' END AS product_code,
    currency_code, -amount AS amount_minor_units, -amount * 100 // 106 AS after_tax_minor_units, unit_number
FROM booked WHERE kind = 'FEE' AND date BETWEEN since AND until;

CREATE OR REPLACE MACRO ebanking_events_between(since, until) AS TABLE
SELECT
    date AS business_date, concat('E', strftime(date, '%Y%m%d'), lpad(idx::VARCHAR, 10, '0'), lpad(part::VARCHAR, 4,
        '0')) AS event_number,
    customer_number, kind, channel,
    -- The bank's zone is eight hours before UTC, and these are UTC.
    date::TIMESTAMP + to_seconds(second_of_day - 28800) AS event_time,
    duration_seconds
FROM ebanking WHERE date BETWEEN since AND until;

CREATE OR REPLACE MACRO org_units_on(day) AS TABLE SELECT day AS business_date, * FROM org_units;

CREATE OR REPLACE MACRO employees_on(day) AS TABLE
SELECT day AS business_date, * REPLACE (CASE WHEN leave_date <= day THEN 'LEFT' ELSE 'ACTIVE' END AS state, CASE
    WHEN leave_date <= day THEN leave_date END AS leave_date)
FROM employees WHERE hire_date <= day;

-- The treasury tells of working days alone. Rates move slowly: a wave of half a year, and a little of each day's own.
CREATE OR REPLACE MACRO working_days_between(since, until) AS TABLE
SELECT CAST(each AS DATE) AS business_date, CAST(each AS DATE) - DATE '2000-01-01' AS place
FROM range(since::TIMESTAMP, until::TIMESTAMP + INTERVAL 1 DAY, INTERVAL 1 DAY) AS days (each)
WHERE isodow(each) < 6;

CREATE OR REPLACE MACRO fx_rates_between(since, until) AS TABLE
SELECT
    business_date, currency_code, 'CNY' AS quote_currency_code,
    middle * (100000 + 20 * (45 - abs(place % 180 - 90)) + draw(place, 120 + number) % 61 - 30) // 100000 AS exchange_rate_e8
FROM working_days_between(since, until)
CROSS JOIN (VALUES (1, 'USD', 712000000), (2, 'EUR', 768000000), (3, 'HKD', 91200000), (4, 'JPY', 4860000))
    AS each (number, currency_code, middle);

-- In hundredths of a per cent by tenor; the bank's own currency came down in the second spring.
CREATE OR REPLACE MACRO ftp_curve_between(since, until) AS TABLE
SELECT
    business_date, currency_code, tenor_days,
    (rates[position] + CASE WHEN currency_code = 'CNY' AND business_date < getvariable('epoch') + 190 THEN 12 ELSE 0 END)
        * 10000 AS ftp_rate_e8
FROM working_days_between(since, until)
CROSS JOIN (VALUES
    ('CNY', [150, 155, 162, 176, 188, 200, 212, 224, 238, 262]), ('USD', [432, 430, 428, 424, 418, 405, 390, 382, 380, 384]),
    ('EUR', [198, 198, 200, 203, 206, 210, 216, 224, 236, 258]), ('HKD', [340, 344, 350, 356, 358, 355, 348, 344, 342, 346]),
    ('JPY', [12, 14, 18, 26, 36, 52, 70, 84, 106, 140])
) AS curves (currency_code, rates)
CROSS JOIN (VALUES (1, 0), (2, 7), (3, 30), (4, 90), (5, 180), (6, 365), (7, 730), (8, 1095), (9, 1825), (10, 3650))
    AS tenors (position, tenor_days);

-- Who borrows, by the worst of his loans and by what seems drawn.
CREATE OR REPLACE MACRO risk_ratings_on(day) AS TABLE
WITH borrowers AS (
    SELECT idx, customer_number, min(overdue_date) AS overdue_date, bool_or(product_code = 'L101') AS mortgage
    FROM accounts
    WHERE kind IN ('LOAN', 'CARD') AND side = 'D' AND open_date <= day AND coalesce(close_date, day + 1) > day
    GROUP BY ALL
), graded AS (
    SELECT *, CASE WHEN overdue_date + 90 <= day THEN 6 WHEN overdue_date <= day THEN 5 ELSE 1 + draw(idx, 130) % 4 END AS grade
    FROM borrowers
)
SELECT
    day AS business_date, customer_number, ['AAA', 'AA', 'A', 'BBB', 'B', 'D'][grade] AS rating,
    [3, 8, 18, 42, 1500, 10000][grade] * 10000 AS probability_of_default_e8,
    CASE WHEN mortgage THEN 25000000 ELSE 45000000 END AS loss_given_default_e8, NULL AS currency_code,
    NULL AS exposure_at_default_minor_units
FROM graded;

-- Days overdue by the order of 2023: above 90 substandard, above 270 doubtful, above 360 loss.
CREATE OR REPLACE MACRO loan_classes_on(day) AS TABLE
WITH late AS (
    SELECT account_number, greatest(0, CASE WHEN overdue_date <= day THEN day - overdue_date + 1 ELSE 0 END) AS overdue_days
    FROM accounts
    WHERE kind = 'LOAN' AND open_date <= day AND coalesce(close_date, day + 1) > day
)
SELECT
    day AS business_date, account_number,
    CASE WHEN overdue_days > 360 THEN 'LOSS' WHEN overdue_days > 270 THEN 'DOUBTFUL' WHEN overdue_days > 90 THEN 'SUBSTANDARD'
        WHEN overdue_days > 0 THEN 'SPECIAL_MENTION' ELSE 'NORMAL' END AS class,
    overdue_days, NULL AS currency_code, NULL AS overdue_minor_units
FROM late;
