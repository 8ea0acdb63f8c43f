"""Templates of questions with their versions, surveys that ask with them, and what customers answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.activity.model.base import Base, Working
from services.activity.rules.erasing import Erased
from services.activity.rules.surveys import SurveyInvitationState, need_open
from services.chassis.db.types import BusinessDate, EncryptedJson, Json, OrderedText, UtcDateTime


class SurveyTemplate(Base):
    """A template as it is being written: what is asked are its versions."""

    __tablename__ = "survey_templates"

    survey_template_id: Mapped[str] = mapped_column(Text, primary_key=True)
    display_name: Mapped[str] = mapped_column(OrderedText)
    greeting_en: Mapped[str] = mapped_column(Text, default="")
    greeting_zh: Mapped[str] = mapped_column(Text, default="")
    # Objects as `workbench.activity.v1.SurveyQuestion` has them.
    questions: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    # The version published last; 0 while none is.
    published_version: Mapped[int] = mapped_column(Integer, default=0)
    retired: Mapped[bool] = mapped_column(default=False)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (Index("ix_survey_templates_display_name", "display_name", "survey_template_id"),)

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return str(self.version)


class SurveyTemplateVersion(Base):
    """What a template was as it was published; never changes."""

    __tablename__ = "survey_template_versions"

    survey_template_id: Mapped[str] = mapped_column(
        ForeignKey("survey_templates.survey_template_id"), type_=Text, primary_key=True
    )
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    greeting_en: Mapped[str] = mapped_column(Text, default="")
    greeting_zh: Mapped[str] = mapped_column(Text, default="")
    questions: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    publish_time: Mapped[datetime] = mapped_column(UtcDateTime)


class Survey(Base):
    """Asking customers with one version of a template by one rule."""

    __tablename__ = "surveys"

    survey_id: Mapped[str] = mapped_column(Text, primary_key=True)
    display_name: Mapped[str] = mapped_column(Text)
    survey_template_id: Mapped[str] = mapped_column(Text)
    template_version: Mapped[int] = mapped_column(Integer)
    # The numbers of `rules.surveys`.
    sampling: Mapped[int] = mapped_column(Integer)
    occasion: Mapped[int] = mapped_column(Integer, default=0)
    event_basis_points: Mapped[int] = mapped_column(Integer, default=0)
    sample_size: Mapped[int] = mapped_column(Integer, default=0)
    period_days: Mapped[int] = mapped_column(Integer, default=0)
    cooling_off_days: Mapped[int] = mapped_column(Integer)
    answer_days: Mapped[int] = mapped_column(Integer)
    organisation_path: Mapped[str] = mapped_column(OrderedText)
    customer_kinds: Mapped[list[int]] = mapped_column(Json, default_factory=list)
    customer_tiers: Mapped[list[int]] = mapped_column(Json, default_factory=list)
    start_date: Mapped[date] = mapped_column(BusinessDate)
    end_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    seed: Mapped[int] = mapped_column(Integer)
    ended: Mapped[bool] = mapped_column(default=False)
    # How often customers were drawn.
    wave: Mapped[int] = mapped_column(Integer, default=0)
    # When a periodic one draws next.
    next_wave_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        Index("ix_surveys_create_time", "create_time", "survey_id"),
        Index("ix_surveys_next_wave_date", "next_wave_date"),
        Index("ix_surveys_ended_occasion", "ended", "occasion"),
    )

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return str(self.version)

    def asks_on(self, day: date) -> bool:
        """Whether customers are asked on that day."""
        return not self.ended and self.start_date <= day and (self.end_date is None or day <= self.end_date)

    def about(self, kind: int, tier: int, organisation_path: str) -> bool:
        """Whether it is about such a customer."""
        of_kind = not self.customer_kinds or kind in self.customer_kinds
        of_tier = not self.customer_tiers or tier in self.customer_tiers
        return of_kind and of_tier and organisation_path.startswith(self.organisation_path)


class SurveyInvitation(Working, Base):
    """A customer who is asked once, and the answers."""

    __tablename__ = "survey_invitations"
    __erased__: ClassVar[Mapping[str, Erased]] = {"answers": []}
    __open__: ClassVar[tuple[str, tuple[int, ...]] | None] = ("state", (SurveyInvitationState.OPEN.value,))

    survey_invitation_id: Mapped[str] = mapped_column(Text, primary_key=True)
    survey_id: Mapped[str] = mapped_column(Text)
    survey_template_id: Mapped[str] = mapped_column(Text)
    template_version: Mapped[int] = mapped_column(Integer)
    # What the customer was as it was asked: the statistics compare by it.
    customer_kind: Mapped[int] = mapped_column(Integer)
    customer_tier: Mapped[int] = mapped_column(Integer)
    # The numbers of `rules.surveys`.
    state: Mapped[int] = mapped_column(Integer, default=SurveyInvitationState.OPEN.value)
    # Chosen by chance or after an event, and so part of the rate of answers.
    sampled: Mapped[bool] = mapped_column()
    wave: Mapped[int] = mapped_column(Integer, default=0)
    # By which the same is not asked, or taken over, twice; None where nothing gives one.
    source_key: Mapped[str | None] = mapped_column(Text, default=None)
    asked_date: Mapped[date] = mapped_column(BusinessDate)
    expire_date: Mapped[date] = mapped_column(BusinessDate)
    # Which link holds; 0 where none does. A further one counts on, so that the former never holds again.
    link_number: Mapped[int] = mapped_column(Integer, default=0)
    channel: Mapped[int] = mapped_column(Integer, default=0)
    # Objects as `workbench.activity.v1.SurveyAnswer` has them.
    answers: Mapped[list[dict[str, Any]]] = mapped_column(
        EncryptedJson("activity.survey_invitation.answers"), default_factory=list
    )
    recommendation_score: Mapped[int | None] = mapped_column(Integer, default=None)
    satisfaction_score: Mapped[int | None] = mapped_column(Integer, default=None)
    low: Mapped[bool] = mapped_column(default=False)
    collected_by_person_id: Mapped[str] = mapped_column(Text, default="")
    answer_date: Mapped[date | None] = mapped_column(BusinessDate, default=None)
    answer_time: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        UniqueConstraint("survey_id", "source_key", name="uq_survey_invitations_survey_id_source_key"),
        CheckConstraint(f"(state = {SurveyInvitationState.ANSWERED.value}) = (answer_time IS NOT NULL)", name="answered"),
        Index("ix_survey_invitations_owner_person_id_asked_date", "owner_person_id", "asked_date", "survey_invitation_id"),
        Index("ix_survey_invitations_customer_id_asked_date", "customer_id", "asked_date", "survey_invitation_id"),
        Index("ix_survey_invitations_asked_date_organisation_path", "asked_date", "survey_invitation_id", "organisation_path"),
        Index("ix_survey_invitations_survey_id_asked_date", "survey_id", "asked_date", "survey_invitation_id"),
        Index("ix_survey_invitations_state_expire_date", "state", "expire_date"),
    )

    @property
    def etag(self) -> str:
        """What a reader gives back to change only what he has seen."""
        return str(self.version)

    def end(self, state: SurveyInvitationState, now: datetime) -> None:
        """It waits no more; a link holds no more. Raises as `rules.surveys.need_open` does."""
        need_open(self.state)
        self.state, self.update_time = state.value, now

    def new_link(self, now: datetime) -> int:
        """The number of the one link that holds from now on."""
        need_open(self.state)
        self.link_number, self.update_time = self.link_number + 1, now
        return self.link_number


class SurveyScore(Base):
    """A score of one answer, for the statistics."""

    __tablename__ = "survey_scores"

    survey_invitation_id: Mapped[str] = mapped_column(
        ForeignKey("survey_invitations.survey_invitation_id"), type_=Text, primary_key=True
    )
    question_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # The numbers of `rules.surveys.SurveyQuestionKind`.
    kind: Mapped[int] = mapped_column(Integer)
    # Empty where the question is of none.
    dimension: Mapped[str] = mapped_column(OrderedText, default="")
    score: Mapped[int] = mapped_column(Integer)
