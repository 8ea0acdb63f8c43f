"""What `staging` has DuckDB do: one statement for each table that is more than rows of a dataset."""

from __future__ import annotations

from services.performance.engine.tables import Division
from services.performance.rules.formulas.inputs import DAYS_MAX
from services.performance.rules.shares import WHOLE_BASIS_POINTS, ObjectKind

_RATE_ONE = 10**8
# A rate of exchange beyond it is a mistake of the feed; amounts at it would not fit.
_RATE_MAX = 10**14

# Days on which a line or an affiliation begins to count, or does so no more.
CHANGES = """
    SELECT start_date AS day FROM owned_share_lines UNION SELECT end_date + 1 FROM owned_share_lines WHERE end_date IS NOT NULL
    UNION
    SELECT start_date FROM owned_affiliations UNION SELECT end_date + 1 FROM owned_affiliations WHERE end_date IS NOT NULL
"""

# The customers whose objects a part has: of its accounts, and of its rows that name one themselves.
PART_CUSTOMERS = """
    CREATE OR REPLACE TEMP TABLE part_customers AS
    SELECT DISTINCT customer_number FROM ({rows}) WHERE customer_number IS NOT NULL
"""
# Of the day in the variable `day`, of the customers and the numbers of a part: what is held of a bank does not grow with it.
# The pool's row of an object that lines divide has no basis points: it has what they leave, and where that is nothing no row.
HOLDINGS = f"""
    CREATE OR REPLACE TEMP TABLE known_customers AS
    FROM owned_customers {{of_customers}};

    CREATE OR REPLACE TEMP TABLE day_lines AS
    WITH standing AS NOT MATERIALIZED (
        FROM owned_share_lines WHERE getvariable('day') BETWEEN start_date AND coalesce(end_date, getvariable('day'))
    ), numbered AS NOT MATERIALIZED (
        SELECT *, split_part(object_key, '/', 1) AS source_system,
            object_key[length(split_part(object_key, '/', 1)) + 2:] AS account_number
        FROM standing WHERE object_kind <> {int(ObjectKind.CUSTOMER)}
    ), wanted AS (
        FROM standing SEMI JOIN known_customers ON object_key = customer_id WHERE object_kind = {int(ObjectKind.CUSTOMER)}
        UNION ALL BY NAME
        FROM numbered WHERE {{of_numbers}}
    )
    SELECT line.* EXCLUDE (organisation_unit_id), coalesce(staff_number, '') AS staff_number,
        coalesce(affiliation.organisation_unit_id, line.organisation_unit_id) AS organisation_unit_id
    FROM wanted line
    LEFT JOIN owned_people USING (person_id)
    LEFT JOIN owned_affiliations affiliation ON affiliation.person_id = line.person_id
        AND getvariable('day') BETWEEN affiliation.start_date AND coalesce(affiliation.end_date, getvariable('day'));

    CREATE OR REPLACE TEMP TABLE held AS
    SELECT row_number() OVER () AS holding, object_kind, object_key, any_value(source_system) AS source_system,
        any_value(account_number) AS account_number,
        bool_and(from_minor_units = 0 AND to_minor_units IS NULL) AS unbanded,
        CASE
            WHEN count(*) = 1 AND any_value(basis_points) = {WHOLE_BASIS_POINTS} AND unbanded THEN {int(Division.WHOLE)}
            WHEN unbanded THEN {int(Division.BY_POINTS)}
            ELSE {int(Division.BY_BANDS)}
        END::BIGINT AS division,
        CASE WHEN division = {int(Division.WHOLE)} THEN any_value(share_line_id) END AS sole_share_line_id,
        CASE WHEN division = {int(Division.WHOLE)} THEN any_value(person_id) END AS sole_person_id,
        CASE WHEN division = {int(Division.WHOLE)} THEN any_value(organisation_unit_id) END AS sole_unit_id
    FROM day_lines GROUP BY object_kind, object_key;

    CREATE OR REPLACE TEMP TABLE lines AS
    WITH told AS (
        SELECT holding, division, staff_number, person_id, organisation_unit_id AS line_unit_id, share_line_id,
            from_minor_units, to_minor_units, basis_points,
            {{{{'from_minor_units': from_minor_units, 'to_minor_units': to_minor_units, 'basis_points': basis_points}}}} AS line
        FROM day_lines JOIN held USING (object_kind, object_key) WHERE division <> {int(Division.WHOLE)}
    ), placed AS (
        SELECT 0::BIGINT AS pool, * EXCLUDE (line),
            {WHOLE_BASIS_POINTS} - sum(basis_points) OVER (PARTITION BY holding) AS pool_basis_points,
            list(line) OVER (in_order ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before,
            list(line) OVER (in_order ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS after
        FROM told WINDOW in_order AS (PARTITION BY holding ORDER BY staff_number, person_id, share_line_id)
        UNION ALL BY NAME
        SELECT 1 AS pool, holding, any_value(division) AS division, '' AS person_id, '' AS line_unit_id,
            '' AS share_line_id, 0 AS from_minor_units, 0 AS basis_points,
            {WHOLE_BASIS_POINTS} - sum(basis_points) AS pool_basis_points,
            list(line ORDER BY staff_number, person_id, share_line_id) AS before
        FROM told GROUP BY holding
    )
    SELECT row_number() OVER () AS line, holding, division, pool, person_id, line_unit_id, share_line_id,
        from_minor_units, to_minor_units, basis_points, pool_basis_points::BIGINT AS pool_basis_points,
        coalesce(before, []) AS before, coalesce(after, []) AS after
    FROM placed WHERE pool = 0 OR pool_basis_points > 0 OR division = {int(Division.BY_BANDS)};

    CREATE OR REPLACE TEMP TABLE holdings AS
    SELECT object_kind, source_system, account_number, holding, division, sole_share_line_id, sole_person_id, sole_unit_id
    FROM held WHERE object_kind <> {int(ObjectKind.CUSTOMER)};

    CREATE OR REPLACE TEMP TABLE customers AS
    SELECT customer_number, customer_id, holding, division, sole_share_line_id, sole_person_id, sole_unit_id
    FROM known_customers LEFT JOIN held ON object_kind = {int(ObjectKind.CUSTOMER)} AND object_key = customer_id;

    DROP TABLE day_lines; DROP TABLE held; DROP TABLE known_customers
"""

NO_BASE = """
    SELECT NULL::VARCHAR AS dataset, NULL::VARCHAR AS source_system, NULL::VARCHAR AS account_number,
        NULL::VARCHAR AS currency_code, NULL::BIGINT AS base_banded, NULL::DATE AS day
    WHERE false
"""

NO_ACCOUNTS = """
    CREATE OR REPLACE TEMP TABLE known_accounts (
        source_system VARCHAR, account_number VARCHAR, customer_number VARCHAR, kind VARCHAR, product_code VARCHAR,
        currency_code VARCHAR, unit_number VARCHAR, open_date DATE, maturity_date DATE, state VARCHAR, interest_rate_e8 BIGINT
    )
"""
# Those of the view that are not known yet.
MORE_ACCOUNTS = """
    INSERT INTO known_accounts
    SELECT source_system, account_number, customer_number, kind, product_code, currency_code, unit_number, open_date,
        maturity_date, state, interest_rate_e8
    FROM {view} found ANTI JOIN known_accounts USING (source_system, account_number)
"""
# By product and currency what the bank lists, by tenor.
LISTED_RATES = """
    SELECT product_code, currency_code,
        list({{'tenor_days': tenor_days, 'interest_rate_e8': interest_rate_e8}} ORDER BY tenor_days, feed) AS rates
    FROM {view} GROUP BY product_code, currency_code
"""
# The listed rate at the nearest tenor that is not longer than an account's, or the shortest.
_LISTED_RATE = """
    coalesce(
        list_filter(rates, lambda rate: rate.tenor_days <= coalesce(maturity_date - open_date, 0))[-1], rates[1]
    ).interest_rate_e8
"""
# With whose each is, and how it is rated; and once more under the name of each system that tells of accounts and keeps none.
ACCOUNTS = f"""
    CREATE OR REPLACE TEMP TABLE accounts AS
    SELECT known.*, known.source_system AS account_system, coalesce(customer_id, '') AS customer_id,
        CASE WHEN own.holding IS NULL THEN customer.holding ELSE own.holding END AS holding,
        CASE WHEN own.holding IS NULL THEN customer.division ELSE own.division END AS division,
        CASE WHEN own.holding IS NULL THEN customer.sole_share_line_id ELSE own.sole_share_line_id END AS sole_share_line_id,
        CASE WHEN own.holding IS NULL THEN customer.sole_person_id ELSE own.sole_person_id END AS sole_person_id,
        CASE WHEN own.holding IS NULL THEN customer.sole_unit_id ELSE own.sole_unit_id END AS sole_unit_id,
        rating, probability_of_default, loss_given_default, loan_class, overdue_days, {_LISTED_RATE} AS listed_rate_e8
    FROM known_accounts known
    LEFT JOIN holdings own ON own.object_kind = {int(ObjectKind.ACCOUNT)} AND own.source_system = known.source_system
        AND own.account_number = known.account_number
    LEFT JOIN customers customer ON customer.customer_number = known.customer_number
    LEFT JOIN ratings ON ratings.customer_number = known.customer_number
    LEFT JOIN classes ON classes.account_number = known.account_number
    LEFT JOIN listed_rates ON listed_rates.product_code = known.product_code AND listed_rates.currency_code = known.currency_code;

    INSERT INTO accounts
    SELECT DISTINCT ON (telling.source_system, account_number) accounts.* REPLACE (telling.source_system AS source_system)
    FROM accounts CROSS JOIN telling_systems telling ORDER BY account_system
"""

# Whoever is told of twice counts as the worse.
RATINGS = """
    SELECT DISTINCT ON (customer_number) customer_number, rating, probability_of_default_e8 AS probability_of_default,
        loss_given_default_e8 AS loss_given_default
    FROM {view} {of_customers}
    ORDER BY probability_of_default_e8 DESC NULLS LAST, loss_given_default_e8 DESC NULLS LAST, rating
"""
CLASSES = """
    SELECT DISTINCT ON (account_number) account_number, class AS loan_class, overdue_days
    FROM {view} ORDER BY overdue_days DESC, class
"""

# By day and currency: the last rate in the home currency that is known by then.
RATES = f"""
    CREATE OR REPLACE TEMP TABLE rates AS
    WITH told AS (
        SELECT day, currency_code, arg_max(exchange_rate_e8, feed) AS exchange_rate_e8
        FROM {{view}}
        WHERE quote_currency_code = getvariable('home') AND currency_code <> getvariable('home')
            AND exchange_rate_e8 BETWEEN 1 AND {_RATE_MAX}
        GROUP BY day, currency_code
    ), known AS (
        SELECT rate_days.day, currency_code, arg_max(exchange_rate_e8, told.day) AS exchange_rate_e8
        FROM rate_days JOIN told ON told.day <= rate_days.day
        GROUP BY rate_days.day, currency_code
        UNION ALL
        SELECT day, getvariable('home'), {_RATE_ONE} FROM rate_days
    )
    SELECT day, currency_code, exchange_rate_e8, exchange_rate_e8::DECIMAL(38, 0) * {{home_factor}}::DECIMAL(38, 0) AS factor,
        ({_RATE_ONE} * 10::HUGEINT ** coalesce(digits, 2))::DECIMAL(38, 0) AS divisor
    FROM known LEFT JOIN fractions USING (currency_code)
"""

# By day since the first curve, and by every tenor that any curve names: at the nearest tenor that is not longer, or the shortest.
PRICES = """
    CREATE OR REPLACE TEMP TABLE prices AS
    WITH told AS (
        SELECT day, currency_code, tenor_days, arg_max(ftp_rate_e8, feed) AS ftp_rate_e8
        FROM {view} WHERE day <= getvariable('last_day')
        GROUP BY day, currency_code, tenor_days
    ), curves AS (
        SELECT day, currency_code, tenors.tenor_days AS ftp_tenor_days,
            coalesce(
                arg_max(ftp_rate_e8, told.tenor_days) FILTER (told.tenor_days <= tenors.tenor_days),
                arg_min(ftp_rate_e8, told.tenor_days)
            ) AS ftp_rate_e8
        FROM told CROSS JOIN (SELECT DISTINCT tenor_days FROM told) tenors
        GROUP BY day, currency_code, tenors.tenor_days
    ), currencies AS (
        SELECT currency_code, min(day) AS first_day FROM told GROUP BY currency_code
    ), dates AS (
        SELECT unnest(generate_series((SELECT min(day) FROM told), getvariable('last_day'), INTERVAL 1 DAY))::DATE AS price_date
    ), current AS (
        SELECT price_date, wanted.currency_code, coalesce(day, first_day) AS day
        FROM (FROM dates CROSS JOIN currencies) wanted
        ASOF LEFT JOIN (SELECT DISTINCT day, currency_code FROM told) stands
            ON stands.currency_code = wanted.currency_code AND stands.day <= wanted.price_date
    )
    SELECT currency_code, price_date, ftp_tenor_days, ftp_rate_e8 FROM current JOIN curves USING (currency_code, day)
"""

TENORS = f"""
    CREATE OR REPLACE TEMP TABLE tenors AS
    SELECT tenor_days, coalesce(ftp_tenor_days, (SELECT min(ftp_tenor_days) FROM prices)) AS ftp_tenor_days
    FROM (SELECT unnest(range({DAYS_MAX} + 1)) AS tenor_days) wanted
    ASOF LEFT JOIN (SELECT DISTINCT ftp_tenor_days FROM prices) named ON named.ftp_tenor_days <= wanted.tenor_days
"""
