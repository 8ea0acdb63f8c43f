"""Customers go to other leads: the one mechanism behind a single hand-over, a mass one, and a return.

Twenty thousand customers move by the same few statements as one does, in the transaction that is open: seen whole or not at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, case, or_, select, true, update
from workbench.customer.v1 import events_pb2

from services.chassis.db.among import among
from services.chassis.db.audit import Change
from services.chassis.db.session import UnitOfWork
from services.customer.model.absence import Deputy
from services.customer.model.coverage import Coverage
from services.customer.model.customer import Customer
from services.customer.model.relationship_manager import RelationshipManager
from services.customer.rules.kinds import CoverageRole
from services.customer.usecases.keeping import keep_led

# Who leads, and from which unit.
Led = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Move:
    """One customer on its way: from whom, and to whom."""

    customer_id: str
    former_lead_person_id: str
    former_organisation_path: str
    lead: RelationshipManager


def held_customers(work: UnitOfWork, customer_ids: Collection[str], condition: Any = None) -> dict[str, Any]:
    """The customers as they stand, by id, held against other writers until the transaction ends; only what moving asks for.

    They are held in the order of their ids, so that two who hold many never wait for each other.
    """
    columns = Customer.__table__.c
    statement = (
        select(columns.customer_id, columns.lead_person_id, columns.organisation_path, columns.state, columns.kind, columns.tier)
        .where(among(columns.customer_id, sorted(customer_ids)), true() if condition is None else condition)
        .order_by(columns.customer_id)
        .with_for_update()
    )
    return {row.customer_id: row for row in work.session.execute(statement)}


def move(work: UnitOfWork, moves: Sequence[Move], reason: str, hand_over_id: str = "") -> None:
    """Moves customers, which the caller holds; each is told by an event of its own, and by the audit trail."""
    leads = {each.lead.person_id: each.lead for each in moves}
    work.reach(*sorted({lead.organisation_path for lead in leads.values()}))
    by_lead: dict[str, list[str]] = defaultdict(list)
    for each in moves:
        by_lead[each.lead.person_id].append(each.customer_id)
    for person_id, customer_ids in by_lead.items():
        _lead(work, leads[person_id], customer_ids)
    work.changes.extend(map(_changed, moves))
    _end_coverages(work, by_lead)
    work.insert_all(Coverage, [_begun(work, each, reason, hand_over_id) for each in moves])
    _release_deputies(work, [each.customer_id for each in moves])
    for (former, now), customer_ids in _by_way(moves).items():
        keep_led(work, customer_ids, former, now)
    work.record(*(_reassigned(work, each, reason, hand_over_id) for each in moves))


def _lead(work: UnitOfWork, lead: RelationshipManager, customer_ids: Sequence[str]) -> None:
    work.session.execute(
        update(Customer)
        .where(among(Customer.customer_id, customer_ids))
        .values(
            lead_person_id=lead.person_id,
            organisation_path=lead.organisation_path,
            update_time=work.now,
            version=Customer.version + 1,
        )
        .execution_options(synchronize_session=False)
    )


def _end_coverages(work: UnitOfWork, by_lead: Mapping[str, Sequence[str]]) -> None:
    """Ends the former leads' coverages, and those by which a new lead supported the customer until now.

    The old one ends in the database before the new one begins: never two open leads, not for a moment.
    """
    yesterday = work.business_date - timedelta(days=1)
    for person_id, customer_ids in by_lead.items():
        leads = and_(Coverage.role == CoverageRole.LEAD.value, Coverage.end_date.is_(None))
        supports = and_(
            Coverage.role == CoverageRole.SUPPORTING.value,
            Coverage.person_id == person_id,
            ~Coverage.revoked,
            or_(Coverage.end_date.is_(None), Coverage.end_date > yesterday),
        )
        ended = work.session.execute(
            update(Coverage)
            .where(among(Coverage.customer_id, customer_ids), or_(leads, supports))
            .values(
                # As rules.coverage.last_day has it: who began today ends today, and counts no more.
                end_date=case((Coverage.start_date > yesterday, Coverage.start_date), else_=yesterday),
                revoked=Coverage.start_date > yesterday,
            )
            .returning(Coverage.coverage_id, Coverage.end_date, Coverage.revoked)
            .execution_options(synchronize_session=False)
        ).all()
        work.changes.extend(
            Change(f"coverages/{row.coverage_id}", "update", {"end_date": (None, row.end_date), "revoked": (False, row.revoked)})
            for row in ended
        )


def _release_deputies(work: UnitOfWork, customer_ids: Collection[str]) -> None:
    """Who stood in for one customer of the former lead no longer does."""
    work.session.execute(
        update(Deputy)
        .where(Deputy.released.is_(False), among(Deputy.customer_id, customer_ids))
        .values(released=True)
        .execution_options(synchronize_session=False)
    )


def _by_way(moves: Sequence[Move]) -> dict[tuple[Led, Led], list[str]]:
    """The customers by from whom and where they come, and to whom and where they go."""
    found: dict[tuple[Led, Led], list[str]] = defaultdict(list)
    for each in moves:
        former = each.former_lead_person_id, each.former_organisation_path
        found[former, (each.lead.person_id, each.lead.organisation_path)].append(each.customer_id)
    return found


def _begun(work: UnitOfWork, move: Move, reason: str, hand_over_id: str) -> dict[str, Any]:
    return {
        "coverage_id": work.new_id(),
        "customer_id": move.customer_id,
        "person_id": move.lead.person_id,
        "organisation_path": move.lead.organisation_path,
        "role": CoverageRole.LEAD.value,
        "start_date": work.business_date,
        "reason": reason,
        "hand_over_id": hand_over_id,
        "revoked": False,
    }


def _changed(move: Move) -> Change:
    return Change(
        f"customers/{move.customer_id}",
        "update",
        {
            "lead_person_id": (move.former_lead_person_id, move.lead.person_id),
            "organisation_path": (move.former_organisation_path, move.lead.organisation_path),
        },
    )


def _reassigned(work: UnitOfWork, move: Move, reason: str, hand_over_id: str) -> events_pb2.CustomerReassigned:
    return events_pb2.CustomerReassigned(
        customer_id=move.customer_id,
        former_lead_person_id=move.former_lead_person_id,
        lead_person_id=move.lead.person_id,
        former_organisation_path=move.former_organisation_path,
        organisation_path=move.lead.organisation_path,
        start_date=work.business_date.isoformat(),
        reason=reason,
        hand_over_id=hand_over_id,
    )
