"""Scores all customers of an analysis: by a model, or, where the bank has none, by the signs that are there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.analytics.engine.learning import rows
from services.analytics.engine.learning.estimators import Estimator

if TYPE_CHECKING:
    import numpy as np
    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray

REASONS_MAX = 5
# At a time: their features are some forty MB.
BATCH_ROWS = 100_000
# Reasons are worked out of whoever is likelier to leave than so many times the base rate: of others nobody asks why they stay,
# and an explanation costs a hundred times what an estimate does.
EXPLAINED_FROM = 1.5
# By the rules: how probable leaving is without a sign, and by a sign of severity 1, 2 and 3 alone. An assumption by which
# customers are ranked until there is a model, no experience of any bank.
BASE_PROBABILITY = 0.02
SIGN_PROBABILITIES = (0.05, 0.15, 0.35)
_PLACES = 6


def write_scores(connection: DuckDBPyConnection, features: Path, model_folder: Path | None, signals: Path, path: Path) -> None:
    """One row a customer, in the order of the features: `engine.tables.SCORES`.

    Who is thin has no probability. What would go is what he has now, and what is to be expected of it is that times the
    probability, rounded half to even. By the rules (no folder) signs count as if each alone let him go.
    """
    if model_folder is None:
        _write_by_rules(connection, features, signals, path)
    else:
        _write_by_model(connection, features, Estimator.load(model_folder), model_folder.name, path)


# Of a sign the reasons are the features that it stands on; each bears what the sign adds.
_BY_RULES = """
COPY (
WITH signs AS (
    SELECT customer_number, signal_code, severity, evidence, [{probabilities}][least(greatest(severity, 1), 3)] AS probability
    FROM {signals}
),
named AS (
    SELECT customer_number, probability, unnest(json_keys(evidence, '$.features')) AS feature, evidence
    FROM signs
),
reasons AS (
    SELECT customer_number, feature, any_value(json_extract(evidence, '$.features.' || feature)) AS value,
        max(probability) AS contribution
    FROM named GROUP BY customer_number, feature
),
ranked AS (
    SELECT *, row_number() OVER (PARTITION BY customer_number ORDER BY contribution DESC, feature) AS place FROM reasons
),
told AS (
    SELECT customer_number, to_json(list(struct_pack(feature, value, contribution) ORDER BY place))::VARCHAR AS reasons
    FROM ranked WHERE place <= {reasons_max} GROUP BY customer_number
),
added AS (
    SELECT customer_number, product(1 - probability) AS stays FROM signs GROUP BY customer_number
)
SELECT customer_number, customer_id, '' AS model_id, probability, value_at_risk,
    round_even(coalesce(probability, 0) * value_at_risk, 0)::BIGINT AS expected_loss, coalesce(reasons, '[]') AS reasons
FROM (
    SELECT customer_number, customer_id, greatest(coalesce(assets_now, 0), 0)::BIGINT AS value_at_risk,
        CASE WHEN NOT thin THEN round(1 - (1 - {base}) * coalesce(stays, 1), {places}) END AS probability, reasons
    FROM {features} LEFT JOIN added USING (customer_number) LEFT JOIN told USING (customer_number)
) ORDER BY customer_number
) TO {path} (FORMAT parquet, COMPRESSION zstd)
"""


def _write_by_rules(connection: DuckDBPyConnection, features: Path, signals: Path, path: Path) -> None:
    connection.execute(
        _BY_RULES.format(
            probabilities=", ".join(f"{each}::DOUBLE" for each in SIGN_PROBABILITIES),
            signals=f"read_parquet({_quoted(signals)})",
            features=f"read_parquet({_quoted(features)})",
            reasons_max=REASONS_MAX,
            base=BASE_PROBABILITY,
            places=_PLACES,
            path=_quoted(path),
        )
    )


def _write_by_model(connection: DuckDBPyConnection, features: Path, estimator: Estimator, model_id: str, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetWriter(path, _schema(), compression="zstd") as writer:
        more = ("customer_number", "customer_id", "thin", "greatest(coalesce(assets_now, 0), 0)::BIGINT")
        for matrix, columns in rows.batches(connection, features, estimator.names, more, BATCH_ROWS):
            number, customer, thin, at_risk = columns.values()
            known = ~thin.to_numpy(zero_copy_only=False).astype(bool)
            probability, reasons = _estimated(estimator, matrix, known)
            value = at_risk.to_numpy()
            writer.write_batch(
                pa.record_batch(
                    [
                        number,
                        customer,
                        pa.array([model_id] * len(value)),
                        pa.array(probability, mask=~known),
                        at_risk,
                        pa.array(_expected(probability, value, known)),
                        reasons,
                    ],
                    schema=_schema(),
                )
            )


def _estimated(estimator: Estimator, matrix: NDArray[np.float64], known: NDArray[np.bool_]) -> tuple[NDArray[np.float64], Any]:
    import numpy as np
    import pyarrow as pa

    probability = np.zeros(len(matrix))
    if known.any():
        probability[known] = np.round(estimator.predict(matrix[known]), _PLACES)
    explained = np.flatnonzero(known & (probability >= EXPLAINED_FROM * estimator.base_rate))
    texts = np.full(len(matrix), "[]", dtype=object)
    if len(explained):
        reasons = estimator.reasons(matrix[explained], REASONS_MAX)
        values = np.take_along_axis(matrix[explained], np.maximum(reasons.features, 0), axis=1)
        texts[explained] = _texts(estimator.names, reasons.features, values, reasons.contributions)
    return probability, pa.array(texts, pa.string())


def _texts(
    names: tuple[str, ...], features: NDArray[np.int64], values: NDArray[np.float64], contributions: NDArray[np.float64]
) -> NDArray[Any]:
    """The reasons of many rows as JSON, column by column: a row's text is its parts set side by side."""
    import numpy as np

    labels = np.array([f'{{"feature": "{name}", "value": ' for name in names], dtype=object)
    rows_count, top = features.shape
    answer = np.full(rows_count, "", dtype=object)
    for place in range(top):
        there = features[:, place] >= 0
        number = values[there, place]
        shown = np.where(np.isnan(number), "null", _decimals(number))
        part = labels[features[there, place]] + shown.astype(object) + ', "contribution": '
        answer[there] += (", " if place else "") + part + _decimals(contributions[there, place]).astype(object) + "}"
    return "[" + answer + "]"


def _decimals(numbers: NDArray[np.float64]) -> NDArray[Any]:
    import numpy as np

    rounded = np.round(numbers, _PLACES) + 0.0
    whole = rounded == np.round(rounded)
    return np.where(whole, np.char.mod("%d", np.where(whole, rounded, 0.0)), np.char.mod(f"%.{_PLACES}f", rounded))


def _expected(probability: NDArray[np.float64], value: NDArray[np.int64], known: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Half to even, and exact: a probability has six places, so that whole numbers do (Python's, where 64 bits would not)."""
    import numpy as np

    millionths = np.where(known, np.rint(probability * 10**_PLACES), 0).astype(np.int64)
    # Below that the product of both stays within 64 bits.
    small = value < 2**63 // 10**_PLACES // 2
    answer = _half_even(np.where(small, value, 0) * millionths)
    for place in np.flatnonzero(~small):
        answer[place] = int(_half_even(np.array([int(value[place]) * int(millionths[place])], dtype=object))[0])
    return answer


def _half_even(product: NDArray[Any]) -> NDArray[Any]:
    unit = 10**_PLACES
    whole, rest = product // unit, product % unit
    up = (2 * rest > unit) | ((2 * rest == unit) & (whole % 2 == 1))
    return whole + up  # type: ignore[no-any-return]


def _schema() -> Any:
    import pyarrow as pa

    return pa.schema(
        {
            "customer_number": pa.string(),
            "customer_id": pa.string(),
            "model_id": pa.string(),
            "probability": pa.float64(),
            "value_at_risk": pa.int64(),
            "expected_loss": pa.int64(),
            "reasons": pa.string(),
        }
    )


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
