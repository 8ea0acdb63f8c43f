"""Tells services that ask how customers, supporters and absences stand: see `chassis.announcing`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from google.protobuf.message import Message
from sqlalchemy import or_, select
from workbench.customer.v1 import announcement_events_pb2, coverage_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.service import Announcement
from services.customer.model.absence import Absence, Deputy
from services.customer.model.coverage import Coverage
from services.customer.model.customer import Customer
from services.customer.rules.absences import AbsenceState
from services.customer.rules.kinds import CoverageRole

_COLUMNS = (
    Customer.customer_id,
    Customer.customer_number,
    Customer.kind,
    Customer.display_name,
    Customer.tier,
    Customer.lead_person_id,
    Customer.organisation_path,
    Customer.create_time,
    Customer.state,
    Customer.merged_into_customer_id,
)


def _customers(work: UnitOfWork, after: str, size: int) -> Sequence[tuple[str, Message]]:
    statement = select(*_COLUMNS).where(Customer.customer_id > after).order_by(Customer.customer_id).limit(size)
    rows = work.session.execute(statement.with_for_update(read=True)).all()
    supports = _supports(work, [row.customer_id for row in rows])
    return [(row.customer_id, _customer(row, supports.get(row.customer_id, ()))) for row in rows]


def _supports(work: UnitOfWork, customer_ids: Sequence[str]) -> dict[str, list[Coverage]]:
    statement = select(Coverage).where(
        Coverage.customer_id.in_(customer_ids),
        Coverage.role == CoverageRole.SUPPORTING.value,
        ~Coverage.revoked,
        or_(Coverage.end_date.is_(None), Coverage.end_date >= work.business_date),
    )
    found = work.session.scalars(statement.order_by(Coverage.customer_id, Coverage.coverage_id)).all()
    return {customer_id: list(coverages) for customer_id, coverages in groupby(found, attrgetter("customer_id"))}


def _customer(row: Any, supports: Iterable[Coverage]) -> announcement_events_pb2.CustomerAnnounced:
    told = {name: value for name, value in row._mapping.items() if value is not None}  # noqa: SLF001 - SQLAlchemy's public name
    return announcement_events_pb2.CustomerAnnounced(
        **told,
        supports=[
            announcement_events_pb2.AnnouncedSupport(
                coverage_id=each.coverage_id,
                person_id=each.person_id,
                start_date=each.start_date.isoformat(),
                end_date=each.end_date.isoformat() if each.end_date else "",
            )
            for each in supports
        ],
    )


def _absences(work: UnitOfWork, after: str, size: int) -> Sequence[tuple[str, Message]]:
    statement = select(Absence).where(
        Absence.absence_id > after, Absence.state != AbsenceState.CANCELLED.value, Absence.end_date >= work.business_date
    )
    rows = work.session.scalars(statement.order_by(Absence.absence_id).limit(size).with_for_update(read=True)).all()
    return [(row.absence_id, _absence(row)) for row in rows]


def _absence(row: Absence) -> announcement_events_pb2.AbsenceAnnounced:
    standing = sorted((each for each in row.deputies if not each.released), key=attrgetter("person_id"))
    return announcement_events_pb2.AbsenceAnnounced(
        absence_id=row.absence_id,
        person_id=row.person_id,
        start_date=row.start_date.isoformat(),
        end_date=row.end_date.isoformat(),
        deputies=[_deputy(person_id, deputies) for person_id, deputies in groupby(standing, attrgetter("person_id"))],
    )


def _deputy(person_id: str, deputies: Iterable[Deputy]) -> coverage_pb2.Deputy:
    return coverage_pb2.Deputy(person_id=person_id, customer_ids=[each.customer_id for each in deputies if each.customer_id])


ANNOUNCEMENTS = (Announcement("customers", _customers), Announcement("absences", _absences))
