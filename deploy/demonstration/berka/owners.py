"""Whose the bank's results are: the data set knows of nobody who looks after a client, so that a rule says it.

An account belongs to the relationship manager of the region in whose district its owner lives, from the first day on. That is
told by client: whatever a client has is the same manager's, so that no account is left without an owner.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.demonstration.berka.files import open_file
from deploy.demonstration.berka.organisation import RELATIONSHIP_MANAGER, ROOT_CODE, Organisation

# The day before which nothing of the bank is told.
FIRST_DAY = "1993-01-01"


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
