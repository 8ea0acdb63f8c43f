"""Reports of work 工作日志, what they were counted from, what leaders say of them; and plans 工作计划: what is expected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.activity.model.base import Base, Working
from services.activity.rules.erasing import Erased
from services.activity.rules.work_reports import ReportState
from services.chassis.db.types import BusinessDate, EncryptedText, Json, OrderedText, UtcDateTime
from services.chassis.kernel.errors import RuleBroken


class WorkReport(Base, Working):
    """What somebody did in a day, a week or a month. Once confirmed it stays as it is."""

    __tablename__ = "work_reports"
    # It is of no customer; what names one in the comment goes with whoever wrote it.
    __erased__: ClassVar[Mapping[str, Erased]] = {"comment": ""}

    work_report_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # The numbers of `PeriodKind` and `ReportState`.
    period: Mapped[int] = mapped_column(Integer)
    start_date: Mapped[date] = mapped_column(BusinessDate)
    end_date: Mapped[date] = mapped_column(BusinessDate)
    state: Mapped[int] = mapped_column(Integer, default=ReportState.DRAFT.value)
    comment: Mapped[str] = mapped_column(EncryptedText("activity.work_report.comment"), default="")
    # The message `WorkFigures` as plain values.
    figures: Mapped[dict[str, Any]] = mapped_column(Json, default_factory=dict)
    count_time: Mapped[datetime] = mapped_column(UtcDateTime)
    submit_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    # Empty until it is confirmed.
    confirm_person_id: Mapped[str] = mapped_column(Text, default="")
    confirm_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        UniqueConstraint("owner_person_id", "period", "start_date", name="uq_work_reports_owner_person_id_period_start_date"),
        Index("ix_work_reports_owner_person_id_start_date", "owner_person_id", "start_date", "work_report_id"),
        Index("ix_work_reports_start_date", "start_date", "work_report_id", "organisation_path"),
        Index("ix_work_reports_customer_id", "customer_id"),
    )

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return str(self.version)

    @property
    def confirmed(self) -> bool:
        """Whether it stays as it is."""
        return self.state == ReportState.CONFIRMED

    @property
    def handed_in(self) -> bool:
        """Whether whoever is in charge has it, or had it and confirmed."""
        return self.state in (ReportState.SUBMITTED, ReportState.CONFIRMED)

    def require_open(self) -> None:
        """Raises RuleBroken WORK_REPORT_CONFIRMED where it stays as it is."""
        if self.confirmed:
            raise RuleBroken("WORK_REPORT_CONFIRMED", "The report is confirmed, and stays as it is.")

    def count(self, figures: Mapping[str, Any], now: datetime) -> None:
        """Takes over what was counted anew."""
        self.require_open()
        self.figures, self.count_time, self.update_time = dict(figures), now, now

    def submit(self, now: datetime) -> None:
        """Is handed in; raises RuleBroken where it is already."""
        self.require_open()
        if self.state == ReportState.SUBMITTED:
            raise RuleBroken("WORK_REPORT_SUBMITTED", "The report is handed in already.")
        self.state, self.submit_time, self.update_time = ReportState.SUBMITTED.value, now, now

    def confirm(self, person_id: str, now: datetime) -> None:
        """Stays as it is from now on; raises RuleBroken where it is not handed in."""
        self.require_submitted()
        self.state, self.confirm_person_id, self.confirm_time = ReportState.CONFIRMED.value, person_id, now
        self.update_time = now

    def give_back(self, now: datetime) -> None:
        """Goes back to its owner; raises RuleBroken where it is not handed in."""
        self.require_submitted()
        self.state, self.update_time = ReportState.RETURNED.value, now

    def require_submitted(self) -> None:
        """Raises RuleBroken WORK_REPORT_CONFIRMED or WORK_REPORT_NOT_SUBMITTED where nobody waits for a decision."""
        self.require_open()
        if self.state != ReportState.SUBMITTED:
            raise RuleBroken("WORK_REPORT_NOT_SUBMITTED", "The report is not handed in.")


class WorkReportLine(Base):
    """One thing that a report was counted from: which one, and as what, and nothing that the thing itself does not say better."""

    __tablename__ = "work_report_lines"

    work_report_id: Mapped[str] = mapped_column(ForeignKey("work_reports.work_report_id"), type_=Text, primary_key=True)
    line_number: Mapped[int] = mapped_column(Integer, primary_key=True)
    # The number of `LineKind`.
    kind: Mapped[int] = mapped_column(Integer)
    resource: Mapped[str] = mapped_column(Text)
    business_date: Mapped[date] = mapped_column(BusinessDate)
    planned: Mapped[bool] = mapped_column()
    done: Mapped[bool] = mapped_column()
    contact_kind: Mapped[int] = mapped_column(Integer)
    tier: Mapped[int] = mapped_column(Integer)
    minutes: Mapped[int] = mapped_column(Integer)


class WorkReportNote(Base, Working):
    """What somebody in charge says of a report. It is its owner's as the report is. Written once."""

    __tablename__ = "work_report_notes"
    __erased__: ClassVar[Mapping[str, Erased]] = {"text": ""}

    # Sorts by time.
    work_report_note_id: Mapped[str] = mapped_column(Text, primary_key=True)
    work_report_id: Mapped[str] = mapped_column(ForeignKey("work_reports.work_report_id"), type_=Text)
    person_id: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(EncryptedText("activity.work_report_note.text"))
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_work_report_notes_work_report_id", "work_report_id", "work_report_note_id"),
        Index("ix_work_report_notes_customer_id", "customer_id"),
    )


class WorkPlan(Base):
    """What is expected of a unit's people, or of one person, in each period from a day on."""

    __tablename__ = "work_plans"

    work_plan_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # Of one person's plan, the unit of the person.
    organisation_path: Mapped[str] = mapped_column(OrderedText)
    # Empty for all people of the unit and of those below it.
    person_id: Mapped[str] = mapped_column(Text, default="")
    period: Mapped[int] = mapped_column(Integer)
    start_date: Mapped[date] = mapped_column(BusinessDate)
    # Messages `WorkTarget` as plain values.
    targets: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    level_basis_points: Mapped[list[int]] = mapped_column(Json)
    # Who set it last.
    set_person_id: Mapped[str] = mapped_column(Text)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        UniqueConstraint("organisation_path", "person_id", "period", "start_date", name="uq_work_plans_for_whom_from_when"),
        Index("ix_work_plans_start_date_work_plan_id", "start_date", "work_plan_id"),
        Index("ix_work_plans_person_id", "person_id"),
    )

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return str(self.version)


class WorkReportDrafting(Base):
    """A period of which everybody's reports were drafted, or are just being: once."""

    __tablename__ = "work_report_draftings"

    period: Mapped[int] = mapped_column(Integer, primary_key=True)
    start_date: Mapped[date] = mapped_column(BusinessDate, primary_key=True)
