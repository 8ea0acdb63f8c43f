"""The trace of an opportunity: at which stage it stood at a time, and as what somebody worked on it then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.activity.rules.leads.kinds import MemberRole, TouchKind

# The steps with which somebody becomes the owner.
OWNING = (TouchKind.OPENED, TouchKind.REASSIGNED)


@dataclass(frozen=True, slots=True)
class Touch:
    """Something that somebody did for an opportunity; the numbers of `TouchKind`, `MemberRole` and `ContactKind`."""

    touch_time: datetime
    business_date: date
    kind: int
    person_id: str
    role: int = 0
    stage_code: str = ""
    minutes: int = 0
    contact_kind: int = 0
    resource: str = ""


def trace(steps: Sequence[Touch], contacts: Iterable[Touch]) -> list[Touch]:
    """All in order of time; each contact with the stage and the role of that time. Steps come in their order.

    A contact that was before the first step belongs to the stage at which the opportunity began. Contacts come before steps of
    the same instant: a stage is reached by what was done.
    """
    ordered = [*steps]
    for contact in sorted(contacts, key=lambda each: (each.touch_time, each.resource, each.person_id)):
        before = [step for step in steps if step.touch_time < contact.touch_time] or list(steps[:1])
        ordered.append(_placed(contact, before))
    # sorted() is stable: steps of one instant stay in their order.
    return sorted(ordered, key=lambda each: (each.touch_time, each.kind != TouchKind.CONTACT))


def role_of(person_id: str, steps: Iterable[Touch]) -> int:
    """As what somebody works on it after these steps; 0 for nobody in particular."""
    owner, roles = "", dict[str, int]()
    for step in steps:
        if step.kind in OWNING:
            owner = step.person_id
        elif step.kind == TouchKind.MEMBER_ADDED:
            roles[step.person_id] = step.role
        elif step.kind == TouchKind.MEMBER_REMOVED:
            roles.pop(step.person_id, None)
    return MemberRole.OWNER.value if person_id == owner else roles.get(person_id, 0)


def _placed(contact: Touch, before: Sequence[Touch]) -> Touch:
    return Touch(
        touch_time=contact.touch_time,
        business_date=contact.business_date,
        kind=contact.kind,
        person_id=contact.person_id,
        role=role_of(contact.person_id, before),
        stage_code=before[-1].stage_code if before else "",
        minutes=contact.minutes,
        contact_kind=contact.contact_kind,
        resource=contact.resource,
    )
