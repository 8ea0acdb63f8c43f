"""The keys of a deployment: those that sign tokens, and those that keep identifying values unreadable at rest.

They are files in one folder, made at the first start. `signing-keys.json` is for the gateway and identity alone; every service
reads `signing-keys.public.json`, and `data-keys.json` where it keeps identifying values. All copies of a deployment share them.

Rotation never breaks a running process: a new signing key is published at once, signs only after every process had time to
read it, and an old one stays published until the last token that it signed is dead.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import hmac
import json
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import ECKey

from services.chassis.kernel.errors import NotAuthenticated, Unavailable
from services.chassis.kernel.ids import uuid7

SIGNING_KEYS_FILE = "signing-keys.json"
PUBLIC_KEYS_FILE = "signing-keys.public.json"
DATA_KEYS_FILE = "data-keys.json"

ALGORITHM = "ES256"
# No token lives longer; so long an old key stays published after its successor has begun to sign.
TOKEN_LIFETIME_SECONDS_MAX = 3_600
# A process looks for changed key files so often at most.
RELOAD_SECONDS = 5.0
# A new key signs so long after it was published: long after every process has looked.
PUBLISHING_DELAY_SECONDS = 60.0
# How far the clocks of two machines may differ.
CLOCK_LEEWAY_SECONDS = 5
NONCE_BYTES = 12


class KeyRing:
    """The keys that sign and prove tokens. Follows its file: a change is seen within seconds, without a restart."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._looked_at = 0.0
        self._version: tuple[int, int] = (0, 0)
        self._issuer = ""
        self._keys: dict[str, tuple[float, ECKey]] = {}

    @classmethod
    def load(cls, path: Path) -> KeyRing:
        """The ring in the file, public or private; raises Unavailable where there is none."""
        ring = cls(path)
        ring._follow_file(RELOAD_SECONDS)
        return ring

    @property
    def issuer(self) -> str:
        """The id of the deployment: tokens of another one are never proven."""
        return self._issuer

    def sign(self, claims: Mapping[str, Any], audience: str, lifetime_seconds: int, *, issued_at: float | None = None) -> str:
        """A token that makes these claims to the audience, from now, or from the instant given, for so long."""
        if lifetime_seconds > TOKEN_LIFETIME_SECONDS_MAX:
            raise ValueError(f"A token lives at most {TOKEN_LIFETIME_SECONDS_MAX} s: its key may be gone later.")
        self._follow_file(RELOAD_SECONDS)
        key = self._signing_key(time.time())
        start = time.time() if issued_at is None else issued_at
        # Milliseconds and below stay in `iat`: a revocation tells tokens of one second apart.
        frame = {
            "iss": self._issuer,
            "aud": audience,
            "iat": start,
            "exp": int(start) + lifetime_seconds,
            "jti": secrets.token_hex(8),
        }
        return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, {**claims, **frame}, key, algorithms=[ALGORITHM])

    def verify(self, token: str, audience: str) -> dict[str, Any]:
        """The token's claims. Raises NotAuthenticated: TOKEN_EXPIRED where that is all, TOKEN_INVALID for anything else."""
        self._follow_file(RELOAD_SECONDS)
        try:
            claims: dict[str, Any] = jwt.decode(token, self._proving_key, algorithms=[ALGORITHM]).claims
            self._registry(audience).validate(claims)
        except ExpiredTokenError:
            raise NotAuthenticated("TOKEN_EXPIRED", "The token has expired; refresh it.") from None
        except (JoseError, ValueError, TypeError, RecursionError):
            # Why it does not hold is of use only to whoever forges one.
            raise NotAuthenticated("TOKEN_INVALID", "The token does not hold.") from None
        return claims

    def public_jwks(self) -> dict[str, list[dict[str, Any]]]:
        """The keys that prove tokens, as a JWK set (RFC 7517) without anything secret."""
        self._follow_file(RELOAD_SECONDS)
        return {"keys": [_public_jwk(key) for _, key in self._keys.values()]}

    def _registry(self, audience: str) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            leeway=CLOCK_LEEWAY_SECONDS,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            iat={"essential": True},
        )

    def _proving_key(self, signed: Any) -> ECKey:
        kid = signed.headers().get("kid")
        if kid not in self._keys:
            # Signed, perhaps, with a key that is newer than the last look; forged ids must not cause a look each.
            self._follow_file(1.0)
        if kid not in self._keys:
            raise JoseError("unknown key")
        return self._keys[kid][1]

    def _signing_key(self, now: float) -> ECKey:
        ready = [(signs_from, key) for signs_from, key in self._keys.values() if signs_from <= now and key.is_private]
        if not ready:
            raise Unavailable("KEYS_MISSING", f"{self._path.name} holds no key that signs.")
        return max(ready, key=lambda entry: entry[0])[1]

    def _follow_file(self, at_most_every_seconds: float) -> None:
        now = time.monotonic()
        with self._lock:
            if self._keys and now - self._looked_at < at_most_every_seconds:
                return
            self._looked_at = now
            version = _version(self._path)
            if version == self._version:
                return
            content = _read(self._path)
            self._keys = {entry["kid"]: (float(entry["signs_from"]), _key(entry)) for entry in content["keys"]}
            self._issuer, self._version = content["issuer"], version


class DataKeys:
    """Keeps values unreadable at rest, and findable by equality. A value is bound to its purpose, such as `customer.phone`."""

    def __init__(self, current: str, keys: Mapping[str, bytes], index_key: bytes) -> None:
        self._current = current
        self._ciphers = {kid: AESGCM(key) for kid, key in keys.items()}
        self._index_key = index_key

    @classmethod
    def load(cls, path: Path) -> DataKeys:
        """The keys in the file; raises Unavailable where there is none."""
        content = _read(path)
        keys = {entry["kid"]: _unbase64(entry["key"]) for entry in content["keys"]}
        return cls(content["current"], keys, _unbase64(content["index_key"]))

    def encrypt(self, purpose: str, plain: str) -> str:
        """`<key id>.<nonce and AES-256-GCM ciphertext>`; another text each time."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(nonce, plain.encode(), purpose.encode())
        return f"{self._current}.{_base64(nonce + sealed)}"

    def decrypt(self, purpose: str, value: str) -> str:
        """What `encrypt` was given; raises ValueError where the value was changed, or encrypted for another purpose or key."""
        kid, _, text = value.partition(".")
        if kid not in self._ciphers:
            raise ValueError(f"A value of {purpose} is encrypted with the key {kid}, which this deployment does not have.")
        try:
            sealed = _unbase64(text)
            return self._ciphers[kid].decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode()).decode()
        except (InvalidTag, ValueError):
            raise ValueError(f"A value of {purpose} is not what was written.") from None

    def encrypt_bytes(self, purpose: str, plain: bytes) -> bytes:
        """`<key id>.` and nonce and ciphertext, as bytes: for what is large."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return self._current.encode() + b"." + nonce + self._ciphers[self._current].encrypt(nonce, plain, purpose.encode())

    def decrypt_bytes(self, purpose: str, value: bytes) -> bytes:
        """What `encrypt_bytes` was given; raises ValueError as `decrypt` does."""
        kid, _, sealed = value.partition(b".")
        cipher = self._ciphers.get(kid.decode(errors="replace"))
        if cipher is None:
            raise ValueError(f"A value of {purpose} is encrypted with a key that this deployment does not have.")
        try:
            return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode())
        except (InvalidTag, ValueError):
            raise ValueError(f"A value of {purpose} is not what was written.") from None

    def blind_index(self, purpose: str, normalised: str) -> str:
        """A keyed hash by which equal values of one purpose are found, and nothing else is learnt (HMAC-SHA256)."""
        purpose_key = hmac.digest(self._index_key, purpose.encode(), hashlib.sha256)
        return _base64(hmac.digest(purpose_key, normalised.encode(), hashlib.sha256))


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


def create_keys(folder: Path) -> None:
    """Makes what keys the folder lacks; never touches one that is there. Several processes may call it at once."""
    with _locked(folder):
        if not (folder / SIGNING_KEYS_FILE).exists():
            _write_signing_keys(folder, {"issuer": f"workbench-{uuid7()}", "keys": [_new_signing_key(signs_from=0.0)]})
        if not (folder / DATA_KEYS_FILE).exists():
            kid = secrets.token_hex(4)
            key, index_key = _base64(AESGCM.generate_key(256)), _base64(secrets.token_bytes(32))
            _write(folder / DATA_KEYS_FILE, {"current": kid, "keys": [{"kid": kid, "key": key}], "index_key": index_key}, 0o600)
        if not (folder / PUBLIC_KEYS_FILE).exists():
            _write_public_keys(folder, _read(folder / SIGNING_KEYS_FILE))


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did: the new key, from when on it signs (seconds since 1970), and how many keys prove tokens now."""

    key_id: str
    signs_from: float
    proving_keys: int


def rotate(folder: Path) -> Rotation:
    """Adds a signing key, and drops those whose last token is dead."""
    now = time.time()
    with _locked(folder):
        content = _read(folder / SIGNING_KEYS_FILE)
        new = _new_signing_key(signs_from=now + PUBLISHING_DELAY_SECONDS)
        content["keys"] = _still_proving([*content["keys"], new], now)
        _write_signing_keys(folder, content)
    return Rotation(new["kid"], new["signs_from"], len(content["keys"]))


def _still_proving(keys: list[dict[str, Any]], now: float) -> list[dict[str, Any]]:
    """Without the keys whose successor has signed for longer than any token lives."""
    ordered = sorted(keys, key=lambda entry: float(entry["signs_from"]))
    successors = [*ordered[1:], None]
    dead_before = now - TOKEN_LIFETIME_SECONDS_MAX - CLOCK_LEEWAY_SECONDS - RELOAD_SECONDS
    return [key for key, next_ in zip(ordered, successors, strict=True) if next_ is None or next_["signs_from"] > dead_before]


def _new_signing_key(signs_from: float) -> dict[str, Any]:
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, private=True, auto_kid=True)
    return {**key.as_dict(private=True), "signs_from": signs_from}


def _write_signing_keys(folder: Path, content: Mapping[str, Any]) -> None:
    # The public half first: no token is ever signed with a key that nobody can read.
    _write_public_keys(folder, content)
    _write(folder / SIGNING_KEYS_FILE, content, 0o600)


def _write_public_keys(folder: Path, content: Mapping[str, Any]) -> None:
    keys = [{**_public_jwk(_key(entry)), "signs_from": entry["signs_from"]} for entry in content["keys"]]
    _write(folder / PUBLIC_KEYS_FILE, {"issuer": content["issuer"], "keys": keys}, 0o644)


def _key(entry: Mapping[str, Any]) -> ECKey:
    return ECKey.import_key({name: value for name, value in entry.items() if name != "signs_from"})


def _public_jwk(key: ECKey) -> dict[str, Any]:
    return dict(key.as_dict(private=False))


def _version(path: Path) -> tuple[int, int]:
    try:
        state = path.stat()
    except FileNotFoundError:
        raise _missing(path) from None
    # Each write makes a new file, so that the number differs even where the clock is coarse.
    return state.st_mtime_ns, state.st_ino


def _read(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _missing(path) from None
    return content


def _missing(path: Path) -> Unavailable:
    return Unavailable("KEYS_MISSING", f"There is no {path.name}; `workbench up` or `workbench migrate` makes it.")


def _write(path: Path, content: Mapping[str, Any], mode: int) -> None:
    """Puts a whole file in place at once; nobody ever reads half of one."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _unbase64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
