"""Versions of products as tests write them."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from datetime import date

from sqlalchemy import delete
from workbench.performance.v1 import product_pb2

from services.performance.model import ProductVersion
from services.performance.rules.catalogue import FtpMethod, Measure

# Far off, so that what one test publishes is in no other's way.
DAY = date(2031, 5, 1)


@contextmanager
def own_product(town):
    """The town with a product's code of its own, as `code`; what was written of products is gone after it."""
    town.code = f"P{uuid.uuid4().hex[:10].upper()}"
    yield town
    with town.service.database.transaction() as work:
        authors = [person.person_id for person in (town.product_manager, town.analyst)]
        work.session.execute(delete(ProductVersion).where(ProductVersion.author_person_id.in_(authors)))


def definition(code, **changes):
    """A product of loans with that code of the bank's own."""
    source = product_pb2.ProductSource(
        dataset="balances",
        product_codes=[code],
        formulas=[
            product_pb2.MeasureFormula(measure=Measure.BALANCE, formula="balance"),
            product_pb2.MeasureFormula(measure=Measure.FTP_PROFIT, formula="balance * (customer_rate - ftp_rate - cost)"),
        ],
    )
    values = {
        "sources": [source],
        "parameters": [product_pb2.ProductParameter(name="cost", kind=2, display_name="运营成本", value="0.006")],
        "ftp_method": FtpMethod.MATCHED,
        "day_basis": product_pb2.DAY_BASIS_DAYS_360,
    }
    return product_pb2.ProductDefinition(**values | changes)


def draft(shop, **changes):
    """What is sent for a draft of the test's own product."""
    values = {
        "product_code": shop.code,
        "category": product_pb2.PRODUCT_CATEGORY_LOAN,
        "display_name": "绿色贷款",
        "start_date": DAY.isoformat(),
        "definition": definition(shop.code),
        "note": "新业务",
    }
    return product_pb2.ProductVersion(**values | changes)


def created(shop, author=None, **changes):
    return (author or shop.product_manager).call("CreateProductVersion", product_version=draft(shop, **changes))


def published(shop, **changes):
    version = created(shop, **changes)
    shop.product_manager.call("SubmitProductVersion", product_version_id=version.product_version_id)
    return shop.analyst.call("PublishProductVersion", product_version_id=version.product_version_id)
