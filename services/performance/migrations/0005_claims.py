"""Claims, objections and hand-overs of credit; and that no object is ever given away twice."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.scope import enforce_row_scope
from services.chassis.db.types import BusinessDate, Json, OrderedText, UtcDateTime

revision = "performance_0005"
down_revision = "performance_0004"


def upgrade():
    _create_claims()
    _create_objections()
    _create_hand_overs()
    for statement in NEVER_TWICE[op.get_bind().dialect.name]:
        op.execute(statement)


def _of_object():
    return (
        sa.Column("object_kind", sa.Integer, nullable=False),
        sa.Column("object_key", OrderedText, nullable=False),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("owner_person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
    )


def _create_claims():
    op.create_table(
        "claims",
        sa.Column("claim_id", sa.Text, nullable=False),
        *_of_object(),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("parts", Json, nullable=False),
        sa.Column("start_date", BusinessDate, nullable=False),
        sa.Column("end_date", BusinessDate),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("decider_person_id", sa.Text, nullable=False),
        sa.Column("decide_reason", sa.Text, nullable=False),
        sa.Column("decide_time", UtcDateTime),
        sa.Column("import_system", sa.Text),
        sa.Column("import_number", sa.Text),
        sa.Column("import_sha256", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("claim_id", name="pk_claims"),
    )
    op.create_index("ix_claims_owner_person_id_claim_id", "claims", ["owner_person_id", "claim_id"])
    op.create_index("ix_claims_customer_id_claim_id", "claims", ["customer_id", "claim_id"])
    op.create_index("ix_claims_claim_id_organisation_path", "claims", ["claim_id", "organisation_path"])
    op.create_index("ix_claims_import_system_import_number", "claims", ["import_system", "import_number"], unique=True)
    enforce_row_scope(op.get_bind(), "claims", of_customers=True, person="owner_person_id", with_customer=True)


def _create_objections():
    op.create_table(
        "objections",
        sa.Column("objection_id", sa.Text, nullable=False),
        *_of_object(),
        sa.Column("claim_id", sa.Text, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("escalation_level", sa.Integer, nullable=False),
        sa.Column("due_date", BusinessDate, nullable=False),
        sa.Column("adjudicator_person_id", sa.Text, nullable=False),
        sa.Column("finding", sa.Text, nullable=False),
        sa.Column("start_date", BusinessDate),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("objection_id", name="pk_objections"),
    )
    op.create_index("ix_objections_owner_person_id_objection_id", "objections", ["owner_person_id", "objection_id"])
    op.create_index("ix_objections_customer_id_objection_id", "objections", ["customer_id", "objection_id"])
    op.create_index("ix_objections_objection_id_organisation_path", "objections", ["objection_id", "organisation_path"])
    op.create_index("ix_objections_state_due_date", "objections", ["state", "due_date"])
    op.create_index("ix_objections_claim_id", "objections", ["claim_id"])
    enforce_row_scope(op.get_bind(), "objections", of_customers=True, person="owner_person_id", with_customer=True)


def _create_hand_overs():
    op.create_table(
        "hand_overs",
        sa.Column("hand_over_id", sa.Text, nullable=False),
        sa.Column("return_date", BusinessDate),
        sa.PrimaryKeyConstraint("hand_over_id", name="pk_hand_overs"),
    )
    op.create_table(
        "credit_hand_overs",
        sa.Column("credit_hand_over_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("former_person_id", sa.Text, nullable=False),
        sa.Column("successor_person_id", sa.Text, nullable=False),
        sa.Column("start_date", BusinessDate, nullable=False),
        sa.Column("hand_over_id", sa.Text, nullable=False),
        sa.Column("step_basis_points", Json, nullable=False),
        sa.Column("step_months", sa.Integer, nullable=False),
        sa.Column("put_aside", Json, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("credit_hand_over_id", name="pk_credit_hand_overs"),
    )
    for columns in (
        ["state", "credit_hand_over_id"],
        ["customer_id", "credit_hand_over_id"],
    ):
        op.create_index(f"ix_credit_hand_overs_{'_'.join(columns)}", "credit_hand_overs", columns)
    for person in ("former_person_id", "successor_person_id"):
        op.create_index(f"ix_credit_hand_overs_{person}", "credit_hand_overs", [person, "credit_hand_over_id"])


# Pending and approved lines of the new line's object that share a day and an amount with it. How much is given changes only
# where a line begins, so that those days and amounts are all that must be summed up.
_MEETING = """
    FROM share_lines AS {row}
    WHERE {row}.object_kind = NEW.object_kind AND {row}.object_key = NEW.object_key AND {row}.state IN (1, 2)
      AND {row}.start_date <= COALESCE(NEW.end_date, '9999-12-31') AND COALESCE({row}.end_date, '9999-12-31') >= NEW.start_date
      AND (NEW.to_minor_units IS NULL OR {row}.from_minor_units < NEW.to_minor_units)
      AND ({row}.to_minor_units IS NULL OR {row}.to_minor_units > NEW.from_minor_units)
"""
_EXCEEDED = f"""
    SELECT 1
    FROM (SELECT DISTINCT {{greatest}}(began.start_date, NEW.start_date) AS day {_MEETING.format(row="began")}) AS days
    CROSS JOIN (
        SELECT DISTINCT {{greatest}}(lower.from_minor_units, NEW.from_minor_units) AS minor_units {_MEETING.format(row="lower")}
    ) AS amounts
    WHERE (
        SELECT SUM(given.basis_points) {_MEETING.format(row="given")}
          AND given.start_date <= days.day AND COALESCE(given.end_date, '9999-12-31') >= days.day
          AND given.from_minor_units <= amounts.minor_units
          AND (given.to_minor_units IS NULL OR given.to_minor_units > amounts.minor_units)
    ) > 10000
"""  # noqa: S608 - put together of the two texts above alone
_CHANGED = "object_kind, object_key, start_date, end_date, from_minor_units, to_minor_units, basis_points, state"
_REFUSAL = "more of an object would be given than there is"


def _sqlite_trigger(name, event):
    return f"""CREATE TRIGGER share_lines_{name} AFTER {event} ON share_lines
        WHEN NEW.state IN (1, 2) AND EXISTS ({_EXCEEDED.format(greatest="MAX")})
        BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"""


def _postgresql_trigger(name, event):
    return f"""CREATE TRIGGER share_lines_{name} AFTER {event} ON share_lines
        FOR EACH ROW WHEN (NEW.state IN (1, 2)) EXECUTE FUNCTION share_lines_never_twice()"""


NEVER_TWICE = {
    # One writer at a time: what a trigger reads, nobody changes before the commit.
    "sqlite": (
        _sqlite_trigger("added", "INSERT"),
        _sqlite_trigger("changed", f"UPDATE OF {_CHANGED}"),
    ),
    # Whoever writes lines of the object waits at the lock, which `usecases.shares.lines.hold` takes by the same name; the
    # statement after it sees what the one before committed. Row-level security must hide no line from the sum.
    "postgresql": (
        f"""CREATE FUNCTION share_lines_never_twice() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            paths text := current_setting('workbench.paths', true);
            exceeded boolean;
        BEGIN
            PERFORM pg_advisory_xact_lock(hashtextextended('shares/' || NEW.object_kind || '/' || NEW.object_key, 0));
            PERFORM set_config('workbench.paths', '/', true);
            exceeded := EXISTS ({_EXCEEDED.format(greatest="GREATEST")});
            PERFORM set_config('workbench.paths', COALESCE(paths, ''), true);
            IF exceeded THEN
                RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$""",
        _postgresql_trigger("added", "INSERT"),
        _postgresql_trigger("changed", f"UPDATE OF {_CHANGED}"),
    ),
}
