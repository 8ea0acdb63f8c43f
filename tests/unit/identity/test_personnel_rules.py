"""What of the personnel system's rows can be a unit or a person, in which order units come, and when leavers are believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbench.identity.v1 import directory_pb2

from gateway.identity.rules.personnel import PersonRow, UnitRow, is_believed, login_of, ordered, person_fault, unit_fault
from services.chassis.kernel.errors import InvalidInput
from services.chassis.rpc.validation import Validation

VALIDATION = Validation()


def fits(message):
    try:
        VALIDATION.check(message)
    except InvalidInput:
        return False
    return True


TEXTS = st.text("AZaz09-_/. 王\u200b\u202e\n\x7f", max_size=40)


@given(TEXTS, TEXTS)
def test_rows_are_judged_as_the_contract_judges_what_is_typed(number, name):
    unit = directory_pb2.OrganisationUnit(code=number, kind=directory_pb2.ORGANISATION_UNIT_KIND_BRANCH, display_name=name)
    assert fits(unit) == (not unit_fault(UnitRow(number, "", "BRANCH", name)))
    told = {"staff_number": number, "login": login_of(number), "display_name": name}
    person = directory_pb2.Person(**told, organisation_unit_id="01a21441-62f6-757b-bd1d-5cf19de0fb60")
    assert fits(person) == (not person_fault(PersonRow(number, name, "E01", left=False)))


@given(st.dictionaries(st.sampled_from("ABCDEFGH"), st.sampled_from(["", *"ABCDEFGHX"]), max_size=8))
def test_parents_come_before_their_children_and_rings_come_apart(parents):
    rows = [UnitRow(code, parent, "BRANCH", code) for code, parent in parents.items()]
    placed, in_rings = ordered(rows)
    assert sorted(row.code for row in (*placed, *in_rings)) == sorted(parents)
    seen = set()
    for row in placed:
        assert row.parent_code not in parents or row.parent_code in seen
        seen.add(row.code)
    for row in in_rings:
        assert row.parent_code in parents
        assert row.parent_code not in seen


@pytest.mark.parametrize(
    ("going", "active", "believed"), [(0, 0, True), (5, 5, True), (6, 100, False), (6, 120, True), (1_001, 20_000, False)]
)
def test_a_few_leavers_are_always_believed_and_many_never(going, active, believed):
    assert is_believed(going, active, 0.05) == believed
