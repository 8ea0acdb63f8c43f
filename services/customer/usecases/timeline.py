"""Keeps and lists what happened in customers' lives.

What this service does itself is told by its events, in the transaction that records them; what others do, by the one event
that any service may publish.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, cast
from zoneinfo import ZoneInfo

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from sqlalchemy import Table, insert, select, tuple_, update
from workbench.customer.v1 import timeline_service_pb2
from workbench.options.v1 import options_pb2
from workbench.timeline.v1 import events_pb2

from services.chassis.contract import restates, snake_case
from services.chassis.db import listing
from services.chassis.db.among import among
from services.chassis.db.insertion import insert_if_absent
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import parse_date
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.chassis.rpc import partial
from services.customer.model.customer import Customer
from services.customer.model.timeline import TimelineEntry
from services.customer.rules.timeline import Category
from services.customer.usecases import finding, people

# What events are about; an event that is not here tells of the record itself.
_CATEGORIES = (
    (("Coverage", "CustomerReassigned", "HandOver", "Absence", "Deputy"), Category.COVERAGE),
    (("Relation", "KeyPerson", "CustomerGroup"), Category.RELATION),
    (("Consent", "DataSubject", "CustomerErased", "Erasure"), Category.CONSENT),
)
# What there is to look at, by the field that names it.
_RESOURCES = {"relation_id": "relations", "key_person_id": "keyPersons", "group_id": "customerGroups"}
# So many records were merged one into another at most before this is a fault of the data.
_MERGES_MAX = 20
# Texts that an event of this service may tell a timeline: days, the bank's people and its units.
_TOLD_TEXTS = ("date", "person_id", "organisation_path")
_TABLE = cast("Table", TimelineEntry.__table__)


def keep_own(work: UnitOfWork, events: Sequence[Message]) -> None:
    """Puts this service's own events into the timelines of the customers whom they name."""
    rows = [row for event in events if not restates(event.DESCRIPTOR) for row in _own_rows(work, event)]
    if rows:
        work.session.execute(insert(TimelineEntry), rows)


def take_entry(work: UnitOfWork, event: events_pb2.CustomerTimelineEntryRecorded) -> None:
    """Another service tells of something: kept once, with the record that stands for the customer now."""
    partial.check(event)
    parameters = dict(event.parameters)
    occur_time = event.occur_time.ToDatetime(tzinfo=UTC) if event.HasField("occur_time") else work.now
    customer_id = event.customer_id.lower()
    insert_if_absent(
        work.session,
        _TABLE,
        entry_id=work.new_id(),
        customer_id=_standing_for(work, customer_id),
        happened_to_customer_id=customer_id,
        occur_time=occur_time,
        business_date=parse_date(event.business_date, "business_date") if event.business_date else _bank_day(work, occur_time),
        category=event.category or Category.RECORD,
        kind=event.kind,
        parameters_json=_as_json(parameters),
        person_id=event.person_id,
        source_service=event.source_service,
        source_entry_id=event.source_entry_id,
        resource=event.resource,
        correlation_id=work.call.correlation_id,
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """What this service found out of a customer without having done it."""

    customer_id: str
    kind: str
    business_date: date
    category: Category
    parameters: Mapping[str, str]
    resource: str
    # Told twice under one id it stands once.
    source_entry_id: str


def tell(work: UnitOfWork, entries: Sequence[Entry]) -> None:
    """Keeps entries, each once, with the customers named."""
    named = [entry.source_entry_id for entry in entries]
    own = TimelineEntry.source_service == work.database.service_name
    kept = set(
        work.session.scalars(select(TimelineEntry.source_entry_id).where(own, among(TimelineEntry.source_entry_id, named)))
    )
    rows = {
        entry.source_entry_id: {
            "entry_id": work.new_id(),
            "customer_id": entry.customer_id,
            "happened_to_customer_id": entry.customer_id,
            "occur_time": work.now,
            "business_date": entry.business_date,
            "category": entry.category,
            "kind": entry.kind,
            "parameters_json": _as_json(entry.parameters),
            "person_id": "",
            "source_service": work.database.service_name,
            "source_entry_id": entry.source_entry_id,
            "resource": entry.resource,
            "correlation_id": work.call.correlation_id,
        }
        for entry in entries
        if entry.source_entry_id not in kept
    }
    if rows:
        work.session.execute(insert(TimelineEntry), list(rows.values()))


def list_entries(work: UnitOfWork, request: timeline_service_pb2.ListTimelineEntriesRequest) -> Page:
    """A page of a customer's timeline as messages, the latest first."""
    customer_id = finding.shown_customer(work, request.customer_id).customer_id
    query, size = listing.query(request), page_size(request.page_size)
    key = (TimelineEntry.occur_time, TimelineEntry.entry_id)
    statement = select(TimelineEntry).where(TimelineEntry.customer_id == customer_id)
    if request.categories:
        statement = statement.where(TimelineEntry.category.in_(request.categories))
    if request.source_service:
        statement = statement.where(TimelineEntry.source_service == request.source_service)
    if request.start_date:
        statement = statement.where(TimelineEntry.business_date >= parse_date(request.start_date, "start_date"))
    if request.end_date:
        statement = statement.where(TimelineEntry.business_date <= parse_date(request.end_date, "end_date"))
    if token := PageToken.decode(request.page_token, query, keys=2):
        place = tuple_(listing.instant(token.keys[0]), token.keys[1], types=[column.type for column in key])
        statement = statement.where(tuple_(*key) < place)
    rows = work.session.scalars(statement.order_by(*(column.desc() for column in key)).limit(size + 1)).all()
    page = Page.of(rows, size, query, lambda row: (row.occur_time.isoformat(), row.entry_id))
    names = people.names(work, (row.person_id for row in page.rows))
    return Page([_as_message(row, names) for row in page.rows], page.next_page_token)


def move(work: UnitOfWork, from_customer_id: str, to_customer_id: str) -> list[str]:
    """Gives a merged record's entries to the record that stands for it; answers to whom they had happened."""
    here = TimelineEntry.customer_id == from_customer_id
    happened_to = list(work.session.scalars(select(TimelineEntry.happened_to_customer_id).where(here).distinct()))
    _give(work, here, to_customer_id)
    return happened_to


def move_back(work: UnitOfWork, from_customer_id: str, to_customer_id: str, happened_to: Sequence[str]) -> None:
    """Takes back what `move` gave, and what was told of the same records since."""
    here = TimelineEntry.customer_id == to_customer_id
    _give(work, here & TimelineEntry.happened_to_customer_id.in_([*happened_to, from_customer_id]), from_customer_id)


def _give(work: UnitOfWork, which: Any, customer_id: str) -> None:
    statement = update(TimelineEntry).where(which).values(customer_id=customer_id)
    work.session.execute(statement.execution_options(synchronize_session=False))


def _own_rows(work: UnitOfWork, event: Message) -> Iterator[dict[str, Any]]:
    told = _told(event.DESCRIPTOR)
    customer_ids = dict.fromkeys(getattr(event, name) for name in told.customers)
    if not any(customer_ids):
        return
    row = {
        "occur_time": work.now,
        "business_date": work.business_date,
        "category": _category(event),
        "kind": snake_case(event.DESCRIPTOR.name),
        "parameters_json": _as_json(told.parameters(event)),
        "person_id": work.caller.person_id,
        "source_service": work.database.service_name,
        "resource": told.resource(event),
        "correlation_id": work.call.correlation_id,
    }
    for customer_id in filter(None, customer_ids):
        entry_id = work.new_id()
        own = {"entry_id": entry_id, "source_entry_id": entry_id}
        yield own | {"customer_id": customer_id, "happened_to_customer_id": customer_id} | row


class _Told:
    """What of an event goes into timelines, found in its contract.

    Names of fields, enums, days and counts are told; free text and names of people are not, nor are ids of customers, since
    whoever reads one customer's timeline need not reach the other.
    """

    def __init__(self, descriptor: Descriptor) -> None:
        fields = list(descriptor.fields)
        self.customers = [f.name for f in fields if not f.is_repeated and _is_named(f, "customer_id")]
        self._parameters = [field for field in fields if _is_parameter(field)]
        self._resources = [field.name for field in fields if field.name in _RESOURCES]

    def parameters(self, event: Message) -> dict[str, str]:
        """The event's parameters, without those that are empty."""
        values = ((field.name, _text(field, getattr(event, field.name))) for field in self._parameters)
        return {name: value for name, value in values if value}

    def resource(self, event: Message) -> str:
        """What there is to look at."""
        return next((f"{_RESOURCES[name]}/{getattr(event, name)}" for name in self._resources), "")


@cache
def _told(descriptor: Descriptor) -> _Told:
    return _Told(descriptor)


def _is_named(field: FieldDescriptor, name: str) -> bool:
    return field.name == name or field.name.endswith(f"_{name}")


def _is_parameter(field: FieldDescriptor) -> bool:
    if field.GetOptions().Extensions[options_pb2.data_class] or field.message_type:
        return False
    if field.enum_type or field.cpp_type in (FieldDescriptor.CPPTYPE_INT32, FieldDescriptor.CPPTYPE_INT64):
        return not field.is_repeated
    if field.is_repeated:
        return field.name == "changed_fields"
    return any(_is_named(field, name) for name in _TOLD_TEXTS) and not _is_named(field, "key_person_id")


def _text(field: FieldDescriptor, value: Any) -> str:
    if field.enum_type:
        return field.enum_type.values_by_number[value].name if value else ""
    if field.is_repeated:
        return ",".join(value)
    return str(value) if value else ""


def _category(event: Any) -> Category:
    name = event.DESCRIPTOR.name
    if name == "CustomerUpdated" and "consents" in event.changed_fields:
        return Category.CONSENT
    return next((category for starts, category in _CATEGORIES if name.startswith(starts)), Category.RECORD)


def _standing_for(work: UnitOfWork, customer_id: str) -> str:
    for _ in range(_MERGES_MAX):
        into = work.session.scalar(select(Customer.merged_into_customer_id).where(Customer.customer_id == customer_id))
        if not into:
            break
        customer_id = into
    return customer_id


def _bank_day(work: UnitOfWork, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(work.database.bank_time_zone)).date()


def _as_json(parameters: Mapping[str, str]) -> str:
    return json.dumps(parameters, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _as_message(entry: TimelineEntry, names: Mapping[str, str]) -> timeline_service_pb2.TimelineEntry:
    merged = entry.happened_to_customer_id != entry.customer_id
    return timeline_service_pb2.TimelineEntry(
        entry_id=entry.entry_id,
        occur_time=entry.occur_time,
        business_date=entry.business_date.isoformat(),
        category=entry.category,
        kind=entry.kind,
        parameters=json.loads(entry.parameters_json),
        person_id=entry.person_id,
        person_name=names.get(entry.person_id, ""),
        source_service=entry.source_service,
        resource=entry.resource,
        correlation_id=entry.correlation_id,
        merged_customer_id=entry.happened_to_customer_id if merged else "",
    )
