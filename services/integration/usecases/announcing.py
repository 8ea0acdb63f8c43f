"""Tells of current datasets once more, for whoever was not there when they were published: asked by a person or by a service."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from google.protobuf.message import Message
from sqlalchemy import func, select, tuple_
from workbench.integration.v1 import dataset_service_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import RuleBroken
from services.chassis.longwork.asking import ask
from services.chassis.longwork.table import ENDED, Operation
from services.chassis.longwork.task import Task, Work
from services.chassis.service import Announcement
from services.integration.model.dataset import Dataset
from services.integration.usecases.dataset_reading import fitting
from services.integration.usecases.datasets import announce, published_message

KIND = "integration.datasets.announce"
PERMISSION = "integration.dataset.manage"
DATASETS_PER_STEP = 200


def start(work: UnitOfWork, asked: dataset_service_pb2.DatasetFilter) -> Operation:
    """Asks for it; raises RuleBroken ANNOUNCEMENT_UNDER_WAY, so that nobody's queue fills twice."""
    work.hold(KIND)
    if work.session.scalar(select(Operation.operation_id).where(Operation.kind == KIND, Operation.state.not_in(ENDED)).limit(1)):
        raise RuleBroken("ANNOUNCEMENT_UNDER_WAY", "Datasets are being announced already.")
    total = work.session.scalar(select(func.count()).select_from(_announced(asked).subquery())) or 0
    operation = ask(work, KIND, {"filter": asked.SerializeToString(deterministic=True).hex()}, total=total)
    work.resource = f"operations/{operation.operation_id}"
    return operation


def _step(work: UnitOfWork, task: Task, _prepared: None) -> None:
    """The next ones, the oldest date first: what a service makes of a date may stand on the one before."""
    asked = dataset_service_pb2.DatasetFilter.FromString(bytes.fromhex(task.parameters["filter"]))
    place = (Dataset.business_date, Dataset.feed)
    statement = _announced(asked).order_by(*place).limit(DATASETS_PER_STEP)
    if after := task.checkpoint.get("after"):
        statement = statement.where(tuple_(*place) > _place_of(work, after, place))
    datasets = work.session.scalars(statement).all()
    for dataset in datasets:
        announce(work, dataset)
    task.done += len(datasets)
    task.message = f"{task.done} datasets announced"
    if len(datasets) < DATASETS_PER_STEP:
        task.total = task.done
        task.finish(task.message)
    else:
        task.checkpoint = {"after": datasets[-1].dataset_id}


ANNOUNCE = Work(KIND, PERMISSION, _step)


def _announced(asked: dataset_service_pb2.DatasetFilter) -> Any:
    return fitting(select(Dataset), asked).where(Dataset.current, Dataset.remove_time.is_(None))


def _place_of(work: UnitOfWork, dataset_id: str, place: Any) -> Any:
    last = work.session.get_one(Dataset, dataset_id)
    return tuple_(last.business_date, last.feed, types=[column.type for column in place])


def _page(work: UnitOfWork, after: str, size: int) -> Sequence[tuple[str, Message]]:
    """Of `chassis.announcing`: the oldest date first, too; none of a feed is published between reading and telling."""
    place = (Dataset.business_date, Dataset.feed)
    statement = select(Dataset).where(Dataset.current, Dataset.remove_time.is_(None)).order_by(*place).limit(size)
    if after:
        day, _, feed = after.partition("|")
        types = [column.type for column in place]
        statement = statement.where(tuple_(*place) > tuple_(date.fromisoformat(day), feed, types=types))
    rows = work.session.scalars(statement.with_for_update(read=True)).all()
    return [(f"{row.business_date}|{row.feed}", published_message(row)) for row in rows]


ANNOUNCEMENTS = (Announcement("datasets", _page),)
