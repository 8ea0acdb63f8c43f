"""Tasks, campaigns, and what waits for somebody's decision."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.scope import enforce_row_scope
from services.chassis.db.types import BusinessDate, EncryptedText, Json, OrderedText, UtcDateTime

revision = "activity_0009"
down_revision = "activity_0008"


def upgrade():
    _create_tasks()
    _create_steps_and_policies()
    _create_campaigns()
    _create_approvals()


def _create_tasks():
    op.create_table(
        "tasks",
        sa.Column("task_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text),
        sa.Column("owner_person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("title", EncryptedText("activity.task.title"), nullable=False),
        sa.Column("description", EncryptedText("activity.task.description"), nullable=False),
        sa.Column("due_date", BusinessDate, nullable=False),
        sa.Column("dispatcher_person_id", sa.Text, nullable=False),
        sa.Column("campaign_id", sa.Text),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("source_key", sa.Text),
        sa.Column("result", sa.Integer, nullable=False),
        sa.Column("outcome", EncryptedText("activity.task.outcome"), nullable=False),
        sa.Column("escalate_date", BusinessDate, nullable=False),
        sa.Column("escalation_level", sa.Integer, nullable=False),
        sa.Column("reminder_count", sa.Integer, nullable=False),
        sa.Column("remind_time", UtcDateTime),
        sa.Column("finish_time", UtcDateTime),
        sa.Column("finish_date", BusinessDate),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.CheckConstraint(sa.text("open = (state IN (1, 2))"), name="ck_tasks_open"),
        sa.PrimaryKeyConstraint("task_id", name="pk_tasks"),
    )
    by_due = ["open", "due_date", "task_id"]
    op.create_index("ix_tasks_owner_person_id_open_due_date_task_id", "tasks", ["owner_person_id", *by_due])
    op.create_index("ix_tasks_customer_id_open_due_date_task_id", "tasks", ["customer_id", *by_due])
    op.create_index("ix_tasks_open_due_date_task_id", "tasks", by_due)
    op.create_index("ix_tasks_organisation_path_open", "tasks", ["organisation_path", "open"])
    op.create_index("ix_tasks_campaign_id_owner_person_id", "tasks", ["campaign_id", "owner_person_id", "state", "result"])
    op.create_index("ix_tasks_open_escalate_date", "tasks", ["open", "escalate_date"])
    op.create_index("uq_tasks_source_source_key", "tasks", ["source", "source_key"], unique=True)
    enforce_row_scope(op.get_bind(), "tasks", of_customers=True, person="owner_person_id", with_customer=True)


def _create_steps_and_policies():
    op.create_table(
        "task_steps",
        sa.Column("task_step_id", sa.Text, nullable=False),
        sa.Column("task_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("former_owner_person_id", sa.Text, nullable=False),
        sa.Column("owner_person_id", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("task_step_id", name="pk_task_steps"),
    )
    op.create_index("ix_task_steps_task_id_task_step_id", "task_steps", ["task_id", "task_step_id"])
    op.create_table(
        "task_policies",
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("due_workdays", sa.Integer, nullable=False),
        sa.Column("escalate_workdays", sa.Integer, nullable=False),
        sa.Column("escalate_again_workdays", sa.Integer, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("organisation_path", "kind", name="pk_task_policies"),
    )


def _create_campaigns():
    op.create_table(
        "campaigns",
        sa.Column("campaign_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text),
        sa.Column("owner_person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("script", sa.Text, nullable=False),
        sa.Column("due_date", BusinessDate, nullable=False),
        sa.Column("target_count", sa.Integer, nullable=False),
        sa.Column("assignment", sa.Integer, nullable=False),
        sa.Column("assignee_person_ids", Json, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("customer_count", sa.Integer, nullable=False),
        sa.Column("operation_id", sa.Text, nullable=False),
        sa.Column("launch_time", UtcDateTime),
        sa.Column("end_time", UtcDateTime),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.CheckConstraint("customer_count >= 0", name="ck_campaigns_customer_count"),
        sa.PrimaryKeyConstraint("campaign_id", name="pk_campaigns"),
    )
    op.create_index("ix_campaigns_organisation_path", "campaigns", ["organisation_path"])
    op.create_index("ix_campaigns_owner_person_id_campaign_id", "campaigns", ["owner_person_id", "campaign_id"])
    op.create_table(
        "campaign_customers",
        sa.Column("campaign_customer_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text),
        sa.Column("owner_person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("campaign_id", sa.Text, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("task_id", sa.Text),
        sa.PrimaryKeyConstraint("campaign_customer_id", name="pk_campaign_customers"),
    )
    key = "campaign_customer_id"
    table = "campaign_customers"
    op.create_index("ix_campaign_customers_campaign_id_state", table, ["campaign_id", "state", key])
    op.create_index("ix_campaign_customers_campaign_id_campaign_customer_id", table, ["campaign_id", key])
    op.create_index("ix_campaign_customers_customer_id_campaign_id", table, ["customer_id", "campaign_id"])
    for name in ("campaigns", table):
        enforce_row_scope(op.get_bind(), name, of_customers=True, person="owner_person_id", with_customer=True)


def _create_approvals():
    op.create_table(
        "approvals",
        sa.Column("approval_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text),
        sa.Column("owner_person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("resource", sa.Text, nullable=False),
        sa.Column("permission", sa.Text, nullable=False),
        sa.Column("parameters", Json, nullable=False),
        sa.Column("expire_date", BusinessDate, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("approval_id", name="pk_approvals"),
        sa.UniqueConstraint("resource", name="uq_approvals_resource"),
    )
    op.create_index("ix_approvals_permission_organisation_path", "approvals", ["permission", "organisation_path"])
    op.create_index("ix_approvals_owner_person_id_approval_id", "approvals", ["owner_person_id", "approval_id"])
    op.create_index("ix_approvals_expire_date", "approvals", ["expire_date"])
    enforce_row_scope(op.get_bind(), "approvals", of_customers=True, person="owner_person_id", with_customer=True)
