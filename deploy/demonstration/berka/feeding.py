"""Delivers the bank's files to its feeds, through the front door of the integration service, and has it hold them to account."""

from __future__ import annotations

import gzip
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from google.api import httpbody_pb2
from workbench.integration.v1 import feed_pb2, feed_service_pb2, reconciliation_service_pb2
from workbench.operations.v1 import operation_service_pb2

from deploy.demonstration.berka import rates
from deploy.demonstration.berka.files import COPIED_TRANSACTIONS, ENGLISH_TRANSACTIONS, TRANSACTIONS, Delivery
from deploy.demonstration.doors import Door
from services.chassis.db.scope import WHOLE_BANK
from services.chassis.kernel.caller import Caller, Grant
from services.chassis.kernel.errors import Unavailable

# The last day of the data set: how things stand is told as of then.
LAST_DAY = "1998-12-31"
BALANCES = "berka.balances"
# Stated balances are rounded to tenths of a crown.
TOLERANCE_MINOR_UNITS = 10
# The copy has the dates of the year that it was made for.
COPY_SHIFT_YEARS = 23
COPIED_DATES = ("1993-01-01", "1993-12-31")
# What says its dates itself.
_DATED = (TRANSACTIONS, ENGLISH_TRANSACTIONS, COPIED_TRANSACTIONS, rates.FEED)
PART_BYTES = 1024 * 1024
POLL_SECONDS = 0.2
WAIT_SECONDS = 5
# A loader that gives up leaves work behind that goes on; so does the next one.
PATIENCE_SECONDS = 3_600.0
_FEEDS, _RECONCILIATIONS = "workbench.integration.v1.FeedService", "workbench.integration.v1.ReconciliationService"
_OPERATIONS = "workbench.operations.v1.OperationService"
_OVER = (
    feed_pb2.FEED_RUN_STATE_PUBLISHED, feed_pb2.FEED_RUN_STATE_UNCHANGED, feed_pb2.FEED_RUN_STATE_REFUSED,
    feed_pb2.FEED_RUN_STATE_FAILED,
)  # fmt: skip

# Nobody's ids: a person's is a UUID. Two callers, for nobody holds both kinds of post: one feeds, one reads amounts.
FEEDER = Caller(
    "command:berka",
    login="berka",
    grants=(Grant(frozenset({"integration.feed.read", "integration.feed.push", "integration.feed.run"}), WHOLE_BANK),),
)
READER = Caller("command:berka-reader", login="berka-reader", grants=(Grant(frozenset({"integration.totals.read"}), WHOLE_BANK),))


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a file."""

    delivery: Delivery
    run: feed_pb2.FeedRun

    @property
    def state(self) -> str:
        """Such as `published`."""
        return feed_pb2.FeedRunState.Name(self.run.state).removeprefix("FEED_RUN_STATE_").lower()


# Called with how many rows of a run are published, and how many it has read.
Progress = Callable[[int, int], None]


def feed(door: Door, delivery: Delivery, progress: Progress) -> Loaded:
    """Pushes the file and waits until its run is over."""
    file = door.call(
        f"{_FEEDS}/CreateFeedFile", feed_service_pb2.CreateFeedFileRequest(feed=delivery.feed, file_name=delivery.file_name)
    )
    with _packed(delivery) as content:
        for offset, part, last in _parts(content):
            request = feed_service_pb2.UploadFeedFileRequest(
                file_id=file.file_id, offset=offset, last=last, content=httpbody_pb2.HttpBody(data=part)
            )
            if last and delivery.feed not in _DATED:
                request.business_date = LAST_DAY
            file = door.call(f"{_FEEDS}/UploadFeedFile", request)
    run = _over(door, file.run.run_id, progress)
    if run.former_run_id:
        # It came before, and may be under way: a loader that was broken off has left it so.
        _over(door, run.former_run_id, progress)
    return Loaded(delivery, run)


def rebuild_balances(door: Door, reader: Door, feeds: list[str], progress: Progress) -> Any:
    """Rebuilds daily balances from those feeds; answers the reconciliation with the stated ones."""
    request = reconciliation_service_pb2.RebuildBalancesRequest(
        feeds=feeds, balances_feed=BALANCES, tolerance_minor_units=TOLERANCE_MINOR_UNITS
    )
    return _reconciled(door, reader, door.call(f"{_RECONCILIATIONS}/RebuildBalances", request), progress)


def reconcile_copy(reader: Door, progress: Progress) -> Any:
    """Holds the copy of 1993 against the original."""
    start, end = COPIED_DATES
    request = reconciliation_service_pb2.ReconcileDatasetsRequest(
        dataset="transactions",
        left=reconciliation_service_pb2.DatasetRange(feeds=[TRANSACTIONS], start_date=start, end_date=end),
        right=reconciliation_service_pb2.DatasetRange(feeds=[COPIED_TRANSACTIONS]),
        shift_years=COPY_SHIFT_YEARS,
    )
    return _reconciled(reader, reader, reader.call(f"{_RECONCILIATIONS}/ReconcileDatasets", request), progress)


def _reconciled(door: Door, reader: Door, begun: Any, progress: Progress) -> Any:
    until = time.monotonic() + PATIENCE_SECONDS
    wait = operation_service_pb2.WaitOperationRequest(
        service="integration", operation_id=begun.operation_id, timeout_seconds=WAIT_SECONDS
    )
    while not (operation := door.call(f"{_OPERATIONS}/WaitOperation", wait)).HasField("end_time"):
        progress(operation.done, operation.total)
        if time.monotonic() > until:
            raise Unavailable("WORK_LATE", "The reconciliation does not end; see the log of the integration service.")
    if operation.state != operation_service_pb2.OPERATION_STATE_SUCCEEDED:
        raise Unavailable("WORK_FAILED", f"The reconciliation did not end well: {operation.message}")
    progress(operation.done, operation.total)
    return reader.call(
        f"{_RECONCILIATIONS}/GetReconciliation",
        reconciliation_service_pb2.GetReconciliationRequest(reconciliation_id=begun.reconciliation_id),
    )


def _over(door: Door, run_id: str, progress: Progress) -> feed_pb2.FeedRun:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        run = door.call(f"{_FEEDS}/GetFeedRun", feed_service_pb2.GetFeedRunRequest(run_id=run_id))
        progress(run.rows_published, run.rows_read)
        if run.state in _OVER:
            return cast("feed_pb2.FeedRun", run)
        if time.monotonic() > until:
            raise Unavailable("WORK_LATE", "A feed's run does not end; see the log of the integration service.")
        time.sleep(POLL_SECONDS)


def _packed(delivery: Delivery) -> BinaryIO:
    """The file's content, packed: the same bytes for the same content, so that what came before is recognised."""
    packed = tempfile.TemporaryFile()  # noqa: SIM115 - whoever asks for it closes it
    # No name and no time: both would be other bytes.
    with delivery.open() as content, gzip.GzipFile("", "wb", fileobj=packed, mtime=0) as file:
        shutil.copyfileobj(content, file, PART_BYTES)
    packed.seek(0)
    return cast("BinaryIO", packed)


def _parts(content: BinaryIO) -> Iterator[tuple[int, bytes, bool]]:
    """Each part with its place, and whether it is the last."""
    offset, part = 0, content.read(PART_BYTES)
    while part:
        following = content.read(PART_BYTES)
        yield offset, part, not following
        offset, part = offset + len(part), following
