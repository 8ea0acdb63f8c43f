"""Proposes, decides and reads schemes by which teams share their deals, version by version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, select
from workbench.performance.v1 import scheme_pb2, scheme_service_pb2

from services.chassis.db import listing
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput, LimitReached, NotFound, RuleBroken, StaleVersion, located
from services.chassis.kernel.paging import Page
from services.chassis.mapping import Mapper, values_of
from services.chassis.rpc import partial
from services.chassis.words.texts import refusal, shows_something, tidy_text
from services.performance.model.scheme import SchemeVersion
from services.performance.rules.attribution.kinds import SchemeKind, SchemeState
from services.performance.rules.attribution.parameters import Parameters, lint
from services.performance.rules.attribution.words import CHINESE, ENGLISH, rule_words

SCHEMES_MAX = 100
DISPLAY_NAME_LENGTH_MAX = 100
CHANGEABLE_FIELDS = ("display_name", "parameters", "retired")
# Lists of the contract that are kept as mappings, with the names of their two fields.
_MAPPINGS = {
    "role_weights": ("role", "weight"),
    "contact_points": ("contact_kind", "points"),
    "stage_weights": ("stage_code", "weight"),
}


def _parameters_message(version: SchemeVersion) -> scheme_pb2.SchemeParameters:
    kept = dict(version.parameters)
    for name, (key, value) in _MAPPINGS.items():
        if name in kept:
            numbered = name != "stage_weights"
            kept[name] = [{key: int(item) if numbered else item, value: weight} for item, weight in sorted(kept[name].items())]
    return scheme_pb2.SchemeParameters(**kept)


def _words(version: SchemeVersion) -> str:
    return "\n".join(rule_words(*version.rule, language_code) for language_code in (CHINESE, ENGLISH))


as_message = Mapper(scheme_pb2.Scheme, computed={"parameters": _parameters_message, "words": _words})


def create(work: UnitOfWork, draft: scheme_pb2.Scheme) -> SchemeVersion:
    """The first version of a new scheme, which waits for a second person."""
    work.hold("performance.schemes")
    if (work.session.scalar(select(func.count(SchemeVersion.scheme_id.distinct()))) or 0) >= SCHEMES_MAX:
        raise LimitReached("SCHEMES_TOO_MANY", f"There are at most {SCHEMES_MAX} schemes.")
    return _propose(work, work.new_id(), 1, draft)


def change(work: UnitOfWork, sent: scheme_pb2.Scheme, fields: Sequence[str]) -> SchemeVersion:
    """A new version with the named fields, which waits for a second person; none where nothing differs."""
    partial.check_mask(fields, scheme_pb2.Scheme.DESCRIPTOR, "A scheme")
    partial.check(scheme_service_pb2.GetSchemeRequest(scheme_id=sent.scheme_id), prefix="scheme.")
    scheme_id = sent.scheme_id.lower()
    work.hold(f"schemes/{scheme_id}")
    former, last = found(work, scheme_id), _last(work, scheme_id)
    _refuse_stale(former, sent.etag)
    if last.state == SchemeState.PROPOSED:
        raise RuleBroken("SCHEME_WAITS", "A version of it waits for a second person; it is decided first.")
    after = as_message(former)
    if not partial.take(after, sent, [name for name in CHANGEABLE_FIELDS if name in fields]):
        return former
    partial.check(after, prefix="scheme.")
    return _propose(work, former.scheme_id, last.version_number + 1, after)


def decide(work: UnitOfWork, request: scheme_service_pb2.DecideSchemeRequest) -> SchemeVersion:
    """Publishes or declines the version that waits."""
    scheme_id = request.scheme_id.lower()
    work.hold(f"schemes/{scheme_id}")
    last = _last(work, scheme_id)
    _refuse_stale(last, request.etag)
    former = _current(work, scheme_id)
    if former is not None and request.publish and last.state == SchemeState.PROPOSED:
        former.current = False
        work.session.flush()
    last.decide(work.caller.person_id, work.now, publish=request.publish)
    work.session.flush()
    work.resource = f"schemes/{scheme_id}"
    return last


def found(work: UnitOfWork, scheme_id: str, version_number: int = 0) -> SchemeVersion:
    """A version of a scheme; where none is named the one that is offered, or the last where none is yet. Raises NotFound."""
    if version_number:
        version = work.session.get(SchemeVersion, (scheme_id.lower(), version_number))
        if version is None:
            raise _not_found()
        return version
    return _current(work, scheme_id) or _last(work, scheme_id)


def offered(work: UnitOfWork, scheme_id: str) -> SchemeVersion:
    """The version by which a deal may be shared; raises NotFound and RuleBroken SCHEME_RETIRED."""
    version = _current(work, scheme_id)
    if version is None:
        raise _not_found()
    if version.retired:
        raise RuleBroken("SCHEME_RETIRED", "It is offered for no new decision.")
    return version


def all_offered(work: UnitOfWork) -> Sequence[SchemeVersion]:
    """All schemes by which a deal may be shared, in a fixed order: those that the workbench brings along come first."""
    statement = select(SchemeVersion).where(SchemeVersion.current, ~SchemeVersion.retired).order_by(SchemeVersion.scheme_id)
    return work.session.scalars(statement).all()


def page(work: UnitOfWork, request: scheme_service_pb2.ListSchemesRequest) -> Page:
    """A page of those that are offered, or that wait."""
    waiting = SchemeVersion.state == SchemeState.PROPOSED.value
    statement = select(SchemeVersion).where(waiting if request.proposed else SchemeVersion.current)
    if not request.with_retired:
        statement = statement.where(~SchemeVersion.retired)
    return listing.read_page(work, statement, request, ((SchemeVersion.scheme_id, listing.text),))


def versions(work: UnitOfWork, request: scheme_service_pb2.ListSchemeVersionsRequest) -> Page:
    """A page of a scheme's versions, the last first."""
    _last(work, request.scheme_id)
    statement = select(SchemeVersion).where(SchemeVersion.scheme_id == request.scheme_id.lower())
    return listing.read_page(work, statement, request, ((SchemeVersion.version_number, listing.number),), downwards=True)


def _current(work: UnitOfWork, scheme_id: str) -> SchemeVersion | None:
    statement = select(SchemeVersion).where(SchemeVersion.scheme_id == scheme_id.lower(), SchemeVersion.current)
    version: SchemeVersion | None = work.session.scalars(statement).one_or_none()
    return version


def _last(work: UnitOfWork, scheme_id: str) -> SchemeVersion:
    statement = select(SchemeVersion).where(SchemeVersion.scheme_id == scheme_id.lower())
    version: SchemeVersion | None = work.session.scalars(
        statement.order_by(SchemeVersion.version_number.desc()).limit(1)
    ).one_or_none()
    if version is None:
        raise _not_found()
    return version


def _propose(work: UnitOfWork, scheme_id: str, version_number: int, draft: scheme_pb2.Scheme) -> SchemeVersion:
    with located("scheme"):
        display_name = tidy_text(draft.display_name, "display_name", DISPLAY_NAME_LENGTH_MAX)
        if not shows_something(display_name):
            raise refusal("TEXT_EMPTY", "A text says nothing.", "display_name", "Give it words.")
        kept = _kept(draft.parameters)
        lint(SchemeKind(draft.kind), Parameters.of(kept))
    version = SchemeVersion(
        scheme_id=scheme_id,
        version_number=version_number,
        state=SchemeState.PROPOSED.value,
        display_name=display_name,
        kind=draft.kind,
        parameters=kept,
        retired=draft.retired,
        proposer_person_id=work.caller.person_id,
        propose_time=work.now,
    )
    work.session.add(version)
    work.session.flush()
    work.resource = f"schemes/{scheme_id}"
    return version


def _kept(sent: scheme_pb2.SchemeParameters) -> dict[str, Any]:
    kept = values_of(sent)
    for name, (key, value) in _MAPPINGS.items():
        if items := getattr(sent, name):
            kept[name] = _mapping(((getattr(item, key), getattr(item, value)) for item in items), name)
    if sent.HasField("position"):
        kept["position"] = {field.name: getattr(sent.position, field.name) for field in sent.position.DESCRIPTOR.fields}
    return kept


def _mapping(items: Iterable[tuple[Any, int]], name: str) -> dict[str, int]:
    mapping: dict[str, int] = {}
    for place, (key, weight) in enumerate(items):
        if str(key) in mapping:
            violation = FieldViolation(f"parameters.{name}[{place}]", "Each once.")
            raise InvalidInput("SCHEME_INVALID", "Something is named twice.", violations=(violation,))
        mapping[str(key)] = weight
    return mapping


def _refuse_stale(version: SchemeVersion, etag: str) -> None:
    if etag and etag != version.etag:
        raise StaleVersion("SCHEME_CHANGED", "It changed since you read it; read it again and repeat.")


def _not_found() -> NotFound:
    return NotFound("SCHEME_NOT_FOUND", "There is no such scheme, or no such version of it.")
