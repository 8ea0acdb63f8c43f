"""Services as a loader calls them: over gRPC, with an assertion of its own that does not grow old on a long load."""

from __future__ import annotations

import time
from typing import Any

import grpc

from services.chassis import keys
from services.chassis.kernel.caller import Caller
from services.chassis.rpc.client import Client
from services.chassis.rpc.wire import ASSERTION_AUDIENCE, ASSERTION_KEY

ASSERTION_SECONDS = 60
# An assertion is made anew well before it ends.
ASSERTION_RENEWAL_SECONDS = 30.0
DEADLINE_SECONDS = 60.0


class Door:
    """One service, for one caller."""

    def __init__(self, channel: grpc.Channel, ring: keys.KeyRing, caller: Caller) -> None:
        self._channel, self._ring, self._caller = channel, ring, caller
        self._renew_at = 0.0
        self._client = Client(channel)

    def call(self, full_name: str, request: Any) -> Any:
        """Calls `package.Service/Method`; raises the kernel error that it answered."""
        if time.monotonic() >= self._renew_at:
            assertion = self._ring.sign(self._caller.to_claims(), ASSERTION_AUDIENCE, ASSERTION_SECONDS)
            self._client = Client(self._channel, {ASSERTION_KEY: assertion})
            self._renew_at = time.monotonic() + ASSERTION_RENEWAL_SECONDS
        return self._client.call(full_name, request, deadline_seconds=DEADLINE_SECONDS)
