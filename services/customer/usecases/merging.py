"""Takes one record into another, and parts them again.

A merge is one transaction over everything that this service keeps of the two; other services follow by its event. Both records
are held from the start, in the order of their ids: whoever merges them the other way round, edits one or hands it over at the
same moment waits, and is told then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from sqlalchemy import func, or_, select, update
from workbench.customer.v1 import customer_pb2, duplicate_events_pb2, duplicate_pb2, duplicate_service_pb2, events_pb2

from services.chassis.db import listing
from services.chassis.db.scope import in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, NotFound, RuleBroken, StaleVersion
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.chassis.rpc.partial import check
from services.customer.model.coverage import Coverage
from services.customer.model.customer import DETAILS, Customer
from services.customer.model.group import CustomerGroupMember
from services.customer.model.holding import Holding
from services.customer.model.key_person import KeyPerson
from services.customer.model.merge import CustomerMerge, as_json, from_json
from services.customer.model.relation import Relation
from services.customer.model.segment import SegmentMember
from services.customer.model.timeline import TimelineEntry
from services.customer.rules.details import Details
from services.customer.rules.kinds import CustomerState
from services.customer.rules.lifecycle import require_alive
from services.customer.rules.merging import Note, NoteKind, check_choice, differing_kinds, merged_details, parted
from services.customer.usecases import duplicates, finding, joint_coverage, joint_segments, moves
from services.customer.usecases.answering import as_answer, as_record
from services.customer.usecases.custom_values import CUSTOM_FIELDS, CustomValues
from services.customer.usecases.finding import COLUMNS
from services.customer.usecases.keeping import keep

_OWN_FIELD = f"{CUSTOM_FIELDS}."
# Which of the details the contract has under these names.
_SHOWN_FIELDS = frozenset(DETAILS) & set(customer_pb2.Customer.DESCRIPTOR.fields_by_name)
# What moves from one record to the other, by the columns that name the record.
_AROUND = {
    "coverages": (Coverage.customer_id,),
    "relations": (Relation.from_customer_id, Relation.to_customer_id),
    "key_persons": (KeyPerson.customer_id, KeyPerson.person_customer_id),
    "group_members": (CustomerGroupMember.customer_id,),
    "segment_members": (SegmentMember.customer_id,),
    "timeline_entries": (TimelineEntry.customer_id,),
    "holdings": (Holding.customer_id,),
}


def preview(work: UnitOfWork, request: duplicate_service_pb2.PreviewMergeRequest) -> duplicate_pb2.CustomerMerge:
    """What a merge would do; changes nothing."""
    chosen = check_choice(request.take_from_merged.paths)
    survivor, other = _both(work, request.survivor_customer_id, request.merged_customer_id, hold=False)
    _require_changeable(work, survivor, chosen)
    details, notes = merged_details(survivor.details, other.details, chosen)
    return duplicate_pb2.CustomerMerge(
        survivor_customer_id=survivor.customer_id,
        merged_customer_id=other.customer_id,
        survivor=as_answer(work, _within_limits(survivor, details)),
        changed_fields=[
            name for name in DETAILS if name in _SHOWN_FIELDS and getattr(details, name) != getattr(survivor.details, name)
        ],
        moved=_counted(_around(work, other.customer_id)),
        notes=_shown_notes(work, survivor, map(_as_entry, notes)),
    )


def merge(work: UnitOfWork, request: duplicate_service_pb2.MergeCustomersRequest) -> duplicate_pb2.CustomerMerge:
    """Takes one record into the other."""
    chosen = check_choice(request.take_from_merged.paths)
    survivor, other = _both(work, request.survivor_customer_id, request.merged_customer_id, hold=True)
    _require_changeable(work, survivor, chosen)
    _require_seen(survivor, request.survivor_etag)
    _require_seen(other, request.merged_etag)
    if differing_kinds(survivor.details, other.details) and not request.acknowledge_identifiers_differ:
        violation = FieldViolation("acknowledge_identifiers_differ", "Say that the two are one although their numbers differ.")
        raise RuleBroken("IDENTIFIERS_DIFFER", "Both records have a number of which everybody has one.", violations=(violation,))
    before, taken, state = survivor.details, other.details, other.state
    details, notes = merged_details(before, taken, chosen)
    _within_limits(survivor, details)
    merge_id, told = work.new_id(), _around(work, other.customer_id)
    moved = _moved(work, survivor, other)
    # The numbers leave the one before they come to the other: never two records with one, not for a moment.
    other.end_as_merged(survivor.customer_id, now=work.now)
    work.session.flush()
    keep(work, [other])
    changed = survivor.take_over(details, now=work.now)
    work.session.flush()
    keep(work, [survivor])
    made = CustomerMerge(
        merge_id=merge_id,
        survivor_customer_id=survivor.customer_id,
        merged_customer_id=other.customer_id,
        person_id=work.caller.person_id,
        reason=request.reason,
        changed_fields=changed,
        snapshot={"survivor": as_json(before), "merged": as_json(taken), "after": as_json(survivor.details), "state": state},
        moved=moved,
        notes=[_as_entry(note) for note in notes],
        merge_time=work.now,
    )
    work.session.add(made)
    duplicates.decided_by_merge(work, survivor.customer_id, other.customer_id)
    duplicates.look_for(work, [survivor])
    work.resource = f"customers/{survivor.customer_id}"
    work.record(*_told_of_merge(work, made, survivor))
    return merge_message(work, made, survivor, moved=told)


def undo(work: UnitOfWork, merge_id: str, reason: str) -> duplicate_pb2.CustomerMerge:
    """Parts two records again; raises NotFound MERGE_NOT_FOUND, and RuleBroken where they cannot be parted."""
    made, survivor, other = _to_undo(work, merge_id)
    snapshot, moved = made.snapshot, made.moved
    if snapshot is None or moved is None or CustomerState.ERASED in (survivor.state, other.state):
        raise RuleBroken("MERGE_ERASED", "What is needed to part the two was erased by law.")
    _require_latest(work, made, survivor, other)
    before, taken, after = (from_json(snapshot[name]) for name in ("survivor", "merged", "after"))
    details, kept = parted(before, after, survivor.details, DETAILS)
    changed = survivor.take_over(details, now=work.now)
    work.session.flush()
    keep(work, [survivor])
    other.part(taken, snapshot["state"], now=work.now)
    work.session.flush()
    keep(work, [other])
    kept += joint_coverage.part(work, moved["coverages"])
    moves.move_back(work, moved["around"])
    joint_segments.part(work, moved["segments"])
    _chain(work, moved["chain"], other.customer_id)
    # What was needed to part the two is of two customers, and of no use any more.
    made.undo_time, made.undo_reason, made.snapshot, made.moved = work.now, reason, None, None
    duplicates.decided_by_undo(work, survivor.customer_id, other.customer_id)
    work.resource = f"customers/{survivor.customer_id}"
    work.record(*_told_of_undo(work, made, survivor, other, changed))
    notes = [Note(NoteKind.CHANGED_SINCE, name, "Changed since the merge; the change stays.") for name in sorted(set(kept))]
    return merge_message(work, made, survivor, moved=_around(work, other.customer_id), notes=map(_as_entry, notes))


def list_merges(
    work: UnitOfWork, request: duplicate_service_pb2.ListCustomerMergesRequest
) -> duplicate_service_pb2.ListCustomerMergesResponse:
    """A page of a customer's merges, the latest first."""
    customer = finding.shown_customer(work, request.customer_id)
    query, size = listing.query(request), page_size(request.page_size)
    statement = select(CustomerMerge).where(_of(customer.customer_id)).order_by(CustomerMerge.merge_id.desc())
    if token := PageToken.decode(request.page_token, query, keys=1):
        statement = statement.where(CustomerMerge.merge_id < token.keys[0])
    rows = work.session.scalars(statement.limit(size + 1)).all()
    page = Page.of(rows, size, query, lambda row: (row.merge_id,))
    return duplicate_service_pb2.ListCustomerMergesResponse(
        customer_merges=[merge_message(work, made, customer, whole=False) for made in page.rows],
        next_page_token=page.next_page_token,
    )


def merge_message(
    work: UnitOfWork,
    made: CustomerMerge,
    customer: Any,
    *,
    moved: Counter[str] | None = None,
    notes: Iterable[Mapping[str, Any]] | None = None,
    whole: bool = True,
) -> duplicate_pb2.CustomerMerge:
    """The merge as it is answered to whoever reaches the customer; `whole` with the customer, who is the survivor."""
    return duplicate_pb2.CustomerMerge(
        merge_id=made.merge_id,
        survivor_customer_id=made.survivor_customer_id,
        merged_customer_id=made.merged_customer_id,
        survivor=as_answer(work, customer) if whole else None,
        changed_fields=[name for name in made.changed_fields if name in _SHOWN_FIELDS],
        moved=_counted(moved or Counter()),
        notes=_shown_notes(work, customer, made.notes if notes is None else notes),
        person_id=made.person_id,
        merge_time=made.merge_time,
        undone=made.undone,
        undo_time=made.undo_time,
        reason=made.reason,
    )


def _both(work: UnitOfWork, survivor_id: str, other_id: str, *, hold: bool) -> tuple[Customer, Customer]:
    """Both records, fit to be merged; held in the order of their ids, so that two who merge them never wait for each other."""
    survivor_id, other_id = survivor_id.lower(), other_id.lower()
    if survivor_id == other_id:
        violation = FieldViolation("merged_customer_id", "Another record than the survivor.")
        raise InvalidInput("MERGE_WITH_SELF", "A record is not merged into itself.", violations=(violation,))
    if hold:
        # Before the rows, as whoever relates one of them to somebody does.
        for customer_id in sorted((survivor_id, other_id)):
            work.hold(f"relations/{customer_id}")
    found = _customers(work, (survivor_id, other_id), hold=hold)
    for field, customer_id in (("survivor_customer_id", survivor_id), ("merged_customer_id", other_id)):
        if customer_id not in found:
            violation = FieldViolation(field, "Name a customer in your scope.")
            raise NotFound("CUSTOMER_NOT_FOUND", "There is no such customer in your scope.", violations=(violation,))
    survivor, other = found[survivor_id], found[other_id]
    for customer in (survivor, other):
        finding.require_not_merged(customer)
        require_alive(customer.state)
    if survivor.kind != other.kind:
        raise RuleBroken("KINDS_DIFFER", "A person and a company, or two kinds of organisations, are not one customer.")
    return survivor, other


def _of(customer_id: str) -> Any:
    return or_(CustomerMerge.survivor_customer_id == customer_id, CustomerMerge.merged_customer_id == customer_id)


def _customers(work: UnitOfWork, customer_ids: Sequence[str], *, hold: bool) -> dict[str, Customer]:
    statement = select(Customer).where(Customer.customer_id.in_(customer_ids)).order_by(Customer.customer_id)
    statement = in_scope(statement, Customer, work.scope, work.caller)
    rows = work.session.scalars(statement.with_for_update() if hold else statement)
    return {customer.customer_id: customer for customer in rows}


def _require_seen(customer: Customer, etag: str) -> None:
    if etag and etag != customer.etag:
        raise StaleVersion("CUSTOMER_CHANGED", "A record changed since you read it; read both again and repeat.")


def _require_changeable(work: UnitOfWork, survivor: Customer, chosen: frozenset[str]) -> None:
    """Raises InvalidInput CUSTOM_FIELD_UNKNOWN for one of the bank's own fields that the caller may not change."""
    own = {path for path in chosen if path.startswith(_OWN_FIELD)}
    if own and (unknown := own - {_OWN_FIELD + field.name for field in CustomValues(work).writable(survivor)}):
        violation = FieldViolation("take_from_merged", f"{', '.join(sorted(unknown))} is no field that you may change.")
        raise InvalidInput("CUSTOM_FIELD_UNKNOWN", "The bank has no such field.", violations=(violation,))


def _within_limits(survivor: Customer, details: Details) -> SimpleNamespace:
    """The survivor's row with these details; raises InvalidInput where both together are more than a record holds."""
    row = {column.key: getattr(survivor, column.key) for column in COLUMNS}
    row |= {name: value for name in DETAILS if (value := getattr(details, name))}
    changed = SimpleNamespace(**row)
    check(as_record(changed), prefix="survivor.")
    return changed


def _moved(work: UnitOfWork, survivor: Customer, other: Customer) -> dict[str, Any]:
    return {
        "coverages": joint_coverage.join(work, survivor, other),
        "around": moves.move(work, other.customer_id, survivor.customer_id),
        "segments": joint_segments.join(work, survivor.customer_id, other.customer_id),
        # What was merged into the other record stands for the survivor now, so that no chain grows.
        "chain": _chain(work, _merged_into(work, other.customer_id), survivor.customer_id),
    }


def _merged_into(work: UnitOfWork, customer_id: str) -> list[str]:
    with work.whole_bank():
        return list(work.session.scalars(select(COLUMNS.customer_id).where(COLUMNS.merged_into_customer_id == customer_id)))


def _chain(work: UnitOfWork, customer_ids: Sequence[str], into: str) -> list[str]:
    """Has another record stand for these, wherever they are led."""
    with work.whole_bank():
        work.session.execute(
            update(Customer)
            .where(Customer.customer_id.in_(customer_ids))
            .values(merged_into_customer_id=into, update_time=work.now, version=Customer.version + 1)
            .execution_options(synchronize_session=False)
        )
    return list(customer_ids)


def _to_undo(work: UnitOfWork, merge_id: str) -> tuple[CustomerMerge, Customer, Customer]:
    ids = (CustomerMerge.survivor_customer_id, CustomerMerge.merged_customer_id)
    found = work.session.execute(select(*ids).where(CustomerMerge.merge_id == merge_id.lower())).one_or_none()
    for customer_id in sorted(found or ()):
        work.hold(f"relations/{customer_id}")
    both = _customers(work, tuple(found), hold=True) if found else {}
    if found is None or len(both) < len(ids):
        raise NotFound("MERGE_NOT_FOUND", "There is no such merge of which you reach both records.")
    made = work.session.get_one(CustomerMerge, merge_id.lower(), with_for_update=True)
    if made.undone:
        raise RuleBroken("MERGE_UNDONE", "The two are two records already.")
    return made, both[found[0]], both[found[1]]


def _require_latest(work: UnitOfWork, made: CustomerMerge, survivor: Customer, other: Customer) -> None:
    later = select(CustomerMerge.merge_id).where(
        CustomerMerge.survivor_customer_id == made.survivor_customer_id,
        CustomerMerge.undo_time.is_(None),
        CustomerMerge.merge_id > made.merge_id,
    )
    passed_on = survivor.state == CustomerState.MERGED or other.merged_into_customer_id != survivor.customer_id
    if passed_on or work.session.scalar(later.limit(1)):
        raise RuleBroken("MERGE_NOT_LATEST", "The survivor was merged again since; undo that first.")


def _around(work: UnitOfWork, customer_id: str) -> Counter[str]:
    """How many rows of each kind belong to a record."""
    counts: Counter[str] = Counter()
    for kind, columns in _AROUND.items():
        of_customer = or_(*(column == customer_id for column in columns))
        counts[kind] = work.session.scalar(select(func.count()).where(of_customer)) or 0
    return counts


def _counted(counts: Counter[str]) -> list[duplicate_pb2.MovedRows]:
    return [duplicate_pb2.MovedRows(kind=kind, rows=rows) for kind, rows in sorted(counts.items()) if rows]


def _shown_notes(work: UnitOfWork, customer: Any, notes: Iterable[Mapping[str, Any]]) -> list[duplicate_pb2.MergeNote]:
    """The notes without those of the bank's own fields that the caller may not read."""
    readable = {_OWN_FIELD + field.name for field in CustomValues(work).readable(customer)}
    shown = (note for note in notes if not note["field"].startswith(_OWN_FIELD) or note["field"] in readable)
    return [duplicate_pb2.MergeNote(**note) for note in shown]


def _as_entry(note: Note) -> dict[str, Any]:
    return {"kind": note.kind.value, "field": note.field, "description": note.description}


def _told_of_merge(work: UnitOfWork, made: CustomerMerge, survivor: Customer) -> list[Any]:
    told = duplicate_events_pb2.CustomersMerged(
        survivor_customer_id=made.survivor_customer_id,
        merged_customer_id=made.merged_customer_id,
        merge_id=made.merge_id,
        display_name=survivor.display_name,
        changed_fields=made.changed_fields,
        lead_person_id=survivor.lead_person_id,
        organisation_path=survivor.organisation_path,
        merge_time=work.now,
    )
    return [told, *_updated(survivor, made.changed_fields)]


def _told_of_undo(
    work: UnitOfWork, made: CustomerMerge, survivor: Customer, other: Customer, changed: Sequence[str]
) -> list[Any]:
    told = duplicate_events_pb2.CustomersUnmerged(
        survivor_customer_id=made.survivor_customer_id,
        merged_customer_id=made.merged_customer_id,
        merge_id=made.merge_id,
        lead_person_id=other.lead_person_id,
        organisation_path=other.organisation_path,
        undo_time=work.now,
    )
    return [told, *_updated(survivor, changed)]


def _updated(customer: Customer, changed: Sequence[str]) -> list[events_pb2.CustomerUpdated]:
    """What those who follow a customer's own fields hear, as after any change of them."""
    if not changed:
        return []
    return [
        events_pb2.CustomerUpdated(
            customer_id=customer.customer_id,
            changed_fields=changed,
            display_name=customer.display_name,
            tier=customer.tier,
            update_time=customer.update_time,
        )
    ]
