"""The packs: each is read as a feed, described, and read back exactly by what writes it."""

from __future__ import annotations

import pytest

from deploy.demonstration.feeds.delivering import PACKS, definitions, pack_files
from deploy.demonstration.feeds.dialect import Dialect
from services.integration.model.feed_definition import load
from services.integration.rules.file_names import pattern

SYSTEMS = ("bills", "core", "counter", "ebanking", "factoring", "fees", "hr", "ledger", "risk", "trade", "treasury")


def test_every_feed_of_the_banks_systems_is_delivered():
    found = {path for system in SYSTEMS for path in (PACKS / system).glob("*.toml")}
    assert found == set(pack_files())
    assert len(definitions()) == len(found)


@pytest.mark.parametrize("path", pack_files(), ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_a_pack_is_described_column_by_column(path):
    definition = load(path)
    described = (PACKS / "README.md").read_text(encoding="utf-8")
    section = described.split(f"\n## {definition.name}\n")[1].split("\n## ")[0]
    assert definition.source.file in section
    assert all(f"`{name}`" in section for name in [*Dialect(definition).columns, *definition.columns])
    assert all(f"`{code}`" in section for codes in definition.codes.values() for code in codes)


@pytest.mark.parametrize("path", pack_files(), ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_a_packs_files_are_found_by_the_names_that_they_get(path):
    definition = load(path)
    assert pattern(definition.source.file).is_dated
    assert definition.source.location == f"{{inbox}}/{path.parent.name}"


def test_the_dialects_differ_on_purpose():
    formats = [definition.format for definition in definitions().values()]
    assert {each.kind for each in formats} == {"delimited", "fixed", "json_lines"}
    assert {each.delimiter for each in formats} >= {"|+|", "\x1b", "|", "^", "|!", "\t", ","}
    assert {each.encoding for each in formats} >= {"utf-8", "gbk", "gb18030", "utf-16"}
    assert {definition.controls.source for definition in definitions().values()} == {"", "trailer", "file"}


def test_fixed_columns_neither_overlap_nor_leave_gaps():
    for definition in definitions().values():
        ends = 1
        for column in definition.format.fixed:
            assert column.start == ends, f"{definition.name}: {column.name}"
            ends += column.width
