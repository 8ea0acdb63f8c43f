"""Churn_Modelling: course data of a bank in three countries; where it comes from is not known."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.backtest.data_sets import DataSet, flags, matrix, read

EXCLUDED = {"RowNumber": "the row's place", "CustomerId": "a number without meaning", "Surname": "a name is no reason"}
FEATURES = {
    "credit_score": "CreditScore",
    **flags("Geography", ["France", "Germany", "Spain"], "country"),
    "woman": "Gender = 'Female'",
    "age": "Age",
    "tenure": "Tenure",
    "balance": "Balance",
    "no_balance": "Balance = 0",
    "products": "NumOfProducts",
    "card": "HasCrCard",
    "active": "IsActiveMember",
    "salary": "EstimatedSalary",
}


def load(folder: Path) -> DataSet:
    """10,000 rows."""
    path = folder / "churn" / "Churn_Modelling.csv.gz"
    columns = read(path, FEATURES, EXCLUDED, "Exited = 1")
    return DataSet(
        name="Churn_Modelling",
        source="SuperDataScience course data",
        names=tuple(FEATURES),
        features=matrix(columns, list(FEATURES)),
        target=np.asarray(columns["target"]),
        excluded=EXCLUDED,
        public="accuracy 0.87",
        repeats=1,
    )
