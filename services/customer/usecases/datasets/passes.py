"""What the next pass over a feed's revisions is to do, chosen while nobody else chooses for that feed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from services.chassis.db.session import UnitOfWork
from services.chassis.longwork.table import Operation
from services.customer.model.dataset import ApplicationState, DatasetApplication, DatasetBook
from services.customer.usecases.datasets import refusals

BALANCES = "balances"
# So many days of balances are taken over at once.
DAYS_MAX = 370
_WAITING = (ApplicationState.PENDING.value, ApplicationState.APPLYING.value)


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass, as the work's checkpoint keeps it: revisions by the ids of their applications."""

    feed: str
    # What is applied, by date.
    application_ids: list[str]
    # What the first of them is compared with: a snapshot before it; empty where there is none.
    former_id: str = ""
    # Of balances that replace others: each application with the one that it replaces, or with none.
    corrected: list[list[str]] = field(default_factory=list)
    # All rows are looked at, whatever the one before said.
    everything: bool = False
    # The first of its feed: nothing that it says has just happened.
    first: bool = False

    def as_json(self) -> dict[str, Any]:
        """As the checkpoint keeps it."""
        return asdict(self)


def owned_book(work: UnitOfWork, feed: str, operation_id: str) -> DatasetBook | None:
    """The feed's book, owned by this work from now on; None where another that has not ended owns it, or nothing came yet."""
    work.hold(f"datasets/{feed}")
    book = work.session.get(DatasetBook, feed, with_for_update=True)
    if book is None:
        first = work.session.scalars(select(DatasetApplication).where(DatasetApplication.feed == feed).limit(1)).first()
        if first is None:
            return None
        book = DatasetBook(feed=feed, dataset=first.dataset, source_system=first.source_system)
        work.session.add(book)
    if book.operation_id not in ("", operation_id):
        owner = work.session.get(Operation, book.operation_id)
        if owner is not None and not owner.ended:
            return None
    book.operation_id = operation_id
    return book


def choose(work: UnitOfWork, book: DatasetBook, base_date: date | None) -> Pass | None:
    """The next pass, its applications marked as under way; None where nothing waits."""
    waiting = select(DatasetApplication).where(DatasetApplication.feed == book.feed, DatasetApplication.state.in_(_WAITING))
    found = work.session.scalars(waiting.order_by(DatasetApplication.business_date, DatasetApplication.revision)).all()
    present = [each for each in found if _is_there(work, each)]
    latest = {each.business_date: each for each in present}
    left_half_done = False
    for each in present:
        if latest[each.business_date] is not each:
            left_half_done |= each.state == ApplicationState.APPLYING
            each.end(ApplicationState.SUPERSEDED, work.now)
    rebased = book.dataset == BALANCES and book.business_date is not None and book.base_date != base_date
    if not latest and not rebased:
        return None
    if book.dataset == BALANCES:
        return _balances(work, book, list(latest.values()), everything=left_half_done or rebased)
    return _snapshot(work, book, latest, everything=left_half_done)


def end(work: UnitOfWork, book: DatasetBook, done: Pass, base_date: date | None) -> None:
    """Notes a pass as done: the figures stand on its revisions from now on, and against that day."""
    book.base_date = base_date
    for application in by_id(work, done.application_ids):
        for former in applied(work, book.feed, [application.business_date]):
            if former is not application:
                former.end(ApplicationState.SUPERSEDED, work.now)
        application.end(ApplicationState.APPLIED, work.now)
        if book.business_date is None or application.business_date >= book.business_date:
            book.business_date, book.revision = application.business_date, application.revision


def applied(work: UnitOfWork, feed: str, days: Iterable[date] | None = None) -> Sequence[DatasetApplication]:
    """The revisions of a feed on which figures stand, by date; of those days only, where some are given."""
    statement = select(DatasetApplication).where(
        DatasetApplication.feed == feed, DatasetApplication.state == ApplicationState.APPLIED.value
    )
    if days is not None:
        statement = statement.where(DatasetApplication.business_date.in_(list(days)))
    return work.session.scalars(statement.order_by(DatasetApplication.business_date)).all()


def by_id(work: UnitOfWork, application_ids: Sequence[str]) -> list[DatasetApplication]:
    """The applications, in the order of their ids given."""
    found = select(DatasetApplication).where(DatasetApplication.application_id.in_(application_ids))
    of_id = {each.application_id: each for each in work.session.scalars(found)}
    return [of_id[application_id] for application_id in application_ids]


def files_are_there(work: UnitOfWork, application: DatasetApplication | None) -> bool:
    """Whether the revision's rows are still kept, in files of their own or with others."""
    return application is not None and application.revision in work.database.lake.revisions(
        application.feed, application.business_date
    )


def _is_there(work: UnitOfWork, application: DatasetApplication) -> bool:
    if files_are_there(work, application):
        return True
    application.end(ApplicationState.FAILED, work.now)
    return False


def _begin(work: UnitOfWork, applications: Iterable[DatasetApplication]) -> list[str]:
    ids = []
    for application in applications:
        application.state, application.start_time = ApplicationState.APPLYING.value, application.start_time or work.now
        application.counts = {}
        ids.append(application.application_id)
    return ids


def _former(work: UnitOfWork, book: DatasetBook) -> str:
    if book.business_date is None:
        return ""
    former = next(iter(applied(work, book.feed, [book.business_date])), None)
    return former.application_id if former is not None and files_are_there(work, former) else ""


def _snapshot(work: UnitOfWork, book: DatasetBook, latest: dict[date, DatasetApplication], *, everything: bool) -> Pass | None:
    """The latest snapshot says all; those before it, and late corrections of them, say nothing more."""
    last = max(latest)
    for day, application in latest.items():
        if day < last or (book.business_date is not None and day < book.business_date):
            everything |= application.state == ApplicationState.APPLYING
            application.end(ApplicationState.SUPERSEDED, work.now)
    if book.business_date is not None and last < book.business_date:
        return None
    former = _former(work, book)
    return Pass(
        book.feed, _begin(work, [latest[last]]), former, everything=everything or not former, first=book.business_date is None
    )


def choose_again(work: UnitOfWork, book: DatasetBook) -> Pass | None:
    """What the applied snapshot has of rows that were refused for want of whom they name, and of which one is known by now."""
    if book.feed not in refusals.feeds_to_try_again(work):
        return None
    applied_id = _former(work, book)
    if not applied_id:
        return None
    # All rows that it refused are looked at anew, and those that are refused again are counted again.
    (application,) = by_id(work, [applied_id])
    application.counts = {name: number for name, number in application.counts.items() if name != "refused"}
    return Pass(book.feed, [applied_id], applied_id)


def _balances(work: UnitOfWork, book: DatasetBook, waiting: Sequence[DatasetApplication], *, everything: bool) -> Pass:
    """Corrections of days that are applied come first; then the days that follow, in their order."""
    late = [each for each in waiting if book.business_date is not None and each.business_date <= book.business_date]
    if late or everything:
        replaced = {each.business_date: each for each in applied(work, book.feed, [each.business_date for each in late])}
        corrected = []
        for each in late:
            former = replaced.get(each.business_date)
            everything |= former is not None and not files_are_there(work, former)
            corrected.append([each.application_id, former.application_id if former else ""])
        return Pass(book.feed, _begin(work, late), corrected=corrected, everything=everything)
    days = waiting[:DAYS_MAX]
    return Pass(book.feed, _begin(work, days), _former(work, book), first=book.business_date is None)
