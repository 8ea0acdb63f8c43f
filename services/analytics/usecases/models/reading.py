"""Reads models, their cards and their drift. A model is the whole bank's: no customer is in it, and none in its card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from workbench.analytics.v1 import model_pb2, model_service_pb2

from services.analytics.model.learned_model import Model, ModelDrift
from services.analytics.rules.cards import limits
from services.analytics.rules.features import FEATURES
from services.analytics.rules.models import ModelKind, drift_mark
from services.analytics.usecases.models.drifting import SCORE
from services.chassis.db import listing
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import optional_date
from services.chassis.kernel.errors import NotFound
from services.chassis.kernel.money import Money
from services.chassis.kernel.paging import Page
from services.chassis.mapping import Mapper, money_message

MONTHS_MAX = 60
_EXCLUSIONS = {"thin": "THIN", "gone": "GONE", "little_or_new": "LITTLE_OR_NEW", "not_drawn": "NOT_DRAWN"}
_SCORE_WORDS = ("模型概率", "the model's probability")


def _own_measures(model: Model) -> list[model_pb2.ModelMeasure]:
    measures = model.card.get("measures", {})
    return _measures(measures.get(ModelKind(model.kind).name.lower(), {}))


def _measures(named: Mapping[str, Mapping[str, float | None]]) -> list[model_pb2.ModelMeasure]:
    """Those that are defined."""
    return [
        model_pb2.ModelMeasure(name=name, value=each["value"], low=each["low"], high=each["high"])
        for name, each in named.items()
        if each["value"] is not None and each["low"] is not None and each["high"] is not None
    ]


_plain = Mapper(
    model_pb2.Model, computed={"etag": lambda model: str(model.version), "measures": _own_measures}, omitted=("card",)
)


def found(work: UnitOfWork, model_id: str) -> Model:
    """The model; raises NotFound MODEL_NOT_FOUND."""
    model = work.session.get(Model, model_id.lower())
    if model is None:
        raise NotFound("MODEL_NOT_FOUND", "There is no such model.")
    return model


def list_models(work: UnitOfWork, asked: model_service_pb2.ListModelsRequest) -> Page:
    """A page of models, the latest first."""
    statement = select(Model)
    if asked.state:
        statement = statement.where(Model.state == asked.state)
    if asked.kind:
        statement = statement.where(Model.kind == asked.kind)
    return listing.read_page(work, statement, asked, ((Model.number, listing.number),), downwards=True)


def as_message(model: Model) -> model_pb2.Model:
    """The model as it is answered in lists."""
    return _plain(model)


def with_card(work: UnitOfWork, model: Model) -> model_pb2.Model:
    """The model as it is answered alone."""
    message = _plain(model)
    if model.card:
        message.card.CopyFrom(_card(model, work.settings.home_currency_code))
    return message


def drift(work: UnitOfWork, asked: model_service_pb2.GetModelDriftRequest) -> model_pb2.ModelDrift:
    """Raises as `GetModelDrift` says."""
    until = optional_date(asked.as_of_date, "asOfDate")
    model = found(work, asked.model_id)
    statement = select(ModelDrift).where(ModelDrift.model_id == model.model_id)
    if until:
        statement = statement.where(ModelDrift.as_of_date <= until)
    rows = work.session.scalars(statement.order_by(ModelDrift.as_of_date.desc()).limit(MONTHS_MAX)).all()
    if not rows:
        raise NotFound("MODEL_DRIFT_NOT_FOUND", "Nobody has looked yet whether what it sees has drifted.")
    return _drift(rows)


def _drift(rows: Sequence[ModelDrift]) -> model_pb2.ModelDrift:
    last = rows[0]
    outcome = last.outcome
    return model_pb2.ModelDrift(
        model_id=last.model_id,
        as_of_date=last.as_of_date.isoformat(),
        mark=last.mark,
        row_count=last.row_count,
        features=_feature_drifts(last.indices),
        outcome=model_pb2.ModelOutcome(
            as_of_date=outcome["as_of_date"],
            row_count=outcome["rows"],
            leaver_count=outcome["leavers"],
            auc=outcome["auc"],
            calibration_error=outcome["calibration_error"],
        )
        if outcome
        else None,
        months=[
            model_pb2.DriftMonth(
                as_of_date=row.as_of_date.isoformat(), mark=row.mark, score_index=row.indices.get(SCORE, {}).get("index", 0.0)
            )
            for row in rows
        ],
    )


def _feature_drifts(indices: Mapping[str, Mapping[str, float]]) -> list[model_pb2.FeatureDrift]:
    """The model's own probability first, since it sums up the others; then the most drifted."""
    shown = []
    for name, each in sorted(indices.items(), key=lambda item: (item[0] != SCORE, -item[1]["index"], item[0])):
        chinese, english = _words(name)
        mark = drift_mark(each["index"], each["noise"])
        shown.append(
            model_pb2.FeatureDrift(
                name=name, chinese=chinese, english=english, index=each["index"], noise=each["noise"], mark=mark.value
            )
        )
    return shown


def _words(name: str) -> tuple[str, str]:
    if name == SCORE:
        return _SCORE_WORDS
    feature = FEATURES.get(name)
    return (feature.chinese, feature.english) if feature else (name, name)


def _card(model: Model, currency_code: str) -> model_pb2.ModelCard:
    card = model.card
    data, tests, leaving = card["data"], card["tests"], card["leaving"]
    return model_pb2.ModelCard(
        as_of_dates=data["as_of_dates"],
        last_outcome_date=data["last_outcome_date"],
        customer_count=data["customers"],
        base_rate=card["base_rate"],
        leaving=model_pb2.LeavingDefinition(
            horizon_days=leaving["horizon_days"],
            kept_fraction=leaving["kept_fraction"],
            flow_silence_days=leaving["flow_silence_days"],
            flow_kept_fraction=leaving["flow_kept_fraction"],
            assets_min_amount=money_message(Money(leaving["assets_min"], currency_code)),
        ),
        exclusions=[
            model_pb2.ModelExclusion(reason=reason, row_count=card["exclusions"][name]) for name, reason in _EXCLUSIONS.items()
        ],
        features=_features(card),
        test_as_of_dates=tests["as_of_dates"],
        test_row_count=tests["rows"],
        test_leaver_count=tests["leavers"],
        estimators=[_estimator(card, kind) for kind in ModelKind],
        parts=[_part(part) for part in (*card["by_date"], *card["by_kind"])],
        limits=[model_pb2.ModelLimit(chinese=chinese, english=english) for chinese, english in limits(card)],
        inputs_sha256=model.inputs_sha256,
        sha256=model.sha256,
    )


def _features(card: Mapping[str, Any]) -> list[model_pb2.ModelFeature]:
    importance = {each["name"]: each["log_odds"] for each in card["importance"]}
    never = set(card["exclusions"]["features_never_known"])
    ordered = sorted(card["features"], key=lambda each: -importance.get(each["name"], 0.0))
    shown = []
    for each in ordered:
        chinese, english = _words(each["name"])
        shown.append(
            model_pb2.ModelFeature(
                name=each["name"],
                chinese=chinese,
                english=english,
                risk=each["risk"],
                importance=importance.get(each["name"], 0.0),
                never_known=each["name"] in never,
            )
        )
    return shown


def _estimator(card: Mapping[str, Any], kind: ModelKind) -> model_pb2.EstimatorMeasures:
    name = kind.name.lower()
    return model_pb2.EstimatorMeasures(
        kind=kind.value, measures=_measures(card["measures"].get(name, {})), gains=_measures(card["gains"].get(name, {}))
    )


def _part(part: Mapping[str, Any]) -> model_pb2.ModelPart:
    return model_pb2.ModelPart(
        as_of_date=part.get("as_of_date", ""),
        customer_kind=part.get("customer_kind", 0),
        row_count=part["rows"],
        leaver_count=part["leavers"],
        auc=part["auc"],
        calibration_error=part["calibration_error"],
    )
