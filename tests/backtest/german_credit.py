"""Statlog German Credit: a thousand loans of a German bank, of which three in ten went bad."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.backtest.data_sets import DataSet, flags, matrix, read, steps

EXCLUDED = {
    "column08": "marital status and sex: no ground for a decision",
    "column19": "foreign worker: no ground for a decision",
}
FEATURES = {
    "account": steps("column00", ["A11", "A12", "A13"]),
    "no_account": "column00 = 'A14'",
    "months": "column01",
    "history": steps("column02", ["A30", "A31", "A32", "A33", "A34"]),
    **flags("column03", ["A40", "A41", "A42", "A43", "A46", "A49"], "purpose"),
    "amount": "column04",
    "savings": steps("column05", ["A61", "A62", "A63", "A64"]),
    "employed": steps("column06", ["A71", "A72", "A73", "A74", "A75"]),
    "instalment_of_income": "column07",
    **flags("column09", ["A102", "A103"], "with"),
    "residence": "column10",
    "property": steps("column11", ["A121", "A122", "A123", "A124"]),
    "age": "column12",
    **flags("column13", ["A141", "A142"], "other_plan"),
    **flags("column14", ["A151", "A152"], "housing"),
    "credits": "column15",
    "job": steps("column16", ["A171", "A172", "A173", "A174"]),
    "liable": "column17",
    "telephone": "column18 = 'A192'",
    "amount_a_month": "column04 / column01",
}


def load(folder: Path) -> DataSet:
    """1,000 rows."""
    columns = read(folder / "credit" / "german.data", FEATURES, EXCLUDED, "column20 = 2", sep=" ", header=False)
    return DataSet(
        name="German credit",
        source="UCI Statlog (Hofmann; CC BY 4.0)",
        names=tuple(FEATURES),
        features=matrix(columns, list(FEATURES)),
        target=np.asarray(columns["target"]),
        excluded=EXCLUDED,
        public="AUC 0.76-0.80",
        repeats=3,
    )
