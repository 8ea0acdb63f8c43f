"""Takes claims over as those of another system, as a data steward does."""

from __future__ import annotations

import time
from collections.abc import Sequence

from workbench.operations.v1 import operation_service_pb2
from workbench.performance.v1 import claim_service_pb2, share_pb2, share_service_pb2

from deploy.demonstration.doors import Door
from services.chassis.kernel.errors import NotFound, Unavailable

PERMISSIONS = frozenset({"performance.claim.import", "performance.claim.read"})
ROWS_MAX = 2_000
_WORK_SECONDS, _WAIT_SECONDS, _POLL_SECONDS = 600.0, 5, 0.5
_CLAIMS, _OPERATIONS = "workbench.performance.v1.ClaimService", "workbench.operations.v1.OperationService"
_SHARES = "workbench.performance.v1.ShareService"


def import_claims(steward: Door, rows: Sequence[claim_service_pb2.ImportedClaim], system: str) -> str:
    """Takes so many claims over and waits until that is done; answers what came of it.

    Raises Unavailable where it does not end, or not well.
    """
    request = claim_service_pb2.ImportClaimsRequest(import_system=system, claims=rows)
    operation = steward.call(f"{_CLAIMS}/ImportClaims", request)
    deadline = time.monotonic() + _WORK_SECONDS
    wait = operation_service_pb2.WaitOperationRequest(
        service="performance", operation_id=operation.operation_id, timeout_seconds=_WAIT_SECONDS
    )
    while not operation.HasField("end_time"):
        if time.monotonic() > deadline:
            raise Unavailable("WORK_LATE", "The claims are not taken over; see the log of the performance service.")
        operation = steward.call(f"{_OPERATIONS}/WaitOperation", wait)
    if operation.state != operation_service_pb2.OPERATION_STATE_SUCCEEDED:
        raise Unavailable("WORK_FAILED", f"The claims were not taken over: {operation.message}")
    return str(operation.message)


def wait_for_customer(steward: Door, customer_id: str, deadline: float) -> None:
    """Returns once the service knows a customer, who comes to it as the customer service's event.

    `deadline` is an instant of `time.monotonic`; raises Unavailable after it.
    """
    request = share_service_pb2.ListSharesRequest(object_kind=share_pb2.OBJECT_KIND_CUSTOMER, customer_id=customer_id)
    while True:
        try:
            steward.call(f"{_SHARES}/ListShares", request)
        except NotFound:
            if time.monotonic() > deadline:
                raise Unavailable(
                    "EVENTS_LATE", "Customers did not reach the performance service; see `workbench events lag`."
                ) from None
            time.sleep(_POLL_SECONDS)
        else:
            return
