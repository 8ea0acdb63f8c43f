"""Reads the files of datasets and compares them with the manifest, as long work: nothing else shows that a disk has forgotten."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from workbench.integration.v1 import dataset_service_pb2

from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.files import storage
from services.chassis.lake.lake import Lake, Part, Pin
from services.chassis.lake.packs import pack_folder
from services.chassis.lake.schemas import SCHEMAS
from services.chassis.lake.verification import Fault, faults_of, faults_of_files, faults_of_packed
from services.chassis.lake.watching import watched
from services.chassis.longwork.asking import ask
from services.chassis.longwork.table import Operation
from services.chassis.longwork.task import Preparation, Task, Work
from services.integration.model.dataset import Dataset, DatasetPack
from services.integration.usecases.dataset_reading import fitting

KIND = "integration.datasets.verify"
PERMISSION = "integration.dataset.manage"
# Read at once from the manifest, and looked at for about so long before what was found is kept.
DATASETS_PER_STEP = 200
STEP_SECONDS = 2.0
FAULTS_MAX = 10_000
FILE_NAME, MEDIA_TYPE = "dataset-faults.csv", "text/csv; charset=utf-8"
COLUMNS = ("feed", "business_date", "revision", "part", "reason", "description")


@dataclass(frozen=True, slots=True)
class Verified:
    """What a step looked at, in the order of their ids, and the faults of each that has some."""

    last_id: str
    count: int
    faults: list[tuple[Pin, Fault]]


def start(work: UnitOfWork, asked: dataset_service_pb2.DatasetFilter) -> Operation:
    """Asks for the datasets that fit to be verified."""
    total = work.session.scalar(select(func.count()).select_from(_kept(asked).subquery())) or 0
    operation = ask(work, KIND, {"filter": asked.SerializeToString(deterministic=True).hex()}, total=total)
    work.resource = f"operations/{operation.operation_id}"
    return operation


def verify(
    lake: Lake, datasets: Sequence[tuple[Dataset, DatasetPack | None]], beat: Callable[[], None], seconds: float
) -> Verified:
    """Looks at one dataset after the other, at least at one, for so long."""
    until = time.monotonic() + seconds

    def look(connection: Any) -> Verified:
        last_id, count, faults = "", 0, []
        packs_seen: set[str] = set()
        for dataset, pack in datasets:
            # A pack's files once a round, for all the datasets that are in it.
            unseen = pack if pack is not None and pack.place not in packs_seen else None
            packs_seen.add(dataset.pack_place)
            faults += [(dataset.pin, fault) for fault in _faults(lake, connection, dataset, unseen)]
            last_id, count = dataset.dataset_id, count + 1
            if time.monotonic() >= until:
                break
        return Verified(last_id, count, faults)

    return watched(lake, beat, look)


def _faults(lake: Lake, connection: Any, dataset: Dataset, pack: DatasetPack | None) -> list[Fault]:
    schema, pin = SCHEMAS[dataset.dataset], dataset.pin
    if not dataset.pack_place:
        return faults_of(lake, connection, schema, pin, [Part(**part) for part in dataset.parts], dataset.totals)
    found = faults_of_packed(lake, connection, schema, pin, dataset.rows, dataset.totals)
    if pack is not None:
        parts = [Part(**part) for part in pack.parts]
        found += faults_of_files(lake, connection, schema, pack_folder(lake, pack.feed, pack.place), parts)
    return found


def next_kept(
    work: UnitOfWork, asked: dataset_service_pb2.DatasetFilter, after_id: str
) -> list[tuple[Dataset, DatasetPack | None]]:
    """The next datasets whose files are kept, by their ids, each with the pack in which its rows are."""
    statement = _kept(asked).where(Dataset.dataset_id > after_id).order_by(Dataset.dataset_id).limit(DATASETS_PER_STEP)
    datasets = work.session.scalars(statement).all()
    places = {(pack.feed, pack.place): pack for pack in work.session.scalars(_packs_of(datasets))}
    return [(dataset, places.get((dataset.feed, dataset.pack_place))) for dataset in datasets]


def _look(preparation: Preparation, task: Task) -> Verified:
    with preparation.transaction() as work:
        asked = dataset_service_pb2.DatasetFilter.FromString(bytes.fromhex(task.parameters["filter"]))
        datasets = next_kept(work, asked, task.checkpoint.get("after", ""))
        lake = work.database.lake
    if not datasets:
        return Verified("", 0, [])
    return verify(lake, datasets, preparation.beat, STEP_SECONDS)


def _keep(work: UnitOfWork, task: Task, found: Verified) -> None:
    counted = task.checkpoint.get("faults", 0)
    file_id = task.checkpoint.get("file_id") or _begun(work)
    storage.append(work, storage.find(work, file_id, to_change=True), _csv(found.faults[: max(FAULTS_MAX - counted, 0)]))
    counted += len(found.faults)
    task.done += found.count
    task.message = f"{task.done} datasets looked at, {counted} faults"
    if found.count:
        task.checkpoint = {"after": found.last_id, "faults": counted, "file_id": file_id}
        return
    storage.complete(work, storage.find(work, file_id, to_change=True))
    task.total = task.done
    task.finish(task.message, file_id)


VERIFY = Work(KIND, PERMISSION, _keep, prepare=_look)


def _kept(asked: dataset_service_pb2.DatasetFilter) -> Any:
    return fitting(select(Dataset), asked).where(Dataset.remove_time.is_(None))


def _packs_of(datasets: Sequence[Dataset]) -> Any:
    places = sorted({dataset.pack_place for dataset in datasets} - {""})
    return select(DatasetPack).where(among(DatasetPack.place, places))


def _begun(work: UnitOfWork) -> str:
    file = storage.create(work, FILE_NAME, MEDIA_TYPE)
    storage.append(work, file, ",".join(COLUMNS).encode() + b"\r\n")
    return file.file_id


def _csv(faults: Sequence[tuple[Pin, Fault]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    for pin, fault in faults:
        writer.writerow([pin.feed, pin.business_date, pin.revision, fault.part, fault.reason, fault.description])
    return text.getvalue().encode()
