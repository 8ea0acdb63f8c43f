"""Berka (PKDD'99): accounts of a Czech bank, features up to 1997 and whether the balance of 1998 fell, computed by others."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import numpy as np

from tests.backtest.data_sets import DataSet, matrix

AS_OF_DATE = date(1997, 12, 31)
AFTER = date(1998, 12, 31)
SOURCE = "PKDD'99 Discovery Challenge (Berka & Sochorová); features and labels of 1998: diyorislomov/berka-churn-capstone"

# The columns of the derived files by the last day they look at. Loans and cards of 1998 are in the flags: 110 of 631 and 364 of
# 807 were granted after 1997, as the dated tables show. Standing orders have no date: the table is a later snapshot.
_SEEN = (
    "tenure_days",
    "tx_count",
    "tx_amount_mean",
    "tx_amount_std",
    "balance_mean",
    "balance_min",
    "balance_last",
    "tx_count_per_year",
    "n_inhabitants",
    "n_muni_lt499",
    "n_muni_500_1999",
    "n_muni_2000_9999",
    "n_muni_gt10000",
    "n_cities",
    "urban_ratio",
    "avg_salary",
    "unemp_95",
    "unemp_96",
    "n_entrepreneurs_per1000",
    "crimes_95",
    "crimes_96",
    "tx_count_obs_avg_per_year",
    "tx_count_1997",
    "avg_balance_obs",
)
CANARIES = ("tx_count_label", "avg_balance_label", "balance_ratio")
KNOWN_UNTIL = {
    **dict.fromkeys(_SEEN, AS_OF_DATE),
    **dict.fromkeys((*CANARIES, "has_loan", "has_card"), AFTER),
}
# Of the data mart every figure is a mean of the whole time.
MART = ("Avg_Monthly_Credit", "Avg_Monthly_Debit", "Avg_Monthly_Balance", "Balance_Median_per_Month", "Avg_Monthly_Savings")
KNOWN_UNTIL_MART = dict.fromkeys(MART, AFTER)

EXCLUDED = {
    "account_id, district_id": "numbers without meaning",
    "tx_count_label, avg_balance_label, balance_ratio": "look into 1998 (the canaries)",
    "has_loan, has_card": "hold loans and cards of 1998: made anew from the dated tables",
    "n_orders, order_amount_sum": "of a later snapshot without dates",
    "client data mart": "means of the whole time, 1998 with it",
    "loan status, sex": "status is of a later day; sex is no ground for a decision",
}

# Beyond the files' own columns: what 1997 was against the time before it, and dated facts.
_FEATURES = {
    "monthly_statement": "frequency = 'POPLATEK MESICNE'",
    "last_of_1997": "balance_last / nullif(avg_balance_obs, 0)",
    "last_of_all": "balance_last / nullif(balance_mean, 0)",
    "mean_1997_of_all": "avg_balance_obs / nullif(balance_mean, 0)",
    "last_minus_1997": "balance_last - avg_balance_obs",
    "min_of_1997": "balance_min / nullif(avg_balance_obs, 0)",
    "count_1997_of_all": "tx_count_1997 / nullif(tx_count_obs_avg_per_year, 0)",
    "amount_of_balance": "tx_amount_mean / nullif(balance_mean, 0)",
    "deviation_of_balance": "tx_amount_std / nullif(avg_balance_obs, 0)",
    "amount_deviation": "tx_amount_std / nullif(tx_amount_mean, 0)",
    "turnover": "tx_count_1997 * tx_amount_mean / nullif(avg_balance_obs, 0)",
    "age": "age",
    "card": "card",
    "card_days": "card_days",
    "loan_days": "loan_days",
    "loan_runs": "loan_runs",
    "loan_months_left": "loan_months_left",
    "loan_payments_of_balance": "loan_payments / nullif(avg_balance_obs, 0)",
    "loan_amount_of_balance": "loan_amount / nullif(avg_balance_obs, 0)",
}
# One account's latest card and loan, and its owner, as of the end of 1997.
_ROWS = """
WITH card AS (
    SELECT account_id, max(list_position(['junior', 'classic', 'gold'], card.type)) AS card,
        max(DATE '1997-12-31' - CAST(strptime('19' || left(issued, 6), '%Y%m%d') AS DATE)) AS card_days
    FROM cards AS card JOIN dispositions USING (disp_id) WHERE left(issued, 2) < '98' GROUP BY account_id
), loan AS (
    SELECT account_id, max(DATE '1997-12-31' - began) AS loan_days,
        max(CAST(began + to_months(duration) > DATE '1997-12-31' AS INTEGER)) AS loan_runs,
        max(greatest(0, datediff('month', DATE '1997-12-31', began + to_months(duration)))) AS loan_months_left,
        max(payments) AS loan_payments, max(amount) AS loan_amount
    FROM (SELECT *, CAST(strptime('19' || "date", '%Y%m%d') AS DATE) AS began FROM loans) WHERE "date" < 980000
    GROUP BY account_id
), owner AS (
    SELECT account_id, 97 - birth_number // 10000 AS age
    FROM dispositions JOIN clients USING (client_id) WHERE type = 'OWNER'
)
SELECT *
FROM features JOIN labels USING (account_id) LEFT JOIN card USING (account_id) LEFT JOIN loan USING (account_id)
LEFT JOIN owner USING (account_id) ORDER BY account_id
"""


def load(folder: Path) -> DataSet:
    """4,057 accounts."""
    columns = derived(folder)
    names = (*_SEEN, *_FEATURES)
    return DataSet(
        name="Berka, 1993-97 → 1998",
        source=SOURCE,
        names=names,
        features=matrix(columns, names),
        target=np.asarray(columns["churned"], dtype=float),
        excluded=EXCLUDED,
        public="AUC 0.779, AP 0.262, lift 2.9",
        repeats=2,
        note="features end before labels begin; accounts are held out by folds",
    )


def derived(folder: Path) -> dict[str, np.ndarray]:
    """By column, everything that the derived files hold, the canaries with it, and our features."""
    berka = folder / "berka"
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        for name, file in {
            "features": "derived_churn_features_1993-1997.csv.gz",
            "labels": "derived_churn_labels_1998.csv.gz",
            "cards": "card.asc",
            "loans": "loan.asc",
            "dispositions": "disp.asc",
            "clients": "client.asc",
        }.items():
            rows = connection.read_csv(str(berka / file), sep=";" if file.endswith("asc") else ",")
            rows.query("given", f"CREATE TABLE {name} AS SELECT {'* EXCLUDE churned' if name == 'labels' else '*'} FROM given")
        numbers = {name: f'CAST("{name}" AS DOUBLE)' for name in (*_SEEN, *CANARIES, "has_loan", "has_card", "churned")}
        made = {name: f"CAST({text} AS DOUBLE)" for name, text in _FEATURES.items()}
        columns = ", ".join(f'{text} AS "{name}"' for name, text in {**numbers, **made}.items())
        return dict(connection.sql(f"SELECT {columns} FROM ({_ROWS})").fetchnumpy())


def mart(folder: Path) -> dict[str, np.ndarray]:
    """The data mart's figures of the accounts that have a label, by account, and that label."""
    berka = folder / "berka"
    with duckdb.connect() as connection:
        connection.read_csv(str(berka / "derived_client_datamart.csv.gz")).create_view("mart")
        connection.read_csv(str(berka / "derived_churn_labels_1998.csv.gz")).create_view("labels")
        columns = ", ".join(f"CAST({name} AS DOUBLE) AS {name}" for name in MART)
        return dict(
            connection.sql(
                f"SELECT {columns}, CAST(churned AS DOUBLE) AS churned FROM mart JOIN labels USING (account_id) "
                "WHERE type = 'OWNER' ORDER BY account_id"
            ).fetchnumpy()
        )
