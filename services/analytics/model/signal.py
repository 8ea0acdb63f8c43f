"""Signals: what rules see in a customer, since when and until when, and how often what a rule saw came true."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.analytics.model.base import Base
from services.analytics.rules.signals import SignalState
from services.chassis.db.types import BusinessDate, Json, OrderedText, UtcDateTime

_OPEN = text(f"state = {SignalState.OPEN.value}")


class Signal(Base):
    """A sign in a customer, from the analysis that saw it first to the one that did not see it any more.

    Of a customer and a rule one is open. Who reaches the customer reaches it: it goes with him to another lead.
    """

    __tablename__ = "signals"

    signal_id: Mapped[str] = mapped_column(Text, primary_key=True)
    customer_id: Mapped[str] = mapped_column(Text)
    rule_code: Mapped[str] = mapped_column(OrderedText)
    # By which version it was seen last.
    rule_version: Mapped[int] = mapped_column(Integer)
    # A SignalState.
    state: Mapped[int] = mapped_column(Integer, default=SignalState.OPEN.value)
    # A SignalSeverity, as it was seen last.
    severity: Mapped[int] = mapped_column(Integer)
    # Since when it was there, by the figures.
    onset_date: Mapped[date] = mapped_column(BusinessDate)
    # As of when an analysis saw it first, when its onset, severity or rule last changed, and when one did not see it any more.
    first_seen_date: Mapped[date] = mapped_column(BusinessDate)
    change_date: Mapped[date] = mapped_column(BusinessDate)
    end_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    # `{"features": {name: value}, "thresholds": {name: value}}`, as `engine/signals.py` writes it.
    evidence: Mapped[dict[str, Any]] = mapped_column(Json)

    __table_args__ = (
        Index("uq_signals_open", "customer_id", "rule_code", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_signals_customer_id_first_seen_date", "customer_id", "first_seen_date"),
        Index("ix_signals_state_severity", "state", "severity", "first_seen_date", "signal_id"),
    )


class SignalMeasure(Base):
    """How many of those in whom a rule saw its sign on a day left within the horizon, which has passed."""

    __tablename__ = "signal_measures"

    rule_code: Mapped[str] = mapped_column(OrderedText, primary_key=True)
    rule_version: Mapped[int] = mapped_column(Integer, primary_key=True)
    as_of_date: Mapped[date] = mapped_column(BusinessDate, primary_key=True)
    raised_count: Mapped[int] = mapped_column(BigInteger)
    left_count: Mapped[int] = mapped_column(BigInteger)
    # Of all customers whose truth is known on that day.
    customer_count: Mapped[int] = mapped_column(BigInteger)
    customer_left_count: Mapped[int] = mapped_column(BigInteger)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_signal_measures_as_of_date", "as_of_date"),)
