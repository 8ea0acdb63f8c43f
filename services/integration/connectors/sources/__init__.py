"""Where files come from: one module for each kind of source, all of them with the one port."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from services.integration.connectors.sources.port import Source, Surroundings
from services.integration.model.feed_definition import FeedDefinition

_CLASSES: Mapping[str, str] = {
    "folder": "FolderSource",
    "http": "HttpSource",
    "push": "PushSource",
    "sftp": "SftpSource",
    "sql": "SqlSource",
}


@contextmanager
def open_source(definition: FeedDefinition, surroundings: Surroundings) -> Iterator[Source]:
    """The feed's source, connected until the block ends; raises as the port says."""
    kind = definition.source.kind
    # Imported where it is needed: SSH and HTTP are no part of a process at rest.
    module = importlib.import_module(f"{__name__}.{kind}")
    source: Source = getattr(module, _CLASSES[kind])(definition, surroundings)
    try:
        yield source
    finally:
        source.close()
