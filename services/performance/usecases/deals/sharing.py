"""Makes the share lines of a deal's objects what its decisions say.

Whoever had an object before and keeps its base, by stock and increment, has it by the deal from then on: his lines of before are
set aside, and given back where the deal is taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from services.chassis.db.session import UnitOfWork
from services.performance.model.deal import Deal, DealDecision
from services.performance.rules.attribution.freezing import thawed
from services.performance.rules.attribution.kinds import SchemeKind
from services.performance.rules.shares import ObjectKind, Part, SharedObject
from services.performance.usecases.shares.lines import end_lines, put_lines

_Kept = Mapping[str, Any]


def share(work: UnitOfWork, deal: Deal, decisions: Sequence[DealDecision]) -> None:
    """Writes the lines of all its objects; raises RuleBroken SHARES_EXCEEDED where one is another's already."""
    for each in deal.objects:
        _set_aside(work, deal, each, decisions)
    parts = [
        Part(person_id, basis_points, decision.start_date, decision.end_date, from_minor_units, to_minor_units)
        for decision in decisions
        if decision.holds
        for person_id, from_minor_units, to_minor_units, basis_points in decision.lines
    ]
    for each in deal.objects:
        put_lines(work, _object(deal, each), parts, deal.source)


def take_back(work: UnitOfWork, deal: Deal, objects: Iterable[_Kept], day: date) -> None:
    """Gives the lines of these objects that were set aside back to whoever had them, from a day on."""
    for each in objects:
        mine = [kept for kept in deal.set_aside if kept["object_key"] == each["object_key"] and kept["kind"] == each["kind"]]
        parts = [part for kept in mine if (part := _part(kept, day)) is not None]
        if parts:
            put_lines(work, _object(deal, each), parts, f"{deal.source}/former")
        deal.set_aside = [kept for kept in deal.set_aside if kept not in mine]


def drop(work: UnitOfWork, deal: Deal, objects: Sequence[_Kept]) -> None:
    """These are the deal's no more, and never were."""
    for each in objects:
        put_lines(work, _object(deal, each), (), deal.source)
    take_back(work, deal, objects, date.min)


def _set_aside(work: UnitOfWork, deal: Deal, kept: _Kept, decisions: Sequence[DealDecision]) -> None:
    for decision in decisions:
        if not decision.holds or decision.kind != SchemeKind.STOCK_INCREMENT:
            continue
        former = thawed(decision.inputs)[2].terms.former_owner
        ended = end_lines(
            work,
            _object(deal, kept),
            decision.start_date,
            deal.source,
            which=lambda line, owner=former: owner and line.person_id == owner.person_id and line.source != deal.source,
        )
        deal.set_aside = [*deal.set_aside, *({**kept, **_as_kept(part)} for part in ended)]


def _as_kept(part: Part) -> dict[str, Any]:
    return {
        "person_id": part.person_id,
        "basis_points": part.basis_points,
        "start_date": part.start_date.isoformat(),
        "end_date": part.end_date.isoformat() if part.end_date else "",
        "from_minor_units": part.from_minor_units,
        "to_minor_units": part.to_minor_units,
    }


def _part(kept: _Kept, day: date) -> Part | None:
    """What is left of it from a day on; None where nothing is."""
    start_date = max(date.fromisoformat(kept["start_date"]), day)
    end_date = date.fromisoformat(kept["end_date"]) if kept["end_date"] else None
    if end_date is not None and end_date < start_date:
        return None
    return Part(kept["person_id"], kept["basis_points"], start_date, end_date, kept["from_minor_units"], kept["to_minor_units"])


def _object(deal: Deal, kept: _Kept) -> SharedObject:
    return SharedObject(ObjectKind(kept["kind"]), kept["object_key"], deal.customer_id)
