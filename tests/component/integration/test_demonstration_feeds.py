"""Every file that the demonstration bank's systems write is taken by the feed it is for, and says what the books say."""

from __future__ import annotations

from datetime import date
from itertools import islice

import pytest

from deploy.demonstration.bank import Bank
from deploy.demonstration.books.bank_books import Span, books
from deploy.demonstration.feeds.delivering import DELIVERED, definitions, deliver, folder_of
from deploy.demonstration.feeds.faults import BAD_ROWS, WITHHELD, WRONG_COUNT, deliver_faulty
from services.integration.model.feed_run import RunState
from services.integration.rules.file_names import pattern
from tests.component.integration.feeds import feeds_on, make_tables

LAST = date(2026, 11, 24)
# The first file of these dates has three of them; the others are like it.
SINCE, FIRST_UNTIL = date(2026, 11, 20), date(2026, 11, 22)
NEXT = date(2026, 11, 25)
PACKS = tuple(sorted({place.split("/")[0] for place in DELIVERED}))
# By their names beside the rows, so that a whole day of the smallest bank has some of each.
CUSTOMERS = 250


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    with books(Bank(1), CUSTOMERS, Span.until(NEXT), tmp_path_factory.mktemp("books")) as made:
        yield made


@pytest.fixture(scope="module")
def inbox(opened, tmp_path_factory):
    folder = tmp_path_factory.mktemp("inbox")
    assert list(deliver(opened, folder, SINCE, LAST))
    return folder


@pytest.fixture
def bank_feeds(copy_of, tmp_path):
    with feeds_on(copy_of("sqlite", make_tables, tmp_path), tmp_path, packs=PACKS) as made:
        yield made


def files_of(definition, inbox):
    """The feed's files in the order of their dates, each with what is said of it in a file beside it."""
    name = pattern(definition.source.file)
    folder = folder_of(definition, inbox)
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if name.matches(path.name):
            beside = pattern(definition.controls.file).name_for(name.date_of(path.name)) if definition.controls.file else ""
            yield path, (path.parent / beside).read_text() if beside else ""


def run_first(feeds, inbox, names=()):
    """Runs the first file of those feeds, or of all; answers the runs by feed."""
    return {
        name: [
            feeds.run(name, path.read_bytes(), day=None, file_name=path.name, control_text=told)
            for path, told in islice(files_of(definition, inbox), 1)
        ]
        for name, definition in definitions().items()
        if not names or name in names
    }


def test_every_file_is_taken_whole_and_says_what_the_books_say(bank_feeds, opened, inbox):
    for name, runs in run_first(bank_feeds, inbox).items():
        assert runs, name
        assert [(RunState(run.state), run.reason, run.faults) for run in runs] == [(RunState.PUBLISHED, "", [])] * len(runs), name
        definition = definitions()[name]
        columns = ", ".join(["business_date", *definition.columns])
        dates = (SINCE, FIRST_UNTIL) if definition.date.source == "column" else (LAST,)
        told = f"{definition.feed.dataset}_{'between($1, $2)' if len(dates) == 2 else 'on($1)'}"
        where = f"WHERE told_by = '{definition.feed.source_system}'" if definition.feed.dataset == "transactions" else ""
        made = opened.rows(f"SELECT {columns} FROM {told} {where} ORDER BY ALL", *dates)
        assert [tuple(None if value == "" else value for value in row) for row in made] == bank_feeds.rows(name, columns), name


def test_the_same_rows_are_the_same_bytes(opened, inbox, tmp_path):
    for path in deliver(opened, tmp_path, SINCE, LAST):
        assert path.read_bytes() == (inbox / path.relative_to(tmp_path)).read_bytes(), path.name


def test_a_month_of_history_is_one_file(opened, tmp_path):
    names = {path.name for path in deliver(opened, tmp_path, date(2026, 9, 1), LAST)}
    balances = {name for name in names if name.startswith("CB_BAL")}
    assert balances == {f"CB_BAL_{day}.dat.gz" for day in (20260930, 20261031, 20261122, 20261123, 20261124)}
    assert {name for name in names if name.startswith("CB_ACCT")} == {"CB_ACCT_20260930.dat", "CB_ACCT_20261124.dat"}


def test_the_truth_is_in_no_file(opened, inbox):
    reasons = {each.reason for each in opened.departures()} - {"STAYS"}
    assert reasons
    for path in inbox.rglob("*.*"):
        content = path.read_bytes()
        assert not any(reason.encode() in content for reason in reasons), path.name
    told = {column.name for definition in definitions().values() for column in definition.schema_.columns}
    assert not told & {"reason", "quiet", "decline_date", "loss_date", "departure"}


def test_planted_faults_are_found_and_mended_by_the_next_delivery(bank_feeds, opened, tmp_path):
    names = (BAD_ROWS, WITHHELD, WRONG_COUNT, "core.balances")
    said = "\n".join(deliver_faulty(opened, tmp_path, NEXT))
    assert all(name in said for name in names[:3])
    runs = run_first(bank_feeds, tmp_path, names)
    assert runs[WITHHELD] == []
    (refused,), (bad,), (whole,) = runs[WRONG_COUNT], runs[BAD_ROWS], runs["core.balances"]
    assert [RunState(run.state) for run in (refused, bad, whole)] == [RunState.REFUSED, RunState.PUBLISHED, RunState.PUBLISHED]
    assert {fault["reason"] for fault in bad.faults} == {row.reason for row in bank_feeds.quarantined(feed=BAD_ROWS)}
    assert 1 <= bad.rows_quarantined <= 3
    assert list(deliver(opened, tmp_path, NEXT, NEXT))
    mended = run_first(bank_feeds, tmp_path, names)
    assert {RunState(run.state) for name in names[:3] for run in mended[name]} == {RunState.PUBLISHED}
    assert {RunState(run.state) for run in mended["core.balances"]} == {RunState.UNCHANGED}
