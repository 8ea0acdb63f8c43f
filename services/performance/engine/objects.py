"""Whose the bank's accounts and contracts are, as its datasets say."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from services.chassis.lake.schemas import SCHEMAS
from services.performance.rules.shares import ObjectKind

if TYPE_CHECKING:
    from services.chassis.lake.lake import Lake, Pin

# In which datasets an object stands under its number.
DATASETS = {
    ObjectKind.ACCOUNT: ("accounts",),
    ObjectKind.CONTRACT: ("bills", "factoring", "trade_finance"),
    ObjectKind.FEE_FLOW: ("fees",),
}
# As what the object of a result is claimed, by the dataset of its row; of others only the customer is. As `sources` has them,
# which costs a second to import.
KINDS = {
    "balances": ObjectKind.ACCOUNT,
    "bills": ObjectKind.CONTRACT,
    "factoring": ObjectKind.CONTRACT,
    "trade_finance": ObjectKind.CONTRACT,
    "fees": ObjectKind.FEE_FLOW,
    "transactions": ObjectKind.ACCOUNT,
}


def customer_numbers(lake: Lake, pins: Sequence[Pin], numbers: Collection[str]) -> dict[tuple[str, str], str]:
    """The number of the customer whose each object is, by source system and number; what no dataset has is left out."""
    found: dict[tuple[str, str], str] = {}
    wanted = sorted(set(numbers))
    if not pins or not wanted:
        return found
    with lake.connection() as connection:
        for dataset in sorted({pin.dataset for pin in pins}):
            schema = SCHEMAS[dataset]
            rows = lake.relation(connection, schema, [pin for pin in pins if pin.dataset == dataset])
            rows.create_view("objects", replace=True)
            (key,) = schema.key
            statement = f"SELECT source_system, {key}, customer_number FROM objects WHERE {key} IN (SELECT unnest($numbers))"
            found |= {
                (system, number): of for system, number, of in connection.execute(statement, {"numbers": wanted}).fetchall()
            }
    return found
