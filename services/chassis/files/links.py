"""Links to files: whoever has one reads that file until it expires, and learns nothing from one that does not hold."""

from __future__ import annotations

import hmac
from datetime import datetime

from services.chassis.files.storage import not_found
from services.chassis.keys import data_keys

LINK_SECONDS = 600
_PURPOSE = "chassis.file_link"


def link(service: str, file_id: str, now: datetime) -> str:
    """The path, below the gateway's address, at which the file is for the next minutes."""
    expiry = int(now.timestamp()) + LINK_SECONDS
    return f"/v1/operations/{service}/files/{file_id}.{expiry}.{_signature(service, file_id, expiry)}"


def verify(service: str, text: str, now: datetime) -> str:
    """The id of the file that the last part of a link's path names; raises NotFound FILE_NOT_FOUND where it does not hold."""
    file_id, _, rest = text.partition(".")
    expiry_text, _, signature = rest.partition(".")
    expiry = int(expiry_text) if expiry_text.isascii() and expiry_text.isdecimal() else 0
    # The signature is compared whatever else is wrong, and in constant time: nothing tells a forger how near he is.
    genuine = hmac.compare_digest(signature.encode(), _signature(service, file_id, expiry).encode())
    if not genuine or expiry_text != str(expiry) or expiry <= now.timestamp():
        raise not_found()
    return file_id


def _signature(service: str, file_id: str, expiry: int) -> str:
    # HMAC-SHA256 under the deployment's index key, which all copies of a service share.
    return data_keys().blind_index(_PURPOSE, f"{service}|{file_id}|{expiry}")
