"""Who calls: bearer tokens verified once, kept until they end, and turned into the assertion that services believe.

A token costs a signature check the first time and a look into a dictionary after that. Each look asks whether the token has
expired meanwhile, or was issued before its session was closed; a change of the published keys empties the memory.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from gateway.revocations import Revocations
from services.chassis.kernel.caller import Caller
from services.chassis.kernel.errors import NotAuthenticated
from services.chassis.rpc.wire import ASSERTION_AUDIENCE

ACCESS_AUDIENCE = "workbench"
ASSERTION_LIFETIME_SECONDS = 60
# An assertion is made anew at half its life, so that none expires on its way.
ASSERTION_FRESH_SECONDS = 30
TOKEN_BYTES_MAX = 16 * 1024

_SCHEME = "bearer "


class Keys(Protocol):
    """The deployment's signing keys (`chassis.keys.KeyRing`)."""

    def verify(self, token: str, audience: str) -> dict[str, Any]:
        """The token's claims; raises NotAuthenticated where its proof does not hold."""

    def sign(self, claims: Mapping[str, Any], audience: str, lifetime_seconds: int) -> str:
        """A token that makes these claims to the audience."""


@dataclass(slots=True)
class Verified:
    """A verified access token: who holds it, until when, and the assertion made from it."""

    caller: Caller
    permissions: frozenset[str]
    issued_at: float
    expires_at: float
    assertion: str = ""
    assertion_made_at: float = field(default=float("-inf"))


class Authenticator:
    """Verifies access tokens and mints assertions. One per process, used by all its threads."""

    def __init__(self, keys: Keys, revocations: Revocations, tokens_max: int) -> None:
        self._keys = keys
        self._revocations = revocations
        self._tokens_max = tokens_max
        self._known: OrderedDict[str, Verified] = OrderedDict()
        self._lock = threading.Lock()

    def known(self, authorization: str) -> Verified | None:
        """Who holds the header's token, if it was verified before and still holds."""
        verified = self._known.get(authorization)
        if (
            verified is None
            or time.time() >= verified.expires_at
            or self._revocations.cover(verified.caller.session_id, verified.issued_at)
        ):
            return None
        return verified

    def verify(self, authorization: str) -> Verified:
        """Who holds the token of an `Authorization` header; raises NotAuthenticated."""
        known = self.known(authorization)
        if known is not None:
            return known
        verified = self._verify(_bearer(authorization))
        if self._revocations.cover(verified.caller.session_id, verified.issued_at):
            raise NotAuthenticated("TOKEN_REVOKED", "The session was closed; sign in again.")
        with self._lock:
            self._known[authorization] = verified
            # The oldest goes: tokens live for minutes, so the oldest is the nearest to its end.
            if len(self._known) > self._tokens_max:
                self._known.popitem(last=False)
        return verified

    def assertion(self, verified: Verified) -> str:
        """What proves the caller to services, for at least another half minute."""
        now = time.monotonic()
        if now - verified.assertion_made_at > ASSERTION_FRESH_SECONDS:
            # Two threads may both sign; either result is good.
            verified.assertion = self._sign(verified.caller)
            verified.assertion_made_at = now
        return verified.assertion

    def assertion_of_gateway(self, caller: Caller) -> str:
        """What proves the gateway itself to identity; made anew at each use, which is rare."""
        return self._sign(caller)

    def forget(self) -> None:
        """Drops every verified token: the keys that proved them may have been withdrawn."""
        with self._lock:
            self._known.clear()

    def _sign(self, caller: Caller) -> str:
        return self._keys.sign(caller.to_claims(), ASSERTION_AUDIENCE, ASSERTION_LIFETIME_SECONDS)

    def _verify(self, token: str) -> Verified:
        claims = self._keys.verify(token, ACCESS_AUDIENCE)
        try:
            caller = Caller.from_claims(claims)
            issued_at, expires_at = float(claims["iat"]), float(claims["exp"])
        except (KeyError, TypeError, ValueError):
            raise _invalid() from None
        permissions = frozenset().union(*(grant.permissions for grant in caller.grants))
        return Verified(caller, permissions, issued_at, expires_at)


def _bearer(authorization: str) -> str:
    if authorization[: len(_SCHEME)].lower() != _SCHEME or len(authorization) > TOKEN_BYTES_MAX:
        raise _invalid()
    token = authorization[len(_SCHEME) :].strip()
    if not token or not token.isascii():
        raise _invalid()
    return token


def _invalid() -> NotAuthenticated:
    return NotAuthenticated("TOKEN_INVALID", "The token does not hold.")
