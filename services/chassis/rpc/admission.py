"""Who may call: the assertion that came with the call, its permission, and the scope in which it holds.

A service never trusts the network: it verifies the gateway's signed assertion itself, at each call.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from threading import Lock
from typing import Protocol

import grpc
import structlog

from services.chassis.contract import Method
from services.chassis.db.session import SERVICE_SCOPE, Call
from services.chassis.kernel.caller import NOBODY, Caller, Scope
from services.chassis.kernel.errors import NotAuthenticated
from services.chassis.rpc.wire import ASSERTION_AUDIENCE, ASSERTION_KEY, CORRELATION_KEY, REMOTE_ADDRESS_KEY, TRACE_KEY

# Verified assertions kept: one per signed-in person and minute.
CACHE_ENTRIES_MAX = 10_000


class Verifier(Protocol):
    """What proves a token (`chassis.keys.KeyRing`)."""

    def verify(self, token: str, audience: str) -> dict[str, object]:
        """The token's claims; raises NotAuthenticated where its proof does not hold."""


class Admission:
    """Admits calls; keeps verified assertions until they expire."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier
        self._lock = Lock()
        self._verified: OrderedDict[str, tuple[float, Caller]] = OrderedDict()

    def admit(self, method: Method, context: grpc.ServicerContext) -> tuple[Caller, Call, Scope]:
        """The caller, the call and the scope; raises NotAuthenticated or NotAllowed."""
        metadata = dict(context.invocation_metadata())
        assertion = metadata.get(ASSERTION_KEY, "")
        call = Call(
            method=method.full_name,
            correlation_id=metadata.get(CORRELATION_KEY, ""),
            remote_address=metadata.get(REMOTE_ADDRESS_KEY, ""),
            traceparent=metadata.get(TRACE_KEY, ""),
        )
        structlog.contextvars.clear_contextvars()
        caller = self._caller(assertion) if assertion else NOBODY
        structlog.contextvars.bind_contextvars(correlation_id=call.correlation_id, person_id=caller.person_id)
        if method.open:
            return caller, call, SERVICE_SCOPE
        if not caller.person_id:
            raise NotAuthenticated("NOT_SIGNED_IN", "Sign in first.")
        if method.signed_in:
            return caller, call, SERVICE_SCOPE
        return caller, call, caller.scope(method.permission)

    def _caller(self, assertion: str) -> Caller:
        with self._lock:
            expiry, caller = self._verified.get(assertion, (0.0, NOBODY))
        if expiry > time.time():
            return caller
        claims = self._verifier.verify(assertion, ASSERTION_AUDIENCE)
        caller = Caller.from_claims(claims)
        with self._lock:
            self._verified[assertion] = (float(str(claims["exp"])), caller)
            if len(self._verified) > CACHE_ENTRIES_MAX:
                self._verified.popitem(last=False)
        return caller
