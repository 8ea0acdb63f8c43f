"""Tables of work reports."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.scope import enforce_row_scope
from services.chassis.db.types import BusinessDate, Json, OrderedText, UtcDateTime

revision = "activity_0010"
down_revision = "activity_0009"


def upgrade():
    _create_reports()
    _create_what_belongs_to_reports()
    _create_plans()


def _create_reports():
    op.create_table(
        "work_reports",
        sa.Column("work_report_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text),
        sa.Column("owner_person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("period", sa.Integer, nullable=False),
        sa.Column("start_date", BusinessDate, nullable=False),
        sa.Column("end_date", BusinessDate, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("figures", Json, nullable=False),
        sa.Column("count_time", UtcDateTime, nullable=False),
        sa.Column("submit_time", UtcDateTime),
        sa.Column("confirm_person_id", sa.Text, nullable=False),
        sa.Column("confirm_time", UtcDateTime),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("work_report_id", name="pk_work_reports"),
        sa.UniqueConstraint("owner_person_id", "period", "start_date", name="uq_work_reports_owner_person_id_period_start_date"),
    )
    columns = ["owner_person_id", "start_date", "work_report_id"]
    op.create_index("ix_work_reports_owner_person_id_start_date", "work_reports", columns)
    op.create_index("ix_work_reports_start_date", "work_reports", ["start_date", "work_report_id", "organisation_path"])
    op.create_index("ix_work_reports_customer_id", "work_reports", ["customer_id"])
    enforce_row_scope(op.get_bind(), "work_reports", of_customers=True, person="owner_person_id", with_customer=True)


def _create_what_belongs_to_reports():
    op.create_table(
        "work_report_lines",
        sa.Column("work_report_id", sa.Text, nullable=False),
        sa.Column("line_number", sa.Integer, nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("resource", sa.Text, nullable=False),
        sa.Column("business_date", BusinessDate, nullable=False),
        sa.Column("planned", sa.Boolean, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
        sa.Column("contact_kind", sa.Integer, nullable=False),
        sa.Column("tier", sa.Integer, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("work_report_id", "line_number", name="pk_work_report_lines"),
        sa.ForeignKeyConstraint(["work_report_id"], ["work_reports.work_report_id"], name="fk_work_report_lines_work_report_id"),
    )
    op.create_table(
        "work_report_notes",
        sa.Column("work_report_note_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text),
        sa.Column("owner_person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("work_report_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("work_report_note_id", name="pk_work_report_notes"),
        sa.ForeignKeyConstraint(["work_report_id"], ["work_reports.work_report_id"], name="fk_work_report_notes_work_report_id"),
    )
    columns = ["work_report_id", "work_report_note_id"]
    op.create_index("ix_work_report_notes_work_report_id", "work_report_notes", columns)
    op.create_index("ix_work_report_notes_customer_id", "work_report_notes", ["customer_id"])
    enforce_row_scope(op.get_bind(), "work_report_notes", of_customers=True, person="owner_person_id", with_customer=True)


def _create_plans():
    op.create_table(
        "work_plans",
        sa.Column("work_plan_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("period", sa.Integer, nullable=False),
        sa.Column("start_date", BusinessDate, nullable=False),
        sa.Column("targets", Json, nullable=False),
        sa.Column("level_basis_points", Json, nullable=False),
        sa.Column("set_person_id", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("work_plan_id", name="pk_work_plans"),
        sa.UniqueConstraint("organisation_path", "person_id", "period", "start_date", name="uq_work_plans_for_whom_from_when"),
    )
    op.create_index("ix_work_plans_start_date_work_plan_id", "work_plans", ["start_date", "work_plan_id"])
    op.create_index("ix_work_plans_person_id", "work_plans", ["person_id"])
    op.create_table(
        "work_report_draftings",
        sa.Column("period", sa.Integer, nullable=False),
        sa.Column("start_date", BusinessDate, nullable=False),
        sa.PrimaryKeyConstraint("period", "start_date", name="pk_work_report_draftings"),
    )
