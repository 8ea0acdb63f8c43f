"""Lists by keyset: what a page token is bound to, how its parts read, and a page along any unique order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from google.protobuf.message import Message
from sqlalchemy import tuple_

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.paging import Page, PageToken, page_size


def query(request: Message) -> str:
    """The question without the place in its answer: what a page token is bound to."""
    question = type(request)()
    question.CopyFrom(request)
    question.ClearField("page_token")
    question.ClearField("page_size")
    return question.SerializeToString(deterministic=True).hex()


def text(part: str) -> str:
    """A text in a token."""
    return part


def day(part: str) -> date:
    """A business date in a token; raises the refusal of the token where it is none."""
    try:
        return date.fromisoformat(part)
    except ValueError:
        raise PageToken.refused() from None


def instant(part: str) -> datetime:
    """An instant in a token; raises the refusal of the token where it is none."""
    try:
        moment = datetime.fromisoformat(part)
        # An instant before the first, or after the last, of those that UTC has is none.
        in_utc = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise PageToken.refused() from None
    if moment.tzinfo is None:
        raise PageToken.refused()
    return in_utc


def number(part: str) -> int:
    """A whole number in a token; raises the refusal of the token where it is none."""
    if not part.isascii() or not part.isdecimal() or len(part) > len(str(2**63)) - 1:
        raise PageToken.refused()
    return int(part)


# Columns by which a list is ordered, together unique, each with how its part of a token reads.
Order = Sequence[tuple[Any, Callable[[str], Any]]]


def read_page(work: UnitOfWork, statement: Any, request: Any, order: Order, *, downwards: bool = False) -> Page:
    """A page of mapped rows in that order; raises InvalidInput PAGE_TOKEN_INVALID and PAGE_SIZE_INVALID.

    `request` has the fields `page_size` and `page_token` (AIP-158). No column of the order is ever null.
    """
    columns = [column for column, _ in order]
    bound, size = query(request), page_size(request.page_size)
    if token := PageToken.decode(request.page_token, bound, keys=len(order)):
        values = [read(part) for (_, read), part in zip(order, token.keys, strict=True)]
        # With the columns' own types: SQLite keeps an instant as a text of its own, and compares texts.
        after = tuple_(*values, types=[column.type for column in columns])
        statement = statement.where(tuple_(*columns) < after if downwards else tuple_(*columns) > after)
    statement = statement.order_by(*(column.desc() if downwards else column for column in columns)).limit(size + 1)
    rows = work.session.scalars(statement).all()
    return Page.of(rows, size, bound, lambda row: tuple(_part(getattr(row, column.key)) for column in columns))


def _part(value: Any) -> str:
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)
