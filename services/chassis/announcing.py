"""How a service learns what it did not follow from the beginning: it asks the owner, who tells each thing once more.

A service that is deployed into a bank that works already, or whose database was lost, asks each service on which it stands once,
by an event. The owner walks through what it owns as long work, and tells of each thing by an event that only says how it stands.
The order of events of one thing holds: a change comes before its announcement or after it, never between reading and telling.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column
from workbench.operations.v1 import announcement_events_pb2 as events

from services.chassis.db.session import UnitOfWork
from services.chassis.db.tables import ChassisBase
from services.chassis.db.types import UtcDateTime
from services.chassis.longwork.asking import ask_of_itself
from services.chassis.longwork.task import Task, Work
from services.chassis.service import Announcement, Service, Subscription, Timer

KIND = "chassis.announce"
ASK_EVERY_SECONDS = 10.0
# Things of one step: a fraction of a second.
THINGS_AT_ONCE = 200


class AnnouncementAsking(ChassisBase, kw_only=True):
    """That an owner was asked, once, and when it had told all."""

    __tablename__ = "announcement_askings"

    owner_service: Mapped[str] = mapped_column(Text, primary_key=True)
    announcement_id: Mapped[str] = mapped_column(Text)
    ask_time: Mapped[datetime] = mapped_column(UtcDateTime)
    # None until all was told.
    complete_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


def subscriptions_of(service: Service) -> tuple[Subscription, ...]:
    """What the service follows so that others learn of its things, and it of theirs."""
    asked = (Subscription(events.AnnouncementAsked, take_asking),) if service.announcements else ()
    told = (Subscription(events.AnnouncementCompleted, note_completed),) if service.asks else ()
    return asked + told


def timers_of(service: Service) -> tuple[Timer, ...]:
    """Asks whoever was not asked yet."""
    return (Timer("announcements.ask", ASK_EVERY_SECONDS, partial(ask_owners, owners=service.asks)),) if service.asks else ()


def works_of(service: Service) -> tuple[Work, ...]:
    """Tells of all that the service announces."""
    return (Work(KIND, "", partial(_tell_next, announcements=service.announcements)),) if service.announcements else ()


def ask_owners(work: UnitOfWork, owners: Sequence[str]) -> None:
    """Asks each of the services that was not asked yet."""
    for owner in owners:
        if work.session.get(AnnouncementAsking, owner) is None:
            asking = AnnouncementAsking(owner_service=owner, announcement_id=work.new_id(), ask_time=work.now)
            work.session.add(asking)
            work.record(
                events.AnnouncementAsked(
                    announcement_id=asking.announcement_id, owner_service=owner, asking_service=work.database.service_name
                )
            )


def take_asking(work: UnitOfWork, event: events.AnnouncementAsked) -> None:
    """Another service asks; nothing happens where somebody else is asked."""
    if event.owner_service == work.database.service_name:
        ask_of_itself(work, KIND, {"announcement_id": event.announcement_id}, subject=f"announcements/{event.announcement_id}")


def note_completed(work: UnitOfWork, event: events.AnnouncementCompleted) -> None:
    """An owner has told all that this service asked for."""
    asking = work.session.get(AnnouncementAsking, event.owner_service)
    if asking is not None and asking.announcement_id == event.announcement_id:
        asking.complete_time = work.now


def _tell_next(work: UnitOfWork, task: Task, _prepared: Any, announcements: Sequence[Announcement]) -> None:
    place, after = task.checkpoint.get("place", 0), task.checkpoint.get("after", "")
    told = announcements[place].page(work, after, THINGS_AT_ONCE)
    work.record(*(event for _, event in told))
    task.done += len(told)
    if len(told) == THINGS_AT_ONCE:
        task.checkpoint = {"place": place, "after": told[-1][0]}
        return
    task.checkpoint = {"place": place + 1, "after": ""}
    if place + 1 == len(announcements):
        announcement_id = task.parameters["announcement_id"]
        work.record(
            events.AnnouncementCompleted(
                announcement_id=announcement_id, owner_service=work.database.service_name, announced_count=task.done
            )
        )
        task.finish(f"{task.done} things announced.")
