"""The service's tables, all of them: whoever asks for `Base` has its metadata complete."""

from services.customer.model.base import Base
from services.customer.model.coverage import Coverage
from services.customer.model.custom_field import CustomField, CustomFieldChanges
from services.customer.model.customer import Customer
from services.customer.model.key import CustomerKey
from services.customer.model.relationship_manager import ManagerPost, RelationshipManager

__all__ = [
    "Base",
    "Coverage",
    "CustomField",
    "CustomFieldChanges",
    "Customer",
    "CustomerKey",
    "ManagerPost",
    "RelationshipManager",
]
