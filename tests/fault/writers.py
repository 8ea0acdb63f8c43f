"""Writers that go on through faults, and know which of their writes were acknowledged."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests
from sqlalchemy import create_engine, text

from tests.deployments import Deployment

RETRY_SECONDS = 0.1
# Between two writes of a thread. Most of the time one is under way, and whoever starts again meanwhile gets to a processor.
PAUSE_SECONDS = 0.02
# What a client may be told while something is down; anything else is a fault of ours.
EXPECTED_TROUBLE = (502, 503, 504)


@dataclass(slots=True)
class Writers:
    """Threads that open customers through the gateway; a write is repeated with its own Idempotency-Key until it is answered."""

    deployment: Deployment
    login: str = "rm1.east"
    acknowledged: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    troubles: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def writing(self, threads: int = 3) -> Iterator[Writers]:
        """Writes for as long as the block lasts."""
        headers = self.deployment.sign_in(self.login)
        workers = [threading.Thread(target=self._write, args=(headers,)) for _ in range(threads)]
        for worker in workers:
            worker.start()
        try:
            yield self
        finally:
            self._stop.set()
            for worker in workers:
                worker.join()

    def _write(self, headers: dict[str, str]) -> None:
        while not self._stop.is_set():
            self._write_once(headers, f"F{uuid.uuid4().hex[:20]}", str(uuid.uuid4()))
            self._stop.wait(PAUSE_SECONDS)

    def _write_once(self, headers: dict[str, str], number: str, key: str) -> None:
        record = {"customerNumber": number, "kind": "CUSTOMER_KIND_RETAIL", "displayName": "王芳"}
        while True:
            try:
                answer = requests.post(
                    f"{self.deployment.url}/v1/customers", json=record, headers=headers | {"Idempotency-Key": key}, timeout=15
                )
            except requests.RequestException:
                answer = None
            if answer is not None and answer.status_code == requests.codes.ok:
                self.acknowledged.append(answer.json()["customerId"])
                return
            if answer is not None and answer.status_code not in EXPECTED_TROUBLE:
                self.refusals.append(answer.text)
                return
            self.troubles += 1
            if self._stop.wait(RETRY_SECONDS):
                return


def database_url(deployment: Deployment, service: str) -> str:
    """Where the deployment keeps that service's data."""
    given = deployment.environment.get(f"WORKBENCH_{service.upper()}_DATABASE_URL")
    return given or f"sqlite:///{deployment.home}/data/{service}.db"


def query(deployment: Deployment, service: str, statement: str) -> list[tuple]:
    """Looks into a service's database from outside."""
    engine = create_engine(database_url(deployment, service))
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                # Row-level security shows nothing to whoever does not say whose rows he may see.
                connection.execute(text("SELECT set_config('workbench.paths', '/', false)"))
            return [tuple(row) for row in connection.execute(text(statement))]
    finally:
        engine.dispose()


def assert_nothing_lost(deployment: Deployment, writers: Writers) -> None:
    """Every acknowledged write is there once, with one event and one audit record; nothing was answered with a fault of ours."""
    assert not writers.refusals, writers.refusals[:3]
    assert writers.acknowledged
    assert len(set(writers.acknowledged)) == len(writers.acknowledged)
    kept = {row[0] for row in query(deployment, "customer", "SELECT customer_id FROM customers")}
    assert set(writers.acknowledged) <= kept
    events = query(
        deployment,
        "customer",
        "SELECT subject, count(*) FROM outbox_messages WHERE type = 'workbench.customer.v1.CustomerCreated' GROUP BY subject",
    )
    assert {subject for subject, _ in events} == kept
    assert {count for _, count in events} == {1}
    acts = query(
        deployment,
        "customer",
        "SELECT resource_id, count(*) FROM audit_records WHERE method = 'CreateCustomer' GROUP BY resource_id",
    )
    assert set(writers.acknowledged) <= {resource_id for resource_id, _ in acts}
    assert {count for _, count in acts} == {1}


def unpublished(deployment: Deployment, service: str) -> int:
    """How many of a service's events have not left yet."""
    return query(deployment, service, "SELECT count(*) FROM outbox_messages WHERE publish_time IS NULL")[0][0]
