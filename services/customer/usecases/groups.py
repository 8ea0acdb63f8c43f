"""Groups: made, nested, filled, and counted up. A group is in reach by who is responsible for it, or by a member in reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, exists, func, or_, select, tuple_
from workbench.customer.v1 import relation_events_pb2, relation_pb2, relation_service_pb2

from services.chassis.db import listing
from services.chassis.db.scope import in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import Scope
from services.chassis.kernel.errors import AlreadyExists, FieldViolation, NotFound, RuleBroken, StaleVersion, located
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.chassis.rpc import partial
from services.chassis.words.texts import tidy_text
from services.customer.model.group import CustomerGroup, CustomerGroupMember
from services.customer.rules.groups import NESTING_MAX, NOTE_LENGTH_MAX, GroupRole
from services.customer.rules.names import tidy_name
from services.customer.rules.relations import parse_day
from services.customer.usecases import finding, parties
from services.customer.usecases.finding import COLUMNS
from services.customer.usecases.relations import holds_on

MANAGE = "customer.group.manage"
CHANGEABLE_FIELDS = ("display_name", "parent_group_id", "note")
# All moves of groups take turns: two that each look right could make a circle together.
_TREE = "customer_groups"


def create(work: UnitOfWork, draft: relation_pb2.CustomerGroup) -> CustomerGroup:
    """A new group, whose responsible person is the caller."""
    group = CustomerGroup(
        group_id=work.new_id(),
        display_name="",
        lead_person_id=work.caller.person_id,
        organisation_path=work.caller.organisation_path,
        create_time=work.now,
        update_time=work.now,
    )
    with located("group"):
        _fill(work, group, draft)
    work.session.add(group)
    work.session.flush()
    work.record(_changed(group, CHANGEABLE_FIELDS))
    return group


def found(work: UnitOfWork, group_id: str) -> CustomerGroup:
    """One in reach; raises NotFound GROUP_NOT_FOUND."""
    group: CustomerGroup | None = work.session.scalars(
        _in_reach(work).where(CustomerGroup.group_id == group_id.lower())
    ).one_or_none()
    if group is None:
        raise _not_found()
    return group


def list_groups(work: UnitOfWork, request: relation_service_pb2.ListCustomerGroupsRequest) -> Page:
    """A page of the groups in reach, by name."""
    query, size = listing.query(request), page_size(request.page_size)
    key = (CustomerGroup.display_name, CustomerGroup.group_id)
    statement = _in_reach(work).order_by(*key).limit(size + 1)
    if request.parent_group_id:
        parent = found(work, request.parent_group_id)
        statement = statement.where(CustomerGroup.parent_group_id == parent.group_id)
    if token := PageToken.decode(request.page_token, query, keys=2):
        statement = statement.where(tuple_(*key) > tuple_(*token.keys))
    rows = work.session.scalars(statement).all()
    return Page.of(rows, size, query, lambda row: (row.display_name, row.group_id))


def change(work: UnitOfWork, sent: relation_pb2.CustomerGroup, fields: Sequence[str]) -> CustomerGroup:
    """Takes the named fields over; nothing happens where nothing differs."""
    partial.check_mask(fields, relation_pb2.CustomerGroup.DESCRIPTOR, "A group")
    partial.check(relation_service_pb2.GetCustomerGroupRequest(group_id=sent.group_id), "group.")
    if "parent_group_id" in fields:
        # Before the group's own row: who waits for a turn holds nothing that the one before needs.
        work.hold(_TREE)
    group = _managed(work, sent.group_id, sent.etag)
    (after,) = as_messages(work, [group])
    with located("group"), work.session.no_autoflush:
        # A group above that the caller may not see is no empty one.
        hidden = group.parent_group_id if not after.parent_group_id and not sent.parent_group_id else None
        changed = partial.take(after, sent, [name for name in CHANGEABLE_FIELDS if name in fields])
        if changed:
            partial.check(after)
            _fill(work, group, after)
            group.parent_group_id = group.parent_group_id or hidden
            group.update_time = work.now
    if changed:
        work.session.flush()
        work.record(_changed(group, changed))
    return group


def delete(work: UnitOfWork, group_id: str, etag: str) -> None:
    """Takes out a group in which nothing stands and nobody was."""
    work.hold(_TREE)
    group = _managed(work, group_id, etag)
    below = exists().where(CustomerGroup.parent_group_id == group.group_id)
    members = exists().where(CustomerGroupMember.group_id == group.group_id)
    if work.session.scalar(select(or_(below, members))):
        raise RuleBroken("GROUP_IN_USE", "Customers or groups are in it, or were.")
    work.session.delete(group)
    work.session.flush()
    work.record(relation_events_pb2.CustomerGroupRemoved(group_id=group.group_id))


def add_member(work: UnitOfWork, request: relation_service_pb2.AddCustomerGroupMemberRequest) -> CustomerGroupMember:
    """A customer in reach comes to a group."""
    group = _managed(work, request.group_id)
    customer_id = finding.shown_customer(work, request.customer_id).customer_id
    member = CustomerGroupMember(
        member_id=work.new_id(),
        group_id=group.group_id,
        customer_id=customer_id,
        role=request.role or GroupRole.MEMBER,
        start_date=parse_day(request.start_date, "start_date", work.business_date) or work.business_date,
        end_date=parse_day(request.end_date, "end_date"),
    )
    days = member.days.checked()
    # The group's row is held since it was found, so that nobody else comes to it meanwhile.
    others = work.session.scalars(select(CustomerGroupMember).where(CustomerGroupMember.group_id == group.group_id)).all()
    meanwhile = [other for other in others if other.days.overlap(days)]
    if any(other.customer_id == customer_id for other in meanwhile):
        raise AlreadyExists("MEMBER_EXISTS", "The customer is in the group in those days already.")
    if member.role == GroupRole.PARENT and any(other.role == GroupRole.PARENT for other in meanwhile):
        raise RuleBroken("PARENT_EXISTS", "The group has another parent company in those days.")
    work.session.add(member)
    work.session.flush()
    finding.require_standing(work, customer_id)
    work.record(
        relation_events_pb2.CustomerGroupMemberAdded(
            group_id=group.group_id,
            member_id=member.member_id,
            customer_id=customer_id,
            role=member.role,
            start_date=member.start_date.isoformat(),
            end_date=_iso(member.end_date),
        )
    )
    return member


def end_member(work: UnitOfWork, request: relation_service_pb2.EndCustomerGroupMemberRequest) -> CustomerGroupMember:
    """Gives a customer's time in a group its last day; the manager of the group need not reach the customer."""
    group = _managed(work, request.group_id)
    member = work.session.get(CustomerGroupMember, request.member_id.lower())
    if member is None or member.group_id != group.group_id:
        raise NotFound("MEMBER_NOT_FOUND", "The group has no such member.")
    if member.end_date is not None:
        raise RuleBroken("MEMBER_ENDED", "The customer's time in the group has its last day already.")
    member.end_date = parse_day(request.end_date, "end_date", work.business_date)
    _ = member.days.checked()
    work.session.flush()
    work.record(
        relation_events_pb2.CustomerGroupMemberEnded(
            group_id=group.group_id,
            member_id=member.member_id,
            customer_id=member.customer_id,
            end_date=_iso(member.end_date),
        )
    )
    return member


def list_members(work: UnitOfWork, request: relation_service_pb2.ListCustomerGroupMembersRequest) -> Page:
    """A page of a group's members, the latest first."""
    group = found(work, request.group_id)
    return _members_page(work, request, CustomerGroupMember.group_id == group.group_id)


def of_customer(work: UnitOfWork, request: relation_service_pb2.ListGroupsOfCustomerRequest) -> Page:
    """A page of a customer's times in groups, the latest first: whoever reaches a member reaches the group."""
    customer_id = finding.shown_customer(work, request.customer_id).customer_id
    return _members_page(work, request, CustomerGroupMember.customer_id == customer_id)


def summary(work: UnitOfWork, group_id: str) -> relation_service_pb2.CustomerGroupSummary:
    """The present members of a group and of all in it, each once; those in reach by what they are."""
    group = found(work, group_id)
    groups = _subtree(group.group_id)
    member_ids = present_members(work, group)
    by = (COLUMNS.kind, COLUMNS.tier, COLUMNS.state, COLUMNS.organisation_path)
    counting = select(*by, func.count()).where(COLUMNS.customer_id.in_(member_ids)).group_by(*by)
    counts: list[Counter[Any]] = [Counter() for _ in by]
    total = 0
    for *values, customers in work.session.execute(in_scope(counting, COLUMNS, work.scope, work.caller)):
        total += customers
        for counter, value in zip(counts, values, strict=True):
            counter[value] += customers
    outside = 0
    if _may_manage(work, group):
        outside = (work.session.scalar(select(func.count()).select_from(member_ids.subquery())) or 0) - total
    kinds, tiers, states, units = (sorted(counter.items()) for counter in counts)
    return relation_service_pb2.CustomerGroupSummary(
        sub_groups=(work.session.scalar(select(func.count()).select_from(groups)) or 1) - 1,
        customers=total,
        customers_outside_scope=outside,
        kinds=[{"kind": value, "customers": count} for value, count in kinds],
        tiers=[{"tier": value, "customers": count} for value, count in tiers],
        states=[{"state": value, "customers": count} for value, count in states],
        units=[{"organisation_path": value, "customers": count} for value, count in units],
    )


def present_members(work: UnitOfWork, group: CustomerGroup) -> Any:
    """Selects the ids of the present members of a group and of all in it, each once, in scope or not."""
    groups = _subtree(group.group_id)
    return (
        select(CustomerGroupMember.customer_id)
        .where(CustomerGroupMember.group_id.in_(select(groups.c.group_id)), holds_on(work.business_date, CustomerGroupMember))
        .distinct()
    )


def as_messages(work: UnitOfWork, groups: Sequence[CustomerGroup]) -> list[relation_pb2.CustomerGroup]:
    """The groups as they are answered: one above that is out of reach is not told."""
    above = {group.parent_group_id for group in groups if group.parent_group_id}
    reached: set[str] = set()
    if above:
        reached = {group.group_id for group in work.session.scalars(_in_reach(work).where(CustomerGroup.group_id.in_(above)))}
    return [
        relation_pb2.CustomerGroup(
            group_id=group.group_id,
            display_name=group.display_name,
            parent_group_id=group.parent_group_id if group.parent_group_id in reached else "",
            note=group.note,
            lead_person_id=group.lead_person_id,
            organisation_path=group.organisation_path,
            create_time=group.create_time,
            update_time=group.update_time,
            etag=group.etag,
        )
        for group in groups
    ]


def members_as_messages(work: UnitOfWork, members: Sequence[CustomerGroupMember]) -> list[relation_pb2.CustomerGroupMember]:
    """The members as they are answered: of those out of reach only that they are."""
    reached = parties.in_reach(work, {member.customer_id for member in members})
    return [
        relation_pb2.CustomerGroupMember(
            member_id=member.member_id,
            group_id=member.group_id,
            customer=reached.end(member.customer_id),
            role=member.role,
            start_date=member.start_date.isoformat(),
            end_date=_iso(member.end_date),
        )
        for member in members
    ]


def groups_by_id(work: UnitOfWork, members: Sequence[CustomerGroupMember]) -> dict[str, relation_pb2.CustomerGroup]:
    """The groups of members, as they are answered."""
    ids = {member.group_id for member in members}
    groups = work.session.scalars(select(CustomerGroup).where(CustomerGroup.group_id.in_(ids))).all() if ids else []
    return {message.group_id: message for message in as_messages(work, groups)}


def _in_reach(work: UnitOfWork) -> Select[CustomerGroup]:
    """Selects the groups for which somebody in the caller's scope is responsible, or in which a customer of it is or was."""
    own = in_scope(select(CustomerGroup.group_id), CustomerGroup, work.scope, work.caller)
    members = select(CustomerGroupMember.group_id).join(_CUSTOMERS, COLUMNS.customer_id == CustomerGroupMember.customer_id)
    through_members = in_scope(members, COLUMNS, work.scope, work.caller)
    return select(CustomerGroup).where(or_(CustomerGroup.group_id.in_(own), CustomerGroup.group_id.in_(through_members)))


_CUSTOMERS = next(iter(COLUMNS)).table


def _managed(work: UnitOfWork, group_id: str, etag: str = "") -> CustomerGroup:
    """A group for which somebody in the scope of the caller's permission is responsible, held until the transaction ends."""
    statement = select(CustomerGroup).where(CustomerGroup.group_id == group_id.lower()).with_for_update(key_share=True)
    group: CustomerGroup | None = work.session.scalars(in_scope(statement, CustomerGroup, work.scope, work.caller)).one_or_none()
    if group is None:
        raise _not_found()
    if etag and etag != group.etag:
        raise StaleVersion("GROUP_CHANGED", "The group changed since you read it; read it again and repeat.")
    return group


def _may_manage(work: UnitOfWork, group: CustomerGroup) -> bool:
    if not work.caller.holds(MANAGE):
        return False
    scope: Scope = work.caller.scope(MANAGE)
    return scope.covers(group.organisation_path, group.lead_person_id, work.caller.person_id)


def _fill(work: UnitOfWork, group: CustomerGroup, message: relation_pb2.CustomerGroup) -> None:
    group.display_name, group.note = tidy_name(message.display_name), tidy_text(message.note, "note", NOTE_LENGTH_MAX)
    parent_group_id = message.parent_group_id.lower() or None
    if parent_group_id != group.parent_group_id:
        _check_place(work, group, parent_group_id)
        group.parent_group_id = parent_group_id


def _check_place(work: UnitOfWork, group: CustomerGroup, parent_group_id: str | None) -> None:
    if parent_group_id is None:
        return
    work.hold(_TREE)
    parent = work.session.scalars(
        in_scope(select(CustomerGroup).where(CustomerGroup.group_id == parent_group_id), CustomerGroup, work.scope, work.caller)
    ).one_or_none()
    if parent is None:
        raise _not_found("parent_group_id")
    above = _line_above(work, parent_group_id)
    if group.group_id in above:
        violation = FieldViolation("parent_group_id", "Not the group itself, nor one that stands in it.")
        raise RuleBroken("GROUP_CYCLE", "The group would stand in itself.", violations=(violation,))
    below = _subtree(group.group_id)
    depth_below = work.session.scalar(select(func.max(below.c.depth))) or 0
    if len(above) + 1 + depth_below > NESTING_MAX:
        raise RuleBroken("GROUPS_TOO_DEEP", f"At most {NESTING_MAX} groups stand in one another.")


def _line_above(work: UnitOfWork, group_id: str) -> list[str]:
    columns = (CustomerGroup.group_id, CustomerGroup.parent_group_id)
    line = select(*columns).where(CustomerGroup.group_id == group_id).cte(recursive=True)
    above = select(*columns).join(line, CustomerGroup.group_id == line.c.parent_group_id)
    return list(work.session.scalars(select(line.union(above).c.group_id)))


def _subtree(group_id: str) -> Any:
    """The group and all in it, each with its depth below the group."""
    tree = select(CustomerGroup.group_id, func.coalesce(0, 0).label("depth")).where(CustomerGroup.group_id == group_id)
    here = tree.cte(recursive=True)
    below = select(CustomerGroup.group_id, here.c.depth + 1).join(here, CustomerGroup.parent_group_id == here.c.group_id)
    return here.union_all(below)


def _members_page(work: UnitOfWork, request: Any, whose: Any) -> Page:
    query, size = listing.query(request), page_size(request.page_size)
    key = (CustomerGroupMember.start_date, CustomerGroupMember.member_id)
    statement = select(CustomerGroupMember).where(whose).order_by(*(column.desc() for column in key)).limit(size + 1)
    if not request.past_and_future:
        statement = statement.where(holds_on(work.business_date, CustomerGroupMember))
    if token := PageToken.decode(request.page_token, query, keys=2):
        statement = statement.where(tuple_(*key) < tuple_(listing.day(token.keys[0]), token.keys[1]))
    rows = work.session.scalars(statement).all()
    return Page.of(rows, size, query, lambda row: (row.start_date.isoformat(), row.member_id))


def _changed(group: CustomerGroup, fields: Sequence[str]) -> relation_events_pb2.CustomerGroupChanged:
    return relation_events_pb2.CustomerGroupChanged(
        group_id=group.group_id, parent_group_id=group.parent_group_id or "", changed_fields=fields
    )


def _not_found(field: str = "") -> NotFound:
    violations = (FieldViolation(field, "Name one in your scope."),) if field else ()
    return NotFound("GROUP_NOT_FOUND", "There is no such group in your scope.", violations=violations)


def _iso(day: Any) -> str:
    return day.isoformat() if day else ""
