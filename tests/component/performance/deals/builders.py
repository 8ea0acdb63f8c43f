"""Deals as the activity service would tell of them, and what people do with them."""

import uuid
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select
from workbench.activity.v1 import contact_events_pb2, contact_pb2, lead_events_pb2, opportunity_pb2
from workbench.performance.v1 import deal_pb2, share_pb2
from workbench.type.v1 import money_pb2

from services.chassis.kernel.errors import WorkbenchError
from services.performance.model import ShareLine
from services.performance.rules.shares import ShareState

WON = date(2026, 11, 20)
DONE, CANCELLED = contact_pb2.CONTACT_STATE_DONE, contact_pb2.CONTACT_STATE_CANCELLED
OWNER, CO_WORKER, REFERRER = 1, 2, 4
# Ids of schemes that the workbench brings along, by kind.
SCHEMES = {
    name: f"01930000-0000-7000-8000-0000000006{place:02}"
    for place, name in enumerate(
        (
            "single_owner", "equal_members", "equal_touches", "agreed", "amount_band", "time_decay", "u", "w", "first", "last",
            "role", "effort", "stock_increment", "markov", "shapley", "blend",
        ),
        start=1,
    )
}  # fmt: skip


def money(amount, currency_code="CNY"):
    return money_pb2.Money(amount=amount, currency_code=currency_code)


def instant(day, hour=9):
    return datetime.combine(day, time(hour), tzinfo=UTC)


def account(number=None):
    key = f"core/{number or uuid.uuid4().hex[:16]}"
    return deal_pb2.DealObject(kind=share_pb2.OBJECT_KIND_ACCOUNT, object_key=key)


def contact(owner, opportunity_id, days, *, customer_id="", colleagues=(), contact_id="", version=2, state=DONE, minutes=30):
    """A contact so many days before the deal was won, as it is told."""
    day = WON - timedelta(days=days)
    return contact_events_pb2.ContactRecorded(
        contact_id=contact_id or str(uuid.uuid4()),
        owner_person_id=owner.person_id,
        organisation_path=owner.organisation_path,
        kind=contact_pb2.CONTACT_KIND_VISIT,
        state=state,
        start_time=instant(day),
        business_date=day.isoformat(),
        minutes=minutes,
        colleague_person_ids=[each.person_id for each in colleagues],
        opportunity_id=opportunity_id,
        customer_id=customer_id,
        version=version,
    )


def won(owner, customer_id, opportunity_id, *members, touches=(), amount="1000000.00", day=WON, **fields):
    """An opportunity that was won by these people."""
    return lead_events_pb2.OpportunityWon(
        opportunity_id=opportunity_id,
        customer_id=customer_id,
        owner_person_id=owner.person_id,
        organisation_path=owner.organisation_path,
        product_codes=["loan_working_capital"],
        amount=money(amount),
        business_date=day.isoformat(),
        members=[
            lead_events_pb2.EventMember(person_id=owner.person_id, role=OWNER),
            *(lead_events_pb2.EventMember(person_id=each.person_id, role=CO_WORKER) for each in members),
        ],
        touches=touches,
        touch_count=len(touches),
        **fields,
    )


def step(kind, days, stage_code):
    """A step of an opportunity."""
    day = WON - timedelta(days=days)
    touch_kind = opportunity_pb2.TouchKind.Value(f"TOUCH_KIND_{kind}")
    return lead_events_pb2.EventTouch(
        touch_time=instant(day, 8), business_date=day.isoformat(), kind=touch_kind, stage_code=stage_code
    )


def touch(person, days, contact_id, stage_code):
    """A contact as an opportunity tells of it."""
    day = WON - timedelta(days=days)
    return lead_events_pb2.EventTouch(
        touch_time=instant(day),
        business_date=day.isoformat(),
        kind=opportunity_pb2.TOUCH_KIND_CONTACT,
        person_id=person.person_id,
        stage_code=stage_code,
        minutes=30,
        contact_kind=1,
        resource=f"contacts/{contact_id}",
    )


def draft(of_customer_id, *members, **fields):
    """A deal to be opened by hand."""
    return deal_pb2.Deal(
        **{
            "title": "流动资金贷款",
            "customer_id": of_customer_id,
            "amount": money("1000000.00"),
            "close_date": WON.isoformat(),
            "members": [deal_pb2.DealMember(person_id=each.person_id, role=CO_WORKER) for each in members],
        }
        | fields
    )


def agreed(**parts):
    return deal_pb2.DealTerms(agreed_parts=[deal_pb2.AgreedPart(person_id=key, basis_points=each) for key, each in parts.items()])


def refused(reason):
    return pytest.raises(WorkbenchError, match=reason)


def deals_of(person, **fields):
    return person.call("ListDeals", **fields).deals


def compared(person, deal, **fields):
    splits = person.call("CompareSchemes", deal_id=deal.deal_id, **fields).splits
    return {each.scheme_id: each for each in splits}


def points(split_shown):
    return {each.person_id: each.basis_points for each in split_shown.parts if each.basis_points}


def change(person, deal, **fields):
    """Sets these fields of a deal, whatever its ETag."""
    sent = deal_pb2.Deal(deal_id=deal.deal_id, **fields)
    return person.call("UpdateDeal", deal=sent, update_mask={"paths": sorted(fields)})


def share_lines(town, thing, *, void=False):
    with town.service.database.transaction(read_only=True) as work:
        statement = select(ShareLine).where(ShareLine.object_key == thing.object_key)
        if not void:
            statement = statement.where(ShareLine.state == ShareState.APPROVED.value)
        order = ShareLine.start_date, ShareLine.from_minor_units, ShareLine.basis_points.desc()
        rows = work.session.scalars(statement.order_by(*order))
        return [
            (each.person_id, each.basis_points, each.start_date, each.end_date, each.from_minor_units, each.to_minor_units)
            for each in rows
        ]


def decided(town, scheme="equal_members", *objects, deal=None, **fields):
    """A deal that its members accepted and the branch manager approved."""
    deal = deal or town.deal
    if objects:
        town.manager_east.call("LinkDealObjects", deal_id=deal.deal_id, objects=objects)
    town.rm1_east.call("ProposeSplit", deal_id=deal.deal_id, scheme_id=SCHEMES[scheme])
    town.rm2_east.call("AnswerProposal", deal_id=deal.deal_id, accept=True)
    return town.manager_east.call("DecideDeal", deal_id=deal.deal_id, approve=True, **fields)
