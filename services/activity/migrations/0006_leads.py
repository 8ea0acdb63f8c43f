"""Leads, their assignment, opportunities, and the pipelines through which they go; with the pipeline that is there at first."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from services.chassis.db.scope import enforce_row_scope
from services.chassis.db.types import BusinessDate, Json, OrderedText, UtcDateTime

revision = "activity_0006"
down_revision = "activity_0005"

_UNFOLLOWED = sa.text("followed_time IS NULL AND follow_deadline IS NOT NULL AND NOT overdue_told")
_IMPORTED = sa.text("source_system <> ''")
_OF_PROSPECT = sa.text("prospect_name IS NOT NULL AND close_time IS NOT NULL")
_LATEST = sa.text("latest")


def upgrade():
    _create_leads()
    _create_assignment()
    _create_opportunities()
    _create_pipelines()
    _bring_a_pipeline()


def _create_leads():
    op.create_table(
        "leads",
        sa.Column("lead_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text),
        sa.Column("owner_person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("prospect_name", sa.Text),
        sa.Column("phone", sa.Text),
        sa.Column("identifier", sa.Text),
        sa.Column("phone_index", sa.Text, nullable=False),
        sa.Column("identifier_index", sa.Text, nullable=False),
        sa.Column("source", sa.Integer, nullable=False),
        sa.Column("source_key", sa.Text, nullable=False),
        sa.Column("product_codes", Json, nullable=False),
        sa.Column("expected_minor_units", sa.BigInteger),
        sa.Column("expected_currency", sa.Text),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("grade", sa.Integer, nullable=False),
        sa.Column("disqualify_reason", sa.Integer, nullable=False),
        sa.Column("duplicate_of_lead_id", sa.Text, nullable=False),
        sa.Column("capturer_person_id", sa.Text, nullable=False),
        sa.Column("capture_date", BusinessDate, nullable=False),
        sa.Column("assign_time", UtcDateTime),
        sa.Column("follow_deadline", UtcDateTime),
        sa.Column("followed_time", UtcDateTime),
        sa.Column("overdue_told", sa.Boolean, nullable=False),
        sa.Column("close_time", UtcDateTime),
        sa.Column("opportunity_id", sa.Text, nullable=False),
        sa.Column("source_system", sa.Text, nullable=False),
        sa.Column("source_number", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("lead_id", name="pk_leads"),
    )
    op.create_index("ix_leads_owner_person_id_create_time_lead_id", "leads", ["owner_person_id", "create_time", "lead_id"])
    op.create_index("ix_leads_customer_id_create_time_lead_id", "leads", ["customer_id", "create_time", "lead_id"])
    newest = ["create_time", "lead_id", "organisation_path"]
    op.create_index("ix_leads_create_time_lead_id_organisation_path", "leads", newest)
    op.create_index("ix_leads_capture_date_organisation_path", "leads", ["capture_date", "organisation_path"])
    op.create_index("ix_leads_organisation_path_capture_date", "leads", ["organisation_path", "capture_date"])
    op.create_index("ix_leads_owner_person_id_follow_deadline", "leads", ["owner_person_id", "follow_deadline"])
    op.create_index("ix_leads_phone_index", "leads", ["phone_index"])
    op.create_index("ix_leads_identifier_index", "leads", ["identifier_index"])
    op.create_index("ix_leads_unfollowed", "leads", ["follow_deadline"], sqlite_where=_UNFOLLOWED, postgresql_where=_UNFOLLOWED)
    op.create_index(
        "uq_leads_source",
        "leads",
        ["source_system", "source_number"],
        unique=True,
        sqlite_where=_IMPORTED,
        postgresql_where=_IMPORTED,
    )
    op.create_index("ix_leads_of_prospects", "leads", ["close_time"], sqlite_where=_OF_PROSPECT, postgresql_where=_OF_PROSPECT)
    enforce_row_scope(op.get_bind(), "leads", of_customers=True, person="owner_person_id", with_customer=True)


def _create_assignment():
    op.create_table(
        "lead_assignments",
        sa.Column("lead_assignment_id", sa.Text, nullable=False),
        sa.Column("lead_id", sa.Text, nullable=False),
        sa.Column("from_person_id", sa.Text, nullable=False),
        sa.Column("to_person_id", sa.Text, nullable=False),
        sa.Column("assigner_person_id", sa.Text, nullable=False),
        sa.Column("assignment_rule_id", sa.Text, nullable=False),
        sa.Column("assign_time", UtcDateTime, nullable=False),
        sa.Column("follow_deadline", UtcDateTime),
        sa.PrimaryKeyConstraint("lead_assignment_id", name="pk_lead_assignments"),
    )
    op.create_index("ix_lead_assignments_lead_id", "lead_assignments", ["lead_id", "lead_assignment_id"])
    op.create_table(
        "assignment_rules",
        sa.Column("assignment_rule_id", sa.Text, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("product_codes", Json, nullable=False),
        sa.Column("sources", Json, nullable=False),
        sa.Column("receiver_person_ids", Json, nullable=False),
        sa.Column("follow_workdays", sa.Integer, nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("assignment_rule_id", name="pk_assignment_rules"),
    )
    order = ["organisation_path", "position", "assignment_rule_id"]
    op.create_index("ix_assignment_rules_organisation_path_position", "assignment_rules", order)
    op.create_table(
        "assignment_turns",
        sa.Column("assignment_rule_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("turn", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("assignment_rule_id", "person_id", name="pk_assignment_turns"),
    )


def _create_opportunities():
    op.create_table(
        "opportunities",
        sa.Column("opportunity_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text),
        sa.Column("owner_person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("lead_id", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("prospect_name", sa.Text),
        sa.Column("product_codes", Json, nullable=False),
        sa.Column("expected_minor_units", sa.BigInteger),
        sa.Column("expected_currency", sa.Text),
        sa.Column("expected_close_date", BusinessDate),
        sa.Column("competitors", Json, nullable=False),
        sa.Column("pipeline_id", sa.Text, nullable=False),
        sa.Column("pipeline_version_number", sa.Integer, nullable=False),
        sa.Column("stage_code", sa.Text, nullable=False),
        sa.Column("stage_enter_time", UtcDateTime, nullable=False),
        sa.Column("stage_due_date", BusinessDate),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("reason_code", sa.Text, nullable=False),
        sa.Column("won_by", sa.Text, nullable=False),
        sa.Column("open_date", BusinessDate, nullable=False),
        sa.Column("close_date", BusinessDate),
        sa.Column("close_time", UtcDateTime),
        sa.Column("step_count", sa.Integer, nullable=False),
        sa.Column("source_system", sa.Text, nullable=False),
        sa.Column("source_number", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("opportunity_id", name="pk_opportunities"),
    )
    for whose in ("owner_person_id", "customer_id"):
        columns = [whose, "create_time", "opportunity_id"]
        op.create_index(f"ix_opportunities_{'_'.join(columns)}", "opportunities", columns)
    newest = ["create_time", "opportunity_id", "organisation_path"]
    op.create_index("ix_opportunities_create_time_opportunity_id_organisation_path", "opportunities", newest)
    op.create_index("ix_opportunities_open_date_organisation_path", "opportunities", ["open_date", "organisation_path"])
    op.create_index("ix_opportunities_organisation_path_open_date", "opportunities", ["organisation_path", "open_date"])
    op.create_index("ix_opportunities_lead_id", "opportunities", ["lead_id"])
    op.create_index(
        "uq_opportunities_source",
        "opportunities",
        ["source_system", "source_number"],
        unique=True,
        sqlite_where=_IMPORTED,
        postgresql_where=_IMPORTED,
    )
    op.create_index(
        "ix_opportunities_of_prospects",
        "opportunities",
        ["close_time"],
        sqlite_where=_OF_PROSPECT,
        postgresql_where=_OF_PROSPECT,
    )
    enforce_row_scope(op.get_bind(), "opportunities", of_customers=True, person="owner_person_id", with_customer=True)
    op.create_table(
        "opportunity_members",
        sa.Column("opportunity_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("role", sa.Integer, nullable=False),
        sa.Column("start_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("opportunity_id", "person_id", name="pk_opportunity_members"),
    )
    op.create_index("ix_opportunity_members_person_id", "opportunity_members", ["person_id", "opportunity_id"])
    op.create_table(
        "opportunity_steps",
        sa.Column("opportunity_id", sa.Text, nullable=False),
        sa.Column("sequence", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("step_time", UtcDateTime, nullable=False),
        sa.Column("business_date", BusinessDate, nullable=False),
        sa.Column("actor_person_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("role", sa.Integer, nullable=False),
        sa.Column("stage_code", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("opportunity_id", "sequence", name="pk_opportunity_steps"),
    )


def _create_pipelines():
    op.create_table(
        "pipeline_versions",
        sa.Column("pipeline_id", sa.Text, nullable=False),
        sa.Column("version_number", sa.Integer, nullable=False),
        sa.Column("latest", sa.Boolean, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("stages", Json, nullable=False),
        sa.Column("win_reasons", Json, nullable=False),
        sa.Column("loss_reasons", Json, nullable=False),
        sa.Column("retired", sa.Boolean, nullable=False),
        sa.Column("publisher_person_id", sa.Text, nullable=False),
        sa.Column("publish_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("pipeline_id", "version_number", name="pk_pipeline_versions"),
    )
    op.create_index(
        "uq_pipeline_versions_latest",
        "pipeline_versions",
        ["pipeline_id"],
        unique=True,
        sqlite_where=_LATEST,
        postgresql_where=_LATEST,
    )
    op.create_table(
        "stage_outcomes",
        sa.Column("pipeline_id", sa.Text, nullable=False),
        sa.Column("stage_code", sa.Text, nullable=False),
        sa.Column("days_min", sa.Integer, nullable=False),
        sa.Column("close_year", sa.Integer, nullable=False),
        sa.Column("won_count", sa.Integer, nullable=False),
        sa.Column("lost_count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("pipeline_id", "stage_code", "days_min", "close_year", name="pk_stage_outcomes"),
    )


def _bring_a_pipeline():
    """The same id and content in every deployment; a bank publishes its own version on top of it."""
    versions = sa.table(
        "pipeline_versions",
        sa.column("pipeline_id", sa.Text),
        sa.column("version_number", sa.Integer),
        sa.column("latest", sa.Boolean),
        sa.column("display_name", sa.Text),
        sa.column("stages", Json),
        sa.column("win_reasons", Json),
        sa.column("loss_reasons", Json),
        sa.column("retired", sa.Boolean),
        sa.column("publisher_person_id", sa.Text),
        sa.column("publish_time", UtcDateTime),
    )
    op.bulk_insert(
        versions,
        [
            {
                "pipeline_id": "01930000-0000-7000-8000-000000000001",
                "version_number": 1,
                "latest": True,
                "display_name": "通用商机流程 General",
                "stages": _STAGES,
                "win_reasons": _reasons(_WIN_REASONS),
                "loss_reasons": _reasons(_LOSS_REASONS),
                "retired": False,
                "publisher_person_id": "",
                "publish_time": datetime(2026, 1, 1, tzinfo=UTC),
            }
        ],
    )


def _reasons(names):
    return [{"reason_code": code, "display_name": name} for code, name in names.items()]


# The numbers of `OpportunityField`: 2 products, 3 expected amount, 4 expected close date; 1 that it is a customer's.
_STAGES = [
    {"stage_code": "contact", "display_name": "初步接触 First contact", "probability_percent": 10, "days_max": 30},
    {
        "stage_code": "needs",
        "display_name": "需求确认 Needs confirmed",
        "probability_percent": 25,
        "required_fields": [2],
        "days_max": 30,
    },
    {
        "stage_code": "proposal",
        "display_name": "方案报价 Proposal",
        "probability_percent": 50,
        "required_fields": [2, 3],
        "days_max": 45,
    },
    {
        "stage_code": "approval",
        "display_name": "审批谈判 Approval and negotiation",
        "probability_percent": 70,
        "required_fields": [1, 2, 3, 4],
        "days_max": 60,
    },
    {
        "stage_code": "signing",
        "display_name": "签约落地 Signing",
        "probability_percent": 90,
        "required_fields": [1, 2, 3, 4],
        "days_max": 30,
    },
]
_WIN_REASONS = {
    "relationship": "客户关系 Relationship",
    "price": "价格优势 Price",
    "product": "产品匹配 Product",
    "service": "服务与效率 Service and speed",
    "other": "其他 Other",
}
_LOSS_REASONS = {
    "price": "价格 Price",
    "competitor": "他行竞争 Another bank",
    "product": "产品不符 Product does not fit",
    "credit_declined": "授信未批 Credit declined",
    "too_slow": "时效不足 Too slow",
    "no_need": "需求取消 No need any more",
    "no_answer": "客户失联 No answer",
    "other": "其他 Other",
}
