"""Runs feeds in a test: a service on a database of its own, definitions as text, files as bytes."""

from __future__ import annotations

import io
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from sqlalchemy import select

from services.chassis import keys
from services.chassis.db import migrations
from services.chassis.db.engine import create_engine
from services.chassis.db.session import Database
from services.chassis.lake.lake import Lake
from services.chassis.longwork.runner import Runner
from services.integration.__main__ import SERVICE
from services.integration.model import Dataset, FeedRun, QuarantinedRow
from services.integration.model.feed_definition import parse
from services.integration.usecases import definitions, landing, running

DAY = date(2026, 11, 24)


class Feeds:
    """An integration service without its server, and the ways into it that tests need."""

    def __init__(self, url: str, folder: Path, **settings) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / keys.DATA_KEYS_FILE).exists():
            keys.create_keys(folder)
        keys.use_data_keys(keys.DataKeys.load(folder / keys.DATA_KEYS_FILE))
        self.folder = folder / "feeds"
        self.folder.mkdir(exist_ok=True)
        self.engine = create_engine(url)
        # Does nothing to what `make_tables` made.
        migrations.migrate(self.engine, "services.integration")
        self.lake = Lake(folder / "lake")
        own = SERVICE.settings(feeds=self.folder, **settings)
        self.database = Database(self.engine, "integration", settings=own, lake=self.lake)
        self.runner = Runner(self.database, SERVICE.works)

    def define(self, toml: str):
        """Adds a feed, or changes it; answers its definition."""
        definition = parse(toml)
        (self.folder / f"{definition.name}.toml").write_text(toml, encoding="utf-8")
        return definition

    def run_file(self, name: str, file, *, day=DAY) -> FeedRun:
        """Lands an open file, whatever its size, and runs it to its end."""
        spooled = landing.spool(self.lake, name, "file", file)
        with self.database.transaction() as work:
            landed = landing.land(work, spooled, origin="push")
            run_id = running.run_feed(work, definitions.find(work.settings, name), landed, business_date=day).run_id
        self.work()
        return self.found(run_id)

    def ask(self, name: str, content: bytes, *, day=DAY, file_name="file", control_text="", **options) -> str:
        """Lands a file and asks for its run; answers the run's id."""
        spooled = landing.spool(self.lake, name, file_name, io.BytesIO(content))
        with self.database.transaction() as work:
            file = landing.land(work, spooled, origin="push", control_text=control_text)
            definition = definitions.find(work.settings, name)
            return running.run_feed(work, definition, file, business_date=day, **options).run_id

    def work(self) -> None:
        """Does all work that is due."""
        while self.runner.run_due():
            pass

    def run(self, name: str, content: bytes, **options) -> FeedRun:
        """Lands a file, runs it to its end, and answers the run."""
        run_id = self.ask(name, content, **options)
        self.work()
        return self.found(run_id)

    def found(self, run_id: str) -> FeedRun:
        with self.database.transaction(read_only=True) as work:
            return running.find_run(work, run_id)

    def quarantined(self, **filters) -> list[QuarantinedRow]:
        with self.database.transaction(read_only=True) as work:
            return list(work.session.scalars(select(QuarantinedRow).filter_by(**filters).order_by(QuarantinedRow.line)))

    def datasets(self, name: str) -> list[Dataset]:
        with self.database.transaction(read_only=True) as work:
            return list(
                work.session.scalars(select(Dataset).filter_by(feed=name).order_by(Dataset.business_date, Dataset.revision))
            )

    def rows(self, name: str, columns: str = "*") -> list[tuple]:
        """The rows of all current revisions of the feed."""
        with self.database.transaction(read_only=True) as work:
            definition = definitions.find(work.settings, name)
        pins = [dataset.pin for dataset in self.datasets(name) if dataset.current]
        with self.lake.connection() as connection:
            return self.lake.relation(connection, definition.schema_, pins).project(columns).order("ALL").fetchall()


def make_tables(url: str) -> None:
    """Those of the service, in an empty database."""
    engine = create_engine(url)
    migrations.migrate(engine, "services.integration")
    engine.dispose()


@contextmanager
def feeds_on(url: str, folder: Path, **settings):
    made = Feeds(url, folder, **settings)
    try:
        yield made
    finally:
        made.engine.dispose()
