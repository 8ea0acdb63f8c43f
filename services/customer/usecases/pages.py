"""What the lists of this service have in common: what a token is bound to, and how its parts read."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from google.protobuf.message import Message
from workbench.type.v1 import money_pb2

from services.chassis.kernel.money import Money
from services.chassis.kernel.paging import PageToken


def query(request: Message) -> str:
    """The question without the place in its answer: what a page token is bound to."""
    question = type(request)()
    question.CopyFrom(request)
    question.ClearField("page_token")
    question.ClearField("page_size")
    return question.SerializeToString(deterministic=True).hex()


def day(text: str) -> date:
    """A business date in a token; raises the refusal of the token where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise PageToken.refused() from None


def instant(text: str) -> datetime:
    """An instant in a token; raises the refusal of the token where it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise PageToken.refused() from None
    if moment.tzinfo is None:
        raise PageToken.refused()
    return moment


def number(text: str) -> int:
    """A whole number in a token; raises the refusal of the token where it is none."""
    if not text.isascii() or not text.isdecimal() or len(text) > len(str(2**63)) - 1:
        raise PageToken.refused()
    return int(text)


def money(amount: Money | None) -> Any:
    """An amount as it is answered."""
    return money_pb2.Money(currency_code=amount.currency_code, amount=str(amount)) if amount else None
