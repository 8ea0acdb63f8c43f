"""The service's tables, all of them: whoever asks for `Base` has its metadata complete."""

from services.customer.model.absence import Absence, Deputy
from services.customer.model.base import Base
from services.customer.model.coverage import Coverage
from services.customer.model.custom_field import CustomField, CustomFieldChanges
from services.customer.model.customer import Customer
from services.customer.model.dataset import DatasetApplication, DatasetBook, DatasetRefusal
from services.customer.model.duplicate import DuplicateBlock, DuplicateCandidate
from services.customer.model.erasure import Erasure, RetainedData
from services.customer.model.group import CustomerGroup, CustomerGroupMember
from services.customer.model.hand_over import HandOver, HandOverCompletion, HandOverCustomer, HandOverReceiver
from services.customer.model.holding import Holding, HoldingHolder
from services.customer.model.imports import Import, ImportRow
from services.customer.model.key import CustomerKey
from services.customer.model.key_person import KeyPerson
from services.customer.model.merge import CustomerMerge
from services.customer.model.relation import Relation
from services.customer.model.relationship_manager import ManagerPost, RelationshipManager
from services.customer.model.search_entry import SearchEntry
from services.customer.model.segment import SavedView, Segment, SegmentMember
from services.customer.model.timeline import TimelineEntry

__all__ = [
    "Absence",
    "Base",
    "Coverage",
    "CustomField",
    "CustomFieldChanges",
    "Customer",
    "CustomerGroup",
    "CustomerGroupMember",
    "CustomerKey",
    "CustomerMerge",
    "DatasetApplication",
    "DatasetBook",
    "DatasetRefusal",
    "Deputy",
    "DuplicateBlock",
    "DuplicateCandidate",
    "Erasure",
    "HandOver",
    "HandOverCompletion",
    "HandOverCustomer",
    "HandOverReceiver",
    "Holding",
    "HoldingHolder",
    "Import",
    "ImportRow",
    "KeyPerson",
    "ManagerPost",
    "Relation",
    "RelationshipManager",
    "RetainedData",
    "SavedView",
    "SearchEntry",
    "Segment",
    "SegmentMember",
    "TimelineEntry",
]
