"""Saved views, and segments with their members. Whoever reads one is told of customers in his own scope and of no others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, select
from workbench.customer.v1 import customer_pb2, holding_service_pb2, segment_pb2, segment_service_pb2

from services.chassis.contract import snake_case
from services.chassis.db.among import among
from services.chassis.db.audit import Change
from services.chassis.db.scope import in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, LimitReached, NotFound, RuleBroken
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.customer.model.segment import SavedView, Segment, SegmentMember
from services.customer.rules.kinds import SegmentKind
from services.customer.rules.lifecycle import ENDED
from services.customer.usecases import filtering, finding, listing
from services.customer.usecases.finding import COLUMNS
from services.customer.usecases.kept_lists import KeptLists

# In a static segment, and of those that come into it at once by a filter.
MEMBERS_MAX = 100_000
MEMBERS_AT_ONCE = 10_000
COUNTED_MAX = 1_000
# What a list of customers shows: their own fields, and what they have.
_SHOWN = {*customer_pb2.Customer.DESCRIPTOR.fields_by_name, *holding_service_pb2.CustomerBalances.DESCRIPTOR.fields_by_name}


def _fill_view(work: UnitOfWork, view: SavedView, sent: segment_pb2.SavedView) -> None:
    filtering.condition(work, sent.filter)
    listing.order_of(sent.order_by)
    view.display_name, view.filter, view.order_by = " ".join(sent.display_name.split()), sent.filter, sent.order_by
    view.columns = [_column(place, name) for place, name in enumerate(sent.columns)]


def _fill_segment(work: UnitOfWork, segment: Segment, sent: segment_pb2.Segment) -> None:
    is_asked = filtering.condition(work, sent.filter) is not None
    if is_asked != (segment.kind == SegmentKind.DYNAMIC):
        fault = "A filter says who is in a dynamic segment." if not is_asked else "Who is in a static segment is put in by name."
        raise InvalidInput("FILTER_INVALID", "The filter and the kind do not fit.", violations=(FieldViolation("filter", fault),))
    segment.display_name, segment.description = " ".join(sent.display_name.split()), sent.description
    segment.filter = sent.filter if is_asked else ""


views = KeptLists(SavedView, segment_pb2.SavedView, ("display_name", "filter", "order_by", "columns"), _fill_view)
segments = KeptLists(Segment, segment_pb2.Segment, ("display_name", "description", "filter"), _fill_segment)


def delete_view(work: UnitOfWork, saved_view_id: str, etag: str) -> None:
    """Takes a view out."""
    work.session.delete(views.owned(work, saved_view_id, etag))
    work.session.flush()


def delete_segment(work: UnitOfWork, segment_id: str, etag: str) -> None:
    """Takes a segment out, its members with it."""
    segment = segments.owned(work, segment_id, etag)
    work.session.execute(delete(SegmentMember).where(SegmentMember.segment_id == segment.segment_id))
    work.session.delete(segment)
    work.session.flush()


def add_members(work: UnitOfWork, request: segment_service_pb2.AddSegmentMembersRequest) -> int:
    """Puts customers in scope into a static segment; answers how many came in."""
    segment = _static(work, request.segment_id)
    if bool(request.customer_ids) == bool(request.filter.strip()):
        violation = FieldViolation("customer_ids", "Name customers, or give a filter: one of both.")
        raise InvalidInput("MEMBERS_UNCLEAR", "Say who is to come in.", violations=(violation,))
    wanted = _named(work, request.customer_ids) if request.customer_ids else _held(work, request.filter)
    members = select(SegmentMember.customer_id).where(SegmentMember.segment_id == segment.segment_id)
    present = set(work.session.scalars(members.where(among(SegmentMember.customer_id, wanted))))
    fresh = [customer_id for customer_id in wanted if customer_id not in present]
    if (work.session.scalar(select(func.count()).select_from(members.subquery())) or 0) + len(fresh) > MEMBERS_MAX:
        raise LimitReached("SEGMENT_TOO_LARGE", f"A segment has at most {MEMBERS_MAX:,} members.")
    if fresh:
        rows = [{"segment_id": segment.segment_id, "customer_id": each, "add_time": work.now} for each in fresh]
        work.insert_all(SegmentMember, rows)
        finding.require_standing(work, *fresh)
        segments.touch(work, segment)
    return len(fresh)


def remove_members(work: UnitOfWork, request: segment_service_pb2.RemoveSegmentMembersRequest) -> int:
    """Takes customers out of a static segment; answers how many went out."""
    segment = _static(work, request.segment_id)
    gone = _take_out(work, segment.segment_id, [customer_id.lower() for customer_id in request.customer_ids])
    if gone:
        segments.touch(work, segment)
    return gone


def list_members(work: UnitOfWork, request: segment_service_pb2.ListSegmentMembersRequest) -> Page:
    """A page of the members in the caller's scope, by customer number."""
    segment, size = segments.found(work, request.segment_id), page_size(request.page_size)
    query = f"{segment.segment_id}/{segment.filter}"
    statement = _members(work, segment, select(COLUMNS.customer_id, COLUMNS.customer_number, COLUMNS.display_name))
    if token := PageToken.decode(request.page_token, query, keys=1):
        statement = statement.where(COLUMNS.customer_number > token.keys[0])
    rows = work.session.execute(statement.order_by(COLUMNS.customer_number).limit(size + 1)).all()
    return Page.of(rows, size, query, lambda row: (row.customer_number,))


def count_members(work: UnitOfWork, segment_id: str) -> tuple[int, bool]:
    """How many members are in the caller's scope, and whether there are more than are counted."""
    some = _members(work, segments.found(work, segment_id), select(COLUMNS.customer_id)).limit(COUNTED_MAX + 1).subquery()
    count = work.session.scalar(select(func.count()).select_from(some)) or 0
    return min(count, COUNTED_MAX), count > COUNTED_MAX


def _take_out(work: UnitOfWork, segment_id: str, customer_ids: Sequence[str]) -> int:
    gone = work.session.scalars(
        delete(SegmentMember)
        .where(SegmentMember.segment_id == segment_id, among(SegmentMember.customer_id, customer_ids))
        .returning(SegmentMember.customer_id)
        .execution_options(synchronize_session=False)
    ).all()
    work.changes.extend(Change(f"segment_members/{segment_id},{each}", "delete", {}) for each in gone)
    return len(gone)


def _members(work: UnitOfWork, segment: Segment, statement: Select[Any]) -> Select[Any]:
    """The segment's members as the reader reaches them: the one place where lists, counts and campaigns get them from."""
    within = in_scope(statement, COLUMNS, work.scope, work.caller).where(COLUMNS.state.not_in(ENDED))
    if segment.kind == SegmentKind.DYNAMIC:
        return within.where(_stored(work, segment.filter))
    joined = within.join(SegmentMember, SegmentMember.customer_id == COLUMNS.customer_id)
    return joined.where(SegmentMember.segment_id == segment.segment_id)


def _stored(work: UnitOfWork, text: str) -> ColumnElement[bool]:
    """A filter that was right when it was kept; what it asks may be gone since, or not be the reader's to ask."""
    try:
        asked = filtering.condition(work, text)
    except InvalidInput as fault:
        raise RuleBroken(
            "FILTER_OUTDATED",
            "The segment's filter asks what you cannot ask, or can no longer; its owner can change it.",
            metadata=fault.metadata,
            violations=fault.violations,
        ) from None
    if asked is None:
        raise AssertionError("A dynamic segment has a filter.")
    return asked


def _static(work: UnitOfWork, segment_id: str) -> Segment:
    segment = segments.owned(work, segment_id)
    if segment.kind != SegmentKind.STATIC:
        raise RuleBroken("SEGMENT_DYNAMIC", "Who is in a dynamic segment is said by its filter.")
    return segment


def _named(work: UnitOfWork, customer_ids: Sequence[str]) -> list[str]:
    wanted = [customer_id.lower() for customer_id in customer_ids]
    reached = in_scope(select(COLUMNS.customer_id), COLUMNS, work.scope, work.caller)
    known = set(work.session.scalars(reached.where(among(COLUMNS.customer_id, wanted))))
    for place, customer_id in enumerate(wanted):
        if customer_id not in known:
            violation = FieldViolation(f"customer_ids[{place}]", "Name customers in your scope.")
            raise NotFound("CUSTOMER_NOT_FOUND", "There is no such customer in your scope.", violations=(violation,))
    return list(dict.fromkeys(wanted))


def _held(work: UnitOfWork, text: str) -> list[str]:
    reached = in_scope(select(COLUMNS.customer_id), COLUMNS, work.scope, work.caller).where(COLUMNS.state.not_in(ENDED))
    asked = filtering.condition(work, text)
    held = work.session.scalars(reached.where(asked).limit(MEMBERS_AT_ONCE + 1)).all()  # type: ignore[arg-type]
    if len(held) > MEMBERS_AT_ONCE:
        raise LimitReached("SEGMENT_TOO_LARGE", f"The filter holds more than {MEMBERS_AT_ONCE:,}; narrow it.")
    return list(held)


def _column(place: int, name: str) -> str:
    path = ".".join(map(snake_case, name.split(".")))
    if path.partition(".")[0] not in _SHOWN:
        violation = FieldViolation(f"columns[{place}]", "A field of a customer.")
        raise InvalidInput("COLUMN_UNKNOWN", "A customer has no such field.", violations=(violation,))
    return path
