"""The feeds that this deployment knows: those of its packs, and its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from services.chassis.kernel.errors import InvalidInput, NotFound
from services.integration.model.feed_definition import FeedDefinition, load
from services.integration.usecases.settings import IntegrationSettings

PACKS = Path(__file__).parents[1] / "packs"
FEEDS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Definitions:
    """All of them at one moment."""

    feeds: Mapping[str, FeedDefinition]
    # The pack of each feed; empty for the deployment's own.
    packs: Mapping[str, str]
    # Of each file that is no feed: its name, and what is wrong with it.
    faults: Mapping[str, str]

    def find(self, name: str) -> FeedDefinition:
        """The feed; raises NotFound FEED_NOT_FOUND."""
        if name not in self.feeds:
            raise NotFound("FEED_NOT_FOUND", f"There is no feed {name} here.", metadata={"feed": name})
        return self.feeds[name]


@dataclass(slots=True)
class _Read:
    """What was read last, and of which files."""

    state: tuple[tuple[str, int, int], ...] = ()
    definitions: Definitions = field(default_factory=lambda: Definitions({}, {}, {}))


_read: dict[tuple[tuple[str, ...], Path | None], _Read] = {}
_reading = Lock()


def definitions(settings: IntegrationSettings) -> Definitions:
    """The feeds as their files say at this moment; a file that changed is read anew."""
    files = list(_files(settings))
    state = tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for _, path in files)
    with _reading:
        kept = _read.setdefault((settings.packs, settings.feeds), _Read())
        if kept.state != state:
            kept.definitions, kept.state = _load(files), state
        return kept.definitions


def find(settings: IntegrationSettings, name: str) -> FeedDefinition:
    """The feed of that name; raises NotFound FEED_NOT_FOUND."""
    return definitions(settings).find(name)


def fingerprint(definition: FeedDefinition) -> str:
    """By which one version of a feed is told from another."""
    return hashlib.sha256(definition.model_dump_json(by_alias=True).encode()).hexdigest()


def _files(settings: IntegrationSettings) -> Iterator[tuple[str, Path]]:
    """Each file with its pack: the packs first, the deployment's own last."""
    for pack in settings.packs:
        yield from ((pack, path) for path in sorted((PACKS / pack).glob("*.toml")))
    if settings.feeds is not None and settings.feeds.is_dir():
        yield from (("", path) for path in sorted(settings.feeds.glob("*.toml"))[:FEEDS_MAX])


def _load(files: list[tuple[str, Path]]) -> Definitions:
    feeds: dict[str, FeedDefinition] = {}
    packs: dict[str, str] = {}
    faults: dict[str, str] = {}
    for pack, path in files:
        place = f"{pack}/{path.name}" if pack else path.name
        try:
            definition = load(path)
        except InvalidInput as fault:
            faults[place] = fault.message
            continue
        except OSError as error:
            faults[place] = f"{path.name}: {error.strerror}."
            continue
        if packs.get(definition.name) == pack:
            faults[place] = f"{path.name}: there is a feed {definition.name} already."
            continue
        feeds[definition.name], packs[definition.name] = definition, pack
    return Definitions(feeds, packs, faults)
