"""Models: trained on the bank's history, promoted by two people, watched; nobody without the right sees or moves them."""

import threading
import time
import uuid
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update
from workbench.analytics.v1 import model_events_pb2, model_pb2

from services.analytics.engine.learning import training as learning
from services.analytics.model import Analysis, Model, ModelDrift
from services.analytics.rules.models import DriftMark, ModelKind, ModelState
from services.analytics.usecases.models import championing, looking, starting, training
from services.chassis.kernel.errors import WorkbenchError
from services.chassis.longwork.table import Operation, OperationState
from tests.component.analytics.model_builders import AS_OF, DATES, bank_of
from tests.component.town import run_together


@pytest.fixture
def bank(town, monkeypatch):
    with bank_of(town, monkeypatch) as answer:
        yield answer


@pytest.fixture
def second(town):
    return town.colleague("performance_analyst", "")


def refused(reason):
    return pytest.raises(WorkbenchError, match=f"^{reason}:")


def test_a_model_is_learned_from_the_banks_own_history_and_says_how_good_it_is(bank, town):
    bank.history()
    asked = town.analyst.call("TrainModel")
    assert (asked.state, asked.number, asked.kind) == (
        model_pb2.MODEL_STATE_TRAINING, 1, model_pb2.MODEL_KIND_LIGHTGBM,
    )  # fmt: skip
    bank.settle()
    model = town.analyst.call("GetModel", model_id=asked.model_id)
    assert (model.state, model.error_reason) == (model_pb2.MODEL_STATE_CHALLENGER, "")
    assert model.last_as_of_date == DATES[-1].isoformat()
    measured = {measure.name: measure for measure in model.measures}
    assert measured["auc"].low <= measured["auc"].value <= measured["auc"].high
    assert measured["auc"].value > 0.6
    card = model.card
    assert list(card.as_of_dates) == [day.isoformat() for day in DATES]
    assert model.leaver_count > 60
    assert card.leaving.horizon_days == 90
    assert card.leaving.assets_min_amount.amount == "1000.00"
    assert {each.reason: each.row_count for each in card.exclusions}["THIN"] == 4 * len(DATES)
    assert card.features[0].name == "fall_30"
    assert card.features[0].chinese
    assert [each.kind for each in card.estimators] == [kind.value for kind in ModelKind]
    assert card.limits
    (listed,) = town.analyst.call("ListModels").models
    assert listed.model_id == model.model_id
    assert not listed.HasField("card")
    (event,) = town.recorded(model_events_pb2.ModelTrained, model_id=model.model_id)
    assert event.sha256 == model.card.sha256
    # Of who left nothing stays in its folder.
    (row,) = bank.models()
    names = sorted(path.name for path in championing.folder_of(bank.lake, row).iterdir())
    assert names == ["card.json", "estimator.json", "reference.json", "trees.txt"]


def test_trained_again_from_the_same_it_is_the_same(bank, town):
    bank.history(dates=DATES[-5:])
    first, again = bank.trained(), bank.trained()
    models = {model.model_id: model for model in bank.models()}
    assert models[first].inputs_sha256 == models[again].inputs_sha256
    assert models[first].sha256 == models[again].sha256 != ""
    other = bank.trained(kind=model_pb2.MODEL_KIND_ONE_RULE, excluded_features=["fall_30"])
    (model,) = bank.models(model_id=other)
    assert model.sha256 not in {"", models[first].sha256}
    assert "fall_30" not in model.inputs["features"]


def test_a_bank_with_too_little_history_goes_without_and_says_why(bank, town, monkeypatch):
    with refused("MODEL_HISTORY_TOO_SHORT"):
        town.analyst.call("TrainModel")
    bank.history(dates=DATES[-3:])
    (model,) = bank.models(model_id=bank.trained())
    assert (ModelState(model.state), model.error_reason) == (ModelState.FAILED, "MODEL_HISTORY_TOO_SHORT")
    settings = bank.database.settings.model_copy(update={"model_leavers_min": 5_000})
    monkeypatch.setattr(bank.database, "settings", settings)
    (model,) = bank.models(model_id=bank.trained())
    assert (ModelState(model.state), model.error_reason) == (ModelState.FAILED, "MODEL_LEAVERS_TOO_FEW")
    assert town.recorded(model_events_pb2.ModelTrained, model_id=model.model_id) == []
    with refused("MODEL_NOT_CHALLENGER"):
        town.analyst.call("ProposePromotion", model_id=model.model_id)


def test_files_that_are_gone_are_not_learned_from(bank, town):
    bank.history(dates=DATES[-3:])
    with bank.database.transaction() as work:
        model = training.starting.begin(work, ModelKind.LIGHTGBM, ())
        work.session.execute(update(Analysis).where(Analysis.month_end).values(remove_time=work.now))
    bank.settle()
    (model,) = bank.models(model_id=model.model_id)
    assert (ModelState(model.state), model.error_reason) == (ModelState.FAILED, "MODEL_INPUTS_GONE")


def test_what_a_process_left_that_was_killed_is_cleared_away_and_the_model_is_the_same(bank, town):
    bank.history(dates=DATES[-5:])
    first = bank.trained()
    with bank.database.transaction() as work:
        model = training.starting.begin(work, ModelKind.LIGHTGBM, ())
        # As if another process had been at it: in the midst of the labels.
        folder = championing.folder_of(bank.lake, model)
        left = folder.with_name(f".{folder.name}.0123") / ".labels"
        left.mkdir(parents=True)
        (left / "2026-03-31.parquet").write_bytes(b"half")
    bank.settle()
    assert not left.exists()
    models = {each.model_id: each for each in bank.models()}
    assert models[first].sha256 == models[model.model_id].sha256 != ""


def test_two_who_ask_at_once_train_one(bank, town, second):
    bank.history(dates=DATES[-1:])
    answers = []

    def train(person):
        try:
            answers.append(person.call("TrainModel").state)
        except WorkbenchError as refusal:
            answers.append(refusal.reason)

    # The runner may have ended the first before the second asked.
    run_together(train, [town.analyst, second])
    bank.settle()
    assert answers.count(model_pb2.MODEL_STATE_TRAINING) + answers.count("MODEL_BEING_TRAINED") == 2
    trained = bank.models()
    assert len(trained) == answers.count(model_pb2.MODEL_STATE_TRAINING) >= 1
    assert [model.number for model in trained] == list(range(1, len(trained) + 1))


def test_one_model_is_trained_at_a_time(bank, town):
    bank.history(dates=DATES[-3:])
    bank.put(ModelState.TRAINING)
    with refused("MODEL_BEING_TRAINED"):
        town.analyst.call("TrainModel")


@pytest.mark.parametrize("names", [["nothing"], ["fall_30", "nothing"]])
def test_features_to_leave_out_are_features(bank, town, names):
    with refused("MODEL_FEATURE_UNKNOWN"):
        town.analyst.call("TrainModel", excluded_features=names)


def test_a_challenger_becomes_the_champion_by_two_people_and_the_former_is_a_challenger_again(bank, town, second):
    former, model_id = bank.put(ModelState.CHAMPION), bank.put()
    proposed = town.analyst.call("ProposePromotion", model_id=model_id, etag="1")
    assert (proposed.proposer_person_id, proposed.etag) == (town.analyst.person_id, "2")
    with refused("PROMOTION_PROPOSED"):
        second.call("ProposePromotion", model_id=model_id)
    with refused("SECOND_PERSON_NEEDED"):
        town.analyst.call("ConfirmPromotion", model_id=model_id)
    with refused("MODEL_CHANGED"):
        second.call("ConfirmPromotion", model_id=model_id, etag="1")
    promoted = second.call("ConfirmPromotion", model_id=model_id, etag="2")
    assert (promoted.state, promoted.promoter_person_id) == (model_pb2.MODEL_STATE_CHAMPION, second.person_id)
    with bank.database.transaction(read_only=True) as work:
        assert championing.champion(work).model_id == model_id
    assert [ModelState(model.state) for model in bank.models(model_id=former)] == [ModelState.CHALLENGER]
    (event,) = town.recorded(model_events_pb2.ModelPromoted, model_id=model_id)
    assert (event.former_model_id, event.proposer_person_id) == (former, town.analyst.person_id)
    with refused("PROMOTION_NOT_PROPOSED"):
        second.call("ConfirmPromotion", model_id=model_id)


def test_whoever_had_it_trained_does_not_confirm_it(bank, town, second):
    model_id = bank.put(requester_person_id=second.person_id)
    town.analyst.call("ProposePromotion", model_id=model_id)
    with refused("SECOND_PERSON_NEEDED"):
        second.call("ConfirmPromotion", model_id=model_id)


def test_two_who_confirm_at_once_make_one_champion(bank, town, second):
    third = town.colleague("performance_analyst", "")
    ids = [bank.put(), bank.put()]
    for model_id in ids:
        town.analyst.call("ProposePromotion", model_id=model_id)
    answers = []

    def confirm(chosen):
        person, model_id = chosen
        try:
            answers.append(person.call("ConfirmPromotion", model_id=model_id).state)
        except WorkbenchError as refusal:
            answers.append(refusal.reason)

    run_together(confirm, [(second, ids[0]), (third, ids[1]), (third, ids[0])])
    assert sorted(map(str, answers)) == sorted(
        map(str, [model_pb2.MODEL_STATE_CHAMPION, model_pb2.MODEL_STATE_CHAMPION, "PROMOTION_NOT_PROPOSED"])
    )
    states = sorted(model.state for model in bank.models())
    assert states == [ModelState.CHALLENGER, ModelState.CHAMPION]


def test_a_proposal_is_declined_or_taken_back(bank, town, second):
    model_id = bank.put()
    for person in (second, town.analyst):
        town.analyst.call("ProposePromotion", model_id=model_id)
        assert person.call("DeclinePromotion", model_id=model_id).proposer_person_id == ""
    with refused("PROMOTION_NOT_PROPOSED"):
        second.call("DeclinePromotion", model_id=model_id)
    assert len(town.recorded(model_events_pb2.ModelPromotionDeclined, model_id=model_id)) == 2


def test_without_a_champion_the_rules_rank(bank, town):
    model_id = bank.put(ModelState.CHAMPION)
    assert town.analyst.call("RetireModel", model_id=model_id).state == model_pb2.MODEL_STATE_RETIRED
    with bank.database.transaction(read_only=True) as work:
        assert championing.champion(work) is None
    with refused("MODEL_NOT_USABLE"):
        town.analyst.call("RetireModel", model_id=model_id)
    (event,) = town.recorded(model_events_pb2.ModelRetired, model_id=model_id)
    assert event.champion


def test_models_are_the_whole_banks(bank, town):
    model_id = bank.put()
    local = town.colleague("performance_analyst", "EAST/")
    for method in ("ProposePromotion", "RetireModel"):
        with refused("WHOLE_BANK_NEEDED"):
            local.call(method, model_id=model_id)
    with refused("WHOLE_BANK_NEEDED"):
        local.call("TrainModel")
    for person in (town.manager_east, town.auditor, local):
        assert person.call("GetModel", model_id=model_id).model_id == model_id
    for person in (town.rm1_east, town.leader_east, town.product_manager):
        with refused("PERMISSION_DENIED"):
            person.call("GetModel", model_id=model_id)
    with refused("PERMISSION_DENIED"):
        town.manager_east.call("ProposePromotion", model_id=model_id)


def test_lists_go_page_by_page_and_by_state(bank, town):
    ids = [
        bank.put(state, kind=kind)
        for state, kind in ((ModelState.RETIRED, 1), (ModelState.CHALLENGER, 2), (ModelState.FAILED, 1))
    ]
    first = town.auditor.call("ListModels", page_size=2)
    second = town.auditor.call("ListModels", page_size=2, page_token=first.next_page_token)
    assert [model.model_id for model in (*first.models, *second.models)] == ids[::-1]
    assert second.next_page_token == ""
    assert [m.model_id for m in town.auditor.call("ListModels", state=model_pb2.MODEL_STATE_FAILED).models] == [ids[2]]
    assert [m.model_id for m in town.auditor.call("ListModels", kind=model_pb2.MODEL_KIND_LOGISTIC).models] == [ids[1]]
    with refused("PAGE_TOKEN_INVALID"):
        town.auditor.call("ListModels", page_token="x")


def test_what_is_not_there_is_not_found(bank, town):
    nowhere = str(uuid.uuid4())
    for method in ("GetModel", "GetModelDrift", "ProposePromotion", "ConfirmPromotion", "DeclinePromotion", "RetireModel"):
        with refused("MODEL_NOT_FOUND"):
            town.analyst.call(method, model_id=nowhere)
    with refused("MODEL_DRIFT_NOT_FOUND"):
        town.analyst.call("GetModelDrift", model_id=bank.put())
    with refused("DATE_INVALID"):
        town.analyst.call("GetModelDrift", model_id=nowhere, as_of_date="2026-02-30")


def test_a_challenger_is_trained_by_itself_as_a_month_ends_and_once(bank, town):
    bank.look()
    assert bank.models() == []
    bank.history(dates=DATES[:-1])
    bank.look()
    (first,) = bank.models()
    assert (ModelState(first.state), first.requester_person_id) == (ModelState.CHALLENGER, "")
    bank.look()
    assert len(bank.models()) == 1
    # It waits while an analysis is made.
    bank.history(dates=DATES[-1:], as_of=date(2026, 11, 25))
    with bank.database.transaction() as work:
        work.session.execute(update(Analysis).where(Analysis.as_of_date == AS_OF).values(state=1))
    bank.look()
    assert len(bank.models()) == 1
    with bank.database.transaction() as work:
        work.session.execute(update(Analysis).where(Analysis.as_of_date == AS_OF).values(state=2, end_time=work.now))
    # The next may follow within seconds.
    bank.look()
    assert len(bank.models()) == 1
    with bank.database.transaction() as work:
        work.session.execute(update(Analysis).values(end_time=work.now - looking.QUIET))
    bank.look()
    assert [model.last_as_of_date for model in bank.models()] == [DATES[-2], DATES[-1]]


def test_a_model_whose_work_was_stopped_has_failed(bank, town):
    operation_id = str(uuid.uuid4())
    model_id = bank.put(ModelState.TRAINING, operation_id=operation_id)
    with bank.database.transaction() as work:
        told = dict.fromkeys(("due_time", "create_time", "update_time", "end_time"), work.now)
        told |= {"person_id": "", "caller": {}, "parameters": {}, "checkpoint": {}, "kind": "analytics.model.asked"}
        work.session.add(Operation(operation_id=operation_id, state=OperationState.CANCELLED.value, **told))
    bank.look()
    (model,) = bank.models(model_id=model_id)
    assert (ModelState(model.state), model.error_reason) == (ModelState.FAILED, starting.CANCELLED)


def test_a_training_that_somebody_stops_ends_in_the_midst(bank, town, monkeypatch):
    bank.history(dates=DATES[-3:])
    begun = threading.Event()

    def endless(_connection, _plan, _folder, beat):
        while True:
            begun.set()
            beat()
            time.sleep(0.01)

    monkeypatch.setattr(learning, "train", endless)
    model = town.analyst.call("TrainModel")
    assert begun.wait(60)
    town.analyst.call("CancelOperation", service="analytics", operation_id=model.operation_id)
    bank.settle()
    bank.look()
    (row,) = bank.models()
    assert (ModelState(row.state), row.error_reason) == (ModelState.FAILED, starting.CANCELLED)
    assert list(championing.folder_of(bank.lake, row).parent.iterdir()) == []


def test_drift_is_told_once_a_month_by_what_moved_and_how_it_turned_out(bank, town, second, at):
    bank.history(dates=DATES[:-1])
    # Measured at once as it is a challenger: nothing has moved but what seasons do.
    bank.look()
    (model,) = bank.models()
    bank.look()
    drift = town.analyst.call("GetModelDrift", model_id=model.model_id)
    assert (drift.as_of_date, drift.row_count) == (AS_OF.isoformat(), 236)
    assert {each.name: each.mark for each in drift.features}["fall_30"] in {DriftMark.STABLE, DriftMark.SHIFTED}
    assert not drift.HasField("outcome")
    bank.look()
    assert len(bank.read(select(ModelDrift))) == 1
    # A month later customers are others than those that it learned from.
    with bank.database.transaction() as work:
        work.session.execute(update(Model).values(last_as_of_date=DATES[-1]))
    later = date(2026, 12, 20)
    bank.analysis_again(later, shift=2.0)
    bank.history(dates=DATES[-1:], as_of=date(2026, 12, 21), shift=2.0)
    with bank.database.transaction() as work:
        work.session.execute(update(Model).values(last_as_of_date=DATES[-2]))
    at(datetime(2026, 12, 21, 8, tzinfo=UTC))
    bank.database.settings = bank.database.settings.model_copy(update={"model_monthly": False})
    try:
        bank.look()
    finally:
        bank.database.settings = bank.database.settings.model_copy(update={"model_monthly": True})
    drift = town.manager_east.call("GetModelDrift", model_id=model.model_id)
    assert (drift.as_of_date, drift.mark) == ("2026-12-21", DriftMark.DRIFTED)
    assert drift.features[0].name == "score"
    moved = {each.name: each for each in drift.features}
    assert moved["fall_30"].mark == DriftMark.DRIFTED
    assert moved["tier"].mark == DriftMark.STABLE
    assert (drift.outcome.as_of_date, drift.outcome.row_count > 150) == (DATES[-1].isoformat(), True)
    assert drift.outcome.auc > 0.6
    assert [month.as_of_date for month in drift.months] == ["2026-12-21", AS_OF.isoformat()]
    before = town.analyst.call("GetModelDrift", model_id=model.model_id, as_of_date="2026-12-01")
    assert before.as_of_date == AS_OF.isoformat()
    assert town.recorded(model_events_pb2.ModelDrifted, model_id=model.model_id)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_first_and_last_days_of_the_calendar_are_days(bank, town, day):
    with refused("MODEL_DRIFT_NOT_FOUND"):
        town.analyst.call("GetModelDrift", model_id=bank.put(), as_of_date=day)


def test_numbers_of_the_contract_are_those_of_the_rules():
    for message, rule in (("ModelState", ModelState), ("ModelKind", ModelKind), ("DriftMark", DriftMark)):
        told = dict(getattr(model_pb2, message).items())
        assert {number for number in told.values() if number} == {each.value for each in rule}
        assert all(name.endswith(rule(number).name) for name, number in told.items() if number)
