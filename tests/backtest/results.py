"""What a run found, as one table: on the screen, and between two marks in the service's README."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from services.analytics.engine.learning.estimators import KINDS, LIGHTGBM
from tests.backtest.trying import Tried

README = Path(__file__).parents[2] / "services" / "analytics" / "README.md"
BEGIN, END = "<!-- make backtest -->", "<!-- make backtest: end -->"
HEADINGS = ("data", "kind", "AUC", "average precision", "lift, top tenth", "calibration error", "AUC above it")
_SHOWN = ("auc", "average_precision", "lift_top_decile", "calibration_error")
_KINDS = {"lightgbm": "LightGBM", "logistic": "logistic", "one_rule": "one rule"}


def result_of(tried: Tried) -> dict[str, Any]:
    """As JSON: what was tried, and how good each kind was."""
    data_set = tried.data_set
    timed = data_set.stretches is not None
    return {
        "name": data_set.name,
        "source": data_set.source,
        "rows": len(data_set.target),
        "tested": len(tried.tested),
        "base_rate": float(tried.target.mean()),
        "split": _split(tried, timed=timed),
        "public": data_set.public,
        "excluded": dict(data_set.excluded),
        "note": data_set.note,
        "kinds": {
            kind: {
                "measures": tried.measures(kind).as_json(),
                "accuracy": float(((tried.predicted[kind] >= 0.5) == (tried.target > 0.5)).mean()),
                "gain": None if kind == LIGHTGBM else tried.gain(LIGHTGBM, kind),
            }
            for kind in KINDS
        },
    }


def _split(tried: Tried, *, timed: bool) -> str:
    data_set = tried.data_set
    if timed:
        assert data_set.stretches is not None
        count = len(set(data_set.stretches[tried.tested].tolist()))
        return f"by time: {count} stretches, each by what was learned before"
    repeats = len(next(iter(tried.predicted.values())))
    return f"stratified 5-fold cross-validation{f', {repeats} times' if repeats > 1 else ''}"


def rows_of(result: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """By kind its line of the table."""
    for place, (kind, found) in enumerate(result["kinds"].items()):
        gain = "" if found["gain"] is None else _shown(dict(zip(("value", "low", "high"), found["gain"], strict=True)), 3)
        digits = {"lift_top_decile": 1}
        measures = [_shown(found["measures"][name], digits.get(name, 3)) for name in _SHOWN]
        yield (result["name"] if place == 0 else "", _KINDS[kind], *measures, gain)


def _shown(measure: Mapping[str, float | None], digits: int) -> str:
    if measure["value"] is None:
        return "-"
    return f"{measure['value']:.{digits}f} ({measure['low']:.{digits}f}, {measure['high']:.{digits}f})"


def printed(console: Console, results: Sequence[Mapping[str, Any]]) -> None:
    """The table, on the screen."""
    table = Table(title="Who leaves, foreseen: 95 % intervals by bootstrap")
    for place, heading in enumerate(HEADINGS):
        table.add_column(heading, justify="left" if place < 2 else "right")
    for result in results:
        for row in rows_of(result):
            table.add_row(*row)
        table.add_section()
    console.print(table)


def markdown(results: Sequence[Mapping[str, Any]], more: Sequence[str]) -> str:
    """The table and what belongs to it, as the README has it."""
    lines = ["| " + " | ".join(HEADINGS) + " |", "|---|---|" + "---:|" * (len(HEADINGS) - 2)]
    lines += ["| " + " | ".join(row) + " |" for result in results for row in rows_of(result)]
    words = (
        "In brackets: 95 % intervals (bootstrap; of whoever has several rows all are drawn together). The last column: by how "
        "much LightGBM's AUC is above that baseline's, on the same rows."
    )
    lines += [
        "",
        words,
        "",
        "| data | rows, of them positive | tested by | public figures | nothing is learned from |",
        "|---|---|---|---|---|",
    ]
    for result in results:
        accuracy = f"; accuracy here {result['kinds'][LIGHTGBM]['accuracy']:.3f}" if "accuracy" in result["public"] else ""
        excluded = "; ".join(f"{name}: {why}" for name, why in result["excluded"].items())
        lines.append(
            f"| {result['name']} ({result['source']}) | {result['tested']:,} of {result['rows']:,} tested, "
            f"{result['base_rate']:.1%} | {result['split']}{'; ' + result['note'] if result['note'] else ''} | "
            f"{result['public']}{accuracy} | {excluded} |"
        )
    return "\n".join([*lines, *more])


def saved(text: str, readme: Path = README) -> None:
    """Puts the text between the marks of the README, which are there."""
    whole = readme.read_text(encoding="utf-8")
    before, rest = whole.split(BEGIN)
    _, after = rest.split(END)
    readme.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


def keep(folder: Path, name: str, result: Mapping[str, Any]) -> None:
    """Keeps what was found, so that the table can be made again with another set's figures new."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def kept(folder: Path, name: str) -> dict[str, Any] | None:
    """What was found before; None where nothing was."""
    file = folder / f"{name}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
