"""One suite over every kind of source, each against the real thing: a folder, OpenSSH, a web server, SQLite and PostgreSQL."""

from __future__ import annotations

import csv
import io
import os
import socket
import threading
import time
from datetime import date, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import create_engine, text

from services.chassis.kernel.errors import InvalidInput, LimitReached, NotFound, RuleBroken, Unavailable, WorkbenchError
from services.integration.connectors.sources import open_source, port, walking
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


def read(source, found):
    with source.open(found) as stream:
        return stream.read()


# Of every kind.


def test_the_files_of_the_dates_are_found_and_read_to_the_byte(kind):
    for day in (TUESDAY, MONDAY, WEDNESDAY):
        kind.files.put(f"balances_{day:%Y%m%d}.csv", CONTENT + str(day).encode())
    kind.files.put("balances_20260230.csv")
    with kind.source() as source:
        found = source.find([MONDAY, WEDNESDAY, date(2026, 12, 1)])
        assert [(each.business_date, each.name) for each in found] == [
            (MONDAY, "balances_20261123.csv"), (WEDNESDAY, "balances_20261125.csv"),
        ]  # fmt: skip
        assert [read(source, each) for each in found] == [CONTENT + str(day).encode() for day in (MONDAY, WEDNESDAY)]
        assert found[0].size_bytes == len(CONTENT) + 10


def test_a_large_file_streams_whole(kind):
    content = os.urandom(3_000_001)
    kind.files.put("balances_20261123.csv", content)
    with kind.source() as source:
        (found,) = source.find([MONDAY])
        with source.open(found) as stream:
            assert b"".join(iter(lambda: stream.read(65_537), b"")) == content


def test_nothing_there_is_no_fault(kind):
    with kind.source() as source:
        assert source.find([MONDAY]) == []


def test_an_unchanged_file_has_its_version_and_another_one_another(kind):
    path = kind.files.put("balances_20261123.csv")
    with kind.source() as source:
        before, again = source.find([MONDAY])[0], source.find([MONDAY])[0]
        assert before.version
        assert before.version == again.version
    kind.files.put(path.name, CONTENT + b"3,1.00\n", modified=time.time() + 10)
    with kind.source() as source:
        assert source.find([MONDAY])[0].version != before.version


def test_a_file_that_changed_since_it_was_found_is_not_read(kind):
    path = kind.files.put("balances_20261123.csv")
    with kind.source() as source:
        (found,) = source.find([MONDAY])
        kind.files.put(path.name, b"x" * len(CONTENT), modified=time.time() + 10)
        with pytest.raises(Unavailable, match="FILE_CHANGED"):
            read(source, found)
        path.unlink()
        with pytest.raises(NotFound, match="FILE_GONE"):
            read(source, found)


def test_a_ready_file_says_that_a_file_is_complete(kind):
    kind.files.put("balances_20261123.csv")
    for ready in ("{file}.ok", "done_{date:%Y%m%d}"):
        with kind.source(ready_file=ready) as source:
            assert source.find([MONDAY])[0].complete is False
        made = kind.files.put(ready.replace("{file}", "balances_20261123.csv").replace("{date:%Y%m%d}", "20261123"))
        with kind.source(ready_file=ready) as source:
            assert source.find([MONDAY])[0].complete is True
        made.unlink()
    with kind.source() as source:
        assert source.find([MONDAY])[0].complete is None


def test_a_file_beyond_the_limit_is_not_read(kind):
    kind.files.put("balances_20261123.csv", b"x" * 2_000)
    kind.surroundings = Surroundings(
        secrets=kind.surroundings.secrets, known_hosts=kind.surroundings.known_hosts, bytes_max=1_999
    )
    with kind.source() as source:
        (found,) = source.find([MONDAY])
        with pytest.raises(LimitReached, match="SOURCE_TOO_LARGE"):
            read(source, found)


@pytest.mark.parametrize(
    "file", ["../{date}.csv", "/etc/passwd", "a/../../b", "", "a\\b", "a\0b", "*" * 5, "{now}", "{date:%y%m%d}"]
)
def test_a_pattern_that_leads_out_or_means_nothing_is_refused(kind, file):
    with pytest.raises(InvalidInput, match="FILE_PATTERN_INVALID"), kind.source(file) as source:
        source.find([MONDAY])


def test_a_name_that_leads_out_is_not_opened(kind):
    (kind.files.folder.parent / "outside.csv").write_bytes(b"secret")
    kind.files.put("balances_20261123.csv")
    with kind.source() as source:
        (found,) = source.find([MONDAY])
        for name in ("../outside.csv", str(kind.files.folder.parent / "outside.csv"), "a/../../outside.csv", ".", ""):
            with pytest.raises(WorkbenchError, match=r"FILE_GONE|FILE_CHANGED|SOURCE_UNAVAILABLE"):
                read(source, port.Found(name, 6, None, MONDAY, found.version))


# Of those that list folders.


def test_what_the_pattern_means_is_found_below_folders_and_nothing_else(listed):
    for name in (
        "202611/acc_23_1.csv", "202611/acc_23_2.csv", "202611/acc_31_1.csv", "202611/.acc_23_3.csv", "202611/acc_23_1.csv.tmp",
        "202610/acc_23_1.csv", "2026/acc_23_1.csv", "202611/deep/acc_23_1.csv", "202611/acc_23_\n.csv", "202611/acc_23_.csv",
    ):  # fmt: skip
        listed.files.put(name)
    (listed.files.folder / "202611/acc_24_1.csv").mkdir()
    with listed.source("{date:%Y%m}/acc_{date:%d}_*.csv") as source:
        names = [(each.business_date, each.name) for each in source.find()]
        assert names == [
            (date(2026, 10, 23), "202610/acc_23_1.csv"), (MONDAY, "202611/acc_23_.csv"),
            (MONDAY, "202611/acc_23_1.csv"), (MONDAY, "202611/acc_23_2.csv"),
        ]  # fmt: skip


def test_a_name_without_a_date_is_a_file_without_one(listed):
    listed.files.put("all.csv")
    with listed.source("all.csv") as source:
        assert [(each.name, each.business_date) for each in source.find([MONDAY])] == [("all.csv", None)]


def test_a_link_is_followed_inside_and_refused_outside(listed):
    folder = listed.files.folder
    (folder.parent / "outside").mkdir()
    (folder.parent / "outside/balances_20261124.csv").write_bytes(b"secret")
    listed.files.put("real/x.csv")
    (folder / "balances_20261123.csv").symlink_to("real/x.csv")
    (folder / "balances_20261124.csv").symlink_to("../outside/balances_20261124.csv")
    (folder / "balances_20261125.csv").symlink_to("/etc/hostname")
    (folder / "balances_20261126.csv").symlink_to("balances_20261126.csv")
    (folder / "out").symlink_to("../outside")
    with listed.source() as source:
        (found,) = source.find()
        assert (found.name, read(source, found)) == ("balances_20261123.csv", CONTENT)
        with pytest.raises(NotFound, match="FILE_GONE"):
            read(source, port.Found("balances_20261124.csv", 6, None, TUESDAY, "x"))
    with listed.source("out/" + NAME) as source:
        assert source.find() == []


def test_too_many_entries_are_told_and_not_gone_through(listed, monkeypatch):
    for day in range(1, 12):
        listed.files.put(f"balances_202611{day:02}.csv")
    monkeypatch.setattr(walking, "ENTRIES_MAX", 10)
    with listed.source() as source, pytest.raises(LimitReached, match="SOURCE_TOO_LARGE"):
        source.find()
    monkeypatch.undo()
    monkeypatch.setattr(walking, "FOUND_MAX", 10)
    with listed.source() as source:
        assert len(source.find([MONDAY - timedelta(days=20)])) == 1
        with pytest.raises(LimitReached, match="SOURCE_TOO_LARGE"):
            source.find()


def test_a_pipe_is_no_file(listed):
    os.mkfifo(listed.files.folder / "balances_20261123.csv")
    with listed.source() as source:
        assert source.find() == []


def test_a_folder_that_is_not_there_is_told(listed):
    listed.definition["location"] += "/none"
    with pytest.raises(Unavailable, match="SOURCE_UNAVAILABLE"), listed.source() as source:
        source.find()


# Folders of this machine.


def test_the_inbox_is_the_deployments_and_is_made(tmp_path):
    inbox = Surroundings(inbox=tmp_path / "inbox")
    with open_source(feed({"kind": "folder", "location": "{inbox}/core", "file": NAME}), inbox) as source:
        assert source.find() == []
    assert (tmp_path / "inbox/core").is_dir()
    for location, surroundings in (("{inbox}", Surroundings()), ("files", inbox), ("", inbox)):
        with (
            pytest.raises(InvalidInput, match="SOURCE_INVALID"),
            open_source(feed({"kind": "folder", "location": location, "file": NAME}), surroundings),
        ):
            pass


def test_a_folder_that_becomes_a_link_is_not_followed_out(tmp_path):
    kind = folder_kind(None, tmp_path)
    kind.files.put("in/balances_20261123.csv")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/balances_20261123.csv").write_bytes(CONTENT)
    with kind.source("in/" + NAME) as source:
        (found,) = source.find()
        (kind.files.folder / "in").rename(kind.files.folder / "was")
        (kind.files.folder / "in").symlink_to("../outside")
        with pytest.raises(NotFound, match="FILE_GONE"):
            read(source, found)


# SFTP.


def test_a_server_that_is_not_known_or_not_itself_is_not_talked_to(sftp, openssh_server, tmp_path):
    known = tmp_path / "known_hosts"
    for text_, match in (
        ("", "not among the known hosts"),
        (openssh_server.known_hosts(openssh_server.other_key), "not the one"),
    ):
        known.write_text(text_)
        with pytest.raises(RuleBroken, match=match), sftp.source():
            pass
        # It is not learnt by being met.
        assert known.read_text() == text_
    known.unlink()
    with pytest.raises(InvalidInput, match="known_hosts"), sftp.source():
        pass


def test_who_is_not_let_in_is_told_so_without_the_secret(sftp, caplog):
    for secret, match in (
        ("hunter2-secret", "SOURCE_REFUSED"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2-secret", "SOURCE_INVALID"),
    ):
        sftp.surroundings = Surroundings(secrets={"core": secret}, known_hosts=sftp.surroundings.known_hosts)
        with pytest.raises(WorkbenchError, match=match) as fault, sftp.source():
            pass
        assert "hunter2-secret" not in f"{fault.value!r} {fault.value.__context__!r} {caplog.text} {sftp.surroundings!r}"
    sftp.surroundings = Surroundings(known_hosts=sftp.surroundings.known_hosts)
    with pytest.raises(InvalidInput, match="The secret core is not set"), sftp.source():
        pass


@pytest.mark.parametrize("location", ["sftp://host/x", "ssh://me@host/x", "sftp://me:word@host/x", "", "sftp://me@/x"])
def test_an_address_that_is_none_is_refused(sftp, location):
    with pytest.raises(InvalidInput, match="SOURCE_INVALID"), sftp.source(location=location):
        pass


def test_a_server_that_is_down_or_no_sftp_server_is_told(sftp):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port_number = mute.getsockname()[1]

        def hang_up():
            mute.accept()[0].close()

        thread = threading.Thread(target=hang_up, daemon=True)
        thread.start()
        for _either in ("closes at once", "refuses"):
            with (
                pytest.raises(Unavailable, match="SOURCE_UNAVAILABLE"),
                sftp.source(location=f"sftp://me@127.0.0.1:{port_number}/"),
            ):
                pass
            thread.join()
            mute.close()


# HTTP.


def test_an_unchanged_file_is_asked_about_and_not_fetched(http, web_server):
    http.files.put("balances_20261123.csv")
    with http.source() as source:
        source.find([MONDAY])
        source.find([MONDAY])
    assert [method for method, _, _ in web_server.seen] == ["HEAD", "HEAD"]


def test_a_server_without_head_and_without_etag_still_serves(http, web_server):
    path = "/files/balances_20261123.csv"

    def answer(handler):
        if handler.command == "HEAD":
            return handler.tell(405)
        return handler.tell(200, CONTENT, Last_Modified="Mon, 23 Nov 2026 10:00:00 GMT")

    web_server.odd[path] = answer
    with http.source() as source:
        (found,) = source.find([MONDAY])
        assert (found.version, found.modify_time.hour) == (f"Mon, 23 Nov 2026 10:00:00 GMT {len(CONTENT)}", 10)
        assert read(source, found) == CONTENT


def test_redirects_go_no_further_than_the_host(http, web_server):
    http.files.put("moved.csv")
    path, here = "/files/balances_20261123.csv", f"http://127.0.0.1:{web_server.server_port}"
    web_server.odd[path] = lambda handler: handler.tell(302, Location="/files/moved.csv")
    with http.source() as source:
        assert read(source, source.find([MONDAY])[0]) == CONTENT
    for address in (
        "http://127.0.0.2/x", here.replace("127.0.0.1", "localhost"), f"http://127.0.0.1:{web_server.server_port + 1}/x",
        "file:///etc/passwd", "https://127.0.0.1/x", "//example.org/x", f"http://127.0.0.1:{web_server.server_port}@example.org/",
    ):  # fmt: skip
        web_server.odd[path] = lambda handler, address=address: handler.tell(302, Location=address)
        with http.source() as source, pytest.raises(RuleBroken, match="another host"):
            source.find([MONDAY])
    web_server.odd[path] = lambda handler: handler.tell(302, Location=path)
    with http.source() as source, pytest.raises(RuleBroken, match="more than 5 times"):
        source.find([MONDAY])


def test_neither_the_environments_proxy_nor_its_sign_ins_are_used(http, web_server, monkeypatch, tmp_path):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password hunter2\n")
    http.files.put("balances_20261123.csv")
    with http.source() as source:
        assert source.find([MONDAY])
    assert "Authorization" not in web_server.seen[0][2]


def test_the_proxy_of_the_deployment_is_used(http, web_server):
    http.surroundings = Surroundings(http_proxy=f"http://127.0.0.1:{web_server.server_port}")
    with http.source(location="http://files.bank.internal/files") as source:
        source.find([MONDAY])
    assert web_server.seen[0][1] == "http://files.bank.internal/files/balances_20261123.csv"


def test_the_secret_is_the_authorization_and_is_told_to_nobody_else(http, web_server):
    http.surroundings = Surroundings(secrets={"core": "Bearer hunter2-secret"})
    path = "/files/balances_20261123.csv"
    with http.source(secret="core") as source:
        source.find([MONDAY])
        assert web_server.seen[0][2]["Authorization"] == "Bearer hunter2-secret"
        for status, reason in ((401, "REFUSED"), (403, "REFUSED"), (500, "UNAVAILABLE"), (418, "UNAVAILABLE")):
            web_server.odd[path] = lambda handler, status=status: handler.tell(status, b"hunter2-secret")
            with pytest.raises(WorkbenchError, match=f"SOURCE_{reason}") as fault:
                source.find([MONDAY])
            assert "hunter2-secret" not in repr(fault.value)


@pytest.mark.parametrize("host", ["169.254.169.254", "[fe80::1]", "224.0.0.1", "0.0.0.0", "[::ffff:169.254.169.254]"])
def test_addresses_that_no_file_server_has_are_refused(http, host):
    with http.source(location=f"http://{host}/files") as source, pytest.raises(RuleBroken, match="no file server"):
        source.find([MONDAY])


@pytest.mark.parametrize(
    "location",
    ["ftp://host/x", "http://me:word@host/x", "http:///x", "", "http://host/x?token=1", "http://host:0/", "http://host:99999/"],
)
def test_an_address_that_is_no_folder_is_refused(http, location):
    with pytest.raises(InvalidInput, match="SOURCE_INVALID"), http.source(location=location):
        pass


def test_a_body_that_is_cut_off_or_goes_on_is_not_taken_for_the_file(http, web_server):
    path = "/files/balances_20261123.csv"

    def cut(handler):
        handler.tell(200, CONTENT, Content_Length=str(len(CONTENT) + 5), ETag='"1"', Connection="close")
        handler.close_connection = True

    web_server.odd[path] = cut
    with http.source() as source:
        (found,) = source.find([MONDAY])
        with pytest.raises(Unavailable, match=r"FILE_CHANGED|SOURCE_UNAVAILABLE"):
            read(source, found)


def test_wildcards_are_no_address(http):
    for file in ("*.csv", "all.csv"):
        with pytest.raises(InvalidInput, match="one name for each date"), http.source(file):
            pass


# SQL.


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def core(request, tmp_path_factory):
    """A core system's database with balances."""
    url = (
        f"sqlite:///{tmp_path_factory.mktemp('core')}/core.db"
        if request.param == "sqlite"
        else request.getfixturevalue("new_postgresql_url")()
    )
    engine = create_engine(url)
    money = "TEXT" if request.param == "sqlite" else "NUMERIC(30, 4)"
    with engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE balances (account TEXT, day DATE, amount {money}, name TEXT, seen BOOLEAN)"))
        rows = [
            {"account": str(number), "day": MONDAY.isoformat(), "amount": str(Decimal(number) + Decimal("99999999999999.1234"))}
            for number in range(12_345)
        ]
        values = "CAST(:account AS text), CAST(:day AS {0}), CAST(:amount AS {1}), 'a,\"王\"\nb', NULL"
        kinds = ("text", "text") if request.param == "sqlite" else ("date", "numeric")
        connection.execute(text(f"INSERT INTO balances VALUES ({values.format(*kinds)})"), rows)
    yield engine
    engine.dispose()


QUERY = "SELECT account, amount, name, seen FROM balances WHERE day = :business_date ORDER BY CAST(account AS integer)"


def sql_feed(engine, query=QUERY, form=None, **fields):
    location = engine.url.render_as_string(hide_password=False)
    source = {"kind": "sql", "location": location, "query": query, **fields}
    return feed(source, **{"delimiter": ",", "quote": '"'} | (form or {}))


def test_a_query_is_read_as_a_table_with_every_digit(core):
    with open_source(sql_feed(core), Surroundings()) as source:
        (found,) = source.find([MONDAY])
        assert (found.business_date, found.complete) == (MONDAY, True)
        rows = list(csv.reader(io.StringIO(read(source, found).decode(), newline="")))
    assert rows[:2] == [["account", "amount", "name", "seen"], ["0", "99999999999999.1234", 'a,"王"\nb', ""]]
    assert (len(rows), rows[-1][:2]) == (12_346, ["12344", "100000000012343.1234"])


def test_a_date_without_rows_has_not_come(core):
    with open_source(sql_feed(core), Surroundings()) as source:
        (found,) = source.find([TUESDAY])
        with pytest.raises(NotFound, match="FILE_GONE"):
            read(source, found)


def test_a_query_says_whether_the_date_is_complete(core):
    ready = "SELECT 1 FROM balances WHERE day = :business_date LIMIT 1"
    with open_source(sql_feed(core, ready_query=ready), Surroundings()) as source:
        assert [each.business_date for each in source.find([MONDAY, TUESDAY])] == [MONDAY]


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM balances WHERE day = :business_date RETURNING account",
        "UPDATE balances SET name = 'x' WHERE day = :business_date",
    ],
)
def test_nothing_is_ever_written(core, query):
    with open_source(sql_feed(core, query), Surroundings()) as source:
        (found,) = source.find([MONDAY])
        with pytest.raises(WorkbenchError, match="SOURCE_"):
            read(source, found)
    with core.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM balances WHERE name <> 'x'")).scalar() == 12_345


def test_what_a_database_says_of_a_fault_is_not_passed_on(core):
    with open_source(sql_feed(core, "SELECT hunter2 FROM balances WHERE day = :business_date"), Surroundings()) as source:
        (found,) = source.find([MONDAY])
        with pytest.raises(Unavailable, match="SOURCE_UNAVAILABLE") as fault:
            read(source, found)
    assert "hunter2" not in repr(fault.value)


def test_a_value_that_would_break_a_line_needs_a_quote(core):
    with open_source(sql_feed(core, form={"quote": ""}), Surroundings()) as source:
        (found,) = source.find([MONDAY])
        with pytest.raises(InvalidInput, match="SOURCE_INVALID"):
            read(source, found)


def test_any_delimiter_and_encoding_that_the_format_names(core):
    query = "SELECT account, '王' AS name FROM balances WHERE day = :business_date AND account = '7'"
    with open_source(sql_feed(core, query, {"delimiter": "|+|", "quote": "", "encoding": "gb18030"}), Surroundings()) as source:
        (found,) = source.find([MONDAY])
        assert read(source, found).decode("gb18030") == "account|+|name\n7|+|王\n"


@pytest.mark.parametrize(
    ("query", "form"),
    [("SELECT 1", {}), (QUERY, {"kind": "parquet"}), (QUERY, {"header": False}), (QUERY, {"compression": "gzip"})],
)
def test_a_query_that_cannot_be_a_feed_is_refused(core, query, form):
    with pytest.raises(InvalidInput, match="SOURCE_INVALID"), open_source(sql_feed(core, query, form), Surroundings()):
        pass


@pytest.mark.parametrize("location", ["", "nonsense", "postgresql+psycopg://me:word@127.0.0.1/x", "mysql+nothing://h/x"])
def test_a_database_that_is_none_is_refused_without_its_password(location):
    definition = feed({"kind": "sql", "location": location, "query": QUERY}, quote='"')
    with pytest.raises(InvalidInput, match="SOURCE_INVALID") as fault, open_source(definition, Surroundings()):
        pass
    assert "word" not in repr(fault.value).replace("password", "")


def test_a_database_that_is_down_is_told(tmp_path):
    for location, secret in (("postgresql+psycopg://me@127.0.0.1:9/x", "core"), (f"sqlite:///{tmp_path}/none.db", "")):
        definition = feed({"kind": "sql", "location": location, "query": QUERY, "secret": secret}, quote='"')
        with open_source(definition, Surroundings(secrets={"core": "hunter2"})) as source:
            with pytest.raises(Unavailable, match="SOURCE_UNAVAILABLE") as fault:
                read(source, source.find([MONDAY])[0])
            assert "hunter2" not in repr(fault.value)
    assert not (tmp_path / "none.db").exists()


# Push.


def test_what_is_pushed_is_not_looked_for():
    with open_source(feed({"kind": "push"}), Surroundings()) as source:
        assert source.find([MONDAY]) == []
