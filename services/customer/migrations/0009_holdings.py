"""Holdings, and what became of the datasets that they are made from."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.types import BusinessDate, Json, OrderedText, UtcDateTime

revision = "customer_0009"
down_revision = "customer_0008"

UNPLACED = "customer_id IS NULL"
# Scope is the customer's: whoever sees the customer, whom row-level security guards, sees what he holds. OFFSET keeps the
# planner from reading all customers in scope to answer for a few rows.
_POLICY = """
CREATE POLICY scope ON {table} USING (
    (SELECT '/' = ANY (string_to_array(current_setting('workbench.paths', true), '|')))
    OR EXISTS (SELECT 1 FROM customers WHERE customers.customer_id = {table}.customer_id OFFSET 0)
) WITH CHECK (true)
"""


def upgrade():
    _create_holdings()
    _create_holders()
    _create_datasets()
    if op.get_bind().dialect.name == "postgresql":
        for table in ("holdings", "holding_holders"):
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(_POLICY.format(table=table))


def _create_holdings():
    op.create_table(
        "holdings",
        sa.Column("holding_id", sa.Text, nullable=False),
        sa.Column("source_system", sa.Text, nullable=False),
        sa.Column("dataset", sa.Text, nullable=False),
        sa.Column("number", OrderedText, nullable=False),
        sa.Column("currency_code", sa.Text, nullable=False),
        sa.Column("customer_number", OrderedText, nullable=False),
        sa.Column("customer_id", sa.Text),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("product_code", sa.Text, nullable=False),
        sa.Column("product_name", sa.Text, nullable=False),
        sa.Column("unit_number", sa.Text, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("open_date", BusinessDate),
        sa.Column("maturity_date", BusinessDate),
        sa.Column("close_date", BusinessDate),
        sa.Column("missing_since_date", BusinessDate),
        sa.Column("principal_minor_units", sa.BigInteger),
        sa.Column("interest_rate_e8", sa.BigInteger),
        sa.Column("parent_number", sa.Text, nullable=False),
        sa.Column("loan_class", sa.Integer, nullable=False),
        sa.Column("overdue_days", sa.Integer, nullable=False),
        sa.Column("overdue_minor_units", sa.BigInteger),
        sa.Column("balance_minor_units", sa.BigInteger),
        sa.Column("since_date", BusinessDate),
        sa.Column("month_sum", sa.BigInteger, nullable=False),
        sa.Column("quarter_sum", sa.BigInteger, nullable=False),
        sa.Column("year_sum", sa.BigInteger, nullable=False),
        sa.Column("base_minor_units", sa.BigInteger, nullable=False),
        sa.Column("contract_feed", sa.Text, nullable=False),
        sa.Column("balance_feed", sa.Text, nullable=False),
        sa.Column("class_feed", sa.Text, nullable=False),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("holding_id", name="pk_holdings"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.customer_id"], name="fk_holdings_customer_id"),
        sa.UniqueConstraint("source_system", "dataset", "number", "currency_code", name="uq_holdings_source_number"),
    )
    op.create_index("ix_holdings_customer_id_holding_id", "holdings", ["customer_id", "holding_id"])
    _index_where("ix_holdings_maturity_date_holding_id", "holdings", ["maturity_date", "holding_id"], "maturity_date IS NOT NULL")
    _index_where("ix_holdings_unplaced", "holdings", ["customer_number"], UNPLACED)


def _create_holders():
    op.create_table(
        "holding_holders",
        sa.Column("source_system", sa.Text, nullable=False),
        sa.Column("number", OrderedText, nullable=False),
        sa.Column("customer_number", OrderedText, nullable=False),
        sa.Column("customer_id", sa.Text),
        sa.Column("role", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("source_system", "number", "customer_number", name="pk_holding_holders"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.customer_id"], name="fk_holding_holders_customer_id"),
    )
    op.create_index("ix_holding_holders_customer_id", "holding_holders", ["customer_id"])
    _index_where("ix_holding_holders_unplaced", "holding_holders", ["customer_number"], UNPLACED)


def _create_datasets():
    op.create_table(
        "dataset_applications",
        sa.Column("application_id", sa.Text, nullable=False),
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("dataset", sa.Text, nullable=False),
        sa.Column("source_system", sa.Text, nullable=False),
        sa.Column("business_date", BusinessDate, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("counts", Json, nullable=False),
        sa.Column("receive_time", UtcDateTime, nullable=False),
        sa.Column("start_time", UtcDateTime),
        sa.Column("end_time", UtcDateTime),
        sa.PrimaryKeyConstraint("application_id", name="pk_dataset_applications"),
        sa.UniqueConstraint("feed", "business_date", "revision", name="uq_dataset_applications_feed_date_revision"),
    )
    op.create_index("ix_dataset_applications_feed_state", "dataset_applications", ["feed", "state", "business_date"])
    op.create_table(
        "dataset_books",
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("dataset", sa.Text, nullable=False),
        sa.Column("source_system", sa.Text, nullable=False),
        sa.Column("business_date", BusinessDate),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("base_date", BusinessDate),
        sa.Column("operation_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("feed", name="pk_dataset_books"),
    )
    op.create_table(
        "dataset_refusals",
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("row_key", sa.Text, nullable=False),
        sa.Column("application_id", sa.Text, nullable=False),
        sa.Column("unit_number", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("refuse_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("feed", "row_key", name="pk_dataset_refusals"),
    )


def _index_where(name, table, columns, condition):
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
