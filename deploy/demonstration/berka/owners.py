"""Whose the bank's results are: the data set knows of nobody who looks after a client, so that a rule says it.

An account belongs to the relationship manager of the region in whose district its owner lives, from the first day on. That is
told by client: whatever a client has is the same manager's, so that no account is left without an owner.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from workbench.performance.v1 import claim_pb2, claim_service_pb2, share_pb2

from deploy.demonstration.berka.files import open_file
from deploy.demonstration.berka.organisation import RELATIONSHIP_MANAGER, ROOT_CODE, Organisation
from deploy.demonstration.doors import Door
from deploy.demonstration.shares.importing import ROWS_MAX, import_claims

# The day before which nothing of the bank is told.
FIRST_DAY = "1993-01-01"
IMPORT_SYSTEM = "berka"


@dataclass(frozen=True, slots=True)
class Owned:
    """A client, whose results are one relationship manager's."""

    customer_number: str
    staff_number: str


def owners(clients: Path, bank: Organisation) -> Iterator[Owned]:
    """Each client with the manager of the region in which it lives."""
    region_of = {unit.unit_number: unit.parent_unit_number for unit in bank.units}
    manager_of = {post.unit_number: post.staff_number for post in bank.posts if post.post_code == RELATIONSHIP_MANAGER}
    with open_file(clients) as file:
        rows = csv.DictReader((line.decode("ascii") for line in file), delimiter=";")
        for row in rows:
            yield Owned(f"B{row['client_id']}", manager_of[region_of[f"{ROOT_CODE}{row['district_id']}"]])


def claim_all(steward: Door, clients: Path, bank: Organisation) -> list[str]:
    """Claims each client for its manager, as another system's history; answers what came of it, portion by portion."""
    rows = (_claim(owned) for owned in owners(clients, bank))
    told = []
    while portion := list(islice(rows, ROWS_MAX)):
        told.append(import_claims(steward, portion, IMPORT_SYSTEM))
    return told


def _claim(owned: Owned) -> claim_service_pb2.ImportedClaim:
    return claim_service_pb2.ImportedClaim(
        import_number=owned.customer_number,
        object_kind=share_pb2.OBJECT_KIND_CUSTOMER,
        customer_number=owned.customer_number,
        kind=claim_pb2.CLAIM_KIND_RATIO,
        start_date=FIRST_DAY,
        parts=[{"staff_number": owned.staff_number, "basis_points": 10_000}],
    )
