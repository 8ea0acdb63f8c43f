"""Likely duplicates, and merges that can be undone."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.scope import WHOLE_BANK, announce_scope
from services.chassis.db.types import BusinessDate, EncryptedJson, EncryptedText, Json, UtcDateTime
from services.chassis.kernel.caller import NOBODY
from services.customer.model.duplicate import blocks_of

revision = "customer_0006"
down_revision = "customer_0005"

_ROWS_AT_ONCE = 1_000


def upgrade():
    _create_blocks()
    _create_candidates()
    _create_merges()
    announce_scope(op.get_bind(), WHOLE_BANK, NOBODY)
    _fill_blocks()


def _create_blocks():
    op.create_table(
        "duplicate_blocks",
        sa.Column("block_key", sa.BigInteger, nullable=False),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("block_key", "customer_id", name="pk_duplicate_blocks"),
    )
    op.create_index("ix_duplicate_blocks_customer_id", "duplicate_blocks", ["customer_id"])


def _create_candidates():
    op.create_table(
        "duplicate_candidates",
        sa.Column("candidate_id", sa.Text, nullable=False),
        sa.Column("first_customer_id", sa.Text, nullable=False),
        sa.Column("second_customer_id", sa.Text, nullable=False),
        sa.Column("score", sa.Integer, nullable=False),
        sa.Column("reasons", Json, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("assigned_person_id", sa.Text, nullable=False),
        sa.Column("dismiss_reason", sa.Text, nullable=False),
        sa.Column("decided_by_person_id", sa.Text, nullable=False),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("candidate_id", name="pk_duplicate_candidates"),
        sa.CheckConstraint("first_customer_id < second_customer_id", name="ck_duplicate_candidates_order"),
    )
    pair = ["first_customer_id", "second_customer_id"]
    op.create_index("uq_duplicate_candidates_pair", "duplicate_candidates", pair, unique=True)
    op.create_index("ix_duplicate_candidates_second_customer_id", "duplicate_candidates", ["second_customer_id"])
    order = ["state", "score", "candidate_id"]
    op.create_index("ix_duplicate_candidates_state_score_candidate_id", "duplicate_candidates", order)


def _create_merges():
    op.create_table(
        "customer_merges",
        sa.Column("merge_id", sa.Text, nullable=False),
        sa.Column("survivor_customer_id", sa.Text, nullable=False),
        sa.Column("merged_customer_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("changed_fields", Json, nullable=False),
        # Encrypted values are text.
        sa.Column("snapshot", sa.Text),
        sa.Column("moved", sa.Text),
        sa.Column("notes", Json, nullable=False),
        sa.Column("merge_time", UtcDateTime, nullable=False),
        sa.Column("undo_time", UtcDateTime),
        sa.Column("undo_reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("merge_id", name="pk_customer_merges"),
    )
    for side in ("survivor_customer_id", "merged_customer_id"):
        op.create_index(f"ix_customer_merges_{side}_merge_id", "customer_merges", [side, "merge_id"])
    op.create_index("ix_customers_merged_into_customer_id", "customers", ["merged_into_customer_id"])


_CUSTOMERS = sa.table(
    "customers",
    sa.column("customer_id", sa.Text),
    sa.column("kind", sa.Integer),
    sa.column("state", sa.Integer),
    sa.column("display_name", sa.Text),
    sa.column("other_names", Json),
    sa.column("identifier", EncryptedText("customer.identifier")),
    sa.column("identifier_kind", sa.Integer),
    sa.column("addresses", EncryptedJson("customer.addresses")),
    sa.column("birth_or_founding_date", BusinessDate),
)
_BLOCKS = sa.table("duplicate_blocks", sa.column("block_key", sa.BigInteger), sa.column("customer_id", sa.Text))


def _fill_blocks():
    connection, last = op.get_bind(), ""
    page = sa.select(_CUSTOMERS).order_by(_CUSTOMERS.c.customer_id).limit(_ROWS_AT_ONCE)
    while rows := connection.execute(page.where(_CUSTOMERS.c.customer_id > last)).all():
        last = rows[-1].customer_id
        blocks = [{"block_key": key, "customer_id": row.customer_id} for row in rows for key in blocks_of(row)]
        if blocks:
            connection.execute(sa.insert(_BLOCKS), blocks)
