"""The product catalogue as results are computed by it: versions that were published, with their formulas read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
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

# Definitions that a process keeps read: more than a catalogue has in force.
_KEPT_DEFINITIONS = 2_048


def rules_of(work: UnitOfWork, version_ids: Iterable[str]) -> list[ProductRule]:
    """What is computed by, of these versions: the same for ever. To when they are in force is whoever pinned them to say.

    A version with several sources is as many rules; by code and first day.
    """
    wanted = sorted(set(version_ids))
    statement = select(ProductVersion).where(among(ProductVersion.product_version_id, wanted))
    order = (ProductVersion.product_code, ProductVersion.start_date, ProductVersion.version_number)
    versions = work.session.scalars(statement.order_by(*order))
    return [rule for version in versions for rule in definition_of(work, version).rules(_from_first_day(version))]


def _from_first_day(version: ProductVersion) -> Span:
    return Span(version.product_code, version.product_version_id, version.start_date, None)


def published_spans(work: UnitOfWork) -> list[Span]:
    """When which version is in force, of all that were ever published; by code and day."""
    version = ProductVersion
    statement = select(version.product_code, version.version_number, version.product_version_id, version.start_date).where(
        version.state == VersionState.PUBLISHED
    )
    return spans((row[0], row[1], row[2], row[3]) for row in work.session.execute(statement))


def names_of(work: UnitOfWork, product_codes: Iterable[str], day: date) -> dict[str, str]:
    """What products are called on a day, by code: by the version in force, else by the first one that comes."""
    version = ProductVersion
    statement = select(version.product_code, version.start_date, version.display_name).where(
        version.state == VersionState.PUBLISHED, among(version.product_code, sorted(set(product_codes)))
    )
    names: dict[str, str] = {}
    for code, start_date, name in work.session.execute(statement.order_by(version.start_date)):
        if start_date <= day or code not in names:
            names[code] = name
    return names


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
