"""Takes an event in: once in effect, however often it is delivered."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import cast

import structlog
from prometheus_client import Counter
from sqlalchemy import Table
from sqlalchemy.orm import Session

from services.chassis import telemetry
from services.chassis.bus.failures import HandlerFailed
from services.chassis.db.insertion import insert_if_absent
from services.chassis.db.session import Call, Database, UnitOfWork
from services.chassis.inbox.table import InboxMessage
from services.chassis.kernel.caller import Caller
from services.chassis.outbox.messages import EventMessage
from services.chassis.service import Subscription

RECEIVED = Counter("workbench_inbox_messages_total", "Events received, by what became of them.", ("service", "type", "outcome"))
_INBOX = cast("Table", InboxMessage.__table__)


class Outcome(Enum):
    """What became of a delivery; each of them is an end, and the bus may forget the message."""

    HANDLED = "handled"
    # It had taken effect before.
    DUPLICATE = "duplicate"
    # The service follows no events of its type (any more).
    IGNORED = "ignored"


def _nothing(_session: Session) -> None:
    pass


class Receiver:
    """Hands events to a service's handlers, each in one transaction with the record that it was handled."""

    def __init__(self, database: Database, subscriptions: Iterable[Subscription]) -> None:
        self.database = database
        # By the event's type; several handlers of one event run in their order, and commit together.
        self.subscriptions: dict[str, list[Subscription]] = {}
        for subscription in subscriptions:
            self.subscriptions.setdefault(subscription.event.DESCRIPTOR.full_name, []).append(subscription)

    def receive(self, message: EventMessage, settle: Callable[[Session], None] = _nothing) -> Outcome:
        """Handles the event unless it was handled before; whoever delivers it at the same moment waits here.

        `settle` is called first in the same transaction, whatever the outcome: what a bus does there commits with the
        effect. Raises HandlerFailed, with nothing written, where the handler raised.
        """
        call = Call(method=message.type, correlation_id=message.correlation_id, causation_id=message.event_id)
        structlog.contextvars.bind_contextvars(correlation_id=message.correlation_id, person_id=message.person_id)
        try:
            with (
                telemetry.span(f"handle {message.type}", message.traceparent),
                self.database.transaction(Caller(message.person_id), call) as work,
            ):
                settle(work.session)
                outcome = self._take_effect(work, message)
        finally:
            structlog.contextvars.unbind_contextvars("correlation_id", "person_id")
        RECEIVED.labels(self.database.service_name, message.type, outcome.value).inc()
        return outcome

    def _take_effect(self, work: UnitOfWork, message: EventMessage) -> Outcome:
        subscriptions = self.subscriptions.get(message.type)
        if subscriptions is None:
            return Outcome.IGNORED
        if not insert_if_absent(work.session, _INBOX, event_id=message.event_id, type=message.type, handle_time=work.now):
            return Outcome.DUPLICATE
        try:
            for subscription in subscriptions:
                subscription.handle(work, subscription.event.FromString(message.data))
            work.session.flush()
            if work.changes:
                work.audit()
        except Exception as error:
            # Wrapped, because a WorkbenchError that keeps its changes would commit the record of an effect that is not whole.
            raise HandlerFailed from error
        return Outcome.HANDLED
