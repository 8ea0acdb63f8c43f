"""Decides versions of products: written by one person, published by another, and only where all products go together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from workbench.performance.v1 import product_events_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import paths_above
from services.chassis.kernel.errors import RuleBroken
from services.performance.model.person import FIRST_DATE
from services.performance.model.product import ProductVersion
from services.performance.model.run import ClosedMonth
from services.performance.rules.catalogue import Clash, Selection, Span, VersionState, clashes, spans
from services.performance.rules.periods import month_start
from services.performance.usecases import catalogue
from services.performance.usecases.products.drafting import found, kept
from services.performance.usecases.runs.marking import inputs_changed

_SAID = {
    "CODE_TAKEN": "{subject} of {dataset} is {product}'s on {day} already.",
    "KIND_TAKEN": "{subject} of {dataset} is {product}'s on {day} already.",
    "REMAINDER_TAKEN": "The remainder of {dataset} is {product}'s on {day} already.",
    "ACCOUNT_KIND_UNCOVERED": "Accounts of the kind {subject} would be no product's from {day} on.",
}


def submit(work: UnitOfWork, product_version_id: str, etag: str) -> ProductVersion:
    """Asks a second person for a draft."""
    version = found(work, product_version_id, to_change=True, etag=etag)
    version.submit(work.caller.person_id, work.now)
    _check_in_force(work, version)
    work.record(
        product_events_pb2.ProductVersionSubmitted(
            product_version_id=version.product_version_id,
            product_code=version.product_code,
            version_number=version.version_number,
            start_date=version.start_date.isoformat(),
            author_person_id=version.author_person_id,
            # Whoever decides it has a post at the head office.
            organisation_path=paths_above(work.caller.organisation_path)[:2][-1],
        )
    )
    return kept(work, version)


def publish(work: UnitOfWork, product_version_id: str, etag: str) -> ProductVersion:
    """Puts a version in force from its first day on."""
    version = found(work, product_version_id, to_change=True, etag=etag)
    version.publish(work.caller.person_id, work.now)
    _check_in_force(work, version)
    inputs_changed(work, version.start_date, reason=f"products/{version.product_code}")
    work.record(
        product_events_pb2.ProductVersionPublished(
            product_version_id=version.product_version_id,
            product_code=version.product_code,
            version_number=version.version_number,
            start_date=version.start_date.isoformat(),
            author_person_id=version.author_person_id,
            decider_person_id=version.decider_person_id,
        )
    )
    return kept(work, version)


def reject(work: UnitOfWork, product_version_id: str, etag: str, decision_note: str) -> ProductVersion:
    """Gives a version back to its author."""
    version = found(work, product_version_id, to_change=True, etag=etag)
    version.reject(work.caller.person_id, decision_note, work.now)
    work.record(
        product_events_pb2.ProductVersionRejected(
            product_version_id=version.product_version_id,
            product_code=version.product_code,
            author_person_id=version.author_person_id,
            decider_person_id=version.decider_person_id,
        )
    )
    return kept(work, version)


def withdraw(work: UnitOfWork, product_version_id: str, etag: str) -> ProductVersion:
    """Takes a version back before it is in force."""
    version = found(work, product_version_id, to_change=True, etag=etag)
    published = version.state == VersionState.PUBLISHED
    version.withdraw(work.caller.person_id, work.business_date, work.now)
    if published:
        _check_together(work, _published(work, without=version), version.start_date)
        inputs_changed(work, version.start_date, reason=f"products/{version.product_code}")
    work.record(
        product_events_pb2.ProductVersionWithdrawn(
            product_version_id=version.product_version_id,
            product_code=version.product_code,
            published=published,
            start_date=version.start_date.isoformat(),
        )
    )
    return kept(work, version)


def _check_in_force(work: UnitOfWork, version: ProductVersion) -> None:
    """Raises RuleBroken where the version cannot be in force from its first day on."""
    others = _published(work, without=version)
    if version.start_date < FIRST_DATE:
        raise RuleBroken("START_DATE_UNFIT", "There are no results of that day.", metadata={"earliestStartDate": str(FIRST_DATE)})
    own = [each.start_date for each in others if each.product_code == version.product_code]
    if own and version.start_date < max(own):
        problem = f"A version of the product begins on {max(own)}: a new one begins then or later."
        raise RuleBroken("START_DATE_UNFIT", problem, metadata={"earliestStartDate": max(own).isoformat()})
    closed = select(ClosedMonth.month_date).where(ClosedMonth.month_date >= month_start(version.start_date)).limit(1)
    if work.session.scalar(closed):
        raise RuleBroken("MONTH_CLOSED", "The version would begin in a month that was closed, or before one.")
    _check_together(work, [*others, version], version.start_date)


def _published(work: UnitOfWork, *, without: ProductVersion) -> list[ProductVersion]:
    """All versions that were published, but this one."""
    statement = select(ProductVersion).where(
        ProductVersion.state == VersionState.PUBLISHED, ProductVersion.product_version_id != without.product_version_id
    )
    return list(work.session.scalars(statement))


def _check_together(work: UnitOfWork, versions: Sequence[ProductVersion], first: date) -> None:
    """Raises RuleBroken for the first thing that does not go together from that day on; it changes where a version begins."""
    by_id = {each.product_version_id: each for each in versions}
    in_force = spans((each.product_code, each.version_number, each.product_version_id, each.start_date) for each in versions)
    for day in sorted({first, *(span.start_date for span in in_force if span.start_date > first)}):
        taken = [taken for span in in_force if span.holds(day) for taken in _taken(work, span, by_id[span.version_id])]
        if clash := next(clashes(taken, day), None):
            raise _refusal(clash)


def _taken(work: UnitOfWork, span: Span, version: ProductVersion) -> list[tuple[str, str, Selection]]:
    return [(span.product_code, source.dataset, source.selection) for source in catalogue.definition_of(work, version).sources]


def _refusal(clash: Clash) -> RuleBroken:
    said = _SAID[clash.reason].format(
        subject=clash.subject, dataset=clash.dataset, product=clash.product_code, day=clash.day.isoformat()
    )
    told = {"dataset": clash.dataset, "subject": clash.subject, "productCode": clash.product_code, "date": clash.day.isoformat()}
    return RuleBroken(clash.reason, said, metadata=told)
