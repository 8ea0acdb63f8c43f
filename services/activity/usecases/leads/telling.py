"""What is told of leads: events, the customer's timeline, and the people whom it concerns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from workbench.activity.v1 import lead_events_pb2

from services.activity.model.lead import Lead
from services.activity.usecases import reaching
from services.activity.usecases.notifying import notify
from services.activity.usecases.telling import Category, tell
from services.chassis.db.session import UnitOfWork


def resource(lead: Lead) -> str:
    """What there is to look at."""
    return f"leads/{lead.lead_id}"


def captured(work: UnitOfWork, lead: Lead) -> None:
    """It was captured."""
    work.record(
        lead_events_pb2.LeadCaptured(
            lead_id=lead.lead_id,
            customer_id=lead.customer_id or "",
            capturer_person_id=lead.capturer_person_id,
            organisation_path=lead.organisation_path,
            source=lead.source,
            source_key=lead.source_key,
            product_codes=lead.product_codes,
            business_date=lead.capture_date.isoformat(),
        )
    )
    _tell(work, lead, "lead_captured", {"products": ", ".join(lead.product_codes)}, lead.create_time)


def assigned(work: UnitOfWork, lead: Lead, former_owner_person_id: str, assignment_rule_id: str) -> None:
    """It came to somebody, who is told; where it came back to wait, those in charge of the unit are."""
    record_assigned(work, lead, former_owner_person_id, assignment_rule_id)
    if lead.owner_person_id:
        told = {"followDeadline": lead.follow_deadline.isoformat()} if lead.follow_deadline else {}
        notify(work, [lead.owner_person_id], "lead_assigned", resource=resource(lead), parameters=told)
    else:
        waits(work, lead)


def record_assigned(work: UnitOfWork, lead: Lead, former_owner_person_id: str, assignment_rule_id: str = "") -> None:
    """It came to somebody: the event alone."""
    event = lead_events_pb2.LeadAssigned(
        **_of_owner(work, lead, lead.assign_time),
        former_owner_person_id=former_owner_person_id,
        assignment_rule_id=assignment_rule_id,
    )
    if lead.follow_deadline:
        event.follow_deadline.FromDatetime(lead.follow_deadline)
    work.record(event)


def waits(work: UnitOfWork, lead: Lead) -> None:
    """It waits to be assigned: those in charge of the unit are told."""
    notify(work, reaching.leaders_of(work, lead.organisation_path), "lead_waits", resource=resource(lead))


def followed(work: UnitOfWork, lead: Lead) -> None:
    """Its owner followed it for the first time."""
    event = lead_events_pb2.LeadFollowed(**_of_owner(work, lead, lead.followed_time), in_time=lead.followed_in_time)
    if lead.follow_deadline:
        event.follow_deadline.FromDatetime(lead.follow_deadline)
    if lead.followed_time:
        event.followed_time.FromDatetime(lead.followed_time)
    work.record(event)


def qualified(work: UnitOfWork, lead: Lead, at: datetime | None = None) -> None:
    """It was found worth an opportunity, now or then."""
    work.record(lead_events_pb2.LeadQualified(**_of_owner(work, lead, at), grade=lead.grade))
    _tell(work, lead, "lead_qualified", {}, at)


def disqualified(work: UnitOfWork, lead: Lead) -> None:
    """It leads nowhere."""
    work.record(
        lead_events_pb2.LeadDisqualified(
            **_of_owner(work, lead, lead.close_time),
            reason=lead.disqualify_reason,
            duplicate_of_lead_id=lead.duplicate_of_lead_id,
        )
    )
    _tell(work, lead, "lead_disqualified", {"reason": str(lead.disqualify_reason)}, lead.close_time)


def converted(work: UnitOfWork, lead: Lead) -> None:
    """It became an opportunity, of which the customer's timeline tells by itself."""
    work.record(
        lead_events_pb2.LeadConverted(
            **_of_owner(work, lead, lead.close_time), opportunity_id=lead.opportunity_id, source=lead.source
        )
    )


def overdue(work: UnitOfWork, lead: Lead, also: Iterable[str]) -> None:
    """The deadline passed before anybody followed it: its owner and those in charge are told."""
    notify(work, [lead.owner_person_id, *also], "lead_overdue", resource=resource(lead))


def _of_owner(work: UnitOfWork, lead: Lead, at: datetime | None) -> dict[str, str]:
    return {
        "lead_id": lead.lead_id,
        "customer_id": lead.customer_id or "",
        "owner_person_id": lead.owner_person_id,
        "organisation_path": lead.organisation_path,
        "business_date": _day(work, at).isoformat(),
    }


def _day(work: UnitOfWork, at: datetime | None) -> date:
    """The business date of the act; of what was long ago, and is only told now, its day in the bank's zone."""
    if at is None or at == work.now:
        return work.business_date
    return at.astimezone(ZoneInfo(work.database.bank_time_zone)).date()


def _tell(work: UnitOfWork, lead: Lead, kind: str, parameters: dict[str, str], at: datetime | None) -> None:
    if lead.customer_id:
        tell(
            work,
            lead.customer_id,
            kind,
            Category.SALES,
            resource=resource(lead),
            parameters=parameters,
            occur_time=at,
            business_date=_day(work, at),
        )
