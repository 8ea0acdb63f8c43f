"""What waits for a second person 待审批, whatever it is and wherever it is kept."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.activity.model.base import Base, Working
from services.activity.rules.tasks import NO_DATE
from services.chassis.db.types import BusinessDate, Json, UtcDateTime


class Approval(Base, Working):
    """One thing that waits; its owner is who asks. It is dropped once it is decided: what was decided is kept with the thing."""

    __tablename__ = "approvals"

    # Sorts by time.
    approval_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # What it is, such as `hand_over`.
    kind: Mapped[str] = mapped_column(Text)
    # Where it is decided, such as `handOvers/0198…`.
    resource: Mapped[str] = mapped_column(Text, unique=True)
    # Whoever holds it in the unit may decide.
    permission: Mapped[str] = mapped_column(Text)
    # What a sentence about it names: numbers, dates and ids.
    parameters: Mapped[dict[str, str]] = mapped_column(Json, default_factory=dict)
    # Void after this day.
    expire_date: Mapped[date] = mapped_column(BusinessDate, default=NO_DATE)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_approvals_permission_organisation_path", "permission", "organisation_path"),
        Index("ix_approvals_owner_person_id_approval_id", "owner_person_id", "approval_id"),
        Index("ix_approvals_expire_date", "expire_date"),
    )
