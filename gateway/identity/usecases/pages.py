"""A page of a list that is ordered by one unique column of text."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.paging import Page, PageToken, page_size


def read_page(
    work: UnitOfWork,
    statement: Any,
    key: InstrumentedAttribute[str],
    *,
    size: int,
    token: str,
    query: str,
    downwards: bool = False,
) -> tuple[list[Any], str]:
    """The rows of the page and the token of the next, empty on the last; `query` tells apart lists with other filters."""
    size = page_size(size)
    after = PageToken.decode(token, query, keys=1)
    if after:
        statement = statement.where(key < after.keys[0] if downwards else key > after.keys[0])
    rows = list(work.session.scalars(statement.order_by(key.desc() if downwards else key).limit(size + 1)))
    page = Page.of(rows, size, query, lambda row: (getattr(row, key.key),))
    return list(page.rows), page.next_page_token
