"""Streams as server-sent events."""

import json
import threading
import time

import pytest

from gateway.streams import Streams
from services.chassis.kernel.errors import NotFound

WATCH = "/v1/books:watch"


def events(answer):
    return [part for part in b"".join(answer.response).decode().split("\n\n") if part and not part.startswith(":")]


def forever(book):
    def answer(_request, context):
        yield book(title="first")
        while context.is_active():
            time.sleep(0.01)

    return answer


@pytest.fixture
def watch(trial):
    return lambda: trial.client.get(WATCH, headers=trial.signed_in())


def test_each_message_is_an_event_and_the_end_is_told(trial, watch, book):
    trial.backend.answers["WatchBooks"] = lambda *_: iter([book(title="a\nb"), book(title="c")])
    answer = watch()
    assert answer.headers["Content-Type"] == "text/event-stream"
    assert answer.headers["Cache-Control"] == "no-store"
    first, second, end = events(answer)
    assert json.loads(first.removeprefix("data: "))["title"] == "a\nb"
    assert json.loads(second.removeprefix("data: "))["title"] == "c"
    assert end == "event: end\ndata: {}"


def test_a_refusal_is_an_event_with_the_problem(trial, watch, book):
    def answer(*_):
        yield book(title="a")
        raise NotFound("BOOK_NOT_FOUND", "There is no such book.")

    trial.backend.answers["WatchBooks"] = answer
    *_, last = events(watch())
    name, data = last.split("\n")
    assert name == "event: error"
    assert json.loads(data.removeprefix("data: "))["reason"] == "BOOK_NOT_FOUND"


def test_a_quiet_stream_beats_so_that_it_is_not_taken_for_dead(trial, watch, book):
    trial.backend.answers["WatchBooks"] = forever(book)
    answer = watch()
    parts = iter(answer.response)
    seen = [next(parts) for _ in range(4)]
    answer.close()
    assert seen[0] == b": \n\n"
    assert seen.count(b": \n\n") == 3


def test_when_the_client_leaves_the_call_is_cancelled_and_the_place_is_free(trial, watch, book):
    trial.backend.answers["WatchBooks"] = forever(book)
    answer = watch()
    parts = iter(answer.response)
    while not next(parts).startswith(b"data"):
        pass
    assert trial.gateway.streams.count() == 1
    answer.close()
    assert trial.backend.ended_streams.acquire(timeout=5)
    assert trial.gateway.streams.count() == 0


def test_beyond_the_places_it_is_503_with_retry_after(make_trial, book):
    trial = make_trial(streams_max=1)
    trial.backend.answers["WatchBooks"] = forever(book)
    first = trial.client.get(WATCH, headers=trial.signed_in())
    second = trial.client.get(WATCH, headers=trial.signed_in())
    assert (second.status_code, second.json["reason"]) == (503, "STREAMS_EXHAUSTED")
    assert "Retry-After" in second.headers
    first.close()
    assert trial.client.get(WATCH, headers=trial.signed_in()).status_code == 200


def test_a_stream_ends_with_the_token_that_opened_it(trial, book):
    trial.backend.answers["WatchBooks"] = forever(book)
    started = time.monotonic()
    answer = trial.client.get(WATCH, headers=trial.signed_in(lifetime_seconds=2))
    assert events(answer)[-1].startswith("event: end")
    assert time.monotonic() - started < 5


def test_stopping_ends_every_stream(trial, watch, book):
    trial.backend.answers["WatchBooks"] = forever(book)
    answer = watch()
    parts = iter(answer.response)
    next(parts)
    trial.gateway.streams.close()
    assert events(answer)[-1].startswith("event: end")
    assert watch().status_code == 503


def test_a_stream_that_is_being_opened_while_all_are_ended_ends_as_well():
    ended = threading.Event()

    class Source:
        def __iter__(self):
            assert ended.wait(5)
            return iter(())

        def cancel(self):
            ended.set()

    def connect():
        streams.close()
        return Source()

    streams = Streams(1, 0.05)
    stream = streams.open(connect, bytes, "correlation")
    assert list(stream)[-1] == b"event: end\ndata: {}\n\n"
    assert streams.count() == 0
