"""What only SFTP does, and what only HTTP does, against OpenSSH and a web server."""

from __future__ import annotations

import socket
import threading

import pytest

from services.chassis.kernel.errors import InvalidInput, RuleBroken, Unavailable, WorkbenchError
from services.integration.connectors.sources.port import Surroundings
from tests.component.integration.sources import (
    CONTENT,
    MONDAY,
    read,
)

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
