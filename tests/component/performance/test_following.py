"""What the service keeps of others, by their events."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from workbench.identity.v1 import announcement_events_pb2, events_pb2
from workbench.integration.v1 import events_pb2 as integration_events_pb2

from services.performance.model import Affiliation, DatasetPin, Unit
from services.performance.model.person import FIRST_DATE


def affiliations(town, person):
    with town.service.database.transaction(read_only=True) as work:
        rows = work.session.scalars(select(Affiliation).filter_by(person_id=person.person_id).order_by(Affiliation.start_date))
        return [(row.start_date, row.end_date, row.organisation_path) for row in rows]


def test_who_comes_was_always_there_until_he_moves(town):
    person = town.rm1_east
    assert affiliations(town, person) == [(FIRST_DATE, None, f"{town.root}EAST/E01/")]
    with town.service.database.transaction(read_only=True) as work:
        today = work.business_date
    moved = f"{town.root}WEST/W01/"
    told = {"person_id": person.person_id, "staff_number": "1", "display_name": "王雅婷", "role": "relationship_manager"}
    for _ in range(2):
        town.announce(events_pb2.PostGranted(**told, grant_id=f"g-2-{town.root}", organisation_path=moved))
    before, now = affiliations(town, person)
    assert before == (FIRST_DATE, today - timedelta(days=1), f"{town.root}EAST/E01/")
    assert now == (today, None, moved)
    # Twice on a day: the last unit is the day's.
    town.announce(events_pb2.PostGranted(**told, grant_id=f"g-3-{town.root}", organisation_path=f"{town.root}WEST/W02/"))
    assert affiliations(town, person)[-1] == (today, None, f"{town.root}WEST/W02/")


def test_a_unit_moves_with_all_that_was_done_in_it(town):
    moved = events_pb2.OrganisationUnitMoved(
        organisation_unit_id="u", former_organisation_path=f"{town.root}EAST/E01/", organisation_path=f"{town.root}WEST/E01/"
    )
    town.announce(moved)
    assert affiliations(town, town.rm1_east) == [(FIRST_DATE, None, f"{town.root}WEST/E01/")]


def test_a_unit_is_known_by_the_banks_code(town):
    unit_id = f"unit-{town.root}"
    told = {"organisation_unit_id": unit_id, "organisation_path": f"{town.root}EAST/", "display_name": "东城支行", "code": "0101"}
    town.announce(announcement_events_pb2.OrganisationUnitAnnounced(**told))
    with town.service.database.transaction(read_only=True) as work:
        assert work.session.get(Unit, unit_id).code == "0101"


@pytest.mark.parametrize(("revisions", "current"), [((1, 2), 2), ((2, 1), 2), ((1, 1), 1)])
def test_the_highest_revision_of_a_day_is_current(town, revisions, current):
    feed = f"core.balances.{town.root.strip('/').lower()}"
    for revision in revisions:
        town.announce(
            integration_events_pb2.DatasetPublished(
                feed=feed, dataset="balances", source_system="core", business_date="2026-11-24", revision=revision, rows=revision
            )
        )
    with town.service.database.transaction(read_only=True) as work:
        assert work.session.get(DatasetPin, (feed, date(2026, 11, 24))).revision == current
