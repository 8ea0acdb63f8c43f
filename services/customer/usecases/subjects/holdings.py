"""Where this service holds data about a customer: found by the tables themselves, so that a new one is never forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Mapper

from services.chassis.db.audit import AuditRecord, touches
from services.chassis.db.field_history import changes_of
from services.chassis.db.session import UnitOfWork
from services.customer.model import Base
from services.customer.model.customer import Customer

# Made from the record, and unreadable; or on the way, and gone within days.
_DERIVED = frozenset({"customer_keys", "search_entries", "import_rows"})
_NAMES_CUSTOMER = "customer_id"


def sections(work: UnitOfWork, customer_id: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Everything that is held about a customer, by kind of rows, as plain values; kinds without any are left out."""
    for mapper in sorted(Base.registry.mappers, key=lambda each: each.local_table.name):
        if (rows := _rows(work, mapper, customer_id)) and mapper.local_table.name not in _DERIVED:
            yield mapper.local_table.name, rows
    changes = work.session.scalars(changes_of(Customer.__tablename__, customer_id)).all()
    if changes:
        yield (
            "field_changes",
            [
                {
                    "field": change.field,
                    "before": change.value(after=False),
                    "after": change.value(after=True),
                    "change_time": change.change_time.isoformat(),
                    "person_id": change.person_id,
                    "act": change.method,
                }
                for change in changes
            ],
        )
    yield "audit_records", list(_mentions(work, customer_id))


def _mentions(work: UnitOfWork, customer_id: str) -> Iterator[dict[str, Any]]:
    """Who read or changed it, when, and why; what was changed stands in the field changes."""
    statement = select(AuditRecord).where(touches(customer_id)).order_by(AuditRecord.sequence)
    for record in work.session.scalars(statement):
        yield {
            "act_time": record.act_time.isoformat(),
            "person_id": record.person_id,
            "act": record.method,
            "purpose": record.purpose,
            "outcome": record.outcome,
        }


def _rows(work: UnitOfWork, mapper: Mapper[Any], customer_id: str) -> list[dict[str, Any]]:
    named = [attribute for attribute in mapper.column_attrs if attribute.columns[0].name.endswith(_NAMES_CUSTOMER)]
    if not named:
        return []
    statement = select(mapper.class_).where(or_(*(attribute.class_attribute == customer_id for attribute in named)))
    return [_values(mapper, row) for row in work.session.scalars(statement)]


def _values(mapper: Mapper[Any], row: Any) -> dict[str, Any]:
    shown = (attribute for attribute in mapper.column_attrs if not attribute.columns[0].info.get("secret"))
    values = {attribute.key: getattr(row, attribute.key) for attribute in shown}
    return {
        name: value.isoformat() if isinstance(value, (date, datetime)) else value
        for name, value in values.items()
        if value not in (None, "", [], {})
    }
