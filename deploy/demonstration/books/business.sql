-- What companies do beside their accounts: bills, factoring, letters of credit; each moves money through the current account.

CREATE OR REPLACE TABLE companies AS
SELECT account, idx, customer_number, unit_number, level, joined_month, open_date, close_date, reason, decline_date, loss_date,
    draw(idx, 100) AS drawn
FROM current_accounts LEFT JOIN departures USING (idx)
WHERE kind = 'CORPORATE' AND currency_code = 'CNY' AND NOT dormant;

-- At most one bill a month; a third of its face is kept as margin. Some are bills of others, which the customer discounts.
CREATE OR REPLACE TABLE bills AS
WITH drawn AS (
    SELECT companies.* EXCLUDE (drawn), m, draw(idx, 50000 + m) AS a, draw(idx, 52000 + m) AS b, CAST(starts AS DATE) AS starts
    FROM companies JOIN months ON m >= coalesce(joined_month + 2, -1)
    WHERE drawn % 100 < 34 AND draw(idx, 54000 + m) % 100 < 36
)
SELECT
    account, idx, customer_number, unit_number, m,
    b % 100 < 30 AS discounted,
    CASE WHEN a % 100 < 86 THEN 'BANK_ACCEPTANCE' ELSE 'COMMERCIAL_ACCEPTANCE' END AS kind,
    greatest(1000000, level * (200 + a // 100 % 800) // 1000 // 1000000 * 1000000) AS face,
    face * 3 // 10 AS margin,
    starts + CAST(b // 100 % 27 AS INTEGER) AS issue_date,
    issue_date + CAST([90, 180, 180][1 + a // 80000 % 3] AS INTEGER) AS maturity_date,
    150 + a // 240000 % 120 AS discount_rate,
    face - face * discount_rate // 10000 * (maturity_date - issue_date) // 360 AS proceeds,
    a // 1000 % 1000 < 4 AS dishonoured
FROM drawn
WHERE maturity_date < coalesce(close_date, maturity_date + 1) AND issue_date < coalesce(CASE
    WHEN reason <> 'STAYS' THEN decline_date END, issue_date + 1);

CREATE OR REPLACE TABLE margins AS
SELECT idx * 100 + 50 AS account, idx, min(issue_date) AS open_date,
    coalesce(sum(margin) FILTER (issue_date < getvariable('dawn')), 0) AS opening
FROM bills WHERE NOT discounted GROUP BY idx;

INSERT INTO movements
SELECT idx * 100 + 50, issue_date, (m + 2) * 2, 'TRANSFER_IN', 'COUNTER', margin, 'bank', '存入保证金' FROM bills
WHERE NOT discounted AND issue_date BETWEEN getvariable('dawn') AND getvariable('last')
UNION ALL
SELECT idx * 100 + 50, maturity_date, (m + 2) * 2 + 1, 'TRANSFER_OUT', 'BATCH', -margin, 'bank', '释放保证金' FROM bills
WHERE NOT discounted AND maturity_date BETWEEN getvariable('dawn') AND getvariable('last');

INSERT INTO passing
SELECT idx, 500 + (m + 2) * 10, issue_date, 'TRANSFER_IN', 'ONLINE', 'company', '货款', issue_date, 'TRANSFER_OUT', 'COUNTER',
    'bank', '转保证金', margin
FROM bills WHERE NOT discounted
UNION ALL
SELECT idx, 502 + (m + 2) * 10, maturity_date, 'TRANSFER_IN', 'BATCH', 'bank', '释放保证金', maturity_date, 'BILL', 'BATCH',
    'bank', '票据到期付款', margin
FROM bills WHERE NOT discounted
UNION ALL
SELECT idx, 504 + (m + 2) * 10, maturity_date - 2, 'TRANSFER_IN', 'ONLINE', 'company', '货款', maturity_date, 'BILL', 'BATCH',
    'bank', '票据到期付款', face - margin
FROM bills WHERE NOT discounted
UNION ALL
SELECT idx, 506 + (m + 2) * 10, issue_date, 'BILL', 'COUNTER', 'bank', '票据贴现', issue_date + CAST(1 + m % 9 AS INTEGER),
    'TRANSFER_OUT', 'ONLINE', 'company', '支付货款', proceeds
FROM bills WHERE discounted;

CREATE OR REPLACE TABLE factoring AS
WITH drawn AS (
    SELECT idx, customer_number, unit_number, open_date AS customer_since, close_date, reason, decline_date, level, j,
        draw(idx, 56000 + j) AS a
    FROM companies CROSS JOIN range(0, 12) AS each (j)
    WHERE drawn // 100 % 100 < 8
)
SELECT
    idx, customer_number, unit_number, j,
    greatest(1000000, level * (300 + a % 700) // 1000 // 100000 * 100000) AS receivable,
    receivable * 8 // 10 AS financed,
    a // 700 % 3 > 0 AS recourse,
    getvariable('epoch') + CAST(j * 100 + a // 2100 % 60 AS INTEGER) AS open_date,
    open_date + 90 AS maturity_date,
    CASE WHEN a // 126000 % 100 < 4 THEN NULL ELSE open_date + CAST(90 - a // 126000 % 8 AS INTEGER) END AS settle_date
FROM drawn
WHERE open_date > customer_since + 60 AND maturity_date < coalesce(close_date, maturity_date + 1)
    AND open_date < coalesce(CASE WHEN reason <> 'STAYS' THEN decline_date END, open_date + 1);

INSERT INTO passing
SELECT idx, 900 + j * 2, open_date, 'LOAN_DRAWDOWN', 'COUNTER', 'bank', '保理融资款', open_date + 5, 'TRANSFER_OUT', 'ONLINE',
    'company', '支付货款', financed
FROM factoring
UNION ALL
SELECT idx, 930 + j * 2, settle_date - 1, 'TRANSFER_IN', 'ONLINE', 'company', '应收账款回款', settle_date, 'LOAN_PAYMENT', 'BATCH',
    'bank', '保理回款', financed
FROM factoring WHERE settle_date IS NOT NULL;

-- Letters of credit, collections, remittances and guarantees, with the commission that they bring.
CREATE OR REPLACE TABLE trade AS
WITH drawn AS (
    SELECT idx, customer_number, open_date AS customer_since, close_date, reason, decline_date, level, j, draw(idx,
        58000 + j) AS a, draw(idx, 60000 + j) AS b
    FROM companies CROSS JOIN range(0, 18) AS each (j)
    WHERE drawn // 10000 % 100 < 16
)
SELECT
    idx, customer_number, j,
    ['IMPORT_LETTER_OF_CREDIT', 'EXPORT_LETTER_OF_CREDIT', 'REMITTANCE', 'IMPORT_COLLECTION', 'REMITTANCE',
        'EXPORT_COLLECTION', 'GUARANTEE',
        'IMPORT_LETTER_OF_CREDIT'][1 + a % 8] AS kind,
    ['USD', 'EUR', 'USD', 'JPY', 'HKD'][1 + a // 8 % 5] AS currency_code,
    greatest(500000, level * (50 + a // 40 % 400) // 1000 // 10000 * 10000) AS amount,
    getvariable('epoch') + CAST(j * 60 + b % 55 AS INTEGER) AS issue_date,
    issue_date + CAST(CASE WHEN kind = 'REMITTANCE' THEN 0 ELSE 60 + b // 55 % 60 END AS INTEGER) AS expiry_date,
    CASE WHEN kind LIKE '%LETTER%' OR kind = 'GUARANTEE' THEN 20000 + amount // 800 ELSE 10000 + amount // 2000 END AS commission,
    b // 3300 % 20 AS counterparty
FROM drawn
WHERE issue_date > customer_since + 60 AND expiry_date < coalesce(close_date, expiry_date + 1)
    AND issue_date < coalesce(CASE WHEN reason <> 'STAYS' THEN decline_date END, issue_date + 1);

INSERT INTO passing
SELECT idx, 960 + j * 2, issue_date, 'TRANSFER_IN', 'ONLINE', 'company', '货款', issue_date, 'FEE', 'COUNTER', 'bank',
    '国际结算手续费', commission
FROM trade
UNION ALL
SELECT idx, 508 + (m + 2) * 10, issue_date, 'TRANSFER_IN', 'ONLINE', 'company', '货款', issue_date, 'FEE', 'COUNTER', 'bank',
    '承兑手续费', greatest(1000, face // 2000)
FROM bills WHERE NOT discounted AND kind = 'BANK_ACCEPTANCE';

INSERT INTO movements
SELECT idx * 100 + 1, in_date, part, in_kind, in_channel, amount, in_party, in_summary FROM passing
WHERE amount <> 0 AND in_date BETWEEN getvariable('dawn') AND getvariable('last')
UNION ALL
SELECT idx * 100 + 1, out_date, part + 1, out_kind, out_channel, -amount, out_party, out_summary FROM passing
WHERE amount <> 0 AND out_date BETWEEN getvariable('dawn') AND getvariable('last');
