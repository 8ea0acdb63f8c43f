"""The bank's people as they come in at the front door, each with what his post allows."""

from __future__ import annotations

from collections import Counter
from typing import Any

import grpc

from deploy.demonstration.bank import Bank
from deploy.demonstration.doors import Door
from deploy.demonstration.organisation import BRANCHES, Person
from services.chassis.kernel.caller import Caller, Grant, Scope
from services.chassis.kernel.errors import WorkbenchError
from services.chassis.keys import KeyRing

_READS = ("performance.claim.read", "performance.deal.read", "performance.scheme.read")
_OF_MANAGERS = frozenset({*_READS, "performance.claim.make", "performance.deal.propose"})
_OF_LEADERS = _OF_MANAGERS | {"performance.claim.decide", "performance.claim.adjudicate", "performance.deal.decide"}


class People:
    """Who can be asked to do something; what is refused is counted by its reason, and stops nobody."""

    def __init__(self, bank: Bank, channel: grpc.Channel, ring: KeyRing) -> None:
        self.bank = bank
        self.done: Counter[str] = Counter()
        self._channel, self._ring = channel, ring
        self._doors: dict[str, Door] = {}
        self._people = {person.person_id: person for person in bank.organisation.people}

    def person(self, person_id: str) -> Person | None:
        """Whom of the bank's people that is."""
        return self._people.get(person_id)

    def manager_of(self, organisation_path: str) -> Person:
        """Who is in charge of the branch in which a unit is."""
        branch = next(each for each in BRANCHES if organisation_path.startswith(each.path))
        return self.bank.organisation.person(f"manager.{branch.code.lower()}")

    def ask(self, person: Person, method: str, request: Any, done: str = "") -> Any:
        """Has somebody call a method of the performance service; None where it is refused."""
        try:
            answer = self._door(person).call(f"workbench.performance.v1.{method}", request)
        except WorkbenchError as refused:
            self.done[f"refused: {refused.reason}"] += 1
            return None
        if done:
            self.done[done] += 1
        return answer

    @property
    def told(self) -> str:
        """What was done, and what was refused."""
        return ", ".join(f"{count} {name}" for name, count in sorted(self.done.items())) or "nothing"

    def _door(self, person: Person) -> Door:
        if person.person_id not in self._doors:
            self._doors[person.person_id] = Door(self._channel, self._ring, _caller(person))
        return self._doors[person.person_id]


def _caller(person: Person) -> Caller:
    leads = person.login.startswith("manager.")
    scope = Scope(organisation_paths=(person.organisation_path,)) if leads else Scope(own=True)
    grants = (Grant(_OF_LEADERS if leads else _OF_MANAGERS, scope),)
    login = person.login or person.staff_number
    return Caller(person.person_id, login=login, organisation_path=person.organisation_path, grants=grants)
