"""Taiwan default: card holders of a bank in October 2005 by six months of status, bill and payment."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.backtest.data_sets import DataSet, matrix, read

EXCLUDED = {"ID": "a number without meaning", "SEX": "no ground for a decision"}
_MONTHS = range(1, 7)
_STATUS = [f"PAY_{month}" for month in (0, 2, 3, 4, 5, 6)]
FEATURES = {
    "limit": "LIMIT_BAL",
    "education": "EDUCATION",
    "marriage": "MARRIAGE",
    "age": "AGE",
    **{f"status_{month}": name for month, name in zip(_MONTHS, _STATUS, strict=True)},
    **{f"bill_{month}": f"BILL_AMT{month}" for month in _MONTHS},
    **{f"paid_{month}": f"PAY_AMT{month}" for month in _MONTHS},
    **{f"used_{month}": f"BILL_AMT{month} / LIMIT_BAL" for month in _MONTHS},
    # What was paid of the bill before.
    **{f"paid_share_{month}": f"PAY_AMT{month} / nullif(greatest(BILL_AMT{month + 1}, 0), 0)" for month in range(1, 6)},
    "status_worst": f"greatest({', '.join(_STATUS)})",
    "months_late": " + ".join(f"CAST({name} > 0 AS INTEGER)" for name in _STATUS),
    "status_sum": " + ".join(f"greatest({name}, 0)" for name in _STATUS),
    "paid_all": " + ".join(f"PAY_AMT{month}" for month in _MONTHS),
    "paid_all_of_limit": f"({' + '.join(f'PAY_AMT{month}' for month in _MONTHS)}) / LIMIT_BAL",
    "used_mean": f"({' + '.join(f'BILL_AMT{month}' for month in _MONTHS)}) / 6 / LIMIT_BAL",
}


def load(folder: Path) -> DataSet:
    """30,000 rows."""
    columns = read(folder / "credit" / "UCI_Credit_Card.csv.gz", FEATURES, EXCLUDED, '"Default" = 1')
    return DataSet(
        name="Taiwan default",
        source="UCI Default of Credit Card Clients (Yeh & Lien 2009; CC BY 4.0)",
        names=tuple(FEATURES),
        features=matrix(columns, list(FEATURES)),
        target=np.asarray(columns["target"]),
        excluded=EXCLUDED,
        public="AUC 0.78 (more than 0.81 is suspicious)",
    )
