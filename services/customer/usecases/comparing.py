"""Compares pairs of customers, whoever leads them, and keeps those that are likely duplicates.

It reads the whole bank: what it finds is told only to who reaches both records.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.customer.model.customer import Customer
from services.customer.model.duplicate import DuplicateCandidate, as_pairs, in_order, traits_of
from services.customer.model.key import CustomerKey
from services.customer.rules.kinds import DuplicateState
from services.customer.rules.lifecycle import ENDED
from services.customer.rules.likeness import LIKELY, Likeness, Traits, likeness, ruled_out

# Ids in one statement.
IDS_AT_ONCE = 1_000

Pair = tuple[str, str]

_CUSTOMERS = Customer.__table__.c
_COMPARED = (
    _CUSTOMERS.customer_id, _CUSTOMERS.kind, _CUSTOMERS.display_name, _CUSTOMERS.other_names, _CUSTOMERS.identifier,
    _CUSTOMERS.identifier_kind, _CUSTOMERS.addresses, _CUSTOMERS.birth_or_founding_date,
)  # fmt: skip
_KEYS = CustomerKey.__table__.c


def traits(work: UnitOfWork, customer_ids: Collection[str]) -> dict[str, Traits]:
    """What is compared of the customers with these ids that have not ended; the caller's scope must be the whole bank."""
    found: dict[str, Traits] = {}
    for some in portions(sorted(customer_ids)):
        keys: dict[str, list[tuple[str, str, str]]] = {}
        columns = (_KEYS.customer_id, _KEYS.name, _KEYS.issuer, _KEYS.value_index)
        for customer_id, *key in work.session.execute(select(*columns).where(among(_KEYS.customer_id, some))):
            keys.setdefault(customer_id, []).append(cast("tuple[str, str, str]", tuple(key)))
        rows = select(*_COMPARED).where(among(_CUSTOMERS.customer_id, some), _CUSTOMERS.state.not_in(ENDED))
        for row in work.session.execute(rows):
            found[row.customer_id] = traits_of(row, keys.get(row.customer_id, ()))
    return found


def compared(work: UnitOfWork, pairs: Iterable[Pair]) -> dict[Pair, Likeness]:
    """How alike each pair is, of those that are of one kind, have not ended, and could be likely duplicates at all."""
    wanted = set(pairs)
    known = traits(work, {customer_id for pair in wanted for customer_id in pair})
    return {
        (one, other): likeness(known[one], known[other])
        for one, other in wanted
        if one in known and other in known and known[one].kind == known[other].kind and not ruled_out(known[one], known[other])
    }


def keep_candidates(work: UnitOfWork, found: Mapping[Pair, Likeness]) -> int:
    """Puts likely pairs before whoever reviews them; answers how many are new. What somebody decided stays decided."""
    new = 0
    for some in portions(sorted(found)):
        known = _known(work, some)
        for pair, candidate in known.items():
            candidate.look_again(found[pair], work.now, LIKELY)
        rows = [_row(work, pair, found[pair]) for pair in some if pair not in known and found[pair].score >= LIKELY]
        if rows:
            dialect = postgresql if work.session.get_bind().dialect.name == "postgresql" else sqlite
            # Whoever found the same pair at the same moment found the same.
            statement = dialect.insert(cast("Table", DuplicateCandidate.__table__)).on_conflict_do_nothing()
            work.session.execute(statement, rows)
        new += len(rows)
    work.session.flush()
    return new


def portions(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The items, so many at once as a statement takes."""
    return (items[start : start + IDS_AT_ONCE] for start in range(0, len(items), IDS_AT_ONCE))


def pairs_among(members: Sequence[str], neighbours: int) -> Iterator[Pair]:
    """Each of them with so many of those behind it."""
    for place, one in enumerate(members):
        for other in members[place + 1 : place + 1 + neighbours]:
            if one != other:
                yield in_order(one, other)


def _known(work: UnitOfWork, pairs: Sequence[Pair]) -> dict[Pair, DuplicateCandidate]:
    ends = tuple_(DuplicateCandidate.first_customer_id, DuplicateCandidate.second_customer_id)
    rows = work.session.scalars(select(DuplicateCandidate).where(ends.in_(pairs)))
    return {(row.first_customer_id, row.second_customer_id): row for row in rows}


def _row(work: UnitOfWork, pair: Pair, found: Likeness) -> dict[str, Any]:
    return {
        "candidate_id": work.new_id(), "first_customer_id": pair[0], "second_customer_id": pair[1],
        "score": found.score, "reasons": as_pairs(found), "state": DuplicateState.OPEN.value, "assigned_person_id": "",
        "dismiss_reason": "", "decided_by_person_id": "", "create_time": work.now, "update_time": work.now, "version": 1,
    }  # fmt: skip
