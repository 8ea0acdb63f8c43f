"""A process that is killed in mid-file is followed by one that goes on: no row is lost, and none is there twice."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import URL

from services.integration.model.feed_run import RunState
from tests.component.integration.test_feed_checks import TRANSACTIONS

ROWS, DATES, BAD_EVERY = 30_000, 28, 25
WORKER = """
import sys
from pathlib import Path
from tests.component.integration.feeds import Feeds
feeds = Feeds(sys.argv[1], Path(sys.argv[2]))
print("ready", flush=True)
feeds.work()
print("done", flush=True)
"""


def content():
    lines = ["n,day,amount,dc"]
    for number in range(ROWS):
        amount = "bad" if number % BAD_EVERY == 0 else f"{number}.25"
        lines.append(f"{number},9301{number % DATES + 1:02d},{amount},C")
    return "\n".join(lines).encode()


@pytest.mark.timeout(300)
def test_a_run_that_is_killed_again_and_again_ends_as_if_it_had_not_been(feeds, tmp_path):
    feeds.define(TRANSACTIONS)
    run_id = feeds.ask("core.transactions", content(), day=None)
    kills, delay = 0, 0.2
    while not worked(feeds.engine.url, tmp_path, delay):
        kills += 1
        delay *= 1.5
    assert kills >= 3, "It was done before it could be killed: the test proved nothing."
    run = feeds.found(run_id)
    bad = ROWS // BAD_EVERY
    assert RunState(run.state) is RunState.PUBLISHED
    assert (run.rows_read, run.rows_published, run.rows_quarantined) == (ROWS, ROWS - bad, bad)
    rows = feeds.rows("core.transactions", "transaction_number, amount_minor_units")
    expected = sorted((str(n), n * 100 + 25) for n in range(ROWS) if n % BAD_EVERY)
    assert rows == expected
    assert len({row.line for row in feeds.quarantined()}) == len(feeds.quarantined()) == bad
    datasets = feeds.datasets("core.transactions")
    assert Counter(str(dataset.business_date) for dataset in datasets) == {f"1993-01-{day:02d}": 1 for day in range(1, DATES + 1)}
    with feeds.engine.connect() as connection:
        events = connection.exec_driver_sql(
            "SELECT count(*) FROM outbox_messages WHERE type LIKE '%DatasetPublished'"
        ).scalar_one()
    assert events == DATES
    assert not list(feeds.lake.root.glob(".staging/*"))


def worked(url: URL, folder: Path, seconds: float) -> bool:
    """Lets a process work for so long, and kills it; whether it came to the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(url), str(folder)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]
    )
    try:
        assert process.stdout.readline() == "ready\n"
        time.sleep(seconds)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        return "done" in process.stdout.read()
    finally:
        process.wait()
        process.stdout.close()
