"""When a deployment's results, and what is found out about its customers, are there."""

from tests.deployments import wait_until

# The demonstration bank delivers and claims in the background, at the lowest priority, beside other tests.
RESULTS_SECONDS = 300


def wait_for_feeds(deployment, seconds=RESULTS_SECONDS):
    """Waits until the demonstration's systems deliver, which they begin once the bank is up."""

    def listed():
        return "core.balances" in {feed["name"] for feed in deployment.get("operator.ho", "/v1/feeds")["feeds"]}

    wait_until(listed, seconds, "the demonstration's feeds")


def wait_for_results(deployment, seconds=RESULTS_SECONDS):
    """Waits for them; answers their last day."""
    wait_until(lambda: _acted(deployment), seconds, "claims and deals")

    def settled():
        """Bills come before balances: what was computed from them alone is not what is waited for."""
        told = deployment.get("analyst.ho", "/v1/freshness")
        balances = [feed["businessDate"] for feed in told["feeds"] if feed["dataset"] == "balances"]
        waits = told["staleMonthCount"] or told.get("staleTime")
        return not waits and told["asOfDate"] == told["latestDate"] and told["asOfDate"] in balances and told["asOfDate"]

    return wait_until(settled, seconds, "results")


def _acted(deployment):
    return '"acted": true' in (deployment.home / "demonstration" / "shares.json").read_text(encoding="utf-8")


def wait_for_analysis(deployment, seconds=RESULTS_SECONDS):
    """Waits until the bank's customers have been looked at as of the last day of which there are balances; answers that day."""

    def settled():
        told = deployment.get("analyst.ho", "/v1/analysisFreshness")
        return told["asOfDate"] == told["latestDate"] and not told["waitingDayCount"] and told["asOfDate"]

    return wait_until(settled, seconds, "an analysis")
