"""One suite over every kind of source that has files, each against the real thing: a folder, OpenSSH, a web server."""

from __future__ import annotations

import os
import time
from datetime import date, timedelta

import pytest

from services.chassis.kernel.errors import InvalidInput, LimitReached, NotFound, Unavailable, WorkbenchError
from services.integration.connectors.sources import open_source, port, walking
from services.integration.connectors.sources.port import Surroundings
from tests.component.integration.sources import (
    CONTENT,
    MONDAY,
    NAME,
    TUESDAY,
    WEDNESDAY,
    feed,
    folder_kind,
    read,
)

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


# Push.


def test_what_is_pushed_is_not_looked_for():
    with open_source(feed({"kind": "push"}), Surroundings()) as source:
        assert source.find([MONDAY]) == []
