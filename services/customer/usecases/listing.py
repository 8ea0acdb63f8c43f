"""Lists customers in the caller's scope, page by page along an index: as fast on the last page as on the first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, tuple_
from workbench.customer.v1 import customer_service_pb2

from services.chassis.contract import snake_case
from services.chassis.db.scope import in_scope
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.errors import FieldViolation, InvalidInput
from services.chassis.kernel.paging import Page, PageToken, page_size
from services.customer.rules.kinds import CustomerState
from services.customer.rules.names import after_prefix, tidy_prefix
from services.customer.usecases import filtering
from services.customer.usecases.finding import COLUMNS, LISTED

ORDER_DEFAULT = "customer_number"


@dataclass(frozen=True, slots=True)
class Order:
    """One way to order the list: its columns, which together repeat in no two rows, and how a token's text becomes the first."""

    columns: tuple[Any, ...]
    parse: Callable[[str], Any] = str


# A customer number needs no second column: it is unique, and so is the place in an index of it.
ORDERS = {
    "customer_number": Order((COLUMNS.customer_number,)),
    "display_name": Order((COLUMNS.display_name, COLUMNS.customer_id)),
    "create_time": Order((COLUMNS.create_time, COLUMNS.customer_id), datetime.fromisoformat),
    "update_time": Order((COLUMNS.update_time, COLUMNS.customer_id), datetime.fromisoformat),
}


def list_customers(work: UnitOfWork, request: customer_service_pb2.ListCustomersRequest) -> Page:
    """A page as rows of LISTED; raises InvalidInput for an order that there is not, or a token of another list."""
    order, descending = order_of(request.order_by)
    query, size = _query(request), page_size(request.page_size)
    statement = _filtered(work, in_scope(select(*LISTED), COLUMNS, work.scope, work.caller), request)
    if token := PageToken.decode(request.page_token, query, keys=len(order.columns)):
        statement = statement.where(_after(token, order, descending=descending))
    statement = statement.order_by(*(column.desc() if descending else column for column in order.columns)).limit(size + 1)
    return Page.of(work.session.execute(statement).all(), size, query, lambda row: _keys(row, order))


def order_of(order_by: str) -> tuple[Order, bool]:
    """The order, and whether it runs downwards; raises InvalidInput ORDER_INVALID."""
    name, _, direction = (order_by.strip() or ORDER_DEFAULT).partition(" ")
    # A JSON client writes `displayName`, as it reads it.
    name = snake_case(name)
    if name not in ORDERS or direction not in ("", "asc", "desc"):
        violation = FieldViolation("order_by", f"One of {', '.join(ORDERS)}, and ` desc` for downwards.")
        raise InvalidInput("ORDER_INVALID", "There is no such order.", violations=(violation,))
    return ORDERS[name], direction == "desc"


def _query(request: customer_service_pb2.ListCustomersRequest) -> str:
    """The question without the place in its answer: what a page token is bound to."""
    question = customer_service_pb2.ListCustomersRequest()
    question.CopyFrom(request)
    question.ClearField("page_token")
    question.ClearField("page_size")
    return question.SerializeToString(deterministic=True).hex()


def _filtered(work: UnitOfWork, statement: Select[Any], request: customer_service_pb2.ListCustomersRequest) -> Select[Any]:
    if not request.customer_number:
        # Who knows the number of a record that was merged finds it, and by it the one that stands for it; others see the one.
        statement = statement.where(COLUMNS.state != CustomerState.MERGED.value)
    if (asked := filtering.condition(work, request.filter)) is not None:
        statement = statement.where(asked)
    if request.kinds:
        statement = statement.where(COLUMNS.kind.in_(request.kinds))
    if request.tiers:
        statement = statement.where(COLUMNS.tier.in_(request.tiers))
    if request.lead_person_id:
        statement = statement.where(COLUMNS.lead_person_id == request.lead_person_id.lower())
    if request.customer_number:
        statement = statement.where(COLUMNS.customer_number == request.customer_number)
    if prefix := tidy_prefix(request.name_prefix):
        # A range, because LIKE ignores case on one database and not on the other, and walks no index on either.
        statement = statement.where(COLUMNS.display_name >= prefix)
        behind = after_prefix(prefix)
        statement = statement.where(COLUMNS.display_name < behind) if behind else statement
    return statement


def _after(token: PageToken, order: Order, *, descending: bool) -> Any:
    try:
        values = (order.parse(token.keys[0]), *token.keys[1:])
    except ValueError:
        raise PageToken.refused() from None
    if isinstance(values[0], datetime) and values[0].tzinfo is None:
        raise PageToken.refused()
    if len(values) == 1:
        column = order.columns[0]
        return column < values[0] if descending else column > values[0]
    here = tuple_(*order.columns)
    place = tuple_(*values, types=[column.type for column in order.columns])
    return here < place if descending else here > place


def _keys(row: Any, order: Order) -> tuple[str, ...]:
    first, *rest = (getattr(row, column.key) for column in order.columns)
    return (first.isoformat() if isinstance(first, datetime) else first, *rest)
