"""Every row that an act changed is found by its id, not only the first; and no statement empties the trail."""

import sqlalchemy as sa
from alembic import op

revision = "chassis_0003"
down_revision = "chassis_0002"
branch_labels = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    # No foreign key: both tables only grow, are written together in one place, and a batch would pay for each check.
    op.create_table(
        "audit_resources",
        sa.Column("resource_id", sa.Text, primary_key=True),
        sa.Column("sequence", NUMBER, primary_key=True, autoincrement=False),
        # The key is all there is: no second copy of it beside its index.
        sqlite_with_rowid=False,
    )
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


APPEND_ONLY = {
    "sqlite": (
        """CREATE TRIGGER audit_resources_keep BEFORE UPDATE ON audit_resources
            BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END""",
        """CREATE TRIGGER audit_resources_stay BEFORE DELETE ON audit_resources
            BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END""",
    ),
    "postgresql": (
        """CREATE TRIGGER audit_resources_keep BEFORE UPDATE OR DELETE ON audit_resources
            FOR EACH ROW EXECUTE FUNCTION audit_trail_grows()""",
        # Triggers for rows do not see TRUNCATE.
        *(
            f"""CREATE TRIGGER {table}_full BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION audit_trail_grows()"""
            for table in ("audit_records", "audit_resources", "audit_seals")
        ),
    ),
}
