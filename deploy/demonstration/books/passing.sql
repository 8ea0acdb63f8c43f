-- Money that passes through a current account: what comes in goes out again, on the same day or some days later, so that the
-- cycles need not know of it. `part` is even for what comes and odd for what goes.

CREATE OR REPLACE TABLE passing (
    idx BIGINT, part INTEGER, in_date DATE, in_kind VARCHAR, in_channel VARCHAR, in_party VARCHAR, in_summary VARCHAR,
    out_date DATE, out_kind VARCHAR, out_channel VARCHAR, out_party VARCHAR, out_summary VARCHAR, amount BIGINT
);

-- A term is filled from elsewhere, and goes elsewhere when it is not renewed.
INSERT INTO passing
SELECT idx, 200 + (slot - 10) * 4, greatest(open_date - CAST(account % 3 AS INTEGER), getvariable('dawn')), 'TRANSFER_IN',
    'MOBILE', 'self', '他行转入',
    open_date, 'TRANSFER_OUT', 'MOBILE', 'bank', '转存定期', principal
FROM terms WHERE open_date >= getvariable('dawn');
INSERT INTO passing
SELECT idx, 202 + (slot - 10) * 4, close_date, 'TRANSFER_IN', 'BATCH', 'bank', '定期到期转入',
    close_date + lingers_days, 'TRANSFER_OUT', 'MOBILE', 'self', '转本人他行账户', paid_out
FROM ended_terms WHERE close_date >= getvariable('dawn');

-- Loans drawn are spent; loans due are gathered.
INSERT INTO passing
SELECT idx, 260, open_date, 'LOAN_DRAWDOWN', 'COUNTER', 'bank', '消费贷款发放', open_date + CAST(1 + account % 9 AS INTEGER),
    'TRANSFER_OUT', 'MOBILE', 'merchant', '装修款', principal
FROM instalment_loans WHERE open_date >= getvariable('dawn');
INSERT INTO passing
SELECT idx, 262 + (account % 100 - 20) * 2, repay_date, 'TRANSFER_IN', 'MOBILE', 'self', '他行转入', repay_date, 'LOAN_PAYMENT',
    'COUNTER', 'bank', '提前还款', owed
FROM instalment_loans JOIN repaid_early USING (account) WHERE owed > 0 AND repay_date >= getvariable('dawn');
INSERT INTO passing
SELECT idx, 270 + (account % 100 - 20) * 8 + half * 2, open_date, 'LOAN_DRAWDOWN', 'COUNTER', 'bank', '流动资金贷款发放',
    open_date + CAST(2 + half * 9 + draw(account, 90 + half) % 9 AS INTEGER), 'TRANSFER_OUT', 'ONLINE', 'company', '支付货款',
    CASE WHEN half = 0 THEN principal // 2 ELSE principal - principal // 2 END
FROM working_loans CROSS JOIN range(0, 2) AS each (half)
WHERE open_date >= getvariable('dawn');
INSERT INTO passing
SELECT idx, 274 + (account % 100 - 20) * 8, greatest(repay_date - 3, getvariable('dawn')), 'TRANSFER_IN', 'ONLINE', 'company',
    '货款',
    repay_date, 'LOAN_PAYMENT', 'COUNTER', 'bank', '归还贷款本金', principal
FROM working_loans WHERE repay_date >= getvariable('dawn');
INSERT INTO passing
SELECT idx, 276 + (account % 100 - 20) * 8, interest_day, 'TRANSFER_IN', 'ONLINE', 'company', '货款',
    interest_day, 'LOAN_PAYMENT', 'BATCH', 'bank', '贷款利息', principal * rate // 40000
FROM working_loans JOIN quarter_days ON interest_day > open_date AND interest_day < coalesce(repay_date, interest_day + 1);

-- At the quarter's end 冲时点 some bring what they take away again; at the year's end half as much more.
INSERT INTO passing
WITH bringers AS (
    SELECT accounts.*, reason, quiet, decline_date, loss_date, quarters.starts AS next_quarter, draw(account,
        40000 + quarters.m) AS drawn,
        -- Two relationship managers ask for it at every month's end.
        manager_staff_number IN ('200006', '300009') AS dressed
    FROM current_accounts AS accounts JOIN months AS quarters ON quarters.m >= 0
    LEFT JOIN departures USING (idx)
    WHERE currency_code = 'CNY' AND NOT dormant AND (month(quarters.starts) % 3 = 1 OR dressed)
        AND draw(idx, 91) % 100 < CASE WHEN dressed THEN 70 WHEN retail THEN [3, 8, 20, 35][tier] ELSE 30 END
)
SELECT idx, 400, next_quarter - CAST(1 + drawn % 3 AS INTEGER) AS came, 'TRANSFER_IN', CASE WHEN retail THEN 'MOBILE'
    ELSE 'ONLINE' END, 'self', '同名转入',
    next_quarter + CAST(drawn // 3 % 4 AS INTEGER) AS went, 'TRANSFER_OUT', CASE WHEN retail THEN 'MOBILE'
        ELSE 'ONLINE' END, 'self', '同名转出',
    level * (250 + drawn // 12 % 600) // 1000 * CASE month(next_quarter) WHEN 1 THEN 1500 ELSE 1000 END // 1000
FROM bringers
WHERE came > open_date + 30 AND went < coalesce(close_date, went + 1)
    AND remaining(reason, quiet, decline_date, loss_date, CAST(came AS DATE)) = 1000;
