"""Finds leads that are there already: of the same number, or of the same customer for the same products.

Two relationship managers who chase one prospect harm the bank, so that it is looked through the whole of it. Of what is found
outside the caller's reach he learns that it is there, and nothing else.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, or_, select

from services.activity.model.lead import Lead
from services.activity.rules.leads.kinds import LEAD_OPEN
from services.activity.usecases import reaching
from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import AlreadyExists

# Of so many is told; more are rarely the same thing.
FOUND_MAX = 100
_TOLD_MAX = 10


def refuse(work: UnitOfWork, lead: Lead) -> None:
    """Raises AlreadyExists LEAD_DUPLICATE where there is one; nobody else can keep such a one meanwhile."""
    for key in sorted({lead.phone_index, lead.identifier_index, lead.customer_id or ""} - {""}):
        work.hold(f"activity.lead/{key}")
    within, outside = found(work, lead)
    if within or outside:
        told = {"leadIds": ",".join(each.lead_id for each in within[:_TOLD_MAX]), "outsideReach": str(outside).lower()}
        raise AlreadyExists("LEAD_DUPLICATE", "There is such a lead already, and it is open.", metadata=told)


def found(work: UnitOfWork, lead: Lead) -> tuple[list[Lead], bool]:
    """Open leads in reach that seem to be the same, the newest first, and whether there are others outside."""
    with work.whole_bank():
        columns = (Lead.lead_id, Lead.product_codes, Lead.phone_index, Lead.identifier_index)
        statement = select(*columns).where(_alike(lead), Lead.state.in_(LEAD_OPEN), Lead.lead_id != lead.lead_id)
        rows = work.session.execute(statement.order_by(Lead.create_time.desc()).limit(FOUND_MAX)).all()
    same = [row.lead_id for row in rows if _same_number(lead, row) or _same_products(lead.product_codes, row.product_codes)]
    if not same:
        return [], False
    reached = reaching.in_reach(work, select(Lead).where(among(Lead.lead_id, same)), Lead)
    within = list(work.session.scalars(reached.order_by(Lead.create_time.desc(), Lead.lead_id.desc())))
    return within, len(within) < len(same)


def _alike(lead: Lead) -> ColumnElement[bool]:
    ways: list[ColumnElement[bool]] = []
    if lead.phone_index:
        ways.append(Lead.phone_index == lead.phone_index)
    if lead.identifier_index:
        ways.append(Lead.identifier_index == lead.identifier_index)
    if lead.customer_id:
        ways.append(Lead.customer_id == lead.customer_id)
    return or_(false(), *ways)


def _same_number(lead: Lead, row: Lead) -> bool:
    return bool(lead.phone_index and lead.phone_index == row.phone_index) or bool(
        lead.identifier_index and lead.identifier_index == row.identifier_index
    )


def _same_products(ours: list[str], theirs: list[str]) -> bool:
    """Whether they are for one of the same products, or both for none in particular."""
    return not set(ours).isdisjoint(theirs) or not (ours or theirs)
