"""A session: one sign-in and all tokens that came of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import IntEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.identity.model.base import Base
from gateway.identity.model.proofs import CountsFailures
from services.chassis.db.types import OrderedText, UtcDateTime

_TICK = timedelta(microseconds=1)


class SignInMethod(IntEnum):
    """How the person proved who he is; the numbers are those of `workbench.identity.v1.SignInMethod`."""

    PASSWORD = 1
    PASSWORD_AND_TOTP = 2
    FEDERATED = 3


class Session(CountsFailures, Base):
    """One session, and the family of its tokens.

    Its refresh tokens are numbered: only the one with the present `generation` is good, and for seconds the one before it. An
    earlier one that comes back was stolen, or its thief came first. Access tokens up to `tokens_void_time` are void. Its times
    only go forward, a token's and a revocation's alike, whichever machine's clock is behind, so that no token slips through.
    """

    __tablename__ = "sessions"
    __table_args__ = (
        CheckConstraint("sign_in_method BETWEEN 1 AND 3", name="sign_in_method"),
        Index("ix_sessions_person_id_session_id", "person_id", "session_id"),
    )

    session_id: Mapped[str] = mapped_column(OrderedText, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.person_id"), type_=Text)
    remote_address: Mapped[str] = mapped_column(Text)
    sign_in_method: Mapped[int] = mapped_column(Integer)
    generation: Mapped[int] = mapped_column(Integer, default=1)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    # When the last pair of tokens was issued.
    refresh_time: Mapped[datetime] = mapped_column(UtcDateTime)
    # When the present refresh token expires; moves on with each refresh, but never beyond `end_time`.
    expire_time: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    end_time: Mapped[datetime] = mapped_column(UtcDateTime)
    close_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    close_reason: Mapped[str] = mapped_column(Text, default="")
    tokens_void_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None, index=True)

    @classmethod
    def opened(
        cls,
        session_id: str,
        person_id: str,
        method: SignInMethod,
        *,
        remote_address: str,
        now: datetime,
        idle: timedelta,
        longest: timedelta,
    ) -> Session:
        """A new session, with its first pair of tokens issued now."""
        return cls(
            session_id=session_id,
            person_id=person_id,
            remote_address=remote_address,
            sign_in_method=method,
            create_time=now,
            refresh_time=now,
            expire_time=now + min(idle, longest),
            end_time=now + longest,
        )

    def open_at(self, now: datetime) -> bool:
        """Whether the session still works."""
        return self.close_time is None and now < self.expire_time

    def refresh(self, *, now: datetime, idle: timedelta) -> None:
        """Issues the next pair of tokens."""
        self.generation += 1
        earliest = self.tokens_void_time + _TICK if self.tokens_void_time else now
        self.refresh_time = max(now, self.refresh_time, earliest)
        self.expire_time = min(now + idle, self.end_time)

    def void_tokens(self, now: datetime) -> None:
        """Access tokens issued so far stop working; the next refresh issues one with what the person may do by then."""
        self.tokens_void_time = max(now, self.refresh_time, self.tokens_void_time or now)

    def close(self, reason: str, now: datetime) -> None:
        """Ends the session and all its tokens."""
        self.close_time, self.close_reason = now, reason
        self.void_tokens(now)
