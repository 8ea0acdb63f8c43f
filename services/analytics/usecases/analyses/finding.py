"""The stages of an analysis that leave files: each writes what is not there yet.

A stage answers what it used or found that is to be kept, and whether it goes on in another step.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.analytics.usecases.analyses import exporting, keeping, planning
from services.analytics.usecases.analyses.planning import Plan
from services.analytics.usecases.settings import SPARK
from services.chassis.kernel.dates import moved
from services.chassis.kernel.money import fraction_digits
from services.chassis.lake import folders
from services.chassis.lake.folders import put_in_place
from services.chassis.longwork.task import Preparation

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_Said = tuple[dict[str, Any], bool]
# A folder beside the files while they are made.
_EXPORTED = "exported"


def export(preparation: Preparation, plan: Plan) -> None:
    """Brings customers and happenings out of the database, unless that is done."""
    plan.making.mkdir(parents=True, exist_ok=True)
    start = moved(plan.analysis.as_of_date, -plan.settings.look_back_days)
    folders.written(
        plan.lake.root,
        plan.making / _EXPORTED,
        lambda unfinished: exporting.write(preparation, start, plan.analysis.as_of_date, unfinished),
    )


def _days(connection: DuckDBPyConnection, plan: Plan) -> _Said:
    """Of the first month that is not there; nothing of a month is computed twice, whichever analysis reads it."""
    from services.analytics.engine import customer_days

    missing = [month for month in plan.months if not month.folder.is_dir()]
    if missing:
        month = missing[0]

        def write(folder: Path) -> None:
            customer_days.write_month(connection, plan.lake, month.inputs, folder, engine=_engine(connection, plan, folder))

        folders.written(plan.lake.root, month.folder, write)
    return {}, len(missing) > 1


def _standing(connection: DuckDBPyConnection, plan: Plan) -> _Said:
    from services.analytics.engine import standing

    inputs = standing.StandingInputs(
        as_of_date=plan.analysis.as_of_date,
        home_currency_code=plan.analysis.inputs["home_currency_code"],
        pins=planning.standing_pins(plan),
        orders_before=planning.orders_before(plan),
        exported=plan.making / _EXPORTED,
    )
    standing.write_standing(connection, plan.lake, inputs, plan.making)
    return {}, False


def _features(connection: DuckDBPyConnection, plan: Plan) -> _Said:
    """Of whom something new came; of the others what is known of them already."""
    from services.analytics.engine import features, inputs, touching

    touched, path = None, plan.making / "features.parquet"
    if plan.before_files:
        touched = plan.making / "touched.parquet"
        touching.write_touched(connection, _compared(plan), touched)
    given = inputs.FeatureInputs(
        as_of_date=plan.analysis.as_of_date,
        days=tuple(month.path for month in plan.months),
        customers=plan.making / "customers.parquet",
        accounts=plan.making / "accounts.parquet",
        standing_orders=plan.making / "standing_orders.parquet",
        happenings=plan.making / "happenings.parquet",
        rates=plan.making / "rates.parquet",
        contact_cycle_days=plan.settings.contact_cycle_days,
        history_days_min=plan.settings.history_days_min,
        aliases=plan.making / "aliases.parquet",
        movement_dates=planning.brought_dates(plan, "transactions"),
        online_dates=planning.brought_dates(plan, "ebanking_events"),
        touched=touched,
    )
    fresh = plan.making / "features_touched.parquet" if touched else path
    features.write_features(connection, given, fresh, engine=_engine(connection, plan, plan.making))
    if touched and plan.before_files:
        touching.write_merged(connection, fresh, plan.before_files.features, touched, path)
    return {}, False


def _relations(connection: DuckDBPyConnection, plan: Plan) -> _Said:
    from services.analytics.engine import relations

    relations.write_relations(
        connection,
        customers=plan.making / "customers.parquet",
        happenings=plan.making / "happenings.parquet",
        as_of_date=plan.analysis.as_of_date,
        path=plan.making / "relations.parquet",
    )
    return {}, False


def _signals(connection: DuckDBPyConnection, plan: Plan) -> _Said:
    from services.analytics.engine import signals

    files = keeping.Files(plan.making, {})
    digits = fraction_digits(plan.analysis.inputs["home_currency_code"])
    signals.write_signals(
        connection, files.features, plan.rules, plan.analysis.as_of_date, files.signals, minor_unit_digits=digits
    )
    return {"rules": sorted([rule.code, rule.version] for rule in plan.rules)}, False


def _scores(connection: DuckDBPyConnection, plan: Plan) -> _Said:
    """Of whom something new came, where the same model scored all others before."""
    from services.analytics.engine import touching
    from services.analytics.engine.learning import scoring

    files, path = keeping.Files(plan.making, {}), plan.making / "scores.parquet"
    same = plan.before is not None and plan.before.inputs.get("model_id") == plan.model_id and _same_rules(plan)
    if not same or plan.before_files is None:
        scoring.write_scores(connection, files.features, plan.model_folder, files.signals, path)
    else:
        fresh, touched = plan.making / "scores_touched.parquet", plan.making / "touched.parquet"
        scoring.write_scores(connection, plan.making / "features_touched.parquet", plan.model_folder, files.signals, fresh)
        touching.write_merged(connection, fresh, plan.before_files.scores, touched, path)
    return {"model_id": plan.model_id}, False


def _place(connection: DuckDBPyConnection, plan: Plan) -> _Said:
    """Gives the folder its name, with what is to be kept in it, and counts whom it is of."""
    from services.analytics.engine import touching
    from services.analytics.engine.customer_days import ISSUES_FILE

    place = keeping.folder(plan.lake, plan.analysis)
    if not place.is_dir():
        for name in ("features_touched.parquet", "scores_touched.parquet"):
            (plan.making / name).unlink(missing_ok=True)
        shutil.rmtree(plan.making / _EXPORTED, ignore_errors=True)
        put_in_place(plan.making, place, plan.lake.root)
    # A process that was killed once the folder had its name made all of it; what was made again goes.
    shutil.rmtree(plan.making, ignore_errors=True)
    return {
        "counts": touching.counts(connection, plan.files.features, place / "touched.parquet"),
        "issues": touching.issues(connection, [month.folder / ISSUES_FILE for month in plan.months]),
    }, False


STAGES: Mapping[str, Callable[[DuckDBPyConnection, Plan], _Said]] = {
    "days": _days,
    "standing": _standing,
    "features": _features,
    "relations": _relations,
    "signals": _signals,
    "scores": _scores,
    "place": _place,
}


def _same_rules(plan: Plan) -> bool:
    return plan.before is not None and plan.before.inputs.get("rules") == plan.used.get("rules")


def _compared(plan: Plan) -> list[tuple[Path, Path | None]]:
    """The files by whose rows a customer is touched, each with that of the analysis before."""
    assert plan.before_files is not None
    names = ("customers", "aliases", "accounts", "happenings", "standing_orders", "rates")
    pairs: list[tuple[Path, Path | None]] = [
        (plan.making / f"{name}.parquet", plan.before_files.folder / f"{name}.parquet") for name in names
    ]
    for month in plan.months:
        former = plan.before_files.months.get(month.month_date)
        if former != month.path:
            pairs.append((month.path, former))
    return pairs


def _engine(connection: DuckDBPyConnection, plan: Plan, folder: Path) -> Any:
    """The cluster that computes, over a folder that it sees; None where the connection itself does."""
    if plan.settings.engine != SPARK:
        return None
    from services.chassis.engines import spark, spark_sessions

    return spark.Spark(spark_sessions.session(plan.settings.spark_master_url, "workbench-analytics"), connection, folder)
