"""The organisation tree, people and their accounts, grants, sessions."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.types import OrderedText, UtcDateTime

revision = "identity_0001"
down_revision = None
branch_labels = ("identity",)


def upgrade():
    op.create_table(
        "organisation_units",
        sa.Column("organisation_unit_id", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("parent_unit_id", sa.Text),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("organisation_unit_id", name="pk_organisation_units"),
        sa.UniqueConstraint("code", name="uq_organisation_units_code"),
        sa.UniqueConstraint("organisation_path", name="uq_organisation_units_organisation_path"),
        unit("parent_unit_id", "organisation_units"),
        sa.CheckConstraint("kind BETWEEN 1 AND 6", name="ck_organisation_units_kind"),
    )
    op.create_index("ix_organisation_units_parent_unit_id", "organisation_units", ["parent_unit_id"])
    op.create_table(
        "people",
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("staff_number", OrderedText, nullable=False),
        sa.Column("login", sa.Text),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("organisation_unit_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_people"),
        sa.UniqueConstraint("staff_number", name="uq_people_staff_number"),
        sa.UniqueConstraint("login", name="uq_people_login"),
        unit("organisation_unit_id", "people"),
        sa.CheckConstraint("state BETWEEN 1 AND 2", name="ck_people_state"),
    )
    op.create_index("ix_people_organisation_unit_id", "people", ["organisation_unit_id"])
    op.create_index("ix_people_organisation_path", "people", ["organisation_path"])
    accounts()
    grants()
    op.create_table(
        "sessions",
        sa.Column("session_id", OrderedText, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("remote_address", sa.Text, nullable=False),
        sa.Column("sign_in_method", sa.Integer, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("refresh_time", UtcDateTime, nullable=False),
        sa.Column("expire_time", UtcDateTime, nullable=False),
        sa.Column("end_time", UtcDateTime, nullable=False),
        sa.Column("close_time", UtcDateTime),
        sa.Column("close_reason", sa.Text, nullable=False),
        sa.Column("tokens_void_time", UtcDateTime),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", UtcDateTime),
        sa.PrimaryKeyConstraint("session_id", name="pk_sessions"),
        person("sessions"),
        sa.CheckConstraint("sign_in_method BETWEEN 1 AND 3", name="ck_sessions_sign_in_method"),
    )
    op.create_index("ix_sessions_person_id_session_id", "sessions", ["person_id", "session_id"])
    op.create_index("ix_sessions_expire_time", "sessions", ["expire_time"])
    op.create_index("ix_sessions_tokens_void_time", "sessions", ["tokens_void_time"])


def accounts():
    op.create_table(
        "accounts",
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text),
        sa.Column("password_time", UtcDateTime),
        sa.Column("password_temporary", sa.Boolean, nullable=False),
        sa.Column("totp_secret", sa.Text),
        sa.Column("totp_enrolled", sa.Boolean, nullable=False),
        sa.Column("totp_last_step", sa.BigInteger, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", UtcDateTime),
        sa.PrimaryKeyConstraint("person_id", name="pk_accounts"),
        person("accounts"),
    )
    op.create_table(
        "former_passwords",
        sa.Column("former_password_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("former_password_id", name="pk_former_passwords"),
        sa.ForeignKeyConstraint(["person_id"], ["accounts.person_id"], name="fk_former_passwords_person_id"),
    )
    op.create_index("ix_former_passwords_person_id_former_password_id", "former_passwords", ["person_id", "former_password_id"])
    op.create_table(
        "federated_identities",
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("issuer", "subject", name="pk_federated_identities"),
        person("federated_identities"),
    )
    op.create_index("uq_federated_identities_person_id_issuer", "federated_identities", ["person_id", "issuer"], unique=True)


def grants():
    op.create_table(
        "grants",
        sa.Column("grant_id", OrderedText, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("organisation_unit_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        sa.Column("scope", sa.Integer, nullable=False),
        sa.Column("scope_unit_id", sa.Text),
        sa.Column("scope_path", OrderedText, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("proposer_person_id", sa.Text),
        sa.Column("decider_person_id", sa.Text),
        sa.Column("decision_reason", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("grant_id", name="pk_grants"),
        person("grants"),
        unit("organisation_unit_id", "grants"),
        unit("scope_unit_id", "grants"),
        sa.CheckConstraint("scope BETWEEN 1 AND 3", name="ck_grants_scope"),
        sa.CheckConstraint("state BETWEEN 1 AND 4", name="ck_grants_state"),
    )
    op.create_index("ix_grants_person_id", "grants", ["person_id"])
    op.create_index("ix_grants_organisation_unit_id", "grants", ["organisation_unit_id"])
    op.create_index("ix_grants_organisation_path", "grants", ["organisation_path"])
    op.create_index(
        "uq_grants_person_id_role_organisation_unit_id",
        "grants",
        ["person_id", "role", "organisation_unit_id"],
        unique=True,
        sqlite_where=sa.text("state IN (1, 2)"),
        postgresql_where=sa.text("state IN (1, 2)"),
    )


def person(table):
    return sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name=f"fk_{table}_person_id")


def unit(column, table):
    return sa.ForeignKeyConstraint([column], ["organisation_units.organisation_unit_id"], name=f"fk_{table}_{column}")
