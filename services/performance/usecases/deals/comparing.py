"""Shows all schemes side by side on one deal's own numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from workbench.performance.v1 import deal_pb2, deal_service_pb2

from services.chassis.db import listing
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import RuleBroken
from services.chassis.kernel.money import Money
from services.chassis.mapping import Mapper, money_message
from services.performance.model.deal import ContactTouch, Deal
from services.performance.model.scheme import SchemeVersion
from services.performance.rules.attribution import deals as rules
from services.performance.rules.attribution import schemes as rule
from services.performance.rules.attribution.kinds import EVIDENCE_KINDS, SchemeKind
from services.performance.rules.attribution.words import CHINESE, part_words, rule_words
from services.performance.usecases import reaching, schemes
from services.performance.usecases.deals import evidence, showing
from services.performance.usecases.deals.reaching import found, leads

_touch = Mapper(deal_pb2.DealTouch, omitted=("display_name", "counted"))


def compare(work: UnitOfWork, request: deal_service_pb2.CompareSchemesRequest) -> deal_service_pb2.CompareSchemesResponse:
    """How each scheme that is offered would share the deal."""
    deal = found(work, request.deal_id)
    facts = evidence.gathered(work, deal)
    names = reaching.person_names(work, facts.participants)
    splits, journey_count = [], 0
    for version in schemes.all_offered(work):
        kind, parameters = version.rule
        complete = evidence.with_past(work, deal, facts, kind, parameters)
        journey_count = max(journey_count, len(complete.journeys))
        splits.append(_split(work, deal, complete, version, names, request.language_code or CHINESE))
    counted = len(facts.counted())
    return deal_service_pb2.CompareSchemesResponse(splits=splits, touch_count=counted, journey_count=journey_count)


def list_touches(work: UnitOfWork, request: deal_service_pb2.ListDealTouchesRequest) -> deal_service_pb2.ListDealTouchesResponse:
    """A page of what was done for the deal, in order of time."""
    deal = found(work, request.deal_id)
    order = (
        (ContactTouch.touch_time, listing.instant),
        (ContactTouch.contact_id, listing.text),
        (ContactTouch.person_id, listing.text),
    )
    # Contacts of no opportunity are kept nowhere: of a deal that has none there are none.
    page = listing.read_page(work, evidence.select_touches(deal), request, order)
    names = reaching.person_names(work, (row.person_id for row in page.rows))
    touches = [evidence.as_touch(deal, row) for row in page.rows]
    counted = set(replace(evidence.team(work, deal), touches=touches).counted())
    shown = []
    for touch in touches:
        message = _touch(touch)
        message.display_name = names.get(touch.person_id, "")
        message.counted = touch in counted
        shown.append(message)
    return deal_service_pb2.ListDealTouchesResponse(touches=shown, next_page_token=page.next_page_token)


def _split(
    work: UnitOfWork,
    deal: Deal,
    facts: rules.Deal,
    version: SchemeVersion,
    names: Mapping[str, str],
    language_code: str,
) -> deal_pb2.Split:
    kind, parameters = version.rule
    shown = deal_pb2.Split(
        scheme_id=version.scheme_id,
        scheme_version_number=version.version_number,
        display_name=version.display_name,
        kind=version.kind,
        by_evidence=kind in EVIDENCE_KINDS or kind is SchemeKind.BLEND,
        words=rule_words(kind, parameters, language_code),
    )
    try:
        found_split = rule.split(kind, parameters, facts)
    except RuleBroken as refusal:
        shown.refusal_reason, shown.refusal_message = refusal.reason, refusal.message
        return shown
    shown.offered = True
    lines = rule.lines(found_split, facts)
    shown.parts.extend(_parts(work, deal, facts, found_split, lines, names, language_code))
    shown.bands.extend(showing.bands_of(lines, deal.currency_code))
    if found_split.error_bound:
        shown.error_bound = f"{float(found_split.error_bound):.6f}"
    return shown


def _parts(
    work: UnitOfWork,
    deal: Deal,
    facts: rules.Deal,
    found_split: rules.Split,
    lines: list[rule.Line],
    names: Mapping[str, str],
    language_code: str,
) -> list[deal_pb2.SplitPart]:
    staff_numbers = {person_id: each.staff_number for person_id, each in facts.participants.items()}
    points = rule.overall_basis_points(lines, deal.amount_minor_units, staff_numbers)
    amounts = rule.amounts(lines, deal.amount_minor_units, staff_numbers)
    why = {part.person_id: part for part in found_split.parts}
    agreed, in_charge = facts.terms.agreed_basis_points, leads(work, deal)
    shown = []
    for person_id in sorted({*points, *facts.person_ids}, key=lambda each: (staff_numbers[each], each)):
        part = deal_pb2.SplitPart(
            person_id=person_id,
            display_name=names.get(person_id, ""),
            basis_points=points.get(person_id, 0),
            reason=part_words(why.get(person_id), language_code),
            resources=why[person_id].resources if person_id in why else (),
        )
        if in_charge or person_id == work.caller.person_id:
            part.amount.CopyFrom(money_message(Money(amounts.get(person_id, 0), deal.currency_code)))
        if agreed:
            part.agreed_difference_basis_points = part.basis_points - agreed.get(person_id, 0)
        shown.append(part)
    return shown
