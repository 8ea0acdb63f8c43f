"""The deployments that the end-to-end tests use: one of each profile for the whole run."""

import pytest

from tests.deployments import branch, head_office


@pytest.fixture(scope="session", params=["branch", "head-office"])
def deployment(request, tmp_path_factory):
    """A running deployment with the demonstration bank; each test runs on a branch and on a head office."""
    yield from running_deployment(request, tmp_path_factory.mktemp(request.param), delivers=True)


@pytest.fixture(autouse=True)
def nothing_runs_on_without_need(request):
    """A deployment ends with its last test: at rest it would take half a processor from all others that come."""
    yield
    profile = _profile(request.node)
    if profile and not any(_profile(later) == profile for later in _after(request.node)):
        request.getfixturevalue("deployment").stop()


def _profile(item):
    callspec = getattr(item, "callspec", None)
    return callspec and callspec.params.get("deployment")


def _after(item):
    return item.session.items[item.session.items.index(item) + 1 :]


def running_deployment(request, home, *, delivers=False):
    """Runs the profile that the fixture's parameter names."""
    if request.param == "branch":
        with branch(home, delivers=delivers) as running:
            yield running
        return
    new_database = request.getfixturevalue("new_postgresql_url")
    urls = {name: new_database() for name in ("identity", "customer", "activity", "integration", "performance", "analytics")}
    with head_office(home, urls, request.getfixturevalue("new_amqp_url")(), delivers=delivers) as running:
        yield running
