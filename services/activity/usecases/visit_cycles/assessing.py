"""Looks at all customers anew, each week or when asked: what each is worth, who is key, and by that who is due when.

Long work. What the engine computes stays in memory between steps, and is computed again after a restart; a step writes the
cycles of the next customers by id, and only those that are others now. Each week the visits of the next one are proposed then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select
from workbench.activity.v1 import visit_cycle_service_pb2

from services.activity.model.contact import Contact
from services.activity.model.customer import Customer
from services.activity.model.visit_cycle import VisitCycle, VisitWeek
from services.activity.rules.contacts import ContactState
from services.activity.rules.tasks import NO_DATE
from services.activity.rules.visit_cycles import CycleState, VisitRule, next_due, week_start
from services.activity.usecases import reaching
from services.activity.usecases.visit_cycles import pinning, planning, ruling
from services.chassis.db.among import among
from services.chassis.db.insertion import insert_if_absent
from services.chassis.db.scope import below
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.caller import PATH_SEPARATOR
from services.chassis.longwork import asking
from services.chassis.longwork.patience import patiently
from services.chassis.longwork.table import Operation
from services.chassis.longwork.task import Preparation, Task, Work

REFRESH = "activity.visit_cycles.refresh"
WEEK = "activity.visit_cycles.week"
PERMISSION = "activity.cycle.define"
CUSTOMERS_PER_STEP = 500
CUSTOMERS_AT_ONCE = 20_000
PEOPLE_PER_STEP = 10


@dataclass(frozen=True, slots=True)
class _Prepared:
    # Customer, value, and whether he is key.
    rows: Sequence[tuple[str, int | None, bool]]


def begin_week(work: UnitOfWork) -> None:
    """Asks, once a week, for the visits of the next week to be proposed: on the day that the settings name, or later.

    The first time of all it is this week, as soon as there are customers.
    """
    today = work.business_date
    if work.session.scalar(select(VisitWeek.week_start_date).limit(1)) is None:
        if work.session.scalar(select(Customer.customer_id).limit(1)) is not None:
            _begin(work, week_start(today))
    elif today.weekday() >= work.settings.visit_plan_weekday:
        _begin(work, week_start(today) + timedelta(days=7))


def _begin(work: UnitOfWork, monday: date) -> None:
    table: Any = VisitWeek.__table__
    if insert_if_absent(work.session, table, week_start_date=monday, create_time=work.now):
        parameters = {"organisation_path": PATH_SEPARATOR, "week_start_date": monday.isoformat()}
        asking.ask_of_itself(work, WEEK, parameters, subject=f"visitWeeks/{monday}")


def refresh(work: UnitOfWork, request: visit_cycle_service_pb2.RefreshVisitCyclesRequest) -> Operation:
    """Asks for the customers of a unit to be looked at."""
    path = reaching.unit_path(work, request.organisation_path or work.caller.organisation_path)
    return asking.ask(work, REFRESH, {"organisation_path": path})


def _prepare(preparation: Preparation, task: Task) -> _Prepared | None:
    if task.checkpoint.get("stage", "assess") != "assess":
        _close(task)
        return None
    if "stack" not in task.memory:
        task.memory["stack"] = stack = ExitStack()
        task.memory["connection"] = _computed(preparation, task, stack)
    preparation.beat()
    from services.activity.engine import customer_values

    rows = customer_values.batch(task.memory["connection"], task.checkpoint.get("after", ""), CUSTOMERS_PER_STEP)
    return _Prepared(rows)


def _step(work: UnitOfWork, task: Task, prepared: _Prepared | None) -> None:
    if prepared is None:
        _propose(work, task)
        return
    if prepared.rows:
        with work.whole_bank():
            _write(work, task.parameters["organisation_path"], prepared.rows)
        task.checkpoint["after"] = prepared.rows[-1][0]
        task.done += len(prepared.rows)
        return
    with work.whole_bank():
        _forget_gone(work)
    if "week_start_date" in task.parameters:
        task.checkpoint |= {"stage": "propose", "after": ""}
        task.message = "Proposing visits."
        return
    _close(task)
    task.finish(f"{task.done} customers.")


WORKS = (Work(REFRESH, PERMISSION, _step, _prepare), Work(WEEK, "", _step, _prepare))


def _computed(preparation: Preparation, task: Task, stack: ExitStack) -> Any:
    """An engine with the results of all customers of the work."""
    from services.activity.engine import customer_values

    with preparation.transaction() as work:
        lake, currency_code = work.database.lake, work.settings.value_currency_code
        rules, pins = ruling.read(work), pinning.current(work)
    connection = stack.enter_context(lake.connection())
    customer_values.begin(connection)
    for rows in _members(preparation, rules, task.parameters["organisation_path"]):
        customer_values.add_members(connection, rows)
    with preparation.transaction() as work, work.whole_bank():
        customer_values.add_merged(connection, _merged(work))

    def compute() -> int:
        customer_values.value(connection, lake, pins, currency_code)
        return customer_values.rank(connection, currency_code)

    task.total = patiently(preparation.beat, compute, connection.interrupt)
    return connection


def _members(preparation: Preparation, rules: ruling.Rules, path: str) -> Iterator[list[tuple[Any, ...]]]:
    """All customers who are ranked with those of the unit, portion by portion; also those out of the asker's scope."""
    root = path if path == PATH_SEPARATOR else min(path, rules.population(path), key=len)
    columns = Customer.__table__.c
    after = ""
    while True:
        preparation.beat()
        statement = select(columns.customer_id, columns.customer_number, columns.tier, columns.organisation_path).where(
            columns.customer_id > after,
            columns.lead_person_id != "",
            ~columns.gone,
            columns.merged_into_customer_id == "",
        )
        if root != PATH_SEPARATOR:
            statement = statement.where(below(columns.organisation_path, root))
        with preparation.transaction() as work, work.whole_bank():
            found = work.session.execute(statement.order_by(columns.customer_id).limit(CUSTOMERS_AT_ONCE)).all()
        if not found:
            return
        after = found[-1].customer_id
        yield [
            (
                row.customer_id,
                row.customer_number,
                row.tier,
                rules.population(row.organisation_path),
                rules.of(row.organisation_path).key_share_basis_points,
            )
            for row in found
        ]


def _merged(work: UnitOfWork) -> dict[str, str]:
    """The numbers of records that were merged, each with the record that stands for it in the end."""
    columns = Customer.__table__.c
    statement = select(columns.customer_id, columns.customer_number, columns.merged_into_customer_id)
    rows = work.session.execute(statement.where(columns.merged_into_customer_id != "")).all()
    into = {row.customer_id: row.merged_into_customer_id for row in rows}
    numbers = {}
    for row in rows:
        survivor, passed = row.merged_into_customer_id, {row.customer_id}
        while survivor in into and survivor not in passed:
            passed.add(survivor)
            survivor = into[survivor]
        numbers[row.customer_number] = survivor
    return numbers


def _write(work: UnitOfWork, path: str, rows: Sequence[tuple[str, int | None, bool]]) -> None:
    """Keeps what is found of customers who are below the unit still."""
    rules, customer_ids = ruling.read(work), [row[0] for row in rows]
    of_unit = select(Customer).where(among(Customer.customer_id, customer_ids))
    if path != PATH_SEPARATOR:
        of_unit = of_unit.where(below(Customer.organisation_path, path))
    customers = {each.customer_id: each for each in work.session.scalars(of_unit) if each.stands and each.lead_person_id}
    cycles: dict[str, VisitCycle] = {}
    kept = select(VisitCycle).where(among(VisitCycle.customer_id, sorted(customers))).order_by(VisitCycle.visit_cycle_id)
    for cycle in work.session.scalars(kept):
        # A merge brings two together; the one that was first stays.
        if cycles.setdefault(str(cycle.customer_id), cycle) is not cycle:
            work.session.delete(cycle)
    seen = last_contacts(work, {key: rules.of(each.organisation_path) for key, each in customers.items()})
    new = []
    for customer_id, value, key in rows:
        if customer := customers.get(customer_id):
            found = _found(work, customer, rules.of(customer.organisation_path), value, key=key)
            cycle = cycles.get(customer_id)
            if cycle is None:
                due = due_date(work, customer, found["rule_cycle_days"], seen.get(customer_id))
                new.append(_blank(work, customer_id) | found | {"last_contact_date": seen.get(customer_id), "due_date": due})
            else:
                _take(work, cycle, customer, found, seen.get(customer_id))
    work.session.flush()
    if new:
        work.session.execute(insert(VisitCycle), new)


def last_contacts(work: UnitOfWork, rules: Mapping[str, VisitRule]) -> dict[str, Any]:
    """When each customer was seen last, as his rule counts it, by customer."""
    counted = (
        select(Contact.customer_id, Contact.kind, func.max(Contact.business_date))
        .where(among(Contact.customer_id, sorted(rules)), Contact.state == ContactState.DONE)
        .group_by(Contact.customer_id, Contact.kind)
    )
    seen: dict[str, Any] = {}
    for customer_id, kind, day in work.session.execute(counted):
        if kind in rules[customer_id].contact_kinds:
            seen[customer_id] = max(day, seen.get(customer_id, day))
    return seen


def due_date(work: UnitOfWork, customer: Customer, cycle_days: int, last_contact: Any) -> Any:
    """When he is to be seen next; NO_DATE where in no cycle."""
    return next_due(last_contact, cycle_days, customer.customer_number, work.business_date) if cycle_days else NO_DATE


def _take(work: UnitOfWork, cycle: VisitCycle, customer: Customer, found: Mapping[str, Any], last_contact: Any) -> None:
    former_days = cycle.cycle_days
    for name, value in found.items():
        setattr(cycle, name, value)
    if cycle.cycle_days != former_days or cycle.last_contact_date != last_contact:
        due = due_date(work, customer, cycle.cycle_days, last_contact)
        # Who was never seen and waits already waits no longer for it.
        keeps = last_contact is None and cycle.last_contact_date is None and cycle.cycle_days
        cycle.due_date, cycle.last_contact_date = (min(cycle.due_date, due) if keeps else due), last_contact
    if work.session.is_modified(cycle):
        cycle.update_time = work.now


def _found(work: UnitOfWork, customer: Customer, rule: VisitRule, value: int | None, *, key: bool) -> dict[str, Any]:
    return {
        "key": key,
        "value_minor_units": value,
        "value_currency_code": "" if value is None else work.settings.value_currency_code,
        "rule_cycle_days": rule.cycle_days(customer.tier, key=key),
        "owner_person_id": customer.lead_person_id,
        "organisation_path": customer.organisation_path,
        "assess_date": work.business_date,
    }


def _blank(work: UnitOfWork, customer_id: str) -> dict[str, Any]:
    return {
        "visit_cycle_id": work.new_id(),
        "customer_id": customer_id,
        "state": CycleState.ACTIVE.value,
        "own_cycle_days": 0,
        "place": "",
        "update_time": work.now,
        "version": 1,
    }


def _forget_gone(work: UnitOfWork) -> None:
    gone = select(Customer.customer_id).where(Customer.gone)
    statement = delete(VisitCycle).where(VisitCycle.customer_id.in_(gone))
    work.session.execute(statement.execution_options(synchronize_session=False))


def _propose(work: UnitOfWork, task: Task) -> None:
    """Proposes visits to the next people who lead customers in a cycle."""
    after = task.checkpoint["after"]
    for _ in range(PEOPLE_PER_STEP):
        # The next value along the index, however many customers each has.
        after = work.session.scalar(select(func.min(VisitCycle.owner_person_id)).where(VisitCycle.owner_person_id > after))
        if after is None:
            task.finish(f"{task.done} customers; visits proposed.")
            return
        planning.plan_for(work, after, task.parameters["week_start_date"])
        task.checkpoint["after"] = after


def _close(task: Task) -> None:
    stack = task.memory.pop("stack", None)
    task.memory.pop("connection", None)
    if stack is not None:
        stack.close()
