"""Reconciliations: asked for, with the revisions that they read pinned; told; and their differences, page by page."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select
from workbench.integration.v1 import reconciliation_service_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotFound, RuleBroken
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.chassis.lake.lake import Lake, Pin
from services.chassis.lake.schemas import SCHEMAS
from services.chassis.longwork.asking import ask
from services.chassis.longwork.table import Operation
from services.integration.model.dataset import Dataset
from services.integration.model.reconciliation import Reconciliation, ReconciliationKind, source_of
from services.integration.usecases.dataset_reading import day_of
from services.integration.usecases.datasets import current_in

REBUILD = "integration.balances.rebuild"
RECONCILE = "integration.datasets.reconcile"
# Below the lake's root: sealed, as all is there that says something of a customer.
FOLDER = ".reconciliations"
DIFFERENCES = "differences.parquet"
RETENTION = timedelta(days=400)


def rebuild_balances(work: UnitOfWork, request: reconciliation_service_pb2.RebuildBalancesRequest) -> Reconciliation:
    """Asks for balances to be rebuilt from what the feeds' current datasets are now."""
    sources = _current_pins(work, "transactions", request.feeds, "feeds")
    others = select(Dataset).where(Dataset.feed == request.balances_feed).limit(1)
    taken = work.session.scalars(others).one_or_none()
    if taken and (taken.dataset, taken.source_system) != ("balances", sources[0].source_system):
        raise RuleBroken("FEED_TAKEN", "The balances' feed has datasets of another kind or source system.")
    if len({pin.source_system for pin in sources}) > 1:
        raise RuleBroken("SOURCE_SYSTEMS_DIFFER", "Transactions of two source systems make no account's balance.")
    return _asked(
        work,
        Reconciliation(
            **_identity(work, ReconciliationKind.BALANCES, "transactions"),
            left_feeds=list(request.feeds),
            right_feeds=[request.balances_feed],
            columns=[],
            shift_years=0,
            shift_days=0,
            tolerance_minor_units=request.tolerance_minor_units,
            left_sources=[source_of(pin) for pin in sources],
            right_sources=[],
        ),
        REBUILD,
    )


def reconcile_datasets(work: UnitOfWork, request: reconciliation_service_pb2.ReconcileDatasetsRequest) -> Reconciliation:
    """Asks for two sides to be compared as their current datasets are now."""
    schema = SCHEMAS.get(request.dataset)
    if schema is None:
        raise InvalidInput("DATASET_UNKNOWN", "There is no such canonical dataset.")
    if unknown := sorted(set(request.columns) - {"business_date", *schema.names}):
        violation = FieldViolation("columns", f"There is no column {', '.join(unknown)}.")
        raise InvalidInput("COLUMN_UNKNOWN", "A column is not known.", violations=(violation,))
    return _asked(
        work,
        Reconciliation(
            **_identity(work, ReconciliationKind.DATASETS, request.dataset),
            left_feeds=list(request.left.feeds),
            right_feeds=list(request.right.feeds),
            columns=list(request.columns),
            shift_years=request.shift_years,
            shift_days=request.shift_days,
            tolerance_minor_units=request.tolerance_minor_units,
            left_sources=[source_of(pin) for pin in _range_pins(work, request.dataset, request.left, "left")],
            right_sources=[source_of(pin) for pin in _range_pins(work, request.dataset, request.right, "right")],
        ),
        RECONCILE,
    )


def get(work: UnitOfWork, reconciliation_id: str) -> Reconciliation:
    """The reconciliation; raises NotFound RECONCILIATION_NOT_FOUND."""
    found = work.session.get(Reconciliation, reconciliation_id.lower())
    if found is None:
        raise NotFound("RECONCILIATION_NOT_FOUND", "There is no such reconciliation.")
    return found


def ended(work: UnitOfWork, reconciliation_id: str) -> Reconciliation:
    """The same, once it has ended; raises RuleBroken RECONCILIATION_OPEN before."""
    found = get(work, reconciliation_id)
    if found.end_time is None:
        raise RuleBroken("RECONCILIATION_OPEN", "The reconciliation is under way, or did not end well; see its operation.")
    return found


def list_reconciliations(work: UnitOfWork, size: int, token: str) -> Page:
    """A page, the latest first."""
    size, statement = page_size(size), select(Reconciliation).order_by(Reconciliation.reconciliation_id.desc())
    if place := PageToken.decode(token, "reconciliations", keys=1):
        statement = statement.where(Reconciliation.reconciliation_id < place.keys[0])
    rows = work.session.scalars(statement.limit(size + 1)).all()
    return Page.of(rows, size, "reconciliations", lambda row: (row.reconciliation_id,))


def list_differences(work: UnitOfWork, request: reconciliation_service_pb2.ListDifferencesRequest) -> Page:
    """A page of what differs, as rows of `engine.differences.COLUMNS`."""
    # The engine is heavy: a process that is at rest does not carry it.
    from services.integration.engine import differences

    reconciliation = ended(work, request.reconciliation_id)
    query = f"differences|{reconciliation.reconciliation_id}|{sorted(request.kinds)}|{request.column_name}"
    size, place = page_size(request.page_size), PageToken.decode(request.page_token, query, keys=1)
    after = _number(place.keys[0]) if place else 0
    lake = work.database.lake
    with lake.connection() as connection:
        rows = differences.page(
            connection,
            url_of(lake, reconciliation.reconciliation_id, DIFFERENCES),
            after=after,
            size=size + 1,
            kinds=request.kinds,
            column_name=request.column_name,
        )
    return Page.of(rows, size, query, lambda row: (str(row[0]),))


def sources_sha256(reconciliation: Reconciliation) -> str:
    """Equal where the same revisions were read."""
    told = json.dumps([reconciliation.left_sources, reconciliation.right_sources], separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


def folder_of(lake: Lake, reconciliation_id: str) -> Path:
    """Where its files are."""
    return lake.root / FOLDER / reconciliation_id


def url_of(lake: Lake, reconciliation_id: str, name: str) -> str:
    """By which the engine reads and writes one of its files."""
    from services.chassis.lake.sealed_files import sealed_url

    return sealed_url(folder_of(lake, reconciliation_id) / name)


def begin_folder(lake: Lake, reconciliation_id: str) -> None:
    """An empty folder for its files: what an earlier try left is gone."""
    folder = folder_of(lake, reconciliation_id)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def _identity(work: UnitOfWork, kind: ReconciliationKind, dataset: str) -> dict[str, Any]:
    return {
        "reconciliation_id": work.new_id(),
        "kind": kind.value,
        "dataset": dataset,
        "create_time": work.now,
        "operation_id": "",
    }


def _asked(work: UnitOfWork, reconciliation: Reconciliation, kind: str) -> Reconciliation:
    _forget_old(work)
    operation: Operation = ask(work, kind, {"reconciliation_id": reconciliation.reconciliation_id})
    reconciliation.operation_id = operation.operation_id
    work.session.add(reconciliation)
    work.resource = f"reconciliations/{reconciliation.reconciliation_id}"
    return reconciliation


def _forget_old(work: UnitOfWork) -> None:
    for old in work.session.scalars(select(Reconciliation).where(Reconciliation.create_time < work.now - RETENTION)):
        folder = folder_of(work.database.lake, old.reconciliation_id)
        work.after_commit.append(partial(shutil.rmtree, folder, ignore_errors=True))
        work.session.delete(old)


def _range_pins(work: UnitOfWork, dataset: str, asked: reconciliation_service_pb2.DatasetRange, field: str) -> Sequence[Pin]:
    start = day_of(asked.start_date, f"{field}.start_date") if asked.start_date else date.min
    end = day_of(asked.end_date, f"{field}.end_date") if asked.end_date else date.max
    return _current_pins(work, dataset, asked.feeds, f"{field}.feeds", start, end)


def _current_pins(
    work: UnitOfWork, dataset: str, feeds: Sequence[str], field: str, start: date = date.min, end: date = date.max
) -> Sequence[Pin]:
    pins = [found.pin for found in current_in(work, dataset, feeds, start, end)]
    if empty := sorted(set(feeds) - {pin.feed for pin in pins}):
        violation = FieldViolation(field, f"{', '.join(empty)} has no current dataset of {dataset} in that time.")
        raise InvalidInput("FEED_EMPTY", "A feed has nothing to compare.", violations=(violation,))
    return pins


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal():
        raise PageToken.refused()
    return int(text)
