"""Tables of contacts: what they are, what they were, who takes part, and the files attached to them."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.scope import enforce_row_scope
from services.chassis.db.types import BusinessDate, EncryptedBytes, EncryptedJson, EncryptedText, Json, OrderedText, UtcDateTime

revision = "activity_0003"
down_revision = "activity_0002"


def upgrade():
    _create_contacts()
    _create_colleagues()
    _create_versions()
    _create_attachments()
    # History of other systems names customers by their numbers.
    op.create_index("ix_customers_customer_number", "customers", ["customer_number"])


def _create_contacts():
    op.create_table(
        "contacts",
        sa.Column("contact_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text),
        sa.Column("owner_person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("channel", sa.Integer, nullable=False),
        sa.Column("purpose", sa.Integer, nullable=False),
        sa.Column("outcome", sa.Integer, nullable=False),
        sa.Column("subject", EncryptedText("activity.contact.subject"), nullable=False),
        sa.Column("summary", EncryptedText("activity.contact.summary"), nullable=False),
        sa.Column("place", EncryptedText("activity.contact.place"), nullable=False),
        sa.Column("start_time", UtcDateTime, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("business_date", BusinessDate, nullable=False),
        sa.Column("people_met", EncryptedJson("activity.contact.people_met"), nullable=False),
        sa.Column("colleague_person_ids", Json, nullable=False),
        sa.Column("products", Json, nullable=False),
        sa.Column("opportunity_id", sa.Text),
        sa.Column("lead_id", sa.Text),
        sa.Column("customer_began", sa.Boolean, nullable=False),
        sa.Column("plan_start_time", UtcDateTime),
        sa.Column("plan_minutes", sa.Integer, nullable=False),
        sa.Column("done_time", UtcDateTime),
        sa.Column("cancel_reason", EncryptedText("activity.contact.cancel_reason"), nullable=False),
        sa.Column("former_version_count", sa.Integer, nullable=False),
        sa.Column("attachment_count", sa.Integer, nullable=False),
        sa.Column("source_system", sa.Text),
        sa.Column("source_number", sa.Text),
        sa.Column("create_person_id", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("contact_id", name="pk_contacts"),
        sa.UniqueConstraint("source_system", "source_number", name="uq_contacts_source_system_source_number"),
        sa.CheckConstraint("customer_id IS NOT NULL OR lead_id IS NOT NULL", name="with_whom"),
    )
    for columns in (
        ("owner_person_id", "start_time", "contact_id"),
        ("customer_id", "start_time", "contact_id"),
        ("start_time", "contact_id", "organisation_path"),
        ("opportunity_id", "start_time"),
        ("lead_id", "start_time"),
    ):
        op.create_index(f"ix_contacts_{'_'.join(columns)}", "contacts", list(columns))
    enforce_row_scope(op.get_bind(), "contacts", of_customers=True, person="owner_person_id", with_customer=True)


def _create_colleagues():
    op.create_table(
        "contact_colleagues",
        sa.Column("contact_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("start_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("contact_id", "person_id", name="pk_contact_colleagues"),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.contact_id"], name="fk_contact_colleagues_contact_id"),
    )
    columns = ["person_id", "start_time", "contact_id"]
    op.create_index(f"ix_contact_colleagues_{'_'.join(columns)}", "contact_colleagues", columns)


def _create_versions():
    op.create_table(
        "contact_versions",
        sa.Column("contact_version_id", sa.Text, nullable=False),
        sa.Column("contact_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text),
        sa.Column("owner_person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("texts", EncryptedJson("activity.contact_version.texts")),
        sa.Column("change_person_id", sa.Text, nullable=False),
        sa.Column("change_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("contact_version_id", name="pk_contact_versions"),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.contact_id"], name="fk_contact_versions_contact_id"),
    )
    _index_of_contact("contact_versions", "contact_version_id")


def _create_attachments():
    op.create_table(
        "attachment_contents",
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("content", EncryptedBytes("activity.attachment.content"), nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_attachment_contents"),
    )
    op.create_table(
        "contact_attachments",
        sa.Column("attachment_id", sa.Text, nullable=False),
        sa.Column("contact_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text),
        sa.Column("owner_person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("file_name", EncryptedText("activity.attachment.file_name"), nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.Integer, nullable=False),
        sa.Column("sha256", sa.Text),
        sa.Column("create_person_id", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("attachment_id", name="pk_contact_attachments"),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.contact_id"], name="fk_contact_attachments_contact_id"),
        sa.ForeignKeyConstraint(["sha256"], ["attachment_contents.sha256"], name="fk_contact_attachments_sha256"),
    )
    op.create_index("ix_contact_attachments_sha256", "contact_attachments", ["sha256"])
    _index_of_contact("contact_attachments", "attachment_id")


def _index_of_contact(table, key):
    op.create_index(f"ix_{table}_contact_id_{key}", table, ["contact_id", key])
    # A merge and an erasure find what is the customer's by it.
    op.create_index(f"ix_{table}_customer_id", table, ["customer_id"])
    enforce_row_scope(op.get_bind(), table, of_customers=True, person="owner_person_id", with_customer=True)
