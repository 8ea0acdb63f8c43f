"""What dependence is computed from: the files of the current analysis, whose customers count, and who is with the bank."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from services.analytics.model.analysis import Analysis
from services.analytics.model.person import Person, Post
from services.analytics.usecases.analyses import keeping
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import PATH_SEPARATOR

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from services.analytics.engine.dependence import Source

# What is foreseen by an analysis that is older says nothing of how things stood.
AGE_DAYS_MAX = 45


def current(work: UnitOfWork, organisation_paths: Collection[str]) -> Source | None:
    """The current analysis, with the customers of those units; None before the first."""
    analysis = keeping.current(work)
    return source_of(work, analysis, organisation_paths) if analysis else None


def source_of(
    work: UnitOfWork, analysis: Analysis, organisation_paths: Collection[str] = (PATH_SEPARATOR,), balance: str = "assets_now"
) -> Source | None:
    """An analysis's files; None where they are not there, or not any more."""
    from services.analytics.engine.dependence import Source

    files = keeping.files_of(work, analysis)
    if not (files.relations.exists() and files.features.exists() and files.customers.exists()):
        return None
    return Source(files.customers, files.features, files.relations, analysis.as_of_date, organisation_paths, balance)


def before(work: UnitOfWork, day: date) -> Source | None:
    """The last analysis up to a day, of the whole bank, with average balances; None where there is none of the days before."""
    statement = select(Analysis).where(Analysis.current, Analysis.as_of_date <= day, Analysis.remove_time.is_(None))
    for analysis in work.session.scalars(statement.order_by(Analysis.as_of_date.desc()).limit(10)):
        if (day - analysis.as_of_date).days > AGE_DAYS_MAX:
            return None
        if source := source_of(work, analysis, balance="assets_30"):
            return source
    return None


@contextmanager
def opened(work: UnitOfWork, organisation_paths: Collection[str]) -> Iterator[tuple[DuckDBPyConnection, Source] | None]:
    """An engine, and the current analysis; None before the first."""
    source = current(work, organisation_paths)
    if source is None:
        yield None
        return
    with work.database.lake.connection() as connection:
        yield connection, source


def present_people(work: UnitOfWork) -> list[str]:
    """Who is with the bank: holds a post and is not shut out."""
    statement = select(Post.person_id).join(Person, Person.person_id == Post.person_id).where(~Person.disabled).distinct()
    return list(work.session.scalars(statement))
