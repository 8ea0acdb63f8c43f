"""Deals leads out: to somebody whom a leader names, or round-robin by the rules of the unit."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from services.activity.model.customer import Absence
from services.activity.model.lead import AssignmentRule, AssignmentTurn, Lead, LeadAssignment
from services.activity.model.person import Person
from services.activity.rules.leads import dealing
from services.activity.usecases import reaching
from services.activity.usecases.leads import telling
from services.activity.usecases.workdays import add_workdays
from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import paths_above

RECEIVING_ROLE = "relationship_manager"


class Dealer:
    """Gives leads away within one act: what it read of rules, receivers and workdays serves for the next lead too."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._rules: dict[str, list[AssignmentRule]] = {}
        self._receivers: dict[str, list[Person]] = {}
        self._turns: dict[str, dict[str, AssignmentTurn]] = {}
        self._deadlines: dict[tuple[str, int], datetime] = {}

    def by_rule(self, lead: Lead) -> bool:
        """Gives it to whoever is next by the first rule that has anybody for it; answers whether one has."""
        for rule in dealing.in_order(
            self._of_unit(lead.organisation_path), lead.organisation_path, lead.product_codes, lead.source
        ):
            if receivers := self._of_rule(rule):
                person_id = self._next(rule, [each.person_id for each in receivers])
                (receiver,) = (each for each in receivers if each.person_id == person_id)
                self.give(lead, receiver, rule)
                return True
        return False

    def give(self, lead: Lead, receiver: Person | None, rule: AssignmentRule | None = None) -> None:
        """Gives it to somebody, or to nobody, so that it waits in its unit; who had it before, and who gave it, is kept."""
        work, former = self._work, lead.owner_person_id
        path = receiver.organisation_path if receiver else lead.organisation_path
        work.reach(path)
        deadline = self.deadline(path, rule.follow_workdays if rule else 0) if receiver else None
        lead.give(receiver.person_id if receiver else "", path, deadline=deadline, now=work.now)
        lead.update_time = work.now
        rule_id = rule.assignment_rule_id if rule else ""
        note_assignment(work, lead, former, rule_id)
        telling.assigned(work, lead, former, rule_id)

    def deadline(self, organisation_path: str, follow_workdays: int = 0) -> datetime:
        """The end of the last of so many workdays of the unit after today; of the bank's usual number where 0."""
        work, count = self._work, follow_workdays or self._work.settings.lead_follow_workdays
        key = organisation_path, count
        if key not in self._deadlines:
            day = add_workdays(work, work.clock_date, count, organisation_path=organisation_path)
            zone = ZoneInfo(work.database.bank_time_zone)
            self._deadlines[key] = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
        return self._deadlines[key]

    def _of_unit(self, organisation_path: str) -> list[AssignmentRule]:
        if organisation_path not in self._rules:
            of_units = select(AssignmentRule).where(AssignmentRule.organisation_path.in_(paths_above(organisation_path)))
            self._rules[organisation_path] = list(self._work.session.scalars(of_units))
        return self._rules[organisation_path]

    def _of_rule(self, rule: AssignmentRule) -> list[Person]:
        """Who receives by a rule and is there today, by staff number."""
        if rule.assignment_rule_id not in self._receivers:
            today = self._work.clock_date
            away = select(Absence.person_id).where(Absence.start_date <= today, Absence.end_date >= today)
            receivers = reaching.people_below(rule.organisation_path, RECEIVING_ROLE).where(Person.person_id.not_in(away))
            if rule.receiver_person_ids:
                receivers = receivers.where(among(Person.person_id, rule.receiver_person_ids))
            self._receivers[rule.assignment_rule_id] = list(self._work.session.scalars(receivers))
        return self._receivers[rule.assignment_rule_id]

    def _next(self, rule: AssignmentRule, receivers: list[str]) -> str:
        rule_id = rule.assignment_rule_id
        if rule_id not in self._turns:
            # Held until the act ends, then read: whoever deals by the same rule meanwhile waits, and sees this turn taken.
            self._work.hold(f"activity.assignment_rule/{rule_id}")
            of_rule = select(AssignmentTurn).where(AssignmentTurn.assignment_rule_id == rule_id)
            self._turns[rule_id] = {turn.person_id: turn for turn in self._work.session.scalars(of_rule)}
        turns = self._turns[rule_id]
        person_id, number = dealing.next_turn(receivers, {each.person_id: each.turn for each in turns.values()})
        if person_id in turns:
            turns[person_id].turn = number
        else:
            turns[person_id] = AssignmentTurn(assignment_rule_id=rule_id, person_id=person_id, turn=number)
            self._work.session.add(turns[person_id])
        return person_id


def note_assignment(work: UnitOfWork, lead: Lead, former_owner_person_id: str, assignment_rule_id: str = "") -> None:
    """Keeps that it came from somebody to somebody."""
    work.session.add(
        LeadAssignment(
            lead_assignment_id=work.new_id(),
            lead_id=lead.lead_id,
            from_person_id=former_owner_person_id,
            to_person_id=lead.owner_person_id,
            assigner_person_id=work.caller.person_id,
            assignment_rule_id=assignment_rule_id,
            assign_time=work.now,
            follow_deadline=lead.follow_deadline,
        )
    )
