"""Deals as they are shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from workbench.performance.v1 import deal_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.mapping import Mapper, money_message
from services.performance.model.deal import Deal, DealDecision
from services.performance.rules.attribution.schemes import Line
from services.performance.rules.shares import WHOLE_BASIS_POINTS
from services.performance.usecases import reaching
from services.performance.usecases.deals.terms import band_amounts, parts_messages, terms_message

_member = Mapper(deal_pb2.DealMember, omitted=("display_name",))
_plain = Mapper(
    deal_pb2.Deal,
    omitted=("customer_name", "owner_name"),
    computed={
        "amount": lambda deal: money_message(deal.amount),
        "members": lambda deal: [_member(each) for each in deal.members],
        "objects": lambda deal: objects(deal.objects),
        "terms": terms_message,
        "proposed_bands": lambda deal: bands(deal.proposed_lines, deal.currency_code),
    },
)


def as_messages(work: UnitOfWork, deals: Sequence[Deal]) -> list[deal_pb2.Deal]:
    """Deals with the names of people, and of customers as far as the caller reaches them."""
    customers = reaching.customer_names(work, (each.customer_id for each in deals))
    people = reaching.person_names(work, {member.person_id for each in deals for member in each.members})
    shown = []
    for deal in deals:
        message = _plain(deal)
        message.customer_name = customers.get(deal.customer_id or "", "")
        message.owner_name = people.get(deal.owner_person_id, "")
        for member in message.members:
            member.display_name = people.get(member.person_id, "")
        shown.append(message)
    return shown


def as_message(work: UnitOfWork, deal: Deal) -> deal_pb2.Deal:
    """One of them."""
    return as_messages(work, [deal])[0]


def draft(deal: Deal) -> deal_pb2.Deal:
    """What of it can be changed, and what is needed to check that."""
    message = without_answers(_plain(deal))
    message.ClearField("proposed_bands")
    return message


def without_answers(sent: deal_pb2.Deal) -> deal_pb2.Deal:
    """A deal whose members are only who they are, as what: two drafts that differ in nothing else are alike."""
    plain = deal_pb2.Deal()
    plain.CopyFrom(sent)
    for member in plain.members:
        filled = member.involvement_basis_points if member.HasField("involvement_basis_points") else WHOLE_BASIS_POINTS
        only = deal_pb2.DealMember(person_id=member.person_id, role=member.role, involvement_basis_points=filled)
        member.CopyFrom(only)
    return plain


def objects(kept: Iterable[dict[str, Any]]) -> list[deal_pb2.DealObject]:
    """What shares are of."""
    return [deal_pb2.DealObject(**each) for each in kept]


def kept_lines(lines: Iterable[Line]) -> list[list[Any]]:
    """Lines as they are kept in a row."""
    return [[each.person_id, each.from_minor_units, each.to_minor_units, each.basis_points] for each in lines]


def lines_of(kept: Iterable[Sequence[Any]]) -> list[Line]:
    """Lines from how they are kept."""
    return [Line(*each) for each in kept]


def bands(kept: Iterable[Sequence[Any]], currency_code: str) -> list[deal_pb2.SplitBand]:
    """Kept lines by band."""
    return bands_of(lines_of(kept), currency_code)


def bands_of(lines: Iterable[Line], currency_code: str) -> list[deal_pb2.SplitBand]:
    """Lines by band, in their order."""
    ordered = sorted(lines, key=lambda line: (line.from_minor_units, line.person_id))
    return [
        deal_pb2.SplitBand(
            **band_amounts(start, end, currency_code), parts=parts_messages((line.person_id, line.basis_points) for line in some)
        )
        for (start, end), some in groupby(ordered, key=lambda line: (line.from_minor_units, line.to_minor_units))
    ]


def decision_message(deal: Deal, decision: DealDecision) -> deal_pb2.DealVersion:
    """A decision with all that it stands on."""
    message = _decision(decision)
    message.bands.extend(bands(decision.lines, deal.currency_code))
    return message


_decision = Mapper(deal_pb2.DealVersion, omitted=("bands",))
