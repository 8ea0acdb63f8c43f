"""Takes over the bank's dataset `policies`: its documents are published here, follow its changes, and go when it lacks them.

An announcement is only noted, and work asked for. The latest revision says all. A row that says what it said before changes
nothing, so that what publishers add to a document stays; where a publisher has a draft open, a change goes into it and waits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from workbench.activity.v1 import document_pb2
from workbench.integration.v1 import events_pb2

from services.activity.model.document import Document, PolicyDataset
from services.activity.rules.knowledge import READABLE, DocumentKind, DocumentState, roles_named
from services.activity.usecases.knowledge import messages, writing
from services.chassis.db.insertion import insert_if_absent
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import WorkbenchError
from services.chassis.lake.lake import Pin
from services.chassis.lake.schemas import SCHEMAS
from services.chassis.longwork import asking
from services.chassis.longwork.patience import patiently
from services.chassis.longwork.task import Preparation, Task, Work

DATASET = "policies"
IMPORT = "policies.import"
ROWS_PER_STEP = 100
# Of one revision: a bank has some thousands of policies.
ROWS_MAX = 100_000
_ROWS = """
    SELECT document_number, title, audience, effective_date, expiry_date, location
    FROM policy_rows ORDER BY document_number LIMIT ?
"""
_COLUMNS = ("document_number", "title", "audience", "effective", "expiry", "location")


@dataclass(frozen=True, slots=True)
class _Prepared:
    rows: Sequence[Mapping[str, Any]]
    # The numbers of all rows, where these are the last; None before.
    numbers: frozenset[str] | None


def take_dataset(work: UnitOfWork, event: events_pb2.DatasetPublished) -> None:
    """A revision is there to be read."""
    if event.dataset != DATASET:
        return
    table: Any = PolicyDataset.__table__
    noted = insert_if_absent(
        work.session,
        table,
        feed=event.feed,
        business_date=date.fromisoformat(event.business_date),
        revision=event.revision,
        source_system=event.source_system,
        done=False,
        counts={},
        receive_time=work.now,
    )
    if noted:
        asking.ask_of_itself(work, IMPORT, {"feed": event.feed}, subject=f"datasets/{event.feed}")


def _prepare(preparation: Preparation, task: Task) -> _Prepared | None:
    """The next rows of the revision; all of them stay in memory between steps."""
    chosen = task.checkpoint.get("chosen")
    if chosen is None:
        return None
    if task.memory.get("chosen") != chosen:
        task.memory |= {"chosen": chosen, "rows": _read(preparation, task.parameters["feed"], chosen)}
    preparation.beat()
    place, rows = task.checkpoint["place"], task.memory["rows"]
    some = rows[place : place + ROWS_PER_STEP]
    last = place + ROWS_PER_STEP >= len(rows)
    return _Prepared(some, frozenset(row["document_number"] for row in rows) if last else None)


def _read(preparation: Preparation, feed: str, chosen: Sequence[Any]) -> list[dict[str, Any]]:
    source_system, day, revision = chosen
    with preparation.transaction() as work:
        lake = work.database.lake
    pin = Pin(feed, DATASET, source_system, date.fromisoformat(day), revision)
    with lake.connection() as connection:

        def read() -> list[Any]:
            lake.relation(connection, SCHEMAS[DATASET], [pin]).create_view("policy_rows")
            found: list[Any] = connection.execute(_ROWS, [ROWS_MAX]).fetchall()
            return found

        rows = patiently(preparation.beat, read, connection.interrupt)
    return [dict(zip(_COLUMNS, row, strict=True)) for row in rows]


def _step(work: UnitOfWork, task: Task, prepared: _Prepared | None) -> None:
    work.hold(f"policies/{task.parameters['feed']}")
    if prepared is None:
        _choose(work, task)
        return
    revision = _revision(work, task)
    if revision.done or _latest(work, task.parameters["feed"]) is not revision:
        # Another work was faster, or a later revision came meanwhile and says all.
        _leave(task)
        return
    counts = dict(revision.counts)
    for row in prepared.rows:
        became = _take_row(work, revision.source_system, row)
        counts[became] = counts.get(became, 0) + 1
    task.checkpoint["place"] += len(prepared.rows)
    task.done += len(prepared.rows)
    if prepared.numbers is not None:
        if gone := _withdraw_missing(work, revision.source_system, prepared.numbers):
            counts["withdrawn"] = gone
        revision.done, revision.end_time = True, work.now
        _leave(task)
    revision.counts = counts


def _choose(work: UnitOfWork, task: Task) -> None:
    """The latest revision, unless it is taken over; those before it say nothing any more."""
    feed = task.parameters["feed"]
    latest = _latest(work, feed)
    others = select(PolicyDataset).where(PolicyDataset.feed == feed, ~PolicyDataset.done)
    for revision in work.session.scalars(others):
        if revision is not latest:
            revision.done, revision.end_time = True, work.now
    if latest is None or latest.done:
        task.finish(f"{task.done} rows taken over.")
        return
    latest.counts = {}
    task.checkpoint |= {"chosen": [latest.source_system, latest.business_date.isoformat(), latest.revision], "place": 0}
    task.message = f"Taking over {DATASET} of {feed}."


def _leave(task: Task) -> None:
    task.checkpoint.pop("chosen")
    task.memory.clear()


def _latest(work: UnitOfWork, feed: str) -> PolicyDataset | None:
    statement = select(PolicyDataset).where(PolicyDataset.feed == feed)
    order = (PolicyDataset.business_date.desc(), PolicyDataset.revision.desc())
    latest: PolicyDataset | None = work.session.scalars(statement.order_by(*order).limit(1)).one_or_none()
    return latest


def _revision(work: UnitOfWork, task: Task) -> PolicyDataset:
    _, day, revision = task.checkpoint["chosen"]
    return work.session.get_one(PolicyDataset, (task.parameters["feed"], date.fromisoformat(day), revision))


def _take_row(work: UnitOfWork, source_system: str, row: Mapping[str, Any]) -> str:
    """Takes a row over and says what became of it: created, updated, drafted, unchanged or refused."""
    said = {name: str(row[name] or "") for name in _COLUMNS}
    key = f"{source_system}/{said['document_number']}"
    document = work.session.scalars(select(Document).where(Document.number_key == key).with_for_update()).one_or_none()
    if document is not None and document.imported == said:
        return "unchanged"
    try:
        # A row that cannot be kept leaves nothing behind, and its neighbours stay.
        with work.session.begin_nested():
            return _write(work, document, source_system, said)
    except WorkbenchError:
        return "refused"


def _write(work: UnitOfWork, document: Document | None, source_system: str, said: dict[str, str]) -> str:
    roles = roles_named(said["audience"])
    sent = _message(said, roles or ())
    waits, became = roles is None, "created"
    if document is None:
        document, draft = writing.create(work, sent, source_system=source_system)
    else:
        latest = writing.latest(work, document)
        same_readers = said["audience"] == (document.imported or {}).get("audience")
        # Whoever published it has said for whom it is.
        waits = (waits and not (same_readers and latest.state in READABLE)) or latest.state == DocumentState.DRAFT
        if same_readers or roles is None:
            sent.ClearField("audiences")
            sent.audiences.extend(messages.content(document, latest).audiences)
        sent.document_id, became = document.document_id, "updated"
        _, draft = writing.change(work, sent, ("title", "location", "start_date", "end_date", "audiences"))
        # Taken back because the dataset lacked it, and here as it was: no draft begins of itself.
        if draft.state == DocumentState.WITHDRAWN:
            draft = writing.begin_again(work, document, draft)
    if not waits and draft.state == DocumentState.DRAFT:
        writing.publish_draft(work, document, draft, publisher_person_id="")
    document.imported = said
    work.session.flush()
    return "drafted" if waits else became


def _message(said: Mapping[str, str], roles: Sequence[str]) -> document_pb2.Document:
    return document_pb2.Document(
        kind=DocumentKind.BANK_POLICY.value,
        document_number=said["document_number"],
        title=said["title"][: writing.TITLE_LENGTH_MAX],
        location=said["location"][: writing.LOCATION_LENGTH_MAX],
        start_date=said["effective"],
        end_date=said["expiry"],
        audiences=[document_pb2.DocumentAudience(role=role) for role in roles],
    )


def _withdraw_missing(work: UnitOfWork, source_system: str, numbers: frozenset[str]) -> int:
    """Takes back what the system's last snapshot lacks; answers how many there were."""
    known = select(Document).where(Document.source_system == source_system, Document.imported.is_not(None))
    gone = 0
    for document in work.session.scalars(known.order_by(Document.document_id)):
        if document.document_number not in numbers:
            document.imported = None
            gone += writing.withdraw_versions(work, document)
    return gone


WORKS = (Work(IMPORT, "", _step, _prepare),)
