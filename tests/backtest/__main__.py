"""`make backtest`: how well leaving is foreseen, on public data and on the demonstration bank; saved in the service's README.

`python -m tests.backtest german_credit berka` computes those anew, and takes the others from the run before.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.backtest import (
    bank_churners,
    bank_marketing,
    berka,
    berka_movements,
    churn_modelling,
    demonstration,
    german_credit,
    refusing,
    results,
    taiwan_default,
)
from tests.backtest.data_sets import DataSet
from tests.backtest.demonstration import Caught, SignPrecision
from tests.backtest.trying import tried

BUILD = Path(__file__).parents[2] / "build" / "backtest"
DATA = Path(os.environ.get("WORKBENCH_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
PUBLIC: Mapping[str, Callable[[Path], DataSet]] = {
    "bank_churners": bank_churners.load,
    "churn_modelling": churn_modelling.load,
    "bank_marketing": bank_marketing.load,
    "german_credit": german_credit.load,
    "taiwan_default": taiwan_default.load,
    "berka": berka.load,
    "berka_movements": berka_movements.load_apart,
}
SIMULATED, LEAKS = "demonstration", "leaks"


def run(console: Console, wanted: Sequence[str]) -> None:
    """Computes what is wanted, and makes the table of all that there is."""
    for name in (*PUBLIC, SIMULATED, LEAKS):
        if name in wanted or results.kept(BUILD, name) is None:
            began = time.monotonic()
            results.keep(BUILD, name, _computed(name))
            console.print(f"{name}: {time.monotonic() - began:.0f} s")
    tables = [_kept(name) for name in (*PUBLIC, SIMULATED)]
    more = [*_simulated_words(_kept(SIMULATED)), *_leak_words(_kept(LEAKS))]
    results.printed(console, tables)
    console.print("\n".join(more), soft_wrap=True)
    results.saved(results.markdown(tables, more))


def _kept(name: str) -> dict[str, Any]:
    found = results.kept(BUILD, name)
    assert found is not None
    return found


def _computed(name: str) -> dict[str, Any]:
    if name == LEAKS:
        return refusing.told(DATA)
    if name in PUBLIC:
        return results.result_of(tried(PUBLIC[name](DATA)))
    folder = BUILD / "bank"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    found = demonstration.demonstrate(folder)
    shutil.rmtree(folder)
    return {
        **results.result_of(found.tried),
        "customers": demonstration.CUSTOMERS,
        "caught": [_caught(each) for each in found.caught],
        "signs": [_sign(each) for each in found.signs],
    }


def _caught(each: Caught) -> list[str]:
    lead = "-" if each.warned == 0 else f"{each.median_lead_days:.0f} days"
    return [
        each.ranked_by, f"{each.called:,}", f"{each.warned} of {each.lost}", lead, f"{each.timely_share:.0%}",
        f"{each.caught_share:.0%}", f"{each.precision:.1%}",
    ]  # fmt: skip


def _sign(each: SignPrecision) -> list[str]:
    return [each.code, f"{each.count:,}", f"{each.lost / each.count:.0%}", f"{each.lost / each.count / each.base_rate:.1f}"]


def _simulated_words(result: Mapping[str, Any]) -> list[str]:
    simulated = (
        f"**Simulated**: the demonstration bank ({result['customers']:,} customers, two years), whose truth is known. Each week "
        f"{demonstration.CALLS_PER_THOUSAND} of 1,000 customers are called, nobody twice within {demonstration.COOLING_OFF_DAYS} "
        f"days. A call counts for a loss within {demonstration.LOSS_WITHIN_DAYS} days after it; a balance is caught as far as "
        "it was still there on the day of the call."
    )
    headings = (
        "who is called", "calls", "warned of before the loss", "median lead",
        f"of all lost, {demonstration.TIMELY_DAYS} days ahead", "lost balance caught", "calls that were right",
    )  # fmt: skip
    signs = (
        "Precision per sign (simulated): of the customers of whom it held on a date, those lost within "
        f"{demonstration.LOSS_WITHIN_DAYS} days, and how many times as many as of all."
    )
    return [
        "",
        simulated,
        "",
        f"| {' | '.join(headings)} |",
        "|---|---:|---:|---:|---:|---:|---:|",
        *(f"| {' | '.join(row)} |" for row in result["caught"]),
        "",
        signs,
        "",
        "| sign | held | lost | times the base rate |",
        "|---|---:|---:|---:|",
        *(f"| `{code}` | {' | '.join(rest)} |" for code, *rest in result["signs"]),
    ]


def _leak_words(result: Mapping[str, Any]) -> list[str]:
    refused = ", ".join(f"`{name}`" for name in result["declared"])
    words = (
        f"**Canaries**: of Berka's derived columns and of the data mart are refused, by the day until which they look: {refused}."
        f" With nothing declared the nets still find: {'; '.join(result['undeclared'])}."
    )
    return ["", words]


if __name__ == "__main__":
    run(Console(width=180, highlight=False), sys.argv[1:] or (*PUBLIC, SIMULATED, LEAKS))
