"""Compares all customers of the bank, as long work that goes on where it was left.

First along the blocks, then along the keys that several have, then once more over the candidates that are open, whose records may
have changed. Each step reads a portion in order of what is shared, compares it, and writes what it found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select, tuple_

from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import RuleBroken
from services.chassis.longwork.asking import ask
from services.chassis.longwork.table import ENDED, Operation
from services.chassis.longwork.task import Preparation, Task, Work
from services.customer.model.duplicate import DuplicateBlock, DuplicateCandidate
from services.customer.model.key import CustomerKey
from services.customer.rules.blocking import NEIGHBOURS_MAX
from services.customer.rules.kinds import DuplicateState
from services.customer.rules.likeness import LIKELY, Likeness
from services.customer.usecases.comparing import Pair, compared, keep_candidates, pairs_among
from services.customer.usecases.finding import COLUMNS

KIND = "customer.duplicates.scan"
PERMISSION = "customer.duplicate.scan"
# What several customers share is looked at by so many at a time, and compared in steps of about so many pairs: a second's work.
SHARED_AT_ONCE = 500
PAIRS_AT_ONCE = 10_000
CANDIDATES_AT_ONCE = 500

_BLOCKS, _KEYS = DuplicateBlock.__table__.c, CustomerKey.__table__.c
_STAGES = ("blocks", "keys", "candidates")
_HASHES = 2**64
_NOTHING_ALIKE = Likeness(0, ())


def start(work: UnitOfWork) -> Operation:
    """Asks for a scan; raises RuleBroken SCAN_UNDER_WAY."""
    work.hold(KIND)
    if work.session.scalar(select(Operation.operation_id).where(Operation.kind == KIND, Operation.state.not_in(ENDED)).limit(1)):
        raise RuleBroken("SCAN_UNDER_WAY", "A scan for duplicates is under way already.")
    return ask(work, KIND, {})


def compare(preparation: Preparation, task: Task) -> dict[Pair, Likeness]:
    """What the next portion of pairs is like: those that are likely duplicates, and open candidates whatever they are."""
    found: dict[Pair, Likeness] = {}
    with preparation.transaction() as work, work.whole_bank():
        task.checkpoint = task.checkpoint or _beginning(work)
        task.total = task.checkpoint["blocks"] + task.checkpoint["keys"]
        stage = task.checkpoint["stage"]
        pairs = sorted(_PORTIONS[stage](work, task))
        # A crowd that shares one thing can be more than a step.
        for start in range(0, len(pairs), PAIRS_AT_ONCE):
            preparation.beat()
            some = pairs[start : start + PAIRS_AT_ONCE]
            # A pair of which one has ended since, or that is ruled out, is no longer alike.
            found |= dict.fromkeys(some, _NOTHING_ALIKE) | compared(work, some)
    return {pair: alike for pair, alike in found.items() if alike.score >= LIKELY or stage == _STAGES[-1]}


def keep_found(work: UnitOfWork, task: Task, found: dict[Pair, Likeness]) -> None:
    """Keeps what was found, and goes on or ends."""
    task.checkpoint["found"] += keep_candidates(work, found)
    task.message = f"{task.checkpoint['found']} candidates found"
    if task.checkpoint["stage"] == "end":
        task.done = task.total
        task.finish(task.message)


SCAN = Work(KIND, PERMISSION, keep_found, prepare=compare)


def _beginning(work: UnitOfWork) -> dict[str, Any]:
    rows = (work.session.scalar(select(func.count()).select_from(table)) or 0 for table in (DuplicateBlock, CustomerKey))
    blocks, keys = rows
    return {"stage": _STAGES[0], "after": None, "found": 0, "blocks": blocks, "keys": keys}


def _along_blocks(work: UnitOfWork, task: Task) -> set[Pair]:
    shared = select(_BLOCKS.block_key).group_by(_BLOCKS.block_key).having(func.count() > 1).order_by(_BLOCKS.block_key)
    after = task.checkpoint["after"]
    shared = shared.where(_BLOCKS.block_key > after) if after is not None else shared
    keys = work.session.scalars(shared.limit(SHARED_AT_ONCE)).all()
    members = select(_BLOCKS.block_key, _BLOCKS.customer_id).where(_BLOCKS.block_key.in_(keys))
    pairs, last = _pairs(work, keys, members.order_by(_BLOCKS.customer_id))
    _go_on(task, last)
    if last is not None:
        # Keyed hashes lie evenly, so that the place of one tells how many lie before it.
        task.done = int(task.checkpoint["blocks"] * (last + _HASHES // 2) / _HASHES)
    return pairs


def _along_keys(work: UnitOfWork, task: Task) -> set[Pair]:
    key = (_KEYS.name, _KEYS.value_index)
    shared = select(*key).group_by(*key).having(func.count() > 1).order_by(*key)
    after = task.checkpoint["after"]
    shared = shared.where(tuple_(*key) > tuple_(*after)) if after is not None else shared
    keys = [tuple(row) for row in work.session.execute(shared.limit(SHARED_AT_ONCE))]
    members = select(*key, _KEYS.customer_id).where(tuple_(*key).in_(keys))
    pairs, last = _pairs(work, keys, members.order_by(_KEYS.customer_id))
    _go_on(task, last)
    task.done = max(task.done, task.checkpoint["blocks"])
    return pairs


def _over_candidates(work: UnitOfWork, task: Task) -> set[Pair]:
    statement = select(DuplicateCandidate).where(DuplicateCandidate.state == DuplicateState.OPEN.value)
    if task.checkpoint["after"] is not None:
        statement = statement.where(DuplicateCandidate.candidate_id > task.checkpoint["after"])
    rows = work.session.scalars(statement.order_by(DuplicateCandidate.candidate_id).limit(CANDIDATES_AT_ONCE)).all()
    _go_on(task, rows[-1].candidate_id if rows else None)
    return {(row.first_customer_id, row.second_customer_id) for row in rows}


_PORTIONS = dict(zip(_STAGES, (_along_blocks, _along_keys, _over_candidates), strict=True))


def _go_on(task: Task, last: Any) -> None:
    """Notes where the next portion begins; where there was nothing more the stage is over."""
    if last is not None:
        task.checkpoint = task.checkpoint | {"after": last}
        return
    following = [*_STAGES, "end"][_STAGES.index(task.checkpoint["stage"]) + 1]
    task.checkpoint = task.checkpoint | {"stage": following, "after": None}


def _pairs(work: UnitOfWork, keys: Sequence[Any], members: Select[Any]) -> tuple[set[Pair], Any]:
    """The pairs that share one of the keys, in the keys' order, until they are enough for a step; and the last key of these."""
    together: dict[Any, dict[str, None]] = {}
    for *key, customer_id in work.session.execute(members) if keys else ():
        together.setdefault(tuple(key) if len(key) > 1 else key[0], {})[customer_id] = None
    pairs: set[Pair] = set()
    last = None
    for key in keys:
        customer_ids = list(together.get(key, ()))
        if len(customer_ids) > NEIGHBOURS_MAX:
            customer_ids = _by_name(work, customer_ids)
        pairs.update(pairs_among(customer_ids, NEIGHBOURS_MAX))
        last = key
        if len(pairs) >= PAIRS_AT_ONCE:
            break
    return pairs, list(last) if isinstance(last, tuple) else last


def _by_name(work: UnitOfWork, customer_ids: Sequence[str]) -> list[str]:
    """In the order of their names, so that neighbours are alike."""
    beside = select(COLUMNS.customer_id).where(among(COLUMNS.customer_id, customer_ids))
    return list(work.session.scalars(beside.order_by(COLUMNS.display_name, COLUMNS.customer_id)))
