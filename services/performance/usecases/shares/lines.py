"""Writes the lines of shares: the one place that does, whatever decided whose something is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from workbench.performance.v1 import share_events_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import moved
from services.chassis.kernel.errors import NotFound, RuleBroken
from services.performance.model.person import Person
from services.performance.model.share import ShareLine
from services.performance.rules.shares import STANDING, WHOLE_BASIS_POINTS, Part, SharedObject, ShareState, find_excess
from services.performance.usecases.runs import marking


def put_lines(
    work: UnitOfWork, thing: SharedObject, parts: Sequence[Part], source: str, *, state: ShareState = ShareState.APPROVED
) -> list[ShareLine]:
    """Makes these parts, and nothing else, the lines that a source has of an object; answers them in the order of the parts.

    Lines of the source that are there already stay, with their ids; what it had beyond becomes void. Lines of other sources stay
    as they are: to put them aside from a day on, end them first (`end_lines`) in the same transaction. Whoever writes lines of
    the object meanwhile waits. Records `SharesChanged` for the days on which whose it is changed. Raises RuleBroken
    SHARES_EXCEEDED where on some day more of some amount would be given than there is, and NotFound PERSON_NOT_FOUND.
    """
    people = _people(work, parts)
    hold(work, thing)
    with work.whole_bank():
        standing = _standing(work, thing)
        _refuse_excess([line.part for line in standing if line.source != source], parts)
        days = _Days()
        kept = _keep(work, [line for line in standing if line.source == source], parts, state, days)
        lines = [kept.get(place) or _line(work, thing, part, people[part.person_id], source, state)
                 for place, part in enumerate(parts)]  # fmt: skip
        added = [line for place, line in enumerate(lines) if place not in kept]
        work.session.add_all(added)
        work.session.flush()
    if state == ShareState.APPROVED:
        days.add(*((line.start_date, line.end_date) for line in added))
    _tell(work, thing, source, days)
    return lines


def end_lines(work: UnitOfWork, thing: SharedObject, day: date, source: str, *, which: Callable[[ShareLine], bool]) -> list[Part]:
    """Puts lines of an object aside from a day on, as `source` decided; answers what they gave from then on.

    A line that began before ends on the day before; one that begins later is void. `which` says of which lines.
    """
    hold(work, thing)
    with work.whole_bank():
        ended = [line for line in _standing(work, thing) if (line.end_date or date.max) >= day and which(line)]
        parts = [line.part_from(day) for line in ended]
        days = _Days()
        for line in ended:
            if line.state == ShareState.APPROVED:
                days.add((max(line.start_date, day), line.end_date))
            if line.start_date >= day:
                line.state = ShareState.VOID.value
            else:
                line.end_date = moved(day, -1)
            line.update_time = work.now
        work.session.flush()
    _tell(work, thing, source, days)
    return parts


def hold(work: UnitOfWork, thing: SharedObject) -> None:
    """Lets nobody else write lines of the object until the transaction ends; the triggers of the table hold the same name."""
    work.hold(f"shares/{int(thing.kind)}/{thing.key}")


@dataclass(slots=True)
class _Days:
    """The days on which whose something is changes, from the first to the last."""

    spans: list[tuple[date, date | None]] = field(default_factory=list)

    def add(self, *spans: tuple[date, date | None]) -> None:
        self.spans += spans

    @property
    def first(self) -> date:
        return min(start for start, _ in self.spans)

    @property
    def last(self) -> date | None:
        ends = [end for _, end in self.spans if end is not None]
        return max(ends) if len(ends) == len(self.spans) else None


def _standing(work: UnitOfWork, thing: SharedObject) -> list[ShareLine]:
    """Its pending and approved lines, locked."""
    statement = (
        select(ShareLine)
        .where(
            ShareLine.object_kind == int(thing.kind),
            ShareLine.object_key == thing.key,
            ShareLine.state.in_(tuple(map(int, STANDING))),
        )
        .order_by(ShareLine.start_date, ShareLine.share_line_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(work.session.scalars(statement))


def _keep(
    work: UnitOfWork, lines: Iterable[ShareLine], parts: Sequence[Part], state: ShareState, days: _Days
) -> dict[int, ShareLine]:
    """Which parts have a line already, by their places; what the source had beyond becomes void.

    What gives days back is written before what takes some, since the database looks at each statement.
    """
    left = dict(enumerate(parts))
    kept: dict[int, ShareLine] = {}
    for line in lines:
        place = next((place for place, part in left.items() if line.part.alike(part)), None)
        if place is None:
            if line.state == ShareState.APPROVED:
                days.add((line.start_date, line.end_date))
            line.state, line.update_time = ShareState.VOID.value, work.now
        else:
            kept[place] = line
            del left[place]
    _set(work, kept, parts, state, days, longer=False)
    _set(work, kept, parts, state, days, longer=True)
    return kept


def _set(
    work: UnitOfWork, kept: dict[int, ShareLine], parts: Sequence[Part], state: ShareState, days: _Days, *, longer: bool
) -> None:
    for place, line in kept.items():
        end_date, former, was = parts[place].end_date, line.end_date, line.state
        if ((end_date or date.max) > (former or date.max)) is not longer or (end_date == former and was == state):
            continue
        line.end_date, line.state, line.update_time = end_date, state.value, work.now
        if (was == ShareState.APPROVED) is not (state is ShareState.APPROVED):
            days.add((line.start_date, end_date if state is ShareState.APPROVED else former))
        elif state is ShareState.APPROVED:
            ends = sorted((end_date or date.max, former or date.max))
            days.add((moved(ends[0], 1), None if ends[1] == date.max else ends[1]))
    work.session.flush()


def _line(work: UnitOfWork, thing: SharedObject, part: Part, person: Person, source: str, state: ShareState) -> ShareLine:
    return ShareLine(
        share_line_id=work.new_id(),
        object_kind=int(thing.kind),
        object_key=thing.key,
        customer_id=thing.customer_id,
        person_id=part.person_id,
        organisation_path=person.organisation_path,
        start_date=part.start_date,
        end_date=part.end_date,
        from_minor_units=part.from_minor_units,
        to_minor_units=part.to_minor_units,
        basis_points=part.basis_points,
        state=state.value,
        source=source,
        create_time=work.now,
        update_time=work.now,
    )


def _people(work: UnitOfWork, parts: Iterable[Part]) -> dict[str, Any]:
    """Who gets something; who is shut out may, since a leaver's shares end by steps."""
    people = {part.person_id: work.session.get(Person, part.person_id) for part in parts}
    if not all(people.values()):
        raise NotFound("PERSON_NOT_FOUND", "There is no such person in the bank.")
    return people


def _refuse_excess(standing: Iterable[Part], parts: Sequence[Part]) -> None:
    others = list(standing)
    excess = find_excess(others, parts)
    if excess is None:
        return
    taken = sum(part.basis_points for part in others if part.has(excess.day, excess.minor_units))
    told = {
        "date": excess.day.isoformat(),
        "basisPointsAsked": str(excess.basis_points - taken),
        "basisPointsFree": str(WHOLE_BASIS_POINTS - taken),
    }
    if excess.minor_units:
        told["fromMinorUnits"] = str(excess.minor_units)
    raise RuleBroken("SHARES_EXCEEDED", "More of it would be given than there is.", metadata=told)


def _tell(work: UnitOfWork, thing: SharedObject, source: str, days: _Days) -> None:
    if not days.spans:
        return
    # What the months stand on, and what others are told: the same days.
    marking.ownership_changed(work, days.first, days.last, reason=f"shares/{thing.kind.name}/{thing.key}")
    work.record(
        share_events_pb2.SharesChanged(
            object_kind=int(thing.kind),  # type: ignore[arg-type]
            object_key=thing.key,
            customer_id=thing.customer_id or "",
            start_date=days.first.isoformat(),
            end_date=days.last.isoformat() if days.last else "",
            source=source,
        )
    )
