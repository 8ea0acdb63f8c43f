"""Tables of comments."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.scope import enforce_row_scope
from services.chassis.db.types import EncryptedJson, EncryptedText, Json, OrderedText, UtcDateTime

revision = "activity_0012"
down_revision = "activity_0011"


def upgrade():
    op.create_table(
        "comments",
        sa.Column("comment_id", sa.Text, nullable=False),
        sa.Column("resource", OrderedText, nullable=False),
        sa.Column("of_customer", sa.Boolean, nullable=False),
        sa.Column("text", EncryptedText("activity.comment.text"), nullable=False),
        sa.Column("mentioned_person_ids", Json, nullable=False),
        sa.Column("revisions", EncryptedJson("activity.comment.revisions"), nullable=False),
        sa.Column("edits", sa.Integer, nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("customer_id", sa.Text),
        sa.Column("owner_person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.PrimaryKeyConstraint("comment_id", name="pk_comments"),
    )
    orders = (
        ("resource", "comment_id"),
        ("customer_id", "of_customer", "comment_id"),
        ("owner_person_id", "comment_id"),
        ("organisation_path",),
    )
    for columns in orders:
        op.create_index(f"ix_comments_{'_'.join(columns)}", "comments", list(columns))
    enforce_row_scope(op.get_bind(), "comments", of_customers=True, person="owner_person_id", with_customer=True)
