"""Tables of knowledge."""

import sqlalchemy as sa
from alembic import op

from services.chassis.db.token_index import TokenText
from services.chassis.db.types import BusinessDate, Json, OrderedText, UtcDateTime

revision = "activity_0011"
down_revision = "activity_0010"


def upgrade():
    _create_documents()
    _create_words()
    _create_receipts()
    op.create_table(
        "policy_datasets",
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("business_date", BusinessDate, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("source_system", sa.Text, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
        sa.Column("counts", Json, nullable=False),
        sa.Column("receive_time", UtcDateTime, nullable=False),
        sa.Column("end_time", UtcDateTime),
        sa.PrimaryKeyConstraint("feed", "business_date", "revision", name="pk_policy_datasets"),
    )


def _create_documents():
    op.create_table(
        "documents",
        sa.Column("document_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("number_key", sa.Text),
        sa.Column("document_number", OrderedText, nullable=False),
        sa.Column("source_system", sa.Text, nullable=False),
        sa.Column("last_version", sa.Integer, nullable=False),
        sa.Column("imported", Json),
        sa.Column("create_time", UtcDateTime, nullable=False),
        sa.Column("touch_time", UtcDateTime),
        sa.Column("changes", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("document_id", name="pk_documents"),
        sa.UniqueConstraint("number_key", name="uq_documents_number_key"),
    )
    op.create_table(
        "document_versions",
        sa.Column("document_id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("kind", "state")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("document_number", "title", "summary", "location")),
        sa.Column("keywords", Json, nullable=False),
        sa.Column("start_date", BusinessDate),
        sa.Column("end_date", BusinessDate),
        sa.Column("until_date", BusinessDate, nullable=False),
        sa.Column("audiences", Json, nullable=False),
        sa.Column("topics", Json, nullable=False),
        sa.Column("read_by_date", BusinessDate),
        sa.Column("has_quiz", sa.Boolean, nullable=False),
        sa.Column("publisher_person_id", sa.Text, nullable=False),
        sa.Column("publish_time", UtcDateTime),
        sa.Column("update_time", UtcDateTime, nullable=False),
        sa.Column("told_to_person_id", sa.Text),
        sa.Column("reminded_to_person_id", sa.Text),
        # Last: SQLite reads through what is long to come to what stands behind it.
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("quiz", Json),
        sa.PrimaryKeyConstraint("document_id", "version", name="pk_document_versions"),
        sa.ForeignKeyConstraint(["document_id"], ["documents.document_id"], name="fk_document_versions_document_id"),
    )
    order = ["state", "start_date", "document_id"]
    op.create_index("ix_document_versions_state_start_date_document_id", "document_versions", order)
    partial = (
        ("told", "told_to_person_id", ["start_date"]),
        ("reminded", "reminded_to_person_id", ["read_by_date"]),
        ("to_read", "read_by_date", ["start_date", "document_id"]),
    )
    for name, column, columns in partial:
        where = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_document_versions_{name}", "document_versions", columns, postgresql_where=where, sqlite_where=where)
    for table, column in (("document_audiences", "audience"), ("document_topics", "topic")):
        key = ["document_id", "version", column] if table == "document_audiences" else [column, "document_id", "version"]
        op.create_table(
            table,
            sa.Column("document_id", sa.Text, nullable=False),
            sa.Column("version", sa.Integer, nullable=False),
            sa.Column(column, sa.Text, nullable=False),
            sa.PrimaryKeyConstraint(*key, name=f"pk_{table}"),
            _of_version(table),
        )


def _create_words():
    op.create_table(
        "document_words",
        sa.Column("entry", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("document_id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("tokens", TokenText, nullable=False),
        sa.PrimaryKeyConstraint("entry", name="pk_document_words"),
    )
    op.create_index("uq_document_words_document_id_version", "document_words", ["document_id", "version"], unique=True)
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_document_words_tokens", "document_words", ["tokens"],
            postgresql_using="gin", postgresql_with={"gin_pending_list_limit": 512},
        )  # fmt: skip
    else:
        # Where a token stands and how often counts for nothing, so none of it is kept; the text itself stays in its table.
        op.execute("""
            CREATE VIRTUAL TABLE document_word_index
            USING fts5(tokens, content='document_words', content_rowid='entry', tokenize='ascii', detail='none', columnsize=0)
        """)


def _create_receipts():
    op.create_table(
        "document_receipts",
        sa.Column("document_id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("read_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("document_id", "version", "person_id", name="pk_document_receipts"),
        _of_version("document_receipts"),
    )
    op.create_table(
        "quiz_attempts",
        sa.Column("document_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("answers", Json, nullable=False),
        sa.Column("was_right", Json, nullable=False),
        sa.Column("score_percent", sa.Integer, nullable=False),
        sa.Column("passed", sa.Boolean, nullable=False),
        sa.Column("attempt_time", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("document_id", "person_id", "version", "number", name="pk_quiz_attempts"),
        _of_version("quiz_attempts"),
    )


def _of_version(table):
    key = ["document_versions.document_id", "document_versions.version"]
    return sa.ForeignKeyConstraint(["document_id", "version"], key, name=f"fk_{table}_version")
