"""What the manifest tells: pages of datasets, what a run would pin, and totals."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, select, tuple_
from workbench.integration.v1 import dataset_pb2, dataset_service_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotFound
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.integration.model.dataset import Dataset
from services.integration.usecases.datasets import current_of_all


def list_datasets(work: UnitOfWork, request: dataset_service_pb2.ListDatasetsRequest) -> Page:
    """A page of the manifest, the latest date first."""
    size, query = page_size(request.page_size), f"datasets|{request.filter.SerializeToString(deterministic=True).hex()}"
    # Compared as one tuple: a date counts downwards, and so do the feed's name and the revision, so that one index serves.
    place = (Dataset.business_date, Dataset.feed, Dataset.revision)
    statement = fitting(select(Dataset), request.filter).order_by(*(column.desc() for column in place)).limit(size + 1)
    if token := PageToken.decode(request.page_token, query, keys=len(place)):
        day, feed, revision = token.keys
        after = (_token_day(day), feed, _token_number(revision))
        statement = statement.where(tuple_(*place) < tuple_(*after, types=[column.type for column in place]))
    rows = work.session.scalars(statement).all()
    return Page.of(rows, size, query, lambda row: (row.business_date.isoformat(), row.feed, str(row.revision)))


def get_dataset(work: UnitOfWork, dataset_id: str) -> Dataset:
    """The dataset; raises NotFound DATASET_NOT_FOUND."""
    dataset = work.session.get(Dataset, dataset_id.lower())
    if dataset is None:
        raise NotFound("DATASET_NOT_FOUND", "There is no such dataset.")
    return dataset


def pin_set(work: UnitOfWork, request: dataset_service_pb2.ListCurrentDatasetsRequest) -> list[Dataset]:
    """What a run for the date would pin."""
    as_of = day_of(request.business_date, "business_date")
    return current_of_all(work, as_of, dataset=request.dataset, source_system=request.source_system)


def totals(work: UnitOfWork, dataset_id: str) -> list[dataset_pb2.DatasetTotal]:
    """The sums that were published with the dataset."""
    return [
        dataset_pb2.DatasetTotal(column=column, currency_code=currency, minor_units=amount)
        for column, by_currency in sorted(get_dataset(work, dataset_id).totals.items())
        for currency, amount in sorted(by_currency.items())
    ]


def fitting(statement: Select[tuple[Dataset]], asked: dataset_service_pb2.DatasetFilter) -> Select[tuple[Dataset]]:
    """Narrowed to the datasets that fit; raises InvalidInput DATE_INVALID for a day that there is not."""
    if asked.dataset:
        statement = statement.where(Dataset.dataset == asked.dataset)
    if asked.feed:
        statement = statement.where(Dataset.feed == asked.feed)
    if asked.start_date:
        statement = statement.where(Dataset.business_date >= day_of(asked.start_date, "filter.start_date"))
    if asked.end_date:
        statement = statement.where(Dataset.business_date <= day_of(asked.end_date, "filter.end_date"))
    if asked.current_only:
        statement = statement.where(Dataset.current)
    return statement


def day_of(text: str, field: str) -> date:
    """The business date that the request's field says."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        violation = FieldViolation(field, "Give a day that there is, as YYYY-MM-DD.")
        raise InvalidInput("DATE_INVALID", "There is no such day.", violations=(violation,)) from None


def _token_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise PageToken.refused() from None


def _token_number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > len(str(2**31)) - 1:
        raise PageToken.refused()
    return int(text)
