"""A service for tests: it enters every event that it follows, and can be told to fail and to dawdle."""

from __future__ import annotations

import time

from sqlalchemy import BigInteger, Integer, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column
from workbench.customer.v1 import events_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.db.tables import service_metadata
from services.chassis.kernel.errors import RuleBroken
from services.chassis.service import Service, Subscription


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    metadata = service_metadata()


class Entry(Base):
    """One effect."""

    __tablename__ = "entries"

    sequence: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, init=False)
    customer_id: Mapped[str] = mapped_column(Text, index=True)
    text: Mapped[str] = mapped_column(Text)
    enter_time_ns: Mapped[int] = mapped_column(BigInteger)


class Switch(Base):
    """What a test has turned on."""

    __tablename__ = "switches"

    name: Mapped[str] = mapped_column(Text, primary_key=True)


def enter(work: UnitOfWork, event: events_pb2.CustomerReassigned) -> None:
    """Enters `reason`. Where it reads `<verb> <argument> …`, does that first."""
    verb, _, rest = event.reason.partition(" ")
    argument = rest.partition(" ")[0]
    work.session.add(Entry(customer_id=event.customer_id, text=event.reason, enter_time_ns=time.time_ns()))
    work.session.flush()
    if verb == "needs" and work.session.get(Switch, argument) is None:
        raise RuleBroken("SWITCH_OFF", event.reason)
    if verb == "breaks" and work.session.get(Switch, argument) is None:
        raise ValueError(event.reason)
    if verb == "takes":
        time.sleep(float(argument))


LEDGER = Service(
    name="ledger",
    package="services.chassis",
    rpcs={},
    subscriptions=(Subscription(events_pb2.CustomerReassigned, enter),),
)
