"""The PKDD'99 bank on a branch: loaded as a user loads it, browsed through the gateway by those whom it concerns."""

import csv
import subprocess
import sys
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from deploy.demonstration.berka import files
from tests.deployments import branch, wait_until

# A start, and two loads, on a machine that may be busy.
pytestmark = pytest.mark.timeout(400)

# Each date becomes a dataset of its own: a few stand for years.
LAST_DAY = "930110"
LOAD_SECONDS = 240


@pytest.fixture(scope="module")
def part(shared_data, tmp_path_factory):
    """The accounts that moved in the first days, and all that belongs to them, as files of the data set."""
    folder = tmp_path_factory.mktemp("part")
    whole = shared_data / "berka"
    (found,) = [each for each in files.transactions(whole) if each.feed == files.TRANSACTIONS]
    transactions = _rows(found.path, lambda row: row["date"] <= LAST_DAY)
    accounts = {row["account_id"] for row in transactions}
    dispositions = _rows(whole / "disp.asc", lambda row: row["account_id"] in accounts)
    clients, numbers = ({row[name] for row in dispositions} for name in ("client_id", "disp_id"))
    kept = {
        "district.asc": _rows(whole / "district.asc", lambda _: True),
        "client.asc": _rows(whole / "client.asc", lambda row: row["client_id"] in clients),
        "disp.asc": dispositions,
        "card.asc": _rows(whole / "card.asc", lambda row: row["disp_id"] in numbers),
        "trans.asc": transactions,
    }
    for name in ("account.asc", "loan.asc", "order.asc"):
        kept[name] = _rows(whole / name, lambda row: row["account_id"] in accounts)
    for name, rows in kept.items():
        with (folder / name).open("w", newline="") as file:
            writer = csv.DictWriter(file, _heading(found.path if name == "trans.asc" else whole / name), delimiter=";")
            writer.writeheader()
            writer.writerows(rows)
    return folder, kept


def _heading(path):
    with files.open_file(path) as file:
        return next(csv.reader([file.readline().decode("ascii")], delimiter=";"))


def _rows(path, wanted):
    with files.open_file(path) as file:
        return [row for row in csv.DictReader(file.read().decode("ascii").splitlines(), delimiter=";") if wanted(row)]


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    """A branch without a demonstration bank: its deliveries would be waited for."""
    with branch(tmp_path_factory.mktemp("branch"), {"WORKBENCH_DEMONSTRATION": "false"}) as running:
        yield running


@pytest.fixture(scope="module", autouse=True)
def said(bank, part):
    """What loading says at its end."""
    return _load(bank, part[0])


def _load(running, folder):
    command = [str(Path(sys.executable).parent / "workbench"), "demo", "berka", "--data", str(folder)]
    done = subprocess.run(
        command, env=dict(running.environment), capture_output=True, text=True, timeout=LOAD_SECONDS, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{running.logs()}"
    return done.stdout


def test_the_summary_counts_what_was_loaded(said, part):
    _, kept = part
    lines = {words[0]: words for line in said.splitlines() if (words := line.replace("│", " ").split()) and "." in words[0]}
    for name, feed in {**files.SNAPSHOTS, "trans.asc": files.TRANSACTIONS}.items():
        count = f"{len(kept[name]):,}"
        assert lines[feed][1:] == [name, count, count, "0", "published"]
    assert "compared with the stated ones" in said


def test_loaded_again_nothing_changes(bank, part):
    before = _datasets(bank)
    again = _load(bank, part[0])
    assert again.count("unchanged") >= len(files.SNAPSHOTS) + 1
    assert _datasets(bank) == before


def _datasets(bank):
    return bank.get("steward.berka", "/v1/datasets", pageSize=1_000)["datasets"]


def test_a_manager_sees_the_clients_of_his_region_and_of_no_other(bank, part):
    _, kept = part
    region_of = {row["A1"]: row["A3"] for row in kept["district.asc"]}
    regions = sorted(set(region_of.values()))
    for number, region in ((regions.index("Prague") + 1, "Prague"), (regions.index("south Moravia") + 1, "south Moravia")):
        expected = {f"B{row['client_id']}" for row in kept["client.asc"] if region_of[row["district_id"]] == region}
        listed = bank.get(f"rm{number}.berka", "/v1/customers", pageSize=1_000)["customers"]
        assert {customer["customerNumber"] for customer in listed} == expected
        assert {customer["displayName"] for customer in listed} == {f"Client {each.removeprefix('B')}" for each in expected}
    everybody = bank.get("manager.berka", "/v1/customers", pageSize=1_000)["customers"]
    assert len(everybody) == len(kept["client.asc"])
    assert all(customer["birthOrFoundingDate"] < "1990" for customer in everybody)


def test_datasets_and_differences_are_browsed_by_those_who_may(bank, part):
    _, kept = part
    days = sorted({row["date"] for row in kept["trans.asc"]})
    found = bank.get("steward.berka", "/v1/datasets", **{"filter.feed": "berka.balances"})["datasets"]
    assert [each["businessDate"] for each in reversed(found)] == [
        date(1900 + int(day[:2]), int(day[2:4]), int(day[4:])).isoformat() for day in days
    ]
    (reconciliation, *_) = bank.get("steward.berka", "/v1/reconciliations")["reconciliations"]
    assert int(reconciliation["leftRows"]) == len({(row["account_id"], row["date"]) for row in kept["trans.asc"]})
    path = f"/v1/reconciliations/{reconciliation['reconciliationId']}"
    counted = sum(int(each["count"]) for each in reconciliation["differenceCounts"])
    assert len(bank.get("steward.berka", f"{path}/differences")["differences"]) == counted
    # The bank's sums are not for whoever serves its customers.
    assert bank.call("rm1.berka", "GET", f"{path}/differences").status_code == 403
    operation = bank.call("steward.berka", "POST", f"{path}:export", json={}).json()
    ended = wait_until(lambda: _ended(bank, operation["operationId"]))
    exported = bank.call("steward.berka", "GET", ended["resultPath"]).text
    assert len(list(csv.reader(exported.splitlines()))) == 1 + counted


def _ended(bank, operation_id):
    told = bank.get("steward.berka", f"/v1/operations/integration/operations/{operation_id}")
    return told if told.get("endTime") else None


def test_a_client_shows_his_account_with_its_rebuilt_balance(bank, part):
    _, kept = part
    moved = Counter(row["account_id"] for row in kept["trans.asc"])
    ((account, _),) = moved.most_common(1)
    rows = [row for row in kept["trans.asc"] if row["account_id"] == account]
    balance = sum(Decimal(row["amount"]) * (1 if row["type"] == "PRIJEM" else -1) for row in rows)
    (owner,) = [row["client_id"] for row in kept["disp.asc"] if (row["account_id"], row["type"]) == (account, "OWNER")]
    (client,) = bank.get("manager.berka", "/v1/customers", customerNumber=f"B{owner}")["customers"]

    def held():
        holdings = bank.get("manager.berka", f"/v1/customers/{client['customerId']}/holdings")["holdings"]
        return {each["number"]: each for each in holdings if each.get("figures", {}).get("balance")}.get(account)

    # Figures come once the customer service has taken the balances over.
    holding = wait_until(held, seconds=60.0, what="holdings")
    assert holding["kind"] == "HOLDING_KIND_DEMAND_DEPOSIT"
    assert holding["figures"]["balance"] == {"currencyCode": "CZK", "amount": f"{balance:.2f}"}
