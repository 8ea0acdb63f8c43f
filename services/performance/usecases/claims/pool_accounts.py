"""The pool 公共池, account by account: what nobody owns, as the latest results say."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from workbench.performance.v1 import claim_service_pb2

from services.chassis.db import listing
from services.chassis.db.among import among
from services.chassis.db.scope import below, in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import NotFound
from services.chassis.kernel.money import Money
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.chassis.mapping import money_message
from services.performance.model.customer import Customer
from services.performance.model.person import Unit
from services.performance.model.run import Run
from services.performance.rules.shares import ObjectKind
from services.performance.usecases import reaching
from services.performance.usecases.claims.finding import check_subject
from services.performance.usecases.runs import keeping

_MEASURES = ("balance", "average_balance", "contribution")


def list_accounts(work: UnitOfWork, request: claim_service_pb2.ListPoolAccountsRequest) -> tuple[Page, date]:
    """A page of them, and the last day that is in it; raises NotFound RESULTS_MISSING before anything was computed."""
    from services.performance.engine import leaf

    check_subject(request.customer_id, request.organisation_path)
    narrowing = _narrowing(work, request)
    run = work.session.scalars(select(Run).where(Run.current).order_by(Run.month_date.desc()).limit(1)).one_or_none()
    if run is None:
        raise NotFound("RESULTS_MISSING", "No results were computed yet.")
    bound, size = listing.query(request), page_size(request.page_size)
    token = PageToken.decode(request.page_token, bound, keys=len(leaf.POOL_ORDER))
    lake = work.database.lake
    with lake.connection() as connection:
        file = keeping.results_folder(lake, run) / leaf.FILE
        rows = leaf.pool(connection, file, narrowing, token.keys if token else (), size + 1)
    return Page.of(rows, size, bound, lambda row: tuple(row[name] for name in leaf.POOL_ORDER)), run.as_of_date


def account_messages(work: UnitOfWork, rows: Any) -> list[claim_service_pb2.PoolAccount]:
    """As they are shown, with the customer as far as the caller reaches him."""
    from services.performance.engine.objects import KINDS

    numbers = sorted({row["customer_number"] for row in rows if row["customer_number"]})
    statement = in_scope(select(Customer).where(among(Customer.customer_number, numbers)), Customer, work.scope, work.caller)
    customers = {each.customer_number: each for each in work.session.scalars(statement)} if numbers else {}
    currency, shown = work.settings.home_currency_code, []
    for row in rows:
        customer = customers.get(row["customer_number"])
        amounts = {name: money_message(Money(row[name], currency)) for name in _MEASURES}
        shown.append(
            claim_service_pb2.PoolAccount(
                object_kind=int(KINDS.get(row["dataset"], ObjectKind.CUSTOMER)),
                source_system=row["source_system"],
                object_number=row["account_number"],
                currency_code=row["currency_code"],
                customer_number=row["customer_number"],
                customer_id=customer.customer_id if customer else "",
                customer_name=customer.display_name if customer else "",
                organisation_unit_id=row["organisation_unit_id"],
                **amounts,
            )
        )
    return shown


def _narrowing(work: UnitOfWork, request: claim_service_pb2.ListPoolAccountsRequest) -> Any:
    from services.performance.engine import leaf

    if request.customer_id:
        return leaf.Narrowing(customer_number=reaching.customer(work, request.customer_id).customer_number)
    path = reaching.unit_path(work, request.organisation_path or work.caller.organisation_path)
    units = work.session.scalars(select(Unit.organisation_unit_id).where(below(Unit.organisation_path, path)))
    return leaf.Narrowing(organisation_unit_ids=tuple(units))
