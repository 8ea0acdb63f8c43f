"""The product catalogue as results are computed by it: versions that were published, with their formulas read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.money import fraction_digits
from services.performance.model.product import ProductVersion
from services.performance.rules.catalogue import ProductRule, Span, VersionState, spans
from services.performance.rules.definitions import Definition, read_definition
from services.performance.rules.periods import PeriodKind, period_end

# Definitions that a process keeps read: more than a catalogue has in force.
_KEPT_DEFINITIONS = 512


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """A version that was published, and when it is in force."""

    span: Span
    display_name: str
    definition: Definition

    @property
    def rules(self) -> list[ProductRule]:
        """What the engine computes by."""
        return self.definition.rules(self.span, self.display_name)


def product_rules(work: UnitOfWork, month: date) -> list[ProductRule]:
    """What is computed by in the month that begins on that day: of each version that is in force on a day of it, its sources."""
    return rules_between(work, month, period_end(PeriodKind.MONTH, month))


def rules_between(work: UnitOfWork, first: date, last: date) -> list[ProductRule]:
    """What is computed by from one day to another, both included; by code, day and dataset."""
    in_force = [span for span in published_spans(work) if span.start_date <= last and (span.end_date or last) >= first]
    return rules_of(work, in_force)


def rules_of(work: UnitOfWork, in_force: Iterable[Span]) -> list[ProductRule]:
    """What was computed by, of versions that a run pinned with their days: the same for ever, whatever was published since."""
    pinned = list(in_force)
    wanted = sorted({span.version_id for span in pinned})
    rows = work.session.scalars(select(ProductVersion).where(among(ProductVersion.product_version_id, wanted)))
    found = {row.product_version_id: row for row in rows}
    read = [PublishedVersion(span, found[span.version_id].display_name, definition_of(work, found[span.version_id])) for span in pinned]
    return [rule for version in read for rule in version.rules]


def published_spans(work: UnitOfWork) -> list[Span]:
    """When which version is in force, of all that were ever published; by code and day."""
    version = ProductVersion
    statement = select(
        version.product_code, version.version_number, version.product_version_id, version.start_date
    ).where(version.state == VersionState.PUBLISHED)
    return spans((row[0], row[1], row[2], row[3]) for row in work.session.execute(statement))


def definition_of(work: UnitOfWork, version: ProductVersion) -> Definition:
    """A version's definition with its formulas read: as it was found right when it was kept."""
    return read(work, version.definition)


def read(work: UnitOfWork, values: Mapping[str, Any]) -> Definition:
    """The definition that plain values state; raises DefinitionFault."""
    digits = fraction_digits(work.settings.home_currency_code)
    return _read(json.dumps(values, sort_keys=True, ensure_ascii=False), digits)


@lru_cache(maxsize=_KEPT_DEFINITIONS)
def _read(definition: str, home_fraction_digits: int) -> Definition:
    # By the whole text, not by an id: a draft changes.
    return read_definition(json.loads(definition), home_fraction_digits)
