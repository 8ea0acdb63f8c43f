"""The steps of an import's long work: check, run, undo."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import delete, insert, select

from services.chassis.db.session import UnitOfWork
from services.chassis.files import storage
from services.chassis.kernel.errors import InvalidInput
from services.chassis.keys import data_keys
from services.chassis.longwork.task import Preparation, Task, Work
from services.chassis.words.formulas import neutralised
from services.customer.model.imports import IMPORT_PURPOSE, Import, ImportRow
from services.customer.rules.exchange.outcomes import ImportState, Outcome, Verdict, refused
from services.customer.rules.exchange.tables import ROWS_MAX, Row, rows_of
from services.customer.rules.exchange.values import value_of
from services.customer.usecases.importing.applying import Applied, apply
from services.customer.usecases.importing.drafting import Options
from services.customer.usecases.importing.imports import CHECK, PERMISSION, RUN, UNDO, find_import, options_of, shape_from_json
from services.customer.usecases.importing.undoing import undo_row

# As many as a transaction takes in a fifth of a second: so long nobody else writes at a branch.
ROWS_PER_STEP = 200
UNDO_ROWS_PER_STEP = 50

_COUNTS = {
    Outcome.CREATED: "created",
    Outcome.UPDATED: "updated",
    Outcome.UNCHANGED: "unchanged",
    Outcome.REFUSED: "refused",
}
# What a step of the check works on: each row with its values, or with why it has none.
Read = list[tuple[Row, dict[str, Any] | Verdict]]


def _read_rows(preparation: Preparation, task: Task) -> Read:
    """The next rows of the file as values: parsed beside the transaction, because that is most of the work."""
    if "rows" not in task.memory:
        with preparation.transaction() as work:
            found = find_import(work, task.parameters["import_id"])
            content = storage.content(work.session, found.file_id)
            shape = shape_from_json(found.shape)
        rows = rows_of(content, shape)
        # After a restart: what is done already is read over.
        for place, _ in enumerate(islice(rows, task.checkpoint.get("position", 0))):
            if place % 1_000 == 0:
                preparation.beat()
        task.memory |= {"rows": rows, "fields": shape.fields, "headings": shape.headings}
    preparation.beat()
    return [(row, _values(row, task.memory["fields"])) for row in islice(task.memory["rows"], ROWS_PER_STEP)]


def _values(row: Row, fields: Sequence[str]) -> dict[str, Any] | Verdict:
    if row.fault:
        field = fields[row.fault_column] if 0 <= row.fault_column < len(fields) else ""
        return Verdict(Outcome.REFUSED, "", "ROW_UNREADABLE", field, row.fault)
    try:
        named = ((field, value_of(field, cell)) for field, cell in zip(fields, row.cells, strict=True) if field)
        return {field: value for field, value in named if value is not None}
    except InvalidInput as error:
        return refused(error)


def _check_step(work: UnitOfWork, task: Task, read: Read) -> None:
    found = find_import(work, task.parameters["import_id"], to_change=True)
    if "position" not in task.checkpoint:
        work.session.execute(delete(ImportRow).where(ImportRow.import_id == found.import_id))
        task.checkpoint["position"] = 0
    options = options_of(found)
    indexes = [_key_index(values, options) for _, values in read]
    repeated = _repeated(work, found, indexes)
    verdicts: dict[int, Verdict] = {place: values for place, (_, values) in enumerate(read) if isinstance(values, Verdict)}
    for place in repeated:
        verdicts.setdefault(
            place, Verdict(Outcome.REFUSED, "", "ROW_REPEATED", "", "The same customer comes earlier in the file.")
        )
    open_places = [place for place in range(len(read)) if place not in verdicts]
    applied = apply(work, [read[place][1] for place in open_places], options, keep=False)  # type: ignore[misc]
    verdicts |= {place: each.verdict for place, each in zip(open_places, applied, strict=True)}
    start = task.checkpoint["position"]
    rows = [
        _as_row(found.import_id, start + place, row, values, indexes[place], verdicts[place])
        for place, (row, values) in enumerate(read)
    ]
    if rows:
        work.session.execute(insert(ImportRow), rows)
    _count(found, [verdicts[place].outcome for place in range(len(read))])
    task.checkpoint["position"] = task.done = start + len(read)
    task.message = "Checking."
    if len(read) < ROWS_PER_STEP:
        found.turn(ImportState.CHECKED, work.now, among=frozenset({ImportState.CHECKING}))
        task.total = task.done
        task.finish(_told(found), _refused_rows_file(work, found))


def _run_step(work: UnitOfWork, task: Task, _prepared: object) -> None:
    found = find_import(work, task.parameters["import_id"], to_change=True)
    after = task.checkpoint.get("position", -1)
    planned = (
        select(ImportRow)
        .where(
            ImportRow.import_id == found.import_id,
            ImportRow.outcome.in_((Outcome.CREATED.value, Outcome.UPDATED.value)),
            # Where a run has been, the values are gone; another one goes on behind.
            ImportRow.position > after,
            ImportRow.values.is_not(None),
        )
        .order_by(ImportRow.position)
        .limit(ROWS_PER_STEP)
    )
    rows = work.session.scalars(planned).all()
    if not found.options.get("begun"):
        # What the check counted for these is counted anew, as it comes.
        found.options, found.counts = found.options | {"begun": True}, found.counts | {"created": 0, "updated": 0}
    applied = apply(work, [row.values or {} for row in rows], options_of(found), keep=True)
    for row, each in zip(rows, applied, strict=True):
        _note(row, each)
    _count(found, [each.verdict.outcome for each in applied])
    task.checkpoint["position"] = rows[-1].position if rows else after
    task.done += len(rows)
    task.message = "Opening and changing records."
    if len(rows) < ROWS_PER_STEP:
        found.turn(ImportState.DONE, work.now, among=frozenset({ImportState.RUNNING}))
        task.finish(_told(found), _refused_rows_file(work, found))


def _undo_step(work: UnitOfWork, task: Task, _prepared: object) -> None:
    found = find_import(work, task.parameters["import_id"], to_change=True)
    before = task.checkpoint.get("position", ROWS_MAX + 1)
    done = (
        select(ImportRow)
        .where(ImportRow.import_id == found.import_id, ImportRow.position < before, ImportRow.values.is_(None))
        .where(ImportRow.outcome.in_((Outcome.CREATED.value, Outcome.UPDATED.value)), ~ImportRow.undone)
        # The last first: a later row may stand on an earlier one.
        .order_by(ImportRow.position.desc())
        .limit(UNDO_ROWS_PER_STEP)
    )
    rows = work.session.scalars(done).all()
    undone = [undo_row(work, row) for row in rows]
    found.count(undone=sum(undone), kept=len(undone) - sum(undone))
    task.checkpoint["position"] = rows[-1].position if rows else before
    task.done += len(rows)
    task.message = "Taking back."
    if len(rows) < UNDO_ROWS_PER_STEP:
        found.turn(ImportState.UNDONE, work.now, among=frozenset({ImportState.UNDOING}))
        task.finish(f"{found.counts.get('undone', 0)} taken back, {found.counts.get('kept', 0)} kept as they are now.")


def _key_index(values: dict[str, Any] | Verdict, options: Options) -> str:
    """The natural key of a row, unreadable; empty where it has none."""
    if isinstance(values, Verdict):
        return ""
    number = values.get("customer_number")
    kind = values.get("kind") or options.default_kind
    key = f"number|{number}" if number else ""
    if not key and values.get("identifier"):
        key = f"identifier|{kind}|{values.get('identifier_kind', 0)}|{values['identifier'].upper()}"
    if not key and values.get("card_key"):
        key = f"card|{values['card_key']}"
    return data_keys().blind_index(IMPORT_PURPOSE, key) if key else ""


def _repeated(work: UnitOfWork, found: Import, indexes: Sequence[str]) -> Iterator[int]:
    earlier = select(ImportRow.key_index).where(
        ImportRow.import_id == found.import_id, ImportRow.key_index.in_({*indexes} - {""})
    )
    seen = set(work.session.scalars(earlier))
    for place, index in enumerate(indexes):
        if index and index in seen:
            yield place
        seen.add(index)


def _as_row(
    import_id: str, position: int, row: Row, values: dict[str, Any] | Verdict, key_index: str, verdict: Verdict
) -> dict[str, Any]:
    wanted = verdict.outcome in (Outcome.CREATED, Outcome.UPDATED) and not isinstance(values, Verdict)
    return {
        "import_id": import_id,
        "position": position,
        "line": row.line,
        "key_index": key_index,
        # What is not to be written is not kept.
        "values": values if wanted else None,
        "outcome": verdict.outcome.value,
        "reason": verdict.reason,
        "field": verdict.field,
        "description": verdict.description,
        "customer_id": verdict.customer_id,
        "before": None,
        "after": None,
        "version": 0,
        "undone": False,
    }


def _note(row: ImportRow, applied: Applied) -> None:
    verdict = applied.verdict
    row.outcome, row.reason, row.field = verdict.outcome.value, verdict.reason, verdict.field
    row.description, row.customer_id, row.values = verdict.description, verdict.customer_id, None
    row.before, row.after = applied.before or None, applied.after or None
    row.version = 1 if verdict.outcome == Outcome.CREATED else 0


def _count(found: Import, outcomes: Sequence[Outcome]) -> None:
    found.count(**{name: outcomes.count(outcome) for outcome, name in _COUNTS.items()})


def _told(found: Import) -> str:
    return ", ".join(f"{found.counts.get(name, 0)} {name}" for name in _COUNTS.values()) + "."


def _refused_rows_file(work: UnitOfWork, found: Import) -> str:
    """The refused rows as a table to be mended by: line, column, reason; nothing that stands in them."""
    shape = shape_from_json(found.shape)
    heading_of = {field: heading for field, heading in zip(shape.fields, shape.headings, strict=True) if field}
    rows = select(ImportRow).where(ImportRow.import_id == found.import_id, ImportRow.outcome == Outcome.REFUSED.value)
    file = storage.create(work, "refused-rows.csv", "text/csv; charset=utf-8")
    storage.append(work, file, "\ufeff".encode() + _line(("line", "column", "field", "reason", "description")))
    page: list[bytes] = []
    for row in work.session.scalars(rows.order_by(ImportRow.position).execution_options(yield_per=1_000)):
        page.append(_line((str(row.line), heading_of.get(row.field, ""), row.field, row.reason, row.description)))
        if len(page) == 1_000:  # noqa: PLR2004 - lines written at a time
            storage.append(work, file, b"".join(page))
            page = []
    storage.append(work, file, b"".join(page))
    storage.complete(work, file)
    return file.file_id


def _line(cells: Sequence[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(map(neutralised, cells))
    return out.getvalue().encode()


WORKS = (
    Work(CHECK, PERMISSION, _check_step, _read_rows),
    Work(RUN, PERMISSION, _run_step),
    Work(UNDO, PERMISSION, _undo_step),
)
