"""Makes, changes, ends and lists relations. Whoever says something of two reaches both; whoever ends it, one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, tuple_
from workbench.customer.v1 import relation_events_pb2, relation_pb2, relation_service_pb2

from services.chassis.db import listing
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import (
    AlreadyExists,
    FieldViolation,
    InvalidInput,
    NotFound,
    RuleBroken,
    StaleVersion,
    located,
)
from services.chassis.kernel.money import Money
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.chassis.mapping import money_message
from services.chassis.rpc import partial
from services.chassis.words.texts import tidy_text
from services.customer.model.relation import Relation
from services.customer.rules.kinds import CustomerKind
from services.customer.rules.relations import (
    LABEL_LENGTH_MAX,
    NOTE_LENGTH_MAX,
    SINGLE,
    SOURCE_LENGTH_MAX,
    SYMMETRIC,
    RelationKind,
    check_fit,
    check_shares,
    parse_day,
    parse_share,
    percent_text,
)
from services.customer.usecases import finding, parties
from services.customer.usecases.parties import Parties

CHANGEABLE_FIELDS = ("label", "share_percent", "guaranteed_amount", "start_date", "end_date", "source", "note")
_IMMUTABLE_FIELDS = ("kind", "from_party", "to_party")


def create(work: UnitOfWork, draft: relation_pb2.Relation) -> tuple[Relation, Parties]:
    """A new relation between two whom the caller reaches, and who they are."""
    with located("relation"):
        relation, ends = _drafted(work, draft)
        _check(work, relation, ends)
    work.session.add(relation)
    work.session.flush()
    finding.require_standing(work, relation.from_customer_id, relation.to_customer_id)
    work.record(
        relation_events_pb2.RelationCreated(
            **_told(relation), start_date=relation.start_date.isoformat(), end_date=_iso(relation.end_date)
        )
    )
    return relation, ends


def found(work: UnitOfWork, relation_id: str) -> tuple[Relation, Parties]:
    """One of whose ends the caller reaches at least one; raises NotFound RELATION_NOT_FOUND."""
    return _reached(work, work.session.get(Relation, relation_id.lower()), ends_min=1)


def change(work: UnitOfWork, sent: relation_pb2.Relation, fields: Sequence[str]) -> tuple[Relation, Parties]:
    """Takes the named fields over and checks the relation whole; nothing happens where nothing differs."""
    partial.check_mask(fields, relation_pb2.Relation.DESCRIPTOR, "A relation")
    partial.check(relation_service_pb2.GetRelationRequest(relation_id=sent.relation_id), "relation.")
    relation, ends = _to_change(work, sent.relation_id, sent.etag, ends_min=2)
    before = as_message(relation, ends)
    after = relation_pb2.Relation()
    after.CopyFrom(before)
    with located("relation"), work.session.no_autoflush:
        for name in set(fields) & set(_IMMUTABLE_FIELDS):
            _refuse_other(name, getattr(sent, name), getattr(before, name))
        changed = partial.take(after, sent, [name for name in CHANGEABLE_FIELDS if name in fields])
        if changed:
            partial.check(after)
            _fill(work, relation, after)
            _check(work, relation, ends)
            relation.update_time = work.now
    if changed:
        work.session.flush()
        work.record(relation_events_pb2.RelationUpdated(**_told(relation), changed_fields=changed))
    return relation, ends


def end(work: UnitOfWork, request: relation_service_pb2.EndRelationRequest) -> tuple[Relation, Parties]:
    """Gives a relation its last day."""
    relation, ends = _to_change(work, request.relation_id, request.etag, ends_min=1)
    if relation.end_date is not None:
        raise RuleBroken("RELATION_ENDED", "The relation has its last day already.")
    relation.end_date = parse_day(request.end_date, "end_date", work.business_date)
    _ = relation.days.checked()
    relation.update_time = work.now
    work.session.flush()
    work.record(relation_events_pb2.RelationEnded(**_told(relation), end_date=_iso(relation.end_date)))
    return relation, ends


def delete(work: UnitOfWork, relation_id: str, etag: str) -> None:
    """Takes out a relation that never was."""
    relation, _ = _to_change(work, relation_id, etag, ends_min=2)
    remove(work, relation)


def remove(work: UnitOfWork, relation: Relation) -> None:
    """Takes a relation out, whoever reaches it."""
    work.session.delete(relation)
    work.session.flush()
    work.record(relation_events_pb2.RelationDeleted(**_told(relation)))


def of_customer(work: UnitOfWork, request: relation_service_pb2.ListRelationsRequest) -> tuple[Page, Parties]:
    """A page of a customer's relations from either end, the latest first, and who stands at their ends."""
    customer_id = finding.shown_customer(work, request.customer_id).customer_id
    query, size = listing.query(request), page_size(request.page_size)
    ends = or_(Relation.from_customer_id == customer_id, Relation.to_customer_id == customer_id)
    key = (Relation.start_date, Relation.relation_id)
    statement = select(Relation).where(ends).order_by(*(column.desc() for column in key)).limit(size + 1)
    if request.kinds:
        statement = statement.where(Relation.kind.in_(request.kinds))
    if not request.past_and_future:
        statement = statement.where(holds_on(work.business_date))
    if token := PageToken.decode(request.page_token, query, keys=2):
        statement = statement.where(tuple_(*key) < tuple_(listing.day(token.keys[0]), token.keys[1]))
    rows = work.session.scalars(statement).all()
    page = Page.of(rows, size, query, lambda row: (row.start_date.isoformat(), row.relation_id))
    return page, parties.of_relations(work, page.rows)


def holds_on(day: Any, model: Any = Relation) -> ColumnElement[bool]:
    """Whether a row with first and last day holds on a day."""
    return and_(model.start_date <= day, or_(model.end_date.is_(None), model.end_date >= day))


def as_message(relation: Relation, ends: Parties) -> relation_pb2.Relation:
    """The relation as it is answered: of an end outside the caller's scope nothing, and then no note either."""
    from_party, to_party = ends.ends(relation)
    outside = from_party.outside_scope or to_party.outside_scope
    return relation_pb2.Relation(
        relation_id=relation.relation_id,
        kind=relation.kind,
        from_party=from_party,
        to_party=to_party,
        label=relation.label,
        share_percent=percent_text(relation.share_millionths),
        guaranteed_amount=money_message(relation.guaranteed_amount),
        start_date=relation.start_date.isoformat(),
        end_date=_iso(relation.end_date),
        source=relation.source,
        note="" if outside else relation.note or "",
        create_time=relation.create_time,
        update_time=relation.update_time,
        etag=relation.etag,
    )


def _drafted(work: UnitOfWork, draft: relation_pb2.Relation) -> tuple[Relation, Parties]:
    from_customer_id, from_key_person_id = draft.from_party.customer_id.lower(), draft.from_party.key_person_id.lower()
    to_customer_id = draft.to_party.customer_id.lower()
    if bool(from_customer_id) == bool(from_key_person_id):
        raise _end_invalid("from_party", "Give one of customer_id and key_person_id.")
    if not to_customer_id or draft.to_party.key_person_id:
        raise _end_invalid("to_party", "Give customer_id alone.")
    if from_customer_id == to_customer_id:
        violation = FieldViolation("to_party.customer_id", "Another customer than that of from_party.")
        raise InvalidInput("RELATION_TO_SELF", "Nobody is related to himself.", violations=(violation,))
    ends = parties.in_reach(work, {from_customer_id, to_customer_id} - {""}, {from_key_person_id} - {""})
    if from_customer_id and from_customer_id not in ends.customers:
        raise parties.customer_not_found("from_party.customer_id")
    if from_key_person_id and from_key_person_id not in ends.key_persons:
        raise parties.key_person_not_found("from_party.key_person_id")
    if to_customer_id not in ends.customers:
        raise parties.customer_not_found("to_party.customer_id")
    if draft.kind in SYMMETRIC:
        from_customer_id, to_customer_id = sorted((from_customer_id, to_customer_id))
    relation = Relation(
        relation_id=work.new_id(),
        kind=draft.kind,
        from_customer_id=from_customer_id or None,
        from_key_person_id=from_key_person_id or None,
        to_customer_id=to_customer_id,
        start_date=work.business_date,
        create_time=work.now,
        update_time=work.now,
    )
    _fill(work, relation, draft)
    return relation, ends


def _fill(work: UnitOfWork, relation: Relation, message: relation_pb2.Relation) -> None:
    """Takes over what may be changed of a relation."""
    relation.label = tidy_text(message.label, "label", LABEL_LENGTH_MAX)
    relation.share_millionths = parse_share(message.share_percent, RelationKind(relation.kind))
    relation.guaranteed_amount = _guaranteed(message) if message.HasField("guaranteed_amount") else None
    relation.start_date = parse_day(message.start_date, "start_date", work.business_date) or work.business_date
    relation.end_date = parse_day(message.end_date, "end_date")
    relation.source = tidy_text(message.source, "source", SOURCE_LENGTH_MAX)
    note = tidy_text(message.note, "note", NOTE_LENGTH_MAX) or None
    if note != relation.note:
        # An unchanged value is left alone: encrypted anew it would look changed to the audit trail.
        relation.note = note


def _guaranteed(message: relation_pb2.Relation) -> Money:
    with located("guaranteed_amount"):
        amount = Money.parse(message.guaranteed_amount.amount, message.guaranteed_amount.currency_code)
    if message.kind != RelationKind.GUARANTOR or amount.minor_units <= 0:
        violation = FieldViolation("guaranteed_amount", "More than 0, and for a guarantor only.")
        raise InvalidInput("RELATION_UNFIT", "This relation has no such amount.", violations=(violation,))
    return amount


def _check(work: UnitOfWork, relation: Relation, ends: Parties) -> None:
    """What must hold of the relation by itself, and among the others of its company, which nobody else writes meanwhile."""
    from_kind = ends.customers[relation.from_customer_id].kind if relation.from_customer_id else CustomerKind.RETAIL
    to_kind = ends.customers[relation.to_customer_id].kind
    kind = RelationKind(relation.kind)
    check_fit(kind, CustomerKind(from_kind), CustomerKind(to_kind), relation.label)
    days = relation.days.checked()
    work.hold(f"relations/{relation.to_customer_id}")
    alike = select(Relation).where(
        Relation.to_customer_id == relation.to_customer_id,
        Relation.kind == relation.kind,
        Relation.relation_id != relation.relation_id,
    )
    others = [other for other in work.session.scalars(alike) if other.days.overlap(days)]
    if any(_same(relation, other) for other in others):
        raise AlreadyExists("RELATION_EXISTS", "These two have this relation in those days already.")
    if kind in SINGLE and others:
        raise RuleBroken("LEGAL_REPRESENTATIVE_EXISTS", "The company has another legal representative in those days.")
    if relation.share_millionths is not None:
        shares = [(other.days, other.share_millionths) for other in [*others, relation] if other.share_millionths]
        check_shares(shares)


def _same(relation: Relation, other: Relation) -> bool:
    return (
        relation.from_customer_id == other.from_customer_id
        and relation.from_key_person_id == other.from_key_person_id
        and relation.label == other.label
    )


def _to_change(work: UnitOfWork, relation_id: str, etag: str, *, ends_min: int) -> tuple[Relation, Parties]:
    statement = select(Relation).where(Relation.relation_id == relation_id.lower()).with_for_update()
    relation, ends = _reached(work, work.session.scalars(statement).one_or_none(), ends_min)
    if etag and etag != relation.etag:
        raise StaleVersion("RELATION_CHANGED", "The relation changed since you read it; read it again and repeat.")
    return relation, ends


def _reached(work: UnitOfWork, relation: Relation | None, ends_min: int) -> tuple[Relation, Parties]:
    ends = parties.of_relations(work, [relation] if relation else [])
    if relation is None or sum(not end.outside_scope for end in ends.ends(relation)) < ends_min:
        raise NotFound("RELATION_NOT_FOUND", "There is no such relation in your scope.")
    return relation, ends


def _refuse_other(name: str, sent: Any, kept: Any) -> None:
    same = sent == kept
    if name != "kind":
        same = (sent.customer_id.lower(), sent.key_person_id.lower()) == (kept.customer_id, kept.key_person_id)
    if not same:
        raise InvalidInput("FIELD_IMMUTABLE", f"{name} never changes.", violations=(FieldViolation(name, "It never changes."),))


def _end_invalid(field: str, fault: str) -> InvalidInput:
    return InvalidInput("REQUEST_INVALID", f"These fields do not fit: {field}.", violations=(FieldViolation(field, fault),))


def _told(relation: Relation) -> dict[str, Any]:
    return {
        "relation_id": relation.relation_id,
        "kind": relation.kind,
        "from_customer_id": relation.from_customer_id or "",
        "from_key_person_id": relation.from_key_person_id or "",
        "to_customer_id": relation.to_customer_id,
    }


def _iso(day: Any) -> str:
    return day.isoformat() if day else ""
