"""Ids sort by the time they were made."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor

from services.chassis.kernel.ids import uuid7


def test_ids_are_uuids_of_version_7_and_differ():
    ids = {uuid7() for _ in range(1_000)}
    assert len(ids) == 1_000
    assert {uuid.UUID(value).version for value in ids} == {7}


def test_later_ids_sort_after_earlier_ones_within_a_millisecond_too():
    ids = [uuid7() for _ in range(10_000)]
    assert ids == sorted(ids)


def test_of_two_threads_the_later_id_sorts_after():
    with ThreadPoolExecutor(1) as other:
        ids = [made for _ in range(1_000) for made in (uuid7(), other.submit(uuid7).result())]
    assert ids == sorted(ids)


def test_an_id_says_when_it_was_made():
    made_milliseconds = uuid.UUID(uuid7()).int >> 80
    assert abs(made_milliseconds - time.time() * 1_000) < 1_000
