"""How files are written: for each kind of format that the engine cannot read by itself, a reader that yields records."""

from __future__ import annotations

from importlib import import_module

from services.integration.connectors.formats.records import Reader

_MODULES = {
    "bai2": "bai2",
    "cnaps2": "cnaps2",
    "iso20022": "iso20022",
    "ofx": "ofx",
    "parquet": "parquet",
    "swift_mt": "swift_mt",
    "xlsx": "workbooks",
    "xml": "xml_rows",
}


def reader_of(kind: str) -> Reader:
    """The reader of a kind of format; KeyError where the engine reads it by itself."""
    # What readers stand on is heavy, and a process that reads no such file should not hold it.
    return import_module(f"{__name__}.{_MODULES[kind]}").read
