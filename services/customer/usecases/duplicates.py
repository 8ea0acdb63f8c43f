"""Likely duplicates: told to whoever opens a record, and reviewed by whoever reaches both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, or_, select, tuple_
from sqlalchemy.orm import aliased
from workbench.customer.v1 import customer_pb2, duplicate_pb2, duplicate_service_pb2

from services.chassis.db import listing
from services.chassis.db.among import among
from services.chassis.db.scope import in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import AlreadyExists, FieldViolation, NotFound, StaleVersion
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.customer.model.customer import Customer
from services.customer.model.duplicate import DuplicateBlock, DuplicateCandidate, in_order
from services.customer.model.key import CustomerKey
from services.customer.rules.blocking import NEIGHBOURS_MAX
from services.customer.rules.kinds import DuplicateState
from services.customer.rules.likeness import NEARLY_CERTAIN, Likeness, ReasonKind
from services.customer.usecases.answering import as_answer, as_listed
from services.customer.usecases.comparing import Pair, compared, keep_candidates, portions
from services.customer.usecases.finding import COLUMNS, LISTED, SHOWN

# So many are named where a record is refused.
TOLD_MAX = 10

# Both records of candidates as they are answered, by their ids.
Records = Mapping[str, customer_pb2.Customer]

_READ = "customer.record.read"
_KEYS, _BLOCKS = CustomerKey.__table__, DuplicateBlock.__table__
_FIRST, _SECOND = aliased(Customer.__table__), aliased(Customer.__table__)

# What each reason says, and the field of the record to which it points.
_SAID: Mapping[int, tuple[str, str]] = {
    ReasonKind.SAME_IDENTIFIER: ("identifier", "Same identifying number 证件号码相同"),
    ReasonKind.SAME_PHONE: ("phone", "Same telephone number 电话相同"),
    ReasonKind.SAME_EMAIL: ("contact_points", "Same e-mail address 邮箱相同"),
    ReasonKind.SAME_NAME: ("display_name", "Same name 名称相同"),
    ReasonKind.LIKE_NAME: ("display_name", "Names written or read alike 名称相近"),
    ReasonKind.SAME_DATE: ("birth_or_founding_date", "Same birth or founding date 出生或成立日期相同"),
    ReasonKind.LIKE_ADDRESS: ("addresses", "Addresses alike 地址相近"),
    ReasonKind.OTHER_IDENTIFIER: ("identifier", "Different identifying numbers 证件号码不同"),
    ReasonKind.OTHER_NAME: ("display_name", "Different names 名称不同"),
    ReasonKind.OTHER_DATE: ("birth_or_founding_date", "Different birth or founding dates 出生或成立日期不同"),
}


def look_for(work: UnitOfWork, customers: Sequence[Any], *, refuse: bool = False) -> None:
    """Looks for likely duplicates of customers that were just opened, and puts them before whoever reviews them.

    With `refuse`, raises AlreadyExists LIKELY_DUPLICATE where one that the caller may read is nearly certainly the same. Nobody
    learns of one outside his scope: the record is opened, and whoever reaches both reviews it.
    """
    new = {customer.customer_id: customer for customer in customers}
    with work.whole_bank():
        pairs = _meeting(work, list(new))
        found = compared(work, pairs) if pairs else {}
    if refuse:
        _refuse_nearly_certain(work, found, new)
    keep_candidates(work, found)


def list_candidates(
    work: UnitOfWork, request: duplicate_service_pb2.ListDuplicateCandidatesRequest
) -> tuple[Page, dict[str, Any]]:
    """A page of candidates of which both records are in scope, the most alike first, and these records."""
    query, size = listing.query(request), page_size(request.page_size)
    key = (DuplicateCandidate.score, DuplicateCandidate.candidate_id)
    states = list(request.states) or [DuplicateState.OPEN.value]
    statement = _in_reach(work).where(DuplicateCandidate.state.in_(states)).order_by(*(column.desc() for column in key))
    if request.score_min:
        statement = statement.where(DuplicateCandidate.score >= request.score_min)
    if request.customer_id:
        statement = statement.where(_of(request.customer_id.lower()))
    if request.assigned_person_id:
        statement = statement.where(DuplicateCandidate.assigned_person_id == request.assigned_person_id.lower())
    if token := PageToken.decode(request.page_token, query, keys=2):
        statement = statement.where(tuple_(*key) < tuple_(listing.number(token.keys[0]), token.keys[1]))
    rows = work.session.scalars(statement.limit(size + 1)).all()
    page = Page.of(rows, size, query, lambda row: (str(row.score), row.candidate_id))
    return page, {record.customer_id: record for record in as_listed(work, _rows(work, page.rows, LISTED))}


def find_candidate(work: UnitOfWork, candidate_id: str) -> tuple[DuplicateCandidate, Records]:
    """One candidate with both records; raises NotFound CANDIDATE_NOT_FOUND."""
    candidate = work.session.scalars(_in_reach(work).where(DuplicateCandidate.candidate_id == candidate_id.lower())).one_or_none()
    if candidate is None:
        raise NotFound("CANDIDATE_NOT_FOUND", "There is no such candidate of which you reach both records.")
    return candidate, {row.customer_id: as_answer(work, row) for row in _rows(work, [candidate], SHOWN)}


def dismiss(work: UnitOfWork, candidate_id: str, reason: str, etag: str) -> tuple[DuplicateCandidate, Records]:
    """Somebody looked, and the two are two."""
    candidate, records = _to_decide(work, candidate_id, etag)
    candidate.dismiss(reason, work.caller.person_id, work.now)
    work.session.flush()
    return candidate, records


def assign(work: UnitOfWork, candidate_id: str, person_id: str, etag: str) -> tuple[DuplicateCandidate, Records]:
    """Asks somebody to look."""
    candidate, records = _to_decide(work, candidate_id, etag)
    candidate.assign(person_id.lower(), work.now)
    work.session.flush()
    return candidate, records


def decided_by_merge(work: UnitOfWork, one: str, other: str) -> None:
    """Closes the candidate of two records that became one, and clears the others of the record that is gone."""
    first, second = in_order(one, other)
    for candidate in work.session.scalars(select(DuplicateCandidate).where(_of(other)).with_for_update()):
        if (candidate.first_customer_id, candidate.second_customer_id) == (first, second):
            candidate.merged(work.caller.person_id, work.now)
        elif candidate.state == DuplicateState.OPEN:
            # Those with the survivor are found anew by the next look at it.
            candidate.state, candidate.update_time = DuplicateState.CLEARED.value, work.now


def decided_by_undo(work: UnitOfWork, one: str, other: str) -> None:
    """The two are two: no scan is to raise them again on the same grounds."""
    first, second = in_order(one, other)
    pair = select(DuplicateCandidate).filter_by(first_customer_id=first, second_customer_id=second).with_for_update()
    if candidate := work.session.scalars(pair).one_or_none():
        candidate.parted(work.now)


def candidate_message(candidate: DuplicateCandidate, records: Records) -> duplicate_pb2.DuplicateCandidate:
    """The candidate as it is answered."""
    return duplicate_pb2.DuplicateCandidate(
        candidate_id=candidate.candidate_id,
        first_customer=records[candidate.first_customer_id],
        second_customer=records[candidate.second_customer_id],
        score=candidate.score,
        reasons=[
            duplicate_pb2.DuplicateReason(kind=kind, points=points, description=_SAID[kind][1])
            for kind, points in candidate.reasons
        ],
        state=candidate.state,
        assigned_person_id=candidate.assigned_person_id,
        dismiss_reason=candidate.dismiss_reason,
        decided_by_person_id=candidate.decided_by_person_id,
        create_time=candidate.create_time,
        update_time=candidate.update_time,
        etag=candidate.etag,
    )


def _meeting(work: UnitOfWork, new: Sequence[str]) -> set[Pair]:
    """The pairs of new customers and any that share a key or a block with them; of a crowd that shares one, some."""
    pairs: set[Pair] = set()
    ours, theirs = aliased(_KEYS), aliased(_KEYS)
    same_key = (theirs.c.name == ours.c.name) & (theirs.c.value_index == ours.c.value_index)
    our_block, their_block = aliased(_BLOCKS), aliased(_BLOCKS)
    for some in portions(list(new)):
        meetings = (
            select(ours.c.customer_id, theirs.c.customer_id)
            .join(theirs, same_key & (theirs.c.customer_id != ours.c.customer_id))
            .where(among(ours.c.customer_id, some)),
            select(our_block.c.customer_id, their_block.c.customer_id)
            .join(
                their_block,
                (their_block.c.block_key == our_block.c.block_key) & (their_block.c.customer_id != our_block.c.customer_id),
            )
            .where(among(our_block.c.customer_id, some)),
        )
        for statement in meetings:
            rows = work.session.execute(statement.limit(NEIGHBOURS_MAX * len(some)))
            pairs.update(in_order(one, other) for one, other in rows)
    return pairs


def _refuse_nearly_certain(work: UnitOfWork, found: Mapping[Pair, Likeness], new: Mapping[str, Any]) -> None:
    certain = {_other(pair, new): likeness for pair, likeness in found.items() if likeness.score >= NEARLY_CERTAIN}
    if not certain or not work.caller.holds(_READ):
        return
    # Whom he may read is asked with that permission, which may reach less than the one to open records.
    readable = in_scope(
        select(COLUMNS.customer_id).where(COLUMNS.customer_id.in_(certain)), COLUMNS, work.caller.scope(_READ), work.caller
    )
    told = sorted(work.session.scalars(readable), key=lambda customer_id: (-certain[customer_id].score, customer_id))[:TOLD_MAX]
    if not told:
        return
    agree = {reason.kind for customer_id in told for reason in certain[customer_id].reasons if reason.points > 0}
    raise AlreadyExists(
        "LIKELY_DUPLICATE",
        "This is nearly certainly a customer whom you have: look at it, or say accept_likely_duplicates.",
        metadata={
            "customerIds": ",".join(told),
            "scores": ",".join(str(certain[customer_id].score) for customer_id in told),
            "reasons": ",".join(kind.name for kind in sorted(agree)),
        },
        violations=tuple(FieldViolation(f"customer.{_SAID[kind][0]}", _SAID[kind][1]) for kind in sorted(agree)),
    )


def _other(pair: Pair, new: Mapping[str, Any]) -> str:
    return pair[1] if pair[0] in new else pair[0]


def _of(customer_id: str) -> Any:
    return or_(DuplicateCandidate.first_customer_id == customer_id, DuplicateCandidate.second_customer_id == customer_id)


def _in_reach(work: UnitOfWork) -> Select[Any]:
    statement = (
        select(DuplicateCandidate)
        .join(_FIRST, _FIRST.c.customer_id == DuplicateCandidate.first_customer_id)
        .join(_SECOND, _SECOND.c.customer_id == DuplicateCandidate.second_customer_id)
    )
    for end in (_FIRST, _SECOND):
        statement = in_scope(statement, end.c, work.scope, work.caller)
    return statement


def _to_decide(work: UnitOfWork, candidate_id: str, etag: str) -> tuple[DuplicateCandidate, Records]:
    candidate, records = find_candidate(work, candidate_id)
    work.session.refresh(candidate, with_for_update=True)
    if etag and etag != candidate.etag:
        raise StaleVersion("CANDIDATE_CHANGED", "The candidate changed since you read it; read it again and repeat.")
    return candidate, records


def _rows(work: UnitOfWork, candidates: Iterable[DuplicateCandidate], columns: Sequence[Any]) -> list[Any]:
    ids = {customer_id for each in candidates for customer_id in (each.first_customer_id, each.second_customer_id)}
    of_some = (select(*columns).where(among(COLUMNS.customer_id, some)) for some in portions(sorted(ids)))
    return [row for statement in of_some for row in work.session.execute(statement)]
