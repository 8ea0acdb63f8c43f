"""The service's tables, all of them: whoever asks for `Base` has its metadata complete."""

from services.performance.model.base import Base
from services.performance.model.claim import Claim, Objection
from services.performance.model.credit_hand_over import CreditHandOver, HandOver
from services.performance.model.customer import Absence, Customer, Reach
from services.performance.model.dataset_pin import DatasetPin
from services.performance.model.deal import ContactTouch, Deal, DealDecision, DealMember, OpportunityEnd
from services.performance.model.person import Affiliation, Person, Post, Unit
from services.performance.model.product import ProductVersion
from services.performance.model.result import Result
from services.performance.model.run import ClosedMonth, MonthClosing, Run, RunDifference, RunIssue, StaleMark, StaleMonth
from services.performance.model.scheme import SchemeVersion
from services.performance.model.share import ShareLine

__all__ = [
    "Absence",
    "Affiliation",
    "Base",
    "Claim",
    "ClosedMonth",
    "ContactTouch",
    "CreditHandOver",
    "Customer",
    "DatasetPin",
    "Deal",
    "DealDecision",
    "DealMember",
    "HandOver",
    "MonthClosing",
    "Objection",
    "OpportunityEnd",
    "Person",
    "Post",
    "ProductVersion",
    "Reach",
    "Result",
    "Run",
    "RunDifference",
    "RunIssue",
    "SchemeVersion",
    "ShareLine",
    "StaleMark",
    "StaleMonth",
    "Unit",
]
