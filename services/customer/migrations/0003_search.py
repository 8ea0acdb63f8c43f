"""What customers are found by, and lists that are kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session

from services.chassis.db.scope import WHOLE_BANK, announce_scope
from services.chassis.db.token_index import TokenText
from services.chassis.db.types import EncryptedJson, Json, OrderedText, UtcDateTime
from services.chassis.kernel.caller import NOBODY
from services.customer.rules.tokens import entry_of
from services.customer.usecases import indexing

revision = "customer_0003"
down_revision = "customer_0002"

_ROWS_AT_ONCE = 1_000


def upgrade():
    _create_search_entries()
    if op.get_bind().dialect.name == "sqlite":
        _create_full_text_index()
    _create_lists()
    announce_scope(op.get_bind(), WHOLE_BANK, NOBODY)
    _fill()


def _create_search_entries():
    op.create_table(
        "search_entries",
        sa.Column("entry", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("forms", sa.Text, nullable=False),
        sa.Column("tokens", TokenText, nullable=False),
        sa.PrimaryKeyConstraint("entry", name="pk_search_entries"),
        sa.UniqueConstraint("customer_id", name="uq_search_entries_customer_id"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.customer_id"], name="fk_search_entries_customer_id"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_search_entries_tokens", "search_entries", ["tokens"],
            postgresql_using="gin", postgresql_with={"gin_pending_list_limit": 512},
        )  # fmt: skip


def _create_full_text_index():
    # Where a token stands and how often counts for nothing, so none of it is kept; the text itself stays in its table.
    op.execute("""
        CREATE VIRTUAL TABLE search_index
        USING fts5(tokens, content='search_entries', content_rowid='entry', tokenize='ascii', detail='none', columnsize=0)
    """)


def _create_lists():
    kept = (("saved_views", "saved_view_id", _VIEW), ("segments", "segment_id", _SEGMENT))
    for table, key, columns in kept:
        op.create_table(
            table,
            sa.Column(key, sa.Text, nullable=False),
            sa.Column("display_name", OrderedText, nullable=False),
            *(sa.Column(name, kind, nullable=False) for name, kind in columns.items()),
            sa.Column("owner_person_id", sa.Text, nullable=False),
            sa.Column("organisation_path", OrderedText, nullable=False),
            sa.Column("create_time", UtcDateTime, nullable=False),
            sa.Column("update_time", UtcDateTime, nullable=False),
            sa.Column("version", sa.Integer, nullable=False),
            sa.PrimaryKeyConstraint(key, name=f"pk_{table}"),
            *([sa.CheckConstraint("(kind = 1) = (filter <> '')", name="ck_segments_filter")] if "kind" in columns else ()),
        )
        for name in ("owner_person_id", "organisation_path"):
            op.create_index(f"ix_{table}_{name}", table, [name])
    op.create_table(
        "segment_members",
        sa.Column("segment_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("add_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("segment_id", "customer_id", name="pk_segment_members"),
        sa.ForeignKeyConstraint(["segment_id"], ["segments.segment_id"], name="fk_segment_members_segment_id"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.customer_id"], name="fk_segment_members_customer_id"),
    )
    op.create_index("ix_segment_members_customer_id", "segment_members", ["customer_id"])


_VIEW = {"filter": sa.Text, "order_by": sa.Text, "columns": Json}
_SEGMENT = {"description": sa.Text, "kind": sa.Integer, "filter": sa.Text}

_CUSTOMERS = sa.table(
    "customers",
    *(sa.column(name, sa.Text) for name in ("customer_id", "customer_number", "display_name", "pinyin")),
    *(sa.column(name, sa.Text) for name in ("lead_person_id", "organisation_path")),
    *(sa.column(name, Json) for name in ("other_names", "tags", "custom_fields")),
    sa.column("addresses", EncryptedJson("customer.addresses")),
)


def _fill():
    session, last = Session(op.get_bind()), ""
    page = sa.select(_CUSTOMERS).order_by(_CUSTOMERS.c.customer_id).limit(_ROWS_AT_ONCE)
    while rows := session.execute(page.where(_CUSTOMERS.c.customer_id > last)).all():
        last = rows[-1].customer_id
        indexing.store(session, [(row.customer_id, entry_of(indexing.findable(row))) for row in rows])
