"""The life of a customer with the bank: which state may follow which."""

from __future__ import annotations

from services.chassis.kernel.errors import FieldViolation, InvalidInput, RuleBroken
from services.customer.rules.kinds import CustomerState

_FOLLOWING = {
    CustomerState.PROSPECT: {CustomerState.ACTIVE, CustomerState.CLOSED},
    CustomerState.ACTIVE: {CustomerState.DORMANT, CustomerState.CLOSED},
    CustomerState.DORMANT: {CustomerState.ACTIVE, CustomerState.CLOSED},
    CustomerState.CLOSED: {CustomerState.ACTIVE},
}
# Only merging and erasing lead there, and nothing but undoing the one leads back.
ENDED = frozenset({CustomerState.MERGED, CustomerState.ERASED})


def first_state(state: int) -> int:
    """The state of a new record: active where none is said; raises InvalidInput STATE_INVALID where none begins so."""
    if state in ENDED:
        violation = FieldViolation("state", "A record does not begin merged or erased.")
        raise InvalidInput("STATE_INVALID", "No record begins in this state.", violations=(violation,))
    return state or CustomerState.ACTIVE.value


def next_state(present: int, wanted: int) -> int:
    """The state that follows: the present one where none is said; raises RuleBroken STATE_CHANGE_REFUSED."""
    if wanted in (0, present):
        return present
    if wanted not in _FOLLOWING.get(CustomerState(present), ()):
        violation = FieldViolation("state", "A state that can follow the present one.")
        raise RuleBroken("STATE_CHANGE_REFUSED", "The state cannot follow the present one.", violations=(violation,))
    return wanted


def require_alive(state: int) -> None:
    """Raises RuleBroken CUSTOMER_ENDED for a record that was merged or erased: nobody changes it any more."""
    if state in ENDED:
        raise RuleBroken("CUSTOMER_ENDED", "The record was merged into another or erased, and is no longer changed.")
