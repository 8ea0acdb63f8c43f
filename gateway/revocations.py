"""Closed sessions: identity is asked every second which access tokens are void before they expire."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import structlog

from services.chassis import telemetry
from services.chassis.kernel.caller import Caller, Grant, Scope

METHOD = "workbench.identity.v1.SessionService.ListRevocations"
# Who the gateway is to identity when it asks on its own behalf; no role of a person holds this permission.
GATEWAY = Caller(
    person_id="gateway",
    login="gateway",
    grants=(Grant(frozenset({"identity.revocations.read"}), Scope(organisation_paths=("/",))),),
)
_NANOS_PER_SECOND = 1_000_000_000

_log = structlog.get_logger(__name__)


class Revocations:
    """Which sessions were closed, and when."""

    def __init__(self) -> None:
        # Session id to (closed at, forgettable from), both in seconds since 1970.
        self._closed: dict[str, tuple[float, float]] = {}

    def cover(self, session_id: str, issued_at: float) -> bool:
        """Whether a token of the session that was issued then is void."""
        closed = self._closed.get(session_id)
        return closed is not None and issued_at <= closed[0]

    def add(self, session_id: str, closed_at: float, forget_at: float) -> None:
        """Notes a closed session; a later closing replaces an earlier one."""
        known = self._closed.get(session_id)
        if known is None or known[0] < closed_at:
            self._closed[session_id] = (closed_at, forget_at)

    def forget_old(self, now: float) -> None:
        """Drops those whose last token has expired by itself."""
        for session_id in [session_id for session_id, (_, forget_at) in self._closed.items() if forget_at <= now]:
            del self._closed[session_id]


class RevocationsPoll:
    """The thread that keeps `Revocations` up to date, and notices changed keys."""

    def __init__(
        self,
        revocations: Revocations,
        ask: Callable[[Any], Any],
        make_request: Callable[[], Any],
        keys_version: Callable[[], object],
        on_keys_changed: Callable[[], None],
        every_seconds: float,
    ) -> None:
        """`ask` calls ListRevocations; `keys_version` is anything that differs once the published keys do."""
        self._revocations, self._ask, self._make_request = revocations, ask, make_request
        self._keys_version, self._on_keys_changed = keys_version, on_keys_changed
        self._every_seconds = every_seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="revocations", daemon=True)
        self._position: Any = None
        # Of the keys, as of the last poll.
        self._version: object = None
        self._failing = False

    def start(self) -> None:
        """Asks at once, then again and again."""
        self._thread.start()

    def stop(self) -> None:
        """Returns when the thread has ended."""
        self._stopping.set()
        self._thread.join()

    def poll(self) -> None:
        """Asks once, and looks whether the keys are others; a failure is told once and the next poll tries again."""
        try:
            # First, since it needs nobody: changed keys count while identity is down as well.
            self._follow_keys()
            self._take()
        except Exception as error:  # noqa: BLE001 - whatever it is, a thread that ended would honour revoked tokens for good
            if not self._failing:
                _log.error("revocations_unknown", error=telemetry.kind_and_place(error))
            self._failing = True
            return
        self._failing = False
        self._revocations.forget_old(time.time())

    def _run(self) -> None:
        self.poll()
        while not self._stopping.wait(self._every_seconds):
            self.poll()

    def _follow_keys(self) -> None:
        version, self._version = self._version, self._keys_version()
        if version not in (None, self._version):
            self._on_keys_changed()

    def _take(self) -> None:
        request = self._make_request()
        if self._position is not None:
            request.revoked_after.CopyFrom(self._position)
        response = self._ask(request)
        for revocation in response.revocations:
            self._revocations.add(revocation.session_id, _seconds(revocation.revoke_time), _seconds(revocation.expire_time))
        self._position = response.as_of_time


def _seconds(timestamp: Any) -> float:
    return float(timestamp.seconds + timestamp.nanos / _NANOS_PER_SECOND)
