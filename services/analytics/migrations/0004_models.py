"""Models of who leaves, and how far what they see has drifted."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.types import BusinessDate, Json, UtcDateTime

revision = "analytics_0004"
down_revision = "analytics_0003"


def upgrade():
    op.create_table(
        "models",
        sa.Column("model_id", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("requester_person_id", sa.Text, nullable=False),
        sa.Column("operation_id", sa.Text, nullable=False),
        sa.Column("inputs", Json, nullable=False),
        sa.Column("inputs_sha256", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("last_as_of_date", BusinessDate),
        sa.Column("row_count", sa.BigInteger, nullable=False),
        sa.Column("leaver_count", sa.BigInteger, nullable=False),
        sa.Column("card", Json, nullable=False),
        sa.Column("error_reason", sa.Text, nullable=False),
        sa.Column("error_detail", sa.Text, nullable=False),
        sa.Column("proposer_person_id", sa.Text, nullable=False),
        sa.Column("propose_time", UtcDateTime),
        sa.Column("promoter_person_id", sa.Text, nullable=False),
        sa.Column("promote_time", UtcDateTime),
        sa.Column("retire_time", UtcDateTime),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("end_time", UtcDateTime),
        sa.PrimaryKeyConstraint("model_id", name="pk_models"),
    )
    op.create_index("ix_models_number", "models", ["number"], unique=True)
    champion, training = sa.text("state = 3"), sa.text("state = 1")
    op.create_index("ix_models_champion", "models", ["state"], unique=True, sqlite_where=champion, postgresql_where=champion)
    op.create_index(
        "ix_models_training", "models", ["state", "kind"], unique=True, sqlite_where=training, postgresql_where=training
    )
    op.create_table(
        "model_drifts",
        sa.Column("model_id", sa.Text, nullable=False),
        sa.Column("as_of_date", BusinessDate, nullable=False),
        sa.Column("mark", sa.Integer, nullable=False),
        sa.Column("row_count", sa.BigInteger, nullable=False),
        sa.Column("indices", Json, nullable=False),
        sa.Column("outcome", Json, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("model_id", "as_of_date", name="pk_model_drifts"),
    )
