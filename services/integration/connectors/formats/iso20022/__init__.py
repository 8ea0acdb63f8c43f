"""ISO 20022 messages of any version and namespace, alone or inside an envelope: `records` says what of them is a row.

`transactions` of camt.052, camt.053 and camt.054, `balances` of camt.052 and camt.053 (see `entries`), `payments` of pain.001,
pain.002, pain.008, pacs.002, pacs.003, pacs.004, pacs.008 and pacs.009 (see `payments`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from services.integration.connectors.formats.iso20022.messages import rows
from services.integration.connectors.formats.records import Fault, Record, unreadable
from services.integration.connectors.formats.safe_xml import Walk
from services.integration.model.feed_definition import Format


def read(stream: BinaryIO, written: Format) -> Iterator[Record | Fault]:
    """The rows of a file of messages; one that holds no message of the kind is refused."""
    found = rows(Walk(stream, written.encoding), written.records)
    yield from found
    if not found.messages:
        raise unreadable(f"no message in the file is one of {written.records}")
