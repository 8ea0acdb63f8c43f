"""Bank Marketing: phone contacts of a Portuguese bank, May 2008 to November 2010, in the order of their dates."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.backtest.data_sets import DataSet, flags, matrix, read, steps

EXCLUDED = {"duration": "known only when the call is over"}
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_JOBS = (
    "admin.", "blue-collar", "technician", "services", "management", "retired", "entrepreneur", "self-employed", "housemaid",
    "unemployed", "student",
)  # fmt: skip
FEATURES = {
    "age": "age",
    **flags("job", _JOBS),
    **flags("marital", ["married", "single", "divorced"]),
    "education": steps(
        "education",
        ["illiterate", "basic.4y", "basic.6y", "basic.9y", "high.school", "professional.course", "university.degree"],
    ),
    "default": """"default" = 'unknown' """,
    "housing": "CASE housing WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END",
    "loan": "CASE loan WHEN 'yes' THEN 1 WHEN 'no' THEN 0 END",
    "cellular": "contact = 'cellular'",
    "month": steps('"month"', _MONTHS),
    "weekday": steps("day_of_week", ["mon", "tue", "wed", "thu", "fri"]),
    "calls": "campaign",
    "days_since": "nullif(pdays, 999)",
    "earlier_calls": "previous",
    "earlier_success": "poutcome = 'success'",
    "earlier_failure": "poutcome = 'failure'",
    "employment_change": '"emp.var.rate"',
    "prices": '"cons.price.idx"',
    "confidence": '"cons.conf.idx"',
    "euribor": "euribor3m",
    "employed": '"nr.employed"',
}
# Months of fewer calls are tested together with the next ones.
_CALLS_MIN = 2_000
# The months of 2008, seven of them, are only learned from.
_MONTHS_LEARNED = 7


def load(folder: Path) -> DataSet:
    """41,188 rows."""
    path = folder / "bank_marketing" / "bank-additional-full.csv.gz"
    columns = read(path, FEATURES, EXCLUDED, "y = 'yes'", sep=";")
    stretches, first_tested = _stretches(np.asarray(columns["month"], dtype=int))
    return DataSet(
        name="Bank Marketing",
        source="UCI Bank Marketing (Moro, Cortez & Rita 2014; CC BY 4.0)",
        names=tuple(FEATURES),
        features=matrix(columns, list(FEATURES)),
        target=np.asarray(columns["target"]),
        excluded=EXCLUDED,
        public="AUC 0.80 by later data",
        stretches=stretches,
        first_tested=first_tested,
    )


def _stretches(months: np.ndarray) -> tuple[np.ndarray, int]:
    """By row its month, counted from the first; months of few calls belong to the next. And the first that is tested."""
    runs = np.concatenate([[0], np.cumsum(months[1:] != months[:-1])])
    number, calls, place = 0, 0, np.zeros(runs[-1] + 1, dtype=int)
    first_tested = 0
    for run in range(runs[-1] + 1):
        if run == _MONTHS_LEARNED:
            number, calls = number + (calls > 0), 0
            first_tested = number
        place[run] = number
        calls += int((runs == run).sum())
        if calls >= _CALLS_MIN:
            number, calls = number + 1, 0
    return place[runs], first_tested
