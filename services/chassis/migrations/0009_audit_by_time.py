"""The audit trail is found by time: as a whole, of a person, of a method, and what was refused."""

import sqlalchemy as sa
from alembic import op

revision = "chassis_0009"
down_revision = "chassis_0008"
branch_labels = None

REFUSED = sa.text("outcome <> 'OK'")


def upgrade():
    op.create_index("ix_audit_records_act_time_sequence", "audit_records", ["act_time", "sequence"])
    op.create_index("ix_audit_records_person_id_act_time_sequence", "audit_records", ["person_id", "act_time", "sequence"])
    op.create_index("ix_audit_records_method_act_time_sequence", "audit_records", ["method", "act_time", "sequence"])
    op.create_index(
        "ix_audit_records_refused_act_time_sequence",
        "audit_records",
        ["act_time", "sequence"],
        sqlite_where=REFUSED,
        postgresql_where=REFUSED,
    )
    # The one by person and time serves what it served.
    op.drop_index("ix_audit_records_person_id", "audit_records")
