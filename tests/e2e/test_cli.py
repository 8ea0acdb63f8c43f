"""The `workbench` command beside a running deployment, as an operator uses it."""

import base64
import json
import subprocess
import sys
import time
import uuid
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from sqlalchemy import insert
from sqlalchemy.orm import Session
from workbench.identity.v1 import events_pb2

from services.chassis import keys, runtime
from services.chassis.bus.queue import QueuedMessage
from services.chassis.db.engine import create_engine
from services.chassis.lake.lake import Pin
from services.chassis.lake.schemas import SCHEMAS
from services.chassis.settings import load
from services.integration.__main__ import SERVICE as INTEGRATION
from services.integration.usecases import datasets
from tests.deployments import CUSTOMERS, wait_until
from tests.fault.writers import query
from tests.servers import free_port

WORKBENCH = str(Path(sys.executable).parent / "workbench")


@pytest.fixture
def workbench(deployment):
    """Runs the command beside the deployment; keywords set its environment."""

    def run(*arguments, **environment):
        return subprocess.run(
            [WORKBENCH, *arguments],
            env=dict(deployment.environment) | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


def rows(run):
    """The cells of a printed table."""
    assert run.returncode == 0, run.stdout + run.stderr
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in run.stdout.splitlines() if line.startswith("│")]


def test_the_doctor_finds_a_running_deployment_well(workbench):
    found = {row[0].lstrip("✓ "): row[1] for row in rows(workbench("doctor"))}
    assert found["database of customer"] == found["database of identity"] == "current"
    assert found["keys"] == "there"


def test_every_fault_of_settings_is_told_at_once_with_its_name(workbench):
    for command in (("migrate",), ("up",), ("events", "lag")):
        run = workbench(*command, WORKBENCH_BUS="pigeon", WORKBENCH_RPC_THREADS="many", WORKBENCH_DEMONSTRATON="true")
        assert run.returncode == 1
        for name in ("WORKBENCH_BUS", "WORKBENCH_RPC_THREADS", "WORKBENCH_DEMONSTRATON"):
            assert name in run.stderr
        assert "did you mean WORKBENCH_DEMONSTRATION?" in run.stderr
        assert "Traceback" not in run.stderr
        assert "pigeon" not in run.stderr


def test_a_token_signs_calls_and_a_refusal_says_why(deployment, workbench):
    run = workbench("token", "rm1.east", WORKBENCH_SIGN_IN_PASSWORD="workbench-demo")
    answer = requests.get(f"{deployment.url}/v1/me", headers={"Authorization": f"Bearer {run.stdout.strip()}"}, timeout=10)
    assert answer.json()["person"]["login"] == "rm1.east"
    for environment in ({"WORKBENCH_SIGN_IN_PASSWORD": "wrong"}, {"WORKBENCH_PORT": str(free_port())}):
        refused = workbench("token", "nobody.east", **environment)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr.strip()
        assert "Traceback" not in refused.stderr


def test_the_lag_of_events_is_told_for_each_service(workbench):
    found = {row[0]: row[1:] for row in rows(workbench("events", "lag"))}
    assert set(found) == {"identity", "customer", "activity", "integration", "performance", "analytics"}
    assert all(parked == "0" for *_, parked in found.values())


def test_a_parked_event_is_listed_and_takes_effect_once_it_is_handed_back(deployment, workbench):
    if deployment.environment["WORKBENCH_PROFILE"] != "branch":
        # How the broker parks and gives back is proven in tests/contract/bus; here, that the command reaches it.
        assert rows(workbench("events", "parked")) == []
        assert "customer: 0 events handed back." in workbench("events", "redrive", "customer").stdout
        return
    event_id = str(uuid.uuid4())
    park(deployment, event_id)
    ((service, event, type_, _, tries, error),) = rows(workbench("events", "parked", "--service", "customer"))
    assert (service, event, tries, error) == ("customer", event_id, "8", "HandlerFailed")
    assert type_ == events_pb2.PersonUpdated.DESCRIPTOR.full_name
    assert "customer: 0 events handed back." in workbench("events", "redrive", "customer", str(uuid.uuid4())).stdout
    assert "customer: 1 events handed back." in workbench("events", "redrive", "customer", event_id).stdout
    handled = f"SELECT count(*) FROM inbox_messages WHERE event_id = '{event_id}'"
    wait_until(lambda: query(deployment, "customer", handled) == [(1,)], what="the event took effect")
    assert rows(workbench("events", "parked")) == []
    ((_, _, who, what, on, _, _), *_) = rows(workbench("audit", "search", "--method", "RedriveEvents"))
    assert (what, on) == ("RedriveEvents", "parked_events/customer")
    assert who


def park(deployment, event_id):
    """Puts an event among those that the customer service could not handle: one that it can handle now."""
    event = events_pb2.PersonUpdated(person_id=str(uuid.uuid4()), display_name="王芳")
    message = {
        "event_id": event_id, "type": event.DESCRIPTOR.full_name, "source": "identity", "subject": event.person_id,
        "routing_key": "identity.person.updated.v1", "time": datetime.now(UTC), "data": event.SerializeToString(),
        "correlation_id": "", "causation_id": "", "person_id": "", "traceparent": "",
        "attempts": 8, "retry_time": None, "park_time": datetime.now(UTC), "error": "HandlerFailed",
    }  # fmt: skip
    engine = create_engine(f"sqlite:///{deployment.home}/data/customer.db")
    with Session(engine) as session:
        session.execute(insert(QueuedMessage), [message])
        session.commit()
    engine.dispose()


def test_the_trail_is_proven_and_each_customer_of_a_batch_is_found_in_it(deployment, workbench):
    prefix = uuid.uuid4().hex[:10]
    lead = deployment.get("rm1.east", "/v1/me")["person"]["personId"]
    records = [{"customerNumber": f"B{prefix}{i}", "kind": "CUSTOMER_KIND_RETAIL", "displayName": "王芳"} for i in range(150)]
    batch = {"requests": [{"customer": record, "leadPersonId": lead} for record in records]}
    answer = deployment.call("manager.east", "POST", "/v1/customers:batchCreate", json=batch)
    assert answer.status_code == 200, answer.text
    last = answer.json()["customerIds"][-1]
    acts = {(service, who, what) for _, service, who, what, *_ in rows(workbench("audit", "search", "--resource", last))}
    assert ("customer", "manager.east", "BatchCreateCustomers") in acts
    (record,) = deployment.get("auditor.ho", "/v1/operations/customer/auditRecords", resourceId=last)["auditRecords"]
    assert f"customers/{last}" in record["changesJson"]
    verdicts = {row[0]: row[-1] for row in rows(workbench("audit", "verify"))}
    assert verdicts == dict.fromkeys(("identity", "customer", "activity", "integration", "performance", "analytics"), "intact")


def test_new_keys_sign_without_anybody_being_signed_out(deployment, workbench):
    before = _token(deployment)
    run = workbench("keys", "rotate")
    assert run.returncode == 0, run.stderr
    assert " UTC on" in run.stdout
    let_the_newest_key_sign(deployment.home / "secrets")
    key_ids = {_key_id(before)}

    def signed_anew():
        # Not as often as it can: the oldest of a person's fifty sessions ends with the next sign-in, and it would be `before`.
        time.sleep(0.4)
        after = _token(deployment)
        key_ids.add(_key_id(after))
        return len(key_ids) > 1 and after

    after = wait_until(signed_anew, what="a token of the new key")
    for token in (before, after):
        for path in ("/v1/me", "/v1/customers"):
            answer = requests.get(deployment.url + path, headers={"Authorization": f"Bearer {token}"}, timeout=10)
            assert answer.status_code == 200, answer.text
    published = requests.get(f"{deployment.url}/.well-known/jwks.json", timeout=10).json()["keys"]
    assert key_ids <= {key["kid"] for key in published}
    ((_, service, _, what, *_), *_) = rows(workbench("audit", "search", "--method", "RotateKeys"))
    assert (service, what) == ("identity", "RotateKeys")


def let_the_newest_key_sign(secrets):
    """As a minute later: the instants in the key files move, by new files as `keys` itself writes them."""
    for name in (keys.PUBLIC_KEYS_FILE, keys.SIGNING_KEYS_FILE):
        move_instant(secrets, name, "signs_from", time.time())


def move_instant(secrets, name, field, instant):
    """Has the newest key of a file be in use from another instant on."""
    content = json.loads((secrets / name).read_text())
    max(content["keys"], key=lambda key: key[field])[field] = instant
    (secrets / "moved").write_text(json.dumps(content))
    (secrets / "moved").replace(secrets / name)


def test_data_keys_are_renewed_while_the_deployment_runs(deployment, workbench):
    secrets = deployment.home / "secrets"
    number = uuid.uuid4().hex[:16]
    record = {
        "customerNumber": number,
        "kind": "CUSTOMER_KIND_RETAIL",
        "displayName": "欧阳芳",
        "phone": f"139{time.time_ns() % 10**8:08}",
    }
    customer = deployment.call("rm1.east", "POST", "/v1/customers", json=record).json()["customerId"]
    publish(deployment, "employees", staff_number="'R'||i", unit_number="'E01'", display_name="'王芳'", state="'LEFT'")
    (former,) = data_keys_shown(workbench)
    run = workbench("keys", "rotate-data", "--no-wait")
    assert "Run this again after" in run.stdout, run.stdout + run.stderr
    assert "A rotation is under way" in workbench("keys", "status").stdout
    # As two minutes later; then each process has to look once.
    move_instant(secrets, keys.DATA_KEYS_FILE, "encrypts_from", time.time() - 2 * keys.SETTLING_SECONDS)
    time.sleep(keys.RELOAD_SECONDS + 1)
    run = workbench("keys", "rotate-data")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "1 former forgotten" in run.stdout, run.stdout
    ((newest, values),) = data_keys_shown(workbench).items()
    assert newest != former
    of_customer, files = int(values[1]), int(values[-1])
    assert of_customer > CUSTOMERS, values
    assert files > 0, values
    # What it read of the sealed files before, it reads after.
    assert workbench("lake", "verify").returncode == 0
    told = deployment.call("rm1.east", "POST", f"/v1/customers/{customer}:reveal", json={"purpose": "key renewal"})
    assert told.json()["phone"] == record["phone"], told.text
    changed = {"phone": "13600136000", "etag": told.json()["etag"]}
    assert deployment.call("rm1.east", "PATCH", f"/v1/customers/{customer}", json=changed).status_code == 200
    acts = [row[3] for row in rows(workbench("audit", "search", "--service", "customer", "--resource", newest))]
    assert acts == ["RetireDataKeys", "RotateDataKeys", "RotateDataKeys"]


def publish(deployment, dataset, rows=1, **columns):
    """Publishes a dataset of today beside the running integration service, as a feed's run in it does; answers its pin."""
    settings, schema = load(environment=deployment.environment), SCHEMAS[dataset]
    values = dict.fromkeys(schema.names, "NULL") | columns
    query = "SELECT " + ", ".join(f"{value} AS {name}" for name, value in values.items()) + f" FROM range({rows}) t(i)"
    with ExitStack() as stack:
        database = runtime.open_database(INTEGRATION, settings, stack)
        connection = stack.enter_context(database.lake.connection())
        with database.transaction(read_only=True) as work:
            feed, day = f"test.{dataset}", work.business_date
            pin = Pin(feed, dataset, "test", day, datasets.next_revision(work, feed, day))
        parts = database.lake.write(connection, query, schema, pin)
        totals = database.lake.totals_of(connection, schema, pin)
        with database.transaction() as work:
            datasets.publish(work, pin, parts, run_id="", totals=totals)
        return pin


def test_datasets_are_listed_and_a_damaged_file_is_found_and_named(deployment, workbench):
    columns = {"account_number": "i", "currency_code": "'CNY'", "balance_minor_units": "i * 987654"}
    pin = publish(deployment, "balances", 100, **columns)
    listed = rows(workbench("lake", "list", "--feed", pin.feed))
    assert [row[1:5] for row in listed] == [[pin.feed, str(pin.revision), "100", "1"]]
    run = workbench("lake", "verify", "--feed", pin.feed)
    assert (run.returncode, "1 datasets verified, 0 faults." in run.stdout) == (0, True), run.stdout + run.stderr
    path = deployment.home / "lake" / pin.feed / f"business_date={pin.business_date}" / f"rev={pin.revision}" / "part-0.parquet"
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    run = workbench("lake", "verify", "--feed", pin.feed)
    assert run.returncode == 1
    assert "PART_CHANGED" in run.stdout
    path.write_bytes(content)
    assert deployment.get("operator.ho", "/v1/datasets", **{"filter.feed": pin.feed})["datasets"][0]["rows"] == "100"
    dataset_id = deployment.get("operator.ho", "/v1/datasets", **{"filter.feed": pin.feed})["datasets"][0]["datasetId"]
    totals = deployment.get("auditor.ho", f"/v1/datasets/{dataset_id}/totals")["totals"]
    assert totals == [{"column": "balance_minor_units", "currencyCode": "CNY", "minorUnits": str(987_654 * 4_950)}]
    assert deployment.call("operator.ho", "GET", f"/v1/datasets/{dataset_id}/totals").status_code == 403


def test_the_personnel_systems_people_are_known_once_it_has_told(deployment):
    number = f"E2E-{uuid.uuid4().hex[:8]}"
    publish(deployment, "employees", staff_number=f"'{number}'", unit_number="'E01'", display_name="'端到端'", state="'ACTIVE'")

    def person():
        found = deployment.get("useradmin.ho", "/v1/people", namePrefix="端到端")["people"]
        return next((each for each in found if each["staffNumber"] == number), None)

    assert wait_until(person, what="the person is known")["state"] == "PERSON_STATE_DISABLED"
    feeds = deployment.get("useradmin.ho", "/v1/personnelFeeds")["personnelFeeds"]
    assert "test.employees" in [feed["feed"] for feed in feeds]


def data_keys_shown(workbench):
    """The data keys that the command shows, each with the numbers of values of each service."""
    return {key: values for key, purpose, _, *values in rows(workbench("keys", "status")) if purpose == "data"}


def _token(deployment):
    deployment.tokens.pop("rm1.west", None)
    return deployment.sign_in("rm1.west")["Authorization"].removeprefix("Bearer ")


def _key_id(token):
    header = token.partition(".")[0]
    return json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))["kid"]


@pytest.mark.parametrize("other_port", [False, True])
def test_a_second_start_says_what_is_in_its_way_and_harms_nothing(deployment, workbench, other_port):
    run = workbench("up", **({"WORKBENCH_PORT": str(free_port())} if other_port else {}))
    assert run.returncode == 1
    wanted = ("WORKBENCH_HOME", str(deployment.home)) if other_port else ("WORKBENCH_PORT", str(deployment.port))
    assert all(word in run.stderr for word in wanted), run.stderr
    assert "Traceback" not in run.stderr
    assert deployment.get("rm1.east", "/v1/customers")["customers"]
    assert requests.get(f"{deployment.url}/readyz", timeout=10).status_code == 200
