"""Spreads work over people so that whoever has the most to do has as little as can be."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence


def spread(item_ids: Iterable[str], loads: Mapping[str, int]) -> dict[str, str]:
    """Who gets which item, by item: each goes to whoever has the least to do at that moment, by id where several have.

    `loads` says of each person how much he has already. Among those who got anything the counts differ by one at most
    afterwards, and whoever got nothing had at least as much before, less one. Raises ValueError where there is nobody.
    """
    if not loads:
        raise ValueError("There is nobody to do it.")
    waiting = [(load, person_id) for person_id, load in loads.items()]
    heapq.heapify(waiting)
    given: dict[str, str] = {}
    for item_id in item_ids:
        load, person_id = waiting[0]
        given[item_id] = person_id
        heapq.heapreplace(waiting, (load + 1, person_id))
    return given


def assigned(
    leads: Sequence[tuple[str, str]], able: Iterable[str], loads: Mapping[str, int], *, to_leads: bool
) -> dict[str, str | None]:
    """Who gets the task for which customer, by customer: his lead where that is wanted and the lead is able, else the least busy.

    `leads` has each customer with his lead, in their order; `loads` the people of the team. None where nobody can do it.
    """
    ready = set(able)
    chosen: dict[str, str | None] = {customer_id: lead if to_leads and lead in ready else None for customer_id, lead in leads}
    team = {person_id: load for person_id, load in loads.items() if person_id in ready}
    for lead in chosen.values():
        if lead in team:
            team[lead] += 1
    left = [customer_id for customer_id, lead in chosen.items() if lead is None]
    return chosen | (dict(spread(left, team)) if team else {})
