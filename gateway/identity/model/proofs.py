"""The count of failed proofs in a row, as columns of whatever counts them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, MappedAsDataclass, mapped_column

from gateway.identity.rules.lockout import Lockout
from services.chassis.db.types import UtcDateTime


class CountsFailures(MappedAsDataclass, kw_only=True):
    """An account counts failed sign-ins; a session counts failed proofs by whoever holds it, who may not be its person."""

    failures: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)

    def rests(self, now: datetime) -> bool:
        """Whether no proof is tried at present."""
        return self._lockout().holds(now)

    def count_failure(self, now: datetime) -> None:
        """Notes a failed proof, and rests where there were too many."""
        after = self._lockout().failed(now)
        self.failures, self.locked_until = after.failures, after.locked_until

    def forget_failures(self) -> None:
        """After a proof that held."""
        self.failures, self.locked_until = 0, None

    def _lockout(self) -> Lockout:
        return Lockout(self.failures, self.locked_until)
