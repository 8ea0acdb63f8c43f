"""Sources of feeds as a test needs them: one of each kind, with its other side, real."""

from __future__ import annotations

import os
from datetime import date
from http.server import BaseHTTPRequestHandler

from services.integration.connectors.sources import open_source
from services.integration.connectors.sources.port import Surroundings
from services.integration.model.feed_definition import FeedDefinition

MONDAY, TUESDAY, WEDNESDAY = (date(2026, 11, day) for day in (23, 24, 25))
CONTENT = b"account,balance\n1,10.50\n2,-3.00\n"
NAME = "balances_{date:%Y%m%d}.csv"


def feed(source, **form):
    """A feed with that source; what it is of does not matter here."""
    return FeedDefinition.model_validate(
        {
            "feed": {"name": "hr.units", "title": "Units", "dataset": "org_units", "source_system": "hr"},
            "source": source,
            "format": {"kind": "delimited"} | form,
            "date": {"source": "run"},
            "columns": {"unit_number": {"from": "u"}, "kind": {"value": "BRANCH"}, "display_name": {"from": "n"}},
        }
    )


class Files:
    """A folder with files in it, as the source's other side sees it."""

    def __init__(self, folder):
        self.folder = folder
        self.folder.mkdir(exist_ok=True)

    def put(self, name, content=CONTENT, modified=None):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        if modified is not None:
            os.utime(path, (modified, modified))
        return path


class Kind:
    """One kind of source: its other side, and how the feed names it."""

    def __init__(self, files, definition, surroundings):
        self.files, self.definition, self.surroundings = files, definition, surroundings

    def source(self, file=NAME, **fields):
        return open_source(feed({**self.definition, "file": file, **fields}), self.surroundings)


class WebServer(BaseHTTPRequestHandler):
    """Serves a folder as a plain web server does; what else it does, a test says in `odd`."""

    protocol_version = "HTTP/1.1"

    def do_HEAD(self):
        self._answer(with_body=False)

    def do_GET(self):
        self._answer(with_body=True)

    def log_message(self, *_):
        pass

    def _answer(self, *, with_body):
        server = self.server
        server.seen.append((self.command, self.path, dict(self.headers)))
        path = server.folder / self.path.removeprefix("/files/")
        if self.path in server.odd:
            return server.odd[self.path](self)
        if not path.is_file():
            return self.tell(404)
        content, tag = path.read_bytes(), f'"{path.stat().st_mtime_ns}-{path.stat().st_size}"'
        if self.headers.get("If-Match", tag) != tag:
            return self.tell(412)
        return self.tell(200, content if with_body else b"", ETag=tag, Content_Length=str(len(content)))

    def tell(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


def folder_kind(request, tmp_path):
    return Kind(Files(tmp_path / "files"), {"kind": "folder", "location": f"{tmp_path}/files"}, Surroundings())


def sftp_kind(request, tmp_path):
    server = request.getfixturevalue("openssh_server")
    known = tmp_path / "known_hosts"
    known.write_text(server.known_hosts())
    location = f"sftp://{server.user}@127.0.0.1:{server.port}{tmp_path}/files"
    surroundings = Surroundings(secrets={"core": server.private_key}, known_hosts=known)
    return Kind(Files(tmp_path / "files"), {"kind": "sftp", "location": location, "secret": "core"}, surroundings)


def http_kind(request, tmp_path):
    server = request.getfixturevalue("web_server")
    location = f"http://127.0.0.1:{server.server_port}/files"
    return Kind(Files(tmp_path / "files"), {"kind": "http", "location": location}, Surroundings())


KINDS = {"folder": folder_kind, "sftp": sftp_kind, "http": http_kind}


def read(source, found):
    with source.open(found) as stream:
        return stream.read()
