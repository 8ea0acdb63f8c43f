"""Streams of messages as server-sent events, bounded in number, ended when the client leaves or the process stops."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import structlog
from google.protobuf.message import Message

from gateway import problem
from gateway.upstream import Stream
from services.chassis import telemetry
from services.chassis.kernel.errors import Unavailable, WorkbenchError
from services.chassis.rpc.errors import InternalFault

EVENT_STREAM = "text/event-stream"
# Messages read ahead of a slow client; beyond that the service waits.
PENDING_MESSAGES_MAX = 64
HEARTBEAT = b": \n\n"
# The stream is over by plan; the client opens a new one at once.
END = b"event: end\ndata: {}\n\n"

_log = structlog.get_logger(__name__)


class Streams:
    """The open streams of this process."""

    def __init__(self, streams_max: int, heartbeat_seconds: float) -> None:
        self._streams_max = streams_max
        self._heartbeat_seconds = heartbeat_seconds
        self._lock = threading.Lock()
        self._open: set[EventStream] = set()
        self._closed = False

    def open(self, connect: Callable[[], Stream], encode: Callable[[Message], bytes], correlation_id: str) -> EventStream:
        """A stream as the parts of an HTTP body; raises Unavailable where all places are taken."""
        stream = EventStream(encode, correlation_id, self._heartbeat_seconds, self._open.discard)
        with self._lock:
            if self._closed or len(self._open) >= self._streams_max:
                raise Unavailable("STREAMS_EXHAUSTED", "All streams are taken; poll the list instead, or try again later.")
            self._open.add(stream)
        try:
            stream.connect(connect)
        except BaseException:  # the place is given back whatever ends the attempt, and the error goes on
            self._open.discard(stream)
            raise
        return stream

    def count(self) -> int:
        """How many are open."""
        return len(self._open)

    def close(self) -> None:
        """Ends every stream, and takes no new one."""
        with self._lock:
            self._closed = True
            streams = list(self._open)
        for stream in streams:
            stream.end()


class EventStream:
    """One stream: a thread takes messages from the service, the server's thread takes the parts that they become."""

    def __init__(
        self,
        encode: Callable[[Message], bytes],
        correlation_id: str,
        heartbeat_seconds: float,
        on_close: Callable[[EventStream], None],
    ) -> None:
        self._encode, self._correlation_id = encode, correlation_id
        self._heartbeat_seconds, self._on_close = heartbeat_seconds, on_close
        # None is the end.
        self._parts: queue.Queue[bytes | None] = queue.Queue(PENDING_MESSAGES_MAX)
        self._source: Stream | None = None
        self._ending = threading.Event()
        self._left = threading.Event()

    def connect(self, connect: Callable[[], Stream]) -> None:
        """Opens the call to the service and begins to read it."""
        self._source = connect()
        if self._ending.is_set():
            # Asked to end while it was being opened.
            self._source.cancel()
        threading.Thread(target=self._pump, args=(self._source,), name="event-stream", daemon=True).start()

    def __iter__(self) -> Iterator[bytes]:
        """The parts of the body. Closing the iterator, as a server does when the client leaves, cancels the call."""
        try:
            # Tells the client at once that it is connected, and a proxy that it has to pass on what comes.
            yield HEARTBEAT
            while True:
                try:
                    part = self._parts.get(timeout=self._heartbeat_seconds)
                except queue.Empty:
                    part = HEARTBEAT
                if part is None:
                    return
                yield part
        finally:
            self.close()

    def end(self) -> None:
        """Asks the service to end; what it had sent still reaches the client."""
        self._ending.set()
        if self._source is not None:
            self._source.cancel()

    def close(self) -> None:
        """The client is gone, or has everything."""
        self._left.set()
        self.end()
        self._on_close(self)

    def _pump(self, source: Stream) -> None:
        try:
            for message in source:
                self._put(b"data: " + self._encode(message) + b"\n\n")
            self._put(END)
        except WorkbenchError as error:
            self._put(self._failure(error))
        except Exception as error:  # noqa: BLE001 - a thread of its own, whose faults nobody else would see
            _log.error("stream_failed", error=telemetry.kind_and_place(error), stack=telemetry.stack(error))
            self._put(self._failure(InternalFault("INTERNAL", "")))
        finally:
            self._put(None)

    def _put(self, part: bytes | None) -> None:
        while not self._left.is_set():
            try:
                self._parts.put(part, timeout=self._heartbeat_seconds)
            except queue.Full:
                continue
            return

    def _failure(self, error: WorkbenchError) -> bytes:
        content: dict[str, Any] = problem.document(error, self._correlation_id)
        return b"event: error\ndata: " + orjson.dumps(content) + b"\n\n"
