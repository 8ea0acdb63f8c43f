"""A public table as it is learned from: which columns, which not and why, and how it is split."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

# Feature -> expression over the file's columns.
Expressions = Mapping[str, str]


@dataclass(frozen=True)
class DataSet:
    """Rows to learn from, in the file's order."""

    name: str
    # Who is to be thanked for the data.
    source: str
    names: tuple[str, ...]
    # Rows by features, NaN where a value is missing.
    features: np.ndarray
    target: np.ndarray
    # Column of the file -> why nothing is learned from it.
    excluded: Mapping[str, str]
    # What others state on it.
    public: str
    # Feature -> +1 or -1 where the probability may only rise or fall with it.
    directions: Mapping[str, int] = field(default_factory=dict)
    # By row the number of the stretch of time in which it lies; None where there is no time.
    stretches: np.ndarray | None = None
    # The first stretch that is tested; those before are only learned from.
    first_tested: int = 0
    # So many stretches before the tested one had no outcome yet: the next one before them is the last that is learned from.
    gap: int = 1
    # By row whom it is about, where somebody has several.
    clusters: np.ndarray | None = None
    # By row what would be lost.
    values: np.ndarray | None = None
    # Cross-validations, where there is no time.
    repeats: int = 1
    note: str = ""

    @property
    def monotonic(self) -> list[int]:
        """By feature its direction."""
        return [self.directions.get(name, 0) for name in self.names]

    def without(self, *names: str) -> DataSet:
        """The same without some features."""
        kept = [index for index, name in enumerate(self.names) if name not in names]
        values = {**self.__dict__, "names": tuple(self.names[index] for index in kept), "features": self.features[:, kept]}
        return DataSet(**values)


def flags(column: str, values: Sequence[str], prefix: str = "") -> dict[str, str]:
    """One feature for each value that a column takes."""
    return {f"{prefix or column}_{value}": f"CAST({column} = '{value}' AS INTEGER)" for value in values}


def steps(column: str, values: Sequence[str]) -> str:
    """The place of a value in its order, NULL for others."""
    return f"list_position([{', '.join(repr(value) for value in values)}], {column})"


def read(path: Path, expressions: Expressions, excluded: Mapping[str, str], target: str, **options: Any) -> dict[str, np.ndarray]:
    """Features and target of a CSV file. Raises ValueError for a column that is neither used nor excluded: none is overlooked."""
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        # One thread reads in the file's order.
        rows = connection.read_csv(str(path), **options)
        used = set(re.findall(r"\w+", " ".join([*expressions.values(), target]).replace('"', " ")))
        unknown = [name for name in rows.columns if name not in excluded and name not in used and not _quoted(name, expressions)]
        if unknown:
            raise ValueError(f"{path.name}: {unknown} is neither used nor excluded")
        columns = ", ".join(f'CAST({text} AS DOUBLE) AS "{name}"' for name, text in expressions.items())
        return dict(rows.query("given", f"SELECT {columns}, CAST({target} AS DOUBLE) AS target FROM given").fetchnumpy())


def _quoted(name: str, expressions: Expressions) -> bool:
    return any(f'"{name}"' in text for text in expressions.values())


def matrix(columns: Mapping[str, Any], names: Sequence[str]) -> np.ndarray:
    """Columns side by side, NaN where a value is missing."""
    return np.column_stack([np.ma.filled(np.ma.asarray(columns[name], dtype=float), np.nan) for name in names])
