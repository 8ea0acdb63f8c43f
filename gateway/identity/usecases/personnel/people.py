"""Brings people to what the personnel system says of them: joins, renames, moves, and shuts out whoever has left.

Whoever joins comes disabled and without a password, until an administrator lets him in; nobody is let in again by a file. Each
step asks the database for all its people at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table, func, insert, select
from workbench.identity.v1 import events_pb2 as events

from gateway.identity.model.account import NO_STEP, Account
from gateway.identity.model.organisation import OrganisationUnit
from gateway.identity.model.person import Person, PersonState
from gateway.identity.model.personnel import PersonnelEntry
from gateway.identity.rules.personnel import PersonRow, login_of, person_fault
from gateway.identity.usecases.organisation import hold_tree_still
from gateway.identity.usecases.people import shut_out
from gateway.identity.usecases.personnel.reports import Report
from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork

# Of an account without a password: what it has before anybody proved anything.
NEW_ACCOUNT = {"password_temporary": False, "totp_enrolled": False, "totp_last_step": NO_STEP, "failures": 0}


def apply_people(work: UnitOfWork, feed: str, rows: Sequence[PersonRow], report: Report, *, leavers_stay: bool) -> None:
    """Takes over the rows; `leavers_stay` where there are more leavers than can be believed."""
    hold_tree_still(work)
    fit = _fit(rows, report)
    units = _units(work, fit)
    people = locked_people(work, [row.staff_number for row in fit])
    newcomers: list[PersonRow] = []
    changed: list[Person] = []
    for row in fit:
        person, unit = people.get(row.staff_number), units.get(row.unit_code)
        if unit is None and not row.left:
            report.find("UNIT_UNKNOWN", row.staff_number)
        if person is not None:
            if unit is not None and person.change(row.display_name, unit, now=work.now):
                changed.append(person)
        elif unit is not None and not row.left:
            newcomers.append(row)
    _announce_changed(work, changed, report)
    leavers = [people[row.staff_number] for row in fit if row.left and row.staff_number in people]
    if leavers_stay:
        report.find("LEAVERS_HELD_BACK", *(person.staff_number for person in leavers if person.active))
    else:
        disable(work, leavers, report)
    joined = _join(work, newcomers, units, report)
    _note(work, feed, [*people, *joined])


def locked_people(work: UnitOfWork, staff_numbers: Sequence[str]) -> dict[str, Person]:
    """Those of the people that there are, each locked until the transaction ends, in one order, as `people.locked_person`."""
    statement = (
        select(Person).where(among(Person.staff_number, staff_numbers)).order_by(Person.person_id).with_for_update(key_share=True)
    )
    found = work.session.scalars(statement.execution_options(populate_existing=True))
    return {person.staff_number: person for person in found}


def disable(work: UnitOfWork, people: Iterable[Person], report: Report) -> None:
    """Shuts out those who are not, whose rows are locked, and closes their sessions."""
    report.count("disabled", sum(shut_out(work, person) for person in people))


def active_among(work: UnitOfWork, staff_numbers: Sequence[str]) -> list[str]:
    """Those of the staff numbers whose people are not shut out."""
    active = select(Person.staff_number).where(Person.state == PersonState.ACTIVE, among(Person.staff_number, staff_numbers))
    return sorted(work.session.scalars(active))


def active_count(work: UnitOfWork) -> int:
    """How many people are not shut out."""
    return work.session.scalar(select(func.count()).where(Person.state == PersonState.ACTIVE)) or 0


def known_to(work: UnitOfWork, feed: str) -> list[str]:
    """The staff numbers that the feed has ever had."""
    return list(work.session.scalars(select(PersonnelEntry.staff_number).where(PersonnelEntry.feed == feed)))


def _fit(rows: Sequence[PersonRow], report: Report) -> list[PersonRow]:
    fit = []
    for row in rows:
        if fault := person_fault(row):
            report.find(fault, row.staff_number[:32])
        else:
            fit.append(row)
    return fit


def _units(work: UnitOfWork, rows: Sequence[PersonRow]) -> dict[str, OrganisationUnit]:
    codes = sorted({row.unit_code for row in rows})
    return {unit.code: unit for unit in work.session.scalars(select(OrganisationUnit).where(among(OrganisationUnit.code, codes)))}


def _announce_changed(work: UnitOfWork, changed: Sequence[Person], report: Report) -> None:
    work.session.flush()
    work.record(
        *(
            events.PersonUpdated(
                person_id=person.person_id, display_name=person.display_name, organisation_path=person.organisation_path
            )
            for person in changed
        )
    )
    report.count("changed", len(changed))


def _join(work: UnitOfWork, rows: Sequence[PersonRow], units: dict[str, OrganisationUnit], report: Report) -> list[str]:
    if not rows:
        return []
    logins = _free_logins(work, rows)
    # He is known, and signs in once an administrator, or the single sign-on, gives him a way to.
    report.find("LOGIN_TAKEN", *(row.staff_number for row in rows if row.staff_number not in logins))
    joined = [_newcomer(work, row, logins.get(row.staff_number), units[row.unit_code]) for row in rows]
    work.insert_all(Person, joined)
    accounts = [{"person_id": person["person_id"], **NEW_ACCOUNT} for person in joined if person["login"]]
    if accounts:
        work.insert_all(Account, accounts)
    work.record(*(event for person in joined for event in _joined(person)))
    report.count("created", len(joined))
    return [row.staff_number for row in rows]


def _free_logins(work: UnitOfWork, rows: Sequence[PersonRow]) -> dict[str, str]:
    """By staff number the names that nobody has yet, and of two newcomers with one name the first."""
    wanted = {row.staff_number: login_of(row.staff_number) for row in rows}
    taken = {"", *work.session.scalars(select(Person.login).where(among(Person.login, sorted(set(wanted.values())))))}
    free = {}
    for staff_number, login in wanted.items():
        if login not in taken:
            free[staff_number] = login
            taken.add(login)
    return free


def _newcomer(work: UnitOfWork, row: PersonRow, login: str | None, unit: OrganisationUnit) -> dict[str, Any]:
    return {
        "person_id": work.new_id(),
        "staff_number": row.staff_number,
        "login": login,
        "display_name": row.display_name,
        "organisation_unit_id": unit.organisation_unit_id,
        "organisation_path": unit.organisation_path,
        "state": PersonState.DISABLED.value,
        "create_time": work.now,
        "update_time": work.now,
        "version": 1,
    }


def _joined(person: Mapping[str, Any]) -> tuple[events.PersonCreated, events.PersonDisabled]:
    told = {name: person[name] for name in ("person_id", "staff_number", "display_name", "organisation_path")}
    return events.PersonCreated(**told), events.PersonDisabled(person_id=person["person_id"])


def _note(work: UnitOfWork, feed: str, staff_numbers: Sequence[str]) -> None:
    """That the feed knows them; bookkeeping, of which no trail is kept."""
    known = set(
        work.session.scalars(select(PersonnelEntry.staff_number).where(among(PersonnelEntry.staff_number, staff_numbers)))
    )
    new = [{"staff_number": number, "feed": feed} for number in staff_numbers if number not in known]
    if new:
        work.session.execute(insert(cast("Table", PersonnelEntry.__table__)), new)
