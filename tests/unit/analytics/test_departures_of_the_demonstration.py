"""The demonstration bank's former managers, followed as the backtest does, in a small bank; and what mirrors the contract."""

import pytest
from workbench.analytics.v1 import departure_pb2

from services.analytics.rules.departures import DepartureState
from services.analytics.rules.succession import ItemState, PlanKind, PlanState
from tests.backtest import departures


def test_each_departure_is_foreseen_by_what_those_before_taught(tmp_path):
    found = departures.followed(tmp_path, 300, 1)
    assert [each.left_date for each in found] == sorted(each.left_date for each in found)
    assert [each.keep.departure_count for each in found] == [0, 1, 2]
    assert found[0].keep.rate_e4 == 2_500
    for each in found:
        assert each.customers >= each.followers
        assert 0 < each.outcome.at_risk_minor_units <= each.outcome.balance_minor_units
        assert each.loss.low_minor_units <= each.loss.expected_minor_units <= each.loss.high_minor_units
        assert each.early.balance_minor_units == each.outcome.balance_minor_units
    assert sum(each.followers for each in found) > 0
    lines = list(departures.lines(1, found))
    assert [len(line) for line in lines] == [len(departures.HEADINGS)] * 3
    readme = tmp_path / "README.md"
    readme.write_text("before\n<!-- departures: begin -->\nold\n<!-- departures: end -->\nafter\n", encoding="utf-8")
    departures.save(readme, lines)
    text = readme.read_text(encoding="utf-8")
    assert "old" not in text
    assert text.startswith("before\n<!-- departures: begin -->\n| bank | left |")
    assert text.endswith("<!-- departures: end -->\nafter\n")


@pytest.mark.parametrize(
    ("mirrored", "own", "prefix"),
    [
        (departure_pb2.DepartureState, DepartureState, "DEPARTURE_STATE_"),
        (departure_pb2.DeparturePlanKind, PlanKind, "DEPARTURE_PLAN_KIND_"),
        (departure_pb2.DeparturePlanState, PlanState, "DEPARTURE_PLAN_STATE_"),
        (departure_pb2.DeparturePlanItemState, ItemState, "DEPARTURE_PLAN_ITEM_STATE_"),
    ],
)
def test_numbers_are_those_of_the_contract(mirrored, own, prefix):
    assert {name.removeprefix(prefix): number for name, number in mirrored.items() if number} == {
        each.name: each.value for each in own
    }
