-- Every movement: positive raises what the account has, or what is owed on a loan or a card. The number of a movement is its
-- date, its account and its `part`: so it is the same however much of the history is made.

CREATE OR REPLACE TABLE movements (
    account BIGINT, date DATE, part INTEGER, kind VARCHAR, channel VARCHAR, amount BIGINT, party VARCHAR, summary VARCHAR
);

-- Paydays, and what recurs.
INSERT INTO movements
WITH regular AS (
    SELECT account, start_date, 1 AS part, income AS amount,
        CASE WHEN salaried THEN 'SALARY' ELSE 'TRANSFER_IN' END AS kind, CASE WHEN salaried THEN 'BATCH'
            ELSE 'MOBILE' END AS channel,
        CASE WHEN salaried THEN 'employer' ELSE 'person' END AS party, CASE WHEN salaried THEN '代发工资' ELSE '转入' END AS summary
    FROM cycles WHERE pairs = 0
    UNION ALL SELECT account, start_date, 2, top_up, 'TRANSFER_IN', 'MOBILE', 'self', '他行转入' FROM cycles WHERE pairs = 0
    UNION ALL SELECT account, start_date + 1, 3, -fee, 'FEE', 'BATCH', '', CASE WHEN retail THEN '短信服务费' ELSE '账户管理费' END
        FROM cycles
    UNION ALL SELECT account, start_date + 3, 4, -ordered, 'STANDING_ORDER', 'BATCH', 'person', '定期转账' FROM cycles
    UNION ALL SELECT account, start_date + 2, 5, -due, 'LOAN_PAYMENT', 'BATCH', 'bank', '贷款还款' FROM cycles
    UNION ALL SELECT account, start_date + 12, 6, -card_due, 'TRANSFER_OUT', 'BATCH', 'bank', '信用卡自动还款' FROM cycles
    UNION ALL SELECT account, interest_day, 7, interest, 'INTEREST', 'BATCH', 'bank', '结息' FROM cycles
)
SELECT account, start_date, part, kind, channel, amount, party, summary FROM regular
WHERE amount <> 0 AND start_date BETWEEN getvariable('dawn') AND getvariable('last');

-- What a person spends, in unequal parts; whoever is leaving moves most of it to an account of his elsewhere.
INSERT INTO movements
WITH parts AS (
    SELECT account, start_date, spent, retail, currency_code, j,
        4 + drawn // 7 % 6 AS count,
        draw(account, 10000 + (m + 2) * 16 + j) AS drawn,
        NOT stays_of(reason) AND spent > 20000 AND CASE WHEN quiet THEN end_date >= loss_date
            ELSE end_date > decline_date END AS leaving
    FROM cycles CROSS JOIN range(0, 10) AS each (j)
    WHERE pairs = 0 AND spent > 0 AND j < 4 + drawn // 7 % 6
), weighed AS (
    SELECT *,
        leaving AND j = 1 AS elsewhere,
        sum(CASE WHEN elsewhere THEN 2500 ELSE 40 + drawn % 260 END) OVER (PARTITION BY account,
            start_date ORDER BY j)::BIGINT AS upto,
        sum(CASE WHEN elsewhere THEN 2500 ELSE 40 + drawn % 260 END) OVER (PARTITION BY account, start_date)::BIGINT AS whole
    FROM parts
), shared AS (
    SELECT *,
        CASE WHEN j = count - 1 THEN spent ELSE spent * upto // whole // 100 * 100 END AS paid,
        lag(paid, 1, 0) OVER (PARTITION BY account, start_date ORDER BY j) AS paid_before,
        start_date + CAST(1 + (j * 26 + drawn // 260 % 20) // count AS INTEGER) AS date,
        drawn // 5200 % 100 AS what
    FROM weighed
)
SELECT
    account, date, 10 + j,
    CASE
        WHEN elsewhere THEN 'TRANSFER_OUT' WHEN what < 45 THEN 'CARD_PAYMENT' WHEN what < 65 THEN 'TRANSFER_OUT'
        WHEN what < 75 THEN 'CARD_WITHDRAWAL' WHEN what < 85 THEN 'BILL' WHEN what < 91 THEN 'CASH_WITHDRAWAL' ELSE 'TRANSFER_OUT'
    END,
    CASE
        WHEN elsewhere THEN 'MOBILE' WHEN what < 45 THEN 'POS' WHEN what < 65 THEN 'MOBILE' WHEN what < 75 THEN 'ATM'
        WHEN what < 85 THEN 'ONLINE' WHEN what < 91 THEN 'COUNTER' ELSE 'ONLINE'
    END,
    paid_before - paid,
    CASE WHEN elsewhere THEN 'self' WHEN what < 45 THEN 'merchant' WHEN what BETWEEN 65 AND 74 OR what BETWEEN 85 AND 90 THEN ''
        WHEN what BETWEEN 75 AND 84 THEN 'utility' ELSE 'person' END,
    CASE WHEN elsewhere THEN '转本人他行账户' WHEN what < 45 THEN '消费' WHEN what BETWEEN 65 AND 74 THEN 'ATM取款'
        WHEN what BETWEEN 85 AND 90 THEN '柜面取款' WHEN what BETWEEN 75 AND 84 THEN '缴费' ELSE '转账' END
FROM shared
WHERE paid <> paid_before AND date BETWEEN getvariable('dawn') AND getvariable('last');

-- What a company receives and pays: each receipt with its payment a day later, in the same proportion.
INSERT INTO movements
WITH parts AS (
    SELECT account, start_date, pairs, j, m, income + top_up AS received_whole, spent AS paid_whole,
        draw(account, 20000 + (m + 2) * 16 + j) AS drawn,
        sum(100 + drawn_weight) OVER (PARTITION BY account, m ORDER BY j)::BIGINT AS upto,
        sum(100 + drawn_weight) OVER (PARTITION BY account, m)::BIGINT AS whole,
        NOT stays_of(reason) AND NOT quiet AND end_date > decline_date AS leaving
    FROM (
        SELECT *, draw(account, 30000 + (m + 2) * 16 + j) % 150 AS drawn_weight
        FROM cycles CROSS JOIN range(0, 12) AS each (j)
        WHERE j < pairs
    )
), shared AS (
    SELECT *,
        received_whole * upto // whole AS received, lag(received, 1, 0) OVER (PARTITION BY account,
            start_date ORDER BY j) AS received_before,
        paid_whole * upto // whole AS paid, lag(paid, 1, 0) OVER (PARTITION BY account, start_date ORDER BY j) AS paid_before,
        start_date + CAST(j * 25 // pairs AS INTEGER) AS date
    FROM parts
), both_sides AS (
    SELECT account, date, 30 + j AS part,
        CASE WHEN drawn % 100 < 6 THEN 'CASH_DEPOSIT' ELSE 'TRANSFER_IN' END AS kind,
        CASE WHEN drawn % 100 < 14 THEN 'COUNTER' ELSE 'ONLINE' END AS channel,
        received - received_before AS amount,
        CASE WHEN drawn % 100 < 6 THEN '' ELSE 'company' END AS party,
        CASE WHEN drawn % 100 < 6 THEN '现金存入' ELSE '货款' END AS summary
    FROM shared
    UNION ALL
    SELECT account, date + 1, 80 + j, 'TRANSFER_OUT',
        CASE WHEN j = pairs // 2 THEN 'BATCH' WHEN drawn // 100 % 100 < 12 THEN 'COUNTER' ELSE 'ONLINE' END,
        paid_before - paid,
        CASE WHEN leaving AND j = 0 THEN 'self' WHEN j = pairs // 2 THEN 'person' ELSE 'company' END,
        CASE WHEN leaving AND j = 0 THEN '转同名他行账户' WHEN j = pairs // 2 THEN '代发工资' ELSE '支付货款' END
    FROM shared
)
SELECT account, date, part, kind, channel, amount, party, summary FROM both_sides
WHERE amount <> 0 AND date BETWEEN getvariable('dawn') AND getvariable('last');

-- Loans and cards, seen from themselves.
INSERT INTO movements
WITH owed AS (
    SELECT account, pay_date AS date, 1 AS part, 'LOAN_PAYMENT' AS kind, 'BATCH' AS channel, -principal_part AS amount,
        '还本' AS summary
    FROM instalments
    UNION ALL
    SELECT account, open_date, 2, 'LOAN_DRAWDOWN', 'COUNTER', principal, '放款' FROM instalment_loans
    UNION ALL
    SELECT account, repay_date, 3, 'LOAN_PAYMENT', 'COUNTER', -owed, '提前还款'
    FROM instalment_loans JOIN repaid_early USING (account)
    UNION ALL
    SELECT account, open_date, 2, 'LOAN_DRAWDOWN', 'COUNTER', principal, '放款' FROM working_loans
    UNION ALL
    SELECT account, repay_date, 3, 'LOAN_PAYMENT', 'COUNTER', -principal, '还本' FROM working_loans
    UNION ALL
    SELECT account, start_date + 2 + CAST(j * 6 AS INTEGER), 10 + j, 'CARD_PAYMENT', 'POS',
        spent * (j + 1) // 4 - spent * j // 4, '消费'
    FROM card_cycles CROSS JOIN range(0, 4) AS each (j) WHERE m >= -1
    UNION ALL
    SELECT account, start_date + 12, 1, 'TRANSFER_IN', 'BATCH', -lag(spent) OVER (PARTITION BY account ORDER BY m), '还款'
        FROM card_cycles
)
SELECT account, date, part, kind, channel, amount, CASE kind WHEN 'CARD_PAYMENT' THEN 'merchant' ELSE 'bank' END, summary
FROM owed
WHERE coalesce(amount, 0) <> 0 AND date BETWEEN getvariable('dawn') AND getvariable('last');

-- Terms, seen from themselves.
INSERT INTO movements
WITH rolled AS (
    SELECT account, principal, interest, open_date + CAST(tenor_days * r AS INTEGER) AS date, close_date
    FROM terms CROSS JOIN range(1, 40) AS each (r)
    WHERE open_date + CAST(tenor_days * r AS INTEGER) <= close_date
), kept AS (
    SELECT account, open_date AS date, 1 AS part, 'TRANSFER_IN' AS kind, 'MOBILE' AS channel, principal AS amount,
        '开户存入' AS summary FROM terms
    UNION ALL SELECT account, date, 2, 'INTEREST', 'BATCH', interest, '到期结息' FROM rolled
    UNION ALL SELECT account, close_date, 3, 'TRANSFER_OUT', 'MOBILE', -paid_out, '支取' FROM ended_terms
)
SELECT account, date, part, kind, channel, amount, 'bank', summary FROM kept
WHERE amount <> 0 AND date BETWEEN getvariable('dawn') AND getvariable('last');
