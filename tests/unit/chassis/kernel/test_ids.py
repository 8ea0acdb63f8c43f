"""Ids sort by the time they were made."""

import time
import uuid

from services.chassis.kernel.ids import uuid7


def test_ids_are_uuids_of_version_7_and_differ():
    ids = {uuid7() for _ in range(1_000)}
    assert len(ids) == 1_000
    assert {uuid.UUID(value).version for value in ids} == {7}


def test_later_ids_sort_after_earlier_ones():
    earlier = uuid7()
    time.sleep(0.002)
    assert earlier < uuid7()
