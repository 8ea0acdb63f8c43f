"""Tables of surveys: templates with their versions, surveys, who is asked, and what they score; and a template to begin with."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from services.chassis.db.scope import enforce_row_scope
from services.chassis.db.types import BusinessDate, Json, OrderedText, UtcDateTime

revision = "activity_0008"
down_revision = "activity_0007"

TEMPLATE_ID = "0198c000-0000-7000-8000-000000000001"
GREETING_EN = "Thank you for banking with us. A few questions, two minutes: your answers help us serve you better."
GREETING_ZH = "感谢您一直以来的信任。以下几个问题约需两分钟，您的回答将帮助我们改进服务。"
_RECOMMENDATION, _SATISFACTION, _RATING, _TEXT = 1, 2, 3, 5
QUESTIONS = [
    {
        "question_id": "recommend",
        "kind": _RECOMMENDATION,
        "text_en": "How likely are you to recommend our bank to a friend or a colleague?",
        "text_zh": "您向亲友或同事推荐我行的可能性有多大？",
        "required": True,
    },
    {
        "question_id": "satisfied",
        "kind": _SATISFACTION,
        "text_en": "How satisfied are you with our bank on the whole?",
        "text_zh": "总体而言，您对我行的满意程度如何？",
    },
    *(
        {"question_id": name, "kind": _RATING, "text_en": english, "text_zh": chinese, "dimension": name}
        for name, english, chinese in (
            ("service", "How good is the service of your relationship manager?", "您对客户经理的服务评价如何？"),
            ("products", "How well do our products fit your needs?", "我行产品是否满足您的需求？"),
            ("efficiency", "How quickly do we settle your matters?", "我行的办事效率如何？"),
            ("channels", "How good are our digital channels and outlets?", "您对我行的电子渠道和网点评价如何？"),
        )
    ),
    {
        "question_id": "remark",
        "kind": _TEXT,
        "text_en": "What should we do better?",
        "text_zh": "您希望我们在哪些方面改进？",
    },
]


def upgrade():
    _create_templates()
    _create_surveys()
    _create_invitations()
    _fill_templates()


def _create_templates():
    op.create_table(
        "survey_templates",
        sa.Column("survey_template_id", sa.Text, nullable=False),
        sa.Column("display_name", OrderedText, nullable=False),
        sa.Column("greeting_en", sa.Text, nullable=False),
        sa.Column("greeting_zh", sa.Text, nullable=False),
        sa.Column("questions", Json, nullable=False),
        sa.Column("published_version", sa.Integer, nullable=False),
        sa.Column("retired", sa.Boolean, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("survey_template_id", name="pk_survey_templates"),
    )
    op.create_index("ix_survey_templates_display_name", "survey_templates", ["display_name", "survey_template_id"])
    op.create_table(
        "survey_template_versions",
        sa.Column("survey_template_id", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("greeting_en", sa.Text, nullable=False),
        sa.Column("greeting_zh", sa.Text, nullable=False),
        sa.Column("questions", Json, nullable=False),
        sa.Column("publish_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("survey_template_id", "number", name="pk_survey_template_versions"),
        sa.ForeignKeyConstraint(
            ["survey_template_id"],
            ["survey_templates.survey_template_id"],
            name="fk_survey_template_versions_survey_template_id",
        ),
    )


def _create_surveys():
    op.create_table(
        "surveys",
        sa.Column("survey_id", sa.Text, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("survey_template_id", sa.Text, nullable=False),
        sa.Column("template_version", sa.Integer, nullable=False),
        sa.Column("sampling", sa.Integer, nullable=False),
        sa.Column("occasion", sa.Integer, nullable=False),
        sa.Column("event_basis_points", sa.Integer, nullable=False),
        sa.Column("sample_size", sa.Integer, nullable=False),
        sa.Column("period_days", sa.Integer, nullable=False),
        sa.Column("cooling_off_days", sa.Integer, nullable=False),
        sa.Column("answer_days", sa.Integer, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("customer_kinds", Json, nullable=False),
        sa.Column("customer_tiers", Json, nullable=False),
        sa.Column("start_date", BusinessDate, nullable=False),
        sa.Column("end_date", BusinessDate),
        sa.Column("seed", sa.Integer, nullable=False),
        sa.Column("ended", sa.Boolean, nullable=False),
        sa.Column("wave", sa.Integer, nullable=False),
        sa.Column("next_wave_date", BusinessDate),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("survey_id", name="pk_surveys"),
    )
    op.create_index("ix_surveys_create_time", "surveys", ["create_time", "survey_id"])
    op.create_index("ix_surveys_next_wave_date", "surveys", ["next_wave_date"])
    op.create_index("ix_surveys_ended_occasion", "surveys", ["ended", "occasion"])


def _create_invitations():
    op.create_table(
        "survey_invitations",
        sa.Column("survey_invitation_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text),
        sa.Column("owner_person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("survey_id", sa.Text, nullable=False),
        sa.Column("survey_template_id", sa.Text, nullable=False),
        sa.Column("template_version", sa.Integer, nullable=False),
        sa.Column("customer_kind", sa.Integer, nullable=False),
        sa.Column("customer_tier", sa.Integer, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("sampled", sa.Boolean, nullable=False),
        sa.Column("wave", sa.Integer, nullable=False),
        sa.Column("source_key", sa.Text),
        sa.Column("asked_date", BusinessDate, nullable=False),
        sa.Column("expire_date", BusinessDate, nullable=False),
        sa.Column("link_number", sa.Integer, nullable=False),
        sa.Column("channel", sa.Integer, nullable=False),
        sa.Column("answers", sa.Text, nullable=False),
        sa.Column("recommendation_score", sa.Integer),
        sa.Column("satisfaction_score", sa.Integer),
        sa.Column("low", sa.Boolean, nullable=False),
        sa.Column("collected_by_person_id", sa.Text, nullable=False),
        sa.Column("answer_date", BusinessDate),
        sa.Column("answer_time", UtcDateTime),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("survey_invitation_id", name="pk_survey_invitations"),
        sa.UniqueConstraint("survey_id", "source_key", name="uq_survey_invitations_survey_id_source_key"),
        sa.CheckConstraint("(state = 2) = (answer_time IS NOT NULL)", name="ck_survey_invitations_answered"),
    )
    for column in ("owner_person_id", "customer_id", "survey_id"):
        order = [column, "asked_date", "survey_invitation_id"]
        op.create_index(f"ix_survey_invitations_{column}_asked_date", "survey_invitations", order)
    order = ["asked_date", "survey_invitation_id", "organisation_path"]
    op.create_index("ix_survey_invitations_asked_date_organisation_path", "survey_invitations", order)
    op.create_index("ix_survey_invitations_state_expire_date", "survey_invitations", ["state", "expire_date"])
    enforce_row_scope(op.get_bind(), "survey_invitations", of_customers=True, person="owner_person_id", with_customer=True)
    op.create_table(
        "survey_scores",
        sa.Column("survey_invitation_id", sa.Text, nullable=False),
        sa.Column("question_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("dimension", OrderedText, nullable=False),
        sa.Column("score", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("survey_invitation_id", "question_id", name="pk_survey_scores"),
        sa.ForeignKeyConstraint(
            ["survey_invitation_id"],
            ["survey_invitations.survey_invitation_id"],
            name="fk_survey_scores_survey_invitation_id",
        ),
    )


def _fill_templates():
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    content = {"greeting_en": GREETING_EN, "greeting_zh": GREETING_ZH, "questions": QUESTIONS}
    texts = [sa.column(name, sa.Text) for name in ("survey_template_id", "display_name", "greeting_en", "greeting_zh")]
    numbers = [sa.column(name, sa.Integer) for name in ("published_version", "version")]
    times = [sa.column(name, UtcDateTime) for name in ("create_time", "update_time")]
    templates = sa.table(
        "survey_templates", *texts, *numbers, *times, sa.column("questions", Json), sa.column("retired", sa.Boolean)
    )
    op.bulk_insert(
        templates,
        [
            {
                "survey_template_id": TEMPLATE_ID,
                "display_name": "Satisfaction 客户满意度",
                **content,
                "published_version": 1,
                "retired": False,
                "create_time": begin,
                "update_time": begin,
                "version": 1,
            }
        ],
    )
    versions = sa.table(
        "survey_template_versions",
        *(sa.column(name, sa.Text) for name in ("survey_template_id", "greeting_en", "greeting_zh")),
        sa.column("questions", Json),
        sa.column("number", sa.Integer),
        sa.column("publish_time", UtcDateTime),
    )
    op.bulk_insert(versions, [{"survey_template_id": TEMPLATE_ID, **content, "number": 1, "publish_time": begin}])
