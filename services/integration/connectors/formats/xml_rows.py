"""XML of any vocabulary: `row_element` names the element that is a row.

It is a path such as `Document/Rows/Row` or the end of one, of names without namespaces. Columns: the row's attributes by their
names; its children by theirs, those below by their path (`Party/Name`), their attributes with an @ (`Amount/@Currency`). What
repeats is numbered from the second on (`Phone`, `Phone[2]`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from services.integration.connectors.formats.records import Fault, Record, unreadable
from services.integration.connectors.formats.safe_xml import Walk, local_name, raw_of
from services.integration.model.feed_definition import Format

COLUMNS_MAX = 2_000


def read(stream: BinaryIO, written: Format) -> Iterator[Record | Fault]:
    """The rows of an XML file."""
    names = written.row_element.strip("/").split("/")
    walk = Walk(stream, written.encoding)
    row = None
    for event, element in walk:
        if event == "start":
            row = element if row is None and walk.path[-len(names) :] == names else row
        elif element is row:
            yield Record(walk.line_of(row), raw_of(row), _values(row, walk))
            row = None
            walk.forget(element)
        elif row is None and len(walk.path) > len(names):
            walk.forget(element)


def _values(row: Any, walk: Walk) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, text in _leaves(row, ""):
        column, number = name, 1
        while column in values:
            number += 1
            column = f"{name}[{number}]"
        values[column] = text
        if len(values) > COLUMNS_MAX:
            raise unreadable(f"a row of more than {COLUMNS_MAX} columns", walk.line_of(row))
    return values


def _leaves(element: Any, prefix: str) -> Iterator[tuple[str, str]]:
    for name, text in element.attrib.items():
        plain = name.rpartition("}")[2]
        yield (f"{prefix}@{plain}" if prefix else plain), text
    for child in element:
        name = f"{prefix}{local_name(child)}"
        if len(child):
            yield from _leaves(child, f"{name}/")
        else:
            yield name, (child.text or "").strip()
            yield from ((f"{name}/@{key.rpartition('}')[2]}", text) for key, text in child.attrib.items())
