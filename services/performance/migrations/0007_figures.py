"""Results under row-level security, and found by unit within a period."""

from alembic import op

from services.chassis.db.scope import enforce_row_scope

revision = "performance_0007"
down_revision = "performance_0006"


def upgrade():
    # A unit's page reads one period of many units: the index that begins with the path would walk all periods.
    op.create_index(
        "ix_results_period_kind_start_date_organisation_path", "results", ["period_kind", "start_date", "organisation_path"]
    )
    enforce_row_scope(op.get_bind(), "results", person="person_id")
