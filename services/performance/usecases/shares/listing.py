"""Lists the shares of an object over time, and hand-overs of credit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, or_, select
from workbench.performance.v1 import share_pb2, share_service_pb2

from services.chassis.db import listing
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import optional_date
from services.chassis.kernel.paging import Page
from services.chassis.mapping import Mapper
from services.performance.model.credit_hand_over import CreditHandOver
from services.performance.model.share import ShareLine
from services.performance.rules.shares import STANDING, SharedObject
from services.performance.usecases import reaching
from services.performance.usecases.claims import finding, things

_plain_share = Mapper(share_pb2.Share, omitted=("person_name",))
_plain_hand_over = Mapper(share_pb2.CreditHandOver, omitted=("customer_name", "former_name", "successor_name"))


def check_reach(work: UnitOfWork, thing: SharedObject) -> None:
    """Raises NotFound CUSTOMER_NOT_FOUND where the caller neither reaches the customer nor has a part in the object.

    Where the customer is named whose an object is, it is the customer of its lines too.
    """
    own = select(ShareLine.share_line_id).where(
        _of(thing),
        ShareLine.customer_id == thing.customer_id,
        ShareLine.person_id == work.caller.person_id,
        ShareLine.state.in_(tuple(map(int, STANDING))),
    )
    if work.session.scalar(own.limit(1)) is None:
        reaching.customer(work, str(thing.customer_id))


def list_shares(work: UnitOfWork, request: share_service_pb2.ListSharesRequest) -> Page:
    """A page of an object's shares, by first day; those of its customer where it has none of its own."""
    thing, day = things.named(request), optional_date(request.day_date, "day_date")
    check_reach(work, thing)
    statement: Select[Any] = select(ShareLine).where(ShareLine.customer_id == thing.customer_id)
    if not request.show_void:
        statement = statement.where(ShareLine.state.in_(tuple(map(int, STANDING))))
    if day is not None:
        statement = statement.where(ShareLine.start_date <= day, or_(ShareLine.end_date.is_(None), ShareLine.end_date >= day))
    order = ((ShareLine.start_date, listing.day), (ShareLine.share_line_id, listing.text))
    with work.whole_bank():
        own = statement.where(_of(thing))
        if work.session.scalar(own.with_only_columns(ShareLine.share_line_id).limit(1)) is None:
            own = statement.where(_of(SharedObject.customer(str(thing.customer_id))))
        return listing.read_page(work, own, request, order)


def share_messages(work: UnitOfWork, lines: Sequence[ShareLine]) -> list[share_pb2.Share]:
    """As they are shown: of colleagues their names and parts."""
    people = reaching.person_names(work, (line.person_id for line in lines))
    shown = []
    for line in lines:
        message = _plain_share(line)
        message.person_name = people.get(line.person_id, "")
        shown.append(message)
    return shown


def list_hand_overs(work: UnitOfWork, request: share_service_pb2.ListCreditHandOversRequest) -> Page:
    """A page of hand-overs of credit, the last first."""
    finding.check_subject(request.person_id, request.customer_id)
    if request.customer_id:
        of_subject = CreditHandOver.customer_id == reaching.customer(work, request.customer_id).customer_id
    else:
        person_id = reaching.person(work, request.person_id).person_id
        of_subject = or_(CreditHandOver.former_person_id == person_id, CreditHandOver.successor_person_id == person_id)
    statement = select(CreditHandOver).where(of_subject)
    return listing.read_page(work, statement, request, ((CreditHandOver.credit_hand_over_id, listing.text),), downwards=True)


def hand_over_messages(work: UnitOfWork, hand_overs: Sequence[CreditHandOver]) -> list[share_pb2.CreditHandOver]:
    """As they are shown."""
    customers = reaching.customer_names(work, (each.customer_id for each in hand_overs))
    people = reaching.person_names(work, (p for each in hand_overs for p in (each.former_person_id, each.successor_person_id)))
    shown = []
    for hand_over in hand_overs:
        message = _plain_hand_over(hand_over)
        message.customer_name = customers.get(hand_over.customer_id, "")
        message.former_name = people.get(hand_over.former_person_id, "")
        message.successor_name = people.get(hand_over.successor_person_id, "")
        shown.append(message)
    return shown


def _of(thing: SharedObject) -> Any:
    return (ShareLine.object_kind == int(thing.kind)) & (ShareLine.object_key == thing.key)
