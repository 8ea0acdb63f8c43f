"""Schemes as data: proposed by one, published by another, version by version."""

from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from workbench.performance.v1 import scheme_pb2

from services.chassis.kernel.errors import WorkbenchError
from services.performance.rules.attribution import kinds
from tests.component.performance.deals.builders import SCHEMES
from tests.component.town import Town, run_together

P = scheme_pb2.SchemeParameters


def decay(**fields):
    usual = {"display_name": "时间衰减 45", "kind": scheme_pb2.SCHEME_KIND_TIME_DECAY, "parameters": P(half_life_days=45)}
    return scheme_pb2.Scheme(**usual | fields)


def refused(reason):
    return pytest.raises(WorkbenchError, match=reason)


def published(town, **fields):
    scheme = town.product_manager.call("CreateScheme", scheme=decay(**fields))
    return town.analyst.call("DecideScheme", scheme_id=scheme.scheme_id, publish=True, etag=scheme.etag)


@pytest.fixture(scope="module")
def town(service):
    return Town(service)


@pytest.mark.parametrize("name", ["SchemeKind", "SchemeState", "EffortMeasure", "DealRole"])
def test_enums_are_the_contracts(name):
    assert {each.name: each.value for each in getattr(kinds, name)} == {
        key.removeprefix(f"{scheme_pb2.DESCRIPTOR.enum_types_by_name[name].values[0].name.removesuffix('UNSPECIFIED')}"): value
        for key, value in getattr(scheme_pb2, name).items()
    }


def test_one_of_each_kind_is_there_at_first(town):
    offered = town.rm1_east.call("ListSchemes", page_size=1000).schemes
    assert {each.kind for each in offered} >= {each.value for each in kinds.SchemeKind if each}
    shown = {each.scheme_id: each for each in offered}
    assert {*SCHEMES.values()} <= set(shown)
    w = shown[SCHEMES["w"]]
    assert w.parameters.position.turning_basis_points == 3000
    assert "转折 30%" in w.words


def test_a_scheme_is_offered_once_a_second_person_published_it(town):
    scheme = town.product_manager.call("CreateScheme", scheme=decay())
    assert scheme.state == scheme_pb2.SCHEME_STATE_PROPOSED
    assert scheme.scheme_id not in {each.scheme_id for each in town.rm1_east.call("ListSchemes", page_size=1000).schemes}
    waiting = town.analyst.call("ListSchemes", proposed=True, page_size=1000).schemes
    assert scheme.scheme_id in {each.scheme_id for each in waiting}
    with refused("OWN_PROPOSAL"):
        town.product_manager.call("DecideScheme", scheme_id=scheme.scheme_id, publish=True)
    with refused("SCHEME_CHANGED"):
        town.analyst.call("DecideScheme", scheme_id=scheme.scheme_id, publish=True, etag="7-1")
    shown = town.analyst.call("DecideScheme", scheme_id=scheme.scheme_id, publish=True, etag=scheme.etag)
    assert (shown.state, shown.decider_person_id) == (scheme_pb2.SCHEME_STATE_PUBLISHED, town.analyst.person_id)
    with refused("SCHEME_DECIDED"):
        town.analyst.call("DecideScheme", scheme_id=scheme.scheme_id, publish=True)
    assert scheme.scheme_id in {each.scheme_id for each in town.rm1_east.call("ListSchemes", page_size=1000).schemes}


def test_a_change_is_a_new_version_and_the_old_one_stays_until_it_is_published(town):
    scheme = published(town)
    changed = scheme_pb2.Scheme(
        scheme_id=scheme.scheme_id, etag=scheme.etag, parameters=scheme_pb2.SchemeParameters(half_life_days=90)
    )
    after = town.product_manager.call("UpdateScheme", scheme=changed, update_mask={"paths": ["parameters"]})
    assert (after.version_number, after.parameters.half_life_days, after.display_name) == (2, 90, scheme.display_name)
    assert town.rm1_east.call("GetScheme", scheme_id=scheme.scheme_id).parameters.half_life_days == 45
    with refused("SCHEME_WAITS"):
        town.product_manager.call("UpdateScheme", scheme=changed, update_mask={"paths": ["parameters"]})
    town.analyst.call("DecideScheme", scheme_id=scheme.scheme_id, publish=False)
    again = town.product_manager.call("UpdateScheme", scheme=changed, update_mask={"paths": ["parameters"]})
    assert again.version_number == 3
    town.analyst.call("DecideScheme", scheme_id=scheme.scheme_id, publish=True)
    assert town.rm1_east.call("GetScheme", scheme_id=scheme.scheme_id).version_number == 3
    assert town.rm1_east.call("GetScheme", scheme_id=scheme.scheme_id, version_number=1).parameters.half_life_days == 45
    with refused("SCHEME_CHANGED"):
        town.product_manager.call("UpdateScheme", scheme=changed, update_mask={"paths": ["retired"]})
    first = town.auditor.call("ListSchemeVersions", scheme_id=scheme.scheme_id, page_size=2)
    rest = town.auditor.call("ListSchemeVersions", scheme_id=scheme.scheme_id, page_size=2, page_token=first.next_page_token)
    assert [each.version_number for each in (*first.schemes, *rest.schemes)] == [3, 2, 1]
    assert [each.state for each in (*first.schemes, *rest.schemes)] == [2, 3, 2]


def test_what_does_not_differ_is_no_version(town):
    scheme = published(town)
    same = town.product_manager.call(
        "UpdateScheme", scheme=scheme, update_mask={"paths": ["display_name", "parameters", "retired"]}
    )
    assert same.version_number == 1
    with refused("FIELD_UNKNOWN"):
        town.product_manager.call("UpdateScheme", scheme=scheme, update_mask={"paths": ["nothing"]})


@dataclass(frozen=True)
class Bad:
    name: str
    field: str
    fields: dict


BAD = [
    Bad("half_life", "half_life_days", {"parameters": P(half_life_days=7)}),
    Bad("position", "position", {"kind": 7, "parameters": P(position={"first_basis_points": 4000, "last_basis_points": 5999})}),
    Bad("role", "role_weights", {"kind": 10, "parameters": P(role_weights=[{"role": 2, "weight": 5}])}),
    Bad(
        "twice",
        "role_weights[1]",
        {"kind": 10, "parameters": P(role_weights=[{"role": 1, "weight": 5}] * 2)},
    ),
    Bad("stage", "stage_weights", {"kind": 14, "parameters": P(stage_weights=[{"stage_code": "needs", "weight": 0}])}),
    Bad("bounds", "floor_basis_points", {"kind": 15, "parameters": P(floor_basis_points=6000, cap_basis_points=5000)}),
    Bad("inner", "inner_kind", {"kind": 15, "parameters": P(inner_kind=2)}),
]


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_lint_refuses_and_names_the_place(town, bad):
    with refused("SCHEME_INVALID") as refusal:
        town.product_manager.call("CreateScheme", scheme=decay(**bad.fields))
    assert f"scheme.parameters.{bad.field}" in {violation.field for violation in refusal.value.violations}


def test_a_name_says_something(town):
    with refused("TEXT_EMPTY"):
        town.product_manager.call("CreateScheme", scheme=decay(display_name="  "))
    with refused("SCHEME_NOT_FOUND"):
        town.product_manager.call("GetScheme", scheme_id=SCHEMES["w"], version_number=9)


def test_relationship_managers_define_none(town):
    with refused("PERMISSION_DENIED"):
        town.rm1_east.call("CreateScheme", scheme=decay())


def test_two_decisions_at_once_are_one(town):
    scheme = town.product_manager.call("CreateScheme", scheme=decay())
    other = town.colleague("performance_analyst", "")
    answers = []

    def decide(person):
        try:
            answers.append(person.call("DecideScheme", scheme_id=scheme.scheme_id, publish=person is other).state)
        except WorkbenchError as refusal:
            answers.append(refusal.reason)

    run_together(decide, [town.analyst, other])
    assert "SCHEME_DECIDED" in answers
    assert town.auditor.call("GetScheme", scheme_id=scheme.scheme_id).state in answers


def test_two_versions_at_once_are_one(town):
    scheme = published(town)
    outcome = SimpleNamespace(made=[], refused=[])

    def change(days):
        changed = scheme_pb2.Scheme(scheme_id=scheme.scheme_id, parameters=P(half_life_days=days))
        try:
            outcome.made.append(town.product_manager.call("UpdateScheme", scheme=changed, update_mask={"paths": ["parameters"]}))
        except WorkbenchError as refusal:
            outcome.refused.append(refusal.reason)

    run_together(change, [30, 60])
    assert [each.version_number for each in outcome.made] == [2]
    assert outcome.refused == ["SCHEME_WAITS"]
