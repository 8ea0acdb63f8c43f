"""The real files that others wrote, with what their manifest says of them, and the reading of one by a reader."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from services.chassis.kernel.errors import InvalidInput
from services.integration.connectors.formats import reader_of
from services.integration.connectors.formats.records import RAW_CHARACTERS_MAX, Fault, Record
from services.integration.model.feed_definition import Format

SECONDS_MAX = 5


@dataclass(frozen=True)
class Sample:
    path: Path
    name: str
    encoding: str
    reference: str

    @property
    def content(self) -> bytes:
        return self.path.read_bytes()


@dataclass(frozen=True)
class Outcome:
    """What became of a file: rows, faults, or a refusal."""

    rows: list[Record]
    faults: list[Fault]
    refusal: str = ""

    @property
    def reasons(self) -> set[str]:
        return {fault.reason for fault in self.faults}

    @property
    def losses(self) -> set[str]:
        """The reasons of faults that cost a row."""
        return {fault.reason for fault in self.faults if not fault.is_warning}


def samples(folder: Path, *tops: str, without: tuple[str, ...] = (".json", ".xsd", ".qif")) -> list[Sample]:
    with (folder / "MANIFEST.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    found = [row for row in rows if row["path"].startswith(tops) and not row["path"].endswith(without)]
    assert found
    return [
        Sample(
            folder / row["path"],
            row["path"],
            "latin-1" if "latin" in row["encoding"] else "utf-8",
            row["reference_parser_result"],
        )
        for row in found
    ]


def outcome(kind: str, content: bytes, **format_) -> Outcome:
    """Reads it; whatever it is, the outcome is rows, faults that can be stored, or a precise refusal, and nothing else."""
    rows, faults = [], []
    refusal = ""
    try:
        for each in reader_of(kind)(io.BytesIO(content), Format(kind=kind, **format_)):
            (rows if isinstance(each, Record) else faults).append(each)
    except InvalidInput as refused:
        assert refused.reason == "FILE_UNREADABLE", refused
        refusal = refused.message
    for each in (*rows, *faults):
        assert each.line >= 1
        assert len(each.raw) <= RAW_CHARACTERS_MAX
        each.raw.encode("utf-8")
    for row in rows:
        assert all(isinstance(text, str) and text.encode("utf-8") is not None for text in row.values.values())
    return Outcome(rows, faults, refusal)
