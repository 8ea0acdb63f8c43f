"""The product catalogue as results are computed by it: versions that were published, with their formulas read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
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
_KEPT_DEFINITIONS = 2_048


def product_rules(work: UnitOfWork, month: date) -> list[ProductRule]:
    """What is computed by in the month that begins on that day: of each version that is in force on a day of it, its sources.

    A version with several sources is as many rules, each of the days in which the version is in force; by code and day.
    """
    last = period_end(PeriodKind.MONTH, month)
    return _rules(work, [span for span in published_spans(work) if span.start_date <= last and (span.end_date or last) >= month])


def rules_of(work: UnitOfWork, version_ids: Iterable[str]) -> list[ProductRule]:
    """What was computed by, of any versions: the same for ever. To when they were in force is whoever pinned them to say."""
    wanted = sorted(set(version_ids))
    versions = work.session.scalars(select(ProductVersion).where(among(ProductVersion.product_version_id, wanted)))
    spans_of_all = [Span(each.product_code, each.product_version_id, each.start_date, None) for each in versions]
    return _rules(work, sorted(spans_of_all, key=lambda span: (span.product_code, span.start_date, span.version_id)))


def published_spans(work: UnitOfWork) -> list[Span]:
    """When which version is in force, of all that were ever published; by code and day."""
    version = ProductVersion
    statement = select(version.product_code, version.version_number, version.product_version_id, version.start_date).where(
        version.state == VersionState.PUBLISHED
    )
    return spans((row[0], row[1], row[2], row[3]) for row in work.session.execute(statement))


def definition_of(work: UnitOfWork, version: ProductVersion) -> Definition:
    """A version's definition with its formulas read: as it was found right when it was kept."""
    return read(work, version.definition)


def read(work: UnitOfWork, values: Mapping[str, Any]) -> Definition:
    """The definition that plain values state; raises DefinitionFault."""
    digits = fraction_digits(work.settings.home_currency_code)
    return _read(json.dumps(values, sort_keys=True, ensure_ascii=False), digits)


def _rules(work: UnitOfWork, in_force: Sequence[Span]) -> list[ProductRule]:
    wanted = sorted({span.version_id for span in in_force})
    rows = work.session.scalars(select(ProductVersion).where(among(ProductVersion.product_version_id, wanted)))
    found = {row.product_version_id: row for row in rows}
    versions = [(span, found[span.version_id]) for span in in_force]
    return [rule for span, version in versions for rule in definition_of(work, version).rules(span, version.display_name)]


@lru_cache(maxsize=_KEPT_DEFINITIONS)
def _read(definition: str, home_fraction_digits: int) -> Definition:
    # By the whole text, not by an id: a draft changes.
    return read_definition(json.loads(definition), home_fraction_digits)
