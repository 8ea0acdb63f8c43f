"""What customers are found by, and lists that are kept."""

import sqlalchemy as sa
from alembic import op

from services.customer.model.search_entry import TokenText

revision = "customer_0003"
down_revision = "customer_0002"


def upgrade():
    _create_search_entries()
    if op.get_bind().dialect.name == "sqlite":
        _create_full_text_index()


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
