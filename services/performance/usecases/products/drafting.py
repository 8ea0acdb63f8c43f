"""Writes versions of products: a draft is its author's to change until he submits it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from workbench.performance.v1 import product_pb2, product_service_pb2

from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.dates import parse_date
from services.chassis.kernel.errors import FieldViolation, InvalidInput, LimitReached, NotFound, RuleBroken, StaleVersion
from services.chassis.mapping import values_of
from services.chassis.rpc import partial
from services.performance.model.product import ProductVersion
from services.performance.rules.definitions import DefinitionFault
from services.performance.usecases import catalogue
from services.performance.usecases.products.showing import version_message
from services.performance.usecases.runs.reading import check_whole_bank

PRODUCTS_MAX = 1_000
VERSIONS_MAX = 1_000
CHANGEABLE_FIELDS = ("category", "display_name", "english_name", "start_date", "definition", "note")
# Whoever writes or decides a version holds this: what goes together is a matter of all products.
HOLD = "performance.products"
_FORMULA_OUTPUTS = ("chinese_words", "english_words", "yearly")


def create(work: UnitOfWork, sent: product_pb2.ProductVersion) -> ProductVersion:
    """A draft of a product's next version; the catalogue is the whole bank's."""
    check_whole_bank(work)
    work.hold(HOLD)
    version = ProductVersion(
        product_version_id=work.new_id(),
        product_code=sent.product_code,
        version_number=_next_number(work, sent.product_code),
        author_person_id=work.caller.person_id,
        create_time=work.now,
        update_time=work.now,
        **_columns(work, sent),
    )
    work.session.add(version)
    return kept(work, version)


def change(work: UnitOfWork, sent: product_pb2.ProductVersion, fields: Sequence[str]) -> ProductVersion:
    """A draft with the fields that are named; raises StaleVersion where it changed since it was read."""
    partial.check_mask(fields, product_pb2.ProductVersion.DESCRIPTOR, "A version of a product")
    asked = product_service_pb2.GetProductVersionRequest(product_version_id=sent.product_version_id)
    partial.check(asked, prefix="product_version.")
    version = found(work, sent.product_version_id, to_change=True, etag=sent.etag)
    version.check_draft(work.caller.person_id)
    after = version_message(work, version)
    _forget_outputs(after.definition)
    _forget_outputs(sent.definition)
    if partial.take(after, sent, [name for name in CHANGEABLE_FIELDS if name in fields]):
        partial.check(after, prefix="product_version.")
        for name, value in _columns(work, after).items():
            setattr(version, name, value)
        version.update_time = work.now
    return kept(work, version)


def found(work: UnitOfWork, product_version_id: str, *, to_change: bool = False, etag: str = "") -> ProductVersion:
    """A version; raises NotFound, and StaleVersion where the ETag given is no longer its own."""
    if to_change:
        check_whole_bank(work)
        work.hold(HOLD)
    version = work.session.get(ProductVersion, product_version_id.lower(), with_for_update=to_change or None)
    if version is None:
        raise NotFound("PRODUCT_VERSION_NOT_FOUND", "There is no such version of a product.")
    if etag and etag != version.etag:
        raise StaleVersion("PRODUCT_VERSION_CHANGED", "It changed since you read it; read it again and repeat.")
    return version


def kept(work: UnitOfWork, version: ProductVersion) -> ProductVersion:
    """The version as it was written."""
    work.session.flush()
    work.resource = f"productVersions/{version.product_version_id}"
    return version


def refusal(fault: DefinitionFault, prefix: str) -> InvalidInput:
    """A definition's fault as it is told: in which field, and of a formula where in it."""
    violation = FieldViolation(f"{prefix}{fault.field}", fault.problem)
    return InvalidInput(fault.reason, fault.problem, metadata=fault.told, violations=(violation,))


def _columns(work: UnitOfWork, sent: product_pb2.ProductVersion) -> dict[str, Any]:
    _forget_outputs(sent.definition)
    values = values_of(sent.definition)
    try:
        catalogue.read(work, values)
    except DefinitionFault as fault:
        raise refusal(fault, "product_version.definition.") from fault
    return {
        "category": sent.category,
        "display_name": _named(sent.display_name),
        "english_name": sent.english_name.strip(),
        "start_date": parse_date(sent.start_date, "product_version.start_date"),
        "definition": values,
        "note": sent.note or None,
    }


def _named(text: str) -> str:
    name = text.strip()
    if not name:
        violation = FieldViolation("product_version.display_name", "At least one letter.")
        raise InvalidInput("NAME_EMPTY", "A product has a name.", violations=(violation,))
    return name


def _forget_outputs(definition: product_pb2.ProductDefinition) -> None:
    """What a reader was shown beside a formula is not part of it."""
    for source in definition.sources:
        for formula in source.formulas:
            for name in _FORMULA_OUTPUTS:
                formula.ClearField(name)


def _next_number(work: UnitOfWork, product_code: str) -> int:
    of_product = ProductVersion.product_code == product_code
    versions = work.session.scalars(select(ProductVersion).where(of_product)).all()
    if any(version.open for version in versions):
        raise RuleBroken("VERSION_OPEN", "Another version of the product is still to be decided.")
    if len(versions) >= VERSIONS_MAX:
        raise LimitReached("VERSIONS_TOO_MANY", f"A product has at most {VERSIONS_MAX} versions.")
    products = select(func.count(ProductVersion.product_code.distinct()))
    if not versions and (work.session.scalar(products) or 0) >= PRODUCTS_MAX:
        raise LimitReached("PRODUCTS_TOO_MANY", f"There are at most {PRODUCTS_MAX} products.")
    return max((version.version_number for version in versions), default=0) + 1
