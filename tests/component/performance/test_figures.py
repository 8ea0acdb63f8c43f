"""Prepared results as people read them: by product, against earlier periods, by unit, in order."""

import uuid
from datetime import date

import pytest
from workbench.identity.v1 import events_pb2
from workbench.performance.v1 import figure_pb2

from services.performance.model.person import FIRST_DATE, Affiliation
from services.performance.model.run import ClosedMonth, StaleMonth
from services.performance.rules.figures import ComparisonKind, Measure
from services.performance.rules.periods import PeriodKind
from tests.component.performance.figures_builders import Prepared, refused

DAY, MONTH, QUARTER, YEAR = PeriodKind.DAY, PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


def comparison(line, kind):
    (found,) = (each for each in line.comparisons if each.kind == kind)
    return found


@pytest.fixture
def prepared(town):
    return Prepared(town)


@pytest.fixture
def november(town, prepared):
    """November up to the 3rd, and October whole: two relationship managers and the pool."""
    prepared.computed(date(2026, 10, 31))
    prepared.computed(date(2026, 11, 3))
    for day in (1, 2, 3):
        own = {"balance": 10_000 * day, "average_balance": 5_000 * (day + 1), "ftp_profit": day, "contribution": day, "eva": day}
        prepared.row(DAY, date(2026, 10, day), date(2026, 10, day), town.rm1_east, **own)
        prepared.row(DAY, date(2026, 11, day), date(2026, 11, day), town.rm1_east, **{k: 7 * v for k, v in own.items()})
    prepared.row(MONTH, OCTOBER, date(2026, 10, 31), town.rm1_east, balance=99_999, ftp_profit=500, eva=500)
    third = date(2026, 11, 3)
    prepared.row(MONTH, NOVEMBER, third, town.rm1_east, balance=210_000, average_balance=140_000, ftp_profit=42, eva=42)
    prepared.row(MONTH, NOVEMBER, third, town.rm1_east, "loan", balance=50, average_balance=50, ftp_profit=-7, flow_count=3)
    prepared.row(MONTH, NOVEMBER, third, town.rm2_east, balance=40, ftp_profit=35, eva=35)
    prepared.row(MONTH, NOVEMBER, third, town.rm1_west, balance=1, ftp_profit=35)
    prepared.row(MONTH, NOVEMBER, third, "EAST/E01/", balance=8, ftp_profit=4)
    return prepared


@pytest.mark.usefixtures("november")
class TestFigures:
    def test_his_own_by_product_sum_up_to_the_total(self, town, november):
        figures = town.rm1_east.call("GetFigures")
        assert (figures.period, figures.start_date, figures.as_of_date) == (MONTH, "2026-11-01", "2026-11-03")
        assert figures.person_id == town.rm1_east.person_id
        assert [line.product_code for line in figures.products] == ["demand", "loan"]
        assert figures.total.amounts.ftp_profit.amount == "0.35"
        assert figures.total.amounts.balance.amount == "2100.50"
        assert figures.total.amounts.balance.currency_code == "CNY"
        assert figures.total.amounts.flow_count == 3
        assert list(figures.run_ids) == [november.runs[NOVEMBER]]
        assert not figures.stale
        assert not figures.closed

    def test_of_one_product_is_only_that(self, town):
        figures = town.rm1_east.call("GetFigures", product_codes=["loan"])
        assert [line.product_code for line in figures.products] == ["loan"]
        assert figures.total.amounts.ftp_profit.amount == "-0.07"

    def test_a_month_under_way_stands_beside_the_same_days_of_the_month_before(self, town):
        found = comparison(town.rm1_east.call("GetFigures").total, ComparisonKind.PERIOD_BEFORE)
        assert (found.start_date, found.as_of_date) == ("2026-10-01", "2026-10-03")
        assert found.amounts.ftp_profit.amount == "0.06"
        assert found.amounts.balance.amount == "300.00"
        assert found.amounts.average_balance.amount == "200.00"
        assert found.change.ftp_profit.amount == "0.29"

    def test_a_day_stands_beside_the_day_before_and_the_last_of_the_month(self, town, november):
        november.row(DAY, date(2026, 10, 31), date(2026, 10, 31), town.rm1_east, balance=99_999, ftp_profit=8)
        line = town.rm1_east.call("GetFigures", period=DAY, day_date="2026-11-02").total
        assert comparison(line, ComparisonKind.DAY_BEFORE).change.balance.amount == "700.00"
        assert comparison(line, ComparisonKind.MONTH_END_BEFORE).amounts.balance.amount == "999.99"
        assert {each.kind for each in line.comparisons} == {ComparisonKind.DAY_BEFORE, ComparisonKind.MONTH_END_BEFORE}

    def test_a_product_that_he_has_no_more_is_a_change(self, town, november):
        november.row(DAY, date(2026, 10, 2), date(2026, 10, 2), town.rm1_east, "card", fee_income=9)
        lines = {line.product_code: line for line in town.rm1_east.call("GetFigures").products}
        assert lines["card"].amounts.fee_income.amount == "0.00"
        assert comparison(lines["card"], ComparisonKind.PERIOD_BEFORE).change.fee_income.amount == "-0.09"

    def test_the_deviation_of_the_last_day_is_exact_to_six_places(self, town):
        lines = {line.product_code: line for line in town.rm1_east.call("GetFigures").products}
        assert lines["demand"].deviation == "0.500000"
        assert lines["loan"].deviation == "0.000000"

    def test_what_is_computed_anew_or_closed_says_so(self, town, november):
        with town.service.database.transaction() as work:
            told = {"month_date": NOVEMBER, "create_time": work.now}
            work.session.add(StaleMonth(**told, number=1, ownership=False, reason="feeds/x", due_time=work.now))
            work.session.add(ClosedMonth(**told, run_id=november.runs[NOVEMBER], closer_person_id=town.analyst.person_id))
        figures = town.rm1_east.call("GetFigures")
        assert figures.stale
        assert figures.closed

    def test_what_he_earned_in_another_unit_is_his_own_and_not_his_leaders(self, town, november):
        person = town.rm1_east
        moved = type("Moved", (), {"person_id": person.person_id, "organisation_path": f"{town.root}WEST/W01/"})()
        november.row(MONTH, NOVEMBER, date(2026, 11, 3), moved, "card", ftp_profit=1_000)
        assert person.call("GetFigures").total.amounts.ftp_profit.amount == "10.35"
        asked = {"person_id": person.person_id}
        assert town.leader_east.call("GetFigures", **asked).total.amounts.ftp_profit.amount == "0.35"
        # He works there no more, and yet the unit has results of his.
        assert town.manager_west.call("GetFigures", **asked).total.amounts.ftp_profit.amount == "10.00"

    @pytest.mark.parametrize("asker", ["rm2_east", "rm1_west", "manager_west"])
    def test_out_of_scope_is_as_one_that_does_not_exist(self, town, asker):
        for person_id in (town.rm1_east.person_id, str(uuid.uuid4())):
            refused("PERSON_NOT_FOUND", getattr(town, asker).call, "GetFigures", person_id=person_id)

    def test_bad_questions_are_refused(self, town):
        ask = town.manager_east.call
        refused("UNIT_NOT_FOUND", ask, "GetFigures", organisation_path=f"{town.root}WEST/")
        refused("UNIT_NOT_FOUND", town.rm1_east.call, "GetFigures", organisation_path=town.rm1_east.organisation_path)
        both = {"person_id": town.rm1_east.person_id, "organisation_path": f"{town.root}EAST/"}
        refused("SUBJECT_INVALID", ask, "GetFigures", **both)
        refused("DATE_INVALID", ask, "GetFigures", day_date="2026-02-30")
        for day in ("0001-01-01", "9999-12-31", "2026-11-04"):
            refused("RESULTS_MISSING", ask, "GetFigures", period=DAY, day_date=day)

    def test_who_has_nothing_has_zeros(self, town):
        figures = town.colleague("relationship_manager", "EAST/E01/").call("GetFigures")
        assert figures.total.amounts.balance.amount == "0.00"
        assert not figures.products
        assert figures.total.deviation == ""


@pytest.mark.usefixtures("prepared")
def test_a_bank_without_results_says_so(town):
    refused("RESULTS_MISSING", town.rm1_east.call, "GetFigures")


@pytest.mark.usefixtures("november")
class TestPoints:
    def test_days_come_in_their_order_page_by_page(self, town):
        asked = {"period": DAY, "start_date": "2026-10-02", "page_size": 3}
        first = town.rm1_east.call("ListFigurePoints", **asked)
        second = town.rm1_east.call("ListFigurePoints", **asked, page_token=first.next_page_token)
        days = [point.start_date for point in (*first.figure_points, *second.figure_points)]
        assert days == ["2026-10-02", "2026-10-03", "2026-11-01", "2026-11-02", "2026-11-03"]
        assert not second.next_page_token
        profits = [point.amounts.ftp_profit.amount for point in second.figure_points]
        assert profits == ["0.14", "0.21"]

    def test_an_end_before_the_start_is_refused(self, town):
        days = {"start_date": "2026-11-02", "end_date": "2026-11-01"}
        refused("PERIOD_INVALID", town.rm1_east.call, "ListFigurePoints", **days)
        refused("PAGE_TOKEN_INVALID", town.rm1_east.call, "ListFigurePoints", page_token="x")


@pytest.mark.usefixtures("november")
class TestUnits:
    def parts(self, asker, **asked):
        answer = asker.call("ListUnitFigures", **asked)
        return answer, [(part.kind, part.line.amounts.ftp_profit.amount) for part in answer.unit_figures]

    def test_units_people_and_the_pool_sum_up_to_the_unit(self, town):
        answer, parts = self.parts(town.manager_east)
        unit, person, pool = figure_pb2.UNIT_PART_KIND_UNIT, figure_pb2.UNIT_PART_KIND_PERSON, figure_pb2.UNIT_PART_KIND_POOL
        assert parts == [(unit, "0.39"), (unit, "0.35")]
        assert answer.total.amounts.ftp_profit.amount == "0.74"
        answer, parts = self.parts(town.manager_east, organisation_path=f"{town.root}EAST/E01/")
        assert parts == [(person, "0.35"), (pool, "0.04")]
        assert answer.unit_figures[0].staff_number == town.rm1_east.person_id[:8]
        assert answer.total.amounts.ftp_profit.amount == "0.39"

    def test_pages_go_on_where_the_last_ended_and_know_the_whole(self, town):
        asked, found, token = {"organisation_path": town.root, "page_size": 1}, [], ""
        while True:
            answer = town.analyst.call("ListUnitFigures", **asked, page_token=token)
            found += [part.organisation_path for part in answer.unit_figures]
            assert answer.total.amounts.ftp_profit.amount == "1.09"
            token = answer.next_page_token
            if not token:
                break
        assert found == [f"{town.root}EAST/", f"{town.root}WEST/"]

    def test_each_part_is_shown_against_the_period_that_is_asked_for(self, town):
        asked = {"organisation_path": f"{town.root}EAST/E01/", "comparison": ComparisonKind.PERIOD_BEFORE}
        answer = town.manager_east.call("ListUnitFigures", **asked)
        person = answer.unit_figures[0].line
        assert comparison(person, ComparisonKind.PERIOD_BEFORE).amounts.ftp_profit.amount == "0.06"
        assert comparison(answer.total, ComparisonKind.PERIOD_BEFORE).change.ftp_profit.amount == "0.33"

    def test_units_have_their_names(self, town):
        path = f"{town.root}EAST/"
        event = events_pb2.OrganisationUnitCreated(
            organisation_unit_id=str(uuid.uuid4()), organisation_path=path, display_name="东城分行", code="E"
        )
        town.announce(event)
        names = [part.display_name for part in town.analyst.call("ListUnitFigures").unit_figures]
        assert names == ["东城分行", ""]

    def test_another_unit_is_none(self, town):
        refused("UNIT_NOT_FOUND", town.manager_west.call, "ListUnitFigures", organisation_path=f"{town.root}EAST/")
        refused("UNIT_NOT_FOUND", town.rm1_east.call, "ListUnitFigures")


@pytest.mark.usefixtures("november")
class TestRanking:
    def test_equal_ones_share_a_place_and_the_next_has_the_next_number(self, town):
        asked = {"organisation_path": town.root, "measure": Measure.EVA}
        answer = town.analyst.call("ListRanking", **asked)
        ranked = {each.person_id: (each.rank, each.amount.amount) for each in answer.ranked_figures}
        assert ranked == {
            town.rm1_east.person_id: (1, "0.42"),
            town.rm2_east.person_id: (2, "0.35"),
            town.rm1_west.person_id: (3, "0.00"),
        }
        profit = town.analyst.call("ListRanking", organisation_path=town.root, measure=Measure.FTP_PROFIT)
        assert [each.rank for each in profit.ranked_figures] == [1, 1, 1]
        assert profit.participant_count == 3

    def test_pages_and_counts(self, town):
        asked, found, token = {"organisation_path": town.root, "measure": Measure.FLOW_COUNT, "page_size": 2}, [], ""
        while True:
            answer = town.analyst.call("ListRanking", **asked, page_token=token)
            found += [(each.rank, each.count) for each in answer.ranked_figures]
            token = answer.next_page_token
            if not token:
                break
        assert found == [(1, 3), (2, 0), (2, 0)]

    def test_nobody_ranks_units_that_he_is_not_in_charge_of(self, town):
        refused("UNIT_NOT_FOUND", town.manager_east.call, "ListRanking", organisation_path=town.root, measure=Measure.EVA)
        refused("UNIT_NOT_FOUND", town.rm1_east.call, "ListRanking", measure=Measure.EVA)

    def test_he_learns_his_own_place_and_nobody_elses(self, town):
        own = town.rm2_east.call("GetOwnRanking", measure=Measure.EVA, organisation_path=f"{town.root}EAST/")
        assert (own.rank, own.participant_count, own.amount.amount) == (2, 2, "0.35")
        assert town.rm2_east.call("GetOwnRanking", measure=Measure.EVA).participant_count == 1
        refused("UNIT_NOT_FOUND", town.rm2_east.call, "GetOwnRanking", measure=Measure.EVA, organisation_path=f"{town.root}WEST/")
        refused("NOT_RANKED", town.analyst.call, "GetOwnRanking", measure=Measure.EVA)

    def test_who_came_later_is_not_ranked_in_an_earlier_period(self, town):
        late = town.colleague("relationship_manager", "WEST/W01/")
        with town.service.database.transaction() as work:
            affiliation = work.session.get(Affiliation, (late.person_id, FIRST_DATE))
            affiliation.end_date = date(2026, 11, 2)
        answer = town.manager_west.call("ListRanking", measure=Measure.EVA)
        assert late.person_id not in {each.person_id for each in answer.ranked_figures}
