"""What a service is made of, in one value: its `__main__` has `SERVICE = Service(…)`, and the runtime does the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Protocol

from google.protobuf.message import Message
from pydantic import BaseModel

from services.chassis.db.measuring import Measure
from services.chassis.db.session import OnRecord, UnitOfWork
from services.chassis.longwork.task import Work


@dataclass(frozen=True, slots=True)
class Subscription:
    """An event that the service follows. The handler runs in the transaction that records the event as handled."""

    event: type[Message]
    handle: Callable[[UnitOfWork, Any], None]


@dataclass(frozen=True, slots=True)
class Announcement:
    """One kind of thing that the service owns and tells once more, to services that did not follow from the beginning.

    `page(work, after, size)` answers the next things behind a key ("" for the first) in the order of their keys, each with the
    event that says how it stands. It holds their rows, so that no change gets in between reading one and telling of it.
    """

    name: str
    page: Callable[[UnitOfWork, str, int], Sequence[tuple[str, Message]]]


@dataclass(frozen=True, slots=True)
class Timer:
    """Work that recurs. Of several copies of a service one runs it at a time."""

    name: str
    every_seconds: float
    run: Callable[[UnitOfWork], None]


class Stream(Protocol):
    """What a streaming method gets in place of a transaction, since a stream outlives any."""

    def transaction(self) -> AbstractContextManager[UnitOfWork]:
        """A short transaction that reads, as the stream's caller."""

    def act(self) -> AbstractContextManager[UnitOfWork]:
        """A short transaction that writes, as the stream's caller."""

    def wait(self, seconds: float) -> bool:
        """Sleeps; False as soon as the client has left or the server stops, and the stream should end."""


class NoSettings(BaseModel):
    """For a service with no settings of its own."""


@dataclass(frozen=True, slots=True)
class Service:
    """One service.

    `rpcs` maps a proto service to the module that serves it: for each method a function of its name in snake_case,
    `def get_customer(work: UnitOfWork, request: GetCustomerRequest) -> Customer`; for a streaming method
    `def watch_customers(stream: Stream, request) -> Iterator[…]`.
    """

    name: str
    package: str
    rpcs: Mapping[str, ModuleType]
    subscriptions: tuple[Subscription, ...] = ()
    timers: tuple[Timer, ...] = ()
    works: tuple[Work, ...] = ()
    settings: type[BaseModel] = NoSettings
    # What the service keeps of its own events, in the transaction that records them.
    on_record: OnRecord | None = None
    # What it announces to services that ask, and which services it asks for what it must know of theirs.
    announcements: tuple[Announcement, ...] = ()
    asks: tuple[str, ...] = ()
    # What is told of the database's state at each scrape of a process that serves.
    measure: Measure | None = None
