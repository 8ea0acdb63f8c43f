"""Hears of datasets and has them applied.

An announcement is only noted, and work asked for; the work goes over what waits of the feed, one pass after the other, until
nothing does. Of several works one at a time owns a feed. A pass that is broken off is gone through again from where it was: it
writes what holds, never what is to be added.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from sqlalchemy import select
from workbench.integration.v1 import events_pb2

from services.chassis.db.insertion import insert_if_absent
from services.chassis.db.session import UnitOfWork
from services.chassis.longwork import asking
from services.chassis.longwork.table import ENDED, Operation, OperationState
from services.chassis.longwork.task import Preparation, Task, Work
from services.customer.model.dataset import ApplicationState, DatasetApplication, DatasetBook
from services.customer.usecases.datasets import balances, contracts, core_customers, holders, loan_classes, passes, refusals
from services.customer.usecases.datasets.passes import Pass

APPLY = "datasets.apply"
# What waits so long without a work that is at it is asked for anew.
RESUME_AFTER = timedelta(minutes=10)


class Applier(Protocol):
    """What one dataset means to this service."""

    # So many rows a transaction takes.
    ROWS_PER_STEP: int

    def read(self, preparation: Preparation, wanted: Pass, stack: ExitStack, place: int) -> Callable[[int], list[Any]]:
        """Opens the pass, or opens it again at that place: what is answered gives the rows from a place on.

        Slow, and writes nothing.
        """

    def apply(self, work: UnitOfWork, application: DatasetApplication, rows: Sequence[Any], *, first: bool) -> Mapping[str, int]:
        """Writes the rows; answers what became of how many, by name."""


APPLIERS: Mapping[str, Applier] = {
    "account_holders": holders,
    "accounts": contracts,
    "balances": balances,
    "bills": contracts,
    "customers": core_customers,
    "factoring": contracts,
    "loan_classes": loan_classes,
    "trade_finance": contracts,
}


@dataclass(frozen=True, slots=True)
class _Prepared:
    rows: list[Any]


def take_dataset(work: UnitOfWork, event: events_pb2.DatasetPublished) -> None:
    """A revision is there to be read; what it means is found out later, beside the events."""
    if event.dataset not in APPLIERS:
        return
    # Whoever chooses what to do next holds this too: it sees this revision, or this sees that it has chosen.
    work.hold(f"datasets/{event.feed}")
    noted = insert_if_absent(
        work.session,
        DatasetApplication.__table__,  # type: ignore[arg-type]
        application_id=work.new_id(),
        feed=event.feed,
        dataset=event.dataset,
        source_system=event.source_system,
        business_date=date.fromisoformat(event.business_date),
        revision=event.revision,
        rows=event.rows,
        state=ApplicationState.PENDING.value,
        counts={},
        receive_time=work.now,
    )
    if noted:
        _ask(work, event.feed)


def resume(work: UnitOfWork) -> None:
    """Asks anew for what has waited long and nobody is at: a work that failed for good, or with a process."""
    waiting = (
        select(DatasetApplication.feed)
        .where(
            DatasetApplication.state.in_((ApplicationState.PENDING.value, ApplicationState.APPLYING.value)),
            DatasetApplication.receive_time < work.now - RESUME_AFTER,
        )
        .distinct()
    )
    open_subjects = set(
        work.session.scalars(select(Operation.subject).where(Operation.kind == APPLY, Operation.state.not_in(ENDED)))
    )
    for feed in work.session.scalars(waiting).all():
        if f"datasets/{feed}" not in open_subjects:
            _ask(work, feed)


def retry(work: UnitOfWork) -> None:
    """Asks for what was refused for want of a manager or a unit, and has one by now."""
    for feed in sorted(refusals.feeds_to_try_again(work)):
        # Without the snapshot's files there is nothing to try: it would be asked for without end.
        if passes.choose_again(work, work.session.get_one(DatasetBook, feed)):
            _ask(work, feed)


def _ask(work: UnitOfWork, feed: str) -> None:
    subject = f"datasets/{feed}"
    queued = select(Operation.operation_id).where(
        Operation.kind == APPLY, Operation.subject == subject, Operation.state == OperationState.QUEUED.value
    )
    if work.session.scalar(queued.limit(1)) is None:
        asking.ask_of_itself(work, APPLY, {"feed": feed}, subject=subject)


def _prepare(preparation: Preparation, task: Task) -> _Prepared | None:
    """The next rows of the pass; the engine and what it has computed stay in memory between steps."""
    chosen = task.checkpoint.get("pass")
    if chosen is None:
        return None
    if task.memory.get("pass") != chosen:
        _close(task)
        stack = ExitStack()
        task.memory |= {"pass": chosen, "stack": stack}
        task.memory["read"] = APPLIERS[task.checkpoint["dataset"]].read(
            preparation, Pass(**chosen), stack, task.checkpoint["place"]
        )
    preparation.beat()
    return _Prepared(task.memory["read"](task.checkpoint["place"]))


def _step(work: UnitOfWork, task: Task, prepared: _Prepared | None) -> None:
    if prepared is None:
        _begin_pass(work, task)
        return
    applier, chosen = APPLIERS[task.checkpoint["dataset"]], Pass(**task.checkpoint["pass"])
    if prepared.rows:
        # Where figures are made anew and no revision is, they are the last one's.
        application = (passes.by_id(work, chosen.application_ids) or passes.applied(work, chosen.feed))[-1]
        counts = applier.apply(work, application, prepared.rows, first=chosen.first)
        application.count(**{name: number for name, number in counts.items() if number})
    task.checkpoint["place"] += len(prepared.rows)
    task.done += len(prepared.rows)
    if len(prepared.rows) < applier.ROWS_PER_STEP:
        _end_pass(work, task, chosen)


def _begin_pass(work: UnitOfWork, task: Task) -> None:
    feed = task.parameters["feed"]
    book = passes.owned_book(work, feed, task.operation_id)
    if book is None:
        task.finish("Another work is at this feed.")
        return
    chosen = passes.choose(work, book, work.settings.base_date)
    if chosen is None and not task.checkpoint.get("tried_again"):
        # Once: whatever becomes of it, a work comes to its end.
        task.checkpoint["tried_again"] = True
        chosen = passes.choose_again(work, book)
    if chosen is None:
        book.operation_id = ""
        task.finish(f"{task.done} rows applied.")
        return
    task.checkpoint |= {"pass": chosen.as_json(), "dataset": book.dataset, "place": 0}
    task.message = f"Applying {book.dataset} of {feed}."


def _end_pass(work: UnitOfWork, task: Task, done: Pass) -> None:
    book = work.session.get_one(DatasetBook, task.parameters["feed"], with_for_update=True)
    passes.end(work, book, done, work.settings.base_date)
    if book.dataset == "accounts":
        for feed in loan_classes.waiting_for_accounts(work):
            _ask(work, feed)
    for name in ("pass", "dataset", "place"):
        task.checkpoint.pop(name)
    _close(task)


def _close(task: Task) -> None:
    stack = task.memory.pop("stack", None)
    task.memory.pop("read", None)
    task.memory.pop("pass", None)
    if stack is not None:
        stack.close()


WORKS = (Work(APPLY, "", _step, _prepare),)
