"""Reads the product catalogue: products as they stand on a day, versions, and in what two of them differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from workbench.performance.v1 import product_pb2, product_service_pb2

from services.chassis.db import listing
from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import optional_date
from services.chassis.kernel.errors import NotFound
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.performance.model.product import ProductVersion
from services.performance.rules.catalogue import Measure, Span
from services.performance.rules.definitions import WHOLE
from services.performance.usecases import catalogue
from services.performance.usecases.products.drafting import found
from services.performance.usecases.products.showing import version_messages

# What names an item of a list: by it two lists are laid beside each other, wherever the item stands in them.
_NAMED_BY = ("dataset", "measure", "name")


def list_products(work: UnitOfWork, request: product_service_pb2.ListProductsRequest) -> product_service_pb2.ListProductsResponse:
    """A page of products, by their codes; all of a catalogue are few, and are read at once."""
    day = optional_date(request.date, "date") or work.business_date
    spans = catalogue.published_spans(work)
    versions = _in_force(work, spans, day)
    codes = sorted({span.product_code for span in spans})
    if request.categories:
        codes = [code for code in codes if code in versions and versions[code].category in request.categories]
    bound, size = listing.query(request), page_size(request.page_size)
    if token := PageToken.decode(request.page_token, bound, keys=1):
        codes = [code for code in codes if code > token.keys[0]]
    page = Page.of(codes[: size + 1], size, bound, lambda code: (code,))
    shown = _products(work, page.rows, versions, spans, day)
    return product_service_pb2.ListProductsResponse(products=shown, next_page_token=page.next_page_token)


def get_product(work: UnitOfWork, request: product_service_pb2.GetProductRequest) -> product_pb2.Product:
    """A product as it stands on a day."""
    day = optional_date(request.date, "date") or work.business_date
    spans = [span for span in catalogue.published_spans(work) if span.product_code == request.product_code]
    if not spans:
        raise NotFound("PRODUCT_NOT_FOUND", "There is no such product, or nothing of it was published.")
    return _products(work, [request.product_code], _in_force(work, spans, day), spans, day)[0]


def list_versions(work: UnitOfWork, request: product_service_pb2.ListProductVersionsRequest) -> Page:
    """A page of versions, the one that was begun last first."""
    statement = select(ProductVersion)
    if request.product_code:
        statement = statement.where(ProductVersion.product_code == request.product_code)
    if request.states:
        statement = statement.where(ProductVersion.state.in_(request.states))
    return listing.read_page(work, statement, request, ((ProductVersion.product_version_id, listing.text),), downwards=True)


def compare(
    work: UnitOfWork, request: product_service_pb2.CompareProductVersionsRequest
) -> product_service_pb2.CompareProductVersionsResponse:
    """In what two versions differ."""
    former, other = (dict(_flat(found(work, each))) for each in (request.former_product_version_id, request.product_version_id))
    differences = [
        product_service_pb2.VersionDifference(field=field, before=former.get(field, ""), after=other.get(field, ""))
        for field in sorted({*former, *other})
        if former.get(field, "") != other.get(field, "")
    ]
    return product_service_pb2.CompareProductVersionsResponse(differences=differences)


def _in_force(work: UnitOfWork, spans: Sequence[Span], day: date) -> dict[str, ProductVersion]:
    """The version of each product that is in force on the day, by code."""
    held = sorted(span.version_id for span in spans if span.holds(day))
    rows = work.session.scalars(select(ProductVersion).where(among(ProductVersion.product_version_id, held)))
    return {row.product_code: row for row in rows}


def _products(
    work: UnitOfWork, codes: Sequence[str], versions: Mapping[str, ProductVersion], spans: Sequence[Span], day: date
) -> list[product_pb2.Product]:
    held = [code for code in codes if code in versions]
    shown = dict(zip(held, version_messages(work, [versions[code] for code in held]), strict=True))
    coming: dict[str, date] = {}
    for span in spans:
        if span.start_date > day:
            coming.setdefault(span.product_code, span.start_date)
    return [
        product_pb2.Product(
            product_code=code,
            version=shown.get(code),
            next_start_date=coming[code].isoformat() if code in coming else "",
        )
        for code in codes
    ]


def _flat(version: ProductVersion) -> Iterator[tuple[str, str]]:
    yield "product_code", version.product_code
    yield "start_date", version.start_date.isoformat()
    yield "category", product_pb2.ProductCategory.Name(version.category)
    yield "display_name", version.display_name
    yield "english_name", version.english_name
    definition = product_pb2.ProductDefinition(**version.definition)
    # Nothing said is the same as said.
    definition.coefficient = definition.coefficient or WHOLE
    yield from _flat_message(definition, "")


def _flat_message(message: Any, prefix: str) -> Iterator[tuple[str, str]]:
    """Each value in a message, by a path in which items of lists stand by their names."""
    for field, value in message.ListFields():
        path = f"{prefix}{field.name}"
        if field.message_type and field.message_type.GetOptions().map_entry:
            enum = field.message_type.fields_by_name["value"].enum_type
            yield from ((f"{path}[{key}]", enum.values_by_number[number].name) for key, number in value.items())
        elif field.message_type:
            for item in value:
                named = _named_by(item)
                told = _flat_message(item, f"{path}[{_name(item, named)}].")
                yield from (each for each in told if not each[0].endswith(f"].{named}"))
        elif field.is_repeated:
            yield path, ", ".join(sorted(value))
        elif field.enum_type:
            yield path, field.enum_type.values_by_number[value].name
        else:
            yield path, str(value)


def _named_by(item: Any) -> str:
    return next(name for name in _NAMED_BY if name in item.DESCRIPTOR.fields_by_name)


def _name(item: Any, named: str) -> str:
    value = getattr(item, named)
    return Measure(value).name if named == "measure" else str(value)
