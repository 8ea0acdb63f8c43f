"""What a type in an `Any` is written and read by is made on first demand: by whichever thread asks first, for all of them."""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway.transcoding.decoding import Decoders
from gateway.transcoding.encoding import Encoders
from tests.unit.gateway.trial import trial_class, trial_contract

THREADS = 8
POOL = trial_contract().pool


@pytest.fixture(autouse=True)
def often_interrupted():
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def answers_of_all(ask):
    """The answers of as many threads that ask at once."""
    ready = threading.Barrier(THREADS)

    def once(_):
        ready.wait()
        return ask()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(once, range(THREADS)))


@pytest.fixture
def whole():
    whole = trial_class("Everything")()
    whole.an_any.Pack(trial_class("Everything")(a_string="x", an_int64=7))
    return whole


def test_threads_that_write_a_type_for_the_first_time_write_the_same(whole):
    an_any = whole.DESCRIPTOR.fields_by_name["an_any"].message_type
    for _ in range(20):
        encode = Encoders(POOL).of(an_any)
        first, *others = answers_of_all(lambda encode=encode: encode(whole.an_any))
        assert first["aString"] == "x"
        assert all(other == first for other in others)


def test_threads_that_read_a_type_for_the_first_time_read_the_same(whole):
    an_any = whole.DESCRIPTOR.fields_by_name["an_any"].message_type
    value = {"@type": "type.googleapis.com/workbench.trial.v1.Everything", "aString": "x", "anInt64": "7"}
    for _ in range(20):
        fill = Decoders(POOL).of(an_any)

        def read(fill=fill):
            message = trial_class("Everything")().an_any
            fill(value, message)
            return message.value

        assert set(answers_of_all(read)) == {whole.an_any.value}
