-- What everything else in the books stands on: choices that follow from the seed alone, the months, and the products.
-- Whole numbers only, so that no machine rounds otherwise than another.

CREATE OR REPLACE MACRO stir(x) AS (x * (x + 31) + 17) % 2147483647;

-- A number from 0 to 2,147,483,646 that looks drawn and follows from who is asked for what.
CREATE OR REPLACE MACRO draw(who, what) AS
    stir(stir(stir((who * 31337 + what * 1299709 + getvariable('seed') * 15485863) % 2147483647)));

-- Most have little and few have much: thousandths, about 1,000 on average.
CREATE OR REPLACE MACRO skewed(drawn) AS
    CAST([150, 200, 260, 320, 390, 460, 540, 630, 730, 850, 990, 1160, 1400, 1800, 2500, 4300][1 + drawn % 16] AS BIGINT);

-- Month 0 is the first of the history. The one before explains what stands at its beginning, the one before that its own.
CREATE OR REPLACE TABLE months AS
SELECT
    m,
    CAST(getvariable('epoch') + to_months(CAST(m AS INTEGER)) AS DATE) AS starts,
    -- Thousandths: the New Year's money of people, the year's end of companies, and their pause at the New Year.
    [1140, 1180, 1010, 990, 1000, 1020, 980, 990, 1010, 970, 990, 1040][month(starts)] AS season_of_people,
    [960, 870, 1030, 980, 990, 1050, 970, 980, 1040, 970, 1000, 1120][month(starts)] AS season_of_companies
FROM range(-2, date_diff('month', getvariable('epoch'), getvariable('last')) + 3) AS each (m);

CREATE OR REPLACE TABLE quarter_days AS
SELECT CAST(starts + INTERVAL 20 DAY AS DATE) AS interest_day
FROM months
WHERE month(starts) % 3 = 0 AND m >= -1;

-- `side` is where the product stands in the ledger; `rate` is in hundredths of a per cent for a year.
CREATE OR REPLACE TABLE products AS
SELECT * FROM (VALUES
    ('S101', '个人活期储蓄', 'SAVINGS', '20110101', 'C', 0, 20),
    ('S190', '个人外币活期储蓄', 'SAVINGS', '20110109', 'C', 0, 5),
    ('T103', '整存整取三个月', 'TERM_DEPOSIT', '20110102', 'C', 90, 95),
    ('T106', '整存整取六个月', 'TERM_DEPOSIT', '20110102', 'C', 180, 115),
    ('T112', '整存整取一年', 'TERM_DEPOSIT', '20110102', 'C', 365, 130),
    ('T124', '整存整取二年', 'TERM_DEPOSIT', '20110102', 'C', 730, 135),
    ('T136', '整存整取三年', 'TERM_DEPOSIT', '20110102', 'C', 1095, 170),
    ('W118', '结构性存款半年', 'WEALTH_PRODUCT', '20110501', 'C', 180, 210),
    ('W136', '结构性存款一年', 'WEALTH_PRODUCT', '20110501', 'C', 365, 235),
    ('D101', '单位活期存款', 'DEMAND_DEPOSIT', '20110201', 'C', 0, 20),
    ('D190', '单位外币活期存款', 'DEMAND_DEPOSIT', '20110209', 'C', 0, 5),
    ('D103', '单位定期三个月', 'TERM_DEPOSIT', '20110202', 'C', 90, 95),
    ('D106', '单位定期六个月', 'TERM_DEPOSIT', '20110202', 'C', 180, 115),
    ('D112', '单位定期一年', 'TERM_DEPOSIT', '20110202', 'C', 365, 130),
    ('D301', '同业活期存款', 'DEMAND_DEPOSIT', '20120101', 'C', 0, 72),
    ('D401', '财政性存款', 'DEMAND_DEPOSIT', '20110401', 'C', 0, 20),
    ('M101', '银行承兑汇票保证金', 'MARGIN_DEPOSIT', '20110301', 'C', 0, 20),
    ('L101', '个人住房按揭贷款', 'LOAN', '13030101', 'D', 0, 345),
    ('L102', '个人消费贷款', 'LOAN', '13030102', 'D', 0, 480),
    ('L201', '流动资金贷款', 'LOAN', '13030201', 'D', 0, 390),
    ('C201', '贷记卡', 'CARD', '13030301', 'D', 0, 1825),
    ('C101', '借记卡', 'CARD', '', '', 0, 0),
    ('F101', '综合授信额度', 'FACILITY', '', '', 0, 0),
    ('G101', '履约保函', 'GUARANTEE', '', '', 0, 0)
) AS each (product_code, product_name, kind, subject_code, side, tenor_days, rate);

CREATE OR REPLACE TABLE subjects AS
SELECT * FROM (VALUES
    ('20110101', '个人活期储蓄存款'), ('20110102', '个人定期储蓄存款'), ('20110109', '个人外币储蓄存款'),
    ('20110201', '单位活期存款'), ('20110202', '单位定期存款'), ('20110209', '单位外币存款'), ('20110301', '保证金存款'),
    ('20110401', '财政性存款'), ('20110501', '结构性存款'), ('20120101', '同业存放款项'), ('13030101', '个人住房贷款'),
    ('13030102', '个人消费贷款'), ('13030201', '短期流动资金贷款'), ('13030301', '信用卡透支'),
    ('60210101', '手续费及佣金收入'), ('64110101', '存款利息支出'), ('30010101', '清算资金往来')
) AS each (subject_code, subject_name);
