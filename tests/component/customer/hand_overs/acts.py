"""What people do with hand-overs, and what becomes of them."""

from __future__ import annotations

import json
from datetime import timedelta

from sqlalchemy import select
from workbench.customer.v1 import events_pb2

from services.chassis.db.audit import AuditRecord, touches
from tests.component.customer.conftest import LEADS_PEOPLE
from tests.component.customer.test_supporting import told

TRANSFERS = (*LEADS_PEOPLE, "customer.coverage.transfer")
APPROVES = ("customer.record.read", "customer.coverage.approve")
ALL, EVENLY, BY_UNIT, EXPLICIT = 1, 2, 3, 4
PLANNED, HINDERED, MOVED, SKIPPED, RETURNED, KEPT = range(1, 7)
DAY = timedelta(days=1)


def plan(colleague, receivers, customers=(), rule=ALL, **fields):
    fields = {"reason": "轮岗", "rule": rule} | fields
    if isinstance(fields.get("from_person_id"), object) and hasattr(fields.get("from_person_id"), "person_id"):
        fields["from_person_id"] = fields["from_person_id"].person_id
    return colleague.call(
        "CreateHandOver",
        receiver_person_ids=[receiver.person_id for receiver in receivers],
        customer_ids=[customer.customer_id for customer in customers],
        **fields,
    )


def act(colleague, verb, hand_over, **fields):
    return colleague.call(f"{verb}HandOver", hand_over_id=hand_over.hand_over_id, **fields)


def became(hand_over, state=None):
    """How many customers of a hand-over have become what."""
    found = {}
    for count in hand_over.counts:
        found[count.state] = found.get(count.state, 0) + count.customer_count
    return found if state is None else found.get(state, 0)


def lines(colleague, hand_over, **filters):
    token, found = "", []
    while True:
        page = colleague.call(
            "ListHandOverCustomers", hand_over_id=hand_over.hand_over_id, page_size=2, page_token=token, **filters
        )
        found += page.customers
        if not (token := page.next_page_token):
            return {line.customer_id: line for line in found}


def leads(colleague, customers):
    return [colleague.get(customer).lead_person_id for customer in customers]


def last_act_on(office, customer, method):
    """What the trail tells of the last act on a customer, which was that method's."""
    with office.service.database.transaction(read_only=True) as work:
        records = select(AuditRecord).where(touches(customer.customer_id)).order_by(AuditRecord.sequence.desc())
        record = work.session.scalars(records.limit(1)).one()
    assert record.method == method
    return next(json.dumps(c) for c in json.loads(record.changes_json) if c["resource"] == f"customers/{customer.customer_id}")


def reassignments(office, customer):
    return told(office.service, events_pb2.CustomerReassigned, customer.customer_id)
