"""Publishes and reads pipelines, version by version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from workbench.activity.v1 import pipeline_pb2, pipeline_service_pb2

from services.activity.model.pipeline import USUAL_PIPELINE_ID, PipelineVersion
from services.activity.rules.leads.prospects import tidy_line
from services.chassis.db import listing
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, LimitReached, NotFound, RuleBroken, StaleVersion, located
from services.chassis.kernel.paging import Page
from services.chassis.mapping import Mapper, values_of
from services.chassis.rpc import partial

PIPELINES_MAX = 100
CHANGEABLE_FIELDS = ("display_name", "stages", "win_reasons", "loss_reasons", "retired")


def _all_of(message: type[Any], name: str) -> Any:
    return lambda version: [message(**each) for each in getattr(version, name)]


as_message = Mapper(
    pipeline_pb2.Pipeline,
    computed={
        "stages": _all_of(pipeline_pb2.PipelineStage, "stages"),
        "win_reasons": _all_of(pipeline_pb2.OutcomeReason, "win_reasons"),
        "loss_reasons": _all_of(pipeline_pb2.OutcomeReason, "loss_reasons"),
    },
)


def create(work: UnitOfWork, draft: pipeline_pb2.Pipeline) -> PipelineVersion:
    """The first version of a new pipeline."""
    work.hold("activity.pipelines")
    latest = select(func.count()).select_from(PipelineVersion).where(PipelineVersion.latest)
    if (work.session.scalar(latest) or 0) >= PIPELINES_MAX:
        raise LimitReached("PIPELINES_TOO_MANY", f"There are at most {PIPELINES_MAX} pipelines.")
    with located("pipeline"):
        return _publish(work, work.new_id(), 1, draft)


def change(work: UnitOfWork, sent: pipeline_pb2.Pipeline, fields: Sequence[str]) -> PipelineVersion:
    """A new version with the named fields; none where nothing differs."""
    partial.check_mask(fields, pipeline_pb2.Pipeline.DESCRIPTOR, "A pipeline")
    partial.check(pipeline_service_pb2.GetPipelineRequest(pipeline_id=sent.pipeline_id), prefix="pipeline.")
    former = _latest(work, sent.pipeline_id, to_change=True)
    if sent.etag and sent.etag != former.etag:
        raise StaleVersion("PIPELINE_CHANGED", "It changed since you read it; read it again and repeat.")
    after = as_message(former)
    if not partial.take(after, sent, [name for name in CHANGEABLE_FIELDS if name in fields]):
        return former
    partial.check(after, prefix="pipeline.")
    if after.retired and former.usual:
        raise RuleBroken("PIPELINE_NEEDED", "Opportunities go into this pipeline where none is named; it stays.")
    former.latest = False
    work.session.flush()
    with located("pipeline"):
        return _publish(work, former.pipeline_id, former.version_number + 1, after)


def found(work: UnitOfWork, pipeline_id: str, version_number: int = 0) -> PipelineVersion:
    """A version of a pipeline; the latest, and the usual pipeline, where nothing else is said. Raises NotFound."""
    if not version_number:
        return _latest(work, pipeline_id or USUAL_PIPELINE_ID)
    key = {"pipeline_id": (pipeline_id or USUAL_PIPELINE_ID).lower(), "version_number": version_number}
    version = work.session.get(PipelineVersion, key)
    if version is None:
        raise _not_found()
    return version


def page(work: UnitOfWork, request: pipeline_service_pb2.ListPipelinesRequest) -> Page:
    """A page of pipelines in their latest version: the usual one has the lowest id."""
    statement = select(PipelineVersion).where(PipelineVersion.latest)
    if not request.with_retired:
        statement = statement.where(~PipelineVersion.retired)
    return listing.read_page(work, statement, request, ((PipelineVersion.pipeline_id, listing.text),))


def _latest(work: UnitOfWork, pipeline_id: str, *, to_change: bool = False) -> PipelineVersion:
    statement = select(PipelineVersion).where(PipelineVersion.pipeline_id == pipeline_id.lower(), PipelineVersion.latest)
    version: PipelineVersion | None = work.session.scalars(statement.with_for_update() if to_change else statement).one_or_none()
    if version is None:
        # Who waits for a writer finds that the row he waited for is the latest no more.
        if to_change and work.session.scalar(select(func.count()).where(PipelineVersion.pipeline_id == pipeline_id.lower())):
            raise StaleVersion("PIPELINE_CHANGED", "It changed just now; read it again and repeat.")
        raise _not_found()
    return version


def _publish(work: UnitOfWork, pipeline_id: str, version_number: int, draft: pipeline_pb2.Pipeline) -> PipelineVersion:
    version = PipelineVersion(
        pipeline_id=pipeline_id,
        version_number=version_number,
        latest=True,
        display_name=tidy_line(draft.display_name, "display_name"),
        stages=_listed(draft.stages, "stages", "stage_code"),
        win_reasons=_listed(draft.win_reasons, "win_reasons", "reason_code"),
        loss_reasons=_listed(draft.loss_reasons, "loss_reasons", "reason_code"),
        retired=draft.retired,
        publisher_person_id=work.caller.person_id,
        publish_time=work.now,
    )
    work.session.add(version)
    work.session.flush()
    work.resource = f"pipelines/{pipeline_id}"
    return version


def _listed(items: Sequence[Any], name: str, code: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = []
    for place, item in enumerate(items):
        field = f"{name}[{place}]"
        if any(each[code] == getattr(item, code) for each in listed):
            violation = FieldViolation(f"{field}.{code}", "A code of its own.")
            raise InvalidInput("CODE_REPEATED", "A code stands there twice.", violations=(violation,))
        listed.append(values_of(item) | {"display_name": tidy_line(item.display_name, f"{field}.display_name")})
    return listed


def _not_found() -> NotFound:
    return NotFound("PIPELINE_NOT_FOUND", "There is no such pipeline, or no such version of it.")
