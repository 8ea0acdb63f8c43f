"""The service's tables, all of them: whoever asks for `Base` has its metadata complete."""

from services.customer.model.absence import Absence, Deputy
from services.customer.model.base import Base
from services.customer.model.coverage import Coverage
from services.customer.model.customer import Customer
from services.customer.model.hand_over import HandOver, HandOverCompletion, HandOverCustomer, HandOverReceiver
from services.customer.model.relationship_manager import ManagerPost, RelationshipManager

__all__ = [
    "Absence",
    "Base",
    "Coverage",
    "Customer",
    "Deputy",
    "HandOver",
    "HandOverCompletion",
    "HandOverCustomer",
    "HandOverReceiver",
    "ManagerPost",
    "RelationshipManager",
]
