"""The nets for leaks, tried on columns that are known to look ahead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from services.analytics.engine.learning.leaks import LOOKS_AHEAD, Leak, find
from tests.backtest import berka
from tests.backtest.data_sets import matrix

_WORDS = {
    LOOKS_AHEAD: "looks beyond the date",
    "PREDICTS_ALONE": "alone an AUC of {auc:.3f}",
    "PREDICTS_AS_RATIO": "together an AUC of {auc:.3f}",
}


def declared(folder: Path) -> tuple[Leak, ...]:
    """What is refused of Berka's derived columns by what they say of themselves."""
    columns = berka.derived(folder)
    names = [*berka.KNOWN_UNTIL]
    found = find(
        matrix(columns, names), np.asarray(columns["churned"]), names,
        as_of_date=berka.AS_OF_DATE, known_until=berka.KNOWN_UNTIL, ratios=False,
    )  # fmt: skip
    rows = berka.mart(folder)
    mart = find(
        matrix(rows, berka.MART), np.asarray(rows["churned"]), berka.MART,
        as_of_date=berka.AS_OF_DATE, known_until=berka.KNOWN_UNTIL_MART, ratios=False,
    )  # fmt: skip
    return (*found, *mart)


def undeclared(folder: Path) -> tuple[Leak, ...]:
    """What is found of the canaries if nobody says until when they look: by what they foresee alone, or two together."""
    columns = berka.derived(folder)
    names = [*berka.CANARIES, "avg_balance_obs", "balance_last", "tx_count_1997"]
    return find(matrix(columns, names), np.asarray(columns["churned"]), names)


def told(folder: Path) -> dict[str, Any]:
    """Both, in words."""
    return {
        "declared": sorted({name for leak in declared(folder) for name in leak.names}),
        "undeclared": [f"{' / '.join(leak.names)}: {_WORDS[leak.reason].format(auc=leak.auc)}" for leak in undeclared(folder)],
    }
