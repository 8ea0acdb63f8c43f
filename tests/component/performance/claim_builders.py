"""Claims of a town, in as few words as a test needs."""

from contextlib import contextmanager

import pytest
from workbench.performance.v1 import claim_pb2, share_pb2

from services.chassis.kernel.errors import WorkbenchError

CUSTOMER, ACCOUNT = share_pb2.OBJECT_KIND_CUSTOMER, share_pb2.OBJECT_KIND_ACCOUNT
CONTRACT = share_pb2.OBJECT_KIND_CONTRACT
PENDING, APPROVED = claim_pb2.CLAIM_STATE_PENDING, claim_pb2.CLAIM_STATE_APPROVED
REJECTED, WITHDRAWN = claim_pb2.CLAIM_STATE_REJECTED, claim_pb2.CLAIM_STATE_WITHDRAWN


def business_date(town):
    """The bank's date, as the service has it."""
    with town.service.database.transaction(read_only=True) as work:
        return work.business_date


def draft(customer_id, *parts, start_date, **fields):
    """A claim of a customer by ratios, each of a person; other fields as given."""
    asked = [claim_pb2.ClaimPart(person_id=person.person_id, basis_points=basis_points) for person, basis_points in parts]
    told = {"object_kind": CUSTOMER, "kind": claim_pb2.CLAIM_KIND_RATIO, "parts": asked} | fields
    return claim_pb2.Claim(customer_id=customer_id, start_date=start_date.isoformat(), **told)


def claim(person, customer_id, *parts, start_date, **fields):
    """Claims it; all of it for himself where no parts are given."""
    parts = parts or ((person, 10_000),)
    return person.call("CreateClaim", claim=draft(customer_id, *parts, start_date=start_date, **fields))


@contextmanager
def refused(reason):
    """What the block does last is refused with that reason."""
    with pytest.raises(WorkbenchError) as refusal:
        yield refusal
    assert refusal.value.reason == reason


def shares(person, customer_id, **fields):
    """Whose it is: person, basis points, first and last day, state."""
    told = {"object_kind": CUSTOMER} | fields
    found = person.call("ListShares", customer_id=customer_id, **told).shares
    return [(share.person_id, share.basis_points, share.start_date, share.end_date, share.state) for share in found]
