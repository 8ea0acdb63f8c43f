"""Versions and products as they are shown: formulas in plain words, people by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workbench.performance.v1 import product_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import moved
from services.chassis.mapping import Mapper
from services.performance.model.product import ProductVersion
from services.performance.rules.catalogue import Measure, Span, VersionState
from services.performance.rules.definitions import Definition
from services.performance.rules.formulas.words import Language
from services.performance.usecases import catalogue, reaching

_plain = Mapper(
    product_pb2.ProductVersion,
    omitted=("end_date", "author_name", "decider_name"),
    computed={"definition": lambda version: product_pb2.ProductDefinition(**version.definition)},
)


def version_messages(work: UnitOfWork, versions: Sequence[ProductVersion]) -> list[product_pb2.ProductVersion]:
    """Versions as they are shown."""
    people = [person for each in versions for person in (each.author_person_id, each.decider_person_id)]
    names = reaching.person_names(work, people)
    published = any(each.state == VersionState.PUBLISHED for each in versions)
    spans = {span.version_id: span for span in catalogue.published_spans(work)} if published else {}
    shown = []
    for version in versions:
        message = _plain(version)
        message.author_name = names.get(version.author_person_id, "")
        message.decider_name = names.get(version.decider_person_id, "")
        message.end_date = _end_date(version, spans)
        _explain(message.definition, catalogue.definition_of(work, version))
        shown.append(message)
    return shown


def version_message(work: UnitOfWork, version: ProductVersion) -> product_pb2.ProductVersion:
    """A version as it is shown."""
    return version_messages(work, [version])[0]


def _end_date(version: ProductVersion, spans: Mapping[str, Span]) -> str:
    if version.state != VersionState.PUBLISHED:
        return ""
    span = spans.get(version.product_version_id)
    if span is None:
        # Another one begins on the same day: it was never in force.
        return moved(version.start_date, -1).isoformat()
    return span.end_date.isoformat() if span.end_date else ""


def _explain(message: product_pb2.ProductDefinition, definition: Definition) -> None:
    """Puts each formula's words beside it."""
    for source, measured in zip(message.sources, definition.sources, strict=True):
        for stated in source.formulas:
            formula = measured.measures[Measure(stated.measure).slot]
            stated.chinese_words = formula.words(Language.CHINESE)
            stated.english_words = formula.words(Language.ENGLISH)
            stated.yearly = formula.accrues
