"""What customers are found by, and lists that are kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session

from services.chassis.db.scope import WHOLE_BANK, announce_scope
from services.chassis.db.types import EncryptedJson, Json
from services.chassis.kernel.caller import NOBODY
from services.customer.model.search_entry import TokenText
from services.customer.rules.tokens import entry_of
from services.customer.usecases import indexing

revision = "customer_0003"
down_revision = "customer_0002"

_ROWS_AT_ONCE = 1_000


def upgrade():
    _create_search_entries()
    if op.get_bind().dialect.name == "sqlite":
        _create_full_text_index()
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
        op.create_index("ix_search_entries_tokens", "search_entries", ["tokens"], postgresql_using="gin")


def _create_full_text_index():
    # Where a token stands and how often counts for nothing, so none of it is kept; the text itself stays in its table.
    op.execute("""
        CREATE VIRTUAL TABLE search_index
        USING fts5(tokens, content='search_entries', content_rowid='entry', tokenize='ascii', detail='none', columnsize=0)
    """)


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
