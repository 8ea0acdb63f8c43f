"""The keys that sign and prove tokens, and their rotation."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import ECKey

from services.chassis.kernel.errors import NotAuthenticated, Unavailable
from services.chassis.kernel.ids import uuid7
from services.chassis.keys.files import (
    PUBLIC_KEYS_FILE,
    PUBLISHING_DELAY_SECONDS,
    RELOAD_SECONDS,
    SIGNING_KEYS_FILE,
    locked,
    read,
    version_of,
    write,
)

ALGORITHM = "ES256"
# No token lives longer; so long an old key stays published after its successor has begun to sign.
TOKEN_LIFETIME_SECONDS_MAX = 3_600
# How far the clocks of two machines may differ.
CLOCK_LEEWAY_SECONDS = 5


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
            version = version_of(self._path)
            if version == self._version:
                return
            content = read(self._path)
            self._keys = {entry["kid"]: (float(entry["signs_from"]), _key(entry)) for entry in content["keys"]}
            self._issuer, self._version = content["issuer"], version


def create_signing_keys(folder: Path) -> None:
    """Makes the files that the folder lacks; its lock is held."""
    if not (folder / SIGNING_KEYS_FILE).exists():
        _write_signing_keys(folder, {"issuer": f"workbench-{uuid7()}", "keys": [_new_signing_key(signs_from=0.0)]})
    if not (folder / PUBLIC_KEYS_FILE).exists():
        _write_public_keys(folder, read(folder / SIGNING_KEYS_FILE))


def known_signing_keys(folder: Path) -> list[tuple[str, float]]:
    """The ids of the keys that prove tokens, each with the instant from which on it signs; the oldest first."""
    entries = read(folder / PUBLIC_KEYS_FILE)["keys"]
    return sorted(((entry["kid"], float(entry["signs_from"])) for entry in entries), key=lambda known: known[1])


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did: the new key, from when on it signs (seconds since 1970), and how many keys prove tokens now."""

    key_id: str
    signs_from: float
    proving_keys: int


def rotate(folder: Path) -> Rotation:
    """Adds a signing key, and drops those whose last token is dead."""
    now = time.time()
    with locked(folder):
        content = read(folder / SIGNING_KEYS_FILE)
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
    write(folder / SIGNING_KEYS_FILE, content, 0o600)


def _write_public_keys(folder: Path, content: Mapping[str, Any]) -> None:
    keys = [{**_public_jwk(_key(entry)), "signs_from": entry["signs_from"]} for entry in content["keys"]]
    write(folder / PUBLIC_KEYS_FILE, {"issuer": content["issuer"], "keys": keys}, 0o644)


def _key(entry: Mapping[str, Any]) -> ECKey:
    return ECKey.import_key({name: value for name, value in entry.items() if name != "signs_from"})


def _public_jwk(key: ECKey) -> dict[str, Any]:
    return dict(key.as_dict(private=False))
