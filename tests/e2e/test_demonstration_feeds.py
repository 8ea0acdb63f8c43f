"""The demonstration bank's files go the way of any bank's: from the inbox through the feeds into datasets."""

import csv

import pytest

from deploy.demonstration.delivery import Deliveries
from deploy.demonstration.feeds.delivering import definitions
from tests.deployments import wait_until

# What is in the background may take its time where other tests run beside it.
LOADED_SECONDS = 240
# Three days are delivered here, on which the bank may have charged nobody.
DELIVERED = set(definitions()) - {"fees.fees"}
UNENDED = ["FEED_RUN_STATE_QUEUED", "FEED_RUN_STATE_RUNNING"]


@pytest.mark.timeout(LOADED_SECONDS + 60)
def test_what_the_banks_systems_deliver_is_published_whole(deployment):
    wait_until(lambda: Deliveries.read(deployment.home), LOADED_SECONDS, "the deliveries")
    until = Deliveries.read(deployment.home).until.isoformat()

    def loaded():
        feeds = {feed["name"]: feed for feed in deployment.get("operator.ho", "/v1/feeds")["feeds"]}
        waiting = deployment.get("operator.ho", "/v1/feedRuns", states=UNENDED)["feedRuns"]
        return (
            not waiting
            and definitions().keys() <= feeds.keys()
            and all(feeds[name]["latestBusinessDate"] for name in DELIVERED)
            and feeds["core.balances"]["latestBusinessDate"] >= until
            and feeds
        )

    feeds = wait_until(loaded, LOADED_SECONDS, "the feeds")
    runs = deployment.get("operator.ho", "/v1/feedRuns", pageSize=1_000)["feedRuns"]
    ours = [run for run in runs if run["feed"] in definitions() and run["state"] != "FEED_RUN_STATE_UNCHANGED"]
    assert {run["feed"] for run in ours} >= DELIVERED
    assert {(run["state"], run["reason"], run["rowsQuarantined"]) for run in ours} == {("FEED_RUN_STATE_PUBLISHED", "", "0")}
    assert {feeds[name]["quarantinedRows"] for name in definitions()} == {"0"}


def test_the_truth_about_who_leaves_is_in_the_state_folder_alone(deployment):
    wait_until(lambda: Deliveries.read(deployment.home), LOADED_SECONDS, "the deliveries")
    with (deployment.home / "demonstration" / "truth.csv").open(encoding="utf-8") as file:
        reasons = {row["reason"] for row in csv.DictReader(file)} - {"STAYS"}
    assert reasons
    for log in (deployment.home / "logs").glob("*.log"):
        assert not any(reason in log.read_text(errors="replace") for reason in reasons)
