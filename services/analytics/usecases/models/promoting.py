"""Makes a challenger the champion, which takes two people, and retires models.

Whoever asked for a model's training, or proposes it, does not confirm it: a model that one person alone made and let loose would
rank everybody's customers.
"""

from __future__ import annotations

from typing import Any

from workbench.analytics.v1 import model_events_pb2

from services.analytics.model.learned_model import Model
from services.analytics.rules.models import ModelState
from services.analytics.usecases.analyses.starting import check_whole_bank
from services.analytics.usecases.models import championing, starting
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import NotAllowed, NotFound, RuleBroken, StaleVersion


def propose(work: UnitOfWork, request: Any) -> Model:
    """Raises as `ProposePromotion` says."""
    model = _found_to_change(work, request)
    model.propose(work.caller.person_id, work.now)
    work.record(model_events_pb2.ModelPromotionProposed(model_id=model.model_id, proposer_person_id=model.proposer_person_id))
    return model


def confirm(work: UnitOfWork, request: Any) -> Model:
    """Raises as `ConfirmPromotion` says."""
    model = _proposed(work, request)
    if work.caller.person_id in {model.proposer_person_id, model.requester_person_id}:
        raise NotAllowed("SECOND_PERSON_NEEDED", "Somebody else than whoever asked for it, or proposed it, confirms it.")
    former = championing.champion(work)
    if former is not None:
        former.step_back()
        # Of champions there is at most one at any time, also within a transaction.
        work.session.flush()
    model.promote(work.caller.person_id, work.now)
    work.record(
        model_events_pb2.ModelPromoted(
            model_id=model.model_id,
            proposer_person_id=model.proposer_person_id,
            promoter_person_id=model.promoter_person_id,
            former_model_id=former.model_id if former else "",
        )
    )
    return model


def decline(work: UnitOfWork, request: Any) -> Model:
    """Raises as `DeclinePromotion` says."""
    model = _proposed(work, request)
    model.step_back()
    work.record(model_events_pb2.ModelPromotionDeclined(model_id=model.model_id, decider_person_id=work.caller.person_id))
    return model


def retire(work: UnitOfWork, request: Any) -> Model:
    """Raises as `RetireModel` says."""
    model = _found_to_change(work, request)
    champion = model.state == ModelState.CHAMPION
    model.retire(work.now)
    work.record(
        model_events_pb2.ModelRetired(model_id=model.model_id, retirer_person_id=work.caller.person_id, champion=champion)
    )
    return model


def _proposed(work: UnitOfWork, request: Any) -> Model:
    model = _found_to_change(work, request)
    if model.state != ModelState.CHALLENGER or not model.proposer_person_id:
        raise RuleBroken("PROMOTION_NOT_PROPOSED", "Nobody proposes it as the champion.")
    return model


def _found_to_change(work: UnitOfWork, request: Any) -> Model:
    check_whole_bank(work)
    model_id = request.model_id.lower()
    work.resource = f"models/{model_id}"
    starting.hold(work)
    model = work.session.get(Model, model_id, with_for_update=True)
    if model is None:
        raise NotFound("MODEL_NOT_FOUND", "There is no such model.")
    if request.etag and request.etag != str(model.version):
        raise StaleVersion("MODEL_CHANGED", "The model changed since you read it; read it again and repeat.")
    return model
