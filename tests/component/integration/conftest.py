"""Feeds on SQLite and on PostgreSQL; each test has a deployment of its own."""

import threading
from http.server import ThreadingHTTPServer

import pytest

from tests.component.integration.feeds import feeds_on, make_tables
from tests.component.integration.sources import KINDS, WebServer, http_kind, sftp_kind


@pytest.fixture
def feeds(copy_of, tmp_path):
    """On SQLite."""
    with feeds_on(copy_of("sqlite", make_tables, tmp_path), tmp_path) as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def feeds_on_both(request, copy_of, tmp_path):
    """On each database in turn."""
    with feeds_on(copy_of(request.param, make_tables, tmp_path), tmp_path) as made:
        yield made


@pytest.fixture
def web_server(tmp_path):
    server = ThreadingHTTPServer(("127.0.0.1", 0), WebServer)
    server.folder, server.odd, server.seen = tmp_path / "files", {}, []
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(params=KINDS)
def kind(request, tmp_path):
    return KINDS[request.param](request, tmp_path)


@pytest.fixture(params=["folder", "sftp"])
def listed(request, tmp_path):
    """A kind whose folder can be listed."""
    return KINDS[request.param](request, tmp_path)


@pytest.fixture
def sftp(request, tmp_path):
    return sftp_kind(request, tmp_path)


@pytest.fixture
def http(request, tmp_path):
    return http_kind(request, tmp_path)
