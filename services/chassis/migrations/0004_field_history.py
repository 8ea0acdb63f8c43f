"""What the fields of records held before and after each change."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.types import UtcDateTime

revision = "chassis_0004"
down_revision = "chassis_0003"
branch_labels = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table(
        "field_changes",
        sa.Column("sequence", NUMBER, primary_key=True),
        sa.Column("change_id", sa.Text, nullable=False),
        sa.Column("resource", sa.Text, nullable=False),
        sa.Column("resource_id", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("value_before", sa.Text),
        sa.Column("value_after", sa.Text),
        sa.Column("change_time", UtcDateTime, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("login", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("correlation_id", sa.Text, nullable=False),
        sa.Column("restored_from", sa.Text, nullable=False),
        sa.UniqueConstraint("change_id", name="uq_field_changes_change_id"),
    )
    op.create_index("ix_field_changes_resource_resource_id_sequence", "field_changes", ["resource", "resource_id", "sequence"])
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


# A value may be emptied, or encrypted anew under another key (its id stands before the first dot), and nothing else changes.
_KEPT = (
    "sequence", "change_id", "resource", "resource_id", "field", "change_time", "person_id", "login", "method",
    "correlation_id", "restored_from",
)  # fmt: skip
_SQLITE_KEY = "substr({row}.{value}, 1, instr({row}.{value}, '.'))"
_POSTGRESQL_KEY = "split_part({row}.{value}, '.', 1)"


def _rewritten(key, same):
    fields = " AND ".join(f"NEW.{column} {same} OLD.{column}" for column in _KEPT)
    values = [
        f"(NEW.{value} IS NULL OR NEW.{value} {same} OLD.{value} OR (OLD.{value} IS NOT NULL AND "
        f"{key.format(row='NEW', value=value)} <> {key.format(row='OLD', value=value)}))"
        for value in ("value_before", "value_after")
    ]
    return f"NOT ({' AND '.join([fields, *values])})"


APPEND_ONLY = {
    "sqlite": (
        f"""CREATE TRIGGER field_changes_keep BEFORE UPDATE ON field_changes WHEN {_rewritten(_SQLITE_KEY, "IS")}
            BEGIN SELECT RAISE(ABORT, 'a field history only grows'); END""",
        """CREATE TRIGGER field_changes_stay BEFORE DELETE ON field_changes
            BEGIN SELECT RAISE(ABORT, 'a field history only grows'); END""",
    ),
    "postgresql": (
        """CREATE FUNCTION field_history_grows() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'a field history only grows'; END $$""",
        f"""CREATE TRIGGER field_changes_keep BEFORE UPDATE ON field_changes FOR EACH ROW
            WHEN ({_rewritten(_POSTGRESQL_KEY, "IS NOT DISTINCT FROM")}) EXECUTE FUNCTION field_history_grows()""",
        """CREATE TRIGGER field_changes_stay BEFORE DELETE ON field_changes
            FOR EACH ROW EXECUTE FUNCTION field_history_grows()""",
        """CREATE TRIGGER field_changes_full BEFORE TRUNCATE ON field_changes
            FOR EACH STATEMENT EXECUTE FUNCTION field_history_grows()""",
    ),
}
