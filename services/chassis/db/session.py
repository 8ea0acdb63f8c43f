"""One transaction: rows, events, audit record and answer commit together or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from google.protobuf.message import Message
from sqlalchemy import Engine, event, insert, text
from sqlalchemy.orm import Session

from services.chassis.db.audit import Change, captured_changes, inserted_changes, write_act
from services.chassis.db.business_dates import KeptDate, advance
from services.chassis.db.field_history import keep_changes, refuse_unseen_changes
from services.chassis.db.scope import WHOLE_BANK, announce_scope, has_reaches, with_reach
from services.chassis.kernel.caller import NOBODY, Caller, Scope
from services.chassis.kernel.clock import Clock, system_clock
from services.chassis.kernel.errors import Unavailable, WorkbenchError
from services.chassis.kernel.ids import IdSource, uuid7
from services.chassis.lake.lake import Lake
from services.chassis.outbox import table as outbox

SERVICE_SCOPE = WHOLE_BANK

_HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


@dataclass(frozen=True, slots=True)
class Call:
    """What is known of the call that a transaction serves."""

    # The full method, `workbench.customer.v1.CustomerService/GetCustomer`, or what else acts: an event's type, a timer.
    method: str
    correlation_id: str = ""
    # The event that caused this one; empty where a person did.
    causation_id: str = ""
    remote_address: str = ""
    # The W3C trace context of whoever calls; empty where nothing is traced.
    traceparent: str = ""


@dataclass(slots=True)
class UnitOfWork:
    """An open transaction, as a use case sees it."""

    session: Session
    caller: Caller
    call: Call
    # Whose rows the caller reaches in this act.
    scope: Scope
    # The instant of the act: one for everything that it writes.
    now: datetime
    database: Database
    # What the act says of itself for the audit trail beyond the changes that the session shows by itself.
    purpose: str = ""
    resource: str = ""
    changes: list[Change] = field(default_factory=list)
    recorded_events: int = 0
    # Called once the act has committed.
    after_commit: list[Callable[[], None]] = field(default_factory=list)
    # The entry of a field's history that the act puts back.
    restored_from: str = ""
    # Read once, so that no act begins on one date and ends on the next.
    _business_date: date | None = field(default=None, init=False)

    @property
    def settings(self) -> Any:
        """The service's own settings, of the type that its `Service` names."""
        return self.database.settings

    @property
    def business_date(self) -> date:
        """The bank's date as integration announced it; before the first, and where there is no integration, the clock's."""
        if self._business_date is None:
            self._business_date = self.database.announced_date(self.session) or self.clock_date
        return self._business_date

    @property
    def clock_date(self) -> date:
        """The calendar's date in the bank's zone; what happens in the bank is of its `business_date`."""
        return self.now.astimezone(ZoneInfo(self.database.bank_time_zone)).date()

    def open_business_date(self, business_date: date) -> bool:
        """Makes it the date of this service from the next act on; answers whether it did: never backwards."""
        self.after_commit.append(self.database.forget_date)
        return advance(self.session, business_date, self.now)

    def new_id(self) -> str:
        """A new id that sorts by time."""
        return self.database.new_id()

    def reach(self, *organisation_paths: str) -> None:
        """Lets rows go to those units, which the use case has found right; what `in_scope` finds stays as it is.

        PostgreSQL refuses a change that would hide the row from whoever makes it.
        """
        wider = replace(self.scope, organisation_paths=(*self.scope.organisation_paths, *organisation_paths))
        announce_scope(self.session.connection(), wider, self.caller)

    @contextmanager
    def whole_bank(self) -> Iterator[None]:
        """Lets the use case read rows of the whole bank, of which it must reveal nothing; then the caller's scope holds again."""
        announce_scope(self.session.connection(), SERVICE_SCOPE, self.caller)
        yield
        # Not where the block raised: the transaction is over then.
        announce_scope(self.session.connection(), self.scope, self.caller)

    def hold(self, name: str) -> None:
        """Lets nobody else who holds this name go on until the transaction ends: for a rule over several rows, or rows to come.

        SQLite has one writer at a time, so that there is nothing to hold.
        """
        connection = self.session.connection()
        if connection.dialect.name == "postgresql":
            connection.execute(_HOLD, {"name": name})

    def insert_all(self, model: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
        """Inserts many rows at once, given by their attributes' names: past the session's objects, not past the audit trail."""
        # None is a value: left out, as it would be, it made a statement of its own of each row that has other ones.
        self.session.execute(insert(model).execution_options(render_nulls=True), rows)
        self.changes.extend(inserted_changes(model, rows))

    def record(self, *events: Message) -> None:
        """Puts events into the outbox, in their order; they leave once the transaction has committed."""
        outbox.record(
            self.session,
            events,
            service=self.database.service_name,
            new_id=self.new_id,
            time=self.now,
            correlation_id=self.call.correlation_id,
            causation_id=self.call.causation_id,
            person_id=self.caller.person_id,
        )
        self.recorded_events += len(events)
        self.database.on_record(self, events)

    def audit(self, outcome: str = "OK") -> None:
        """Writes what the trail keeps of the act, once, at its end."""
        self.session.flush()
        act = {
            "act_time": self.now,
            "person_id": self.caller.person_id,
            "login": self.caller.login,
            "remote_address": self.call.remote_address,
            "method": self.call.method.rpartition("/")[2],
            "outcome": outcome,
            "purpose": self.purpose,
            "correlation_id": self.call.correlation_id,
        }
        write_act(self.session, act, self.resource, self.changes)


@dataclass(frozen=True, slots=True)
class FileLimits:
    """How large a stored file may be, and how long it is kept."""

    bytes_max: int = 64 * 1024 * 1024
    kept_hours: int = 72


# Called with the events that an act records, in its transaction.
OnRecord = Callable[[UnitOfWork, Sequence[Message]], None]


def _keep_nothing(_work: UnitOfWork, _events: Sequence[Message]) -> None:
    pass


class Database:
    """A service's database: the only place that opens transactions.

    `on_events` is called after a commit that recorded events, so that the relay wakes at once.
    """

    def __init__(  # noqa: PLR0913 - two are needed; the rest have defaults and are given by name
        self,
        engine: Engine,
        service_name: str,
        *,
        settings: Any = None,
        bank_time_zone: str = "Asia/Shanghai",
        follows_calendar: bool = True,
        files: FileLimits | None = None,
        lake: Lake | None = None,
        clock: Clock = system_clock,
        new_id: IdSource = uuid7,
        on_record: OnRecord | None = None,
    ) -> None:
        self.engine = engine
        self.service_name = service_name
        self.settings = settings
        self.bank_time_zone = bank_time_zone
        # Whether somebody announces business dates in this deployment.
        self._follows_calendar = follows_calendar
        self._date = KeptDate()
        self.files = files or FileLimits()
        self._lake = lake
        self.clock = clock
        self.new_id = new_id
        self.on_events: Callable[[], None] = lambda: None
        # What the service keeps of its own events, in the transaction that records them.
        self.on_record: OnRecord = on_record or _keep_nothing
        # Called after a commit that asked for long work, where this process runs it.
        self.on_operations: Callable[[], None] = lambda: None
        # Where the events are that the service could not handle; the runtime knows which bus there is.
        self.parking: Any = None
        # SQLite has one writer at a time, and one that waits there sleeps and looks again, ever longer. Writers of one process
        # wait here instead, where the next is woken at once.
        self._writing: AbstractContextManager[Any] = Lock() if engine.dialect.name == "sqlite" else nullcontext()
        # Whether its database knows of people who reach more than their own; None until it was asked.
        self._has_reaches: bool | None = None
        # Reads, and writes nothing.
        self.reader = engine.execution_options(read_only=True, postgresql_readonly=True)

    @property
    def lake(self) -> Lake:
        """The deployment's datasets; raises Unavailable where the process was given none."""
        if self._lake is None:
            raise Unavailable("LAKE_MISSING", "This process was not given the deployment's datasets.")
        return self._lake

    def announced_date(self, session: Session) -> date | None:
        """The business date that was announced last; None before the first, and where nobody announces any."""
        return self._date.read(session) if self._follows_calendar else None

    def forget_date(self) -> None:
        """Has the next act read the business date anew."""
        self._date.forget()

    @contextmanager
    def transaction(
        self,
        caller: Caller = NOBODY,
        call: Call | None = None,
        *,
        scope: Scope = SERVICE_SCOPE,
        read_only: bool = False,
    ) -> Iterator[UnitOfWork]:
        """Commits where the block ends well, and where it raises a WorkbenchError that keeps its changes."""
        with (
            nullcontext() if read_only else self._writing,
            Session(self.reader if read_only else self.engine, expire_on_commit=False, autoflush=not read_only) as session,
        ):
            work = UnitOfWork(session, caller, call or Call(self.service_name), scope, self.clock(), self)
            if not read_only:
                event.listen(session, "before_flush", _capture_into(work))
                event.listen(session, "do_orm_execute", refuse_unseen_changes)
            if scope.own:
                work.scope = self._reached(work)
            announce_scope(session.connection(), work.scope, caller)
            try:
                yield work
            except WorkbenchError as error:
                if error.keeps_changes:
                    self._commit(work)
                raise
            self._commit(work)

    def _reached(self, work: UnitOfWork) -> Scope:
        connection = work.session.connection()
        if self._has_reaches is None:
            self._has_reaches = has_reaches(connection)
        return with_reach(connection, work.scope, work.caller, work.business_date) if self._has_reaches else work.scope

    def _commit(self, work: UnitOfWork) -> None:
        work.session.commit()
        if work.recorded_events:
            self.on_events()
        for call in work.after_commit:
            call()


def _capture_into(work: UnitOfWork) -> Callable[[Session, Any, Any], None]:
    def capture(session: Session, _context: Any, _instances: Any) -> None:
        changes = captured_changes(session)
        work.changes.extend(changes)
        keep_changes(session, changes, _who(work), work.new_id)

    return capture


def _who(work: UnitOfWork) -> dict[str, Any]:
    return {
        "change_time": work.now,
        "person_id": work.caller.person_id,
        "login": work.caller.login,
        "method": work.call.method.rpartition("/")[2],
        "correlation_id": work.call.correlation_id,
        "restored_from": work.restored_from,
    }
