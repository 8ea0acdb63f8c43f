"""The manifest: what it lists, pins, announces and verifies, and how retention and crashes leave it and the disk in agreement."""

import csv
import io
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from workbench.integration.v1 import dataset_service_pb2, events_pb2

from services.chassis import keys, runtime
from services.chassis.contract import methods
from services.chassis.db import migrations
from services.chassis.db.engine import create_engine
from services.chassis.db.session import Call, Database
from services.chassis.files import storage
from services.chassis.kernel.caller import Caller, Grant, Scope
from services.chassis.kernel.errors import InvalidInput, NotAllowed, NotFound, RuleBroken, StaleVersion
from services.chassis.lake import packs
from services.chassis.lake.lake import Lake, Pin
from services.chassis.lake.schemas import SCHEMAS
from services.chassis.longwork.runner import Runner
from services.chassis.longwork.table import Operation
from services.chassis.outbox.table import OutboxMessage
from services.chassis.rpc.admission import Admission
from services.chassis.rpc.client import Client
from services.chassis.rpc.server import Hosted, Server
from services.chassis.rpc.wire import ASSERTION_AUDIENCE, ASSERTION_KEY, open_channel
from services.integration.__main__ import SERVICE
from services.integration.model.dataset import Dataset, DatasetPack
from services.integration.model.feed_definition import Retention
from services.integration.usecases import datasets, upkeep

DAY = date(2026, 11, 24)
RPCS = {**SERVICE.rpcs, **runtime.OPERATIONS}
METHODS = {each.full_name.rpartition("/")[2]: each for name in RPCS for each in methods(name)}
SYSTEM = ("integration.dataset.read", "integration.dataset.manage")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("integration")
    sqlite = request.param == "sqlite"
    engine = create_engine(f"sqlite:///{folder}/integration.db" if sqlite else request.getfixturevalue("new_postgresql_url")())
    keys.create_keys(folder)
    keys.use_data_keys(keys.DataKeys.load(folder / keys.DATA_KEYS_FILE))
    migrations.migrate(engine, SERVICE.package)
    yield engine, keys.KeyRing.load(folder / keys.SIGNING_KEYS_FILE)
    engine.dispose()


class Bank:
    """The integration service with a lake of its own, and one manifest for the tests of the module."""

    person = str(uuid.uuid4())

    def __init__(self, engine, ring, folder):
        self.ahead = timedelta()
        self.lake = Lake(folder / "lake")
        self.database = Database(
            engine, "integration", settings=SERVICE.settings(feeds=folder / "feeds"), lake=self.lake, clock=self.clock
        )
        self.runner = Runner(self.database, SERVICE.works)
        self.ring = ring
        self.server = Server({"integration": Hosted(RPCS, self.database)}, Admission(ring))
        self.channel = open_channel(f"127.0.0.1:{self.server.start('127.0.0.1:0')}")
        with self.database.transaction() as work:
            for table in (Dataset, DatasetPack, Operation):
                work.session.query(table).delete()
            work.session.query(OutboxMessage).delete()

    def clock(self):
        return datetime.now(UTC) + self.ahead

    def publish(self, feed="core.balances", day=DAY, rows=10, dataset="balances", source="core"):
        """Writes a revision and publishes it, as a feed's run does."""
        pin, parts, totals = self.write(feed, day, rows, dataset, source)
        with self.database.transaction() as work:
            return datasets.publish(work, pin, parts, run_id="run", totals=totals)

    def write(self, feed="core.balances", day=DAY, rows=10, dataset="balances", source="core"):
        schema = SCHEMAS[dataset]
        values = dict.fromkeys(schema.names, "NULL") | {schema.key[0]: "i::VARCHAR"}
        if dataset == "balances":
            values |= {"balance_minor_units": "i * 100", "currency_code": "'CNY'"}
        query = "SELECT " + ", ".join(f"{value} AS {name}" for name, value in values.items()) + f" FROM range({rows}) t(i)"
        with self.database.transaction(read_only=True) as work:
            pin = Pin(feed, dataset, source, day, datasets.next_revision(work, feed, day))
        with self.lake.connection() as connection:
            parts = self.lake.write(connection, query, schema, pin)
            return pin, parts, self.lake.totals_of(connection, schema, pin)

    def call(self, method, permissions=SYSTEM, **fields):
        caller = Caller(self.person, grants=(Grant(frozenset(permissions), Scope(organisation_paths=("/",))),))
        assertion = {ASSERTION_KEY: self.ring.sign(caller.to_claims(), ASSERTION_AUDIENCE, 60)}
        called = METHODS[method]
        return Client(self.channel, assertion).call(called.full_name, called.request(**fields))

    def finish(self):
        """Runs what long work is due, to its end."""
        while self.runner.run_due():
            pass

    def keep_up(self):
        """A round of upkeep, as its timer asks for it."""
        with self.database.transaction(call=Call("timer/lake.upkeep")) as work:
            upkeep.ask(work)
        self.finish()

    def events(self):
        with self.database.transaction(read_only=True) as work:
            rows = work.session.scalars(select(OutboxMessage).order_by(OutboxMessage.sequence)).all()
        return [events_pb2.DatasetPublished.FromString(row.data) for row in rows]


@pytest.fixture
def bank(engine, tmp_path):
    bank = Bank(*engine, tmp_path)
    yield bank
    bank.channel.close()
    bank.server.stop(0.1)


def test_the_list_is_paged_filtered_and_tells_no_amount(bank):
    for day in range(1, 4):
        bank.publish(day=date(2026, 11, day))
    bank.publish(day=date(2026, 11, 2))
    bank.publish("hr.employees", date(2026, 11, 2), dataset="employees", source="hr")
    listed, token = [], None
    while token != "":
        page = bank.call("ListDatasets", page_size=2, page_token=token or "")
        listed, token = [*listed, *page.datasets], page.next_page_token
    places = [(row.business_date[-2:], row.feed, row.revision, row.current) for row in listed]
    assert places == [
        ("03", "core.balances", 1, True),
        ("02", "hr.employees", 1, True),
        ("02", "core.balances", 2, True),
        ("02", "core.balances", 1, False),
        ("01", "core.balances", 1, True),
    ]
    first = listed[0]
    assert (first.rows, first.part_count, first.run_id, first.dataset) == (10, 1, "run", "balances")
    assert first.size_bytes > 0
    assert bank.call("GetDataset", dataset_id=first.dataset_id) == first
    for asked, count in (
        ({"dataset": "employees"}, 1),
        ({"feed": "core.balances", "current_only": True}, 3),
        ({"start_date": "2026-11-02", "end_date": "2026-11-02"}, 3),
    ):
        assert len(bank.call("ListDatasets", filter=asked).datasets) == count
    token = bank.call("ListDatasets", page_size=1).next_page_token
    with pytest.raises(InvalidInput, match="PAGE_TOKEN_INVALID"):
        bank.call("ListDatasets", page_token=token, filter={"dataset": "balances"})
    with pytest.raises(InvalidInput, match="DATE_INVALID"):
        bank.call("ListDatasets", filter={"start_date": "2026-02-30"})
    with pytest.raises(NotFound, match="DATASET_NOT_FOUND"):
        bank.call("GetDataset", dataset_id=str(uuid.uuid4()))


def test_a_run_pins_of_each_feed_the_current_revision_of_its_latest_date(bank):
    bank.publish(day=date(2026, 11, 23))
    for _ in range(2):
        bank.publish(day=date(2026, 11, 24))
    bank.publish(day=date(2026, 11, 25))
    bank.publish("counter.balances", date(2026, 11, 20), source="counter")
    pinned = bank.call("ListCurrentDatasets", business_date="2026-11-24").datasets
    assert [(row.feed, row.business_date, row.revision) for row in pinned] == [
        ("core.balances", "2026-11-24", 2),
        ("counter.balances", "2026-11-20", 1),
    ]
    (one,) = bank.call("ListCurrentDatasets", business_date="2026-11-24", source_system="counter", dataset="balances").datasets
    assert one == pinned[1]
    assert not bank.call("ListCurrentDatasets", business_date="2026-11-19").datasets


def test_totals_are_for_business_posts_alone(bank):
    dataset = bank.publish(rows=5)
    answer = bank.call("GetDatasetTotals", ("integration.totals.read",), dataset_id=dataset.dataset_id)
    assert [(row.column, row.currency_code, row.minor_units) for row in answer.totals] == [("balance_minor_units", "CNY", "1000")]
    with pytest.raises(NotAllowed):
        bank.call("GetDatasetTotals", SYSTEM, dataset_id=dataset.dataset_id)


def test_current_datasets_are_announced_again_the_oldest_first(bank):
    for day in (25, 24, 24):
        bank.publish(day=date(2026, 11, day))
    before = bank.events()
    operation = bank.call("AnnounceDatasets")
    with pytest.raises(RuleBroken, match="ANNOUNCEMENT_UNDER_WAY"):
        bank.call("AnnounceDatasets")
    bank.finish()
    told = bank.events()[len(before) :]
    assert [(event.business_date, event.revision) for event in told] == [("2026-11-24", 2), ("2026-11-25", 1)]
    assert told[1] == before[0]
    ended = bank.call("GetOperation", service="integration", operation_id=operation.operation_id)
    assert (ended.message, ended.done, ended.total) == ("2 datasets announced", 2, 2)


def test_a_service_that_asks_is_told_of_current_datasets_the_oldest_first(bank):
    for feed in ("core.balances", "card.balances"):
        for day in (25, 24, 24):
            bank.publish(feed=feed, day=date(2026, 11, day))
    (told,) = SERVICE.announcements
    found, after = [], ""
    # As `chassis.announcing` goes through them, however many a step has.
    with bank.database.transaction() as work:
        while page := told.page(work, after, 3):
            found += [(event.business_date, event.feed, event.revision) for _, event in page]
            after = page[-1][0]
    assert found == [
        ("2026-11-24", "card.balances", 2),
        ("2026-11-24", "core.balances", 2),
        ("2026-11-25", "card.balances", 1),
        ("2026-11-25", "core.balances", 1),
    ]


def test_verification_finds_each_fault_and_hands_out_a_table_without_amounts(bank):
    whole, changed, missing = (bank.publish(day=date(2026, 11, day)) for day in (1, 2, 3))
    path = bank.lake.folder(changed.pin) / "part-0.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    (bank.lake.folder(missing.pin) / "part-0.parquet").unlink()
    with bank.database.transaction() as work:
        work.session.get(Dataset, whole.dataset_id).totals = {"balance_minor_units": {"CNY": "4501"}}
    operation = bank.call("VerifyDatasets", filter={"feed": "core.balances"})
    bank.finish()
    ended = bank.call("GetOperation", service="integration", operation_id=operation.operation_id)
    assert (ended.message, ended.done, ended.total) == ("3 datasets looked at, 4 faults", 3, 3)
    assert ended.result_path
    with bank.database.transaction(read_only=True) as work:
        file_id = ended.result_path.partition("fileId=")[2].partition("&")[0] or ended.result_path.rsplit("/", 1)[-1]
        file = work.session.scalars(select(storage.StoredFile).order_by(storage.StoredFile.file_id.desc()).limit(1)).one()
        text = storage.content(work.session, file.file_id).decode()
    assert file_id
    faults = [(row["business_date"][-2:], row["part"], row["reason"]) for row in csv.DictReader(io.StringIO(text))]
    assert sorted(faults) == [
        ("01", "", "TOTAL_DIFFERS"),
        ("02", "part-0.parquet", "PART_CHANGED"),
        ("02", "part-0.parquet", "PART_UNREADABLE"),
        ("03", "part-0.parquet", "PART_MISSING"),
    ]
    assert "4501" not in text
    assert "4500" not in text


def test_a_number_that_a_crash_left_on_the_disk_is_passed_over_and_cleared_a_day_later(bank):
    pin, _, _ = bank.write()
    assert pin.revision == 1
    bank.publish()
    bank.keep_up()
    assert bank.lake.revisions(pin.feed, DAY) == [1, 2]
    bank.ahead = timedelta(hours=25)
    bank.keep_up()
    assert bank.lake.revisions(pin.feed, DAY) == [2]


def test_what_a_later_revision_overtook_or_nobody_kept_is_not_published(bank):
    (slow, parts, totals), fast = bank.write(), bank.write()
    with bank.database.transaction() as work:
        datasets.publish(work, fast[0], fast[1], run_id="run", totals=fast[2])
    with pytest.raises(StaleVersion, match="REVISION_OUTRUN"), bank.database.transaction() as work:
        datasets.publish(work, slow, parts, run_id="run", totals=totals)
    late, parts, totals = bank.write()
    bank.ahead = timedelta(hours=25)
    bank.keep_up()
    with pytest.raises(StaleVersion, match="REVISION_GONE"), bank.database.transaction() as work:
        datasets.publish(work, late, parts, run_id="run", totals=totals)


def test_the_manifest_ends_a_revision_a_day_before_its_files_go(bank, monkeypatch):
    monkeypatch.setattr(upkeep, "retention_of", lambda _work, _feed: Retention(days=30, former_revisions=1))
    today = datetime.now(UTC).date()
    old, recent = today - timedelta(days=40), today - timedelta(days=3)
    bank.publish(day=old)
    for _ in range(3):
        bank.publish(day=recent)
    bank.keep_up()
    kept = bank.call("ListDatasets").datasets
    assert {(row.business_date, row.revision): row.HasField("remove_time") for row in kept} == {
        (str(recent), 3): False,
        (str(recent), 2): False,
        (str(recent), 1): True,
        (str(old), 1): True,
    }
    assert not bank.call("ListCurrentDatasets", business_date=str(old)).datasets
    assert (bank.lake.revisions("core.balances", recent), bank.lake.revisions("core.balances", old)) == ([1, 2, 3], [1])
    bank.ahead = timedelta(hours=25)
    bank.keep_up()
    assert (bank.lake.revisions("core.balances", recent), bank.lake.revisions("core.balances", old)) == ([2, 3], [])
    assert not list((bank.lake.root / ".removed").iterdir())
    # The number of a revision that is gone does not come back.
    assert bank.publish(day=old).revision == 2


def a_past_month():
    """The first day of the month before last."""
    today = datetime.now(UTC).date()
    return (today.replace(day=1) - timedelta(days=32)).replace(day=1)


def total(bank, dataset):
    with bank.lake.connection() as connection:
        rows = bank.lake.relation(connection, SCHEMAS["balances"], [dataset.pin])
        return rows.aggregate("count(*), sum(balance_minor_units)").fetchall()


def test_a_past_month_becomes_one_file_and_every_pin_finds_what_it_found(bank, monkeypatch):
    first = a_past_month()
    days = [first + timedelta(days=number) for number in range(8)]
    former = bank.publish(day=days[0], rows=3)
    published = [bank.publish(day=day, rows=number + 1) for number, day in enumerate(days)]
    latest = bank.publish(day=first + timedelta(days=62), rows=5)
    expected = [total(bank, each) for each in (former, *published, latest)]
    bank.keep_up()
    folders = list((bank.lake.root / "core.balances").glob("business_date=*/rev=*/"))
    assert len([path for path in folders if path.is_dir()]) == 10
    assert len(list((bank.lake.root / "core.balances").glob("month=*/pack=*/part-*"))) == 1
    bank.ahead = timedelta(hours=25)
    bank.keep_up()
    left = [path for path in (bank.lake.root / "core.balances").glob("business_date=*/rev=*") if path.is_dir()]
    assert sorted(left) == sorted([bank.lake.folder(former.pin), bank.lake.folder(latest.pin)])
    assert [total(bank, each) for each in (former, *published, latest)] == expected
    operation = bank.call("VerifyDatasets")
    bank.finish()
    told = bank.call("GetOperation", service="integration", operation_id=operation.operation_id)
    assert told.message == "10 datasets looked at, 0 faults"
    # A late correction stands beside the pack.
    corrected = bank.publish(day=days[1], rows=50)
    bank.keep_up()
    assert corrected.revision == 2
    assert total(bank, corrected) == [(50, 122_500)]
    assert total(bank, published[1]) == expected[2]
    # What retention ends goes out of sight by its date, and the pack with the last of them.
    monkeypatch.setattr(upkeep, "retention_of", lambda _work, _feed: Retention(days=1, former_revisions=0))
    for _ in range(4):
        bank.ahead += timedelta(hours=25)
        bank.keep_up()
    assert not list((bank.lake.root / "core.balances").glob("month=*"))
    assert [path.parent.name for path in (bank.lake.root / "core.balances").glob("*/*")] == [
        f"business_date={latest.business_date}"
    ]
    with pytest.raises(NotFound, match="DATASET_MISSING"):
        total(bank, published[3])


def test_a_pack_that_a_crash_left_is_cleared_away_and_the_month_packed_anew(bank, monkeypatch):
    days = [a_past_month() + timedelta(days=number) for number in range(7)]
    published = [bank.publish(day=day) for day in days]

    def killed(*_arguments):
        raise SystemExit("killed")

    # After the pack was written, and once more after its pointers were.
    for place in ("keep", "point"):
        with monkeypatch.context() as patched:
            if place == "keep":
                patched.setattr("services.integration.usecases.packing.keep", killed)
            else:
                patched.setattr("services.integration.usecases.packing.packs.point", pointing_then(killed))
            with pytest.raises(SystemExit):
                bank.keep_up()
        bank.ahead += timedelta(hours=25)
    assert len(list((bank.lake.root / "core.balances").glob("month=*/pack=*"))) == 2
    for _ in range(3):
        bank.keep_up()
        bank.ahead += timedelta(hours=25)
    assert len(list((bank.lake.root / "core.balances").glob("month=*/pack=*"))) == 1
    assert not list((bank.lake.root / "core.balances").glob("business_date=*/rev=1/"))
    assert {str(total(bank, each)) for each in published} == {"[(10, 4500)]"}


def pointing_then(then, point_as_ever=packs.point):
    def point(*arguments):
        point_as_ever(*arguments)
        then()

    return point


def test_a_month_with_a_broken_file_stays_as_it_is_and_others_go_on(bank):
    days = [a_past_month() + timedelta(days=number) for number in range(7)]
    published = [bank.publish(day=day) for day in days]
    (bank.lake.folder(published[3].pin) / "part-0.parquet").write_bytes(b"PAR1")
    for number in range(7):
        bank.publish("other.balances", days[number])
    bank.keep_up()
    assert not list((bank.lake.root / "core.balances").glob("month=*/*"))
    assert len(list((bank.lake.root / "other.balances").glob("month=*/pack=*"))) == 1


def test_a_stopped_feeds_latest_date_stays(bank, monkeypatch):
    monkeypatch.setattr(upkeep, "retention_of", lambda _work, _feed: Retention(days=30))
    bank.publish(day=date(2020, 1, 1))
    bank.keep_up()
    assert bank.call("ListCurrentDatasets", business_date="2026-11-24").datasets


def test_the_filter_of_a_verification_is_checked_when_it_is_asked_for(bank):
    with pytest.raises(InvalidInput, match="DATE_INVALID"):
        bank.call("VerifyDatasets", filter=dataset_service_pb2.DatasetFilter(end_date="2026-13-01"))
