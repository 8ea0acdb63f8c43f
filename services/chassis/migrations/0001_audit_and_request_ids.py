"""The audit trail and the answered request ids; the trail can only grow."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.types import UtcDateTime

revision = "chassis_0001"
down_revision = None
branch_labels = ("chassis",)

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table(
        "idempotency_keys",
        sa.Column("person_id", sa.Text, primary_key=True),
        sa.Column("method", sa.Text, primary_key=True),
        sa.Column("request_id", sa.Text, primary_key=True),
        sa.Column("request_digest", sa.Text, nullable=False),
        sa.Column("answer", sa.LargeBinary),
        sa.Column("create_time", UtcDateTime, nullable=False, index=True),
    )
    op.create_table(
        "audit_records",
        sa.Column("sequence", NUMBER, primary_key=True),
        sa.Column("act_time", UtcDateTime, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False, index=True),
        sa.Column("login", sa.Text, nullable=False),
        sa.Column("remote_address", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("resource", sa.Text, nullable=False),
        sa.Column("resource_id", sa.Text, nullable=False, index=True),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("changes_json", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("correlation_id", sa.Text, nullable=False),
        sa.Column("seal", NUMBER, index=True),
    )
    op.create_table(
        "audit_seals",
        sa.Column("seal", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("seal_time", UtcDateTime, nullable=False),
        sa.Column("records", sa.Integer, nullable=False),
        sa.Column("merkle_root", sa.Text, nullable=False),
        sa.Column("chain_hash", sa.Text, nullable=False),
    )
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


# Nobody who reaches the database through a programme of ours rewrites the trail: only the empty seal may be filled in.
_UNSEALED_CHANGE = " AND ".join(
    f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}"
    for column in (
        "sequence", "act_time", "person_id", "login", "remote_address", "method", "resource", "resource_id", "outcome",
        "changes_json", "purpose", "correlation_id",
    )
)  # fmt: skip

APPEND_ONLY = {
    "sqlite": (
        f"""CREATE TRIGGER audit_records_keep BEFORE UPDATE ON audit_records
            WHEN OLD.seal IS NOT NULL OR NOT ({_UNSEALED_CHANGE.replace("IS NOT DISTINCT FROM", "IS")})
            BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END""",
        """CREATE TRIGGER audit_records_stay BEFORE DELETE ON audit_records
            BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END""",
        """CREATE TRIGGER audit_seals_keep BEFORE UPDATE ON audit_seals
            BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END""",
        """CREATE TRIGGER audit_seals_stay BEFORE DELETE ON audit_seals
            BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END""",
    ),
    "postgresql": (
        """CREATE FUNCTION audit_trail_grows() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'the audit trail only grows'; END $$""",
        f"""CREATE TRIGGER audit_records_keep BEFORE UPDATE ON audit_records FOR EACH ROW
            WHEN (OLD.seal IS NOT NULL OR NOT ({_UNSEALED_CHANGE})) EXECUTE FUNCTION audit_trail_grows()""",
        """CREATE TRIGGER audit_records_stay BEFORE DELETE ON audit_records FOR EACH ROW EXECUTE FUNCTION audit_trail_grows()""",
        """CREATE TRIGGER audit_seals_keep BEFORE UPDATE OR DELETE ON audit_seals
            FOR EACH ROW EXECUTE FUNCTION audit_trail_grows()""",
    ),
}
