"""What tests share: real servers of the run's own, started when the first test asks for them; no way out of this machine."""

from __future__ import annotations

import gc
import ipaddress
import itertools
import logging
import os
import re
import shutil
import socket
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from services.chassis.engines.expressions import keep_statements_in
from tests import servers
from tests.crashes import Crashes
from tests.deployments import STATEMENTS

# The same examples at each run, and no deadline on a machine that is shared.
settings.register_profile("workbench", deadline=None, derandomize=True, database=None)
settings.load_profile("workbench")

# It tells each refused attempt to connect several times over, and tests wait for servers by attempts.
logging.getLogger("pika").setLevel(logging.CRITICAL)


SHARED_DATA = Path(os.environ.get("WORKBENCH_SHARED_DATA") or Path(__file__).parents[2] / "shared/data")


def pytest_configure(config):
    """Where a process of the run dies, the run ends with the stacks of its threads. What one has compiled all find."""
    config.pluginmanager.register(Crashes())
    keep_statements_in(STATEMENTS)


def pytest_xdist_make_scheduler(config, log):
    """The processes of a run share it by groups: what stands on one deployment, or breaks one, stays together."""
    return ByDeployment(config, log)


class ByDeployment(LoadScopeScheduling):
    """A group is a file; where a file has deployments of its own, a profile in it; and all that share the run's, by profile."""

    def _split_scope(self, nodeid):
        file = nodeid.partition("::")[0]
        if file.startswith("tests/page/"):
            return "page"
        profile = re.search(r"\[.*(branch|head.office)", nodeid)
        if profile is None:
            return file
        shared = file.startswith("tests/e2e/") and not file.endswith("test_conformance.py")
        return profile[1] if shared else f"{file} {profile[1]}"


# What takes longest begins first, so that no process waits at the end for the other's last group.
@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Rooms in the order of how long their longest group takes; the engines' own tests go before all that is quick."""
    order = {"page": 0, "fault": 1, "e2e": 2, "engine": 3, "contract": 4}

    def place(item):
        room = "engine" if item.path.name.startswith("test_engine") else item.path.relative_to(Path(__file__).parent).parts[0]
        return order.get(room, len(order))

    items.sort(key=place)


def pytest_collection_finish():
    """All tests and modules stay until the end: they are not looked through for garbage again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def shared_data():
    """Real public data that others wrote: beside the checkout, or where WORKBENCH_SHARED_DATA says."""
    if not SHARED_DATA.is_dir():
        pytest.fail(f"There is no {SHARED_DATA}; set WORKBENCH_SHARED_DATA to the folder of the shared data.", pytrace=False)
    return SHARED_DATA


@pytest.fixture(scope="session")
def postgresql_server():
    """A PostgreSQL of the run's own. Tests that crash it have another one, and none crashes the machine."""
    with servers.postgresql(durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def rabbitmq_server():
    """A RabbitMQ of the run's own."""
    with servers.rabbitmq() as server:
        yield server


@pytest.fixture(scope="session")
def openssh_server():
    """An sshd of the run's own."""
    with servers.openssh() as server:
        yield server


@pytest.fixture(scope="session")
def new_postgresql_url(postgresql_server):
    """Makes an empty database, or a copy of the one at that URL; answers its URL."""
    return postgresql_server.create_database


@pytest.fixture(scope="session")
def copy_of(request, tmp_path_factory):
    """Makes a database as `prepare` leaves an empty one; answers its URL. It runs once a process, and each call makes a copy.

    For tests that need a database of their own: migrations take longer than most of them.
    """
    templates, numbers = {}, itertools.count(1)

    def copy(dialect, prepare, folder):
        sqlite = dialect == "sqlite"
        if (dialect, prepare) not in templates:
            path = tmp_path_factory.mktemp("template") / "template.db"
            url = f"sqlite:///{path}" if sqlite else request.getfixturevalue("new_postgresql_url")()
            prepare(url)
            templates[dialect, prepare] = path if sqlite else url
        template = templates[dialect, prepare]
        if sqlite:
            return f"sqlite:///{shutil.copy(template, folder / f'{next(numbers)}.db')}"
        return request.getfixturevalue("new_postgresql_url")(template)

    return copy


@pytest.fixture(scope="session")
def new_amqp_url(rabbitmq_server):
    """Answers the URL of an empty virtual host."""
    return rabbitmq_server.virtual_host


@pytest.fixture(autouse=True, scope="session")
def loopback_only():
    """A test that would reach another machine fails."""
    connect = socket.socket.connect

    def guarded(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            raise AssertionError(f"A test tried to reach {address[0]}.")
        return connect(self, address)

    socket.socket.connect = guarded
    yield
    socket.socket.connect = connect


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
