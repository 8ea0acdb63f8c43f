"""The keys that keep identifying values unreadable at rest, and their rotation.

A new key is published at once and encrypts a minute later, when every process has read it: none ever meets a value of a key that
it does not know. The old one goes on reading until `db.reencryption` has proven that nothing needs it.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.chassis.kernel.errors import RuleBroken, Unavailable
from services.chassis.keys.files import (
    DATA_KEYS_FILE,
    PUBLISHING_DELAY_SECONDS,
    RELOAD_SECONDS,
    from_base64,
    locked,
    read,
    to_base64,
    version_of,
    write,
)

NONCE_BYTES = 12
# So long after a key has begun to encrypt no process uses the one before: each has looked, and every transaction has ended.
SETTLING_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class DataKey:
    """What may be known of a data key: its id, and from when on it encrypts (seconds since 1970)."""

    key_id: str
    encrypts_from: float


@dataclass(frozen=True, slots=True)
class _Keys:
    """One version of the file."""

    version: tuple[int, int]
    known: tuple[DataKey, ...]
    ciphers: Mapping[str, AESGCM]
    index_key: bytes
    # One key for each purpose, made from the index key when first asked for; there are as many as there are kinds of keys.
    purpose_keys: dict[str, bytes] = field(default_factory=dict)

    def current(self, now: float) -> tuple[str, AESGCM]:
        ready = [key for key in self.known if key.encrypts_from <= now]
        if not ready:
            raise Unavailable("KEYS_MISSING", f"{DATA_KEYS_FILE} holds no key that encrypts.")
        newest = max(ready, key=lambda key: key.encrypts_from).key_id
        return newest, self.ciphers[newest]


class DataKeys:
    """Keeps values unreadable at rest, and findable by equality. A value is bound to its purpose, such as `customer.phone`.

    Follows its file: a change is seen within seconds, without a restart.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._looked_at = time.monotonic()
        self._keys = _read_keys(path)
        self._current = self._keys.current(time.time())

    @classmethod
    def load(cls, path: Path) -> DataKeys:
        """The keys in the file; raises Unavailable where there is none."""
        return cls(path)

    @property
    def current(self) -> str:
        """The id of the key that encrypts now."""
        return self._encrypting()[0]

    def encrypt(self, purpose: str, plain: str) -> str:
        """`<key id>.<nonce and AES-256-GCM ciphertext>`; another text each time."""
        kid, cipher = self._encrypting()
        nonce = secrets.token_bytes(NONCE_BYTES)
        return f"{kid}.{to_base64(nonce + cipher.encrypt(nonce, plain.encode(), purpose.encode()))}"

    def decrypt(self, purpose: str, value: str) -> str:
        """What `encrypt` was given; raises ValueError where the value was changed, or encrypted for another purpose or key."""
        kid, _, text = value.partition(".")
        cipher = self._cipher(kid, purpose)
        try:
            sealed = from_base64(text)
            return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode()).decode()
        except (InvalidTag, ValueError):
            raise ValueError(f"A value of {purpose} is not what was written.") from None

    def encrypt_bytes(self, purpose: str, plain: bytes) -> bytes:
        """`<key id>.` and nonce and ciphertext, as bytes: for what is large."""
        kid, cipher = self._encrypting()
        nonce = secrets.token_bytes(NONCE_BYTES)
        return kid.encode() + b"." + nonce + cipher.encrypt(nonce, plain, purpose.encode())

    def decrypt_bytes(self, purpose: str, value: bytes) -> bytes:
        """What `encrypt_bytes` was given; raises ValueError as `decrypt` does."""
        kid, _, sealed = value.partition(b".")
        cipher = self._cipher(kid.decode(errors="replace"), purpose)
        try:
            return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode())
        except (InvalidTag, ValueError):
            raise ValueError(f"A value of {purpose} is not what was written.") from None

    def blind_index(self, purpose: str, normalised: str) -> str:
        """A keyed hash by which equal values of one purpose are found, and nothing else is learnt (HMAC-SHA256)."""
        purpose_key = self._keys.purpose_keys.get(purpose)
        if purpose_key is None:
            purpose_key = hmac.digest(self._keys.index_key, purpose.encode(), "sha256")
            self._keys.purpose_keys[purpose] = purpose_key
        return to_base64(hmac.digest(purpose_key, normalised.encode(), "sha256"))

    def _encrypting(self) -> tuple[str, AESGCM]:
        self._follow_file(RELOAD_SECONDS)
        return self._current

    def _cipher(self, kid: str, purpose: str) -> AESGCM:
        if kid not in self._keys.ciphers:
            # Newer, perhaps, than the last look; values that were tampered with must not cause a look each.
            self._follow_file(1.0)
        if kid not in self._keys.ciphers:
            raise ValueError(f"A value of {purpose} is encrypted with the key {kid}, which this deployment does not have.")
        return self._keys.ciphers[kid]

    def _follow_file(self, at_most_every_seconds: float) -> None:
        now = time.monotonic()
        if now - self._looked_at < at_most_every_seconds:
            return
        with self._lock:
            if now - self._looked_at < at_most_every_seconds:
                return
            self._looked_at = now
            if version_of(self._path) != self._keys.version:
                self._keys = _read_keys(self._path)
            self._current = self._keys.current(time.time())


_data_keys: DataKeys | None = None


def use_data_keys(keys: DataKeys) -> None:
    """Makes these the keys of this process; column types have no other way to them."""
    global _data_keys  # noqa: PLW0603 - one process, one deployment
    _data_keys = keys


def data_keys() -> DataKeys:
    """The keys of this process; raises Unavailable before `use_data_keys`."""
    if _data_keys is None:
        raise Unavailable("KEYS_MISSING", "This process was not given the deployment's data keys.")
    return _data_keys


def create_data_keys(folder: Path) -> None:
    """Makes the file where the folder lacks it; its lock is held."""
    if not (folder / DATA_KEYS_FILE).exists():
        content = {"keys": [_new_key(encrypts_from=0.0)], "index_key": to_base64(secrets.token_bytes(32))}
        write(folder / DATA_KEYS_FILE, content, 0o600)


def known_data_keys(folder: Path) -> list[DataKey]:
    """The data keys of the deployment, the oldest first."""
    return sorted(_known(read(folder / DATA_KEYS_FILE)), key=lambda key: key.encrypts_from)


def rotate_data(folder: Path) -> DataKey:
    """Adds a data key; where a rotation is under way, answers the key that it brings, and adds none."""
    with locked(folder):
        content = read(folder / DATA_KEYS_FILE)
        if len(content["keys"]) == 1:
            content["keys"].append(_new_key(encrypts_from=time.time() + PUBLISHING_DELAY_SECONDS))
            write(folder / DATA_KEYS_FILE, content, 0o600)
        return max(_known(content), key=lambda key: key.encrypts_from)


def retire_data(folder: Path, key_ids: Iterable[str]) -> None:
    """Forgets keys that nothing is encrypted with any more; raises RuleBroken KEY_IN_USE for the newest, or before it settled."""
    with locked(folder):
        content = read(folder / DATA_KEYS_FILE)
        newest = max(_known(content), key=lambda key: key.encrypts_from)
        if newest.key_id in (gone := set(key_ids)) or newest.encrypts_from + SETTLING_SECONDS > time.time():
            raise RuleBroken("KEY_IN_USE", "A process may still encrypt with this key.")
        content["keys"] = [entry for entry in content["keys"] if entry["kid"] not in gone]
        write(folder / DATA_KEYS_FILE, content, 0o600)


def _new_key(encrypts_from: float) -> dict[str, Any]:
    return {"kid": secrets.token_hex(4), "key": to_base64(AESGCM.generate_key(256)), "encrypts_from": encrypts_from}


def _known(content: Mapping[str, Any]) -> tuple[DataKey, ...]:
    return tuple(DataKey(entry["kid"], float(entry.get("encrypts_from", 0.0))) for entry in content["keys"])


def _read_keys(path: Path) -> _Keys:
    version, content = version_of(path), read(path)
    ciphers = {entry["kid"]: AESGCM(from_base64(entry["key"])) for entry in content["keys"]}
    return _Keys(version, _known(content), ciphers, from_base64(content["index_key"]))
