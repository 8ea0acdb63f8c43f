"""The deployments that the end-to-end tests use: one of each profile for the whole run."""

import pytest

from tests.deployments import branch, head_office


@pytest.fixture(scope="session", params=["branch", "head-office"])
def deployment(request, tmp_path_factory):
    """A running deployment with the demonstration bank; each test runs on a branch and on a head office."""
    yield from running_deployment(request, tmp_path_factory.mktemp(request.param), delivers=True)


def running_deployment(request, home, *, delivers=False):
    """Runs the profile that the fixture's parameter names."""
    if request.param == "branch":
        with branch(home, delivers=delivers) as running:
            yield running
        return
    new_database = request.getfixturevalue("new_postgresql_url")
    urls = {name: new_database() for name in ("identity", "customer", "activity", "integration", "performance")}
    with head_office(home, urls, request.getfixturevalue("new_amqp_url")(), delivers=delivers) as running:
        yield running
