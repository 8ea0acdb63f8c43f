"""Relations between customers, key persons, groups."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.types import BusinessDate, OrderedText, UtcDateTime

revision = "customer_0004"
down_revision = "customer_0003"

OPEN = "end_date IS NULL"


def upgrade():
    _create_key_persons()
    _create_relations()
    _create_groups()


def _create_key_persons():
    op.create_table(
        "key_persons",
        sa.Column("key_person_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("display_name", OrderedText, nullable=False),
        sa.Column("position", sa.Text, nullable=False),
        sa.Column("decision_role", sa.Integer, nullable=False),
        sa.Column("contact_points", sa.Text),
        sa.Column("birthday", sa.Text),
        sa.Column("preferences", sa.Text),
        sa.Column("start_date", BusinessDate),
        sa.Column("end_date", BusinessDate),
        sa.Column("person_customer_id", sa.Text),
        *_life(),
        sa.PrimaryKeyConstraint("key_person_id", name="pk_key_persons"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.customer_id"], name="fk_key_persons_customer_id"),
        sa.ForeignKeyConstraint(["person_customer_id"], ["customers.customer_id"], name="fk_key_persons_person_customer_id"),
        sa.CheckConstraint("end_date >= start_date", name="ck_key_persons_dates"),
    )
    name_key = ["customer_id", "display_name", "key_person_id"]
    op.create_index("ix_key_persons_customer_id_display_name", "key_persons", name_key)
    op.create_index("ix_key_persons_person_customer_id", "key_persons", ["person_customer_id"])


def _create_relations():
    op.create_table(
        "customer_relations",
        sa.Column("relation_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("from_customer_id", sa.Text),
        sa.Column("from_key_person_id", sa.Text),
        sa.Column("to_customer_id", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("share_millionths", sa.Integer),
        sa.Column("guaranteed_minor_units", sa.BigInteger),
        sa.Column("guaranteed_currency", sa.Text),
        sa.Column("start_date", BusinessDate, nullable=False),
        sa.Column("end_date", BusinessDate),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        *_life(),
        sa.PrimaryKeyConstraint("relation_id", name="pk_customer_relations"),
        _key("from_customer_id", "customers.customer_id"),
        _key("from_key_person_id", "key_persons.key_person_id"),
        _key("to_customer_id", "customers.customer_id"),
        sa.CheckConstraint("end_date >= start_date", name="ck_customer_relations_dates"),
        sa.CheckConstraint("from_customer_id <> to_customer_id", name="ck_customer_relations_not_to_self"),
        sa.CheckConstraint("(from_customer_id IS NULL) <> (from_key_person_id IS NULL)", name="ck_customer_relations_one_from"),
        sa.CheckConstraint("share_millionths > 0 AND share_millionths <= 1000000", name="ck_customer_relations_share"),
    )
    for end in ("from_customer", "from_key_person"):
        columns = ["to_customer_id", f"{end}_id", "kind", "label"]
        _unique_while(OPEN, f"uq_customer_relations_open_{end}", "customer_relations", columns)
    representative = f"kind = 8 AND {OPEN}"
    _unique_while(representative, "uq_customer_relations_open_representative", "customer_relations", ["to_customer_id"])
    for column in ("to_customer_id", "from_customer_id"):
        op.create_index(f"ix_customer_relations_{column}", "customer_relations", [column, "kind"])
    op.create_index("ix_customer_relations_from_key_person_id", "customer_relations", ["from_key_person_id"])


def _create_groups():
    op.create_table(
        "customer_groups",
        sa.Column("group_id", sa.Text, nullable=False),
        sa.Column("display_name", OrderedText, nullable=False),
        sa.Column("parent_group_id", sa.Text),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("lead_person_id", sa.Text, nullable=False),
        sa.Column("organisation_path", OrderedText, nullable=False),
        *_life(),
        sa.PrimaryKeyConstraint("group_id", name="pk_customer_groups"),
        sa.ForeignKeyConstraint(["parent_group_id"], ["customer_groups.group_id"], name="fk_customer_groups_parent_group_id"),
        sa.CheckConstraint("parent_group_id <> group_id", name="ck_customer_groups_not_in_itself"),
    )
    op.create_index("ix_customer_groups_display_name_group_id", "customer_groups", ["display_name", "group_id"])
    op.create_index("ix_customer_groups_parent_group_id", "customer_groups", ["parent_group_id"])
    op.create_table(
        "customer_group_members",
        sa.Column("member_id", sa.Text, nullable=False),
        sa.Column("group_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("role", sa.Integer, nullable=False),
        sa.Column("start_date", BusinessDate, nullable=False),
        sa.Column("end_date", BusinessDate),
        sa.PrimaryKeyConstraint("member_id", name="pk_customer_group_members"),
        sa.ForeignKeyConstraint(["group_id"], ["customer_groups.group_id"], name="fk_customer_group_members_group_id"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.customer_id"], name="fk_customer_group_members_customer_id"),
        sa.CheckConstraint("end_date >= start_date", name="ck_customer_group_members_dates"),
    )
    members = "customer_group_members"
    _unique_while(OPEN, "uq_customer_group_members_open", members, ["group_id", "customer_id"])
    _unique_while(f"role = 1 AND {OPEN}", "uq_customer_group_members_open_parent", members, ["group_id"])
    for column in ("group_id", "customer_id"):
        op.create_index(f"ix_customer_group_members_{column}_start_date", members, [column, "start_date", "member_id"])


def _life():
    return (
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )


def _key(column, target):
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_customer_relations_{column}")


def _unique_while(condition, name, table, columns):
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=True, sqlite_where=where, postgresql_where=where)
