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
WHOLE = "/HO/BERKA/"


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
    """A branch without a demonstration bank, whose deliveries would be waited for; results are in the data set's currency."""
    settings = {"WORKBENCH_DEMONSTRATION": "false", "WORKBENCH_PERFORMANCE_HOME_CURRENCY_CODE": "CZK"}
    with branch(tmp_path_factory.mktemp("branch"), settings) as running:
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
    assert f"Owners: {len(kept['client.asc'])} created, 0 updated, 0 unchanged, 0 refused." in said


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


@pytest.fixture(scope="module")
def results(bank, part):
    """By date what each account's balance is, once results are there; those are of the bank's last date."""
    _, kept = part
    balances, by_day = Counter(), {}
    for day in sorted({row["date"] for row in kept["trans.asc"]}):
        for row in kept["trans.asc"]:
            if row["date"] == day:
                balances[row["account_id"]] += Decimal(row["amount"]) * (1 if row["type"] == "PRIJEM" else -1)
        by_day[date(1900 + int(day[:2]), int(day[2:4]), int(day[4:])).isoformat()] = dict(balances)

    def settled():
        told = bank.get("manager.berka", "/v1/freshness")
        return not told["staleMonthCount"] and told["asOfDate"] == max(by_day)

    wait_until(settled, seconds=120.0, what="results")
    return by_day


def test_owners_balances_are_the_data_sets_own_day_by_day_to_the_hundredth(bank, results):
    points = bank.get("manager.berka", "/v1/figurePoints", organisationPath=WHOLE, period="PERIOD_KIND_DAY", pageSize=1_000)
    told = {point["startDate"]: point["amounts"]["balance"] for point in points["figurePoints"]}
    # A date on which no account moved stands as the one before.
    assert told.keys() >= results.keys()
    for day, balances in results.items():
        assert told[day] == {"currencyCode": "CZK", "amount": f"{sum(balances.values()):.2f}"}
        owners = bank.get(
            "manager.berka", "/v1/figures:explain", organisationPath=WHOLE, period="PERIOD_KIND_DAY", dayDate=day,
            measure="FIGURE_MEASURE_BALANCE", by="EXPLAIN_BY_OWNER", pageSize=1_000,
        )["figureParts"]  # fmt: skip
        assert all(each["personId"] for each in owners)
        assert sum(Decimal(each["amounts"]["balance"]["amount"]) for each in owners) == sum(balances.values())


def test_every_account_is_the_manager_s_of_the_region_in_which_its_owner_lives(bank, part, results):
    _, kept = part
    region_of = {row["A1"]: row["A3"] for row in kept["district.asc"]}
    lives_in = {row["client_id"]: region_of[row["district_id"]] for row in kept["client.asc"]}
    owner_of = {row["account_id"]: row["client_id"] for row in kept["disp.asc"] if row["type"] == "OWNER"}
    balances = results[max(results)]
    found = {}
    for number, region in enumerate(sorted(set(region_of.values())), start=1):
        expected = {account: balance for account, balance in balances.items() if lives_in[owner_of[account]] == region}
        if not expected:
            continue
        told = bank.get(
            f"rm{number}.berka", "/v1/figures:explain", measure="FIGURE_MEASURE_BALANCE", by="EXPLAIN_BY_ACCOUNT", pageSize=1_000
        )["figureParts"]
        own = {each["account"]: Decimal(each["amounts"]["balance"]["amount"]) for each in told}
        assert own == {f"balances/berka/{account}/CZK": balance for account, balance in expected.items()}
        assert {each["customerNumber"] for each in told} == {f"B{owner_of[account]}" for account in expected}
        found |= own
    assert len(found) == len(balances)
    # Nothing is the pool's.
    parts = bank.get("manager.berka", "/v1/unitFigures", organisationPath=WHOLE, pageSize=1_000)["unitFigures"]
    assert parts
    assert "UNIT_PART_KIND_POOL" not in {each["kind"] for each in parts}
