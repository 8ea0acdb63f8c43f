"""Features of what happened around a customer, as expressions: contacts, complaints, needs, surveys, changes of its lead."""

from __future__ import annotations

import ibis
from ibis import ir

from services.analytics.engine.feature_tables import staged
from services.analytics.rules.happenings import HappeningKind
from services.chassis.engines.rounding import summed

_CONTACT_DAYS, _COMPLAINT_DAYS, _LEAD_DAYS, _RECENT_DAYS = 365, 400, 180, 90


def contacts() -> ir.Table:
    """By customer: when the last one was, and how many of 90 days."""
    rows = _of(HappeningKind.CONTACT)
    return rows.group_by("customer_number").aggregate(
        contact_last_date=rows.start_date.max(), contacts_90=rows.kind.count(where=rows.back < _RECENT_DAYS)
    )


def people() -> ir.Table:
    """By customer: whom of the bank it met in 365 days, and the part of its contacts that one of them held."""
    rows = _of(HappeningKind.CONTACT)
    rows = rows.filter(rows.back < _CONTACT_DAYS)
    named = rows.filter(rows.person_id != "")
    held = named.group_by(["customer_number", "person_id"]).aggregate(held=named.count())
    top = held.group_by("customer_number").aggregate(most=held.held.max(), whole=summed(held.held))
    top = top.select("customer_number", top_person_share=top.most.cast("float64") / top.whole.cast("float64"))
    took_part = rows.select("customer_number", person_id=rows.other_person_ids.unnest())
    met = rows.select("customer_number", "person_id").union(took_part)
    met = met.filter(met.person_id != "")
    met = met.group_by("customer_number").aggregate(people_known=met.person_id.nunique())
    top = top.rename(top_number="customer_number")
    return met.left_join(top, met.customer_number == top.top_number).drop("top_number")


def feedback() -> ir.Table:
    """By customer: complaints and needs that are open, the last complaint of 400 days, the last low answer to a survey."""
    rows = staged("feature_happenings")
    complaint = rows.kind == int(HappeningKind.COMPLAINT)
    weighs = complaint & (rows.is_open | (rows.back < _RECENT_DAYS))
    return rows.group_by("customer_number").aggregate(
        complaints_open=rows.kind.count(where=complaint & rows.is_open),
        complaint_overdue_days=rows.overdue_days.max(where=complaint & rows.is_open),
        complaint_severity=rows.sort.max(where=weighs),
        complaint_date=rows.start_date.max(where=complaint & (rows.back < _COMPLAINT_DAYS)),
        needs_open=rows.kind.count(where=(rows.kind == int(HappeningKind.NEED)) & rows.is_open),
        survey_low_date=rows.start_date.max(where=(rows.kind == int(HappeningKind.SURVEY_ANSWER)) & rows.low),
    )


def leads() -> ir.Table:
    """By customer: changes of its lead, not counting the first one ever, and when its lead left the bank."""
    rows = staged("feature_happenings")
    changed = (rows.kind == int(HappeningKind.LEAD_CHANGED)) & (rows.other_person_ids.length() > 0)
    return rows.group_by("customer_number").aggregate(
        lead_changes_180=rows.kind.count(where=changed & (rows.back < _LEAD_DAYS)),
        lead_change_date=rows.start_date.max(where=changed),
        lead_left_date=rows.start_date.max(where=rows.kind == int(HappeningKind.LEAD_LEFT)),
    )


def _of(kind: HappeningKind) -> ir.Table:
    return staged("feature_happenings").filter(ibis._.kind == int(kind))
