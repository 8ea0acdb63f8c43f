-- Whoever banks with the bank: what he has, when he came, and whether and why he leaves.

-- Levels are minor units: what stands on the current account on an ordinary day, and what a person earns in a month.
CREATE OR REPLACE TABLE banked AS
WITH drawn AS (
    SELECT *, draw(idx, 1) AS a, draw(idx, 2) AS b, draw(idx, 3) AS c, draw(idx, 4) AS d
    FROM customers
    WHERE state IN ('ACTIVE', 'DORMANT')
)
SELECT
    idx,
    customer_number,
    kind,
    kind = 'RETAIL' AS retail,
    tier,
    unit_number,
    manager_staff_number,
    state = 'DORMANT' AS dormant,
    [5, 8, 10, 15, 20, 25][1 + a % 6] AS cycle_day,
    -- One in fourteen comes while the history runs.
    CASE WHEN b % 100 < 7 AND state = 'ACTIVE' THEN (b // 100) % 36 END AS joined_month,
    CASE
        WHEN retail THEN [800000, 4000000, 15000000, 80000000][tier] * skewed(c) // 1000
        ELSE [30000000, 150000000, 800000000, 5000000000][tier] * skewed(c) // 1000
            * CASE kind WHEN 'FINANCIAL_INSTITUTION' THEN 3 WHEN 'PUBLIC_SECTOR' THEN 2 ELSE 1 END
    END AS level,
    CASE WHEN retail THEN [500000, 900000, 1800000, 4000000][tier] * (600 + d % 1000) // 1000 ELSE 0 END AS earnings,
    (d // 1000) % 100 < 70 AS salaried,
    (c // 16) % 31 - 5 AS growth,
    CASE
        WHEN joined_month IS NULL THEN getvariable('epoch') - CAST(400 + a // 6 % 4000 AS INTEGER)
        ELSE CAST(getvariable('epoch') + to_months(CAST(joined_month AS INTEGER)) AS DATE) + CAST(cycle_day - 1 AS INTEGER)
    END AS open_date
FROM drawn;

-- The relationship managers who left, and who has their customers now; a third of those who were theirs for years follow.
CREATE OR REPLACE TABLE former_managers AS
SELECT staff_number, successor_staff_number, getvariable('epoch') + after_days AS leave_date
FROM (VALUES ('200091', '200004', 130), ('300091', '300003', 330), ('400091', '400005', 560)) AS each (
    staff_number, successor_staff_number, after_days
);

CREATE OR REPLACE MACRO stays_of(reason) AS coalesce(reason = 'STAYS', true);

-- The truth. `stays` shows the signs and does not leave; `quiet` leaves and shows none.
CREATE OR REPLACE TABLE departures AS
WITH drawn AS (
    SELECT
        *,
        draw(idx, 10) AS a,
        draw(idx, 11) AS b,
        draw(idx, 12) AS c,
        draw(idx, 13) AS d
    FROM banked
    WHERE NOT dormant
), chosen AS (
    SELECT
        drawn.*,
        former.staff_number AS former_staff_number,
        former.staff_number IS NOT NULL AND c % 100 < 60 AND (c // 100) % 100 < 33 AS follows,
        CASE
            WHEN follows THEN 'RM_LEFT'
            WHEN retail THEN ['RATE_ELSEWHERE', 'SALARY_MOVED', 'COMPLAINT', 'MOVED_AWAY', 'LOAN_REPAID', 'RATE_ELSEWHERE',
                'SALARY_MOVED', 'LOAN_REPAID'][1 + d % 8]
            ELSE ['RATE_ELSEWHERE', 'SETTLEMENT_MOVED', 'COMPLAINT', 'MOVED_AWAY', 'LOAN_REPAID', 'RATE_ELSEWHERE',
                'SETTLEMENT_MOVED'][1 + d % 7]
        END AS reason,
        CASE
            WHEN follows THEN former.leave_date + CAST(5 + b % 70 AS INTEGER)
            ELSE getvariable('epoch') + CAST(60 + b % 1035 AS INTEGER)
        END AS decline_date
    FROM drawn LEFT JOIN former_managers AS former ON former.successor_staff_number = manager_staff_number
)
SELECT
    idx,
    CASE WHEN follows OR a % 1000 < 150 THEN reason ELSE 'STAYS' END AS reason,
    NOT follows AND a % 1000 >= 150 AS stays,
    NOT stays AND reason NOT IN ('SALARY_MOVED', 'LOAN_REPAID') AND (d // 8) % 100 < 28 AS quiet,
    decline_date,
    decline_date + CAST(45 + (c // 10000) % 106 AS INTEGER) AS loss_date,
    former_staff_number
FROM chosen
WHERE (follows OR a % 1000 < 235) AND decline_date > open_date + 120;

-- What is left of the ordinary on a day, in thousandths: falls from the beginning of the decline to the loss.
CREATE OR REPLACE MACRO remaining(reason, quiet, decline_date, loss_date, on_date) AS
    CASE
        WHEN reason IS NULL OR on_date < decline_date THEN 1000
        WHEN reason = 'STAYS' THEN CASE WHEN on_date < loss_date THEN 450 ELSE 1000 END
        WHEN on_date >= loss_date THEN 25
        WHEN quiet THEN 1000
        ELSE 1000 - 975 * (on_date - decline_date) // (loss_date - decline_date)
    END;
