"""Many units, people and posts at once; and tables that are what the mapped classes say."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from workbench.identity.v1 import events_pb2

from gateway.identity.model.base import Base
from gateway.identity.rules.organisation import UnitKind
from gateway.identity.usecases.provisioning import PersonEntry, PostEntry, UnitEntry, provision
from services.chassis.db import reencryption
from services.chassis.db.tables import ChassisBase
from services.chassis.kernel.errors import InvalidInput, RuleBroken
from tests.component.identity.conftest import PEOPLE, POSTS, UNITS


def test_a_second_time_changes_nothing(identity):
    before = identity.events()
    with identity.database.transaction() as work:
        provision(work, UNITS, PEOPLE, POSTS)
        work.session.flush()
        assert work.changes == []
    assert identity.events() == before
    assert {type(event) for event in before} == {
        events_pb2.OrganisationUnitCreated, events_pb2.PersonCreated, events_pb2.PostGranted,
    }  # fmt: skip


def test_what_changed_is_brought_up_to_date(identity):
    units = (UnitEntry("E01", UnitKind.OUTLET, "改名网点", "WEST"),)
    people = (PersonEntry("000001", "新名", "W01"), PersonEntry("000099", "新人", "E01", "xin.ren", person_id="given-id"))
    with identity.database.transaction() as work:
        provision(work, units, people, (PostEntry("000099", "relationship_manager", "E01"),))
    listed = {p.staff_number: p for p in identity.sign_in("useradmin.ho").call("ListPeople").people}
    assert (listed["000001"].display_name, listed["000001"].organisation_path) == ("新名", "/HO/WEST/W01/")
    assert (listed["000099"].person_id, listed["000099"].organisation_path) == ("given-id", "/HO/WEST/E01/")
    # A password that somebody has chosen is never replaced.
    identity.sign_in("rm1.east")
    kinds = [type(event).__name__ for event in identity.events()]
    assert kinds[-4:] == ["OrganisationUnitMoved", "PersonUpdated", "PersonCreated", "PostGranted"]


@pytest.mark.parametrize(
    ("units", "people", "posts", "kind"),
    [
        ((UnitEntry("X", UnitKind.OUTLET, "x", "NOWHERE"),), (), (), InvalidInput),
        ((), (PersonEntry("9", "x", "NOWHERE"),), (), InvalidInput),
        ((), (), (PostEntry("nobody", "auditor", "HO"),), InvalidInput),
        ((), (), (PostEntry("000009", "emperor", "HO"),), InvalidInput),
        ((), (), (PostEntry("000001", "operator", "HO"),), RuleBroken),
        ((UnitEntry("X", UnitKind.OUTLET, "x", "HO"),), (), (), RuleBroken),
    ],
)
def test_the_rules_hold_here_too_and_nothing_is_half_done(identity, units, people, posts, kind):
    before = identity.events()
    good = (UnitEntry("GOOD", UnitKind.BRANCH, "x", "HO"),)
    with pytest.raises(kind), identity.database.transaction() as work:
        provision(work, (*good, *units), people, posts)
    assert identity.events() == before


def test_the_migrated_tables_are_those_of_the_mapped_classes(database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _of_identity})
        assert compare_metadata(context, Base.metadata) == []


def _of_identity(_thing, name, kind, *_):
    # The command that encrypts anew has a table too, and no service imports it.
    ours = {*ChassisBase.metadata.tables, reencryption.Reencryption.__tablename__, "alembic_version"}
    return not (kind == "table" and name in ours)
