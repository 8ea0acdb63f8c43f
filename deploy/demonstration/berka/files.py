"""Finds what of the data set is in a folder, whatever part of it is there, packed or not."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from services.chassis.kernel.errors import InvalidInput

# Each file of the data set with its feed, in the order in which what one refers to stands in another before it.
SNAPSHOTS = {
    "client.asc": "berka.customers",
    "disp.asc": "berka.account-holders",
    "account.asc": "berka.accounts",
    "loan.asc": "berka.loans",
    "card.asc": "berka.cards",
    "order.asc": "berka.standing-orders",
}
DISTRICTS = "district.asc"
TRANSACTIONS, ENGLISH_TRANSACTIONS, COPIED_TRANSACTIONS = (
    "berka.transactions", "berka.transactions-english", "berka-copy.transactions"
)  # fmt: skip
WHOLE = "trans.asc"
_PACKED = ".gz"
_HEAD_BYTES = 4_096


@dataclass(frozen=True, slots=True)
class Delivery:
    """A file for a feed."""

    feed: str
    path: Path

    @property
    def file_name(self) -> str:
        """What the file is called, unpacked."""
        return self.path.name.removesuffix(_PACKED)

    def open(self) -> BinaryIO:
        """Its content, unpacked."""
        return open_file(self.path)


def open_file(path: Path) -> BinaryIO:
    """The file's content, unpacked where it is packed."""
    return cast("BinaryIO", gzip.open(path, "rb")) if path.name.endswith(_PACKED) else path.open("rb")


def districts(folder: Path) -> Path:
    """The file of districts; raises InvalidInput BERKA_INCOMPLETE where it is not there."""
    return _one(folder, DISTRICTS)


def snapshots(folder: Path) -> list[Delivery]:
    """The files that say how things stand; raises InvalidInput BERKA_INCOMPLETE where one is not there."""
    return [Delivery(feed, _one(folder, name)) for name, feed in SNAPSHOTS.items()]


def transactions(folder: Path) -> list[Delivery]:
    """Every file of transactions: the whole one, or else its parts; and a copy of them, where there is one."""
    found = list(_transactions(folder))
    whole = [each for each in found if each.file_name == WHOLE]
    copies = [each for each in found if each.feed == COPIED_TRANSACTIONS]
    parts = [each for each in found if each not in copies]
    return [*(whole[:1] or parts), *copies]


def _transactions(folder: Path) -> Iterator[Delivery]:
    for path in sorted(folder.glob("trans*")):
        if not path.is_file():
            continue
        if feed := _feed_of(path):
            yield Delivery(feed, path)


def _feed_of(path: Path) -> str:
    """By its first row, for its name says little."""
    try:
        with open_file(path) as file:
            heading, _, rest = file.read(_HEAD_BYTES).partition(b"\n")
    except OSError:
        raise InvalidInput("FILE_UNREADABLE", f"{path.name} cannot be read, or unpacked.") from None
    if heading.startswith(b"trans_id,"):
        return COPIED_TRANSACTIONS
    if heading.replace(b'"', b"").startswith(b"trans_id;"):
        first = rest.partition(b"\n")[0]
        return ENGLISH_TRANSACTIONS if b"credit" in first or b"withdrawal" in first else TRANSACTIONS
    return ""


def _one(folder: Path, name: str) -> Path:
    for path in (folder / name, folder / f"{name}{_PACKED}"):
        if path.is_file():
            return path
    raise InvalidInput("BERKA_INCOMPLETE", f"There is no {name} in {folder}.")
