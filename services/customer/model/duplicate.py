"""Likely duplicates: the blocks by which they are found, and the pairs that somebody should look at."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.db.types import Json, UtcDateTime
from services.chassis.kernel.errors import RuleBroken
from services.chassis.keys import data_keys
from services.customer.model.base import Base
from services.customer.rules.blocking import block_keys
from services.customer.rules.kinds import CustomerKind, DuplicateState, IdentifierKind
from services.customer.rules.lifecycle import ENDED
from services.customer.rules.likeness import Likeness, Traits

BLOCK_PURPOSE = "customer.block"
# A quarter of the keyed hash, and the text that it stands in: a block that two share by chance costs one comparison.
_BLOCK_HASH_BYTES = 8
_BLOCK_HASH_CHARACTERS = 12


class DuplicateBlock(Base):
    """One customer in one block. It follows from the customer's row, so that no trail and no foreign key watches over it."""

    __tablename__ = "duplicate_blocks"

    # A keyed hash: what is shared is personal.
    block_key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    customer_id: Mapped[str] = mapped_column(Text, primary_key=True)

    __table_args__ = (Index("ix_duplicate_blocks_customer_id", "customer_id"),)


class DuplicateCandidate(Base):
    """Two records that may be one customer's; the smaller id stands first, so that a pair stands here once."""

    __tablename__ = "duplicate_candidates"

    candidate_id: Mapped[str] = mapped_column(Text, primary_key=True)
    first_customer_id: Mapped[str] = mapped_column(Text)
    second_customer_id: Mapped[str] = mapped_column(Text)
    score: Mapped[int] = mapped_column(Integer)
    # Pairs of a reason's kind and its points; they hold no value of either record.
    reasons: Mapped[list[list[int]]] = mapped_column(Json)
    state: Mapped[int] = mapped_column(Integer, default=DuplicateState.OPEN.value)
    assigned_person_id: Mapped[str] = mapped_column(Text, default="")
    dismiss_reason: Mapped[str] = mapped_column(Text, default="")
    decided_by_person_id: Mapped[str] = mapped_column(Text, default="")
    create_time: Mapped[datetime] = mapped_column(UtcDateTime)
    update_time: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration
    __table_args__ = (
        CheckConstraint("first_customer_id < second_customer_id", name="order"),
        Index("uq_duplicate_candidates_pair", "first_customer_id", "second_customer_id", unique=True),
        Index("ix_duplicate_candidates_second_customer_id", "second_customer_id"),
        Index("ix_duplicate_candidates_state_score_candidate_id", "state", "score", "candidate_id"),
    )

    @property
    def etag(self) -> str:
        """What a reader gives back to decide only on what he has seen."""
        return str(self.version)

    def dismiss(self, reason: str, person_id: str, now: datetime) -> None:
        """Somebody looked, and they are two; raises RuleBroken CANDIDATE_CLOSED."""
        self._require_open()
        self.state, self.dismiss_reason = DuplicateState.DISMISSED.value, reason
        self.decided_by_person_id, self.update_time = person_id, now

    def assign(self, person_id: str, now: datetime) -> None:
        """Asks somebody to look; raises RuleBroken CANDIDATE_CLOSED."""
        self._require_open()
        self.assigned_person_id, self.update_time = person_id, now

    def merged(self, person_id: str, now: datetime) -> None:
        """The two became one."""
        self.state, self.decided_by_person_id, self.update_time = DuplicateState.MERGED.value, person_id, now

    def parted(self, now: datetime) -> None:
        """The two that were merged are two again: whoever undid it looked."""
        if self.state == DuplicateState.MERGED:
            self.state, self.update_time = DuplicateState.DISMISSED.value, now

    def look_again(self, found: Likeness, now: datetime, least: int) -> None:
        """Takes in how alike the two are now: a dismissed pair opens again only where more agrees than whoever looked saw."""
        same = (found.score, as_pairs(found)) == (self.score, self.reasons)
        if self.state == DuplicateState.MERGED or (same and self.state != DuplicateState.CLEARED):
            return
        if found.score < least:
            if self.state == DuplicateState.OPEN:
                self.state, self.update_time = DuplicateState.CLEARED.value, now
            return
        seen = {kind for kind, points in self.reasons if points > 0}
        more = found.score > self.score or any(reason.points > 0 and reason.kind not in seen for reason in found.reasons)
        if self.state == DuplicateState.DISMISSED and not more:
            return
        if self.state != DuplicateState.OPEN:
            self.decided_by_person_id = self.dismiss_reason = ""
        self.state, self.update_time = DuplicateState.OPEN.value, now
        self.score, self.reasons = found.score, as_pairs(found)

    def _require_open(self) -> None:
        if self.state != DuplicateState.OPEN:
            raise RuleBroken("CANDIDATE_CLOSED", "Somebody has decided on this candidate already.")


def as_pairs(found: Likeness) -> list[list[int]]:
    """Reasons as they are kept."""
    return [[reason.kind.value, reason.points] for reason in found.reasons]


def traits_of(row: Any, keys: Iterable[tuple[str, str, str]] = ()) -> Traits:
    """What of a customer's row is compared; `keys` are the identities of its keys, of which only their names are read."""
    named: dict[str, set[str]] = {}
    for name, issuer, value_index in keys:
        named.setdefault(name, set()).add(f"{issuer}|{value_index}")
    return Traits(
        CustomerKind(row.kind),
        (row.display_name, *(other["name"] for other in row.other_names or ())),
        {name: frozenset(values) for name, values in named.items()},
        _date_of(row),
        tuple((address.get("division_code", ""), address.get("line", "")) for address in row.addresses or ()),
    )


def blocks_of(row: Any) -> frozenset[int]:
    """The blocks of a customer's row; none of a record that has ended."""
    if row.state in ENDED:
        return frozenset()
    return frozenset(map(_hashed, block_keys(traits_of(row))))


def in_order(one: str, other: str) -> tuple[str, str]:
    """The ids of a pair as it is kept."""
    return (one, other) if one < other else (other, one)


def _hashed(key: str) -> int:
    digest = base64.urlsafe_b64decode(data_keys().blind_index(BLOCK_PURPOSE, key)[:_BLOCK_HASH_CHARACTERS])
    # A signed number of 64 bits, which is what both databases have.
    return int.from_bytes(digest[:_BLOCK_HASH_BYTES], "big", signed=True)


_BIRTH_PLACE: Sequence[slice] = (slice(6, 10), slice(10, 12), slice(12, 14))


def _date_of(row: Any) -> str:
    """The birth or founding date, from an ID card where the record does not say it."""
    if row.birth_or_founding_date:
        day: date | str = row.birth_or_founding_date
        return day if isinstance(day, str) else day.isoformat()
    if row.identifier and row.identifier_kind == IdentifierKind.RESIDENT_ID_CARD:
        return "-".join(row.identifier[place] for place in _BIRTH_PLACE)
    return ""
