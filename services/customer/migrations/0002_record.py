"""The whole record: further names and numbers, addresses, industry, consents, the bank's own fields.

Numbers, telephone numbers and e-mail addresses are found by `customer_keys`, which also keeps a number from belonging to two
customers: what `customers.identifier_index` did for one number of each.
"""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.scope import WHOLE_BANK, announce_scope
from services.chassis.db.types import BusinessDate, EncryptedText, Json, OrderedText, UtcDateTime
from services.chassis.kernel.caller import NOBODY
from services.chassis.keys import data_keys
from services.customer.rules.phones import normal_phone
from services.customer.rules.pinyin import reading

revision = "customer_0002"
down_revision = "customer_0001"

_ROWS_AT_ONCE = 1_000
_RETAIL = 1


def upgrade():
    _extend_customers()
    _create_keys()
    _create_custom_fields()
    announce_scope(op.get_bind(), WHOLE_BANK, NOBODY)
    _fill()
    op.drop_index("uq_customers_kind_identifier_index", "customers")
    op.drop_column("customers", "identifier_index")


def _extend_customers():
    columns = (
        *(sa.Column(name, sa.Text) for name in ("pinyin", "identifier_country_code", "identifier_exception", "industry_code")),
        *(sa.Column(name, sa.Text) for name in ("listing", "merged_into_customer_id")),
        # Encrypted values are text.
        *(sa.Column(name, sa.Text) for name in ("other_identifiers", "contact_points", "addresses", "identifying_custom_fields")),
        *(sa.Column(name, Json) for name in ("other_names", "tags", "custom_fields", "preferences", "consents", "documents")),
        *(sa.Column(name, sa.Integer, nullable=False, server_default="0") for name in ("identifier_kind", "size", "ownership")),
        sa.Column("birth_or_founding_date", BusinessDate),
    )
    for column in columns:
        op.add_column("customers", column)


def _create_keys():
    op.create_table(
        "customer_keys",
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("value_index", sa.Text, nullable=False),
        sa.Column("exclusive", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("customer_id", "name", "issuer", "value_index", name="pk_customer_keys"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.customer_id"], name="fk_customer_keys_customer_id"),
    )
    op.create_index("ix_customer_keys_name_value_index", "customer_keys", ["name", "value_index"])
    exclusive = sa.text("exclusive")
    op.create_index(
        "uq_customer_keys_exclusive", "customer_keys", ["name", "value_index", "issuer"],
        unique=True, sqlite_where=exclusive, postgresql_where=exclusive,
    )  # fmt: skip


def _create_custom_fields():
    op.create_table(
        "custom_fields",
        sa.Column("name", OrderedText, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("display_name_zh", "display_name_en", "pattern")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("minimum", "maximum", "read_permission", "write_permission")),
        sa.Column("type", sa.Integer, nullable=False),
        *(sa.Column(name, Json, nullable=False) for name in ("choices", "required_for")),
        *(sa.Column(name, sa.Boolean, nullable=False) for name in ("searchable", "identifying", "retired")),
        *(sa.Column(name, UtcDateTime, nullable=False) for name in ("create_time", "update_time")),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_custom_fields"),
    )
    op.create_table(
        "custom_field_changes",
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("changes", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("place", name="pk_custom_field_changes"),
        sa.CheckConstraint("place = 1", name="ck_custom_field_changes_place"),
    )
    op.execute("INSERT INTO custom_field_changes (place, changes) VALUES (1, 0)")


_CUSTOMERS = sa.table(
    "customers",
    sa.column("customer_id", sa.Text),
    sa.column("kind", sa.Integer),
    sa.column("display_name", sa.Text),
    sa.column("identifier", EncryptedText("customer.identifier")),
    sa.column("identifier_kind", sa.Integer),
    sa.column("phone", EncryptedText("customer.phone")),
    sa.column("pinyin", sa.Text),
)
_KEYS = sa.table("customer_keys", *map(sa.column, ("customer_id", "name", "issuer", "value_index", "exclusive")))


def _fill():
    connection, last, seen = op.get_bind(), "", set()
    columns = [column for column in _CUSTOMERS.c if column.name not in ("identifier_kind", "pinyin")]
    page = sa.select(*columns).order_by(_CUSTOMERS.c.customer_id).limit(_ROWS_AT_ONCE)
    while rows := connection.execute(page.where(_CUSTOMERS.c.customer_id > last)).all():
        last = rows[-1].customer_id
        for statement, values in ((_CHANGE, map(_derived, rows)), (sa.insert(_KEYS), _keys(rows, seen))):
            if values := list(values):
                connection.execute(statement, values)


_CHANGE = (
    sa.update(_CUSTOMERS)
    .where(_CUSTOMERS.c.customer_id == sa.bindparam("id"))
    .values(identifier_kind=sa.bindparam("number_kind"), pinyin=sa.bindparam("found_reading"))
)


def _derived(row):
    found = reading(row.display_name, of_person=row.kind == _RETAIL)
    return {"id": row.customer_id, "number_kind": _number_kind(row) if row.identifier else 0, "found_reading": found or None}


def _number_kind(row):
    # An ID card of a person, a unified social credit code of an organisation.
    return 1 if row.kind == _RETAIL else 3


def _keys(rows, seen):
    for row in rows:
        if row.identifier:
            name = "identifier.resident_id_card" if row.kind == _RETAIL else "identifier.unified_social_credit_code"
            key = _key(row, name, "CN", row.identifier, exclusive=True)
            # Two kinds of customers could have one number until now: the first keeps it, both keep it in their records.
            key["exclusive"] = key["value_index"] not in seen
            seen.add(key["value_index"])
            yield key
        if number := normal_phone(row.phone or ""):
            yield _key(row, "phone", "", number, exclusive=False)


def _key(row, name, issuer, value, *, exclusive):
    value_index = data_keys().blind_index(f"customer.key.{name}", value)
    return {
        "customer_id": row.customer_id, "name": name, "issuer": issuer, "value_index": value_index, "exclusive": exclusive,
    }  # fmt: skip
