"""What a customer is found by: an index of our own tokens in each database's own kind of text index.

On PostgreSQL the tokens are a tsvector under a GIN index. On SQLite they are text, and an FTS5 table indexes it. Both are asked
for whole tokens only, so that both answer alike.

The table is under no row scope of its own: PostgreSQL would then refuse to ask the GIN index before it has looked at every row,
since it cannot know that comparing tokens tells nothing of them. It is read together with `customers`, which is.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.token_index import TokenText
from services.customer.model.base import Base


class SearchEntry(Base):
    """One customer in the index. Derived from the customer's row, and written by `usecases.indexing` alone."""

    __tablename__ = "search_entries"

    # FTS5 knows its rows by such a number.
    entry: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, init=False)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.customer_id"), type_=Text, unique=True)
    # Names and other texts as `rules.tokens.forms_of` writes them.
    forms: Mapped[str] = mapped_column(Text)
    tokens: Mapped[str] = mapped_column(TokenText)

    __table_args__ = (
        # GIN keeps what is new in a list at first, which every search reads through: half a megabyte (in KiB), not four.
        Index(
            "ix_search_entries_tokens", "tokens", postgresql_using="gin", postgresql_with={"gin_pending_list_limit": 512}
        ).ddl_if(dialect="postgresql"),
    )
