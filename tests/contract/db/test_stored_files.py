"""Files: kept in parts, unreadable at rest, handed out by a link that holds for minutes and names one file."""

import hashlib
import os
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from services.chassis.db.session import FileLimits
from services.chassis.files import links, storage
from services.chassis.files.table import FilePart, StoredFile
from services.chassis.kernel.caller import Caller
from services.chassis.kernel.errors import LimitReached, NotFound, RuleBroken
from tests.contract.db.conftest import NOW

OWNER = Caller("rm")


def kept(database, content=b"hello", *, complete=True):
    with database.transaction(OWNER) as work:
        file = storage.create(work, "张三.csv", "text/csv")
        storage.append(work, file, content)
        if complete:
            storage.complete(work, file)
        return file


def test_content_comes_back_whole_and_lies_in_parts(database):
    content = os.urandom(storage.PART_BYTES_MAX * 2 + 7)
    file = kept(database, content)
    assert (file.size_bytes, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    with database.transaction(read_only=True) as work:
        assert storage.content(work.session, file.file_id) == content
        assert work.session.scalar(select(func.count()).select_from(FilePart)) == 3


def test_it_is_unreadable_at_rest(database):
    kept(database, b"13812345678")
    with database.engine.connect() as connection:
        (content,) = connection.exec_driver_sql("SELECT content FROM stored_file_parts").one()
        (name,) = connection.exec_driver_sql("SELECT file_name FROM stored_files").one()
    assert b"13812345678" not in bytes(content)
    assert "张三" not in name


def test_a_complete_file_does_not_grow_and_a_large_one_is_refused(database):
    database.files = FileLimits(bytes_max=10)
    file = kept(database)
    with database.transaction(OWNER) as work, pytest.raises(RuleBroken, match="FILE_COMPLETE"):
        storage.append(work, storage.find(work, file.file_id), b"x")
    with pytest.raises(LimitReached, match="FILE_TOO_LARGE"):
        kept(database, b"x" * 11)


def test_expired_it_is_gone(database):
    database.clock = lambda: NOW
    file = kept(database)
    database.clock = lambda: NOW + timedelta(hours=database.files.kept_hours)
    with database.transaction() as work:
        with pytest.raises(NotFound, match="FILE_NOT_FOUND"):
            storage.find(work, file.file_id)
        storage.forget_expired(work.session, work.now)
        assert work.session.scalar(select(func.count()).select_from(FilePart)) == 0
        assert work.session.scalar(select(func.count()).select_from(StoredFile)) == 0


def test_a_link_holds_for_its_file_its_service_and_its_minutes(database):
    path = links.link("customer", "f-1", NOW)
    assert path.startswith("/v1/operations/customer/files/")
    link = path.rpartition("/")[2]
    assert links.verify("customer", link, NOW + timedelta(seconds=links.LINK_SECONDS - 1)) == "f-1"
    file_id, expiry, signature = link.split(".")
    wrong = [
        ("customer", link, NOW + timedelta(seconds=links.LINK_SECONDS)),
        ("identity", link, NOW),
        ("customer", f"f-2.{expiry}.{signature}", NOW),
        ("customer", f"{file_id}.{int(expiry) + 1}.{signature}", NOW),
        ("customer", f"{file_id}.0{expiry}.{signature}", NOW),
        ("customer", f"{file_id}.٣.{signature}", NOW),
        ("customer", f"{link}x", NOW),
        ("customer", "", NOW),
        ("customer", "..", NOW),
    ]
    refusals = set()
    for service, text, now in wrong:
        with pytest.raises(NotFound) as refused:
            links.verify(service, text, now)
        refusals.add(str(refused.value))
    assert len(refusals) == 1
