"""What is kept of a customer goes where it goes: to another lead, into another record and back, and out of it by law."""

import uuid
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from workbench.customer.v1 import coverage_events_pb2, duplicate_events_pb2, exchange_events_pb2
from workbench.operations.v1 import hand_over_events_pb2

from services.activity.model.base import working_models
from services.activity.model.contact import Contact
from services.activity.rules.contacts import ContactKind, ContactState
from services.chassis.db.types import EncryptedBytes, EncryptedText

NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)


def keep(town, owner, customer_id, state=ContactState.DONE, **fields):
    """The id of a contact of somebody's with a customer."""
    contact_id = str(uuid.uuid4())
    with town.service.database.transaction() as work:
        work.session.add(
            Contact(
                **{
                    "contact_id": contact_id, "customer_id": customer_id, "owner_person_id": owner.person_id,
                    "organisation_path": owner.organisation_path, "kind": ContactKind.VISIT, "state": state, "channel": 1,
                    "start_time": NOW, "business_date": date(2026, 11, 25), "create_person_id": owner.person_id,
                    "create_time": NOW, "update_time": NOW,
                }
                | fields
            )
        )  # fmt: skip
    return contact_id


def kept(town, contact_id):
    with town.service.database.transaction(read_only=True) as work:
        return work.session.scalars(select(Contact).where(Contact.contact_id == contact_id)).one()


def merge(town, survivor, merged, merge_id):
    to = town.rm1_east
    town.announce(
        duplicate_events_pb2.CustomersMerged(
            survivor_customer_id=survivor, merged_customer_id=merged, merge_id=merge_id, display_name="欧阳芳",
            lead_person_id=to.person_id, organisation_path=to.organisation_path,
        )
    )  # fmt: skip


def test_what_is_open_goes_to_the_new_lead_and_what_was_done_stays_with_who_did_it(town):
    customer = town.customer(town.rm1_east)
    done = keep(town, town.rm1_east, customer)
    planned = keep(town, town.rm1_east, customer, ContactState.PLANNED)
    of_another = keep(town, town.leader_east, customer, ContactState.PLANNED)
    before = kept(town, planned).version
    town.reassign(customer, town.rm1_east, town.rm2_east)
    owners = {name: kept(town, each).owner_person_id for name, each in (("done", done), ("planned", planned), ("of", of_another))}
    assert owners == {
        "done": town.rm1_east.person_id, "planned": town.rm2_east.person_id, "of": town.leader_east.person_id,
    }  # fmt: skip
    assert kept(town, planned).organisation_path == town.rm2_east.organisation_path
    # Whoever had read it before is refused.
    assert kept(town, planned).version == before + 1


def test_a_hand_over_is_told_what_moved_and_when_all_has_come(town):
    first, second = town.customer(town.rm1_east), town.customer(town.rm1_east)
    keep(town, town.rm1_east, first, ContactState.PLANNED)
    hand_over = str(uuid.uuid4())

    def told():
        town.run_timer("hand_overs.report")
        return town.recorded(hand_over_events_pb2.HandOverFollowed, hand_over_id=hand_over)

    town.reassign(first, town.rm1_east, town.rm2_east, hand_over_id=hand_over)
    (report,) = told()
    assert ([(line.kind, line.moved_count) for line in report.lines], report.complete) == ([("contacts", 1)], False)
    town.reassign(second, town.rm1_east, town.rm2_east, hand_over_id=hand_over)
    town.announce(coverage_events_pb2.CoverageHandedOver(hand_over_id=hand_over, customer_count=2))
    *_, last = told()
    assert last.complete
    assert len(told()) == 2, "nothing new, nothing told"


@pytest.mark.parametrize("state", [ContactState.DONE, ContactState.PLANNED])
def test_a_merge_takes_what_was_kept_along_and_an_undo_takes_it_back_alone(town, state):
    survivor, merged, merge_id = town.customer(town.rm1_east), town.customer(town.rm1_east), str(uuid.uuid4())
    moved = keep(town, town.rm1_east, merged, state)
    merge(town, survivor, merged, merge_id)
    since = keep(town, town.rm1_east, survivor, state)
    assert kept(town, moved).customer_id == survivor
    town.announce(
        duplicate_events_pb2.CustomersUnmerged(
            survivor_customer_id=survivor, merged_customer_id=merged, merge_id=merge_id,
            lead_person_id=town.rm2_east.person_id, organisation_path=town.rm2_east.organisation_path,
        )
    )  # fmt: skip
    assert (kept(town, moved).customer_id, kept(town, since).customer_id) == (merged, survivor)


def test_an_erasure_leaves_that_something_was_done_and_when(town):
    customer = town.customer(town.rm1_east)
    texts = {"summary": "她想提前还贷", "place": "她家", "people_met": [{"display_name": "王五"}]}
    contact = keep(town, town.rm1_east, customer, **texts)
    town.announce(exchange_events_pb2.CustomerErased(customer_id=customer, erasure_id="e"))
    row = kept(town, contact)
    assert (row.summary, row.place, row.people_met) == ("", "", [])
    assert (row.start_time, row.owner_person_id) == (NOW, town.rm1_east.person_id)


def test_every_text_about_a_customer_is_erased_with_it():
    """Encrypted columns hold what tells of people: each is named in `__erased__`, and so would a new one have to be."""
    left = {
        f"{model.__tablename__}.{column.key}"
        for model in working_models()
        for column in model.__mapper__.columns
        if isinstance(column.type, (EncryptedText, EncryptedBytes)) and column.key not in model.__erased__
    }
    assert not left
