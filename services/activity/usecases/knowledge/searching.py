"""Finds documents by what somebody types, and by what a customer or a product has in common with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import undefer
from workbench.activity.v1 import knowledge_service_pb2

from services.activity.model.document import DocumentTopic, DocumentVersion
from services.activity.rules.document_words import snippet, terms_of
from services.activity.usecases import reaching
from services.activity.usecases.knowledge import reading, words
from services.chassis.db.session import UnitOfWork

HITS_DEFAULT = 20
HITS_MAX = 50


@dataclass(frozen=True, slots=True)
class Hit:
    """A version that was found, its points, and where."""

    version: DocumentVersion
    points: int
    snippet: str


@dataclass(frozen=True, slots=True)
class Found:
    """The best hits, the best first, and whether there are more."""

    hits: Sequence[Hit]
    more: bool


def search_documents(work: UnitOfWork, request: knowledge_service_pb2.SearchDocumentsRequest) -> Found:
    """What the caller may read today and holds all that was typed."""
    terms = terms_of(request.query)
    if not terms:
        return Found((), more=False)
    size = min(request.page_size or HITS_DEFAULT, HITS_MAX)
    words.prepare(work)
    scored = words.scored(work, terms, reading.own_audiences(work)).subquery()
    statement = (
        select(DocumentVersion.document_id, DocumentVersion.version, scored.c.points)
        .select_from(words.of_versions(work, scored))
        .order_by(scored.c.points.desc(), DocumentVersion.start_date.desc(), DocumentVersion.document_id.desc())
        .limit(size + 1)
    )
    if request.kind:
        statement = statement.where(DocumentVersion.kind == request.kind)
    rows = work.session.execute(reading.holding(work, statement)).all()
    # Texts are read of what is shown, and of nothing else; whether they are for the reader is asked a second time.
    shown = _versions(work, [(row.document_id, row.version) for row in rows[:size]])
    hits = [
        Hit(version, row.points, snippet(request.query, version.body) or snippet(request.query, version.summary))
        for row in rows[:size]
        if (version := shown.get((row.document_id, row.version)))
    ]
    return Found(hits, len(rows) > size)


def related_documents(work: UnitOfWork, request: knowledge_service_pb2.ListRelatedDocumentsRequest) -> Sequence[DocumentVersion]:
    """What the caller may read today and is about something that was asked, the most of it first."""
    topics = list(_topics(work, request))
    if not topics:
        return ()
    common = func.count().label("common")
    statement = (
        select(DocumentVersion.document_id, DocumentVersion.version)
        .join(
            DocumentTopic,
            (DocumentTopic.document_id == DocumentVersion.document_id) & (DocumentTopic.version == DocumentVersion.version),
        )
        .where(DocumentTopic.topic.in_(topics))
        .group_by(DocumentVersion.document_id, DocumentVersion.version, DocumentVersion.start_date)
        .order_by(common.desc(), DocumentVersion.start_date.desc(), DocumentVersion.document_id.desc())
        .limit(min(request.page_size or HITS_DEFAULT, HITS_MAX))
    )
    keys = [(row.document_id, row.version) for row in work.session.execute(reading.readable(work, statement.add_columns(common)))]
    shown = _versions(work, keys)
    return [shown[key] for key in keys if key in shown]


def topics_of(topics: dict[str, list[str | int]]) -> list[str]:
    """What a version is about, one by one, as it is kept to be asked for."""
    return sorted({f"{_TOPICS[name]}:{value}" for name, values in topics.items() for value in values})


_TOPICS = {"product_codes": "product", "customer_kinds": "kind", "customer_tiers": "tier", "industry_codes": "industry"}


def _topics(work: UnitOfWork, request: knowledge_service_pb2.ListRelatedDocumentsRequest) -> Iterable[str]:
    if request.customer_id:
        customer = reaching.customer(work, request.customer_id)
        yield from (f"kind:{customer.kind}", f"tier:{customer.tier}")
    yield from (f"product:{code}" for code in request.product_codes)
    for code in request.industry_codes:
        # C26 is within C, C261 within both.
        yield from (f"industry:{code[:length]}" for length in range(1, len(code) + 1))


def _versions(work: UnitOfWork, keys: Sequence[tuple[str, int]]) -> dict[tuple[str, int], DocumentVersion]:
    if not keys:
        return {}
    statement = select(DocumentVersion).where(DocumentVersion.document_id.in_([document_id for document_id, _ in keys]))
    versions = work.session.scalars(reading.readable(work, statement).options(undefer(DocumentVersion.body)))
    return {(each.document_id, each.version): each for each in versions}
