"""On public data leaving is foreseen no worse than it was, and columns that look ahead are refused: a part of the backtest."""

from __future__ import annotations

import numpy as np
import pytest

from services.analytics.engine.learning.estimators import LIGHTGBM, LOGISTIC, ONE_RULE
from services.analytics.engine.learning.leaks import LOOKS_AHEAD
from tests.backtest import (
    bank_churners,
    bank_marketing,
    berka,
    churn_modelling,
    german_credit,
    refusing,
    results,
    taiwan_default,
    trying,
)
from tests.backtest.data_sets import DataSet, read

FAST = {
    LIGHTGBM: [{"num_threads": 1, "trees": 90, "learning_rate": 0.12, "num_leaves": 8}],
    LOGISTIC: [{}],
    ONE_RULE: [{}],
}


def auc_of_one_fold(data_set: DataSet) -> float:
    """Learned from four fifths, tested on one."""
    _, seen, unseen = next(iter(trying._by_folds(data_set)))
    estimator = trying.chosen(data_set, LIGHTGBM, seen, FAST[LIGHTGBM])
    from services.analytics.engine.learning.measures import measured

    found = measured(data_set.target[unseen], estimator.predict(data_set.features[unseen]))
    # Of so few as are tested here chance alone makes some: of 200 about 0.07, of 2,000 about 0.02.
    assert found.calibration_error < 2 / len(unseen) ** 0.5
    return found.auc


@pytest.mark.parametrize(
    ("load", "rows", "floor", "ceiling"),
    [
        pytest.param(bank_churners.load, 10_127, 0.98, 1.0, id="BankChurners"),
        pytest.param(churn_modelling.load, 10_000, 0.84, 0.92, id="Churn_Modelling"),
        pytest.param(german_credit.load, 1_000, 0.72, 0.88, id="German"),
        pytest.param(berka.load, 4_057, 0.75, 0.88, id="Berka"),
    ],
)
def test_leaving_is_foreseen_and_not_too_well(shared_data, load, rows, floor, ceiling):
    data_set = load(shared_data)
    assert data_set.features.shape == (rows, len(data_set.names))
    assert floor < auc_of_one_fold(data_set) < ceiling


def test_the_larger_tables_are_read_whole(shared_data):
    marketing, taiwan = bank_marketing.load(shared_data), taiwan_default.load(shared_data)
    assert (len(marketing.target), int(marketing.target.sum())) == (41_188, 4_640)
    assert (len(taiwan.target), int(taiwan.target.sum())) == (30_000, 6_636)
    # 2008 is only learned from, and later months come in their order.
    assert (np.diff(marketing.stretches) >= 0).all()
    assert (marketing.stretches < marketing.first_tested).sum() == 27_690
    assert "duration" in marketing.excluded
    assert "duration" not in " ".join(bank_marketing.FEATURES.values())


def test_columns_that_look_ahead_are_refused(shared_data):
    leaks = refusing.declared(shared_data)
    found = {name for leak in leaks for name in leak.names}
    assert found >= {*berka.CANARIES, *berka.MART, "has_loan", "has_card"}
    assert all(leak.reason == LOOKS_AHEAD or leak.names == ("balance_ratio",) for leak in leaks)
    assert not found & set(berka.load(shared_data).names)


def test_canaries_are_found_where_nobody_says_until_when_they_look(shared_data):
    found = {leak.names for leak in refusing.undeclared(shared_data)}
    assert found == {("balance_ratio",), ("avg_balance_label", "avg_balance_obs")}


def test_loans_and_cards_of_the_year_to_foresee_are_in_others_flags(shared_data):
    """Why Berka's derived flags are not learned from: their own tables say when each loan and card began."""
    columns = berka.derived(shared_data)
    loans = np.ma.filled(np.ma.asarray(columns["loan_days"], dtype=float), np.nan)
    cards = np.ma.filled(np.ma.asarray(columns["card"], dtype=float), np.nan)
    assert int(np.asarray(columns["has_loan"]).sum()) - int((~np.isnan(loans)).sum()) == 110
    assert int(np.asarray(columns["has_card"]).sum()) - int((~np.isnan(cards)).sum()) == 364


def test_a_column_that_is_neither_used_nor_excluded_is_told(shared_data):
    path = shared_data / "churn" / "Churn_Modelling.csv.gz"
    with pytest.raises(ValueError, match="Surname"):
        read(path, churn_modelling.FEATURES, {"RowNumber": "", "CustomerId": ""}, "Exited = 1")


def small(**more) -> DataSet:
    random = np.random.default_rng(1)
    target = (random.random(600) < 0.3).astype(float)
    features = np.column_stack([target + random.normal(size=600), random.normal(size=600)])
    fields = {"public": "none", "excluded": {"number": "says nothing"}, "names": ("sign", "noise")} | more
    return DataSet(name="Small", source="here", features=features, target=target, **fields)


def test_by_time_nothing_is_learned_from_what_was_not_known_yet():
    stretches = np.arange(600) // 100
    splits = list(trying._by_time(small(stretches=stretches, first_tested=3, gap=2)))
    assert [int(stretches[unseen][0]) for _, _, unseen in splits] == [3, 4, 5]
    assert all(stretches[seen].max() == stretches[unseen].min() - 2 for _, seen, unseen in splits)


def test_by_folds_each_row_is_tested_once_by_what_was_not_learned_from_it():
    data_set = small(repeats=2)
    splits = list(trying._by_folds(data_set))
    for repeat in range(2):
        tested = np.concatenate([unseen for number, _, unseen in splits if number == repeat])
        assert sorted(tested) == list(range(600))
    assert all(not set(seen) & set(unseen) for _, seen, unseen in splits)
    rates = [data_set.target[unseen].mean() for _, _, unseen in splits]
    assert max(rates) - min(rates) < 0.02


def test_the_table_stands_between_its_marks_and_nothing_else_changes(tmp_path):
    result = results.result_of(trying.tried(small(), choices=FAST))
    assert result["kinds"][LIGHTGBM]["measures"]["auc"]["value"] > 0.65
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{results.BEGIN}\nformer words\n{results.END}\nafter\n")
    results.saved(results.markdown([result], ["", "more"]), readme)
    text = readme.read_text()
    assert text.startswith(f"before\n{results.BEGIN}\n| data ")
    assert text.endswith(f"more\n{results.END}\nafter\n")
    assert "former words" not in text
    assert "number: says nothing" in text
