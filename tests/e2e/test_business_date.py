"""One business date for the whole bank: by the clock at a branch, by the core system's end of day at head office."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.deployments import wait_until
from tests.fault.writers import query

WORKBENCH = str(Path(sys.executable).parent / "workbench")
SERVICES = ("customer", "identity", "integration")


@pytest.fixture
def workbench(deployment):
    def run(*arguments):
        ran = subprocess.run(
            [WORKBENCH, "calendar", *arguments],
            env=dict(deployment.environment),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    return run


def dates(deployment):
    found = {name: query(deployment, name, "SELECT business_date FROM business_dates") for name in SERVICES}
    return {str(rows[0][0]) if rows else "" for rows in found.values()}


def test_every_service_has_the_banks_business_date(deployment, workbench, tmp_path):
    today = str(datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")).date())
    assert deployment.get("operator.ho", "/v1/businessDate")["businessDate"] == today
    if deployment.environment["WORKBENCH_PROFILE"] == "head-office":
        # The clock opens nothing there.
        assert dates(deployment) == {""}
        workbench("open", today)
    wait_until(lambda: dates(deployment) == {today}, what="every service has the business date")
    assert deployment.get("operator.ho", "/v1/businessDate")["openTime"]


def test_holidays_are_loaded_and_read(deployment, workbench, tmp_path):
    path = tmp_path / "2031.json"
    days = [{"date": "2031-01-01", "name": "元旦", "isOffDay": True}, {"date": "2031-01-04", "name": "元旦", "isOffDay": False}]
    path.write_text(json.dumps({"year": 2031, "days": days}), encoding="utf-8")
    assert "1 days off, 1 days of weekends that are worked" in workbench("load", str(path))
    told = deployment.get("steward.ho", "/v1/calendarDays?startDate=2031-01-01&endDate=2031-01-05")["calendarDays"]
    assert [day["businessDay"] for day in told] == [False, True, True, True, False]
    assert told[3] == {
        "calendarDate": "2031-01-04",
        "businessDay": True,
        "name": "元旦",
        "source": "CALENDAR_DAY_SOURCE_HOLIDAYS",
    }
    # Who does not look after feeds opens and sets nothing.
    refused = deployment.call("operator.ho", "POST", "/v1/businessDate:open", json={"businessDate": "2031-01-05"})
    assert (refused.status_code, refused.json()["reason"]) == (403, "PERMISSION_DENIED")
